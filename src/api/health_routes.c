/**
 * GET /healthz, /readyz, /metrics.
 */
#include <stdlib.h>
#include <sys/resource.h>

#include "api/health_routes.h"

#include "api/routes.h"
#include "api/service.h"
#include "base/str.h"

static enum ward_status get_health(struct api_call *call, struct ward_error *err)
{
    (void)err;
    call->reply->lasting = str_of("{\"status\":\"alive\"}\n");
    return WARD_OK;
}

static enum ward_status get_ready(struct api_call *call, struct ward_error *err)
{
    (void)err;
    if (atomic_load(&call->api->is_ready)) {
        call->reply->lasting = str_of("{\"status\":\"ready\"}\n");
        return WARD_OK;
    }
    http_problem(call->reply, 503, "not-ready", "The service is starting or stopping", NULL);
    http_reply_header_text(call->reply, "Retry-After", "1");
    return WARD_OK;
}

/* ---- figures --------------------------------------------------------------------------------- */

static void put_lanes(const struct http_figures *figures, struct buf *out)
{
    static const char *const names[API_LANES] = {"now", "read", "write", "ingest", "slow"};
    metrics_head(out, "ward_queue_depth", "gauge", "Requests and jobs waiting or at work.");
    for (int lane = 1; lane < API_LANES; lane++)
        buf_printf(out, "ward_queue_depth{lane=\"%s\"} %llu\n", names[lane],
                   (unsigned long long)figures->queued[lane]);
    metrics_head(out, "ward_queue_refused_total", "counter", "Requests that found a lane full.");
    for (int lane = 1; lane < API_LANES; lane++)
        buf_printf(out, "ward_queue_refused_total{lane=\"%s\"} %llu\n", names[lane],
                   (unsigned long long)figures->refused[lane]);
}

static void put_connections(const struct http_figures *figures, struct buf *out)
{
    metrics_head(out, "ward_connections", "gauge", "Open connections.");
    metrics_value(out, "ward_connections", figures->connections);
    metrics_head(out, "ward_connections_total", "counter", "Connections taken.");
    metrics_value(out, "ward_connections_total", figures->connections_total);
    metrics_head(out, "ward_connections_cut_total", "counter", "Connections closed as too slow.");
    metrics_value(out, "ward_connections_cut_total", figures->cut_off);
    metrics_head(out, "ward_requests_open", "gauge", "Requests begun and not answered.");
    metrics_value(out, "ward_requests_open", figures->requests_open);
    metrics_head(out, "ward_requests_parked", "gauge", "Requests that wait for a change.");
    metrics_value(out, "ward_requests_parked", figures->parked);
    metrics_head(out, "ward_body_bytes_total", "counter", "Bytes of bodies.");
    buf_printf(out,
               "ward_body_bytes_total{direction=\"in\"} %llu\n"
               "ward_body_bytes_total{direction=\"out\"} %llu\n",
               (unsigned long long)figures->bytes_in, (unsigned long long)figures->bytes_out);
}

static void put_process(struct api *api, struct buf *out)
{
    struct rusage usage;
    metrics_head(out, "ward_build_info", "gauge", "Version of ward.");
    buf_printf(out, "ward_build_info{version=\"%s\"} 1\n", ward_version());
    metrics_head(out, "process_start_time_seconds", "gauge", "Start, Unix time.");
    metrics_value(out, "process_start_time_seconds", (uint64_t)(api->started_ms / 1000));
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        metrics_head(out, "process_resident_memory_max_bytes", "gauge", "Most memory held so far.");
        metrics_value(out, "process_resident_memory_max_bytes", (uint64_t)usage.ru_maxrss * 1024u);
        metrics_head(out, "process_cpu_seconds_total", "counter", "Processor time used.");
        metrics_value(out, "process_cpu_seconds_total",
                      (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec));
    }
    metrics_head(out, "ward_log_lines_lost_total", "counter", "Log lines that found no room.");
    metrics_value(out, "ward_log_lines_lost_total", log_lost(api->log));
    metrics_head(out, "ward_packs_generation", "gauge", "How often packs were put in force.");
    metrics_value(out, "ward_packs_generation", atomic_load(&api->generation));
}

static void put_access(struct api *api, struct buf *out)
{
    static const char *const answers[] = {"allowed", "unknown", "forbidden", "foreign"};
    struct access_counts counts;
    access_counts(api->access, &counts);
    metrics_head(out, "ward_access_total", "counter", "Requests by the answer at the door.");
    for (int i = 0; i < 4; i++)
        buf_printf(out, "ward_access_total{answer=\"%s\"} %llu\n", answers[i],
                   (unsigned long long)counts.answers[i]);
    metrics_head(out, "ward_logins_total", "counter", "Logins that worked.");
    metrics_value(out, "ward_logins_total", counts.logins);
    metrics_head(out, "ward_failed_logins_total", "counter", "Logins that failed.");
    metrics_value(out, "ward_failed_logins_total", counts.failed_logins);
    metrics_head(out, "ward_lock_outs_total", "counter", "Lock-outs after failed logins.");
    metrics_value(out, "ward_lock_outs_total", counts.lock_outs);
}

static enum ward_status put_routes(struct api *api, struct buf *out)
{
    struct metrics_route *names = calloc(api->route_count + 1, sizeof *names);
    if (!names)
        return WARD_ERR_NOMEM;
    for (size_t i = 0; i < api->route_count; i++)
        names[i] =
            (struct metrics_route){http_method_name(api->routes[i].method), api->routes[i].path};
    metrics_put(api->metrics, names, out);
    free(names);
    return WARD_OK;
}

static enum ward_status get_metrics(struct api_call *call, struct ward_error *err)
{
    struct api *api = call->api;
    struct buf *out = &call->reply->body;
    struct http_figures figures;
    size_t parts;
    const struct api_part *const *part = api_parts(&parts);
    (void)err;
    http_server_figures(api->server, &figures);
    call->reply->type = "text/plain; version=0.0.4; charset=utf-8";
    put_process(api, out);
    put_connections(&figures, out);
    put_lanes(&figures, out);
    put_access(api, out);
    for (size_t i = 0; i < parts; i++)
        if (part[i]->metrics)
            part[i]->metrics(api, api_state(api, part[i]), out);
    return put_routes(api, out);
}

static const struct api_route routes[] = {
    {HTTP_GET, "/healthz", ACCESS_NONE, API_LANE_NOW, get_health, API_PUBLIC},
    {HTTP_GET, "/readyz", ACCESS_NONE, API_LANE_NOW, get_ready, API_PUBLIC},
    {HTTP_GET, "/metrics", ACCESS_ADMIN, API_LANE_NOW, get_metrics, API_LOCAL},
};

const struct api_part health_part = {
    .name = "health", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
