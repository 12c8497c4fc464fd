/**
 * GET /v1/groups, /v1/groups/{key}.
 */
#include "api/case_json.h"
#include "api/case_parts.h"
#include "api/case_request.h"
#include "base/error.h"
#include "base/str.h"

#define LIST_GROUPS 'g'

/* As far as a cursor keeps a key. */
static struct ward_str cut(struct ward_str key)
{
    return str_part(key, 0, CURSOR_TEXT_MAX);
}

/* True if the group stands behind the cursor: highest score first, then key. */
static bool is_behind(const struct link_group *group, const struct cursor *cursor)
{
    const double score = cursor_real(cursor->numbers[0]);
    if (group->score < score || group->score > score)
        return group->score < score;
    return str_compare(cut(group->key), cursor_text(cursor)) > 0;
}

static void put_groups(const struct api_call *call, const struct link *link,
                       const struct list_page *page)
{
    struct buf *out = &call->reply->body;
    struct cursor next = {.list = LIST_GROUPS};
    size_t given = 0;
    uint32_t i = 0;
    if (page->has_after)
        while (i < link->group_count && !is_behind(&link->groups[i], &page->cursor))
            i++;
    buf_put_text(out, "{\"groups\":[");
    for (; i < link->group_count && given < page->limit; i++) {
        if (given++)
            buf_put_char(out, ',');
        link_json_group(out, link, i);
        json_end_line(out);
    }
    buf_put_char(out, ']');
    const bool has_more = i < link->group_count && given;
    if (has_more) {
        next.numbers[0] = cursor_of_real(link->groups[i - 1].score);
        cursor_set_text(&next, link->groups[i - 1].key);
    }
    list_page_end(out, has_more ? &next : NULL);
}

static enum ward_status list_groups(struct api_call *call, struct ward_error *err)
{
    struct link_loaded loaded;
    struct list_page page;
    bool known = false;
    enum ward_status status = list_page_read(call, LIST_GROUPS, &page, err);
    if (status == WARD_OK)
        status = request_serial_known(call, &known, err);
    if (status != WARD_OK || known)
        return status;
    status = link_rows_load_groups(call->worker->store, &loaded, err);
    if (status == WARD_OK)
        put_groups(call, &loaded.link, &page);
    link_loaded_release(&loaded);
    return status == WARD_OK ? request_written(call, err) : status;
}

static enum ward_status put_one(const struct api_call *call, const struct link *link,
                                struct ward_error *err)
{
    const struct ward_str key = http_part(call->request, 0);
    for (uint32_t i = 0; i < link->group_count; i++) {
        if (!str_equal(link->groups[i].key, key))
            continue;
        link_json_group(&call->reply->body, link, i);
        return request_written(call, err);
    }
    return error_set(err, WARD_ERR_NOT_FOUND, "there is no such group");
}

static enum ward_status show_group(struct api_call *call, struct ward_error *err)
{
    struct link_loaded loaded;
    bool known = false;
    enum ward_status status = request_serial_known(call, &known, err);
    if (status != WARD_OK || known)
        return status;
    status = link_rows_load_groups(call->worker->store, &loaded, err);
    if (status == WARD_OK)
        status = put_one(call, &loaded.link, err);
    link_loaded_release(&loaded);
    return status;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/groups", ACCESS_READ, API_LANE_READ, list_groups, 0},
    {HTTP_GET, "/v1/groups/{key}", ACCESS_READ, API_LANE_READ, show_group, 0},
};

const struct api_part group_part = {
    .name = "groups", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
