/**
 * Building a batch: the inner side of `struct feed_batch`.
 */
#ifndef WARD_FEED_BATCH_H
#define WARD_FEED_BATCH_H

#include "feed/feed.h"

/** Ceiling of a batch's made-up strings: conversions may double a record, and there are ids. */
#define BATCH_ARENA_BYTES_MAX (5u * WARD_RECORD_BYTES_MAX)

/** Forgets the content, keeps the memory (but gives back what one huge record left behind). */
void batch_clear(struct feed_batch *batch);

/** Makes room for `more` events. WARD_ERR_NOMEM. */
enum ward_status batch_reserve(struct feed_batch *batch, size_t more) WARD_MUST_USE;

/**
 * Appends a zeroed event, with `place` beside it. NULL when memory is out.
 * Pointers to earlier events die unless batch_reserve() made room.
 */
struct ward_event *batch_add(struct feed_batch *batch, struct feed_place place);

/** Takes the last event back. */
void batch_drop_last(struct feed_batch *batch);

/**
 * Notes an unusable record. `cause` is static or in the arena. Only `offset` and `line` of `place`
 * are used. WARD_ERR_NOMEM.
 */
enum ward_status batch_fault(struct feed_batch *batch, enum ward_status status, const char *cause,
                             struct feed_place place, size_t column) WARD_MUST_USE;

/**
 * Gives an event without id its place as id, "name:line", and one without platform the feed's.
 * WARD_ERR_NOMEM.
 */
enum ward_status batch_complete(struct feed_batch *batch, struct ward_event *event,
                                uint64_t line) WARD_MUST_USE;

/** JSON lines: parses `batch->data`. WARD_ERR_NOMEM. */
enum ward_status jsonl_parse(struct feed_batch *batch) WARD_MUST_USE;

#endif
