/**
 * Inside the pipeline: rounds and the two phases each goes through.
 *
 * A round moves through: filled -> judged (phase one, any thread of the crew) -> finished (phase
 * two, the calling thread, in its turn). A stream has two; one is judged while the other is
 * finished and then filled again.
 *
 * Phase one judges every event by itself and puts its output into the batch's own buffer. That
 * verdict stands unless a rule that asks memory may hold for the event and its thread or account is
 * remembered for something such rules ask: then phase two judges it again.
 */
#ifndef WARD_PIPELINE_ROUND_H
#define WARD_PIPELINE_ROUND_H

#include "pipeline/crew.h"
#include "pipeline/order.h"
#include "pipeline/revisions.h"

/** What phase one leaves of an event. */
struct trace {
    double log_odds;
    uint32_t end; /**< of its output in the slot's buffer; it begins where the one before ends */
    uint8_t level;
    uint8_t role;
    bool asks_memory; /**< what was said before may change the verdict */
    bool shows;       /**< a handle or a picture: it may tie */
    bool helped;
};

/** One batch and what becomes of it. */
struct slot {
    struct feed_batch batch;
    struct buf out;
    struct trace *traces; /**< owned; one per event */
    uint64_t *said;       /**< owned; signal words per event, when context is on */
    size_t capacity;
    enum ward_status status;
    struct ward_error err;
};

struct round {
    struct slot slots[PIPELINE_ROUND_BATCHES];
    uint32_t count;
    bool is_end; /**< the feed ended in this round */
};

struct pipeline {
    struct pipeline_setup setup;
    struct crew *crew;               /**< owned */
    struct ward_scratch **scratches; /**< owned; one per thread */
    struct pipeline_stream *judging; /**< whose turn it is; what the crew works on */
};

struct pipeline_stream {
    struct pipeline *pipeline;
    struct pipeline_hooks hooks;
    struct round rounds[2];
    struct round *judging; /**< borrowed by the crew */
    struct buf out;        /**< verdicts of the round being finished */
    struct revisions revisions;
    struct pipeline_totals totals;
    struct ward_error store_err; /**< status != OK: why an event could not be stored */
    bool is_closed;              /**< nobody reads what is written */
};

/** Signal words of one event. */
static inline size_t round_said_words(const struct pipeline *pipeline)
{
    return pipeline->setup.engine->pack->signal_words;
}

/** Phase one, a task of the crew: one batch of `pipeline->judging`. */
crew_fn round_judge;

/** Phase two. Errors of the batches, the store, memory. */
enum ward_status round_finish(struct pipeline_stream *stream, struct round *round, bool strict,
                              struct ward_error *err) WARD_MUST_USE;

#endif
