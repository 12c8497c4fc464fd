/**
 * POST /v1/reports, and for reviewers: GET /v1/reports, GET /v1/reports/{id} with what was said,
 * POST /v1/reports/{id}/close. Reading one is in the audit log, as reading a case is.
 */
#include "api/report_routes.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/report_erase.h"
#include "api/report_take.h"
#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"
#include "store/store_records.h"

/* Begins the ids that the feed makes up. */
#define NAMELESS "report-nameless"
#define LIST_DEFAULT 50u
#define LIST_MAX 200u
/* Between two looks for what erased events left in reports. */
#define ERASE_MS (60ll * 60 * 1000)
/* Closed reports are forgotten after this. */
#define CLOSED_KEEP_MS (180ll * 24 * 60 * 60 * 1000)

/* ---- JSON ------------------------------------------------------------------------------------ */

static struct ward_str string_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return (struct ward_str){json_string_value(value), json_string_length(value)};
}

static enum ward_status parse_body(const struct api_call *call, json_t **out,
                                   struct ward_error *err)
{
    const struct ward_str body = http_body(call->request);
    json_error_t fault;
    *out = json_loadb(body.data ? body.data : "", body.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
                      &fault);
    if (json_is_object(*out))
        return WARD_OK;
    json_decref(*out);
    *out = NULL;
    return error_set(err, WARD_ERR_FORMAT, "the body is not a JSON object");
}

/* ---- taking one ------------------------------------------------------------------------------ */

static enum ward_status put_line(struct buf *lines, const json_t *event, const char *what,
                                 struct ward_error *err)
{
    if (!json_is_object(event))
        return error_set(err, WARD_ERR_FORMAT, "\"%s\" is not an event", what);
    char *text = json_dumps(event, JSON_COMPACT);
    if (!text)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    buf_put_text(lines, text);
    buf_put_char(lines, '\n');
    free(text);
    return WARD_OK;
}

/* The thread, then what was reported, as JSON lines. */
static enum ward_status put_lines(struct buf *lines, const json_t *root, struct ward_error *err)
{
    const json_t *thread = json_object_get(root, "thread");
    enum ward_status status = WARD_OK;
    if (thread && !json_is_array(thread) && !json_is_null(thread))
        status = error_set(err, WARD_ERR_FORMAT, "\"thread\" is not a list of events");
    for (size_t i = 0; i < json_array_size(thread) && status == WARD_OK; i++)
        status = put_line(lines, json_array_get(thread, i), "thread", err);
    if (status == WARD_OK)
        status = put_line(lines, json_object_get(root, "reported"), "reported", err);
    return status == WARD_OK && lines->failed
               ? error_set(err, lines->failed, "the report is too large")
               : status;
}

static enum ward_status load_events(struct feed_batch *batch, const json_t *root,
                                    struct ward_error *err)
{
    const json_t *id = json_object_get(json_object_get(root, "reported"), "id");
    struct buf lines;
    if (!json_is_string(id) && !json_is_integer(id) &&
        !json_object_get(json_object_get(root, "reported"), "data"))
        return error_set(err, WARD_ERR_FORMAT, "the reported event has no \"id\"");
    buf_init(&lines, WARD_RECORD_BYTES_MAX);
    enum ward_status status = put_lines(&lines, root, err);
    if (status == WARD_OK)
        status = feed_batch_load(batch, buf_str(&lines), NAMELESS, NULL, err);
    buf_release(&lines);
    for (size_t i = 0; i < batch->event_count; i++)
        if (batch->events[i].id.len > strlen(NAMELESS) &&
            memcmp(batch->events[i].id.data, NAMELESS, strlen(NAMELESS)) == 0)
            batch->events[i].id = (struct ward_str){0}; /* named by its content */
    if (status != WARD_OK || !batch->fault_count)
        return status;
    return error_set(err, WARD_ERR_FORMAT, "event %llu: %s",
                     (unsigned long long)batch->faults[0].line, batch->faults[0].cause);
}

/* The case of the event's row, from the last linking. */
static enum ward_status take_case(void *context, const struct store_event_row *row,
                                  struct ward_error *err)
{
    struct buf *out = context;
    (void)err;
    if (!row->is_last)
        return WARD_OK;
    buf_clear(out);
    buf_put_str(out, row->case_id);
    return WARD_OK;
}

static void find_case(struct api_call *call, const struct ward_event *event, struct buf *out)
{
    const struct store_event_key key = {event->platform, event->group, event->id};
    if (store_event_history(call->worker->store, &key, take_case, out, NULL) != WARD_OK)
        buf_clear(out);
}

static void put_taken(struct api_call *call, const struct report_out *done, struct ward_str in_case)
{
    struct json_pen pen;
    char location[64];
    (void)snprintf(location, sizeof location, "/v1/reports/%s", done->id);
    call->reply->status = 201;
    http_reply_header_text(call->reply, "Location", location);
    pen_init(&pen, &call->reply->body, false);
    pen_open(&pen, '{');
    pen_pair_text(&pen, "report", done->id);
    pen_pair_text(&pen, "level", ward_level_name(done->level));
    pen_key(&pen, "score");
    pen_number(&pen, done->score, 4);
    pen_key(&pen, "repeated");
    pen_bool(&pen, !done->is_new);
    pen_pair(&pen, "case", in_case);
    pen_close(&pen, '}');
}

static enum ward_status take(struct api_call *call, const json_t *root, struct ward_error *err)
{
    const json_t *reporter = json_object_get(root, "reporter");
    struct feed_batch batch;
    struct report_out done;
    feed_batch_init(&batch);
    enum ward_status status = load_events(&batch, root, err);
    if (status == WARD_OK && !batch.event_count)
        status = error_set(err, WARD_ERR_FORMAT, "there is no reported event");
    if (status == WARD_OK) {
        const struct ward_event *reported = &batch.events[batch.event_count - 1];
        const struct report_in in = {.reported = reported,
                                     .thread = batch.events,
                                     .thread_count = batch.event_count - 1,
                                     .account = string_at(reporter, "account"),
                                     .note = string_at(reporter, "note"),
                                     .reason = string_at(root, "reason"),
                                     .via = str_of("ward")};
        status = report_take(call, &in, &done, err);
        if (status == WARD_OK) {
            struct buf in_case;
            buf_init(&in_case, 4096);
            find_case(call, reported, &in_case);
            put_taken(call, &done, buf_str(&in_case));
            buf_release(&in_case);
        }
    }
    feed_batch_release(&batch);
    return status;
}

static enum ward_status post_report(struct api_call *call, struct ward_error *err)
{
    json_t *root;
    enum ward_status status = parse_body(call, &root, err);
    if (status == WARD_OK)
        status = take(call, root, err);
    json_decref(root);
    return status;
}

/* ---- the list -------------------------------------------------------------------------------- */

struct listing {
    struct api_call *call;
    struct json_pen pen;
    size_t limit, count;
    char last[64];   /* id of the last place given */
    char (*ids)[64]; /* owned; places found */
    size_t id_count;
    bool has_more;
};

static enum ward_status take_place(void *context, const struct store_record *row,
                                   struct ward_error *err)
{
    struct listing *list = context;
    (void)err;
    if (row->id.len >= sizeof list->ids[0])
        return WARD_OK;
    if (list->id_count == list->limit) {
        list->has_more = true;
        return WARD_OK;
    }
    memcpy(list->ids[list->id_count], row->id.data, row->id.len);
    list->ids[list->id_count++][row->id.len] = '\0';
    return WARD_OK;
}

/* A row of the list: the record without its thread. */
static enum ward_status put_row(void *context, const struct store_record *row,
                                struct ward_error *err)
{
    struct listing *list = context;
    json_t *record = json_loadb(row->json.data, row->json.len, 0, NULL);
    (void)err;
    if (!json_is_object(record)) {
        json_decref(record);
        return WARD_OK;
    }
    const size_t thread = json_array_size(json_object_get(record, "thread"));
    (void)json_object_set_new(record, "thread_events", json_integer((json_int_t)thread));
    (void)json_object_del(record, "thread");
    (void)json_object_del(record, "place");
    char *text = json_dumps(record, JSON_COMPACT);
    json_decref(record);
    if (!text)
        return WARD_ERR_NOMEM;
    pen_raw(&list->pen, str_of(text));
    free(text);
    return WARD_OK;
}

static size_t limit_of(const struct api_call *call)
{
    const struct ward_str text = http_query(call->request, "limit");
    size_t limit = 0;
    for (size_t i = 0; i < text.len && text.data[i] >= '0' && text.data[i] <= '9' && limit < 1000;
         i++)
        limit = limit * 10 + (size_t)(text.data[i] - '0');
    return limit == 0 ? LIST_DEFAULT : limit > LIST_MAX ? LIST_MAX : limit;
}

static enum ward_status put_rows(struct listing *list, struct ward_error *err)
{
    struct store *store = list->call->worker->store;
    enum ward_status status = WARD_OK;
    for (size_t i = 0; i < list->id_count && status == WARD_OK; i++) {
        const char *id = strchr(list->ids[i], ' ');
        if (!id)
            continue;
        status = store_record_find(store, str_of(REPORT_KIND), str_of(id + 1), put_row, list, err);
        if (status == WARD_ERR_NOT_FOUND)
            status = WARD_OK;
    }
    return status;
}

static enum ward_status get_reports(struct api_call *call, struct ward_error *err)
{
    struct listing list = {.call = call, .limit = limit_of(call)};
    const bool closed = str_equal(http_query(call->request, "state"), str_of("closed"));
    list.ids = calloc(list.limit, sizeof *list.ids);
    if (!list.ids)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    const struct store_record_query query = {
        .kind = str_of(closed ? REPORT_CLOSED_KIND : REPORT_OPEN_KIND),
        .after = http_query(call->request, "after"),
        .backwards = true,
        .limit = list.limit + 1};
    pen_init(&list.pen, &call->reply->body, false);
    pen_open(&list.pen, '{');
    pen_key(&list.pen, "reports");
    pen_open(&list.pen, '[');
    enum ward_status status = store_records(call->worker->store, &query, take_place, &list, err);
    if (status == WARD_OK)
        status = put_rows(&list, err);
    pen_close(&list.pen, ']');
    pen_key(&list.pen, "next");
    if (list.has_more)
        pen_text(&list.pen, list.ids[list.id_count - 1]);
    else
        pen_raw(&list.pen, str_of("null"));
    pen_close(&list.pen, '}');
    free(list.ids);
    return status;
}

/* ---- one of them ----------------------------------------------------------------------------- */

static enum ward_status copy_record(void *context, const struct store_record *row,
                                    struct ward_error *err)
{
    json_t **out = context;
    *out = json_loadb(row->json.data, row->json.len, 0, NULL);
    return json_is_object(*out) ? WARD_OK
                                : error_set(err, WARD_ERR_FORMAT, "the record is damaged");
}

static enum ward_status find_report(struct api_call *call, json_t **out, struct ward_error *err)
{
    *out = NULL;
    return store_record_find(call->worker->store, str_of(REPORT_KIND), http_part(call->request, 0),
                             copy_record, out, err);
}

static enum ward_status put_event(void *context, const struct store_event_row *row,
                                  struct ward_error *err)
{
    struct json_pen *pen = context;
    (void)err;
    if (!row->is_last)
        return WARD_OK;
    pen_open(pen, '{');
    pen_key(pen, "seq");
    pen_integer(pen, (int64_t)row->seq);
    pen_key(pen, "erased");
    pen_bool(pen, row->is_erased);
    if (row->event.event_json.len) {
        pen_key(pen, "event");
        pen_raw(pen, row->event.event_json);
    }
    if (row->event.verdict_json.len) {
        pen_key(pen, "verdict");
        pen_raw(pen, row->event.verdict_json);
    }
    pen_pair(pen, "case", row->case_id);
    pen_close(pen, '}');
    return WARD_OK;
}

static void put_stored(struct api_call *call, struct json_pen *pen, const json_t *key)
{
    const struct store_event_key at = {string_at(key, "platform"), string_at(key, "group"),
                                       string_at(key, "id")};
    const size_t before = call->reply->body.len;
    const enum ward_status status =
        store_event_history(call->worker->store, &at, put_event, pen, NULL);
    if (status != WARD_OK || call->reply->body.len == before) {
        pen_open(pen, '{');
        pen_key(pen, "erased");
        pen_bool(pen, true);
        pen_close(pen, '}');
    }
}

static void put_report(struct api_call *call, json_t *record)
{
    static const char *const keys[] = {"report", "time",     "state",     "reason", "reporter",
                                       "via",    "taken_by", "closed_by", "closed", "note"};
    struct json_pen pen;
    const json_t *thread = json_object_get(record, "thread");
    pen_init(&pen, &call->reply->body, false);
    pen_open(&pen, '{');
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const json_t *value = json_object_get(record, keys[i]);
        char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
        if (text) {
            pen_key(&pen, keys[i]);
            pen_raw(&pen, str_of(text));
        }
        free(text);
    }
    pen_key(&pen, "reported");
    put_stored(call, &pen, json_object_get(record, "reported"));
    pen_key(&pen, "thread");
    pen_open(&pen, '[');
    for (size_t i = 0; i < json_array_size(thread); i++)
        put_stored(call, &pen, json_array_get(thread, i));
    pen_close(&pen, ']');
    pen_close(&pen, '}');
}

static enum ward_status audit_read(struct api_call *call, const json_t *record,
                                   struct ward_error *err)
{
    struct buf body;
    const struct store_act act = {.who = str_of(call->who->who), .time_ms = call->now_ms};
    buf_init(&body, 256);
    buf_printf(&body, "{\"report\":\"%s\"}", json_string_value(json_object_get(record, "report")));
    const enum ward_status status =
        body.failed ? error_set(err, body.failed, "out of memory")
                    : store_audit_add(call->worker->store, &act, str_of("report-read"),
                                      buf_str(&body), err);
    buf_release(&body);
    return status;
}

static enum ward_status get_report(struct api_call *call, struct ward_error *err)
{
    json_t *record;
    enum ward_status status = find_report(call, &record, err);
    if (status == WARD_OK)
        status = audit_read(call, record, err);
    if (status == WARD_OK)
        put_report(call, record);
    json_decref(record);
    return status;
}

/* ---- closing --------------------------------------------------------------------------------- */

static enum ward_status move_record(struct api_call *call, json_t *record, const char *place,
                                    struct ward_error *err)
{
    const struct ward_str id = string_at(record, "report");
    const int64_t expires = call->now_ms + CLOSED_KEEP_MS;
    struct buf entry;
    char *text = json_dumps(record, JSON_COMPACT);
    buf_init(&entry, 256);
    buf_printf(&entry, "{\"report\":\"%.*s\"}", (int)id.len, id.data);
    struct store_record_change changes[] = {{.kind = str_of(REPORT_KIND),
                                             .id = id,
                                             .json = str_of(text ? text : ""),
                                             .expires_ms = expires,
                                             .expect = STORE_ETAG_ANY,
                                             .is_sealed = true},
                                            {.kind = str_of(REPORT_OPEN_KIND),
                                             .id = str_of(place),
                                             .expect = STORE_ETAG_ANY,
                                             .deletes = true},
                                            {.kind = str_of(REPORT_CLOSED_KIND),
                                             .id = str_of(place),
                                             .json = str_of("{}"),
                                             .expires_ms = expires,
                                             .expect = STORE_ETAG_ANY}};
    struct store_record_batch batch = {.who = str_of(call->who->who),
                                       .time_ms = call->now_ms,
                                       .entry_kind = str_of("report-closed"),
                                       .entry_json = buf_str(&entry),
                                       .changes = changes,
                                       .count = 3};
    const enum ward_status status = !text || entry.failed
                                        ? error_set(err, WARD_ERR_NOMEM, "out of memory")
                                        : store_records_change(call->worker->store, &batch, err);
    buf_release(&entry);
    free(text);
    return status;
}

static enum ward_status close_found(struct api_call *call, json_t *record, const json_t *body,
                                    struct ward_error *err)
{
    const struct ward_str note = string_at(body, "note");
    const char *place = json_string_value(json_object_get(record, "place"));
    struct buf now;
    if (note.len > REPORT_WORDS_MAX)
        return error_set(err, WARD_ERR_ARGUMENT, "a note has at most %u bytes", REPORT_WORDS_MAX);
    if (!place || !str_equal(string_at(record, "state"), str_of("open")))
        return error_set(err, WARD_ERR_REFUSED, "the report is closed already");
    buf_init(&now, 64);
    struct json_pen pen;
    pen_init(&pen, &now, false);
    pen_time(&pen, call->now_ms);
    (void)json_object_set_new(record, "state", json_string("closed"));
    (void)json_object_set_new(record, "closed_by", json_string(call->who->who));
    (void)json_object_set_new(
        record, "closed",
        json_stringn(now.len > 2 ? now.data + 1 : "", now.len > 2 ? now.len - 2 : 0));
    (void)json_object_set_new(record, "note", json_stringn(note.data ? note.data : "", note.len));
    buf_release(&now);
    return move_record(call, record, place, err);
}

/* The places of those closed long ago; what cannot be swept now is swept another time. The reports
 * themselves are sealed, and go with an entry of their own: report_erase(). */
static void forget_old(struct api_call *call)
{
    if (store_records_sweep(call->worker->store, str_of(REPORT_CLOSED_KIND), call->now_ms, NULL,
                            NULL) != WARD_OK)
        api_log(call->api, API_LOG_WARNING, "reports-not-swept", NULL);
}

static enum ward_status post_close(struct api_call *call, struct ward_error *err)
{
    json_t *body = NULL;
    json_t *record = NULL;
    enum ward_status status = parse_body(call, &body, err);
    if (status == WARD_OK)
        status = find_report(call, &record, err);
    if (status == WARD_OK)
        status = close_found(call, record, body, err);
    if (status == WARD_OK) {
        call->reply->status = 200;
        buf_put_text(&call->reply->body, "{\"state\":\"closed\"}");
        forget_old(call);
        api_changed(call->api);
    }
    json_decref(body);
    json_decref(record);
    return status;
}

/* ---- what erased events left ------------------------------------------------------------------
 */

static void erase_left(struct api *api, struct api_worker *worker, void *context)
{
    const struct store_act act = {.who = str_of("ward"), .time_ms = api_now_ms()};
    struct ward_error err = {0};
    uint64_t count;
    (void)context;
    if (report_erase(worker->store, &act, NULL, &count, &err) != WARD_OK)
        api_log(api, API_LOG_WARNING, "reports-not-erased", err.message);
}

static enum ward_status start(struct api *api, void **state, struct ward_error *err)
{
    int64_t *next_ms = calloc(1, sizeof *next_ms);
    (void)api;
    *state = next_ms;
    if (!next_ms)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    *next_ms = api_now_ms() + ERASE_MS;
    return WARD_OK;
}

static void stop(struct api *api, void *state)
{
    (void)api;
    free(state);
}

static void tick(struct api *api, void *state, struct store *store, int64_t now_ms)
{
    int64_t *next_ms = state;
    (void)store;
    if (now_ms < *next_ms || api_later(api, API_LANE_SLOW, erase_left, NULL, NULL) != WARD_OK)
        return;
    *next_ms = now_ms + ERASE_MS;
}

static const struct api_route routes[] = {
    {HTTP_POST, "/v1/reports", ACCESS_REPORT, API_LANE_WRITE, post_report, API_BIG},
    {HTTP_GET, "/v1/reports", ACCESS_READ, API_LANE_READ, get_reports, 0},
    {HTTP_GET, "/v1/reports/{id}", ACCESS_READ, API_LANE_READ, get_report, 0},
    {HTTP_POST, "/v1/reports/{id}/close", ACCESS_DECIDE, API_LANE_WRITE, post_close, 0},
};

const struct api_part report_part = {
    .name = "reports",
    .routes = routes,
    .route_count = sizeof routes / sizeof routes[0],
    .start = start,
    .stop = stop,
    .tick = tick,
};
