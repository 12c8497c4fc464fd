/**
 * Phase one: every event by itself. See round.h.
 */
#include <stdlib.h>

#include "base/error.h"
#include "pipeline/round.h"

static bool slot_reserve(const struct pipeline *pipeline, struct slot *slot, size_t count)
{
    if (count <= slot->capacity)
        return true;
    struct trace *traces = realloc(slot->traces, count * sizeof *traces);
    if (!traces)
        return false;
    slot->traces = traces;
    if (pipeline->setup.check.session) {
        const size_t words = round_said_words(pipeline);
        uint64_t *said = realloc(slot->said, count * words * sizeof *said + 8u);
        if (!said)
            return false;
        slot->said = said;
    }
    slot->capacity = count;
    return true;
}

static enum ward_status judge_alone(const struct pipeline_stream *stream,
                                    struct ward_scratch *scratch, struct slot *slot, size_t i)
{
    const struct pipeline_setup *setup = &stream->pipeline->setup;
    const struct ward_event *event = &slot->batch.events[i];
    const struct ward_verdict *verdict;
    struct ward_check_options options = setup->check;
    options.session = NULL;
    const enum ward_status status = ward_check(setup->engine, scratch, event, &options, &verdict);
    if (status != WARD_OK)
        return status;
    if (stream->hooks.put)
        stream->hooks.put(stream->hooks.user, &slot->out, event, verdict);
    slot->traces[i] = (struct trace){.end = (uint32_t)slot->out.len,
                                     .level = (uint8_t)verdict->level,
                                     .role = (uint8_t)verdict->role,
                                     .helped = verdict->help_count > 0,
                                     .shows = verdict->handle_count || event->media_count,
                                     .log_odds = engine_own_log_odds(scratch, verdict)};
    if (setup->check.session) {
        slot->traces[i].asks_memory = engine_asks_memory(scratch);
        session_said(scratch, slot->said + i * round_said_words(stream->pipeline));
    }
    return slot->out.failed;
}

void round_judge(void *context, uint32_t worker, uint32_t task)
{
    const struct pipeline *pipeline = context;
    const struct pipeline_stream *stream = pipeline->judging;
    struct slot *slot = &stream->judging->slots[task];
    buf_clear(&slot->out);
    slot->status = feed_batch_parse(&slot->batch, &slot->err);
    if (slot->status != WARD_OK)
        return;
    if (!slot_reserve(pipeline, slot, slot->batch.event_count)) {
        slot->status = error_set(&slot->err, WARD_ERR_NOMEM, "out of memory");
        return;
    }
    for (size_t i = 0; i < slot->batch.event_count && slot->status == WARD_OK; i++)
        slot->status = judge_alone(stream, pipeline->scratches[worker], slot, i);
    if (slot->status != WARD_OK)
        (void)error_set(&slot->err, slot->status, "cannot judge an event: %s",
                        ward_status_name(slot->status));
}
