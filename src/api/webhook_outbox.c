#include "api/webhook_outbox.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"

/* Decisions or cases handled in one transaction: with every webhook and a mark it fits a batch. */
#define AT_ONCE 30u
#define MARKS_AT_ONCE 1000u
#define BATCH 1024u
_Static_assert(AT_ONCE *(WEBHOOKS_MAX + 1) + 1 <= BATCH, "things, webhooks and a mark");
#define BODY_BYTES_MAX 16384u

/* One transaction being put together. */
struct posting {
    const struct webhook_list *hooks;
    struct webhook_outbox *outbox;
    struct store *store;
    int64_t now_ms;
    struct arena arena;
    struct store_record_change changes[BATCH];
    size_t count;
    uint64_t fresh;
    uint64_t number; /* of the thing told, in the order of telling */
    uint32_t things;
    uint64_t upto; /* number of the last decision seen */
};

static enum ward_status no_memory(struct ward_error *err)
{
    return error_set(err, WARD_ERR_NOMEM, "out of memory");
}

static enum ward_status write_changes(struct posting *p, struct ward_error *err)
{
    struct store_record_batch batch = {
        .who = str_of("ward"), .time_ms = p->now_ms, .changes = p->changes, .count = p->count};
    const enum ward_status status =
        p->count ? store_records_change(p->store, &batch, err) : WARD_OK;
    p->count = 0;
    p->things = 0;
    arena_reset(&p->arena);
    return status;
}

static bool add_change(struct posting *p, const char *kind, struct ward_str id, struct buf *json,
                       int64_t expires_ms)
{
    struct store_record_change *change = &p->changes[p->count];
    *change = (struct store_record_change){.kind = str_of(kind),
                                           .id = arena_copy(&p->arena, id),
                                           .json = arena_copy(&p->arena, buf_str(json)),
                                           .expires_ms = expires_ms,
                                           .expect = STORE_ETAG_ANY};
    const bool good = change->id.data && change->json.data && !json->failed;
    p->count += good;
    buf_release(json);
    return good;
}

/* One delivery to one webhook. */
static bool post(struct posting *p, const struct webhook *hook, enum webhook_event event,
                 struct ward_str members)
{
    struct webhook_delivery delivery = {
        .event = event, .created_ms = p->now_ms, .next_ms = p->now_ms};
    struct buf body;
    struct buf json;
    (void)snprintf(delivery.id, sizeof delivery.id, "%s/%018llu%02d", hook->id,
                   (unsigned long long)p->number, (int)event);
    buf_init(&body, BODY_BYTES_MAX);
    buf_printf(&body, "{\"delivery\":\"%s\",\"kind\":\"%s\",", delivery.id,
               webhook_event_name(event));
    buf_put_str(&body, members);
    buf_put_char(&body, '}');
    delivery.body = buf_str(&body);
    if (p->outbox->waiting >= WEBHOOK_WAITING_MAX) {
        delivery.state = WEBHOOK_FAILED;
        (void)snprintf(delivery.error, sizeof delivery.error, "too many deliveries wait");
    } else {
        p->outbox->waiting++;
        p->fresh++;
    }
    buf_init(&json, 4 * BODY_BYTES_MAX);
    webhook_delivery_put(&json, &delivery);
    const bool good = add_change(p, WEBHOOK_DELIVERY_KIND, str_of(delivery.id), &json,
                                 p->now_ms + WEBHOOK_RECEIPT_MS);
    const bool whole = !body.failed;
    buf_release(&body);
    return good && whole;
}

/* ---- decisions ---- */

static void put_decision(struct buf *out, const struct store_decision *d)
{
    struct json_pen pen;
    buf_put_text(out, "\"decision\":");
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_key(&pen, "seq");
    pen_integer(&pen, (int64_t)d->seq);
    pen_key(&pen, "time");
    pen_time(&pen, d->time_ms);
    pen_pair(&pen, "who", str_part(d->who, 0, 256));
    pen_pair_text(&pen, "kind", store_decision_name(d->kind));
    pen_pair(&pen, "case", str_part(d->case_id, 0, 128));
    pen_pair(&pen, "reason", str_part(d->reason, 0, 1024));
    pen_pair_text(&pen, "outcome", d->outcome == STORE_REQUESTED ? "requested" : "done");
    pen_close(&pen, '}');
}

static enum ward_status take_decision(void *context, const struct store_decision *d,
                                      struct ward_error *err)
{
    struct posting *p = context;
    struct buf members;
    bool good = true;
    if (p->things == AT_ONCE)
        return WARD_ERR_LIMIT; /* this transaction is full */
    p->things++;
    p->upto = d->seq;
    p->number++;
    buf_init(&members, BODY_BYTES_MAX);
    put_decision(&members, d);
    for (uint32_t i = 0; i < p->hooks->count && good; i++) {
        const struct webhook *hook = &p->hooks->hooks[i];
        if (d->seq <= hook->since)
            continue;
        if (hook->events & 1u << WEBHOOK_DECISION)
            good = post(p, hook, WEBHOOK_DECISION, buf_str(&members));
        if (good && d->kind == STORE_REFER && hook->events & 1u << WEBHOOK_REFERRAL)
            good = post(p, hook, WEBHOOK_REFERRAL, buf_str(&members));
    }
    buf_release(&members);
    return good ? WARD_OK : no_memory(err);
}

static enum ward_status take_cursor(void *context, const struct store_record *row,
                                    struct ward_error *err)
{
    json_t *root = json_loadb(row->json.data, row->json.len, 0, NULL);
    (void)err;
    *(uint64_t *)context = (uint64_t)json_integer_value(json_object_get(root, "after"));
    json_decref(root);
    return WARD_OK;
}

static enum ward_status post_decisions(struct posting *p, struct ward_error *err)
{
    uint64_t after = 0;
    const struct ward_str kind = str_of(WEBHOOK_CURSOR_KIND);
    enum ward_status status =
        store_record_find(p->store, kind, str_of("decisions"), take_cursor, &after, err);
    if (status == WARD_ERR_NOT_FOUND)
        status = WARD_OK;
    while (status == WARD_OK) {
        struct buf mark;
        p->upto = after;
        status = store_decisions_of(p->store, UINT32_MAX, after, take_decision, p, err);
        const bool more = status == WARD_ERR_LIMIT;
        if ((status != WARD_OK && !more) || p->upto == after)
            break;
        after = p->upto;
        buf_init(&mark, 64);
        buf_printf(&mark, "{\"after\":%llu}", (unsigned long long)after);
        status = add_change(p, WEBHOOK_CURSOR_KIND, str_of("decisions"), &mark, 0)
                     ? write_changes(p, err)
                     : no_memory(err);
        if (!more)
            break;
    }
    return status;
}

/* ---- cases ---- */

struct known_cases {
    struct posting *posting;
    struct ward_str *ids; /* owned array, strings in `arena`; ascending */
    size_t count, capacity;
    struct arena arena;
    bool is_silent; /* mark only */
};

static enum ward_status take_known(void *context, const struct store_record *row,
                                   struct ward_error *err)
{
    struct known_cases *k = context;
    if (k->count == k->capacity) {
        const size_t capacity = k->capacity ? k->capacity * 2 : 256;
        struct ward_str *ids = realloc(k->ids, capacity * sizeof *ids);
        if (!ids)
            return no_memory(err);
        k->ids = ids;
        k->capacity = capacity;
    }
    k->ids[k->count] = arena_copy(&k->arena, row->id);
    return k->ids[k->count++].data ? WARD_OK : no_memory(err);
}

static bool is_known(const struct known_cases *k, struct ward_str id)
{
    size_t low = 0;
    size_t high = k->count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = str_compare(k->ids[middle], id);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void put_case(struct buf *out, const struct store_case *c)
{
    struct json_pen pen;
    buf_put_text(out, "\"case\":");
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_pair(&pen, "case", str_part(c->id, 0, 128));
    pen_key(&pen, "urgency");
    pen_integer(&pen, c->urgency);
    pen_key(&pen, "score");
    pen_number(&pen, c->score, 4);
    pen_key(&pen, "events");
    pen_integer(&pen, (int64_t)c->event_count);
    pen_key(&pen, "says");
    pen_open(&pen, '{');
    pen_pair(&pen, "zh", str_part(c->says_zh, 0, 2048));
    pen_pair(&pen, "en", str_part(c->says_en, 0, 2048));
    pen_close(&pen, '}');
    pen_close(&pen, '}');
}

static enum ward_status take_case(void *context, const struct store_case *c, struct ward_error *err)
{
    struct known_cases *k = context;
    struct posting *p = k->posting;
    struct buf members;
    struct buf mark;
    if (is_known(k, c->id))
        return WARD_OK;
    if (p->things == (k->is_silent ? MARKS_AT_ONCE : AT_ONCE))
        return WARD_ERR_LIMIT;
    p->things++;
    p->number++;
    buf_init(&mark, 64);
    buf_put_text(&mark, "{}");
    bool good = add_change(p, WEBHOOK_CASE_KIND, c->id, &mark, 0);
    buf_init(&members, BODY_BYTES_MAX);
    put_case(&members, c);
    for (uint32_t i = 0; i < p->hooks->count && good && !k->is_silent; i++)
        if (p->hooks->hooks[i].events & 1u << WEBHOOK_CASE_OPENED)
            good = post(p, &p->hooks->hooks[i], WEBHOOK_CASE_OPENED, buf_str(&members));
    buf_release(&members);
    return good ? WARD_OK : no_memory(err);
}

/* All cases that are current and were not told yet. */
static enum ward_status post_cases(struct posting *p, bool is_silent, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    bool more = true;
    while (more && status == WARD_OK) {
        struct known_cases known = {.posting = p, .is_silent = is_silent};
        const struct store_record_query query = {.kind = str_of(WEBHOOK_CASE_KIND)};
        const struct store_case_query cases = {0};
        arena_init(&known.arena, 65536, SIZE_MAX / 2);
        status = store_records(p->store, &query, take_known, &known, err);
        if (status == WARD_OK)
            status = store_cases(p->store, &cases, take_case, &known, err);
        more = status == WARD_ERR_LIMIT;
        if (status == WARD_OK || more)
            status = write_changes(p, err);
        free(known.ids);
        arena_release(&known.arena);
    }
    return status;
}

/* ---- the look ---- */

static struct posting *posting_new(struct store *store, int64_t now_ms)
{
    struct posting *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->store = store;
    p->now_ms = now_ms;
    p->number = (uint64_t)now_ms * 1000; /* ids of deliveries go up with time */
    arena_init(&p->arena, 65536, 256u << 20);
    return p;
}

static void posting_free(struct posting *p)
{
    arena_release(&p->arena);
    free(p);
}

static bool any_asks(const struct webhook_list *hooks, enum webhook_event event)
{
    for (uint32_t i = 0; i < hooks->count; i++)
        if (hooks->hooks[i].events & 1u << event)
            return true;
    return false;
}

enum ward_status webhook_outbox_fill(struct webhook_outbox *outbox, struct store *store,
                                     const struct webhook_list *hooks, int64_t now_ms,
                                     uint64_t *fresh, struct ward_error *err)
{
    uint64_t serial;
    *fresh = 0;
    enum ward_status status = store_serial(store, &serial, err);
    if (status != WARD_OK || (outbox->has_looked && serial == outbox->serial) || !hooks->count)
        return status;
    struct posting *p = posting_new(store, now_ms);
    if (!p)
        return no_memory(err);
    p->outbox = outbox;
    p->hooks = hooks;
    status = post_decisions(p, err);
    if (status == WARD_OK && any_asks(hooks, WEBHOOK_CASE_OPENED))
        status = post_cases(p, false, err);
    *fresh = p->fresh;
    posting_free(p);
    if (status == WARD_OK) {
        outbox->serial = serial;
        outbox->has_looked = true;
    }
    return status;
}

enum ward_status webhook_outbox_skip_cases(struct store *store, int64_t now_ms,
                                           struct ward_error *err)
{
    static const struct webhook_list none = {.count = 0};
    struct posting *p = posting_new(store, now_ms);
    if (!p)
        return no_memory(err);
    p->hooks = &none;
    const enum ward_status status = post_cases(p, true, err);
    posting_free(p);
    return status;
}
