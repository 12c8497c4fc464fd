/**
 * GET /v1/referrals: the latest first; ?state=requested shows what waits for a second person.
 */
#include <inttypes.h>

#include "api/case_json.h"
#include "api/case_parts.h"
#include "api/case_request.h"
#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "base/time_text.h"
#include "casework/referrals.h"

#define LIST_REFERRALS 'r'

static void put_moment(struct buf *out, const char *key, int64_t time_ms)
{
    buf_put_char(out, ',');
    json_put_key(out, key);
    if (!time_ms) {
        buf_put_text(out, "null");
        return;
    }
    buf_put_char(out, '"');
    time_put(out, time_ms);
    buf_put_char(out, '"');
}

static void put_referral(struct buf *out, const struct referral *referral)
{
    buf_printf(out, "{\"seq\":%" PRIu64 ",\"case\":", referral->seq);
    json_put_string(out, referral->case_id);
    buf_put_text(out, ",\"body\":");
    json_put_string(out, referral->body);
    buf_printf(out, ",\"state\":\"%s\",\"asked_by\":", referral_state_name(referral->state));
    json_put_string(out, referral->asked_by);
    put_moment(out, "asked", referral->asked_ms);
    buf_put_text(out, ",\"completed_by\":");
    json_put_text_or_null(out, referral->done_by);
    put_moment(out, "completed", referral->done_ms);
    buf_put_text(out, ",\"note\":");
    json_put_string(out, referral->note);
    buf_put_char(out, '}');
}

struct filter {
    struct ward_str state; /* a name, or empty: all */
    struct ward_str case_id;
};

static bool fits(const struct referral *referral, const struct filter *filter)
{
    return (!filter->state.len ||
            str_equal(filter->state, str_of(referral_state_name(referral->state)))) &&
           (!filter->case_id.len || str_equal(filter->case_id, referral->case_id));
}

static void put_list(struct buf *out, const struct referrals *all, const struct list_page *page,
                     const struct filter *filter)
{
    struct cursor next = {.list = LIST_REFERRALS};
    size_t given = 0;
    bool has_more = false;
    buf_put_text(out, "{\"referrals\":[");
    for (size_t i = all->count; i-- > 0 && !has_more;) {
        const struct referral *referral = &all->rows[i];
        if ((page->has_after && referral->seq >= page->cursor.numbers[0]) ||
            !fits(referral, filter))
            continue;
        has_more = given == page->limit;
        if (has_more)
            break;
        if (given++)
            buf_put_char(out, ',');
        put_referral(out, referral);
        next.numbers[0] = referral->seq;
    }
    buf_put_char(out, ']');
    list_page_end(out, has_more ? &next : NULL);
}

static enum ward_status list_referrals(struct api_call *call, struct ward_error *err)
{
    const struct filter filter = {http_query(call->request, "state"),
                                  http_query(call->request, "case")};
    struct referrals all;
    struct list_page page;
    bool known = false;
    enum ward_status status = list_page_read(call, LIST_REFERRALS, &page, err);
    if (status == WARD_OK)
        status = request_serial_known(call, &known, err);
    if (status != WARD_OK || known)
        return status;
    referrals_init(&all);
    status = referrals_read(&all, call->worker->store, err);
    if (status == WARD_OK)
        put_list(&call->reply->body, &all, &page, &filter);
    referrals_release(&all);
    return status == WARD_OK ? request_written(call, err) : status;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/referrals", ACCESS_READ, API_LANE_READ, list_referrals, 0},
};

const struct api_part referral_part = {
    .name = "referrals", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
