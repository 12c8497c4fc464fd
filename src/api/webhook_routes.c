/**
 * Webhooks: registering an address, taking it away, receipts.
 */
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "api/pack_parts.h"
#include "api/query_number.h"
#include "api/webhook_outbox.h"
#include "api/webhook_sender.h"
#include "base/error.h"
#include "base/str.h"

static void put_hook(struct json_pen *pen, const struct webhook *hook, bool with_secret)
{
    pen_open(pen, '{');
    pen_pair_text(pen, "id", hook->id);
    pen_pair(pen, "url", hook->url);
    pen_key(pen, "kinds");
    pen_open(pen, '[');
    for (int i = 0; i < WEBHOOK_EVENTS; i++)
        if (hook->events & 1u << i)
            pen_text(pen, webhook_event_name((enum webhook_event)i));
    pen_close(pen, ']');
    pen_key(pen, "created");
    pen_time(pen, hook->created_ms);
    if (with_secret)
        pen_pair(pen, "secret", hook->secret);
    pen_close(pen, '}');
}

/* There are few: one page holds them all. */
static enum ward_status list_hooks(struct api_call *call, struct ward_error *err)
{
    struct webhook_list list;
    struct json_pen pen;
    const enum ward_status status = webhook_list_read(&list, call->worker->store, err);
    pen_init(&pen, &call->reply->body, false);
    pen_open(&pen, '{');
    pen_key(&pen, "webhooks");
    pen_open(&pen, '[');
    for (uint32_t i = 0; i < list.count; i++)
        put_hook(&pen, &list.hooks[i], false);
    pen_close(&pen, ']');
    query_put_next(&pen, false, 0);
    pen_close(&pen, '}');
    webhook_list_release(&list);
    return status;
}

/* ---- registering ---- */

static enum ward_status read_kinds(const json_t *kinds, uint32_t *events, struct ward_error *err)
{
    size_t i;
    const json_t *item;
    *events = 0;
    json_array_foreach(kinds, i, item)
    {
        enum webhook_event event;
        const struct ward_str name = {json_string_value(item), json_string_length(item)};
        if (!name.data || !webhook_event_read(name, &event))
            return error_set(err, WARD_ERR_ARGUMENT, "a kind is decision, case-opened or referral");
        *events |= 1u << event;
    }
    return *events ? WARD_OK : error_set(err, WARD_ERR_ARGUMENT, "\"kinds\" names at least one");
}

static enum ward_status read_hook(const json_t *body, struct webhook *hook, struct ward_error *err)
{
    const json_t *url = json_object_get(body, "url");
    const char *why;
    if (!json_is_object(body))
        return error_set(err, WARD_ERR_FORMAT, "the body is a JSON object");
    if (!json_is_string(url))
        return error_set(err, WARD_ERR_ARGUMENT, "\"url\" is missing");
    hook->url = (struct ward_str){json_string_value(url), json_string_length(url)};
    if (!webhook_url_is_good(hook->url, &why))
        return error_set(err, WARD_ERR_ARGUMENT, "%s", why);
    return read_kinds(json_object_get(body, "kinds"), &hook->events, err);
}

/* Decisions made so far are not told. */
static enum ward_status find_since(struct api_call *call, struct webhook *hook,
                                   struct ward_error *err)
{
    struct webhook_list list;
    enum ward_status status = webhook_list_read(&list, call->worker->store, err);
    if (status == WARD_OK && list.count == WEBHOOKS_MAX)
        status = error_set(err, WARD_ERR_REFUSED, "there are %u webhooks already", WEBHOOKS_MAX);
    webhook_list_release(&list);
    if (status == WARD_OK)
        status = store_serial(call->worker->store, &hook->since, err);
    if (status == WARD_OK && hook->events & 1u << WEBHOOK_CASE_OPENED)
        status = webhook_outbox_skip_cases(call->worker->store, call->now_ms, err);
    return status;
}

static enum ward_status keep_hook(struct api_call *call, const struct webhook *hook,
                                  struct ward_error *err)
{
    struct buf json;
    char entry[64];
    buf_init(&json, 65536);
    webhook_put(&json, hook);
    (void)snprintf(entry, sizeof entry, "{\"webhook\":\"%s\",\"events\":%u}", hook->id,
                   hook->events);
    struct store_record_change change = {.kind = str_of(WEBHOOK_KIND),
                                         .id = str_of(hook->id),
                                         .json = buf_str(&json),
                                         .expect = STORE_ETAG_NEW,
                                         .is_sealed = true};
    struct store_record_batch batch = {.who = str_of(call->who->who),
                                       .time_ms = call->now_ms,
                                       .entry_kind = str_of("webhook-add"),
                                       .entry_json = str_of(entry),
                                       .changes = &change,
                                       .count = 1};
    const enum ward_status status =
        json.failed ? json.failed : store_records_change(call->worker->store, &batch, err);
    buf_release(&json);
    return status;
}

static enum ward_status add_hook(struct api_call *call, struct ward_error *err)
{
    const struct ward_str text = http_body(call->request);
    json_t *body = json_loadb(text.len ? text.data : "", text.len, JSON_REJECT_DUPLICATES, NULL);
    unsigned char random[(WEBHOOK_ID_TEXT - 1) / 2];
    char secret[WEBHOOK_SECRET_TEXT];
    struct webhook hook = {.created_ms = call->now_ms};
    struct json_pen pen;
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(hook.id, sizeof hook.id, random, sizeof random);
    webhook_secret_make(secret);
    hook.secret = str_of(secret);
    enum ward_status status = read_hook(body, &hook, err);
    if (status == WARD_OK)
        status = find_since(call, &hook, err);
    if (status == WARD_OK)
        status = keep_hook(call, &hook, err);
    if (status == WARD_OK) {
        call->reply->status = 201;
        pen_init(&pen, &call->reply->body, false);
        put_hook(&pen, &hook, true);
    }
    sodium_memzero(secret, sizeof secret);
    json_decref(body);
    return status;
}

static bool is_id(struct ward_str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (!((id.data[i] >= '0' && id.data[i] <= '9') || (id.data[i] >= 'a' && id.data[i] <= 'f')))
            return false;
    return id.len == WEBHOOK_ID_TEXT - 1;
}

static enum ward_status no_hook(struct ward_error *err)
{
    return error_set(err, WARD_ERR_NOT_FOUND, "there is no such webhook");
}

static enum ward_status drop_hook(struct api_call *call, struct ward_error *err)
{
    const struct ward_str id = http_part(call->request, 0);
    char entry[64];
    if (!is_id(id))
        return no_hook(err);
    (void)snprintf(entry, sizeof entry, "{\"webhook\":\"%.*s\"}", (int)id.len, id.data);
    struct store_record_change change = {.kind = str_of(WEBHOOK_KIND),
                                         .id = id,
                                         .expect = STORE_ETAG_ANY,
                                         .deletes = true,
                                         .is_sealed = true};
    struct store_record_batch batch = {.who = str_of(call->who->who),
                                       .time_ms = call->now_ms,
                                       .entry_kind = str_of("webhook-drop"),
                                       .entry_json = str_of(entry),
                                       .changes = &change,
                                       .count = 1};
    const enum ward_status status = store_records_change(call->worker->store, &batch, err);
    if (status == WARD_OK)
        call->reply->status = 204;
    return status == WARD_ERR_NOT_FOUND ? no_hook(err) : status;
}

/* ---- receipts ---- */

struct receipts {
    struct buf *out;
    uint64_t limit, count;
    char last[WEBHOOK_DELIVERY_TEXT];
    bool more;
};

static enum ward_status put_receipt(void *context, const struct store_record *row,
                                    struct ward_error *err)
{
    struct receipts *r = context;
    struct webhook_delivery delivery;
    if (r->count == r->limit) {
        r->more = true;
        return WARD_OK;
    }
    const enum ward_status status = webhook_delivery_read(row, NULL, &delivery, err);
    if (status != WARD_OK)
        return status;
    if (r->count++)
        buf_put_char(r->out, ',');
    webhook_delivery_show(r->out, &delivery);
    memcpy(r->last, delivery.id, sizeof r->last);
    return WARD_OK;
}

static enum ward_status take_any(void *context, const struct store_record *row,
                                 struct ward_error *err)
{
    (void)context, (void)row, (void)err;
    return WARD_OK;
}

/* True for "HOOK/..." of this webhook. */
static bool is_cursor(struct ward_str after, struct ward_str prefix)
{
    return !after.len || (after.len < WEBHOOK_DELIVERY_TEXT && after.len > prefix.len &&
                          memcmp(after.data, prefix.data, prefix.len) == 0 &&
                          !memchr(after.data, '\0', after.len));
}

static enum ward_status list_receipts(struct api_call *call, struct ward_error *err)
{
    const struct ward_str id = http_part(call->request, 0);
    const struct ward_str after = http_query(call->request, "after");
    struct receipts r = {.out = &call->reply->body};
    char prefix[WEBHOOK_ID_TEXT + 1];
    if (!is_id(id))
        return no_hook(err);
    (void)snprintf(prefix, sizeof prefix, "%.*s/", (int)id.len, id.data);
    enum ward_status status = query_limit(call->request, &r.limit, err);
    if (status == WARD_OK && !is_cursor(after, str_of(prefix)))
        status = error_set(err, WARD_ERR_ARGUMENT, "\"after\" is the \"next\" of the page before");
    if (status == WARD_OK)
        status =
            store_record_find(call->worker->store, str_of(WEBHOOK_KIND), id, take_any, NULL, err);
    if (status != WARD_OK)
        return status == WARD_ERR_NOT_FOUND ? no_hook(err) : status;
    const struct store_record_query query = {.kind = str_of(WEBHOOK_DELIVERY_KIND),
                                             .prefix = str_of(prefix),
                                             .after = after,
                                             .backwards = true,
                                             .limit = (size_t)r.limit + 1};
    buf_put_text(r.out, "{\"deliveries\":[");
    status = store_records(call->worker->store, &query, put_receipt, &r, err);
    if (r.more)
        buf_printf(r.out, "],\"next\":\"%s\"}", r.last);
    else
        buf_put_text(r.out, "],\"next\":null}");
    return status;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/webhooks", ACCESS_ADMIN, API_LANE_READ, list_hooks, 0},
    {HTTP_POST, "/v1/webhooks", ACCESS_ADMIN, API_LANE_WRITE, add_hook, 0},
    {HTTP_DELETE, "/v1/webhooks/{id}", ACCESS_ADMIN, API_LANE_WRITE, drop_hook, 0},
    {HTTP_GET, "/v1/webhooks/{id}/deliveries", ACCESS_ADMIN, API_LANE_READ, list_receipts, 0},
};

const struct api_part api_webhook_part = {.name = "webhooks",
                                          .routes = routes,
                                          .route_count = sizeof routes / sizeof routes[0],
                                          .start = webhook_sender_start,
                                          .stop = webhook_sender_stop};
