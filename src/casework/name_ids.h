/**
 * Names (of rules, signals, places) as numbers 0, 1, ..., and lists of such numbers.
 */
#ifndef WARD_CASEWORK_NAME_IDS_H
#define WARD_CASEWORK_NAME_IDS_H

#include "base/arena.h"
#include "casework/replay.h"

/** Different names in one table. */
#define NAME_IDS_MAX (1u << 20)

struct name_ids {
    struct arena *arena;    /**< borrowed; holds the names */
    struct ward_str *names; /**< owned; by id */
    uint32_t name_count, name_capacity;
    uint32_t *slots; /**< owned; id + 1, 0 free; open addressing, at most half full */
    uint32_t slot_count;
    uint32_t *ids; /**< owned; lists one behind the other */
    uint64_t id_count, id_capacity;
    struct replay_rule *counts;  /**< owned; by id, once name_ids_count() was called */
    struct replay_rule *ranking; /**< owned; those that moved, most often first */
    size_t ranked;
};

void name_ids_init(struct name_ids *names, struct arena *arena);
void name_ids_release(struct name_ids *names);
/** The id of `name`, a new one if need be; false when memory or NAME_IDS_MAX is reached. */
bool name_ids_take(struct name_ids *names, struct ward_str name, uint32_t *id);
/** The id of `name`; false if it has none. */
bool name_ids_find(const struct name_ids *names, struct ward_str name, uint32_t *id);
/** Adds the id of `name` to the list under way; false when memory or NAME_IDS_MAX is reached.
 */
bool name_ids_add(struct name_ids *names, struct ward_str name);
/** Ends the list that began at `first`: ascending, each id once. Returns its length. */
uint32_t name_ids_sort(struct name_ids *names, uint64_t first);
/** Makes the counters, all zero. False when memory is out. */
bool name_ids_count(struct name_ids *names);
/** Fills `ranking`. */
void name_ids_rank(struct name_ids *names);

#endif
