/**
 * The packs in force, swapped whole. Threads hold the ones they use; the last to let go frees them.
 */
#include <stdlib.h>
#include <string.h>

#include "api/service.h"
#include "base/error.h"
#include "base/str.h"
#include "pack/pack_dirs.h"

#define DIRS_BYTES_MAX (1024u * 1024u)

static void engine_free(struct service_engine *engine)
{
    if (!engine)
        return;
    ward_engine_close(engine->shown.engine);
    buf_release(&engine->packs);
    arena_release(&engine->paths);
    free(engine);
}

/* ---- holding --------------------------------------------------------------------------------- */

const struct api_engine *api_engine_hold(struct api *api)
{
    (void)pthread_mutex_lock(&api->engine_lock);
    api->engine->holders++;
    struct service_engine *engine = api->engine;
    (void)pthread_mutex_unlock(&api->engine_lock);
    return &engine->shown;
}

void api_engine_drop(struct api *api, const struct api_engine *held)
{
    if (!held)
        return;
    union {
        const struct api_engine *shown;
        struct service_engine *whole; /* `shown` is its first member */
    } engine = {.shown = held};
    (void)pthread_mutex_lock(&api->engine_lock);
    const bool is_last = --engine.whole->holders == 0;
    (void)pthread_mutex_unlock(&api->engine_lock);
    if (is_last)
        engine_free(engine.whole);
}

enum ward_status worker_refresh(struct service_worker *worker)
{
    struct api *api = worker->api;
    const struct api_engine *old = worker->shown.engine;
    if (old && old->generation == atomic_load_explicit(&api->generation, memory_order_acquire))
        return WARD_OK;
    const struct api_engine *engine = api_engine_hold(api);
    struct ward_scratch *scratch = NULL;
    const enum ward_status status = ward_scratch_new(engine->engine, &scratch);
    if (status != WARD_OK) {
        api_engine_drop(api, engine);
        return old ? WARD_OK : status;
    }
    worker_release(worker);
    worker->shown.engine = engine;
    worker->shown.scratch = scratch;
    return WARD_OK;
}

void worker_release(struct service_worker *worker)
{
    ward_scratch_free(worker->shown.scratch);
    api_engine_drop(worker->api, worker->shown.engine);
    worker->shown.scratch = NULL;
    worker->shown.engine = NULL;
}

/* ---- loading --------------------------------------------------------------------------------- */

static enum ward_status engine_make(struct api *api, const char *const *dirs, uint32_t count,
                                    struct service_engine **out, struct ward_error *err)
{
    struct service_engine *engine = calloc(1, sizeof *engine);
    *out = NULL;
    if (!engine)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    const struct ward_engine_options options = {.dirs = dirs,
                                                .dir_count = count,
                                                .cache_dir = api->cache_dir,
                                                .cache_file = api->conf.packs_cache};
    buf_init(&engine->packs, 1024u * 1024u);
    engine->holders = 1;
    enum ward_status status = ward_engine_open(&options, &engine->shown.engine, err);
    if (status == WARD_OK) {
        verdict_json_packs(&engine->packs, engine->shown.engine);
        engine->shown.packs = buf_str(&engine->packs);
        if (engine->packs.failed)
            status = error_set(err, engine->packs.failed, "out of memory");
    }
    if (status != WARD_OK) {
        engine_free(engine);
        return status;
    }
    *out = engine;
    return WARD_OK;
}

static void put_in_force(struct api *api, struct service_engine *engine)
{
    (void)pthread_mutex_lock(&api->engine_lock);
    struct service_engine *old = api->engine;
    const uint64_t generation = atomic_load(&api->generation) + 1;
    engine->shown.generation = generation;
    api->engine = engine;
    atomic_store_explicit(&api->generation, generation, memory_order_release);
    (void)pthread_mutex_unlock(&api->engine_lock);
    if (old)
        api_engine_drop(api, &old->shown);
}

static const char **copy_dirs(struct arena *arena, const char *const *dirs, uint32_t count)
{
    const char **copy = arena_calloc(arena, count + 1u, sizeof *copy);
    for (uint32_t i = 0; copy && i < count; i++) {
        copy[i] = arena_copy(arena, (struct ward_str){dirs[i], strlen(dirs[i])}).data;
        if (!copy[i])
            return NULL;
    }
    return copy;
}

/* Loads with the thresholds and the language of `check` and `lang`. Loads never overlap. */
static enum ward_status load(struct api *api, const char *const *dirs, uint32_t count,
                             const struct api_engine *like, struct ward_error *err)
{
    struct arena arena;
    struct service_engine *engine = NULL;
    arena_init(&arena, 4096, DIRS_BYTES_MAX);
    const char **copy = copy_dirs(&arena, dirs, count);
    enum ward_status status = WARD_ERR_NOMEM;
    if (copy)
        status = engine_make(api, copy, count, &engine, err);
    if (!engine) {
        arena_release(&arena);
        return status;
    }
    engine->shown.check = like->check;
    engine->shown.lang = like->lang;
    engine->shown.dirs = copy;
    engine->shown.dir_count = count;
    engine->shown.base_count = like->base_count;
    engine->paths = arena;
    put_in_force(api, engine);
    return WARD_OK;
}

enum ward_status api_engine_load(struct api *api, const char *const *dirs, uint32_t dir_count,
                                 struct ward_error *err)
{
    (void)pthread_mutex_lock(&api->load_lock);
    const struct api_engine *now = api_engine_hold(api);
    const enum ward_status status =
        load(api, dirs ? dirs : now->dirs, dirs ? dir_count : now->dir_count, now, err);
    api_engine_drop(api, now);
    (void)pthread_mutex_unlock(&api->load_lock);
    return status;
}

/* Folders that the settings name, then those that were put on top of them since. */
static enum ward_status find_dirs(struct api *api, const struct conf *conf, struct arena *arena,
                                  struct pack_dirs *dirs, uint32_t *base_count,
                                  struct ward_error *err)
{
    enum ward_status status = conf->packs
                                  ? pack_dirs_split(dirs, conf->packs, arena, err)
                                  : pack_default_dirs(dirs, getenv("WARD_PACKS"), arena, err);
    const uint32_t base = dirs->count;
    const struct api_engine *now = api->engine ? api_engine_hold(api) : NULL;
    for (uint32_t i = now ? now->base_count : 0; now && status == WARD_OK && i < now->dir_count;
         i++) {
        const struct ward_str path = arena_copy(arena, str_of(now->dirs[i]));
        if (dirs->count == PACK_DIRS_MAX || !path.data)
            status = error_set(err, WARD_ERR_LIMIT, "more than %u pack folders", PACK_DIRS_MAX);
        else
            dirs->at[dirs->count++] = path.data;
    }
    api_engine_drop(api, now);
    if (status == WARD_OK)
        *base_count = base;
    return status;
}

enum ward_status engines_load(struct api *api, const struct conf *conf, struct ward_error *err)
{
    struct arena arena;
    struct pack_dirs dirs = {0};
    struct api_engine like = {.check = {.threshold_watch = conf->watch,
                                        .threshold_review = conf->review,
                                        .threshold_urgent = conf->urgent},
                              .lang = (enum says_lang)conf->lang};
    arena_init(&arena, 4096, DIRS_BYTES_MAX);
    (void)pthread_mutex_lock(&api->load_lock);
    enum ward_status status = find_dirs(api, conf, &arena, &dirs, &like.base_count, err);
    if (status == WARD_OK)
        status = load(api, dirs.at, dirs.count, &like, err);
    (void)pthread_mutex_unlock(&api->load_lock);
    arena_release(&arena);
    return status;
}

enum ward_status engines_open(struct api *api, struct ward_error *err)
{
    if (pthread_mutex_init(&api->engine_lock, NULL) || pthread_mutex_init(&api->load_lock, NULL))
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    return engines_load(api, &api->conf, err);
}

void engines_close(struct api *api)
{
    if (api->engine)
        api_engine_drop(api, &api->engine->shown);
    api->engine = NULL;
}
