/**
 * See the header. A name without any hit or fact is held without a copy: all of them share one
 * empty `struct signals` of the cache.
 *
 * Invariant: at most one entry for a (name, field); `copy` NULL means the shared empty one.
 */
#include "engine/name_cache.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define WAYS 4u
#define SETS (NAME_CACHE_ENTRIES / WAYS)

_Static_assert((SETS & (SETS - 1u)) == 0, "sets are picked by mask");

struct entry {
    uint64_t hash; /* 0: free */
    uint32_t used; /* tick of the last use */
    uint16_t len;
    uint8_t field;
    struct signals *copy; /* owned, or NULL */
    char key[NAME_CACHE_KEY_BYTES];
};

struct name_cache {
    uint32_t tick;
    struct signals empty; /* owns one zeroed bit set once it is known how long that is */
    struct entry entries[NAME_CACHE_ENTRIES];
};

enum ward_status name_cache_new(struct name_cache **out)
{
    assert(out);
    *out = calloc(1, sizeof **out);
    if (!*out)
        return WARD_ERR_NOMEM;
    signals_init(&(*out)->empty);
    return WARD_OK;
}

void name_cache_free(struct name_cache *cache)
{
    if (!cache)
        return;
    for (uint32_t i = 0; i < NAME_CACHE_ENTRIES; i++)
        signals_free_copy(cache->entries[i].copy);
    signals_release(&cache->empty);
    free(cache);
}

static uint64_t key_hash(struct ward_str name, enum signal_field field)
{
    return hash_str(name, (uint64_t)field + 1u) | 1u; /* never the mark of a free entry */
}

static struct entry *set_of(struct name_cache *cache, uint64_t hash)
{
    return &cache->entries[((hash >> 8) & (SETS - 1u)) * WAYS];
}

static bool entry_is(const struct entry *entry, uint64_t hash, struct ward_str name,
                     enum signal_field field)
{
    return entry->hash == hash && entry->len == name.len && entry->field == (uint8_t)field &&
           memcmp(entry->key, name.data, name.len) == 0;
}

const struct signals *name_cache_get(struct name_cache *cache, struct ward_str name,
                                     enum signal_field field)
{
    assert(cache && name.len);
    if (name.len > NAME_CACHE_KEY_BYTES)
        return NULL;
    const uint64_t hash = key_hash(name, field);
    struct entry *set = set_of(cache, hash);
    for (uint32_t w = 0; w < WAYS; w++)
        if (entry_is(&set[w], hash, name, field)) {
            set[w].used = ++cache->tick;
            return set[w].copy ? set[w].copy : &cache->empty;
        }
    return NULL;
}

static bool signals_are_empty(const struct signals *s)
{
    return s->hit_count + s->price_count + s->child_count + s->place_count + s->handle_count == 0;
}

void name_cache_put(struct name_cache *cache, struct ward_str name, enum signal_field field,
                    const struct signals *signals)
{
    assert(cache && name.len && signals);
    if (name.len > NAME_CACHE_KEY_BYTES)
        return;
    struct signals *copy = NULL;
    if (!signals_are_empty(signals) && signals_copy(signals, &copy) != WARD_OK)
        return;
    const uint64_t hash = key_hash(name, field);
    struct entry *set = set_of(cache, hash);
    struct entry *oldest = &set[0];
    for (uint32_t w = 1; w < WAYS && oldest->hash; w++)
        if (!set[w].hash || (int32_t)(set[w].used - oldest->used) < 0)
            oldest = &set[w];
    signals_free_copy(oldest->copy);
    *oldest = (struct entry){.hash = hash,
                             .used = ++cache->tick,
                             .len = (uint16_t)name.len,
                             .field = (uint8_t)field,
                             .copy = copy};
    memcpy(oldest->key, name.data, name.len);
}
