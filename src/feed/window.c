/**
 * See window.h. Newlines are counted 16 bytes at a time: it is the only look the reading thread
 * takes at JSON lines.
 */
#include "feed/window.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/error.h"
#include "feed/json_scan.h"

/* A short file or a chat trickling in needs no more; every full read asks for four times as much.
 */
#define BLOCK_FIRST_BYTES (16u * 1024u)

void window_init(struct window *window, struct source *source)
{
    *window = (struct window){.source = source, .block = BLOCK_FIRST_BYTES, .line = 1};
}

void window_release(struct window *window)
{
    source_close(window->source);
    free(window->data);
    *window = (struct window){0};
}

/* Makes room for one block behind `end`. */
static enum ward_status window_reserve(struct window *window, struct ward_error *err)
{
    if (window->cap - window->end >= window->block)
        return WARD_OK;
    const size_t len = window_len(window);
    if (window->begin && window->cap - len >= window->block) {
        memmove(window->data, window->data + window->begin, len);
        window->begin = 0;
        window->end = len;
        return WARD_OK;
    }
    const size_t cap = len * 2 + 2 * window->block;
    char *data = malloc(cap + JSON_SCAN_PADDING);
    if (!data)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (len)
        memcpy(data, window->data + window->begin, len);
    memset(data + cap, 0, JSON_SCAN_PADDING);
    free(window->data);
    window->data = data;
    window->cap = cap;
    window->begin = 0;
    window->end = len;
    return WARD_OK;
}

enum ward_status window_fill(struct window *window, struct ward_error *err)
{
    assert(window_len(window) <= WARD_RECORD_BYTES_MAX);
    size_t got;
    if (window->is_end)
        return WARD_OK;
    enum ward_status status = window_reserve(window, err);
    if (status != WARD_OK)
        return status;
    status = source_read(window->source, window->data + window->end, window->block, &got, err);
    if (status != WARD_OK)
        return status;
    window->end += got;
    window->is_end = got == 0;
    if (got == window->block && window->block < FEED_BLOCK_BYTES)
        window->block *= 4;
    return WARD_OK;
}

#ifdef __SSE2__
static unsigned newline_mask(const char *at)
{
    __m128i v;
    memcpy(&v, at, sizeof v);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
}
#else
static unsigned newline_mask(const char *at)
{
    unsigned mask = 0;
    for (unsigned i = 0; i < 16; i++)
        mask |= (unsigned)(at[i] == '\n') << i;
    return mask;
}
#endif

size_t window_count_lines(const char *data, size_t len)
{
    size_t count = 0;
    size_t at = 0;
    for (; at + 16 <= len; at += 16)
        count += (size_t)__builtin_popcount(newline_mask(data + at));
    for (; at < len; at++)
        count += data[at] == '\n';
    return count;
}

/* Offset behind the `nth` (>= 1) newline of 16 bytes. */
static size_t behind_newline(unsigned mask, size_t nth)
{
    while (--nth)
        mask &= mask - 1;
    return (size_t)__builtin_ctz(mask) + 1;
}

size_t window_cut_lines(const char *data, size_t len, size_t lines, size_t *found)
{
    size_t count = 0;
    size_t at = 0;
    for (; at + 16 <= len; at += 16) {
        const unsigned mask = newline_mask(data + at);
        const size_t here = (size_t)__builtin_popcount(mask);
        if (count + here >= lines) {
            *found = lines;
            return at + behind_newline(mask, lines - count);
        }
        count += here;
    }
    for (; at < len && count < lines; at++)
        count += data[at] == '\n';
    *found = count;
    if (count == 0)
        return 0;
    const char *last = memrchr(data, '\n', at);
    return (size_t)(last - data) + 1;
}

void window_take(struct window *window, size_t bytes)
{
    assert(bytes <= window_len(window));
    window->line += window_count_lines(window->data + window->begin, bytes);
    window->offset += bytes;
    window->begin += bytes;
    if (window->begin == window->end)
        window->begin = window->end = 0;
}
