#include "api/relinker.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/casework.h"
#include "store/store_records.h"

/* Where the last linking stood in the audit log: rows of later entries were not in it. */
#define RECORD_KIND "relink"
#define RECORD_ID "last"

struct relinker {
    struct api *api;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    pthread_t clock;
    bool has_clock;
    bool is_ending;
    bool is_running;     /* a job is queued or at work */
    bool has_looked;     /* whether rows came in behind the last linking of an earlier start */
    int64_t due_ms;      /* of the first mark not yet seen to; 0 none */
    int64_t earliest_ms; /* before it none may begin */
    struct relinker_state state;
};

static int64_t steady_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the job --------------------------------------------------------------------------------- */

static enum ward_status take_entry(void *context, const struct store_record *row,
                                   struct ward_error *err)
{
    json_t *root = json_loadb(row->json.data, row->json.len, 0, NULL);
    (void)err;
    *(uint64_t *)context = (uint64_t)json_integer_value(json_object_get(root, "entry"));
    json_decref(root);
    return WARD_OK;
}

static enum ward_status stop_at_first(void *context, const struct store_event_row *row,
                                      struct ward_error *err)
{
    (void)row;
    (void)err;
    *(bool *)context = true;
    return WARD_ERR_LIMIT; /* one is enough */
}

/* True when events came in behind the last linking; also when that cannot be told. */
static bool is_behind(struct store *store)
{
    struct store_event_query later = {0};
    bool found = false;
    enum ward_status status = store_record_find(store, str_of(RECORD_KIND), str_of(RECORD_ID),
                                                take_entry, &later.after_batch, NULL);
    if (status == WARD_OK || status == WARD_ERR_NOT_FOUND)
        status = store_events(store, &later, stop_at_first, &found, NULL);
    return found || status != WARD_OK;
}

/* Notes where the linking stood; if that fails the next start links once more than it must. */
static void note_entry(struct store *store, uint64_t entry, int64_t now_ms)
{
    char json[48];
    const int len = snprintf(json, sizeof json, "{\"entry\":%llu}", (unsigned long long)entry);
    struct store_record_change change = {.kind = str_of(RECORD_KIND),
                                         .id = str_of(RECORD_ID),
                                         .json = {json, (size_t)len},
                                         .expect = STORE_ETAG_ANY};
    struct store_record_batch batch = {.time_ms = now_ms, .changes = &change, .count = 1};
    if (store_records_change(store, &batch, NULL) != WARD_OK)
        return;
}

static enum ward_status link_anew(struct store *store, struct ward_error *err)
{
    const struct store_act act = {
        .who = str_of("ward"), .time_ms = api_now_ms(), .reason = str_of("events came in")};
    struct store_audit_head head;
    enum ward_status status = store_audit_head(store, &head, err);
    if (status == WARD_OK)
        status = casework_relink(store, &act, err);
    if (status == WARD_OK)
        note_entry(store, head.count, act.time_ms);
    return status;
}

/* Seen to: the next may begin after a pause that grows with what this one took. */
static void note_end(struct relinker *relinker, enum ward_status status, int64_t began_ms)
{
    (void)pthread_mutex_lock(&relinker->lock);
    const int64_t now = steady_ms();
    const int64_t took = now - began_ms;
    const int64_t pause = took * RELINK_EASE;
    relinker->is_running = false;
    relinker->earliest_ms = now + (pause < RELINK_PAUSE_MAX_MS ? pause : RELINK_PAUSE_MAX_MS);
    relinker->state.runs += status == WARD_OK;
    relinker->state.failures += status != WARD_OK;
    if (status == WARD_OK) {
        relinker->state.last_ms = api_now_ms();
        relinker->state.last_took_ms = took;
    } else if (!relinker->due_ms) {
        relinker->due_ms = now + 2000;
    }
    (void)pthread_cond_broadcast(&relinker->moved);
    (void)pthread_mutex_unlock(&relinker->lock);
}

static void relink(struct api *api, struct api_worker *worker, void *context)
{
    struct relinker *relinker = context;
    const int64_t began_ms = steady_ms();
    struct ward_error err = {0};
    enum ward_status status = WARD_ERR_BUSY;
    bool links = worker->store && !api_stops(api); /* else it is due after the next start */
    if (links && !relinker->has_looked) {
        relinker->has_looked = true; /* touched by jobs only, one at a time */
        links = is_behind(worker->store);
        status = WARD_OK;
    }
    if (links)
        status = link_anew(worker->store, &err);
    if (status == WARD_OK && links)
        api_changed(api);
    else if (status != WARD_OK && !api_stops(api))
        api_log(api, API_LOG_WARNING, "relink-failed", ward_status_name(status));
    note_end(relinker, status, began_ms);
}

/* ---- the clock ------------------------------------------------------------------------------- */

/* When the next relink may begin; -1: nothing is due. The lock is held. */
static int64_t next_ms(const struct relinker *relinker)
{
    if (!relinker->due_ms || relinker->is_running)
        return -1;
    return relinker->due_ms > relinker->earliest_ms ? relinker->due_ms : relinker->earliest_ms;
}

static void wait_until(struct relinker *relinker, int64_t at_ms)
{
    const struct timespec at = {.tv_sec = at_ms / 1000, .tv_nsec = (at_ms % 1000) * 1000000};
    if (at_ms < 0)
        (void)pthread_cond_wait(&relinker->moved, &relinker->lock);
    else
        (void)pthread_cond_timedwait(&relinker->moved, &relinker->lock, &at);
}

static void begin(struct relinker *relinker)
{
    struct ward_error err = {0};
    relinker->due_ms = 0;
    relinker->is_running = true;
    (void)pthread_mutex_unlock(&relinker->lock);
    const enum ward_status status = api_later(relinker->api, API_LANE_SLOW, relink, relinker, &err);
    (void)pthread_mutex_lock(&relinker->lock);
    if (status == WARD_OK)
        return;
    relinker->is_running = false;
    relinker->due_ms = steady_ms() + 2000; /* the lane is full: later */
}

static void *run_clock(void *argument)
{
    struct relinker *relinker = argument;
    (void)pthread_mutex_lock(&relinker->lock);
    while (!relinker->is_ending) {
        const int64_t at = next_ms(relinker);
        if (at >= 0 && at <= steady_ms())
            begin(relinker);
        else
            wait_until(relinker, at);
    }
    (void)pthread_mutex_unlock(&relinker->lock);
    return NULL;
}

/* ---- life ------------------------------------------------------------------------------------ */

enum ward_status relinker_new(struct api *api, struct relinker **out, struct ward_error *err)
{
    pthread_condattr_t steady;
    struct relinker *relinker = calloc(1, sizeof *relinker);
    *out = relinker;
    if (!relinker)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    relinker->api = api;
    (void)pthread_mutex_init(&relinker->lock, NULL);
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&relinker->moved, &steady);
    (void)pthread_condattr_destroy(&steady);
    relinker->has_clock = pthread_create(&relinker->clock, NULL, run_clock, relinker) == 0;
    if (relinker->has_clock)
        return WARD_OK;
    relinker_free(relinker);
    *out = NULL;
    return error_set(err, WARD_ERR_IO, "cannot start a thread");
}

void relinker_free(struct relinker *relinker)
{
    if (!relinker)
        return;
    (void)pthread_mutex_lock(&relinker->lock);
    relinker->is_ending = true;
    (void)pthread_cond_broadcast(&relinker->moved);
    (void)pthread_mutex_unlock(&relinker->lock);
    if (relinker->has_clock)
        (void)pthread_join(relinker->clock, NULL);
    (void)pthread_cond_destroy(&relinker->moved);
    (void)pthread_mutex_destroy(&relinker->lock);
    free(relinker);
}

void relinker_mark(struct relinker *relinker)
{
    (void)pthread_mutex_lock(&relinker->lock);
    if (!relinker->due_ms) {
        relinker->due_ms = steady_ms() + RELINK_SOON_MS;
        (void)pthread_cond_broadcast(&relinker->moved);
    }
    (void)pthread_mutex_unlock(&relinker->lock);
}

struct relinker_state relinker_state(struct relinker *relinker)
{
    (void)pthread_mutex_lock(&relinker->lock);
    struct relinker_state state = relinker->state;
    state.is_due = relinker->due_ms != 0 || relinker->is_running;
    (void)pthread_mutex_unlock(&relinker->lock);
    return state;
}
