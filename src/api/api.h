/**
 * API v1: what handlers get, and how they are listed.
 *
 * A handler is a function in `src/api/<thing>_routes.c`; each such file exports one `struct
 * api_part` with its table of routes, listed in routes.c. Who asks is checked before a handler
 * runs; body, query and path parts are hostile. A handler fills `call->reply`, or returns an error
 * status and `err`, which become a problem document (http_problem_status()).
 */
#ifndef WARD_API_API_H
#define WARD_API_API_H

#include "access/access.h"
#include "base/json_pen.h"
#include "engine/verdict_json.h"
#include "http/http.h"
#include "store/store.h"

struct api; /**< the service that runs; shared by all threads */

/* ---- lanes ----------------------------------------------------------------------------------- */

/** Which thread a handler runs on. Each lane has a bounded queue; a full one answers 503. */
enum api_lane {
    API_LANE_NOW = 0, /**< event thread: never blocks, no store; several run at once */
    API_LANE_READ,    /**< a pool of threads: reads the store; waits for no one */
    API_LANE_WRITE,   /**< one thread: short writes, one after the other */
    API_LANE_INGEST,  /**< a few threads: bodies that stream, taking turns (intake.h) */
    API_LANE_SLOW     /**< one thread: relinking, exports, dry runs, jobs */
};
#define API_LANES 5

/** The packs in force, counted by reference: a reload swaps them while old ones are still in use.
 */
struct api_engine {
    struct ward_engine *engine;
    struct ward_str packs;           /**< JSON array of their names, for verdict_json_put() */
    struct ward_check_options check; /**< thresholds as set; without session */
    enum says_lang lang;             /**< of sentences, unless a request asks for another */
    uint64_t generation;             /**< 1, 2 ...: which load */
    const char *const *dirs;         /**< its folders, in order */
    uint32_t dir_count;
    uint32_t base_count; /**< of dirs: named by the settings; the rest was put on top of them */
};

/** What belongs to one thread. Valid during a call. */
struct api_worker {
    struct store *store;             /**< STORE_WRITE handle of this thread; NULL on API_LANE_NOW */
    const struct api_engine *engine; /**< in force when the call began; held until it ends */
    struct ward_scratch *scratch;    /**< made from `engine` */
    enum api_lane lane;
};

/* ---- routes ---------------------------------------------------------------------------------- */

struct api_call {
    struct api *api;
    struct http_request *request;
    const struct access_principal *who; /**< who asks; never NULL (nobody on open routes) */
    struct api_worker *worker;
    struct http_reply *reply;
    int64_t now_ms;
    bool parks;   /**< set by api_park() */
    bool is_last; /**< the time to wait is over: answer now */
};

typedef enum ward_status (*api_handler)(struct api_call *call, struct ward_error *err);

enum {
    API_STREAMS = 1u << 0, /**< body is read by http_body_read(); lane INGEST or SLOW */
    API_NO_CSRF = 1u << 1, /**< a write by cookie that needs no X-CSRF-Token (signing in) */
    API_PUBLIC = 1u << 2,  /**< open to everybody; `scope` is not looked at */
    API_LOCAL = 1u << 3,   /**< open to clients on this machine; others need `scope` */
    API_PASSIVE = 1u << 5, /**< a wait for news: does not keep a session from going idle */
    API_BIG = 1u << 4      /**< body up to limit_batch_bytes instead of limit_body_bytes */
};

struct api_route {
    enum http_method method;
    const char *path; /**< "/v1/cases/{id}"; "{path...}" at the end takes the rest */
    enum access_scope scope;
    enum api_lane lane;
    api_handler handle;
    unsigned flags; /**< API_* */
};

/** One file's routes, and what it keeps while the service runs. */
struct api_part {
    const char *name;
    const struct api_route *routes;
    size_t route_count;
    /** Called once before the first request (NULL: nothing to do); `*state` is api_state(). */
    enum ward_status (*start)(struct api *api, void **state, struct ward_error *err);
    /** Called once after the last request and job, in reverse order; NULL allowed. */
    void (*stop)(struct api *api, void *state);
    /** Called about every two seconds while the service runs, on a thread of its own with a handle
     * of its own; should be short. NULL allowed. */
    void (*tick)(struct api *api, void *state, struct store *store, int64_t now_ms);
    /** Writes figures of its own for GET /metrics, in Prometheus' text form; NULL allowed. On an
     * event thread: never blocks. */
    void (*metrics)(struct api *api, void *state, struct buf *out);
};

/* ---- what handlers may ask of the service ---------------------------------------------------- */

/** What the part's start() made. */
void *api_state(struct api *api, const struct api_part *part);

#define API_PARK_MS_MAX 25000u
/**
 * Call from a handler on READ: answer later. The handler runs again after the next api_changed() or
 * after `wait_ms` (at most 25,000; then with call->is_last), and this answer is dropped.
 */
void api_park(struct api_call *call, uint32_t wait_ms);
/** Something that waiting clients look for has changed (a case, a decision ...). Any thread. */
void api_changed(struct api *api);

/** A piece of work without a request. `worker` as for handlers of that lane. */
typedef void (*api_job)(struct api *api, struct api_worker *worker, void *context);
/**
 * Queues a job on WRITE, INGEST or SLOW. WARD_ERR_BUSY when the lane is full or the service is
 * stopping; then the job never runs, else it always does (also when stopping).
 */
enum ward_status api_later(struct api *api, enum api_lane lane, api_job job, void *context,
                           struct ward_error *err) WARD_MUST_USE;
/** True once the service is to stop: long jobs should come to an end. */
bool api_stops(const struct api *api);

/** The packs in force, held; give back with api_engine_drop(). Any thread. */
const struct api_engine *api_engine_hold(struct api *api);
void api_engine_drop(struct api *api, const struct api_engine *engine);
/**
 * Loads the packs anew from `dirs` (NULL: the ones in force) and swaps them in; those behind the
 * first base_count stay on top when the settings are reloaded; what runs goes on
 * with the old ones. On failure the old ones stay and `err` names file, line and column.
 */
enum ward_status api_engine_load(struct api *api, const char *const *dirs, uint32_t dir_count,
                                 struct ward_error *err) WARD_MUST_USE;

/** URL of the store and path of its key (NULL: the default), for code that opens a handle itself.
 */
struct api_place {
    const char *store_url;
    const char *key_path;
    const char *state_dir; /**< folder for files ward keeps beside the store (exports, overlay) */
};
struct api_place api_place(const struct api *api);
/** Bytes of one ingested stream at most, as sent and as unpacked. */
uint64_t api_stream_max(const struct api *api);
/** Users, keys, sessions. NULL only in a service without store. */
struct access *api_access(struct api *api);

/** Milliseconds since the epoch; for code outside of a call. */
int64_t api_now_ms(void);

/**
 * A line in the log, as JSON: {"time","level","event",...}. `event` is a short slug; `detail` (NULL
 * allowed) must hold no message text, name, password or key.
 */
enum api_log_level { API_LOG_INFO, API_LOG_WARNING, API_LOG_ERROR };
void api_log(struct api *api, enum api_log_level level, const char *event, const char *detail);

#endif
