/**
 * Opening and filling: see feed.h. The format is decided once, at the first fill.
 */
#include "feed/feed.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "feed/batch.h"
#include "feed/json_scan.h"
#include "feed/reader.h"

#define STDIN_NAME "standard input"

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

enum ward_status reader_skip_line(struct feed *feed, struct feed_batch *batch,
                                  struct ward_error *err)
{
    struct window *window = &feed->window;
    const struct feed_place place = {.offset = window->offset, .line = window->line};
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

static void name_copy(char to[WARD_ERROR_SOURCE_BYTES], const char *from)
{
    (void)snprintf(to, WARD_ERROR_SOURCE_BYTES, "%s", from);
}

static bool options_valid(const struct feed_options *options)
{
    return feed_format_name(options->format) && options->zone_minutes >= -1440 &&
           options->zone_minutes <= 1440;
}

enum ward_status feed_open_stream(struct feed_stream stream, const char *name,
                                  const struct feed_options *options, struct feed **out,
                                  struct ward_error *err)
{
    const struct feed_options plain = feed_options_default();
    const struct feed_options *use = options ? options : &plain;
    struct source *source = NULL;
    *out = NULL;
    error_clear(err);
    error_at(err, name, 0, 0);
    const enum ward_status status = source_open(stream, use->encoding, &source, err);
    if (status != WARD_OK)
        return status;
    struct feed *feed = options_valid(use) ? calloc(1, sizeof *feed) : NULL;
    if (!feed) {
        source_close(source);
        return options_valid(use) ? error_set(err, WARD_ERR_NOMEM, "out of memory")
                                  : error_set(err, WARD_ERR_ARGUMENT, "unknown feed option");
    }
    window_init(&feed->window, source);
    feed->options = *use;
    feed->format = use->format;
    name_copy(feed->source, name);
    *out = feed;
    return WARD_OK;
}

static enum ward_status fail_open(struct ward_error *err, int code)
{
    return error_set(err, code == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO, "cannot open: %s",
                     strerror(code));
}

enum ward_status feed_open(const char *path, const struct feed_options *options, struct feed **out,
                           struct ward_error *err)
{
    *out = NULL;
    error_clear(err);
    if (strcmp(path, "-") == 0)
        return feed_open_stream(source_of_fd(STDIN_FILENO), STDIN_NAME, options, out, err);
    error_at(err, path, 0, 0);
    int fd;
    do {
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return fail_open(err, errno);
    struct stat info;
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        (void)close(fd);
        return error_set(err, WARD_ERR_IO, "is a directory, not a file");
    }
    return feed_open_stream(source_of_fd(fd), path, options, out, err);
}

void feed_close(struct feed *feed)
{
    if (!feed)
        return;
    window_release(&feed->window);
    free(feed);
}

enum feed_format feed_format_of(const struct feed *feed)
{
    return feed->format;
}

static enum ward_status fill_format(struct feed *feed, struct feed_batch *batch,
                                    struct ward_error *err)
{
    return jsonl_fill(feed, batch, err);
}

enum ward_status feed_fill(struct feed *feed, struct feed_batch *batch, struct ward_error *err)
{
    error_clear(err);
    batch_clear(batch);
    batch->options = feed->options;
    name_copy(batch->source, feed->source);
    batch->sequence = feed->sequence++;
    if (feed->is_over) {
        batch->is_parsed = true;
        batch->is_end = true;
        return WARD_OK;
    }
    error_at(err, feed->source, 0, 0);
    const enum ward_status status = fill_format(feed, batch, err);
    feed->is_over = status != WARD_OK || batch->is_end;
    if (status != WARD_OK) {
        batch_clear(batch);
        batch->is_parsed = true;
        batch->is_end = true;
    }
    return status;
}

enum ward_status feed_read(struct feed *feed, struct feed_batch *batch, struct ward_error *err)
{
    const enum ward_status status = feed_fill(feed, batch, err);
    return status == WARD_OK ? feed_batch_parse(batch, err) : status;
}

enum ward_status feed_batch_load(struct feed_batch *batch, struct ward_str json, const char *name,
                                 const struct feed_options *options, struct ward_error *err)
{
    error_clear(err);
    batch_clear(batch);
    batch->options = options ? *options : feed_options_default();
    batch->sequence = 0;
    batch->is_end = true;
    name_copy(batch->source, name);
    error_at(err, name, 0, 0);
    if (json.len > WARD_RECORD_BYTES_MAX)
        return error_set(err, WARD_ERR_LIMIT, READER_TOO_LONG);
    if (json.len > batch->data_cap) {
        char *data = reader_alloc(json.len);
        if (!data)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        reader_free(batch->data);
        batch->data = data;
        batch->data_cap = json.len;
    }
    if (json.len)
        memcpy(batch->data, json.data, json.len);
    batch->data_len = json.len;
    batch->data_offset = 0;
    batch->data_line = 1;
    return feed_batch_parse(batch, err);
}
