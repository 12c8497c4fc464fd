#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_ALIGN 16u

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    size_t pad; /* keeps the payload aligned to ARENA_ALIGN */
};

_Static_assert(sizeof(struct arena_block) % ARENA_ALIGN == 0, "payload must stay aligned");

static char *block_payload(struct arena_block *block)
{
    return (char *)(block + 1);
}

void arena_init(struct arena *arena, size_t block_bytes, size_t max_bytes)
{
    *arena = (struct arena){.block_bytes = block_bytes, .max_bytes = max_bytes};
}

void arena_release(struct arena *arena)
{
    struct arena_block *block = arena->first;
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    arena_init(arena, arena->block_bytes, arena->max_bytes);
}

void arena_reset(struct arena *arena)
{
    for (struct arena_block *block = arena->first; block; block = block->next)
        block->used = 0;
    arena->now = arena->first;
}

/* Appends a block behind `now`, keeping later (still empty) blocks in the chain. */
static struct arena_block *block_add(struct arena *arena, size_t least)
{
    const size_t size = least > arena->block_bytes ? least : arena->block_bytes;
    if (size > arena->max_bytes || arena->held_bytes > arena->max_bytes - size)
        return NULL;
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    *block = (struct arena_block){.size = size};
    if (arena->now) {
        block->next = arena->now->next;
        arena->now->next = block;
    } else {
        arena->first = block;
    }
    arena->held_bytes += size;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - ARENA_ALIGN)
        return NULL;
    const size_t need = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    struct arena_block *block = arena->now;
    while (block && block->size - block->used < need && block->next && block->next->used == 0)
        block = block->next;
    if (!block || block->size - block->used < need) {
        block = block_add(arena, need);
        if (!block)
            return NULL;
    }
    arena->now = block;
    void *at = block_payload(block) + block->used;
    block->used += need;
    return at;
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    void *at = arena_alloc(arena, count * size);
    if (at)
        memset(at, 0, count * size);
    return at;
}

struct ward_str arena_copy(struct arena *arena, struct ward_str text)
{
    char *at = text.len < SIZE_MAX ? arena_alloc(arena, text.len + 1) : NULL;
    if (!at)
        return (struct ward_str){NULL, 0};
    if (text.len)
        memcpy(at, text.data, text.len);
    at[text.len] = '\0';
    return (struct ward_str){at, text.len};
}
