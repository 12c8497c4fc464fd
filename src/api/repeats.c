/**
 * The hash is SipHash with a key made at the start: nobody outside can make two events that share
 * one.
 */
#include "api/repeats.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 4096u

_Static_assert(sizeof((struct repeats *)0)->key == crypto_shorthash_KEYBYTES, "key of SipHash");

void repeats_init(struct repeats *repeats)
{
    *repeats = (struct repeats){.key = {0}};
    randombytes_buf(repeats->key, sizeof repeats->key);
    buf_init(&repeats->bytes, SIZE_MAX / 2);
}

void repeats_clear(struct repeats *repeats)
{
    free(repeats->young.slots);
    free(repeats->old.slots);
    repeats->young = repeats->old = (struct repeats_table){0};
}

void repeats_release(struct repeats *repeats)
{
    repeats_clear(repeats);
    buf_release(&repeats->bytes);
}

static void put_field(struct buf *out, struct ward_str field)
{
    const uint32_t len = (uint32_t)field.len;
    buf_put(out, (const char *)&len, sizeof len);
    buf_put_str(out, field);
}

static uint64_t hash_event(struct repeats *repeats, const struct ward_event *event)
{
    const struct ward_str fields[] = {event->platform,   event->group,      event->id,
                                      event->text,       event->account,    event->alias,
                                      event->reply_to,   event->quoted,     event->forwarded_from,
                                      event->group_name, event->author_kind};
    struct buf *bytes = &repeats->bytes;
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t number = 0;
    buf_clear(bytes);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        put_field(bytes, fields[i]);
    buf_put(bytes, (const char *)&event->time_ms, sizeof event->time_ms);
    buf_put_char(bytes, (char)('a' + (int)event->kind));
    for (size_t i = 0; i < event->media_count; i++) {
        put_field(bytes, event->media[i].sha256);
        put_field(bytes, event->media[i].pdq);
        put_field(bytes, event->media[i].phash);
        put_field(bytes, event->media[i].text);
        put_field(bytes, event->media[i].qr);
    }
    if (bytes->failed)
        return 0;
    (void)crypto_shorthash(hash, (const unsigned char *)bytes->data, bytes->len, repeats->key);
    memcpy(&number, hash, sizeof number);
    return number ? number : 1;
}

static uint64_t *find(const struct repeats_table *table, uint64_t hash)
{
    size_t at = hash & (table->capacity - 1);
    while (table->slots[at] && table->slots[at] != hash)
        at = (at + 1) & (table->capacity - 1);
    return &table->slots[at];
}

static bool has(const struct repeats_table *table, uint64_t hash)
{
    return table->capacity && *find(table, hash) == hash;
}

static bool grow(struct repeats_table *table)
{
    struct repeats_table larger = {
        .capacity = table->capacity ? table->capacity * 2 : FIRST_CAPACITY, .count = table->count};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < table->capacity; i++)
        if (table->slots[i])
            *find(&larger, table->slots[i]) = table->slots[i];
    free(table->slots);
    *table = larger;
    return true;
}

/* Makes room for one more; false when memory is short. */
static bool make_room(struct repeats *repeats)
{
    struct repeats_table *young = &repeats->young;
    if (young->count == REPEATS_MAX) {
        free(repeats->old.slots);
        repeats->old = *young;
        *young = (struct repeats_table){0};
    }
    return 2 * (young->count + 1) <= young->capacity || grow(young);
}

bool repeats_knows(struct repeats *repeats, const struct ward_event *event)
{
    const uint64_t hash = hash_event(repeats, event);
    if (!hash || !make_room(repeats))
        return false;
    uint64_t *slot = find(&repeats->young, hash);
    if (*slot == hash)
        return true;
    *slot = hash;
    repeats->young.count++;
    return has(&repeats->old, hash);
}
