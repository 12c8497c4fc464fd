/**
 * Dry runs: stored events judged with the draft beside the packs in force. Nothing is changed.
 *
 * One runs at a time, on the slow lane; the last DRY_RUNS results are kept in memory until the next
 * ones or the end of the service.
 */
#include <jansson.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/job_reply.h"
#include "api/pack_parts.h"
#include "api/pack_validate.h"
#include "api/query_number.h"
#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"
#include "casework/replay.h"

#define DRY_RUNS 2
#define ID_BYTES 17u
#define EVENTS_DEFAULT 100000
#define EVENTS_MAX 1000000

enum run_state { RUN_NONE = 0, RUN_WAITING, RUN_RUNNING, RUN_DONE, RUN_FAILED };

struct dry_run {
    char id[ID_BYTES];
    enum run_state state;
    uint64_t number; /* of all runs */
    uint64_t limit;
    _Atomic uint64_t judged;
    struct replay *replay; /* once done */
    struct buf error;      /* once failed: a sentence, and the place in the pack */
};

struct dry_runs {
    pthread_mutex_t lock; /* guards all but `judged` */
    struct dry_run runs[DRY_RUNS];
    uint64_t count;
};

static struct dry_runs *runs_of(struct api *api)
{
    return api_state(api, &api_dry_run_part);
}

static enum ward_status start(struct api *api, void **state, struct ward_error *err)
{
    struct dry_runs *all = calloc(1, sizeof *all);
    (void)api;
    if (!all)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    (void)pthread_mutex_init(&all->lock, NULL);
    *state = all;
    return WARD_OK;
}

static void empty_run(struct dry_run *run)
{
    replay_free(run->replay);
    run->replay = NULL;
    if (run->state == RUN_FAILED)
        buf_release(&run->error);
    run->state = RUN_NONE;
}

static void stop(struct api *api, void *state)
{
    struct dry_runs *all = state;
    (void)api;
    for (int i = 0; all && i < DRY_RUNS; i++)
        empty_run(&all->runs[i]);
    if (all)
        (void)pthread_mutex_destroy(&all->lock);
    free(all);
}

/* ---- the job ---- */

struct job {
    struct api *api;
    struct dry_run *run;
};

static bool go_on(void *user, uint64_t judged)
{
    struct job *job = user;
    atomic_store(&job->run->judged, judged);
    return !api_stops(job->api);
}

static void end_run(struct job *job, enum ward_status status, struct replay *replay,
                    const struct ward_error *err)
{
    struct dry_runs *all = runs_of(job->api);
    (void)pthread_mutex_lock(&all->lock);
    job->run->replay = replay;
    job->run->state = status == WARD_OK ? RUN_DONE : RUN_FAILED;
    if (status != WARD_OK) {
        buf_init(&job->run->error, 65536);
        if (status == WARD_ERR_IO || status == WARD_ERR_NOMEM)
            buf_put_text(&job->run->error, ward_status_name(status));
        else
            buf_put_text(&job->run->error, err->message);
    }
    (void)pthread_mutex_unlock(&all->lock);
}

static void run_job(struct api *api, struct api_worker *worker, void *context)
{
    struct job *job = context;
    struct dry_runs *all = runs_of(api);
    struct ward_engine *draft = NULL;
    struct replay *replay = NULL;
    struct ward_error err = {.status = WARD_OK};
    struct pack_folders folders;
    (void)pthread_mutex_lock(&all->lock);
    job->run->state = RUN_RUNNING;
    (void)pthread_mutex_unlock(&all->lock);
    pack_service_folders(pack_service_of(api), worker->engine, OVERLAY_DRAFT, &folders);
    const struct ward_engine_options options = {.dirs = folders.at, .dir_count = folders.count};
    enum ward_status status = ward_engine_open(&options, &draft, &err);
    const struct replay_options how = {.store = worker->store,
                                       .after = draft,
                                       .before = worker->engine->engine,
                                       .check = worker->engine->check,
                                       .limit = job->run->limit,
                                       .go_on = go_on,
                                       .user = job};
    if (status == WARD_OK)
        status = replay_run(&how, &replay, &err);
    ward_engine_close(draft);
    end_run(job, status, replay, &err);
    free(job);
}

/* ---- starting one ---- */

/* The place for a new run: an empty one, else that of the oldest that ended. NULL: one is under
 * way. */
static struct dry_run *take_place(struct dry_runs *all)
{
    struct dry_run *best = NULL;
    for (int i = 0; i < DRY_RUNS; i++) {
        struct dry_run *run = &all->runs[i];
        if (run->state == RUN_WAITING || run->state == RUN_RUNNING)
            return NULL;
        if (!best || run->number < best->number)
            best = run;
    }
    return best;
}

static enum ward_status queue(struct api_call *call, uint64_t limit, char id[ID_BYTES],
                              struct ward_error *err)
{
    struct dry_runs *all = runs_of(call->api);
    unsigned char random[(ID_BYTES - 1) / 2];
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(id, ID_BYTES, random, sizeof random);
    enum ward_status status = WARD_OK;
    (void)pthread_mutex_lock(&all->lock);
    struct dry_run *run = take_place(all);
    *job = (struct job){call->api, run};
    if (!run)
        status = error_set(err, WARD_ERR_REFUSED, "a dry run is under way");
    else
        status = api_later(call->api, API_LANE_SLOW, run_job, job, err);
    if (status == WARD_OK) {
        empty_run(run);
        memcpy(run->id, id, ID_BYTES);
        run->state = RUN_WAITING;
        run->number = ++all->count;
        run->limit = limit;
        atomic_store(&run->judged, 0);
    } else {
        free(job);
    }
    (void)pthread_mutex_unlock(&all->lock);
    return status;
}

static enum ward_status read_limit(struct api_call *call, uint64_t *limit, struct ward_error *err)
{
    const struct ward_str body = http_body(call->request);
    *limit = EVENTS_DEFAULT;
    if (!body.len)
        return WARD_OK;
    json_t *root = json_loadb(body.data, body.len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *value = json_object_get(root, "limit");
    const json_int_t number = json_is_integer(value) ? json_integer_value(value) : 0;
    const bool is_object = json_is_object(root);
    const bool is_bad = value && (number < 1 || number > EVENTS_MAX);
    json_decref(root);
    if (!is_object)
        return error_set(err, WARD_ERR_FORMAT, "the body is a JSON object");
    if (is_bad)
        return error_set(err, WARD_ERR_ARGUMENT, "\"limit\" is a number from 1 to %d", EVENTS_MAX);
    if (value)
        *limit = (uint64_t)number;
    return WARD_OK;
}

static enum ward_status start_run(struct api_call *call, struct ward_error *err)
{
    char id[ID_BYTES];
    uint64_t limit;
    enum ward_status status = read_limit(call, &limit, err);
    if (status == WARD_OK)
        status = queue(call, limit, id, err);
    return status == WARD_OK ? job_reply(call, "run", "/v1/packs/dry-run", id, err) : status;
}

/* ---- telling of one ---- */

static void put_side(struct json_pen *pen, const char *key, const struct replay_side *side)
{
    pen_key(pen, key);
    pen_open(pen, '{');
    pen_pair_text(pen, "level", ward_level_name(side->level));
    pen_key(pen, "score");
    pen_number(pen, side->score, 4);
    pen_close(pen, '}');
}

static void put_names(struct json_pen *pen, const char *key, const struct ward_str *names,
                      size_t count)
{
    pen_key(pen, key);
    pen_open(pen, '[');
    for (size_t i = 0; i < count; i++)
        pen_string(pen, names[i]);
    pen_close(pen, ']');
}

static void put_change(struct json_pen *pen, const struct replay_change *c)
{
    pen_open(pen, '{');
    pen_key(pen, "seq");
    pen_integer(pen, (int64_t)c->seq);
    pen_pair(pen, "case", c->case_id);
    put_side(pen, "before", &c->before);
    put_side(pen, "after", &c->after);
    pen_key(pen, "rules");
    pen_open(pen, '{');
    put_names(pen, "added", c->added, c->added_count);
    put_names(pen, "removed", c->removed, c->removed_count);
    pen_close(pen, '}');
    pen_close(pen, '}');
}

static void put_levels(struct json_pen *pen, const struct replay_totals *t, bool after)
{
    pen_key(pen, after ? "after" : "before");
    pen_open(pen, '{');
    for (int a = 0; a < 4; a++) {
        uint64_t sum = 0;
        for (int b = 0; b < 4; b++)
            sum += after ? t->moved[b][a] : t->moved[a][b];
        pen_key(pen, ward_level_name((enum ward_level)a));
        pen_integer(pen, (int64_t)sum);
    }
    pen_close(pen, '}');
}

static void put_rules(struct json_pen *pen, const struct replay *replay)
{
    size_t count;
    const struct replay_rule *rules = replay_rules(replay, &count);
    pen_key(pen, "rules");
    pen_open(pen, '[');
    for (size_t i = 0; i < count; i++) {
        pen_open(pen, '{');
        pen_key(pen, "rule");
        pen_string(pen, rules[i].name);
        pen_key(pen, "added");
        pen_integer(pen, (int64_t)rules[i].added);
        pen_key(pen, "removed");
        pen_integer(pen, (int64_t)rules[i].removed);
        pen_close(pen, '}');
    }
    pen_close(pen, ']');
}

struct page {
    uint64_t limit, after;
};

static void put_result(struct json_pen *pen, const struct dry_run *run, const struct page *page)
{
    const struct replay_totals *t = replay_totals(run->replay);
    const uint64_t end =
        page->after + page->limit < t->changed ? page->after + page->limit : t->changed;
    pen_key(pen, "differ");
    pen_integer(pen, (int64_t)t->changed);
    pen_key(pen, "levels");
    pen_open(pen, '{');
    put_levels(pen, t, false);
    put_levels(pen, t, true);
    pen_close(pen, '}');
    put_rules(pen, run->replay);
    pen_key(pen, "changed");
    pen_open(pen, '[');
    for (uint64_t i = page->after; i < end; i++) {
        struct replay_change change;
        replay_change_at(run->replay, i, &change);
        put_change(pen, &change);
    }
    pen_close(pen, ']');
    query_put_next(pen, end < t->changed, end);
}

static void put_run(struct json_pen *pen, const struct dry_run *run, const struct page *page)
{
    static const char *const names[] = {"", "waiting", "running", "done", "failed"};
    pen_open(pen, '{');
    pen_pair_text(pen, "run", run->id);
    pen_pair_text(pen, "state", names[run->state]);
    pen_key(pen, "judged");
    pen_integer(pen, (int64_t)(run->replay ? replay_totals(run->replay)->judged
                                           : atomic_load(&run->judged)));
    if (run->state == RUN_FAILED)
        pen_pair(pen, "detail", buf_str(&run->error));
    if (run->replay)
        put_result(pen, run, page);
    pen_close(pen, '}');
}

static enum ward_status get_run(struct api_call *call, struct ward_error *err)
{
    struct dry_runs *all = runs_of(call->api);
    const struct ward_str id = http_part(call->request, 0);
    const struct query_range range = {0, EVENTS_MAX, 0};
    struct json_pen pen;
    struct page page;
    enum ward_status status = query_limit(call->request, &page.limit, err);
    if (status == WARD_OK)
        status = query_number(call->request, "after", range, &page.after, err);
    if (status != WARD_OK)
        return status;
    pen_init(&pen, &call->reply->body, false);
    status = WARD_ERR_NOT_FOUND;
    (void)pthread_mutex_lock(&all->lock);
    for (int i = 0; i < DRY_RUNS && status != WARD_OK; i++) {
        if (all->runs[i].state == RUN_NONE || !str_equal(str_of(all->runs[i].id), id))
            continue;
        put_run(&pen, &all->runs[i], &page);
        status = WARD_OK;
    }
    (void)pthread_mutex_unlock(&all->lock);
    return status == WARD_OK
               ? status
               : error_set(err, status, "there is no such dry run, or its result is gone");
}

static const struct api_route routes[] = {
    {HTTP_POST, "/v1/packs/dry-run", ACCESS_PACKS, API_LANE_WRITE, start_run, 0},
    {HTTP_GET, "/v1/packs/dry-run/{run}", ACCESS_PACKS, API_LANE_READ, get_run, 0},
};

const struct api_part api_dry_run_part = {.name = "dry-runs",
                                          .routes = routes,
                                          .route_count = sizeof routes / sizeof routes[0],
                                          .start = start,
                                          .stop = stop};
