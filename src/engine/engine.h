/**
 * What the files of this room share: the engine and the scratch behind ward.h.
 */
#ifndef WARD_ENGINE_ENGINE_H
#define WARD_ENGINE_ENGINE_H

#include "engine/name_cache.h"
#include "pack/pack.h"
#include "signal/signals.h"
#include "verdict/verdict.h"
#include "ward/ward.h"

struct ward_engine {
    const struct pack *pack; /**< owned */
    struct verdict_plan *plan;
    struct ward_str *names; /**< owned array; strings in `name_bytes` */
    char *name_bytes;
    size_t name_count;
};

struct ward_scratch {
    const struct ward_engine *engine;
    struct signal_scratch *reader;
    struct verdict_scratch *judge;
    struct name_cache *names;
    struct signals *pool;         /**< owned; results of this event's texts, reused */
    struct verdict_field *fields; /**< owned; as many as pool */
    uint32_t capacity;
    uint32_t used;
    uint64_t *said;              /**< owned; signal_words: counted in the event's own words */
    uint64_t *heard;             /**< owned; signal_words: the thread without the event itself */
    uint64_t *known;             /**< owned; signal_words: the account */
    struct ward_verdict revised; /**< a verdict with its revision set */
    struct verdict_input input;
};

/** Effective thresholds: the caller's where given, else the packs'. */
struct verdict_options engine_options(const struct ward_engine *engine,
                                      const struct ward_check_options *options);

/**
 * Reads every field of `event` into scratch->input (context left empty). WARD_ERR_NOMEM,
 * WARD_ERR_LIMIT.
 */
enum ward_status fields_read(struct ward_scratch *scratch, const struct ward_event *event);

/** True when memory of group or account may change the verdict of the event read last. */
static inline bool engine_asks_memory(const struct ward_scratch *scratch)
{
    return verdict_asks_memory(scratch->engine->plan, &scratch->input);
}

/** Log-odds of the verdict given last, without what memory added to it. */
double engine_own_log_odds(const struct ward_scratch *scratch, const struct ward_verdict *verdict);

#endif
