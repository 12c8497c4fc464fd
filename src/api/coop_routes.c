/**
 * POST /api/v1/items/async/ (202) and POST /api/v1/report (201 {"reportId"}), as Coop's customers
 * send them. Errors come in Coop's form, {"errors":[{"status","type","title","detail","pointer"}]}.
 *
 * 202 is answered once the items are durable. `reportedItemThread` becomes the thread;
 * `additionalItems` are kept with it. The names of fields: see coop_items.h; further ones, and the
 * platform that the events are of, stand in the query of the address: ?fields=text=caption
 * &platform=app, so that each sender may have its own.
 */
#include "api/coop_routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/coop_items.h"
#include "api/intake.h"
#include "api/report_take.h"
#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"

#define ITEMS_MAX 10000u
#define POINTER_BYTES 64u

/* ---- errors ---------------------------------------------------------------------------------- */

static void put_error(struct json_pen *pen, int status, const char *type, const char *pointer,
                      const char *detail)
{
    pen_open(pen, '{');
    pen_key(pen, "status");
    pen_integer(pen, status);
    pen_key(pen, "type");
    pen_open(pen, '[');
    pen_text(pen, type);
    pen_close(pen, ']');
    pen_pair_text(pen, "title", status == 400 ? "Invalid request" : "Try again later");
    pen_pair_text(pen, "detail", detail);
    pen_pair_text(pen, "pointer", pointer);
    pen_close(pen, '}');
}

static void fail(struct http_reply *reply, int status, const char *pointer, const char *detail)
{
    struct json_pen pen;
    reply->status = status;
    buf_clear(&reply->body);
    if (status == 503)
        http_reply_header_text(reply, "Retry-After", "5");
    pen_init(&pen, &reply->body, false);
    pen_open(&pen, '{');
    pen_key(&pen, "errors");
    pen_open(&pen, '[');
    put_error(&pen, status, status == 400 ? "/errors/invalid-user-input" : "/errors/unavailable",
              pointer, detail);
    pen_close(&pen, ']');
    pen_close(&pen, '}');
}

/* What is the sender's fault is said; of the store nothing is. */
static void fail_status(struct api_call *call, enum ward_status status, const char *pointer,
                        const struct ward_error *err)
{
    const bool is_theirs =
        status == WARD_ERR_FORMAT || status == WARD_ERR_ARGUMENT || status == WARD_ERR_LIMIT;
    if (!is_theirs)
        api_log(call->api, API_LOG_ERROR, "items-not-stored", ward_status_name(status));
    fail(call->reply, is_theirs ? 400 : 503, pointer,
         is_theirs ? err->message : "the items could not be stored; send them again");
}

/* ---- reading --------------------------------------------------------------------------------- */

struct reading {
    struct coop_fields fields;
    struct ward_str platform;
    struct buf lines;
    size_t count;
    char pointer[POINTER_BYTES]; /* to what is wrong */
};

static enum ward_status start_reading(struct reading *reading, const struct api_call *call,
                                      json_t **root, struct ward_error *err)
{
    const struct ward_str body = http_body(call->request);
    json_error_t fault;
    reading->platform = http_query(call->request, "platform");
    reading->count = 0;
    reading->pointer[0] = '\0';
    buf_init(&reading->lines, WARD_RECORD_BYTES_MAX);
    coop_fields_init(&reading->fields);
    *root = json_loadb(body.data ? body.data : "", body.len, JSON_ALLOW_NUL, &fault);
    if (!json_is_object(*root))
        return error_set(err, WARD_ERR_FORMAT, "the body is not a JSON object");
    return coop_fields_read(&reading->fields, http_query(call->request, "fields"), err);
}

static enum ward_status read_item(struct reading *reading, const json_t *item, const char *list,
                                  size_t at, struct ward_error *err)
{
    (void)snprintf(reading->pointer, sizeof reading->pointer, "/%s/%zu", list, at);
    if (reading->count++ == ITEMS_MAX)
        return error_set(err, WARD_ERR_LIMIT, "at most %u items at once", ITEMS_MAX);
    return coop_put_event(&reading->lines, item, &reading->fields, reading->platform, err);
}

/* All items of a list that may be missing; those without data (named only) are passed over. */
static enum ward_status read_list(struct reading *reading, const json_t *root, const char *name,
                                  bool passes, struct ward_error *err)
{
    const json_t *list = json_object_get(root, name);
    enum ward_status status = WARD_OK;
    for (size_t i = 0; i < json_array_size(list) && status == WARD_OK; i++) {
        const json_t *item = json_array_get(list, i);
        if (passes && !json_object_get(item, "data"))
            continue;
        status = read_item(reading, item, name, i, err);
    }
    return status;
}

/* ---- items ----------------------------------------------------------------------------------- */

static ssize_t read_lines(void *context, void *buffer, size_t size)
{
    struct ward_str *rest = context;
    const size_t got = rest->len < size ? rest->len : size;
    if (got)
        memcpy(buffer, rest->data, got);
    *rest = str_part(*rest, got, rest->len);
    return (ssize_t)got;
}

/* Items that were no events after all (a date that cannot be read ...); the others are stored. */
static void put_faults(struct http_reply *reply, const struct intake_result *result)
{
    struct json_pen pen;
    reply->status = 400;
    pen_init(&pen, &reply->body, false);
    pen_open(&pen, '{');
    pen_key(&pen, "errors");
    pen_open(&pen, '[');
    for (uint64_t i = 0; i < result->faulty && i < INTAKE_ERRORS_MAX; i++) {
        char pointer[POINTER_BYTES];
        (void)snprintf(pointer, sizeof pointer, "/items/%llu",
                       (unsigned long long)(result->faults[i].line - 1));
        put_error(&pen, 400, "/errors/invalid-user-input", pointer, result->faults[i].detail);
    }
    pen_close(&pen, ']');
    pen_close(&pen, '}');
}

static enum ward_status take_lines(struct api_call *call, const struct reading *reading,
                                   struct ward_error *err)
{
    struct intake_result *result = calloc(1, sizeof *result);
    struct ward_str rest = buf_str(&reading->lines);
    const struct intake_body from = {.stream = {.read = read_lines, .context = &rest}};
    if (!result)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    const enum ward_status status = intake_take(intake_of(call->api), call, &from, result, err);
    if (status == WARD_OK && result->faulty)
        put_faults(call->reply, result);
    else if (status == WARD_OK)
        call->reply->status = 202;
    free(result);
    return status;
}

static enum ward_status post_items(struct api_call *call, struct ward_error *err)
{
    struct reading reading;
    json_t *root;
    enum ward_status status = start_reading(&reading, call, &root, err);
    if (status == WARD_OK && !json_is_array(json_object_get(root, "items"))) {
        (void)snprintf(reading.pointer, sizeof reading.pointer, "/items");
        status = error_set(err, WARD_ERR_FORMAT, "\"items\" is not a list");
    }
    if (status == WARD_OK)
        status = read_list(&reading, root, "items", false, err);
    if (status == WARD_OK)
        status = take_lines(call, &reading, err);
    if (status != WARD_OK)
        fail_status(call, status, reading.pointer, err);
    buf_release(&reading.lines);
    json_decref(root);
    return WARD_OK;
}

/* ---- reports --------------------------------------------------------------------------------- */

static struct ward_str string_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return (struct ward_str){json_string_value(value), json_string_length(value)};
}

/* The reporter's words and, where Coop names one, the policy. */
static void put_reason(struct buf *out, const json_t *root)
{
    const json_t *reason = json_object_get(root, "reportedForReason");
    const struct ward_str words = string_at(reason, "reason");
    const struct ward_str policy = string_at(reason, "policyId");
    buf_put_str(out, words);
    if (policy.len) {
        buf_put_text(out, words.len ? " (policy " : "(policy ");
        buf_put_str(out, policy);
        buf_put_char(out, ')');
    }
    if (json_is_true(json_object_get(reason, "csam")))
        buf_put_text(out, out->len ? " (csam)" : "(csam)");
}

static enum ward_status take_report(struct api_call *call, const struct reading *reading,
                                    const json_t *root, struct ward_error *err)
{
    struct feed_batch batch;
    struct report_out done;
    struct buf reason;
    feed_batch_init(&batch);
    buf_init(&reason, 64u * 1024u);
    put_reason(&reason, root);
    enum ward_status status =
        feed_batch_load(&batch, buf_str(&reading->lines), "report", NULL, err);
    if (status == WARD_OK && batch.fault_count)
        status = error_set(err, WARD_ERR_FORMAT, "item %llu: %s",
                           (unsigned long long)batch.faults[0].line, batch.faults[0].cause);
    if (status == WARD_OK && (!batch.event_count || reason.failed))
        status = error_set(err, WARD_ERR_FORMAT, "the report cannot be read");
    if (status == WARD_OK) {
        const struct report_in in = {.reported = &batch.events[batch.event_count - 1],
                                     .thread = batch.events,
                                     .thread_count = batch.event_count - 1,
                                     .account = string_at(json_object_get(root, "reporter"), "id"),
                                     .reason = buf_str(&reason),
                                     .via = str_of("coop")};
        status = report_take(call, &in, &done, err);
    }
    if (status == WARD_OK) {
        call->reply->status = 201;
        buf_printf(&call->reply->body, "{\"reportId\":\"%s\"}", done.id);
    }
    buf_release(&reason);
    feed_batch_release(&batch);
    return status;
}

static enum ward_status post_report(struct api_call *call, struct ward_error *err)
{
    struct reading reading;
    json_t *root;
    enum ward_status status = start_reading(&reading, call, &root, err);
    if (status == WARD_OK)
        status = read_list(&reading, root, "additionalItems", true, err);
    if (status == WARD_OK)
        status = read_list(&reading, root, "reportedItemThread", true, err);
    if (status == WARD_OK) {
        status = read_item(&reading, json_object_get(root, "reportedItem"), "reportedItem", 0, err);
        (void)snprintf(reading.pointer, sizeof reading.pointer, "/reportedItem");
    }
    if (status == WARD_OK)
        status = take_report(call, &reading, root, err);
    if (status != WARD_OK)
        fail_status(call, status, reading.pointer, err);
    buf_release(&reading.lines);
    json_decref(root);
    return WARD_OK;
}

static const struct api_route routes[] = {
    {HTTP_POST, "/api/v1/items/async/", ACCESS_INGEST, API_LANE_INGEST, post_items, API_BIG},
    {HTTP_POST, "/api/v1/items/async", ACCESS_INGEST, API_LANE_INGEST, post_items, API_BIG},
    {HTTP_POST, "/api/v1/report", ACCESS_REPORT, API_LANE_WRITE, post_report, API_BIG},
};

const struct api_part coop_part = {
    .name = "coop", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
