/**
 * POST /v1/events: JSON lines in, counts out once all is durable.
 *
 * The part's state holds the intake and the relinker that all other parts use.
 */
#include "api/ingest_routes.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"

struct ingest_state {
    struct intake *intake;     /* owned; NULL in a service without store */
    struct relinker *relinker; /* owned; likewise */
};

static const struct ingest_state *state_of(struct api *api)
{
    return api_state(api, &ingest_part);
}

struct intake *intake_of(struct api *api)
{
    return state_of(api)->intake;
}

void api_relink_due(struct api *api)
{
    const struct ingest_state *state = state_of(api);
    if (state && state->relinker)
        relinker_mark(state->relinker);
}

/* ---- the body -------------------------------------------------------------------------------- */

struct body_stream {
    const struct http_request *request;
    int error; /* errno that ended it; 0 none */
};

static ssize_t read_stream(void *context, void *buffer, size_t size)
{
    struct body_stream *body = context;
    const ssize_t got = http_body_read(body->request, buffer, size);
    if (got < 0)
        body->error = errno;
    return got;
}

static bool is_ready(void *context)
{
    const struct body_stream *body = context;
    return http_body_is_ready(body->request);
}

/* What to say of a body that was not taken whole. */
static void tell_failure(struct http_reply *reply, const struct intake_result *result,
                         const struct body_stream *body, enum ward_status status,
                         const struct ward_error *err)
{
    const unsigned long long done = (unsigned long long)result->received;
    if (body->error == EFBIG)
        http_problem(reply, 413, "too-large", "The body is too large",
                     "%llu events before the end were taken; send the rest by itself", done);
    else if (body->error)
        http_problem(reply, 408, "incomplete", "The body broke off",
                     "%llu whole events were taken; send the body again, they count once", done);
    else if (status == WARD_ERR_LIMIT)
        http_problem(reply, 413, "too-large", "The body is too large",
                     "%s; %llu events before that were taken", err->message, done);
    else if (status == WARD_ERR_FORMAT)
        http_problem(reply, 400, "malformed", "The body cannot be read",
                     "%s; %llu events before that were taken", err->message, done);
    else { /* the store, or memory: nothing was acknowledged */
        http_problem(reply, 503, "not-stored", "The events could not be stored",
                     "send the same body again");
        http_reply_header_text(reply, "Retry-After", "5");
    }
}

static bool is_encoding_known(const struct http_request *request)
{
    const struct ward_str encoding = http_header(request, "Content-Encoding");
    return !encoding.len || str_equal(encoding, str_of("identity")) ||
           str_equal(encoding, str_of("gzip")) || str_equal(encoding, str_of("x-gzip")) ||
           str_equal(encoding, str_of("zstd"));
}

static enum ward_status post_events(struct api_call *call, struct ward_error *err)
{
    struct intake *intake = intake_of(call->api);
    if (!is_encoding_known(call->request)) {
        http_problem(call->reply, 415, "encoding", "Unknown Content-Encoding",
                     "gzip, zstd or identity");
        return WARD_OK;
    }
    struct intake_result *result = calloc(1, sizeof *result);
    if (!result)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    struct body_stream body = {.request = call->request};
    const struct intake_body from = {.stream = {.read = read_stream, .context = &body},
                                     .is_ready = is_ready,
                                     .unpacked_max = api_stream_max(call->api)};
    const enum ward_status status = intake_take(intake, call, &from, result, err);
    if (status == WARD_OK) {
        intake_put(&call->reply->body, result);
    } else {
        if (!body.error && status != WARD_ERR_FORMAT && status != WARD_ERR_LIMIT)
            api_log(call->api, API_LOG_ERROR, "events-not-stored", ward_status_name(status));
        tell_failure(call->reply, result, &body, status, err);
    }
    free(result);
    return WARD_OK;
}

/* ---- life ------------------------------------------------------------------------------------ */

static void stop(struct api *api, void *context)
{
    struct ingest_state *state = context;
    (void)api;
    if (!state)
        return;
    relinker_free(state->relinker);
    intake_free(state->intake);
    free(state);
}

static enum ward_status start(struct api *api, void **out, struct ward_error *err)
{
    struct ingest_state *state = calloc(1, sizeof *state);
    *out = NULL;
    if (!state)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    enum ward_status status = WARD_OK;
    if (api_place(api).store_url) {
        status = intake_new(api, &state->intake, err);
        if (status == WARD_OK)
            status = relinker_new(api, &state->relinker, err);
        if (status == WARD_OK)
            relinker_mark(state->relinker); /* rows may have come in behind the last linking */
    }
    if (status != WARD_OK) {
        stop(api, state);
        return status;
    }
    *out = state;
    return WARD_OK;
}

static const struct api_route routes[] = {
    {HTTP_POST, "/v1/events", ACCESS_INGEST, API_LANE_INGEST, post_events, API_STREAMS},
};

const struct api_part ingest_part = {
    .name = "ingest",
    .routes = routes,
    .route_count = sizeof routes / sizeof routes[0],
    .start = start,
    .stop = stop,
};
