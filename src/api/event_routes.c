/**
 * GET /v1/events/{seq}, and asking to see the media of an event.
 *
 * ward keeps no pictures, only what was said of them (hashes, text read from them, a code): that is
 * what the asking gives. Who asked for which is in the audit log before anything is shown.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/case_json.h"
#include "api/case_parts.h"
#include "api/case_request.h"
#include "base/error.h"
#include "base/str.h"

/* A number of decimal digits, greater than 0. */
static bool read_number(struct ward_str text, uint64_t *out)
{
    *out = 0;
    if (!text.len || text.len > 18)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *out = *out * 10 + (uint64_t)(text.data[i] - '0');
    }
    return *out > 0;
}

struct wanted {
    uint64_t seq;
    bool found;
    struct buf json;    /* the event as the API shows it */
    struct buf event;   /* the event itself, as stored */
    struct buf case_id; /* where it is */
};

static void wanted_init(struct wanted *w, uint64_t seq)
{
    *w = (struct wanted){.seq = seq};
    buf_init(&w->json, HTTP_REPLY_BYTES_MAX);
    buf_init(&w->event, HTTP_REPLY_BYTES_MAX);
    buf_init(&w->case_id, 256);
}

static void wanted_release(struct wanted *w)
{
    buf_release(&w->json);
    buf_release(&w->event);
    buf_release(&w->case_id);
}

static enum ward_status take_event(void *context, const struct store_event_row *row,
                                   struct ward_error *err)
{
    struct wanted *w = context;
    w->found = row->seq == w->seq;
    if (!w->found)
        return WARD_OK;
    event_json_put(&w->json, row);
    buf_put_char(&w->json, '\n');
    buf_put_str(&w->event, row->event.event_json);
    buf_put_str(&w->case_id, row->case_id);
    return w->json.failed || w->event.failed || w->case_id.failed
               ? error_set(err, WARD_ERR_NOMEM, "out of memory")
               : WARD_OK;
}

static enum ward_status find_event(const struct api_call *call, struct wanted *w,
                                   struct ward_error *err)
{
    const struct store_event_query query = {
        .after_seq = w->seq - 1, .every_row = true, .with_erased = true, .limit = 1};
    const enum ward_status status = store_events(call->worker->store, &query, take_event, w, err);
    if (status == WARD_OK && !w->found)
        return error_set(err, WARD_ERR_NOT_FOUND, "there is no such event");
    return status;
}

static enum ward_status show_event(struct api_call *call, struct ward_error *err)
{
    uint64_t seq;
    struct wanted w;
    if (!read_number(http_part(call->request, 0), &seq))
        return error_set(err, WARD_ERR_NOT_FOUND, "events have numbers");
    wanted_init(&w, seq);
    enum ward_status status = find_event(call, &w, err);
    if (status == WARD_OK)
        status = request_note_reading(call, buf_str(&w.case_id), "event", seq, err);
    if (status == WARD_OK)
        buf_put_str(&call->reply->body, buf_str(&w.json));
    wanted_release(&w);
    return status == WARD_OK ? request_written(call, err) : status;
}

/* ---- media ----------------------------------------------------------------------------------- */

static enum ward_status put_media(const struct api_call *call, const struct wanted *w, size_t index,
                                  struct ward_error *err)
{
    json_t *event = json_loadb(w->event.data, w->event.len, JSON_ALLOW_NUL, NULL);
    const json_t *media = json_array_get(json_object_get(event, "media"), index);
    char *text = json_is_object(media) ? json_dumps(media, JSON_COMPACT) : NULL;
    enum ward_status status = WARD_OK;
    if (!json_is_object(media))
        status = error_set(err, WARD_ERR_NOT_FOUND, "the event has no such picture");
    else if (!text)
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    else
        buf_printf(&call->reply->body, "{\"event\":%" PRIu64 ",\"index\":%zu,\"media\":", w->seq,
                   index);
    if (text) {
        buf_put_text(&call->reply->body, text);
        buf_put_text(&call->reply->body, "}\n");
    }
    free(text);
    json_decref(event);
    return status;
}

static enum ward_status note_asking(const struct api_call *call, struct ward_str case_id,
                                    uint64_t seq, size_t index, struct ward_error *err)
{
    char what[32];
    (void)snprintf(what, sizeof what, "media-%zu", index);
    return request_note_reading(call, case_id, what, seq, err);
}

static enum ward_status read_asking(const struct api_call *call, uint64_t *seq, size_t *index,
                                    struct ward_error *err)
{
    json_t *body;
    enum ward_status status = request_object(call, &body, err);
    if (status != WARD_OK)
        return status;
    const json_t *event = json_object_get(body, "event");
    const json_t *which = json_object_get(body, "index");
    if (!json_is_integer(event) || json_integer_value(event) < 1 || !json_is_integer(which) ||
        json_integer_value(which) < 0 || json_integer_value(which) > 1000000)
        status = error_set(err, WARD_ERR_ARGUMENT,
                           "\"event\" is the number of an event, \"index\" of its picture");
    *seq = (uint64_t)json_integer_value(event);
    *index = (size_t)json_integer_value(which);
    json_decref(body);
    return status;
}

static enum ward_status show_media(const struct api_call *call, struct ward_str case_id,
                                   uint64_t seq, size_t index, struct ward_error *err)
{
    struct wanted w;
    wanted_init(&w, seq);
    enum ward_status status = find_event(call, &w, err);
    if (status == WARD_OK && !str_equal(buf_str(&w.case_id), case_id))
        status = error_set(err, WARD_ERR_NOT_FOUND, "the case has no such event");
    if (status == WARD_OK)
        status = note_asking(call, case_id, seq, index, err);
    if (status == WARD_OK)
        status = put_media(call, &w, index, err);
    wanted_release(&w);
    return status;
}

static enum ward_status ask_media(struct api_call *call, struct ward_error *err)
{
    struct buf case_id;
    uint64_t seq = 0;
    size_t index = 0;
    buf_init(&case_id, 256);
    enum ward_status status = read_asking(call, &seq, &index, err);
    if (status == WARD_OK)
        status = request_case(call, http_part(call->request, 0), &case_id, err);
    if (status == WARD_OK)
        status = show_media(call, buf_str(&case_id), seq, index, err);
    buf_release(&case_id);
    return status == WARD_OK ? request_written(call, err) : status;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/events/{seq}", ACCESS_READ, API_LANE_READ, show_event, 0},
    {HTTP_POST, "/v1/cases/{id}/media", ACCESS_DECIDE, API_LANE_WRITE, ask_media, 0},
};

const struct api_part event_part = {
    .name = "events", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
