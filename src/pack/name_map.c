#include "pack/name_map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"

#define FIRST_CAPACITY 64u
#define CAPACITY_MAX (1u << 24)

struct name_entry {
    struct ward_str name; /* data NULL: free */
    uint32_t space;
    uint32_t value;
};

void name_map_init(struct name_map *map)
{
    *map = (struct name_map){.entries = NULL};
}

void name_map_release(struct name_map *map)
{
    free(map->entries);
    name_map_init(map);
}

/* The entry that holds the key, or the free one where it would go. */
static struct name_entry *entry_of(struct name_entry *entries, uint32_t capacity, uint32_t space,
                                   struct ward_str name)
{
    const uint32_t mask = capacity - 1;
    uint32_t at = (uint32_t)hash_str(name, space) & mask;
    while (entries[at].name.data &&
           (entries[at].space != space || !str_equal(entries[at].name, name)))
        at = (at + 1) & mask;
    return &entries[at];
}

bool name_map_find(const struct name_map *map, uint32_t space, struct ward_str name,
                   uint32_t *value)
{
    if (!map->count)
        return false;
    const struct name_entry *entry = entry_of(map->entries, map->capacity, space, name);
    if (!entry->name.data)
        return false;
    *value = entry->value;
    return true;
}

static enum ward_status map_grow(struct name_map *map)
{
    const uint32_t capacity = map->capacity ? map->capacity * 2 : FIRST_CAPACITY;
    if (capacity > CAPACITY_MAX)
        return WARD_ERR_NOMEM;
    struct name_entry *entries = calloc(capacity, sizeof *entries);
    if (!entries)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < map->capacity; i++) {
        const struct name_entry *old = &map->entries[i];
        if (old->name.data)
            *entry_of(entries, capacity, old->space, old->name) = *old;
    }
    free(map->entries);
    map->entries = entries;
    map->capacity = capacity;
    return WARD_OK;
}

enum ward_status name_map_put(struct name_map *map, uint32_t space, struct ward_str name,
                              uint32_t value)
{
    if (map->count >= map->capacity / 2 && map_grow(map) != WARD_OK)
        return WARD_ERR_NOMEM;
    struct name_entry *entry = entry_of(map->entries, map->capacity, space, name);
    if (!entry->name.data) {
        entry->name = name.data ? name : (struct ward_str){"", 0};
        entry->space = space;
        map->count++;
    }
    entry->value = value;
    return WARD_OK;
}

void rows_init(struct rows *rows, size_t row_bytes)
{
    assert(row_bytes > 0 && row_bytes <= 4096);
    *rows = (struct rows){.row_bytes = (uint32_t)row_bytes};
}

void rows_release(struct rows *rows)
{
    free(rows->at);
    rows_init(rows, rows->row_bytes);
}

void *rows_add(struct rows *rows)
{
    if (rows->count == rows->capacity) {
        const uint32_t capacity = rows->capacity ? rows->capacity * 2 : 16;
        if (capacity < rows->capacity)
            return NULL;
        void *grown = realloc(rows->at, (size_t)capacity * rows->row_bytes);
        if (!grown)
            return NULL;
        rows->at = grown;
        rows->capacity = capacity;
    }
    char *row = (char *)rows->at + (size_t)rows->count * rows->row_bytes;
    memset(row, 0, rows->row_bytes);
    rows->count++;
    return row;
}
