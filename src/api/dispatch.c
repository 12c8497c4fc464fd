/**
 * From a request on its lane to the handler, and from the handler to the log.
 */
#include <stdlib.h>
#include <time.h>

#include "api/service.h"
#include "base/error.h"
#include "base/str.h"

int64_t api_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void api_park(struct api_call *call, uint32_t wait_ms)
{
    http_park(call->request, wait_ms < API_PARK_MS_MAX ? wait_ms : API_PARK_MS_MAX);
    call->parks = true;
}

/* What a client is not told is told to the operator. */
static void log_failure(struct api *api, const struct api_call *call, const struct api_route *route,
                        const struct ward_error *err)
{
    struct log_line line;
    log_begin(&line, call->now_ms, "error", "handler-failed");
    pen_pair_text(&line.pen, "path", route->path);
    pen_key(&line.pen, "request");
    pen_integer(&line.pen, (int64_t)http_serial(call->request));
    pen_pair_text(&line.pen, "status", ward_status_name(err->status));
    pen_pair_text(&line.pen, "detail", err->message);
    log_end(api->log, &line);
}

bool dispatch_handle(void *context, void *thread, const struct http_route *http,
                     struct http_request *request, struct http_reply *reply)
{
    struct api *api = context;
    struct service_worker *worker = thread;
    const struct api_route *route = http->owner;
    struct ward_error err = {0};
    struct api_call call = {.api = api,
                            .request = request,
                            .who = guard_who(request),
                            .worker = &worker->shown,
                            .reply = reply,
                            .now_ms = api_now_ms(),
                            .is_last = http_park_is_over(request)};
    enum ward_status status = worker_refresh(worker);
    if (status == WARD_OK)
        status = route->handle(&call, &err);
    if (call.parks && status == WARD_OK && !call.is_last) {
        buf_clear(&reply->body);
        buf_clear(&reply->fields);
        reply->header_count = 0;
        return false;
    }
    if (status != WARD_OK) {
        http_problem_status(reply, status, &err);
        if (status == WARD_ERR_IO || status == WARD_ERR_NOMEM) {
            err.status = status;
            log_failure(api, &call, route, &err);
        }
    }
    return true;
}

static const char *level_of(int status)
{
    return status >= 500 ? "error" : status >= 400 ? "warning" : "info";
}

/* The route stands for the path: a path can hold what must not be logged. */
static void log_request(struct api *api, const struct http_outcome *outcome)
{
    struct log_line line;
    const struct access_principal *who = guard_who(outcome->request);
    log_begin(&line, api_now_ms(), level_of(outcome->status), "request");
    pen_key(&line.pen, "request");
    pen_integer(&line.pen, (int64_t)http_serial(outcome->request));
    pen_pair_text(&line.pen, "method", http_method_name(http_method(outcome->request)));
    pen_pair_text(&line.pen, "path", outcome->route ? outcome->route->path : "none");
    pen_key(&line.pen, "status");
    pen_integer(&line.pen, outcome->status);
    pen_key(&line.pen, "us");
    pen_integer(&line.pen, outcome->duration_us);
    pen_key(&line.pen, "bytes");
    pen_integer(&line.pen, (int64_t)outcome->body_bytes);
    pen_pair_text(&line.pen, "who", who->who);
    pen_pair(&line.pen, "peer", http_peer(outcome->request));
    log_end(api->log, &line);
}

void dispatch_done(void *context, const struct http_outcome *outcome)
{
    struct api *api = context;
    const size_t route = outcome->route ? (size_t)(outcome->route - api->routes) : api->route_count;
    metrics_reply(api->metrics, route, outcome->status, outcome->duration_us);
    const int wanted = atomic_load_explicit(&api->log_requests, memory_order_relaxed);
    if (wanted == CONF_LOG_ALL || (wanted == CONF_LOG_ERRORS && outcome->status >= 400))
        log_request(api, outcome);
}

void api_log(struct api *api, enum api_log_level level, const char *event, const char *detail)
{
    static const char *const names[] = {"info", "warning", "error"};
    struct log_line line;
    log_begin(&line, api_now_ms(), names[level], event);
    if (detail)
        pen_pair_text(&line.pen, "detail", detail);
    log_end(api->log, &line);
}

/* ---- jobs ------------------------------------------------------------------------------------ */

struct job {
    struct api *api;
    api_job work;
    void *context;
};

static void run_job(void *context, void *thread)
{
    struct job job = *(struct job *)context;
    struct service_worker *worker = thread;
    free(context);
    if (worker_refresh(worker) != WARD_OK)
        api_log(job.api, API_LOG_ERROR, "no-memory", "a job runs with older packs");
    job.work(job.api, &worker->shown, job.context);
}

/* The server, for a moment, if it is there whole: threads of parts run before it starts and while
 * it stops. Give it back with drop_server(). */
static struct http_server *hold_server(struct api *api)
{
    atomic_fetch_add(&api->posting, 1);
    return atomic_load(&api->is_ready) ? api->server : NULL;
}

static void drop_server(struct api *api)
{
    atomic_fetch_sub(&api->posting, 1);
}

enum ward_status api_later(struct api *api, enum api_lane lane, api_job work, void *context,
                           struct ward_error *err)
{
    struct job *job = malloc(sizeof *job);
    if (!job)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    *job = (struct job){api, work, context};
    struct http_server *server = hold_server(api);
    const bool is_posted = server && http_server_post(server, lane, run_job, job) == WARD_OK;
    drop_server(api);
    if (is_posted)
        return WARD_OK;
    free(job);
    return error_set(err, WARD_ERR_BUSY, "too much work of this kind waits already");
}

void api_changed(struct api *api)
{
    struct http_server *server = hold_server(api);
    if (server)
        http_server_wake(server);
    drop_server(api);
}

bool api_stops(const struct api *api)
{
    return atomic_load(&api->is_stopping);
}
