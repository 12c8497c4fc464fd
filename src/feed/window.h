/**
 * The part of a source that is in memory: a sliding buffer from which records are cut.
 *
 * Invariants: begin <= end <= cap; JSON_SCAN_PADDING more bytes are allocated behind `cap`;
 * `offset` and `line` describe the byte at `begin`. The buffer grows to one record of
 * WARD_RECORD_BYTES_MAX plus one block, never more.
 */
#ifndef WARD_FEED_WINDOW_H
#define WARD_FEED_WINDOW_H

#include "feed/source.h"

struct window {
    struct source *source; /**< owned */
    char *data;            /**< owned */
    size_t begin;
    size_t end;
    size_t cap;
    size_t block; /**< bytes asked for next: small first, FEED_BLOCK_BYTES once input flows */
    uint64_t offset;
    uint64_t line;
    bool is_end; /**< nothing can be read behind `end` */
};

/** Takes `source` over. */
void window_init(struct window *window, struct source *source);
void window_release(struct window *window);

/** Bytes in the window. */
static inline size_t window_len(const struct window *window)
{
    return window->end - window->begin;
}

/**
 * Reads once behind `end`, moving or growing the buffer first if it is full. Sets `is_end` when
 * there was nothing. Pointers into the window die; `begin`-relative positions stay.
 * Errors as source_read(). Must not be called with more than WARD_RECORD_BYTES_MAX bytes inside.
 */
enum ward_status window_fill(struct window *window, struct ward_error *err) WARD_MUST_USE;

/** Drops the first `bytes` bytes, counting the lines in them. */
void window_take(struct window *window, size_t bytes);

/** Newlines in `data`. */
size_t window_count_lines(const char *data, size_t len);

/**
 * Length of the first record of whole lines: up to and with the `lines`-th newline, or with the
 * last one if there are fewer; 0 if there is none. `*found` is the number of newlines in it.
 */
size_t window_cut_lines(const char *data, size_t len, size_t lines, size_t *found);

#endif
