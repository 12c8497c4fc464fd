/**
 * The pipeline behind ward.h: fields -> signals -> (context) -> verdict.
 */
#include "engine/engine.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "engine/session.h"
#include "pack/pack_cache.h"

/* Digits of the pack hash shown behind its name: 48 bits tell packs apart for people and tests. */
#define PACK_HASH_DIGITS 12

/* ---- engine ---------------------------------------------------------------------------------- */

/* "name@version+hash" of every source, in one block. */
static enum ward_status name_packs(struct ward_engine *engine)
{
    const struct pack *pack = engine->pack;
    size_t bytes = 1;
    for (uint32_t i = 0; i < pack->source_count; i++)
        bytes += pack->sources[i].name.len + pack->sources[i].version.len + PACK_HASH_DIGITS + 3u;
    engine->names = calloc(pack->source_count + 1u, sizeof *engine->names);
    engine->name_bytes = malloc(bytes);
    if (!engine->names || !engine->name_bytes)
        return WARD_ERR_NOMEM;
    size_t at = 0;
    for (uint32_t i = 0; i < pack->source_count; i++) {
        const struct pack_source *source = &pack->sources[i];
        const int len = snprintf(engine->name_bytes + at, bytes - at, "%.*s@%.*s+%.*s",
                                 (int)source->name.len, source->name.data, (int)source->version.len,
                                 source->version.data, PACK_HASH_DIGITS, source->hash);
        assert(len > 0 && (size_t)len < bytes - at);
        engine->names[i] = (struct ward_str){engine->name_bytes + at, (size_t)len};
        at += (size_t)len + 1u;
    }
    engine->name_count = pack->source_count;
    return WARD_OK;
}

enum ward_status ward_engine_open(const struct ward_engine_options *options,
                                  struct ward_engine **out, struct ward_error *err)
{
    error_clear(err);
    if (!out)
        return error_set(err, WARD_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!options || !options->dirs || !options->dir_count)
        return error_set(err, WARD_ERR_ARGUMENT, "no pack folder is given");
    struct ward_engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    const struct pack_cache cache = {.file = options->cache_file, .dir = options->cache_dir};
    enum ward_status status =
        pack_load_cached(options->dirs, options->dir_count, &cache, NULL, &engine->pack, err);
    if (status == WARD_OK)
        status = verdict_plan_new(engine->pack, &engine->plan, err);
    if (status == WARD_OK) {
        status = name_packs(engine);
        if (status != WARD_OK)
            (void)error_set(err, status, "out of memory");
    }
    if (status != WARD_OK) {
        ward_engine_close(engine);
        return status;
    }
    *out = engine;
    return WARD_OK;
}

void ward_engine_close(struct ward_engine *engine)
{
    if (!engine)
        return;
    verdict_plan_free(engine->plan);
    pack_free(engine->pack);
    free(engine->names);
    free(engine->name_bytes);
    free(engine);
}

const struct ward_str *ward_engine_packs(const struct ward_engine *engine, size_t *count)
{
    assert(engine && count);
    *count = engine->name_count;
    return engine->names;
}

/* ---- scratch --------------------------------------------------------------------------------- */

enum ward_status ward_scratch_new(const struct ward_engine *engine, struct ward_scratch **out)
{
    if (!out)
        return WARD_ERR_ARGUMENT;
    *out = NULL;
    if (!engine)
        return WARD_ERR_ARGUMENT;
    struct ward_scratch *s = calloc(1, sizeof *s);
    if (!s)
        return WARD_ERR_NOMEM;
    s->engine = engine;
    const size_t words = engine->pack->signal_words + 1u;
    enum ward_status status = WARD_ERR_NOMEM;
    s->said = calloc(words, sizeof *s->said);
    s->heard = calloc(words, sizeof *s->heard);
    s->known = calloc(words, sizeof *s->known);
    if (s->said && s->heard && s->known)
        status = signal_scratch_new(engine->pack, &s->reader);
    if (status == WARD_OK)
        status = verdict_scratch_new(engine->plan, &s->judge);
    if (status == WARD_OK)
        status = name_cache_new(&s->names);
    if (status != WARD_OK) {
        ward_scratch_free(s);
        return status;
    }
    *out = s;
    return WARD_OK;
}

void ward_scratch_free(struct ward_scratch *s)
{
    if (!s)
        return;
    for (uint32_t i = 0; i < s->capacity; i++)
        signals_release(&s->pool[i]);
    free(s->pool);
    free(s->fields);
    name_cache_free(s->names);
    verdict_scratch_free(s->judge);
    signal_scratch_free(s->reader);
    free(s->said);
    free(s->heard);
    free(s->known);
    free(s);
}

/* ---- check ----------------------------------------------------------------------------------- */

struct verdict_options engine_options(const struct ward_engine *engine,
                                      const struct ward_check_options *options)
{
    const struct ward_check_options none = {0};
    const struct ward_check_options *o = options ? options : &none;
    return (struct verdict_options){
        .watch = o->threshold_watch > 0 ? o->threshold_watch : engine->pack->threshold_watch,
        .review = o->threshold_review > 0 ? o->threshold_review : engine->pack->threshold_review,
        .urgent = o->threshold_urgent,
        .every_rule = o->every_rule,
        .whole_only = o->whole_only,
    };
}

double engine_own_log_odds(const struct ward_scratch *scratch, const struct ward_verdict *verdict)
{
    double sum = verdict->base - verdict_remembered(scratch->judge);
    for (size_t i = 0; i < verdict->reason_count; i++)
        sum += verdict->reasons[i].weight;
    return sum;
}

static enum ward_status remember(struct ward_session *session, struct ward_scratch *scratch,
                                 uint64_t index, const struct ward_verdict *verdict)
{
    const struct session_event what = {.event = scratch->input.event,
                                       .index = index,
                                       .said = scratch->said,
                                       .level = verdict->level,
                                       .role = verdict->role,
                                       .log_odds = engine_own_log_odds(scratch, verdict),
                                       .asks_memory = engine_asks_memory(scratch)};
    session_said(scratch, scratch->said);
    return session_remember(session, scratch, &what);
}

enum ward_status ward_check(const struct ward_engine *engine, struct ward_scratch *scratch,
                            const struct ward_event *event,
                            const struct ward_check_options *options,
                            const struct ward_verdict **verdict)
{
    if (!verdict)
        return WARD_ERR_ARGUMENT;
    *verdict = NULL;
    if (!engine || !scratch || !event || scratch->engine != engine)
        return WARD_ERR_ARGUMENT;
    const struct verdict_options how = engine_options(engine, options);
    struct ward_session *session = options ? options->session : NULL;
    enum ward_status status = fields_read(scratch, event);
    if (status == WARD_OK && session)
        session_recall(session, scratch, event, SESSION_NO_POSITION);
    if (status == WARD_OK)
        status = verdict_judge(engine->plan, &scratch->input, &how, scratch->judge, verdict);
    if (status == WARD_OK && session)
        status = remember(session, scratch, options->index, *verdict);
    if (status != WARD_OK)
        *verdict = NULL;
    return status;
}
