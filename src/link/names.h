/**
 * Numbers for strings: a hash table that hands out 0, 1, 2 ... and can renumber by order of bytes.
 */
#ifndef WARD_LINK_NAMES_H
#define WARD_LINK_NAMES_H

#include "base/arena.h"
#include "ward/ward.h"

struct names {
    uint32_t *slots; /**< two words a slot: number + 1 (0: free), and its hash; owned */
    uint32_t capacity;
    struct ward_str *keys; /**< owned array; the bytes are the arena's */
    uint32_t count, key_capacity;
    struct arena *arena;
};

void names_init(struct names *names, struct arena *arena);
void names_release(struct names *names);
/** Number of `left` "/" `right`, copied when new. WARD_ERR_NOMEM. */
enum ward_status names_number(struct names *names, struct ward_str left, struct ward_str right,
                              uint32_t *number) WARD_MUST_USE;
/** Number of a key that is there, UINT32_MAX otherwise. Not after names_sort(). */
uint32_t names_find(const struct names *names, struct ward_str left, struct ward_str right);
/**
 * Sorts the keys bytewise; `renumbered[old]` becomes the new number (room for `count`). Look-up
 * ends with this: the table only lists from then on. WARD_ERR_NOMEM.
 */
enum ward_status names_sort(struct names *names, uint32_t *renumbered) WARD_MUST_USE;

#endif
