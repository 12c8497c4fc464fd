/**
 * Plain text: every line that is not blank is a message, known by its place.
 */
#include "base/error.h"
#include "feed/batch.h"
#include "feed/reader.h"

static bool is_blank(struct ward_str line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] != ' ' && line.data[i] != '\t')
            return false;
    }
    return true;
}

static enum ward_status add_line(struct feed *feed, struct feed_batch *batch, struct ward_str line)
{
    struct ward_str text;
    const struct feed_place place = reader_place(feed, line.len);
    if (encoding_copy(&feed->encoding, &batch->arena, line, &text) != WARD_OK)
        return WARD_ERR_NOMEM;
    struct ward_event *event = batch_add(batch, place);
    if (!event)
        return WARD_ERR_NOMEM;
    event->text = text;
    return batch_complete(batch, event, place.line);
}

enum ward_status plain_fill(struct feed *feed, struct feed_batch *batch, struct ward_error *err)
{
    size_t taken = 0;
    batch->is_parsed = true;
    while (!reader_is_full(batch, taken)) {
        struct ward_str line;
        size_t bytes;
        enum ward_status status;
        const enum reader_step step = reader_line(feed, batch, &line, &bytes, &status, err);
        if (step == READER_FAILED)
            return status;
        if (step == READER_LONG)
            return reader_skip_line(feed, batch, err);
        batch->is_end = step == READER_END;
        if (step != READER_READY)
            return WARD_OK;
        if (!is_blank(line) && add_line(feed, batch, line) != WARD_OK)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        window_take(&feed->window, bytes);
        taken += bytes;
    }
    return WARD_OK;
}
