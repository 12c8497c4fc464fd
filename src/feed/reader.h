/**
 * What the readers of the formats share: the feed's inside. Private to this room.
 *
 * A reader's fill function appends records to an empty batch and returns as soon as it holds
 * something and more would mean waiting; it sets `batch->is_end` when all is delivered.
 */
#ifndef WARD_FEED_READER_H
#define WARD_FEED_READER_H

#include "feed/window.h"

#define READER_TOO_LONG "record is longer than 16 MiB"

struct feed {
    struct window window;
    struct feed_options options;
    enum feed_format format;
    uint64_t sequence;
    bool is_over;
    size_t scanned; /**< bytes at the window's begin known to hold no record end */
    char source[WARD_ERROR_SOURCE_BYTES];
};

/** JSON lines; the batch is left to be parsed. */
enum ward_status jsonl_fill(struct feed *feed, struct feed_batch *batch,
                            struct ward_error *err) WARD_MUST_USE;

/**
 * Drops the line at the window's begin, however long, without holding it, and adds the fault
 * READER_TOO_LONG for it. The batch counts as parsed.
 */
enum ward_status reader_skip_line(struct feed *feed, struct feed_batch *batch,
                                  struct ward_error *err) WARD_MUST_USE;

/** A buffer of `cap` bytes with JSON_SCAN_PADDING zero bytes behind; reader_free() it. */
char *reader_alloc(size_t cap);
void reader_free(char *data);

#endif
