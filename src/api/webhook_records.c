#include "api/webhook_records.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"

static const char *const event_names[WEBHOOK_EVENTS] = {"decision", "case-opened", "referral"};
static const char *const state_names[] = {"waiting", "delivered", "failed"};

const char *webhook_event_name(enum webhook_event event)
{
    return event_names[event];
}

bool webhook_event_read(struct ward_str name, enum webhook_event *out)
{
    for (int i = 0; i < WEBHOOK_EVENTS; i++) {
        if (str_equal(name, str_of(event_names[i]))) {
            *out = (enum webhook_event)i;
            return true;
        }
    }
    return false;
}

static json_t *load(const struct store_record *row)
{
    json_t *root = json_loadb(row->json.data, row->json.len, 0, NULL);
    if (json_is_object(root))
        return root;
    json_decref(root);
    return NULL;
}

static struct ward_str text_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value)
               ? (struct ward_str){json_string_value(value), json_string_length(value)}
               : (struct ward_str){"", 0};
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static enum ward_status damaged(struct ward_error *err)
{
    return error_set(err, WARD_ERR_FORMAT, "a webhook's record is damaged");
}

/* ---- webhooks ---- */

void webhook_put(struct buf *out, const struct webhook *hook)
{
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_pair(&pen, "url", hook->url);
    pen_pair(&pen, "secret", hook->secret);
    pen_key(&pen, "events");
    pen_integer(&pen, hook->events);
    pen_key(&pen, "created_ms");
    pen_integer(&pen, hook->created_ms);
    pen_key(&pen, "since");
    pen_integer(&pen, (int64_t)hook->since);
    pen_close(&pen, '}');
}

static enum ward_status take_hook(void *context, const struct store_record *row,
                                  struct ward_error *err)
{
    struct webhook_list *list = context;
    if (list->count == WEBHOOKS_MAX || row->id.len >= WEBHOOK_ID_TEXT)
        return damaged(err);
    json_t *root = load(row);
    if (!root)
        return damaged(err);
    struct webhook *hook = &list->hooks[list->count];
    *hook = (struct webhook){.url = arena_copy(&list->arena, text_of(root, "url")),
                             .secret = arena_copy(&list->arena, text_of(root, "secret")),
                             .events = (uint32_t)number_of(root, "events"),
                             .created_ms = number_of(root, "created_ms"),
                             .since = (uint64_t)number_of(root, "since")};
    memcpy(hook->id, row->id.data, row->id.len);
    json_decref(root);
    if (!hook->url.data || !hook->secret.data)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    list->count++;
    return WARD_OK;
}

void webhook_list_release(struct webhook_list *list)
{
    arena_release(&list->arena);
    list->count = 0;
}

enum ward_status webhook_list_read(struct webhook_list *out, struct store *store,
                                   struct ward_error *err)
{
    const struct store_record_query query = {.kind = str_of(WEBHOOK_KIND)};
    out->count = 0;
    arena_init(&out->arena, 8192, 1u << 20);
    return store_records(store, &query, take_hook, out, err);
}

/* ---- deliveries ---- */

static void put_time(struct json_pen *pen, const char *key, int64_t time_ms)
{
    if (!time_ms)
        return;
    pen_key(pen, key);
    pen_time(pen, time_ms);
}

static void put_outcome(struct json_pen *pen, const struct webhook_delivery *d)
{
    pen_pair_text(pen, "kind", event_names[d->event]);
    pen_pair_text(pen, "state", state_names[d->state]);
    pen_key(pen, "attempts");
    pen_integer(pen, d->attempts);
    if (d->status) {
        pen_key(pen, "status");
        pen_integer(pen, d->status);
    }
    pen_pair_text(pen, "error", d->error);
}

void webhook_delivery_put(struct buf *out, const struct webhook_delivery *d)
{
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    put_outcome(&pen, d);
    pen_key(&pen, "created_ms");
    pen_integer(&pen, d->created_ms);
    pen_key(&pen, "last_ms");
    pen_integer(&pen, d->last_ms);
    pen_key(&pen, "next_ms");
    pen_integer(&pen, d->next_ms);
    pen_key(&pen, "body");
    pen_string(&pen, d->body);
    pen_close(&pen, '}');
}

void webhook_delivery_show(struct buf *out, const struct webhook_delivery *d)
{
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_pair_text(&pen, "delivery", d->id);
    put_outcome(&pen, d);
    put_time(&pen, "created", d->created_ms);
    put_time(&pen, "last", d->last_ms);
    if (d->state == WEBHOOK_WAITING)
        put_time(&pen, "next", d->next_ms);
    pen_close(&pen, '}');
}

enum ward_status webhook_delivery_read(const struct store_record *row, struct arena *arena,
                                       struct webhook_delivery *out, struct ward_error *err)
{
    json_t *root = row->id.len < WEBHOOK_DELIVERY_TEXT ? load(row) : NULL;
    if (!root)
        return damaged(err);
    *out = (struct webhook_delivery){.attempts = (uint32_t)number_of(root, "attempts"),
                                     .created_ms = number_of(root, "created_ms"),
                                     .last_ms = number_of(root, "last_ms"),
                                     .next_ms = number_of(root, "next_ms"),
                                     .status = (long)number_of(root, "status")};
    memcpy(out->id, row->id.data, row->id.len);
    const struct ward_str state = text_of(root, "state");
    const struct ward_str error = text_of(root, "error");
    bool good = webhook_event_read(text_of(root, "kind"), &out->event);
    out->state = str_equal(state, str_of("waiting"))     ? WEBHOOK_WAITING
                 : str_equal(state, str_of("delivered")) ? WEBHOOK_DELIVERED
                                                         : WEBHOOK_FAILED;
    (void)snprintf(out->error, sizeof out->error, "%.*s", (int)error.len, error.data);
    if (arena) {
        out->body = arena_copy(arena, text_of(root, "body"));
        good = good && out->body.data;
    }
    json_decref(root);
    return good ? WARD_OK : damaged(err);
}
