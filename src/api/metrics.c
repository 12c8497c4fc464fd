/**
 * See metrics.h. Counters are atomic and apart for each route, so that threads seldom share a line.
 */
#include "api/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/json_out.h"

#define CLASSES 5 /* 1xx .. 5xx */
#define LEVELS 4
#define KINDS 7

static const int64_t bounds_us[METRICS_BUCKETS - 1] = {
    100, 250, 500, 1000, 2500, 5000, 10000, 50000, 100000, 250000, 1000000, 2500000, 10000000};

struct route_figures {
    _Alignas(64) atomic_uint_fast64_t classes[CLASSES];
    atomic_uint_fast64_t buckets[METRICS_BUCKETS];
    atomic_uint_fast64_t sum_us;
};

struct metrics {
    size_t route_count;
    atomic_uint_fast64_t levels[LEVELS];
    atomic_uint_fast64_t kinds[KINDS];
    atomic_uint_fast64_t limited, reloads, failed_reloads;
    atomic_int_fast64_t reloaded_ms;
    struct route_figures *routes; /* route_count + 1: the last for no route */
};

static void count(atomic_uint_fast64_t *counter, uint64_t more)
{
    atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

static uint64_t seen(atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

struct metrics *metrics_new(size_t route_count)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);
    if (!metrics)
        return NULL;
    metrics->route_count = route_count;
    const size_t bytes = (route_count + 1) * sizeof *metrics->routes;
    metrics->routes = aligned_alloc(64, bytes);
    if (!metrics->routes) {
        free(metrics);
        return NULL;
    }
    for (size_t i = 0; i <= route_count; i++)
        metrics->routes[i] = (struct route_figures){0};
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (!metrics)
        return;
    free(metrics->routes);
    free(metrics);
}

void metrics_reply(struct metrics *metrics, size_t route, int status, int64_t duration_us)
{
    struct route_figures *figures = &metrics->routes[route];
    unsigned bucket = 0;
    while (bucket < METRICS_BUCKETS - 1 && duration_us > bounds_us[bucket])
        bucket++;
    const int class = status / 100 - 1;
    count(&figures->classes[class < 0 || class >= CLASSES ? CLASSES - 1 : class], 1);
    count(&figures->buckets[bucket], 1);
    count(&figures->sum_us, duration_us > 0 ? (uint64_t)duration_us : 0);
}

void metrics_verdict(struct metrics *metrics, enum ward_level level, enum ward_kind kind)
{
    count(&metrics->levels[level], 1);
    count(&metrics->kinds[kind], 1);
}

void metrics_limited(struct metrics *metrics)
{
    count(&metrics->limited, 1);
}

void metrics_reload(struct metrics *metrics, bool worked, int64_t now_ms)
{
    count(worked ? &metrics->reloads : &metrics->failed_reloads, 1);
    if (worked)
        atomic_store(&metrics->reloaded_ms, now_ms);
}

/* ---- text ------------------------------------------------------------------------------------ */

void metrics_head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metrics_value(struct buf *out, const char *name, uint64_t value)
{
    buf_printf(out, "%s %" PRIu64 "\n", name, value);
}

static const struct metrics_route nowhere = {"ANY", "none"};

static const struct metrics_route *route_name(const struct metrics *metrics,
                                              const struct metrics_route *routes, size_t i)
{
    return i < metrics->route_count ? &routes[i] : &nowhere;
}

static uint64_t replies_of(struct route_figures *figures)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < METRICS_BUCKETS; i++)
        sum += seen(&figures->buckets[i]);
    return sum;
}

static void put_requests(struct metrics *metrics, const struct metrics_route *routes,
                         struct buf *out)
{
    metrics_head(out, "ward_http_requests_total", "counter",
                 "Replies by route and class of status.");
    for (size_t i = 0; i <= metrics->route_count; i++) {
        const struct metrics_route *name = route_name(metrics, routes, i);
        for (int class = 0; class < CLASSES; class ++) {
            const uint64_t replies = seen(&metrics->routes[i].classes[class]);
            if (replies)
                buf_printf(out,
                           "ward_http_requests_total{method=\"%s\",path=\"%s\",status=\"%dxx\"} "
                           "%" PRIu64 "\n",
                           name->method, name->path, class + 1, replies);
        }
    }
}

static void put_durations(struct metrics *metrics, const struct metrics_route *routes,
                          struct buf *out)
{
    metrics_head(out, "ward_http_request_duration_seconds", "histogram",
                 "From a request's headers to its reply.");
    for (size_t i = 0; i <= metrics->route_count; i++) {
        struct route_figures *figures = &metrics->routes[i];
        const struct metrics_route *name = route_name(metrics, routes, i);
        const uint64_t total = replies_of(figures);
        uint64_t sum = 0;
        if (!total)
            continue;
        for (unsigned b = 0; b < METRICS_BUCKETS; b++) {
            sum += seen(&figures->buckets[b]);
            buf_printf(out,
                       "ward_http_request_duration_seconds_bucket{method=\"%s\",path=\"%s\",le=\"",
                       name->method, name->path);
            if (b < METRICS_BUCKETS - 1)
                json_put_number(out, (double)bounds_us[b] / 1e6, 6);
            else
                buf_put_text(out, "+Inf");
            buf_printf(out, "\"} %" PRIu64 "\n", sum);
        }
        buf_printf(out, "ward_http_request_duration_seconds_sum{method=\"%s\",path=\"%s\"} ",
                   name->method, name->path);
        json_put_number(out, (double)seen(&figures->sum_us) / 1e6, 6);
        buf_printf(out,
                   "\nward_http_request_duration_seconds_count{method=\"%s\",path=\"%s\"} %" PRIu64
                   "\n",
                   name->method, name->path, sum);
    }
}

void metrics_put(struct metrics *metrics, const struct metrics_route *routes, struct buf *out)
{
    put_requests(metrics, routes, out);
    put_durations(metrics, routes, out);
    metrics_head(out, "ward_verdicts_total", "counter", "Verdicts of checks by level.");
    for (int level = 0; level < LEVELS; level++)
        buf_printf(out, "ward_verdicts_total{level=\"%s\"} %" PRIu64 "\n",
                   ward_level_name((enum ward_level)level), seen(&metrics->levels[level]));
    metrics_head(out, "ward_checked_total", "counter", "Events checked by kind.");
    for (int kind = 0; kind < KINDS; kind++)
        buf_printf(out, "ward_checked_total{kind=\"%s\"} %" PRIu64 "\n",
                   ward_kind_name((enum ward_kind)kind), seen(&metrics->kinds[kind]));
    metrics_head(out, "ward_rate_limited_total", "counter",
                 "Requests refused by the limit of rate.");
    metrics_value(out, "ward_rate_limited_total", seen(&metrics->limited));
    metrics_head(out, "ward_reloads_total", "counter", "Reloads of packs and settings.");
    buf_printf(out,
               "ward_reloads_total{result=\"ok\"} %" PRIu64
               "\nward_reloads_total{result=\"failed\"} %" PRIu64 "\n",
               seen(&metrics->reloads), seen(&metrics->failed_reloads));
}
