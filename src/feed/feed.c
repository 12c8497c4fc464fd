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
#include "feed/reader.h"

#define STDIN_NAME "standard input"
/* Names of people and chats; the readers cut longer ones to half of it before decoding. */
#define CHAT_NAME_BYTES_MAX (8u * 1024u)

static void name_copy(char to[WARD_ERROR_SOURCE_BYTES], const char *from)
{
    (void)snprintf(to, WARD_ERROR_SOURCE_BYTES, "%s", from);
}

static void readers_init(struct feed *feed)
{
    buf_init(&feed->qq.text, WARD_RECORD_BYTES_MAX);
    buf_init(&feed->qq.header, CHAT_NAME_BYTES_MAX);
    buf_init(&feed->qq.chat, CHAT_NAME_BYTES_MAX);
    buf_init(&feed->telegram.root.id, CHAT_NAME_BYTES_MAX);
    buf_init(&feed->telegram.root.name, CHAT_NAME_BYTES_MAX);
    buf_init(&feed->telegram.listed.id, CHAT_NAME_BYTES_MAX);
    buf_init(&feed->telegram.listed.name, CHAT_NAME_BYTES_MAX);
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
    const enum ward_status status =
        source_open(stream, use->encoding, use->unpacked_max, &source, err);
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
    encoding_init(&feed->encoding, use->encoding);
    readers_init(feed);
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
    encoding_release(&feed->encoding);
    qq_release(&feed->qq);
    telegram_release(&feed->telegram);
    free(feed);
}

enum feed_format feed_format_of(const struct feed *feed)
{
    return feed->format;
}

/* Passes over a UTF-8 byte order mark at the very begin, waiting only while there may be one. */
static enum ward_status skip_mark(struct feed *feed, struct ward_error *err)
{
    static const char mark[] = "\xEF\xBB\xBF";
    struct window *window = &feed->window;
    while (!feed->is_started) {
        const size_t len = window_len(window) < 3 ? window_len(window) : 3;
        const bool maybe = len == 0 || memcmp(window->data + window->begin, mark, len) == 0;
        feed->is_started = !maybe || len == 3 || window->is_end;
        if (maybe && len == 3)
            window_take(window, 3);
        if (feed->is_started)
            break;
        const enum ward_status status = window_fill(window, err);
        if (status != WARD_OK)
            return status;
    }
    return WARD_OK;
}

static enum ward_status fill_format(struct feed *feed, struct feed_batch *batch,
                                    struct ward_error *err)
{
    enum ward_status status = skip_mark(feed, err);
    if (status == WARD_OK)
        status = detect_format(feed, err);
    if (status != WARD_OK)
        return status;
    switch (feed->format) {
    case FEED_FORMAT_TELEGRAM:
        return telegram_fill(feed, batch, err);
    case FEED_FORMAT_QQ:
        return qq_fill(feed, batch, err);
    case FEED_FORMAT_CSV:
        return csv_fill(feed, batch, err);
    case FEED_FORMAT_PLAIN:
        return plain_fill(feed, batch, err);
    case FEED_FORMAT_AUTO:
    case FEED_FORMAT_JSONL:
        break;
    }
    return jsonl_fill(feed, batch, err);
}

/* Fills the batch; an error that comes after records waits for the next call. */
static enum ward_status fill_or_wait(struct feed *feed, struct feed_batch *batch)
{
    struct ward_error *err = &feed->pending;
    if (err->status != WARD_OK)
        return err->status;
    error_at(err, feed->source, 0, 0);
    const enum ward_status status = fill_format(feed, batch, err);
    if (status == WARD_OK || batch->event_count || batch->fault_count)
        return WARD_OK;
    return status;
}

enum ward_status feed_fill(struct feed *feed, struct feed_batch *batch, struct ward_error *err)
{
    error_clear(err);
    batch_clear(batch);
    batch->options = feed->options;
    name_copy(batch->source, feed->source);
    batch->sequence = feed->sequence++;
    const enum ward_status status = feed->is_over ? WARD_OK : fill_or_wait(feed, batch);
    if (feed->is_over || status != WARD_OK) {
        batch_clear(batch);
        batch->is_parsed = true;
        batch->is_end = true;
    }
    if (status != WARD_OK && err)
        *err = feed->pending;
    feed->is_over |= status != WARD_OK || batch->is_end;
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
