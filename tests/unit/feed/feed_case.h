/**
 * Reads a whole input through a feed, in pieces of any size, and writes what came out as text:
 *   E LINE@OFFSET+BYTES id=.. text=.. ...      an event, fields that are set, in fixed order
 *   F LINE:COLUMN cause                        a fault
 *   X status message                           the error that ended the stream
 *   .                                          the end
 * so that a test compares strings, and two ways of reading compare equal.
 */
#ifndef WARD_TESTS_FEED_CASE_H
#define WARD_TESTS_FEED_CASE_H

#include "base/buf.h"
#include "feed/feed.h"

struct feed_case {
    struct ward_str input;
    size_t piece; /**< bytes a read gives at most; 0: all */
    size_t first; /**< bytes the first read gives; 0: as `piece` */
    struct feed_options options;
    bool with_place; /**< print offset and length */
};

/** Appends the transcript to `out`. */
void feed_case_run(const struct feed_case *feed_case, struct buf *out);
/** One run with defaults; compares with `expected`, which ends in ".\n". */
void feed_case_expect(enum feed_format format, const char *input, size_t len, const char *expected);
/** Fails unless every piece size and every single split point give the transcript of the whole. */
void feed_case_split(enum feed_format format, struct ward_str input);
/** A stream over memory that gives `piece` bytes a read; `state` must outlive it. */
struct feed_memory {
    struct ward_str input;
    size_t at;
    size_t piece;
    size_t first;
};
struct feed_stream feed_memory_stream(struct feed_memory *state);

#define EXPECT(format, input, expected)                                                            \
    feed_case_expect((format), (input), sizeof(input) - 1, (expected))

#endif
