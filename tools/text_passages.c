/*
 * Prints the passages of every event's text, which the fits judge as the engine does.
 *
 * usage: text-passages FILE. One line an event of FILE (any format ward reads), in order: a JSON
 * array of texts, empty when the text is judged whole only. Texts beyond one window
 * (64 KiB) are cut there. Exit status 0, or 2 with a message.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/json_pen.h"
#include "base/str.h"
#include "feed/feed.h"
#include "verdict/passage.h"

#define LINE_BYTES_MAX (8u * 1024u * 1024u)

static enum ward_status print_passages(struct text_units *units, struct ward_str text,
                                       struct buf *line)
{
    struct json_pen pen;
    struct passage passage;
    const struct ward_str window = str_part(text, 0, WARD_TEXT_WINDOW_BYTES);
    enum ward_status status = text_units_decode(units, window);
    buf_clear(line);
    pen_init(&pen, line, false);
    pen_open(&pen, '[');
    const bool parts = status == WARD_OK && passage_parts(units);
    for (uint32_t from = 0; parts && passage_at(units, from, &passage);
         from = passage_after(units, &passage))
        if (passage.unit_begin || passage.unit_end < units->count)
            pen_string(&pen, str_part(window, units->begin[passage.unit_begin],
                                      units->end[passage.unit_end - 1]));
    pen_close(&pen, ']');
    if (status == WARD_OK)
        status = line->failed;
    if (status == WARD_OK && fwrite(line->data, 1, line->len, stdout) != line->len)
        status = WARD_ERR_IO;
    return status;
}

static enum ward_status print_all(struct feed *feed, struct ward_error *err)
{
    struct feed_batch batch;
    struct text_units units;
    struct buf line;
    enum ward_status status = WARD_OK;
    buf_init(&line, LINE_BYTES_MAX);
    text_units_init(&units);
    feed_batch_init(&batch);
    while (status == WARD_OK && !batch.is_end) {
        status = feed_read(feed, &batch, err);
        for (size_t i = 0; status == WARD_OK && i < batch.event_count; i++)
            status = print_passages(&units, batch.events[i].text, &line);
    }
    feed_batch_release(&batch);
    text_units_release(&units);
    buf_release(&line);
    return status;
}

int main(int argc, char **argv)
{
    struct ward_error err = {0};
    struct feed *feed = NULL;
    if (argc != 2) {
        (void)fprintf(stderr, "usage: text-passages FILE\n");
        return 2;
    }
    enum ward_status status = feed_open(argv[1], NULL, &feed, &err);
    if (status == WARD_OK)
        status = print_all(feed, &err);
    feed_close(feed);
    if (status != WARD_OK)
        (void)fprintf(stderr, "text-passages: %s: %s\n", ward_status_name(status), err.message);
    return status == WARD_OK ? 0 : 2;
}
