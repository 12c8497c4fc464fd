/**
 * POST /v1/check and /v1/check/batch: verdicts on what is sent; nothing is stored or remembered.
 *
 * A single check runs on the event thread and is meant to cost microseconds: the thread's batch,
 * scratch and the reply's buffer are used again.
 */
#include <string.h>

#include "api/json_split.h"
#include "api/read_back.h"
#include "api/check_routes.h"
#include "api/service.h"
#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"

/* Stands for the file in ids that are made up: "request:1". */
#define SOURCE "request"
#define CONTEXT_EVENTS_MAX 256u
#define BATCH_EVENTS_MAX 10000u

/* ---- reading --------------------------------------------------------------------------------- */

static bool says_of(struct ward_str name, enum says_lang *out)
{
    static const char *const names[] = {"en", "zh", "both"};
    for (int i = 0; i < 3; i++)
        if (str_equal(name, str_of(names[i]))) {
            *out = (enum says_lang)i;
            return true;
        }
    return false;
}

/* How to write verdicts: as set, or as ?lang= says. */
static enum ward_status read_lang(const struct api_call *call, struct verdict_json *json,
                                  struct ward_error *err)
{
    const struct ward_str lang = http_query(call->request, "lang");
    *json = (struct verdict_json){.lang = call->worker->engine->lang,
                                  .packs = call->worker->engine->packs};
    if (!lang.len || says_of(lang, &json->lang))
        return WARD_OK;
    return error_set(err, WARD_ERR_ARGUMENT, "lang is en, zh or both");
}

/* `json` as one line more in `lines`. Line breaks stand only between tokens, where a space does as
 * well; inside of strings they are not JSON, and stay an error as a space would not be: so a
 * control byte takes their place there. Cost: O(bytes). */
static void put_line(struct buf *lines, struct ward_str json)
{
    const size_t begin = lines->len;
    bool in_string = false;
    buf_put_str(lines, json);
    if (!json.len || (!memchr(json.data, '\n', json.len) && !memchr(json.data, '\r', json.len))) {
        buf_put_char(lines, '\n');
        return;
    }
    for (size_t i = begin; !lines->failed && i < lines->len; i++) {
        char *c = &lines->data[i];
        if (*c == '"')
            in_string = !in_string;
        else if (*c == '\\' && in_string)
            i++;
        else if (*c == '\n' || *c == '\r')
            *c = in_string ? '\x01' : ' ';
    }
    buf_put_char(lines, '\n');
}

static enum ward_status fault_of(const struct feed_batch *batch, struct ward_error *err)
{
    const struct feed_fault *fault = &batch->faults[0];
    if (fault->column)
        return error_set(err, fault->status, "byte %u: %s", fault->column, fault->cause);
    return error_set(err, fault->status, "%s", fault->cause);
}

/* Exactly one event. */
static enum ward_status read_event(struct service_worker *worker, struct ward_str body,
                                   struct ward_error *err)
{
    struct feed_batch *batch = &worker->batch;
    if (body.len && memchr(body.data, '\n', body.len)) {
        buf_clear(&worker->lines);
        put_line(&worker->lines, body);
        body = buf_str(&worker->lines);
        if (worker->lines.failed)
            return error_set(err, worker->lines.failed, "out of memory");
    }
    const enum ward_status status = feed_batch_load(batch, body, SOURCE, NULL, err);
    if (status != WARD_OK)
        return status;
    if (batch->fault_count)
        return fault_of(batch, err);
    if (batch->event_count != 1)
        return error_set(err, WARD_ERR_FORMAT, "the body is one event as a JSON object");
    return WARD_OK;
}

/* ---- one event ------------------------------------------------------------------------------- */

/* The member "context" of the body, or nothing. */
static struct ward_str find_context(struct ward_str body)
{
    static const char mark[] = "\"context\"";
    struct json_split split;
    struct ward_str key;
    struct ward_str value;
    if (!memmem(body.data, body.len, mark, sizeof mark - 1) || !json_split_begin(&split, body, '{'))
        return (struct ward_str){0};
    while (json_split_next(&split, &key, &value))
        if (str_equal(key, str_of("context")))
            return value;
    return (struct ward_str){0};
}

/* The elements of an array as lines; `max` of them at most. */
static enum ward_status put_elements(struct buf *lines, struct ward_str array, const char *name,
                                     size_t max, struct ward_error *err)
{
    struct json_split split;
    struct ward_str key;
    struct ward_str value;
    size_t count = 0;
    if (!json_split_begin(&split, array, '['))
        return error_set(err, WARD_ERR_FORMAT, "\"%s\" is an array of events", name);
    while (json_split_next(&split, &key, &value)) {
        if (++count > max)
            return error_set(err, WARD_ERR_LIMIT, "\"%s\" may have %zu events", name, max);
        put_line(lines, value);
    }
    if (split.is_wrong)
        return error_set(err, WARD_ERR_FORMAT, "\"%s\" is not sound JSON (byte %zu of it)", name,
                         split.at + 1);
    return lines->failed ? error_set(err, lines->failed, "out of memory") : WARD_OK;
}

/* What the thread said before: told to a session of this request alone. */
static enum ward_status tell_context(const struct api_call *call, const struct feed_batch *before,
                                     struct ward_session *session, struct ward_error *err)
{
    const struct api_worker *worker = call->worker;
    struct ward_check_options options = worker->engine->check;
    options.session = session;
    enum ward_status status = WARD_OK;
    for (size_t i = 0; status == WARD_OK && i < before->event_count; i++) {
        const struct ward_verdict *verdict;
        options.index = i;
        status = ward_check(worker->engine->engine, worker->scratch, &before->events[i], &options,
                            &verdict);
    }
    if (status == WARD_OK)
        status = ward_session_settle(session);
    return status == WARD_OK ? WARD_OK : error_set(err, status, "the context cannot be judged");
}

static enum ward_status open_context(const struct api_call *call, struct ward_str array,
                                     struct ward_session **out, size_t *count,
                                     struct ward_error *err)
{
    struct feed_batch before;
    struct buf lines;
    feed_batch_init(&before);
    buf_init(&lines, (size_t)call->api->conf.limit_body_bytes * 2u);
    enum ward_status status = put_elements(&lines, array, "context", CONTEXT_EVENTS_MAX, err);
    if (status == WARD_OK)
        status = feed_batch_load(&before, buf_str(&lines), SOURCE, NULL, err);
    if (status == WARD_OK && before.fault_count)
        status = fault_of(&before, err);
    if (status == WARD_OK && ward_session_new(call->worker->engine->engine, NULL, out) != WARD_OK)
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (status == WARD_OK)
        status = tell_context(call, &before, *out, err);
    *count = before.event_count;
    buf_release(&lines);
    feed_batch_release(&before);
    return status;
}

static void put_checked(const struct api_call *call, const struct verdict_json *json,
                        const struct ward_event *event, const struct ward_verdict *verdict)
{
    struct buf *out = &call->reply->body;
    if (!http_query_has(call->request, "explain")) {
        verdict_json_put(out, json, event, verdict);
        return;
    }
    buf_put_text(out, "{\"verdict\":");
    verdict_json_put(out, json, event, verdict);
    buf_put_text(out, ",\"canonical\":{\"text\":");
    read_back_put(out, event, verdict);
    buf_put_text(out, "}}\n");
}

static enum ward_status judge(const struct api_call *call, const struct ward_event *event,
                              struct ward_session *session, size_t index, struct ward_error *err)
{
    const struct api_worker *worker = call->worker;
    const struct ward_verdict *verdict;
    struct verdict_json json;
    struct ward_check_options options = worker->engine->check;
    options.session = session;
    options.index = index;
    enum ward_status status = read_lang(call, &json, err);
    if (status != WARD_OK)
        return status;
    status = ward_check(worker->engine->engine, worker->scratch, event, &options, &verdict);
    if (status != WARD_OK)
        return error_set(err, status, "the text is too long");
    put_checked(call, &json, event, verdict);
    metrics_verdict(call->api->metrics, verdict->level, event->kind);
    return WARD_OK;
}

static enum ward_status check_one(struct api_call *call, struct ward_error *err)
{
    struct service_worker *worker = service_worker_of(call->worker);
    const struct ward_str body = http_body(call->request);
    struct ward_session *session = NULL;
    size_t index = 0;
    enum ward_status status = read_event(worker, body, err);
    if (status != WARD_OK)
        return status;
    const struct ward_str context = find_context(body);
    if (context.len)
        status = open_context(call, context, &session, &index, err);
    if (status == WARD_OK)
        status = judge(call, &worker->batch.events[0], session, index, err);
    ward_session_free(session);
    return status;
}

/* ---- many ------------------------------------------------------------------------------------ */

static bool is_lines(const struct http_request *request)
{
    const struct ward_str type = http_header(request, "Content-Type");
    return type.len &&
           (memmem(type.data, type.len, "ndjson", 6) || memmem(type.data, type.len, "jsonl", 5) ||
            memmem(type.data, type.len, "json-lines", 10));
}

/* Lines that hold something: an event or a fault each. */
static size_t count_lines(struct ward_str text)
{
    size_t count = 0;
    while (text.len) {
        const char *end = memchr(text.data, '\n', text.len);
        const size_t len = end ? (size_t)(end - text.data) : text.len;
        count += len > 0;
        text = str_part(text, len + 1, text.len);
    }
    return count;
}

static enum ward_status gather(struct service_worker *worker, struct ward_str body,
                               struct ward_error *err)
{
    struct json_split split;
    struct ward_str key;
    struct ward_str value;
    struct ward_str events = {0};
    if (!json_split_begin(&split, body, '{'))
        return error_set(err, WARD_ERR_FORMAT, "the body is {\"events\":[...]}");
    while (json_split_next(&split, &key, &value))
        if (str_equal(key, str_of("events")))
            events = value;
    if (split.is_wrong)
        return error_set(err, WARD_ERR_FORMAT, "not sound JSON at byte %zu", split.at + 1);
    if (!events.len)
        return error_set(err, WARD_ERR_FORMAT, "the body is {\"events\":[...]}");
    buf_clear(&worker->lines);
    return put_elements(&worker->lines, events, "events", BATCH_EVENTS_MAX, err);
}

/* What the batch's pieces are put between. */
struct batch_form {
    const char *open, *between, *close;
    bool is_lines;
};

static void put_fault(struct buf *out, const struct batch_form *form,
                      const struct feed_fault *fault)
{
    if (!form->is_lines) {
        buf_put_text(out, "null");
        return;
    }
    buf_printf(out, "{\"error\":{\"line\":%llu,\"detail\":", (unsigned long long)fault->line);
    json_put_string(out, str_of(fault->cause));
    buf_put_text(out, "}}");
}

static enum ward_status put_verdict(const struct api_call *call, const struct verdict_json *json,
                                    const struct ward_event *event, struct ward_error *err)
{
    const struct api_worker *worker = call->worker;
    struct buf *out = &call->reply->body;
    const struct ward_verdict *verdict;
    const enum ward_status status = ward_check(worker->engine->engine, worker->scratch, event,
                                               &worker->engine->check, &verdict);
    if (status != WARD_OK)
        return error_set(err, status, "an event cannot be judged");
    verdict_json_put(out, json, event, verdict);
    if (!out->failed)
        out->len--; /* its newline */
    metrics_verdict(call->api->metrics, verdict->level, event->kind);
    return WARD_OK;
}

/* Events and faults, merged in the order they came. */
static enum ward_status put_batch(const struct api_call *call, const struct verdict_json *json,
                                  const struct batch_form *form, struct ward_error *err)
{
    const struct feed_batch *batch = &service_worker_of(call->worker)->batch;
    struct buf *out = &call->reply->body;
    size_t event = 0;
    size_t fault = 0;
    enum ward_status status = WARD_OK;
    buf_put_text(out, form->open);
    while (status == WARD_OK && (event < batch->event_count || fault < batch->fault_count)) {
        const bool is_fault = event == batch->event_count ||
                              (fault < batch->fault_count &&
                               batch->faults[fault].offset < batch->places[event].offset);
        if (event + fault)
            buf_put_text(out, form->between);
        if (is_fault)
            put_fault(out, form, &batch->faults[fault++]);
        else
            status = put_verdict(call, json, &batch->events[event++], err);
    }
    buf_put_text(out, form->close);
    return status;
}

static void put_errors(const struct feed_batch *batch, struct buf *out)
{
    buf_put_text(out, ",\"errors\":[");
    for (size_t i = 0; i < batch->fault_count; i++) {
        buf_printf(out, "%s{\"index\":%llu,\"detail\":", i ? "," : "",
                   (unsigned long long)(batch->faults[i].line - 1));
        json_put_string(out, str_of(batch->faults[i].cause));
        buf_put_char(out, '}');
    }
    buf_put_text(out, "]}\n");
}

static enum ward_status check_batch(struct api_call *call, struct ward_error *err)
{
    static const struct batch_form array = {"{\"verdicts\":[", ",", "]", false};
    static const struct batch_form lines = {"", "\n", "", true};
    struct service_worker *worker = service_worker_of(call->worker);
    const struct ward_str body = http_body(call->request);
    const struct batch_form *form = is_lines(call->request) ? &lines : &array;
    struct ward_str text = body;
    struct verdict_json json;
    enum ward_status status = read_lang(call, &json, err);
    if (status == WARD_OK && !form->is_lines) {
        status = gather(worker, body, err);
        text = buf_str(&worker->lines);
    } else if (status == WARD_OK && count_lines(body) > BATCH_EVENTS_MAX) {
        status = error_set(err, WARD_ERR_LIMIT,
                           "a batch may have %u events; POST /v1/events takes "
                           "more",
                           BATCH_EVENTS_MAX);
    }
    if (status == WARD_OK)
        status = feed_batch_load(&worker->batch, text, SOURCE, NULL, err);
    if (status == WARD_OK)
        status = put_batch(call, &json, form, err);
    if (status != WARD_OK)
        return status;
    if (form->is_lines) {
        call->reply->type = "application/x-ndjson";
        buf_put_text(&call->reply->body,
                     worker->batch.event_count + worker->batch.fault_count ? "\n" : "");
    } else {
        put_errors(&worker->batch, &call->reply->body);
    }
    return WARD_OK;
}

static const struct api_route routes[] = {
    {HTTP_POST, "/v1/check", ACCESS_CHECK, API_LANE_NOW, check_one, 0},
    {HTTP_POST, "/v1/check/batch", ACCESS_CHECK, API_LANE_READ, check_batch, API_BIG},
};

const struct api_part check_part = {
    .name = "check", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
