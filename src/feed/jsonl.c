/**
 * JSON lines: cutting whole lines off the window, and parsing them in place.
 *
 * The cut hands the window's own buffer to the batch and keeps only the unfinished last line, so
 * bytes are moved once. Parsing then needs nothing but the batch and may run in any thread.
 */
#include <string.h>

#include "base/error.h"
#include "feed/batch.h"
#include "feed/json_event.h"
#include "feed/reader.h"

/* The batch takes the window's buffer with its first `bytes` bytes; the rest stays in the window.
 */
static enum ward_status hand_over(struct feed *feed, struct feed_batch *batch, size_t bytes,
                                  size_t lines)
{
    struct window *window = &feed->window;
    const size_t rest = window_len(window) - bytes;
    char *spare = batch->data;
    size_t spare_cap = batch->data_cap;
    if (spare_cap < rest) {
        spare_cap = rest + 2 * window->block;
        spare = reader_alloc(spare_cap);
        if (!spare)
            return WARD_ERR_NOMEM;
        reader_free(batch->data);
    }
    char *from = window->data + window->begin;
    if (rest)
        memcpy(spare, from + bytes, rest);
    if (window->begin)
        memmove(window->data, from, bytes);
    batch->data = window->data;
    batch->data_cap = window->cap;
    batch->data_len = bytes;
    batch->data_offset = window->offset;
    batch->data_line = window->line;
    window->data = spare;
    window->cap = spare_cap;
    window->begin = 0;
    window->end = rest;
    window->offset += bytes;
    window->line += lines;
    return WARD_OK;
}

/* Bytes of the whole lines at the window's begin; what `scanned` covers holds no line end. */
static size_t cut_lines(const struct feed *feed, size_t *lines)
{
    const struct window *window = &feed->window;
    const size_t fresh = window_len(window) - feed->scanned;
    if (!fresh)
        return 0;
    const size_t bytes = window_cut_lines(window->data + window->begin + feed->scanned, fresh,
                                          FEED_BATCH_RECORDS_MAX, lines);
    return bytes ? bytes + feed->scanned : 0;
}

enum ward_status jsonl_fill(struct feed *feed, struct feed_batch *batch, struct ward_error *err)
{
    struct window *window = &feed->window;
    for (;;) {
        size_t lines = 0;
        size_t bytes = cut_lines(feed, &lines);
        if (!bytes && window->is_end)
            bytes = window_len(window);
        if (bytes || window->is_end) {
            feed->scanned = 0;
            batch->is_end = window->is_end && bytes == window_len(window);
            if (bytes && hand_over(feed, batch, bytes, lines) != WARD_OK)
                return error_set(err, WARD_ERR_NOMEM, "out of memory");
            return WARD_OK;
        }
        feed->scanned = window_len(window);
        if (feed->scanned > WARD_RECORD_BYTES_MAX)
            return reader_skip_line(feed, batch, err);
        const enum ward_status status = window_fill(window, err);
        if (status != WARD_OK)
            return status;
    }
}

static bool is_blank(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    return at == end;
}

/* One line [at, end), `*end` being '\n'. */
static enum ward_status parse_line(struct feed_batch *batch, char *at, char *end,
                                   struct feed_place place)
{
    if (end - at >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3; /* files glued together bring their marks along */
    if (is_blank(at, end))
        return WARD_OK;
    if (place.bytes > WARD_RECORD_BYTES_MAX)
        return batch_fault(batch, WARD_ERR_LIMIT, READER_TOO_LONG, place, 0);
    struct json_scan scan = json_scan_of(at, end);
    struct json_event record = {.event = batch_add(batch, place),
                                .arena = &batch->arena,
                                .zone_minutes = batch->options.zone_minutes};
    if (!record.event)
        return WARD_ERR_NOMEM;
    if (!json_event_read(&scan, &record)) {
        batch_drop_last(batch);
        if (record.status == WARD_ERR_NOMEM)
            return WARD_ERR_NOMEM;
        return batch_fault(batch, record.status, scan.cause, place, (size_t)(scan.at - at) + 1);
    }
    batch->places[batch->event_count - 1].zone_assumed = record.zone_assumed;
    return batch_complete(batch, record.event, place.line);
}

enum ward_status jsonl_parse(struct feed_batch *batch)
{
    if (!batch->data_len)
        return WARD_OK;
    char *at = batch->data;
    char *const end = at + batch->data_len;
    struct feed_place place = {.offset = batch->data_offset, .line = batch->data_line};
    *end = '\n'; /* closes a last line without one; the padding has room */
    while (at < end) {
        char *stop = memchr(at, '\n', (size_t)(end - at) + 1);
        const size_t len = (size_t)(stop - at);
        place.bytes = (uint32_t)(len && stop[-1] == '\r' ? len - 1 : len);
        const enum ward_status status = parse_line(batch, at, stop, place);
        if (status != WARD_OK)
            return status;
        place.offset += len + 1;
        place.line++;
        at = stop + 1;
    }
    return WARD_OK;
}
