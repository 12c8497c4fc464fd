/**
 * The audit log: reading it, and verifying the whole chain.
 */
#include <stdlib.h>

#include "api/pack_parts.h"
#include "api/query_number.h"
#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"

/* Entries looked at for one page when filters leave few. */
#define LOOKED_AT_MAX 20000u
/* A window of the log is read forwards and shown backwards. */
#define WINDOW 1000u

struct line {
    uint64_t seq;
    size_t begin, len; /* in `text` */
};

struct page {
    struct ward_str kind, who;
    struct buf text; /* entries as JSON, in the order of the log */
    struct line lines[WINDOW];
    size_t count;
    uint64_t upto; /* last seq of the window */
};

static enum ward_status put_entry(void *context, const struct store_audit_entry *row,
                                  struct ward_error *err)
{
    struct page *p = context;
    struct json_pen pen;
    if (row->seq > p->upto)
        return WARD_ERR_LIMIT; /* behind the window: the reading ends */
    if ((p->kind.len && !str_equal(p->kind, row->kind)) ||
        (p->who.len && !str_equal(p->who, row->who)) || p->count == WINDOW)
        return WARD_OK;
    struct line *line = &p->lines[p->count++];
    *line = (struct line){.seq = row->seq, .begin = p->text.len};
    pen_init(&pen, &p->text, false);
    pen_open(&pen, '{');
    pen_key(&pen, "seq");
    pen_integer(&pen, (int64_t)row->seq);
    pen_key(&pen, "time");
    pen_time(&pen, row->time_ms);
    pen_key(&pen, "kind");
    pen_string(&pen, row->kind);
    pen_key(&pen, "who");
    pen_string(&pen, row->who);
    pen_key(&pen, "body");
    pen_raw(&pen, row->body_json.len ? row->body_json : (struct ward_str){"{}", 2});
    pen_key(&pen, "hash");
    pen_string(&pen, row->hash);
    pen_close(&pen, '}');
    line->len = p->text.len - line->begin;
    return p->text.failed ? error_set(err, p->text.failed, "out of memory") : WARD_OK;
}

/* Entries (from, upto] that fit. */
static enum ward_status read_window(struct page *p, struct store *store, uint64_t from,
                                    uint64_t upto, struct ward_error *err)
{
    p->count = 0;
    p->upto = upto;
    buf_clear(&p->text);
    const enum ward_status status = store_audit_entries(store, from, put_entry, p, err);
    return status == WARD_ERR_LIMIT && !p->text.failed ? WARD_OK : status;
}

struct reading {
    struct page *page;
    struct store *store;
    uint64_t top; /* entries with a greater number were seen */
    uint64_t limit, shown;
    uint64_t last; /* lowest number looked at */
};

static enum ward_status put_entries(struct reading *r, struct buf *body, struct ward_error *err)
{
    uint64_t looked = 0;
    while (r->top && r->shown < r->limit && looked < LOOKED_AT_MAX) {
        const uint64_t from = r->top > WINDOW ? r->top - WINDOW : 0;
        const enum ward_status status = read_window(r->page, r->store, from, r->top, err);
        if (status != WARD_OK)
            return status;
        looked += r->top - from;
        r->last = from + 1;
        for (size_t i = r->page->count; i-- > 0 && r->shown < r->limit;) {
            const struct line *line = &r->page->lines[i];
            if (r->shown++)
                buf_put_char(body, ',');
            buf_put_str(body, (struct ward_str){r->page->text.data + line->begin, line->len});
            if (r->shown == r->limit)
                r->last = line->seq;
        }
        r->top = from;
    }
    return WARD_OK;
}

static enum ward_status list(struct api_call *call, struct page *page, struct ward_error *err)
{
    struct store_audit_head head;
    struct reading r = {.page = page, .store = call->worker->store};
    struct buf *body = &call->reply->body;
    const struct query_range range = {1, INT64_MAX, 0};
    uint64_t after;
    enum ward_status status = query_limit(call->request, &r.limit, err);
    if (status == WARD_OK)
        status = query_number(call->request, "after", range, &after, err);
    if (status == WARD_OK)
        status = store_audit_head(r.store, &head, err);
    if (status != WARD_OK)
        return status;
    r.top = after && after - 1 < head.count ? after - 1 : head.count;
    r.last = 1;
    buf_put_text(body, "{\"entries\":[");
    status = put_entries(&r, body, err);
    buf_put_char(body, ']');
    if (r.last > 1)
        buf_printf(body, ",\"next\":\"%llu\"}", (unsigned long long)r.last);
    else
        buf_put_text(body, ",\"next\":null}");
    return status;
}

static enum ward_status audit(struct api_call *call, struct ward_error *err)
{
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    page->kind = http_query(call->request, "kind");
    page->who = http_query(call->request, "who");
    buf_init(&page->text, 128u << 20); /* entries hold up to 64 KB */
    const enum ward_status status = list(call, page, err);
    buf_release(&page->text);
    free(page);
    return status;
}

static enum ward_status verify(struct api_call *call, struct ward_error *err)
{
    struct store_audit_report report;
    struct json_pen pen;
    const struct store_act act = {.who = str_of(call->who->who), .time_ms = call->now_ms};
    enum ward_status status = store_audit_verify(call->worker->store, NULL, &report, err);
    if (status == WARD_OK)
        status =
            store_audit_add(call->worker->store, &act, str_of("audit-verify"),
                            str_of(report.is_good ? "{\"good\":true}" : "{\"good\":false}"), err);
    if (status != WARD_OK)
        return status;
    pen_init(&pen, &call->reply->body, false);
    pen_open(&pen, '{');
    pen_key(&pen, "good");
    pen_bool(&pen, report.is_good);
    pen_key(&pen, "entries");
    pen_integer(&pen, (int64_t)report.entries);
    pen_key(&pen, "rows");
    pen_integer(&pen, (int64_t)report.rows);
    pen_key(&pen, "anchored");
    pen_bool(&pen, report.is_anchored);
    pen_key(&pen, "bad_entry");
    pen_integer(&pen, (int64_t)report.bad_entry);
    pen_key(&pen, "what");
    pen_text(&pen, report.what);
    pen_pair_text(&pen, "head", report.head.hash);
    pen_pair_text(&pen, "key", report.head.key);
    pen_close(&pen, '}');
    return WARD_OK;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/audit", ACCESS_AUDIT, API_LANE_READ, audit, 0},
    {HTTP_POST, "/v1/audit/verify", ACCESS_AUDIT, API_LANE_SLOW, verify, 0},
};

const struct api_part api_audit_part = {
    .name = "audit", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
