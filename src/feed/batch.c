/**
 * See batch.h and feed.h.
 */
#include "feed/batch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

/* A buffer larger than this is not kept for the next batch. */
#define DATA_KEPT_BYTES (8u * FEED_BLOCK_BYTES)
#define ARENA_BLOCK_BYTES (64u * 1024u)
#define FAULTS_FIRST 16u
#define EVENTS_FIRST 256u

void feed_batch_init(struct feed_batch *batch)
{
    *batch = (struct feed_batch){.options = feed_options_default()};
    arena_init(&batch->arena, ARENA_BLOCK_BYTES, BATCH_ARENA_BYTES_MAX);
}

void feed_batch_release(struct feed_batch *batch)
{
    free(batch->events);
    free(batch->places);
    free(batch->faults);
    free(batch->data);
    arena_release(&batch->arena);
    feed_batch_init(batch);
}

void batch_clear(struct feed_batch *batch)
{
    batch->event_count = 0;
    batch->fault_count = 0;
    batch->is_end = false;
    batch->is_parsed = false;
    batch->data_len = 0;
    if (batch->data_cap > DATA_KEPT_BYTES) {
        free(batch->data);
        batch->data = NULL;
        batch->data_cap = 0;
    }
    if (batch->arena.held_bytes > DATA_KEPT_BYTES)
        arena_release(&batch->arena);
    arena_reset(&batch->arena);
}

enum ward_status batch_reserve(struct feed_batch *batch, size_t more)
{
    const size_t need = batch->event_count + more;
    if (need <= batch->event_cap)
        return WARD_OK;
    const size_t cap = need < EVENTS_FIRST ? EVENTS_FIRST : need + need / 2;
    struct ward_event *events = realloc(batch->events, cap * sizeof *events);
    if (!events)
        return WARD_ERR_NOMEM;
    batch->events = events;
    struct feed_place *places = realloc(batch->places, cap * sizeof *places);
    if (!places)
        return WARD_ERR_NOMEM;
    batch->places = places;
    batch->event_cap = cap;
    return WARD_OK;
}

struct ward_event *batch_add(struct feed_batch *batch, struct feed_place place)
{
    if (batch->event_count == batch->event_cap && batch_reserve(batch, 1) != WARD_OK)
        return NULL;
    batch->places[batch->event_count] = place;
    struct ward_event *event = &batch->events[batch->event_count++];
    *event = (struct ward_event){0};
    return event;
}

void batch_drop_last(struct feed_batch *batch)
{
    assert(batch->event_count);
    batch->event_count--;
}

enum ward_status batch_fault(struct feed_batch *batch, enum ward_status status, const char *cause,
                             struct feed_place place, size_t column)
{
    if (batch->fault_count == batch->fault_cap) {
        const size_t cap = batch->fault_cap ? batch->fault_cap * 2 : FAULTS_FIRST;
        struct feed_fault *faults = realloc(batch->faults, cap * sizeof *faults);
        if (!faults)
            return WARD_ERR_NOMEM;
        batch->faults = faults;
        batch->fault_cap = cap;
    }
    batch->faults[batch->fault_count++] =
        (struct feed_fault){.status = status,
                            .cause = cause,
                            .offset = place.offset,
                            .line = place.line,
                            .column = column > UINT32_MAX ? 0 : (uint32_t)column};
    return WARD_OK;
}

enum ward_status batch_complete(struct feed_batch *batch, struct ward_event *event, uint64_t line)
{
    if (!event->platform.len && batch->options.platform)
        event->platform = str_of(batch->options.platform);
    if (event->id.len)
        return WARD_OK;
    char id[WARD_ERROR_SOURCE_BYTES + 24];
    const int len = snprintf(id, sizeof id, "%s:%llu", batch->source, (unsigned long long)line);
    assert(len > 0 && (size_t)len < sizeof id);
    event->id = arena_copy(&batch->arena, (struct ward_str){id, (size_t)len});
    return event->id.data ? WARD_OK : WARD_ERR_NOMEM;
}

enum ward_status feed_batch_parse(struct feed_batch *batch, struct ward_error *err)
{
    error_clear(err);
    if (batch->is_parsed)
        return WARD_OK;
    const enum ward_status status = jsonl_parse(batch);
    batch->is_parsed = true;
    if (status == WARD_OK)
        return WARD_OK;
    batch->event_count = 0;
    batch->fault_count = 0;
    error_at(err, batch->source, 0, 0);
    return error_set(err, status, "out of memory");
}

void feed_fault_error(const struct feed_batch *batch, size_t index, struct ward_error *err)
{
    assert(index < batch->fault_count);
    const struct feed_fault *fault = &batch->faults[index];
    error_clear(err);
    error_at(err, batch->source, fault->line > UINT32_MAX ? UINT32_MAX : (uint32_t)fault->line,
             fault->column);
    (void)error_set(err, fault->status, "%s", fault->cause);
}
