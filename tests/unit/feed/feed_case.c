/* See feed_case.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "feed_case.h"

#define TRANSCRIPT_BYTES_MAX ((size_t)256 << 20)

static ssize_t memory_read(void *context, void *buffer, size_t size)
{
    struct feed_memory *memory = context;
    size_t got = memory->input.len - memory->at;
    const size_t most = memory->at == 0 && memory->first ? memory->first : memory->piece;
    if (most && got > most)
        got = most;
    if (got > size)
        got = size;
    if (got)
        memcpy(buffer, memory->input.data + memory->at, got);
    memory->at += got;
    return (ssize_t)got;
}

struct feed_stream feed_memory_stream(struct feed_memory *state)
{
    return (struct feed_stream){memory_read, NULL, state};
}

static void put_field(struct buf *out, const char *name, struct ward_str value)
{
    if (!value.len)
        return;
    buf_printf(out, " %s=", name);
    for (size_t i = 0; i < value.len; i++) {
        const unsigned char c = (unsigned char)value.data[i];
        if (c < 0x20 || c == 0x7F)
            buf_printf(out, "<%02X>", c);
        else
            buf_put_char(out, value.data[i]);
    }
}

static void put_media(struct buf *out, const struct ward_media *media)
{
    buf_put_text(out, " [");
    put_field(out, "kind", media->kind);
    put_field(out, "sha256", media->sha256);
    put_field(out, "pdq", media->pdq);
    put_field(out, "phash", media->phash);
    put_field(out, "text", media->text);
    put_field(out, "qr", media->qr);
    buf_put_text(out, " ]");
}

static void put_event(struct buf *out, const struct ward_event *event)
{
    static const char *const kinds[] = {"message",    "post",  "listing", "alias",
                                        "group_name", "query", "report"};
    put_field(out, "id", event->id);
    put_field(out, "text", event->text);
    put_field(out, "platform", event->platform);
    put_field(out, "group", event->group);
    put_field(out, "group_name", event->group_name);
    put_field(out, "account", event->account);
    put_field(out, "alias", event->alias);
    put_field(out, "reply_to", event->reply_to);
    put_field(out, "quoted", event->quoted);
    put_field(out, "forwarded_from", event->forwarded_from);
    put_field(out, "author_kind", event->author_kind);
    if (event->kind)
        put_field(out, "kind", str_of(kinds[event->kind]));
    if (event->has_time)
        buf_printf(out, " time=%" PRId64, event->time_ms);
    for (size_t i = 0; i < event->media_count; i++)
        put_media(out, &event->media[i]);
}

static void put_fault(struct buf *out, const struct feed_batch *batch, size_t index)
{
    struct ward_error err;
    feed_fault_error(batch, index, &err);
    assert_string_equal(err.source, "in");
    buf_printf(out, "F %u:%u %s\n", err.line, err.column, err.message);
}

static void put_batch(const struct feed_case *feed_case, const struct feed_batch *batch,
                      struct buf *out)
{
    size_t fault = 0;
    for (size_t i = 0; i < batch->event_count; i++) {
        const struct feed_place place = batch->places[i];
        while (fault < batch->fault_count && batch->faults[fault].offset < place.offset)
            put_fault(out, batch, fault++);
        buf_printf(out, "E %" PRIu64, place.line);
        if (feed_case->with_place)
            buf_printf(out, "@%" PRIu64 "+%" PRIu32, place.offset, place.bytes);
        if (place.zone_assumed)
            buf_put_text(out, " (zone assumed)");
        put_event(out, &batch->events[i]);
        buf_put_char(out, '\n');
    }
    while (fault < batch->fault_count)
        put_fault(out, batch, fault++);
}

void feed_case_run(const struct feed_case *feed_case, struct buf *out)
{
    struct feed_memory memory = {feed_case->input, 0, feed_case->piece, feed_case->first};
    struct feed_batch batch;
    struct feed *feed;
    struct ward_error err;
    feed_batch_init(&batch);
    enum ward_status status =
        feed_open_stream(feed_memory_stream(&memory), "in", &feed_case->options, &feed, &err);
    uint64_t sequence = 0;
    do {
        if (status == WARD_OK)
            status = feed_read(feed, &batch, &err);
        if (status == WARD_OK) {
            assert_int_equal(batch.sequence, sequence++);
            put_batch(feed_case, &batch, out);
        }
    } while (status == WARD_OK && !batch.is_end);
    if (status != WARD_OK) {
        assert_int_equal(err.status, status);
        assert_string_equal(err.source, "in");
        buf_printf(out, "X %s %s\n", ward_status_name(status), err.message);
    }
    buf_put_text(out, ".\n");
    feed_batch_release(&batch);
    feed_close(feed);
    assert_int_equal(out->failed, WARD_OK);
}

void feed_case_expect(enum feed_format format, const char *input, size_t len, const char *expected)
{
    struct feed_case feed_case = {.input = {input, len}, .options = feed_options_default()};
    struct buf out;
    buf_init(&out, TRANSCRIPT_BYTES_MAX);
    feed_case.options.format = format;
    feed_case_run(&feed_case, &out);
    buf_put_char(&out, '\0');
    assert_string_equal(out.data, expected);
    buf_release(&out);
}

static void expect_same(const struct feed_case *feed_case, const struct buf *whole,
                        struct buf *other)
{
    buf_clear(other);
    feed_case_run(feed_case, other);
    if (str_equal(buf_str(whole), buf_str(other)))
        return;
    print_error("piece %zu, first %zu: whole\n%.*s\nsplit\n%.*s\n", feed_case->piece,
                feed_case->first, (int)whole->len, whole->data, (int)other->len, other->data);
    fail();
}

void feed_case_split(enum feed_format format, struct ward_str input)
{
    struct feed_case feed_case = {
        .input = input, .options = feed_options_default(), .with_place = true};
    struct buf whole;
    struct buf other;
    buf_init(&whole, TRANSCRIPT_BYTES_MAX);
    buf_init(&other, TRANSCRIPT_BYTES_MAX);
    feed_case.options.format = format;
    feed_case_run(&feed_case, &whole);
    for (feed_case.piece = 1; feed_case.piece <= 5; feed_case.piece++)
        expect_same(&feed_case, &whole, &other);
    feed_case.piece = 0;
    for (feed_case.first = 1; feed_case.first < input.len; feed_case.first++)
        expect_same(&feed_case, &whole, &other);
    buf_release(&whole);
    buf_release(&other);
}
