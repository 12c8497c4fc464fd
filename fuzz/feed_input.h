/*
 * What the fuzz targets of the feed share: reads bytes as one format, whole and in small pieces,
 * and demands the same events and faults both times, all inside the input.
 */
#ifndef WARD_FUZZ_FEED_INPUT_H
#define WARD_FUZZ_FEED_INPUT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "feed/feed.h"

struct feed_input {
    const uint8_t *data;
    size_t size;
    size_t at;
    size_t piece;
};

static ssize_t feed_input_read(void *context, void *buffer, size_t size)
{
    struct feed_input *input = context;
    size_t got = input->size - input->at;
    got = got > input->piece ? input->piece : got;
    got = got > size ? size : got;
    if (got)
        memcpy(buffer, input->data + input->at, got);
    input->at += got;
    return (ssize_t)got;
}

static uint64_t feed_input_hash_event(const struct ward_event *event, uint64_t hash)
{
    const struct ward_str texts[] = {
        event->id,         event->text,           event->platform,   event->group,
        event->group_name, event->account,        event->alias,      event->reply_to,
        event->quoted,     event->forwarded_from, event->author_kind};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        hash = hash_str(texts[i], hash);
    for (size_t i = 0; i < event->media_count; i++)
        hash = hash_str(event->media[i].text, hash_str(event->media[i].kind, hash));
    return hash_u64(hash ^ (uint64_t)event->kind ^ (uint64_t)event->time_ms);
}

/* One hash over all events and another over all faults, in order. */
static uint64_t feed_input_read_all(enum feed_format format, const uint8_t *data, size_t size,
                                    size_t piece, bool is_plain)
{
    struct feed_input input = {data, size, 0, piece};
    struct feed_options options = feed_options_default();
    struct feed_batch batch;
    struct feed *feed;
    uint64_t events = 1;
    uint64_t faults = 2;
    options.format = format;
    feed_batch_init(&batch);
    enum ward_status status = feed_open_stream((struct feed_stream){feed_input_read, NULL, &input},
                                               "fuzz", &options, &feed, NULL);
    assert(status == WARD_OK);
    while (status == WARD_OK && !batch.is_end) {
        status = feed_read(feed, &batch, NULL);
        for (size_t i = 0; i < batch.event_count; i++) {
            const struct feed_place place = batch.places[i];
            assert(!is_plain || place.offset + place.bytes <= size);
            assert(place.line >= 1);
            events = feed_input_hash_event(&batch.events[i], hash_u64(events ^ place.offset));
        }
        for (size_t i = 0; i < batch.fault_count; i++)
            faults = hash_u64(faults ^ batch.faults[i].line ^ batch.faults[i].offset);
    }
    feed_batch_release(&batch);
    feed_close(feed);
    return hash_u64(events ^ hash_u64(faults) ^ (uint64_t)status);
}

static bool feed_input_is_plain(const uint8_t *data, size_t size)
{
    return size < 2 || (data[0] != 0x1F && data[0] != 0x28 && data[0] < 0xFE);
}

/* The body of every target. */
static void feed_input_check(enum feed_format format, const uint8_t *data, size_t size)
{
    const bool is_plain = feed_input_is_plain(data, size);
    const uint64_t whole = feed_input_read_all(format, data, size, SIZE_MAX, is_plain);
    const size_t piece = size ? 1 + data[size - 1] % 17 : 1;
    assert(whole == feed_input_read_all(format, data, size, piece, is_plain));
}

#endif
