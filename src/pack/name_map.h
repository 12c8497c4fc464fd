/**
 * A map from (space, text) to a number: names of signals and rules, duplicate keys and terms.
 *
 * Open addressing with linear probing, at most half full. Keys are borrowed: they must outlive the
 * map. `space` keeps several name spaces apart in one map. Nothing is ever removed.
 */
#ifndef WARD_PACK_NAME_MAP_H
#define WARD_PACK_NAME_MAP_H

#include "ward/ward.h"

struct name_entry;

struct name_map {
    struct name_entry *entries; /**< owned */
    uint32_t count;
    uint32_t capacity; /**< 0 or a power of two */
};

/** Starts empty; allocates nothing. */
void name_map_init(struct name_map *map);
/** Frees the entries; the map is empty again. */
void name_map_release(struct name_map *map);
/** Looks up a key; `*value` is written only when found. */
bool name_map_find(const struct name_map *map, uint32_t space, struct ward_str name,
                   uint32_t *value);
/** Adds or overwrites; WARD_ERR_NOMEM leaves the map unchanged. */
enum ward_status name_map_put(struct name_map *map, uint32_t space, struct ward_str name,
                              uint32_t value) WARD_MUST_USE;

/** Growing rows of one fixed size; a row's address is valid until the next rows_add. */
struct rows {
    void *at; /**< owned */
    uint32_t count;
    uint32_t capacity;
    uint32_t row_bytes;
};

/** Starts empty; allocates nothing. */
void rows_init(struct rows *rows, size_t row_bytes);
/** Frees the rows. */
void rows_release(struct rows *rows);
/** A new zeroed row at the end; NULL when memory is out. The caller bounds `count`. */
void *rows_add(struct rows *rows);

#endif
