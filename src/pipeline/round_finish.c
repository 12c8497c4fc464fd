/**
 * Phase two: events in input order, with what was said before. See round.h.
 */
#include "base/error.h"
#include "pipeline/round.h"

static void count_verdict(struct pipeline_stream *stream, uint8_t level, bool helped)
{
    stream->totals.levels[level]++;
    stream->totals.helped += helped;
    stream->totals.failing |= level >= (uint8_t)stream->pipeline->setup.fail_level;
}

static void put_verdict(const struct pipeline_stream *stream, struct buf *out,
                        const struct ward_event *event, const struct ward_verdict *verdict)
{
    if (stream->hooks.put)
        stream->hooks.put(stream->hooks.user, out, event, verdict);
}

static enum ward_status store_event(struct pipeline_stream *stream, const struct slot *slot,
                                    size_t i, uint64_t index, const struct ward_verdict *verdict)
{
    struct ingest *ingest = stream->pipeline->setup.ingest;
    if (!ingest)
        return WARD_OK;
    const struct ingest_item item = {.event = &slot->batch.events[i],
                                     .place = &slot->batch.places[i],
                                     .index = index,
                                     .verdict = verdict};
    return ingest_take(ingest, &item, &stream->store_err);
}

/* Phase one left no verdict: where one is stored, the event is judged again, with the same end. */
static enum ward_status store_judged_alone(struct pipeline_stream *stream, const struct slot *slot,
                                           size_t i, uint64_t index)
{
    const struct pipeline *pipeline = stream->pipeline;
    const struct trace *trace = &slot->traces[i];
    const struct ward_verdict *verdict = NULL;
    struct ward_check_options options = pipeline->setup.check;
    enum ward_status status = WARD_OK;
    options.session = NULL;
    if (pipeline->setup.ingest && (trace->level > WARD_LEVEL_NONE || trace->shows))
        status = ward_check(pipeline->setup.engine, pipeline->scratches[0], &slot->batch.events[i],
                            &options, &verdict);
    return status == WARD_OK ? store_event(stream, slot, i, index, verdict) : status;
}

/* An earlier event's level has risen. */
static void take_revision(void *user, const struct ward_event *event, uint64_t index,
                          enum ward_level before, const struct ward_verdict *verdict)
{
    struct pipeline_stream *stream = user;
    struct ingest *ingest = stream->pipeline->setup.ingest;
    stream->totals.levels[before]--;
    stream->totals.flagged += before == WARD_LEVEL_NONE;
    count_verdict(stream, (uint8_t)verdict->level, false);
    if (stream->hooks.put) {
        struct buf *out = revisions_begin(&stream->revisions, index, verdict->revision);
        if (!out) {
            stream->out.failed = WARD_ERR_NOMEM;
            return;
        }
        put_verdict(stream, out, event, verdict);
        revisions_end(&stream->revisions);
    }
    if (!ingest || stream->store_err.status != WARD_OK)
        return;
    if (ingest_raise(ingest, event, index, verdict, &stream->store_err) == WARD_OK)
        error_clear(&stream->store_err);
}

/* The verdict depends on what was said before: judge again, now knowing it. */
static enum ward_status judge_in_context(struct pipeline_stream *stream, const struct slot *slot,
                                         size_t i, const struct ward_check_options *options)
{
    const struct pipeline *pipeline = stream->pipeline;
    const struct ward_event *event = &slot->batch.events[i];
    const struct ward_verdict *verdict;
    const enum ward_status status =
        ward_check(pipeline->setup.engine, pipeline->scratches[0], event, options, &verdict);
    if (status != WARD_OK)
        return status;
    count_verdict(stream, (uint8_t)verdict->level, verdict->help_count > 0);
    stream->totals.flagged += verdict->level > WARD_LEVEL_NONE;
    put_verdict(stream, &stream->out, event, verdict);
    return store_event(stream, slot, i, options->index, verdict);
}

/* The verdict of phase one stands: take over its output. */
static void take_output(struct pipeline_stream *stream, const struct slot *slot, size_t i)
{
    const struct trace *trace = &slot->traces[i];
    const uint32_t begin = i ? slot->traces[i - 1].end : 0;
    count_verdict(stream, trace->level, trace->helped);
    stream->totals.flagged += trace->level > WARD_LEVEL_NONE;
    if (trace->end > begin)
        buf_put(&stream->out, slot->out.data + begin, trace->end - begin);
}

static enum ward_status finish_in_session(struct pipeline_stream *stream, struct slot *slot,
                                          size_t i, uint64_t index)
{
    const struct pipeline *pipeline = stream->pipeline;
    const struct ward_event *event = &slot->batch.events[i];
    const struct trace *trace = &slot->traces[i];
    struct ward_check_options options = pipeline->setup.check;
    enum ward_status status;
    options.index = index;
    if (trace->asks_memory && session_has_memory(options.session, event)) {
        status = judge_in_context(stream, slot, i, &options);
    } else {
        const struct session_event what = {.event = event,
                                           .index = index,
                                           .said = slot->said + i * round_said_words(pipeline),
                                           .level = (enum ward_level)trace->level,
                                           .role = (enum ward_role)trace->role,
                                           .log_odds = trace->log_odds,
                                           .asks_memory = trace->asks_memory};
        take_output(stream, slot, i);
        status = session_remember(options.session, pipeline->scratches[0], &what);
        if (status == WARD_OK)
            status = store_judged_alone(stream, slot, i, index);
    }
    if (status == WARD_OK)
        status = ward_session_revise(pipeline->setup.engine, pipeline->scratches[0], event,
                                     &options, take_revision, stream);
    if (status == WARD_OK)
        status = stream->store_err.status;
    if (status == WARD_OK && (index + 1) % PIPELINE_SETTLE_EVENTS == 0)
        status = ward_session_settle(options.session);
    return status;
}

static enum ward_status finish_event(struct pipeline_stream *stream, struct slot *slot, size_t i)
{
    const struct pipeline_hooks *hooks = &stream->hooks;
    enum ward_status status;
    stream->totals.events++;
    if (hooks->admit && !hooks->admit(hooks->user, &slot->batch.events[i])) {
        stream->totals.repeats++;
        return WARD_OK;
    }
    const uint64_t index = stream->pipeline->setup.order->events++;
    if (stream->pipeline->setup.check.session) {
        status = finish_in_session(stream, slot, i, index);
    } else {
        take_output(stream, slot, i);
        status = store_judged_alone(stream, slot, i, index);
    }
    return status != WARD_OK ? status : stream->out.failed;
}

static enum ward_status tell_faults(struct pipeline_stream *stream, const struct slot *slot,
                                    bool strict, struct ward_error *err)
{
    for (size_t i = 0; i < slot->batch.fault_count; i++) {
        struct ward_error fault = {0};
        feed_fault_error(&slot->batch, i, &fault);
        stream->totals.skipped++;
        enum ward_status status = strict ? fault.status : WARD_OK;
        if (!strict && stream->hooks.fault)
            status = stream->hooks.fault(stream->hooks.user, &fault);
        if (status == WARD_OK)
            continue;
        if (err)
            *err = fault;
        return status;
    }
    return WARD_OK;
}

/* Events before the first bad record: all of them unless strictness stops there. */
static size_t events_to_finish(const struct slot *slot, bool strict)
{
    size_t count = slot->batch.event_count;
    if (!strict || !slot->batch.fault_count)
        return count;
    while (count && slot->batch.places[count - 1].line > slot->batch.faults[0].line)
        count--;
    return count;
}

static enum ward_status finish_slot(struct pipeline_stream *stream, struct slot *slot, bool strict,
                                    struct ward_error *err)
{
    if (slot->status != WARD_OK) {
        if (err)
            *err = slot->err;
        return slot->status;
    }
    const size_t count = events_to_finish(slot, strict);
    enum ward_status status = WARD_OK;
    for (size_t i = 0; i < count && status == WARD_OK; i++)
        status = finish_event(stream, slot, i);
    if (status != WARD_OK && stream->store_err.status == status) {
        if (err)
            *err = stream->store_err;
        return status;
    }
    if (status != WARD_OK)
        return error_set(err, status, "cannot judge an event: %s", ward_status_name(status));
    return tell_faults(stream, slot, strict, err);
}

enum ward_status round_finish(struct pipeline_stream *stream, struct round *round, bool strict,
                              struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    buf_clear(&stream->out);
    for (uint32_t s = 0; s < round->count && status == WARD_OK; s++)
        status = finish_slot(stream, &round->slots[s], strict, err);
    if (stream->hooks.write)
        stream->is_closed |= !stream->hooks.write(stream->hooks.user, buf_str(&stream->out));
    if (revisions_bytes(&stream->revisions) > PIPELINE_REVISIONS_BYTES_MAX)
        pipeline_finish(stream);
    if (stream->hooks.progress && round->count)
        stream->hooks.progress(stream->hooks.user, &stream->totals);
    round->count = 0;
    return status;
}
