/**
 * Open addressing, linear probing, at most half full.
 */
#include "link/names.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/str.h"

void names_init(struct names *names, struct arena *arena)
{
    *names = (struct names){.arena = arena};
}

void names_release(struct names *names)
{
    free(names->slots);
    free(names->keys);
    *names = (struct names){0};
}

/* Hash of left "/" right, without putting them together: chained, the lengths are mixed in. */
static uint64_t pair_hash(struct ward_str left, struct ward_str right)
{
    return hash_str(right, hash_str(left, 1));
}

static bool is_key(struct ward_str key, struct ward_str left, struct ward_str right)
{
    return key.len == left.len + 1 + right.len && key.data[left.len] == '/' &&
           str_equal(str_part(key, 0, left.len), left) &&
           str_equal(str_part(key, left.len + 1, key.len), right);
}

static enum ward_status grow_slots(struct names *names)
{
    const uint32_t capacity = names->capacity ? names->capacity * 2 : 256;
    uint32_t *slots = calloc(capacity, sizeof *slots * 2);
    if (!slots)
        return WARD_ERR_NOMEM;
    /* A slot is two words: number + 1, and 32 bits of the hash, by which it moves. */
    for (uint32_t i = 0; i < names->capacity; i++) {
        if (!names->slots[i * 2])
            continue;
        uint32_t at = names->slots[i * 2 + 1] & (capacity - 1);
        while (slots[at * 2])
            at = (at + 1) & (capacity - 1);
        slots[at * 2] = names->slots[i * 2];
        slots[at * 2 + 1] = names->slots[i * 2 + 1];
    }
    free(names->slots);
    names->slots = slots;
    names->capacity = capacity;
    return WARD_OK;
}

static enum ward_status grow_keys(struct names *names)
{
    const uint32_t capacity = names->key_capacity ? names->key_capacity * 2 : 128;
    struct ward_str *keys = realloc(names->keys, capacity * sizeof *keys);
    if (!keys)
        return WARD_ERR_NOMEM;
    names->keys = keys;
    names->key_capacity = capacity;
    return WARD_OK;
}

static enum ward_status add_key(struct names *names, struct ward_str left, struct ward_str right)
{
    if (names->count == names->key_capacity && grow_keys(names))
        return WARD_ERR_NOMEM;
    char *bytes = arena_alloc(names->arena, left.len + right.len + 2);
    if (!bytes)
        return WARD_ERR_NOMEM;
    if (left.len)
        memcpy(bytes, left.data, left.len);
    bytes[left.len] = '/';
    if (right.len)
        memcpy(bytes + left.len + 1, right.data, right.len);
    bytes[left.len + 1 + right.len] = '\0';
    names->keys[names->count++] = (struct ward_str){bytes, left.len + 1 + right.len};
    return WARD_OK;
}

/* The slot of a key, or the free one where it would stand. */
static uint32_t slot_of(const struct names *names, struct ward_str left, struct ward_str right,
                        uint32_t hash)
{
    uint32_t at = hash & (names->capacity - 1);
    while (names->slots[at * 2]) {
        if (names->slots[at * 2 + 1] == hash &&
            is_key(names->keys[names->slots[at * 2] - 1], left, right))
            break;
        at = (at + 1) & (names->capacity - 1);
    }
    return at;
}

uint32_t names_find(const struct names *names, struct ward_str left, struct ward_str right)
{
    if (!names->capacity)
        return UINT32_MAX;
    const uint32_t at = slot_of(names, left, right, (uint32_t)pair_hash(left, right));
    return names->slots[at * 2] - 1; /* a free slot holds 0 */
}

enum ward_status names_number(struct names *names, struct ward_str left, struct ward_str right,
                              uint32_t *number)
{
    *number = UINT32_MAX;
    if (names->count * 2 >= names->capacity && grow_slots(names))
        return WARD_ERR_NOMEM;
    const uint32_t hash = (uint32_t)pair_hash(left, right);
    const uint32_t at = slot_of(names, left, right, hash);
    if (!names->slots[at * 2]) {
        if (add_key(names, left, right))
            return WARD_ERR_NOMEM;
        names->slots[at * 2] = names->count;
        names->slots[at * 2 + 1] = hash;
    }
    *number = names->slots[at * 2] - 1;
    return WARD_OK;
}

static int by_bytes(const void *left, const void *right, void *keys)
{
    const struct ward_str *all = keys;
    return str_compare(all[*(const uint32_t *)left], all[*(const uint32_t *)right]);
}

enum ward_status names_sort(struct names *names, uint32_t *renumbered)
{
    if (!names->count)
        return WARD_OK;
    uint32_t *order = malloc(names->count * sizeof *order);
    struct ward_str *sorted = malloc(names->count * sizeof *sorted);
    if (!order || !sorted) {
        free(order);
        free(sorted);
        return WARD_ERR_NOMEM;
    }
    for (uint32_t i = 0; i < names->count; i++)
        order[i] = i;
    qsort_r(order, names->count, sizeof *order, by_bytes, names->keys);
    for (uint32_t i = 0; i < names->count; i++) {
        sorted[i] = names->keys[order[i]];
        renumbered[order[i]] = i;
    }
    free(order);
    free(names->keys);
    names->keys = sorted;
    names->key_capacity = names->count;
    free(names->slots);
    names->slots = NULL;
    names->capacity = 0;
    return WARD_OK;
}
