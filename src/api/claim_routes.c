/**
 * POST and DELETE /v1/cases/{id}/claim: see claim.h for how long a claim holds.
 *
 * A claim is a decision (assign) with a condition that is checked in the transaction that writes
 * it: of two who ask at once, one gets the case and the other hears who has it.
 */
#include "api/case_parts.h"
#include "api/case_reply.h"
#include "api/claim.h"
#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "base/time_text.h"

static enum ward_status assign(const struct api_call *call, struct ward_str case_id,
                               struct ward_str to, const struct store_condition *only_if,
                               struct ward_error *err)
{
    const struct store_decision decision = {.time_ms = call->now_ms,
                                            .who = str_of(call->who->who),
                                            .kind = STORE_ASSIGN,
                                            .subject_kind = str_of("case"),
                                            .subject = case_id,
                                            .case_id = case_id,
                                            .reason = to,
                                            .only_if = only_if};
    return store_decide(call->worker->store, &decision, NULL, NULL, err);
}

static void put_holder(struct buf *out, struct ward_str holder, int64_t until_ms)
{
    buf_put_text(out, "{\"assignee\":");
    if (holder.len) {
        json_put_string(out, holder);
        buf_put_text(out, ",\"until\":\"");
        time_put(out, until_ms);
        buf_put_text(out, "\"}\n");
    } else {
        buf_put_text(out, "null}\n");
    }
}

/* Leads may give a case to somebody: {"to":"user"}. */
static enum ward_status read_to(const struct api_call *call, json_t **body, struct ward_str *to,
                                struct ward_error *err)
{
    enum ward_status status = request_object(call, body, err);
    if (status == WARD_OK)
        status = request_text(*body, "to", ACCESS_USER_MAX, to, err);
    if (status == WARD_OK && !to->len)
        *to = str_of(call->who->who);
    return status;
}

static enum ward_status write_claim(const struct api_call *call, struct ward_str case_id,
                                    struct ward_str to, struct ward_error *err)
{
    const bool is_given = !str_equal(to, str_of(call->who->who));
    const struct store_condition only_if = {.stamp = request_stamp(call),
                                            .is_free = !is_given,
                                            .idle_ms = call->now_ms - CLAIM_IDLE_MS};
    if (is_given && !case_reply_is_lead(call)) {
        http_problem(call->reply, 403, "forbidden", "Not allowed",
                     "Only a lead gives a case to somebody else.");
        return WARD_OK;
    }
    const enum ward_status status = assign(call, case_id, to, &only_if, err);
    if (status == WARD_ERR_REFUSED)
        return case_reply_held(call, case_id, err);
    if (status != WARD_OK)
        return status;
    put_holder(&call->reply->body, to, call->now_ms + CLAIM_IDLE_MS);
    return case_reply_written(call, case_id, 200, err);
}

static enum ward_status claim(struct api_call *call, struct ward_error *err)
{
    struct buf case_id;
    struct ward_str to;
    json_t *body = NULL;
    buf_init(&case_id, 256);
    enum ward_status status = read_to(call, &body, &to, err);
    if (status == WARD_OK)
        status = request_case(call, http_part(call->request, 0), &case_id, err);
    if (status == WARD_OK)
        status = write_claim(call, buf_str(&case_id), to, err);
    json_decref(body);
    buf_release(&case_id);
    return status;
}

static enum ward_status unclaim(struct api_call *call, struct ward_error *err)
{
    const struct ward_str nobody = {"", 0};
    const struct store_condition only_if = {.stamp = request_stamp(call),
                                            .is_own = !case_reply_is_lead(call)};
    struct buf case_id;
    buf_init(&case_id, 256);
    enum ward_status status = request_case(call, http_part(call->request, 0), &case_id, err);
    if (status == WARD_OK)
        status = assign(call, buf_str(&case_id), nobody, &only_if, err);
    if (status == WARD_ERR_REFUSED) {
        status = case_reply_held(call, buf_str(&case_id), err);
    } else if (status == WARD_OK) {
        put_holder(&call->reply->body, nobody, 0);
        status = case_reply_written(call, buf_str(&case_id), 200, err);
    }
    buf_release(&case_id);
    return status;
}

static const struct api_route routes[] = {
    {HTTP_POST, "/v1/cases/{id}/claim", ACCESS_DECIDE, API_LANE_WRITE, claim, 0},
    {HTTP_DELETE, "/v1/cases/{id}/claim", ACCESS_DECIDE, API_LANE_WRITE, unclaim, 0},
};

const struct api_part claim_part = {
    .name = "claims", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
