/**
 * What the service is made of; for the files that run it. Handlers see api.h only.
 */
#ifndef WARD_API_SERVICE_H
#define WARD_API_SERVICE_H

#include <pthread.h>
#include <stdatomic.h>

#include "api/api.h"
#include "api/conf.h"
#include "api/log.h"
#include "api/metrics.h"
#include "feed/feed.h"
#include "http/rate.h"
#include "http/server.h"

#define SERVICE_PARTS_MAX 32u
#define SERVICE_WORKERS_MAX 160u
#define TLS_STAMP_BYTES 32u

/** The packs in force with what judges by them; immutable but for `holders`. */
struct service_engine {
    struct api_engine shown; /* first: handlers hold this part */
    struct buf packs;
    struct arena paths; /* the folders' names */
    unsigned holders;   /* guarded by api->engine_lock */
};

/** A thread's own things behind its api_worker. */
struct service_worker {
    struct api_worker shown; /* first */
    struct api *api;
    unsigned number;
    struct feed_batch batch; /* of checks */
    struct buf lines;        /* of checks: their events one a line */
};

static inline struct service_worker *service_worker_of(struct api_worker *worker)
{
    return (struct service_worker *)worker; /* its first member */
}

struct api {
    struct conf conf; /* as started; live keys are in `engine` and below */
    struct arena paths;
    const char *state_dir;
    struct log *log;
    struct metrics *metrics;
    struct http_rate *rate;
    struct access *access;
    struct http_server *server;
    struct http_route *routes; /* owned; owner is the api_route */
    size_t route_count;
    void *states[SERVICE_PARTS_MAX];
    size_t started; /* parts */
    struct service_worker workers[SERVICE_WORKERS_MAX];
    unsigned worker_count;
    struct store *store; /* the main thread's */

    pthread_mutex_t engine_lock;
    struct service_engine *engine; /* in force */
    atomic_uint_fast64_t generation;
    pthread_mutex_t load_lock; /* one load at a time */
    const char *cache_dir;

    atomic_int log_requests;
    atomic_int_fast64_t rate_per_s, rate_burst;
    atomic_bool is_ready, is_stopping;
    atomic_uint posting; /* threads that are handing the server a job or a sign */
    int64_t started_ms;
    unsigned char tls_stamp[TLS_STAMP_BYTES]; /* of the certificate and key in use */
};

/* engines.c */
/** Makes the first engine of api->conf. */
enum ward_status engines_open(struct api *api, struct ward_error *err) WARD_MUST_USE;
/** Loads packs as `conf` says and puts them in force with its thresholds. */
enum ward_status engines_load(struct api *api, const struct conf *conf,
                              struct ward_error *err) WARD_MUST_USE;
void engines_close(struct api *api);
/** Has a worker use the packs in force. WARD_ERR_NOMEM leaves the ones it had. */
enum ward_status worker_refresh(struct service_worker *worker) WARD_MUST_USE;
/** Gives back the engine and the scratch. */
void worker_release(struct service_worker *worker);

/* guard.c: who may */
bool guard_admit(void *api, const struct http_route *route, struct http_request *request,
                 struct http_reply *reply);
/** Who was admitted. */
const struct access_principal *guard_who(const struct http_request *request);
/** Bytes that the guard needs with each request. */
size_t guard_mark_bytes(void);

/* dispatch.c */
bool dispatch_handle(void *api, void *worker, const struct http_route *route,
                     struct http_request *request, struct http_reply *reply);
void dispatch_done(void *api, const struct http_outcome *outcome);

#endif
