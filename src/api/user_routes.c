/**
 * /v1/users: who may work here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "access/accounts.h"
#include "api/access_parts.h"
#include "api/case_request.h"
#include "base/error.h"
#include "base/str.h"

#define TEXT_MAX 4096u
#define CURSOR_LIST 'u'

static void put_user(struct json_pen *pen, const struct access_user *user)
{
    char etag[24];
    (void)snprintf(etag, sizeof etag, "%" PRIu64, user->etag);
    pen_open(pen, '{');
    pen_pair(pen, "user", user->user);
    pen_pair(pen, "name", user->name);
    pen_pair_text(pen, "role", access_role_name(user->role));
    pen_key(pen, "disabled");
    pen_bool(pen, user->is_disabled);
    pen_key(pen, "created");
    pen_time(pen, user->created_ms);
    pen_key(pen, "changed");
    pen_time(pen, user->changed_ms);
    pen_pair_text(pen, "etag", etag);
    pen_close(pen, '}');
}

/* ---- the list -------------------------------------------------------------------------------- */

struct listing {
    struct json_pen pen;
    size_t limit, given;
    bool more;
    struct cursor last;
};

static enum ward_status take_listed(void *context, const struct access_user *user,
                                    struct ward_error *err)
{
    struct listing *l = context;
    (void)err;
    if (l->given == l->limit) {
        l->more = true;
        return WARD_OK;
    }
    l->given++;
    cursor_set_text(&l->last, user->user);
    put_user(&l->pen, user);
    return WARD_OK;
}

static enum ward_status list_users(struct api_call *call, struct ward_error *err)
{
    struct list_page page;
    struct listing l = {.last = {.list = CURSOR_LIST}};
    struct buf *out = &call->reply->body;
    enum ward_status status = list_page_read(call, CURSOR_LIST, &page, err);
    if (status != WARD_OK)
        return status;
    l.limit = page.limit;
    pen_init(&l.pen, out, false);
    pen_open(&l.pen, '{');
    pen_key(&l.pen, "users");
    pen_open(&l.pen, '[');
    status =
        access_users(call->worker->store, page.has_after ? cursor_text(&page.cursor) : str_of(""),
                     page.limit + 1, take_listed, &l, err);
    pen_close(&l.pen, ']');
    list_page_end(out, l.more ? &l.last : NULL);
    return status == WARD_OK ? request_written(call, err) : status;
}

/* ---- adding and changing --------------------------------------------------------------------- */

static enum ward_status reply_user(void *context, const struct access_user *user,
                                   struct ward_error *err)
{
    struct api_call *call = context;
    struct json_pen pen;
    char tag[24];
    (void)snprintf(tag, sizeof tag, "\"%" PRIu64 "\"", user->etag);
    http_reply_header_text(call->reply, "ETag", tag);
    pen_init(&pen, &call->reply->body, false);
    put_user(&pen, user);
    return request_written(call, err);
}

/* A change is in force when the answer is there. */
static enum ward_status finish(struct api_call *call, struct ward_str user, struct ward_error *err)
{
    const enum ward_status status =
        access_refresh(api_access(call->api), call->worker->store, call->now_ms, err);
    return status == WARD_OK ? access_user_find(call->worker->store, user, reply_user, call, err)
                             : status;
}

static enum ward_status read_role(const json_t *body, enum access_role *out, struct ward_error *err)
{
    struct ward_str name;
    const enum ward_status status = request_text(body, "role", TEXT_MAX, &name, err);
    *out = ACCESS_ROLE_NONE;
    if (status == WARD_OK && name.len && !access_role_read(name, out))
        return error_set(err, WARD_ERR_ARGUMENT,
                         "a role is viewer, reviewer, lead or administrator");
    return status;
}

static enum ward_status add_user(struct api_call *call, struct ward_error *err)
{
    const struct store_act act = request_act(call);
    struct access_user user = {0};
    struct ward_str password;
    json_t *body = NULL;
    enum ward_status status = request_object(call, &body, err);
    if (status == WARD_OK)
        status = request_text(body, "user", TEXT_MAX, &user.user, err);
    if (status == WARD_OK)
        status = request_text(body, "name", TEXT_MAX, &user.name, err);
    if (status == WARD_OK)
        status = request_text(body, "password", TEXT_MAX, &password, err);
    if (status == WARD_OK)
        status = read_role(body, &user.role, err);
    if (status == WARD_OK)
        status = access_user_add(call->worker->store, &act, &user, password, NULL, err);
    if (status == WARD_OK)
        status = finish(call, user.user, err);
    if (status == WARD_OK)
        call->reply->status = 201;
    json_decref(body);
    return status;
}

/* If-Match: "NUMBER". */
static uint64_t expected(const struct api_call *call)
{
    const struct ward_str tag = http_header(call->request, "If-Match");
    uint64_t number = 0;
    if (!tag.len || tag.data[0] == '*')
        return STORE_ETAG_ANY;
    for (size_t i = 0; i < tag.len && number < UINT64_MAX / 100; i++)
        if (tag.data[i] >= '0' && tag.data[i] <= '9')
            number = number * 10 + (uint64_t)(tag.data[i] - '0');
    return number;
}

static enum ward_status read_change(const json_t *body, struct access_user_change *out,
                                    struct ward_error *err)
{
    const json_t *disabled = json_object_get(body, "disabled");
    enum ward_status status = request_text(body, "password", TEXT_MAX, &out->password, err);
    if (status == WARD_OK)
        status = read_role(body, &out->role, err);
    if (status == WARD_OK && disabled && !json_is_boolean(disabled))
        return error_set(err, WARD_ERR_ARGUMENT, "\"disabled\" is true or false");
    out->disabled = disabled ? json_is_true(disabled) : -1;
    if (status == WARD_OK && !disabled && !out->password.len && out->role == ACCESS_ROLE_NONE)
        return error_set(err, WARD_ERR_ARGUMENT,
                         "nothing to change: role, disabled or password is missing");
    return status;
}

static enum ward_status change_user(struct api_call *call, struct ward_error *err)
{
    const struct store_act act = request_act(call);
    const struct ward_str user = http_part(call->request, 0);
    struct access_user_change change = {.expect = expected(call)};
    json_t *body = NULL;
    enum ward_status status = request_object(call, &body, err);
    if (status == WARD_OK)
        status = read_change(body, &change, err);
    if (status == WARD_OK)
        status = access_user_change(call->worker->store, &act, user, &change, NULL, NULL, err);
    if (status == WARD_OK)
        status = finish(call, user, err);
    json_decref(body);
    return status;
}

/* Hashing a new password takes long: not on the one thread that writes. */
static const struct api_route routes[] = {
    {HTTP_GET, "/v1/users", ACCESS_ADMIN, API_LANE_READ, list_users, 0},
    {HTTP_POST, "/v1/users", ACCESS_ADMIN, API_LANE_READ, add_user, 0},
    {HTTP_PATCH, "/v1/users/{user}", ACCESS_ADMIN, API_LANE_READ, change_user, 0},
};

const struct api_part user_part = {
    .name = "users", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
