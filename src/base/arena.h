/**
 * Bump allocation for things that die together (one event, one pack under construction).
 *
 * Memory comes in blocks; `arena_reset` keeps the blocks, so a steady load allocates nothing.
 * All memory is aligned for any type. Not thread-safe.
 */
#ifndef WARD_BASE_ARENA_H
#define WARD_BASE_ARENA_H

#include "ward/ward.h"

struct arena_block;

struct arena {
    struct arena_block *first; /**< owned chain */
    struct arena_block *now;   /**< block being filled */
    size_t block_bytes;        /**< size of a fresh block */
    size_t max_bytes;          /**< ceiling on the sum of all blocks */
    size_t held_bytes;
};

/** Starts empty; allocates nothing. */
void arena_init(struct arena *arena, size_t block_bytes, size_t max_bytes);
/** Frees every block. */
void arena_release(struct arena *arena);
/** Everything allocated so far becomes invalid; blocks are kept for reuse. */
void arena_reset(struct arena *arena);

/** `size` bytes, uninitialised; NULL when memory or the ceiling is reached. */
void *arena_alloc(struct arena *arena, size_t size);
/** `count * size` zeroed bytes; NULL on overflow, memory or ceiling. */
void *arena_calloc(struct arena *arena, size_t count, size_t size);
/** A copy of `text`, followed by a NUL that is not counted. `data` is NULL on failure. */
struct ward_str arena_copy(struct arena *arena, struct ward_str text);

#endif
