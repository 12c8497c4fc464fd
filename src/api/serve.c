/**
 * See serve.h. The main thread keeps house: it waits for signals, and between them writes failed
 * logins down and has users and keys read anew, for another process may change them.
 */
#include "api/serve.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "api/routes.h"
#include "api/service.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"

#define NOTE_MS 1000  /* between two notes of failed logins */
#define HOUSE_NOTES 2 /* notes between two rounds of the house */
#define TIDY_MS 60000
#define EVENT_THREADS_MAX 4
#define INGEST_THREADS 4 /* so many bodies at once, however slowly they come in */
#define PEM_BYTES_MAX (1024u * 1024u)

/* ---- places ---------------------------------------------------------------------------------- */

struct api_place api_place(const struct api *api)
{
    return (struct api_place){
        .store_url = api->conf.store, .key_path = api->conf.store_key, .state_dir = api->state_dir};
}

uint64_t api_stream_max(const struct api *api)
{
    return (uint64_t)api->conf.limit_stream_bytes;
}

struct access *api_access(struct api *api)
{
    return api->access;
}

/* The folder as set, or STORE.d beside a store in a file; made if missing. */
static enum ward_status find_state_dir(struct api *api, struct ward_error *err)
{
    const char *url = api->conf.store;
    const char *dir = api->conf.state_dir;
    if (!dir && store_url_is_server(url))
        dir = "ward.d";
    if (!dir) {
        const char *path = strncmp(url, "sqlite:", 7) == 0 ? url + 7 : url;
        char *made = arena_alloc(&api->paths, strlen(path) + 3);
        if (!made)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        (void)snprintf(made, strlen(path) + 3, "%s.d", path);
        dir = made;
    }
    if (mkdir(dir, 0700) && errno != EEXIST)
        return error_set(err, WARD_ERR_IO, "cannot make the folder %s: %s", dir, strerror(errno));
    api->state_dir = dir;
    return WARD_OK;
}

static enum ward_status open_store(const struct api *api, enum store_mode mode, struct store **out,
                                   struct ward_error *err)
{
    const struct store_options options = {.url = api->conf.store,
                                          .mode = mode,
                                          .key_path = api->conf.store_key,
                                          .now_ms = api_now_ms()};
    return store_open(&options, out, err);
}

static enum ward_status open_access(struct api *api, struct ward_error *err)
{
    const struct conf *conf = &api->conf;
    const struct access_options options = {
        .proxy_header = conf->proxy_header,
        .proxy_peers = conf->proxy_peers.at,
        .proxy_peer_count = conf->proxy_peers.count,
        .public_origin = conf->public_origin,
        .is_secure = conf->tls_certificate ||
                     (conf->public_origin && strncmp(conf->public_origin, "https:", 6) == 0),
        .idle_ms = conf->session_idle_minutes * 60000,
        .session_ms = conf->session_hours * 3600000};
    return access_open(&options, api->store, api_now_ms(), &api->access, err);
}

/* ---- routes and parts ------------------------------------------------------------------------ */

static size_t body_max(const struct conf *conf, const struct api_route *route)
{
    if (route->flags & API_STREAMS)
        return (size_t)conf->limit_stream_bytes;
    return (size_t)(route->flags & API_BIG ? conf->limit_batch_bytes : conf->limit_body_bytes);
}

static enum ward_status gather_routes(struct api *api, struct ward_error *err)
{
    size_t parts;
    size_t count = 0;
    const struct api_part *const *part = api_parts(&parts);
    for (size_t i = 0; i < parts; i++)
        count += part[i]->route_count;
    if (parts > SERVICE_PARTS_MAX)
        return error_set(err, WARD_ERR_LIMIT, "more than %u parts", SERVICE_PARTS_MAX);
    api->routes = calloc(count + 1, sizeof *api->routes);
    if (!api->routes)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < parts; i++)
        for (size_t k = 0; k < part[i]->route_count; k++) {
            const struct api_route *route = &part[i]->routes[k];
            api->routes[api->route_count++] =
                (struct http_route){.method = route->method,
                                    .path = route->path,
                                    .lane = route->lane,
                                    .body_max = body_max(&api->conf, route),
                                    .streams = (route->flags & API_STREAMS) != 0,
                                    .owner = route};
        }
    return WARD_OK;
}

static enum ward_status start_parts(struct api *api, struct ward_error *err)
{
    size_t count;
    const struct api_part *const *parts = api_parts(&count);
    for (; api->started < count; api->started++) {
        const struct api_part *part = parts[api->started];
        if (!part->start)
            continue;
        const enum ward_status status = part->start(api, &api->states[api->started], err);
        if (status != WARD_OK)
            return status;
    }
    return WARD_OK;
}

static void stop_parts(struct api *api)
{
    size_t count;
    const struct api_part *const *parts = api_parts(&count);
    while (api->started) {
        api->started--;
        if (parts[api->started]->stop)
            parts[api->started]->stop(api, api->states[api->started]);
    }
}

void *api_state(struct api *api, const struct api_part *part)
{
    size_t count;
    const struct api_part *const *parts = api_parts(&count);
    for (size_t i = 0; i < count; i++)
        if (parts[i] == part)
            return api->states[i];
    return NULL;
}

/* ---- workers and server ---------------------------------------------------------------------- */

static unsigned event_threads(const struct conf *conf)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (conf->threads_event)
        return (unsigned)conf->threads_event;
    return processors < 1                   ? 1
           : processors > EVENT_THREADS_MAX ? EVENT_THREADS_MAX
                                            : (unsigned)processors;
}

static enum ward_status add_worker(struct api *api, enum api_lane lane, void **slot,
                                   struct ward_error *err)
{
    struct service_worker *worker = &api->workers[api->worker_count];
    *worker = (struct service_worker){.api = api, .number = api->worker_count};
    worker->shown.lane = lane;
    feed_batch_init(&worker->batch);
    buf_init(&worker->lines, 2u * (size_t)api->conf.limit_batch_bytes);
    *slot = worker;
    api->worker_count++;
    enum ward_status status = worker_refresh(worker);
    if (status != WARD_OK)
        return error_set(err, status, "out of memory");
    if (lane != API_LANE_NOW)
        status = open_store(api, STORE_WRITE, &worker->shown.store, err);
    return status;
}

struct slots {
    void *at[API_LANES][64];
};

static enum ward_status add_workers(struct api *api, const unsigned threads[API_LANES],
                                    struct slots *slots, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (int lane = 0; lane < API_LANES; lane++)
        for (unsigned i = 0; status == WARD_OK && i < threads[lane]; i++)
            status = add_worker(api, (enum api_lane)lane, &slots->at[lane][i], err);
    return status;
}

static enum ward_status read_pem(const char *path, struct buf *out, struct ward_error *err)
{
    buf_init(out, PEM_BYTES_MAX);
    if (!path)
        return WARD_OK;
    const enum ward_status status = file_read(path, PEM_BYTES_MAX - 1, out, err);
    out->max = PEM_BYTES_MAX;
    if (status == WARD_OK)
        buf_put_char(out, '\0');
    return status == WARD_OK ? out->failed : status;
}

/* Of the certificate and key, to tell at a reload that a file has changed since the start. What
 * cannot be read has a stamp of its own. */
static void tls_stamp(const struct conf *conf, unsigned char out[TLS_STAMP_BYTES])
{
    const char *const paths[] = {conf->tls_certificate, conf->tls_key};
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, TLS_STAMP_BYTES);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct buf pem;
        const enum ward_status status = read_pem(paths[i], &pem, NULL);
        const uint64_t len = status == WARD_OK ? pem.len : UINT64_MAX;
        (void)crypto_generichash_update(&state, (const unsigned char *)&len, sizeof len);
        if (status == WARD_OK && pem.len)
            (void)crypto_generichash_update(&state, (const unsigned char *)pem.data, pem.len);
        if (pem.data)
            explicit_bzero(pem.data, pem.cap);
        buf_release(&pem);
    }
    (void)crypto_generichash_final(&state, out, TLS_STAMP_BYTES);
}

static enum ward_status start_server(struct api *api, struct slots *slots, struct ward_error *err)
{
    static const char *const names[API_LANES] = {"now", "read", "write", "ingest", "slow"};
    const struct conf *conf = &api->conf;
    const unsigned threads[API_LANES] = {event_threads(conf), (unsigned)conf->threads_read, 1,
                                         INGEST_THREADS, 1};
    struct buf certificate;
    struct buf key;
    struct http_options options = {.addresses = conf->listen.at,
                                   .address_count = conf->listen.count,
                                   .event_threads = threads[API_LANE_NOW],
                                   .event_workers = slots->at[API_LANE_NOW],
                                   .lane_count = API_LANES,
                                   .connections_max = (unsigned)conf->limit_connections,
                                   .streams_max = (unsigned)conf->limit_streams,
                                   .header_bytes = (size_t)conf->limit_header_bytes,
                                   .idle_s = (unsigned)conf->idle_seconds,
                                   .request_s = (unsigned)conf->request_seconds};
    const struct http_service service = {.context = api,
                                         .routes = api->routes,
                                         .route_count = api->route_count,
                                         .mark_bytes = guard_mark_bytes(),
                                         .admit = guard_admit,
                                         .handle = dispatch_handle,
                                         .done = dispatch_done};
    for (int lane = 1; lane < API_LANES; lane++)
        options.lanes[lane] = (struct http_lane_setup){.name = names[lane],
                                                       .threads = threads[lane],
                                                       .queue_max = (unsigned)conf->limit_queue,
                                                       .workers = slots->at[lane]};
    buf_init(&key, PEM_BYTES_MAX);
    tls_stamp(conf, api->tls_stamp);
    enum ward_status status = read_pem(conf->tls_certificate, &certificate, err);
    if (status == WARD_OK)
        status = read_pem(conf->tls_key, &key, err);
    if (status == WARD_OK)
        status = add_workers(api, threads, slots, err);
    options.tls_certificate = certificate.data;
    options.tls_key = key.data;
    if (status == WARD_OK)
        status = http_server_start(&options, &service, &api->server, err);
    buf_release(&certificate);
    if (key.data)
        explicit_bzero(key.data, key.cap);
    buf_release(&key);
    return status;
}

/* ---- starting and stopping ------------------------------------------------------------------- */

static void take_live(struct api *api, const struct conf *conf)
{
    atomic_store(&api->log_requests, (int)conf->log_requests);
    atomic_store(&api->rate_per_s, conf->limit_rate);
    atomic_store(&api->rate_burst, conf->limit_burst);
}

/* As many files as the system lets us have: each connection is one. */
static void raise_limits(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static enum ward_status open_parts_of(struct api *api, struct ward_error *err)
{
    uint64_t seed = 0;
    (void)!getrandom(&seed, sizeof seed, 0);
    enum ward_status status = gather_routes(api, err);
    if (status != WARD_OK)
        return status;
    api->rate = rate_new(seed);
    api->metrics = metrics_new(api->route_count);
    if (!api->rate || !api->metrics)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    status = log_open(api->conf.log, &api->log, err);
    if (status == WARD_OK)
        status = engines_open(api, err);
    if (status == WARD_OK)
        status = open_store(api, STORE_CREATE, &api->store, err);
    if (status == WARD_OK)
        status = find_state_dir(api, err);
    if (status == WARD_OK)
        status = open_access(api, err);
    if (status == WARD_OK)
        status = start_parts(api, err);
    return status;
}

static enum ward_status start(struct api *api, struct ward_error *err)
{
    struct slots *slots = calloc(1, sizeof *slots);
    if (!slots)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    raise_limits();
    take_live(api, &api->conf);
    enum ward_status status = open_parts_of(api, err);
    if (status == WARD_OK)
        status = start_server(api, slots, err);
    if (status == WARD_OK)
        atomic_store(&api->is_ready, true);
    free(slots);
    return status;
}

static void stop(struct api *api)
{
    atomic_store(&api->is_ready, false);
    atomic_store(&api->is_stopping, true);
    while (atomic_load(&api->posting)) /* for some instructions only */
        (void)sched_yield();
    http_server_stop(api->server, (uint32_t)api->conf.drain_seconds * 1000u);
    api->server = NULL;
    stop_parts(api);
    for (unsigned i = 0; i < api->worker_count; i++) {
        worker_release(&api->workers[i]);
        feed_batch_release(&api->workers[i].batch);
        buf_release(&api->workers[i].lines);
        store_close(api->workers[i].shown.store);
    }
    /* Failed tries and last uses that were not written down yet. */
    if (api->access && access_tidy(api->access, api->store, api_now_ms(), NULL) != WARD_OK)
        api_log(api, API_LOG_WARNING, "sessions-not-tidied", NULL);
    access_close(api->access);
    store_close(api->store);
    engines_close(api);
    metrics_free(api->metrics);
    rate_free(api->rate);
    free(api->routes);
    log_close(api->log);
    arena_release(&api->paths);
    conf_release(&api->conf);
    free(api);
}

/* ---- running --------------------------------------------------------------------------------- */

static void log_fault(struct api *api, const char *event, const struct ward_error *err)
{
    struct log_line line;
    log_begin(&line, api_now_ms(), "error", event);
    if (err->source[0]) {
        pen_pair_text(&line.pen, "file", err->source);
        pen_key(&line.pen, "line");
        pen_integer(&line.pen, err->line);
    }
    pen_pair_text(&line.pen, "detail", err->message);
    log_end(api->log, &line);
}

/* Settings and packs anew; what is wrong leaves everything as it was. */
static void reload(struct api *api, const struct api_options *options)
{
    struct conf conf;
    struct ward_error err = {0};
    conf_init(&conf);
    enum ward_status status = options->load(options->context, &conf, &err);
    if (status == WARD_OK)
        status = conf_check(&conf, &err);
    if (status == WARD_OK)
        status = engines_load(api, &conf, &err);
    metrics_reload(api->metrics, status == WARD_OK, api_now_ms());
    log_reopen(api->log);
    if (status != WARD_OK) {
        log_fault(api, "reload-failed", &err);
    } else {
        take_live(api, &conf);
        unsigned char stamp[TLS_STAMP_BYTES];
        tls_stamp(&api->conf, stamp);
        const char *other = conf_differs(&api->conf, &conf);
        if (!other && memcmp(stamp, api->tls_stamp, sizeof stamp) != 0)
            other = "what the file of tls_certificate or tls_key holds";
        api_log(api, API_LOG_INFO, "reloaded",
                other ? "some keys take effect at the next start" : NULL);
        if (other)
            api_log(api, API_LOG_WARNING, "restart-needed", other);
    }
    conf_release(&conf);
}

static void tick_parts(struct api *api, int64_t now_ms)
{
    size_t count;
    const struct api_part *const *parts = api_parts(&count);
    for (size_t i = 0; i < api->started && i < count; i++)
        if (parts[i]->tick)
            parts[i]->tick(api, api->states[i], api->store, now_ms);
}

static void keep_house(struct api *api, int64_t *tidied_ms)
{
    struct ward_error err = {0};
    const int64_t now_ms = api_now_ms();
    if (access_refresh(api->access, api->store, now_ms, &err) != WARD_OK)
        log_fault(api, "users-not-read", &err);
    tick_parts(api, now_ms);
    if (now_ms - *tidied_ms < TIDY_MS)
        return;
    *tidied_ms = now_ms;
    if (access_tidy(api->access, api->store, now_ms, &err) != WARD_OK)
        log_fault(api, "sessions-not-tidied", &err);
}

static void note_logins(struct api *api)
{
    struct ward_error err = {0};
    if (access_note(api->access, api->store, api_now_ms(), &err) != WARD_OK)
        log_fault(api, "failed-logins-not-noted", &err);
}

/* A service ends by a signal alone: the log says whose. */
static void log_stop(struct api *api, const siginfo_t *from)
{
    char detail[96];
    (void)snprintf(detail, sizeof detail, "%s from process %ld of user %ld",
                   from->si_signo == SIGTERM ? "SIGTERM" : "SIGINT", (long)from->si_pid,
                   (long)from->si_uid);
    api_log(api, API_LOG_INFO, "stopping", detail);
}

static void run(struct api *api, const struct api_options *options, const sigset_t *signals)
{
    int64_t tidied_ms = api_now_ms();
    unsigned notes = 0;
    const struct timespec wait = {.tv_sec = NOTE_MS / 1000};
    for (;;) {
        siginfo_t from;
        const int number = sigtimedwait(signals, &from, &wait);
        if (number == SIGTERM || number == SIGINT) {
            log_stop(api, &from);
            return;
        }
        if (number == SIGHUP)
            reload(api, options);
        else
            note_logins(api);
        if (++notes % HOUSE_NOTES == 0)
            keep_house(api, &tidied_ms);
    }
}

/* Where it can be reached, and who may make the first user. */
static void say_hello(struct api *api, const struct api_options *options)
{
    char line[512];
    char token[ACCESS_TOKEN_TEXT] = "";
    struct ward_error err = {0};
    for (size_t i = 0; i < api->conf.listen.count; i++) {
        const char *address = api->conf.listen.at[i];
        const int host = (int)(strrchr(address, ':') - address);
        (void)snprintf(line, sizeof line, "listening on http%s://%.*s:%u/",
                       api->conf.tls_certificate ? "s" : "", host, address,
                       http_server_port(api->server, i));
        options->say(options->context, line);
    }
    if (access_first_link(api->access, api->store, api_now_ms(), token, &err) != WARD_OK)
        log_fault(api, "no-first-link", &err);
    if (token[0]) {
        const char *address = api->conf.listen.at[0];
        (void)snprintf(line, sizeof line,
                       "make the first administrator at http%s://%.*s:%u/console/#link=%s",
                       api->conf.tls_certificate ? "s" : "", (int)(strrchr(address, ':') - address),
                       address, http_server_port(api->server, 0), token);
        options->say(options->context, line);
        explicit_bzero(token, sizeof token);
        explicit_bzero(line, sizeof line);
    }
    api_log(api, API_LOG_INFO, "started", ward_version());
}

static void choose_signals(sigset_t *signals)
{
    (void)sigemptyset(signals);
    (void)sigaddset(signals, SIGTERM);
    (void)sigaddset(signals, SIGINT);
    (void)sigaddset(signals, SIGHUP);
    /* Blocked here, before any thread is made, so that only the main thread takes them. */
    (void)pthread_sigmask(SIG_BLOCK, signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

enum ward_status api_serve(const struct api_options *options, struct ward_error *err)
{
    sigset_t signals;
    struct api *api = calloc(1, sizeof *api);
    if (!api)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    choose_signals(&signals);
    conf_init(&api->conf);
    arena_init(&api->paths, 1024, 64u * 1024u);
    api->cache_dir = options->cache_dir;
    api->started_ms = api_now_ms();
    enum ward_status status = options->load(options->context, &api->conf, err);
    if (status == WARD_OK)
        status = conf_check(&api->conf, err);
    if (status == WARD_OK && options->only_checks) {
        status = engines_open(api, err);
        stop(api);
        return status;
    }
    if (status == WARD_OK)
        status = start(api, err);
    if (status == WARD_OK) {
        say_hello(api, options);
        run(api, options, &signals);
    }
    stop(api);
    return status;
}
