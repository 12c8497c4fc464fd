/**
 * Counters and histograms of the service, in Prometheus' text form.
 */
#ifndef WARD_API_METRICS_H
#define WARD_API_METRICS_H

#include "base/buf.h"

/** Upper bounds of durations: from 0.1 ms to 10 s; and above. */
#define METRICS_BUCKETS 14u

struct metrics;

struct metrics *metrics_new(size_t route_count);
void metrics_free(struct metrics *metrics);

/** A reply of the n-th route (route_count: none). Any thread. */
void metrics_reply(struct metrics *metrics, size_t route, int status, int64_t duration_us);
/** A verdict of a check (not of ingest). Any thread. */
void metrics_verdict(struct metrics *metrics, enum ward_level level, enum ward_kind kind);
/** A request refused by the limit of rate. */
void metrics_limited(struct metrics *metrics);
/** A reload that worked, or did not. */
void metrics_reload(struct metrics *metrics, bool worked, int64_t now_ms);

struct metrics_route {
    const char *method, *path;
};
/** `routes`: names of the routes, route_count of them. */
void metrics_put(struct metrics *metrics, const struct metrics_route *routes, struct buf *out);

/** HELP and TYPE lines: `type` "counter", "gauge", "histogram". For others' figures too. */
void metrics_head(struct buf *out, const char *name, const char *type, const char *help);
/** "name value\n". */
void metrics_value(struct buf *out, const char *name, uint64_t value);

#endif
