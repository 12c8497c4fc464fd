/**
 * Names of rules as numbers, and lists of them, while a replay runs.
 */
#ifndef WARD_CASEWORK_REPLAY_RULES_H
#define WARD_CASEWORK_REPLAY_RULES_H

#include "base/arena.h"
#include "casework/replay.h"

/** Different rules in one replay: those of two packs and of stored verdicts. */
#define REPLAY_RULES_MAX 65536u

struct replay_names {
    struct arena *arena;    /**< borrowed; holds the names */
    struct ward_str *names; /**< owned; by id */
    uint32_t name_count, name_capacity;
    uint32_t *slots; /**< owned; id + 1, 0 free; open addressing, at most half full */
    uint32_t slot_count;
    uint32_t *ids; /**< owned; lists one behind the other */
    uint64_t id_count, id_capacity;
    struct replay_rule *counts;  /**< owned; by id, once replay_names_count() was called */
    struct replay_rule *ranking; /**< owned; those that moved, most often first */
    size_t ranked;
};

void replay_names_init(struct replay_names *names, struct arena *arena);
void replay_names_release(struct replay_names *names);
/** Adds the id of `name` to the list under way; false when memory or REPLAY_RULES_MAX is reached.
 */
bool replay_names_add(struct replay_names *names, struct ward_str name);
/** Ends the list that began at `first`: ascending, each id once. Returns its length. */
uint32_t replay_names_sort(struct replay_names *names, uint64_t first);
/** Makes the counters, all zero. False when memory is out. */
bool replay_names_count(struct replay_names *names);
/** Fills `ranking`. */
void replay_names_rank(struct replay_names *names);

#endif
