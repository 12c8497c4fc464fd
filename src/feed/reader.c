/**
 * Lines and waiting, shared by the readers of text formats. See reader.h.
 */
#include "feed/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "feed/batch.h"
#include "feed/json_scan.h"

char *reader_alloc(size_t cap)
{
    char *data = malloc(cap + JSON_SCAN_PADDING);
    if (data)
        memset(data + cap, 0, JSON_SCAN_PADDING);
    return data;
}

void reader_free(char *data)
{
    free(data);
}

bool reader_is_full(const struct feed_batch *batch, size_t bytes)
{
    return batch->event_count + batch->fault_count >= FEED_BATCH_RECORDS_MAX ||
           bytes >= FEED_BLOCK_BYTES;
}

struct feed_place reader_place(const struct feed *feed, size_t bytes)
{
    return (struct feed_place){.offset = feed->window.offset,
                               .line = feed->window.line,
                               .bytes = bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes};
}

enum reader_step reader_more(struct feed *feed, const struct feed_batch *batch,
                             enum ward_status *status, struct ward_error *err)
{
    *status = WARD_OK;
    if (feed->window.is_end)
        return READER_END;
    if (batch->event_count || batch->fault_count)
        return READER_WAIT;
    if (window_len(&feed->window) > WARD_RECORD_BYTES_MAX)
        return READER_LONG;
    *status = window_fill(&feed->window, err);
    return *status == WARD_OK ? READER_READY : READER_FAILED;
}

enum reader_step reader_line(struct feed *feed, const struct feed_batch *batch,
                             struct ward_str *line, size_t *bytes, enum ward_status *status,
                             struct ward_error *err)
{
    *status = WARD_OK;
    *bytes = 0;
    *line = (struct ward_str){NULL, 0};
    for (;;) {
        const char *const data = feed->window.data + feed->window.begin;
        const size_t len = window_len(&feed->window);
        const char *stop =
            len > feed->scanned ? memchr(data + feed->scanned, '\n', len - feed->scanned) : NULL;
        if (stop || (feed->window.is_end && len)) {
            size_t text_len = stop ? (size_t)(stop - data) : len;
            feed->scanned = 0;
            *bytes = stop ? text_len + 1 : len;
            if (text_len > WARD_RECORD_BYTES_MAX)
                return READER_LONG;
            text_len -= text_len && data[text_len - 1] == '\r';
            *line = (struct ward_str){data, text_len};
            return READER_READY;
        }
        feed->scanned = len;
        const enum reader_step step = reader_more(feed, batch, status, err);
        if (step != READER_READY)
            return step;
    }
}

enum ward_status reader_skip_line(struct feed *feed, struct feed_batch *batch,
                                  struct ward_error *err)
{
    struct window *window = &feed->window;
    const struct feed_place place = reader_place(feed, 0);
    feed->scanned = 0;
    batch->is_parsed = true;
    for (;;) {
        const size_t len = window_len(window);
        const char *at = len ? memchr(window->data + window->begin, '\n', len) : NULL;
        if (at) {
            window_take(window, (size_t)(at - (window->data + window->begin)) + 1);
            break;
        }
        window_take(window, len);
        if (window->is_end)
            break;
        const enum ward_status status = window_fill(window, err);
        if (status != WARD_OK)
            return status;
    }
    batch->is_end = window->is_end && window_len(window) == 0;
    if (batch_fault(batch, WARD_ERR_LIMIT, READER_TOO_LONG, place, 0) != WARD_OK)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    return WARD_OK;
}
