/**
 * /v1/keys: keys of services.
 */
#include <string.h>

#include "access/accounts.h"
#include "api/access_parts.h"
#include "api/case_request.h"
#include "base/error.h"
#include "base/str.h"
#include "feed/when.h"

#define TEXT_MAX 4096u
#define CURSOR_LIST 'k'

/* The members; the caller closes the object. */
static void open_key(struct json_pen *pen, const struct access_key *key)
{
    pen_open(pen, '{');
    pen_pair(pen, "id", key->id);
    pen_pair(pen, "name", key->name);
    pen_key(pen, "scopes");
    pen_open(pen, '[');
    for (unsigned i = 0; i < ACCESS_SCOPES; i++)
        if (key->scopes & 1u << i)
            pen_text(pen, access_scope_name((enum access_scope)(1u << i)));
    pen_close(pen, ']');
    pen_pair(pen, "by", key->made_by);
    pen_key(pen, "created");
    pen_time(pen, key->created_ms);
    pen_key(pen, "expires");
    if (key->expires_ms)
        pen_time(pen, key->expires_ms);
    else
        pen_raw(pen, str_of("null"));
}

/* ---- the list -------------------------------------------------------------------------------- */

struct listing {
    struct json_pen pen;
    size_t limit, given;
    bool more;
    struct cursor last;
};

static enum ward_status take_listed(void *context, const struct access_key *key,
                                    struct ward_error *err)
{
    struct listing *l = context;
    (void)err;
    if (l->given == l->limit) {
        l->more = true;
        return WARD_OK;
    }
    l->given++;
    cursor_set_text(&l->last, key->id);
    open_key(&l->pen, key);
    pen_close(&l->pen, '}');
    return WARD_OK;
}

static enum ward_status list_keys(struct api_call *call, struct ward_error *err)
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
    pen_key(&l.pen, "keys");
    pen_open(&l.pen, '[');
    status =
        access_keys(call->worker->store, page.has_after ? cursor_text(&page.cursor) : str_of(""),
                    page.limit + 1, take_listed, &l, err);
    pen_close(&l.pen, ']');
    list_page_end(out, l.more ? &l.last : NULL);
    return status == WARD_OK ? request_written(call, err) : status;
}

/* ---- adding and revoking --------------------------------------------------------------------- */

static enum ward_status read_scopes(const json_t *body, uint32_t *out, struct ward_error *err)
{
    const json_t *scopes = json_object_get(body, "scopes");
    *out = 0;
    for (size_t i = 0; i < json_array_size(scopes); i++) {
        const json_t *value = json_array_get(scopes, i);
        const struct ward_str name = {json_string_value(value), json_string_length(value)};
        enum access_scope scope;
        if (!json_is_string(value) || !access_scope_read(name, &scope))
            return error_set(err, WARD_ERR_ARGUMENT,
                             "a scope is check, ingest, report, read, decide, export, packs, audit"
                             " or admin");
        *out |= (uint32_t)scope;
    }
    return *out ? WARD_OK : error_set(err, WARD_ERR_ARGUMENT, "\"scopes\" is a list of scopes");
}

static enum ward_status read_expiry(const json_t *body, int64_t *out, struct ward_error *err)
{
    struct ward_str text;
    bool is_zone_assumed;
    const enum ward_status status = request_text(body, "expires", TEXT_MAX, &text, err);
    *out = 0;
    if (status == WARD_OK && text.len && !when_parse_date(text, 0, out, &is_zone_assumed))
        return error_set(err, WARD_ERR_ARGUMENT, "\"expires\" is a time as 2027-01-31T00:00:00Z");
    return status;
}

static enum ward_status reply_key(struct api_call *call, const struct access_key *key,
                                  const char *secret, struct ward_error *err)
{
    struct json_pen pen;
    const enum ward_status status =
        access_refresh(api_access(call->api), call->worker->store, call->now_ms, err);
    if (status != WARD_OK)
        return status;
    call->reply->status = 201;
    pen_init(&pen, &call->reply->body, false);
    open_key(&pen, key);
    pen_pair_text(&pen, "secret", secret);
    pen_close(&pen, '}');
    return request_written(call, err);
}

static enum ward_status add_key(struct api_call *call, struct ward_error *err)
{
    const struct store_act act = request_act(call);
    struct access_key key = {.made_by = act.who, .created_ms = call->now_ms};
    char id[ACCESS_KEY_ID_TEXT];
    char secret[ACCESS_TOKEN_TEXT];
    json_t *body = NULL;
    enum ward_status status = request_object(call, &body, err);
    if (status == WARD_OK)
        status = request_text(body, "name", TEXT_MAX, &key.name, err);
    if (status == WARD_OK)
        status = read_scopes(body, &key.scopes, err);
    if (status == WARD_OK)
        status = read_expiry(body, &key.expires_ms, err);
    if (status == WARD_OK)
        status = access_key_add(call->worker->store, &act, &key, id, secret, err);
    if (status == WARD_OK) {
        key.id = str_of(id);
        status = reply_key(call, &key, secret, err);
    }
    access_forget(secret, sizeof secret);
    json_decref(body);
    return status;
}

static enum ward_status revoke_key(struct api_call *call, struct ward_error *err)
{
    const struct store_act act = request_act(call);
    enum ward_status status =
        access_key_revoke(call->worker->store, &act, http_part(call->request, 0), err);
    if (status == WARD_OK)
        status = access_refresh(api_access(call->api), call->worker->store, call->now_ms, err);
    if (status == WARD_OK)
        call->reply->status = 204;
    return status;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/keys", ACCESS_ADMIN, API_LANE_READ, list_keys, 0},
    {HTTP_POST, "/v1/keys", ACCESS_ADMIN, API_LANE_WRITE, add_key, 0},
    {HTTP_DELETE, "/v1/keys/{id}", ACCESS_ADMIN, API_LANE_WRITE, revoke_key, 0},
};

const struct api_part key_part = {
    .name = "keys", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
