/**
 * Lives of pipelines and streams, and the turns in which rounds go through. See the header and
 * round.h for the plan.
 */
#include "pipeline/pipeline.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "pipeline/round.h"

/* One verdict's output never comes near this: spans and reasons are bounded. */
#define BATCH_OUTPUT_BYTES_MAX (1024u * 1024u * 1024u)

/* ---- reading --------------------------------------------------------------------------------- */

static bool is_ready(const struct pipeline_source *source)
{
    return !source->is_ready || source->is_ready(source->context);
}

/* Fills batches until the round is full, the feed ends, or a live source has no more at hand. */
static enum ward_status fill_round(struct round *round, const struct pipeline_source *source,
                                   bool may_wait, struct ward_error *err)
{
    round->count = 0;
    round->is_end = false;
    while (round->count < PIPELINE_ROUND_BATCHES && !round->is_end) {
        if (!(may_wait && round->count == 0) && !is_ready(source))
            return WARD_OK;
        struct slot *slot = &round->slots[round->count];
        const enum ward_status status = feed_fill(source->feed, &slot->batch, err);
        if (status != WARD_OK)
            return status;
        round->is_end = slot->batch.is_end;
        round->count++;
    }
    return WARD_OK;
}

/* What reading came to. */
struct reading {
    const struct pipeline_source *source;
    enum ward_status status;
    struct ward_error err;
    bool is_end;
};

static void read_round(struct reading *reading, struct round *round, bool may_wait)
{
    reading->status = fill_round(round, reading->source, may_wait, &reading->err);
    reading->is_end = round->is_end || reading->status != WARD_OK;
}

/* One turn: `ready` is judged while `judged` is finished and then filled again. */
static enum ward_status take_turn(struct pipeline_stream *stream, struct reading *reading,
                                  struct round *ready, struct round *judged, struct ward_error *err)
{
    struct pipeline *pipeline = stream->pipeline;
    const struct pipeline_setup *setup = &pipeline->setup;
    pipeline_order_enter(setup->order);
    if (stream->hooks.begin)
        stream->hooks.begin(stream->hooks.user);
    stream->judging = ready;
    pipeline->judging = stream;
    crew_start(pipeline->crew, ready->count);
    enum ward_status status = round_finish(stream, judged, reading->source->strict, err);
    if (status == WARD_OK && !reading->is_end && !reading->source->reads_outside)
        read_round(reading, judged, false);
    if (stream->hooks.settle) {
        struct ward_error cause = {0};
        const enum ward_status settled = stream->hooks.settle(stream->hooks.user, status, &cause);
        if (status == WARD_OK && settled != WARD_OK && err)
            *err = cause;
        status = status == WARD_OK ? settled : status;
    }
    crew_finish(pipeline->crew);
    pipeline_order_leave(setup->order);
    return status;
}

enum ward_status pipeline_read(struct pipeline_stream *stream, const struct pipeline_source *source,
                               struct ward_error *err)
{
    assert(stream && source && source->feed);
    struct reading reading = {.source = source};
    struct round *ready = &stream->rounds[0];  /* filled, to be judged */
    struct round *judged = &stream->rounds[1]; /* judged, to be finished */
    ready->count = judged->count = 0;
    ready->is_end = judged->is_end = false;
    enum ward_status status = WARD_OK;
    while (status == WARD_OK && !stream->is_closed) {
        const bool is_idle = !ready->count && !judged->count;
        if (is_idle && reading.is_end)
            break;
        if (is_idle ||
            (source->reads_outside && !ready->count && !reading.is_end && is_ready(source)))
            read_round(&reading, ready, is_idle); /* outside of any turn */
        status = take_turn(stream, &reading, ready, judged, err);
        struct round *swap = ready;
        ready = judged;
        judged = swap;
    }
    if (status == WARD_OK && reading.status != WARD_OK && err)
        *err = reading.err;
    return status != WARD_OK ? status : reading.status;
}

void pipeline_finish(struct pipeline_stream *stream)
{
    if (stream->hooks.write)
        revisions_write(&stream->revisions, stream->hooks.write, stream->hooks.user);
}

const struct pipeline_totals *pipeline_totals(const struct pipeline_stream *stream)
{
    return &stream->totals;
}

/* ---- life ------------------------------------------------------------------------------------ */

static void round_init(struct round *round)
{
    for (uint32_t i = 0; i < PIPELINE_ROUND_BATCHES; i++) {
        feed_batch_init(&round->slots[i].batch);
        buf_init(&round->slots[i].out, BATCH_OUTPUT_BYTES_MAX);
    }
}

static void round_release(struct round *round)
{
    for (uint32_t i = 0; i < PIPELINE_ROUND_BATCHES; i++) {
        feed_batch_release(&round->slots[i].batch);
        buf_release(&round->slots[i].out);
        free(round->slots[i].traces);
        free(round->slots[i].said);
    }
}

enum ward_status pipeline_stream_new(struct pipeline *pipeline, const struct pipeline_hooks *hooks,
                                     struct pipeline_stream **out, struct ward_error *err)
{
    struct pipeline_stream *stream = calloc(1, sizeof *stream);
    *out = stream;
    if (!stream)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    stream->pipeline = pipeline;
    stream->hooks = *hooks;
    round_init(&stream->rounds[0]);
    round_init(&stream->rounds[1]);
    buf_init(&stream->out, SIZE_MAX / 2);
    revisions_init(&stream->revisions);
    return WARD_OK;
}

void pipeline_stream_free(struct pipeline_stream *stream)
{
    if (!stream)
        return;
    revisions_release(&stream->revisions);
    buf_release(&stream->out);
    round_release(&stream->rounds[0]);
    round_release(&stream->rounds[1]);
    free(stream);
}

enum ward_status pipeline_new(const struct pipeline_setup *setup, struct pipeline **out,
                              struct ward_error *err)
{
    assert(setup && out && setup->order && setup->threads >= 1 &&
           setup->threads <= PIPELINE_THREADS_MAX);
    *out = NULL;
    struct pipeline *pipeline = calloc(1, sizeof *pipeline);
    if (!pipeline)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    pipeline->setup = *setup;
    pipeline->scratches = calloc((size_t)setup->threads, sizeof(struct ward_scratch *));
    enum ward_status status = pipeline->scratches ? WARD_OK : WARD_ERR_NOMEM;
    for (int i = 0; i < setup->threads && status == WARD_OK; i++)
        status = ward_scratch_new(setup->engine, &pipeline->scratches[i]);
    if (status == WARD_OK)
        status = crew_new((uint32_t)setup->threads, round_judge, pipeline, &pipeline->crew);
    if (status != WARD_OK) {
        pipeline_free(pipeline);
        return error_set(err, status, "cannot start: %s", ward_status_name(status));
    }
    *out = pipeline;
    return WARD_OK;
}

void pipeline_free(struct pipeline *pipeline)
{
    if (!pipeline)
        return;
    crew_free(pipeline->crew);
    for (int i = 0; pipeline->scratches && i < pipeline->setup.threads; i++)
        ward_scratch_free(pipeline->scratches[i]);
    free(pipeline->scratches);
    free(pipeline);
}
