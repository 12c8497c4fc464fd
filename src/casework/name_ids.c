#include "casework/name_ids.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/str.h"

void name_ids_init(struct name_ids *names, struct arena *arena)
{
    *names = (struct name_ids){.arena = arena};
}

void name_ids_release(struct name_ids *names)
{
    free(names->names);
    free(names->slots);
    free(names->ids);
    free(names->counts);
    free(names->ranking);
    *names = (struct name_ids){0};
}

static uint32_t *find_slot(const struct name_ids *n, struct ward_str name)
{
    uint32_t at = (uint32_t)hash_bytes(name.data, name.len, 0) & (n->slot_count - 1);
    while (n->slots[at] && !str_equal(n->names[n->slots[at] - 1], name))
        at = (at + 1) & (n->slot_count - 1);
    return &n->slots[at];
}

/* Room for one name more. */
static bool grow_names(struct name_ids *n)
{
    if (n->name_count < n->name_capacity)
        return true;
    const uint32_t capacity = n->name_capacity ? n->name_capacity * 2 : 256;
    if (capacity > NAME_IDS_MAX)
        return false;
    struct ward_str *names = realloc(n->names, capacity * sizeof *names);
    if (!names)
        return false;
    n->names = names;
    uint32_t *slots = calloc((size_t)capacity * 2, sizeof *slots);
    if (!slots)
        return false;
    free(n->slots);
    n->slots = slots;
    n->slot_count = capacity * 2;
    n->name_capacity = capacity;
    for (uint32_t i = 0; i < n->name_count; i++)
        *find_slot(n, n->names[i]) = i + 1;
    return true;
}

static bool grow_ids(struct name_ids *n)
{
    if (n->id_count < n->id_capacity)
        return true;
    const uint64_t capacity = n->id_capacity ? n->id_capacity * 2 : 4096;
    uint32_t *ids = realloc(n->ids, capacity * sizeof *ids);
    if (!ids)
        return false;
    n->ids = ids;
    n->id_capacity = capacity;
    return true;
}

bool name_ids_take(struct name_ids *n, struct ward_str name, uint32_t *id)
{
    if (!grow_names(n))
        return false;
    uint32_t *slot = find_slot(n, name);
    if (!*slot) {
        const struct ward_str copy = arena_copy(n->arena, name);
        if (!copy.data)
            return false;
        n->names[n->name_count++] = copy;
        *slot = n->name_count;
    }
    *id = *slot - 1;
    return true;
}

bool name_ids_find(const struct name_ids *n, struct ward_str name, uint32_t *id)
{
    const uint32_t *slot = n->slot_count ? find_slot(n, name) : NULL;
    if (!slot || !*slot)
        return false;
    *id = *slot - 1;
    return true;
}

bool name_ids_add(struct name_ids *n, struct ward_str name)
{
    uint32_t id;
    if (!grow_ids(n) || !name_ids_take(n, name, &id))
        return false;
    n->ids[n->id_count++] = id;
    return true;
}

static int by_id(const void *a, const void *b)
{
    const uint32_t *x = a;
    const uint32_t *y = b;
    return (*x > *y) - (*x < *y);
}

uint32_t name_ids_sort(struct name_ids *n, uint64_t first)
{
    uint64_t kept = first;
    if (n->id_count > first + 1)
        qsort(n->ids + first, n->id_count - first, sizeof *n->ids, by_id);
    for (uint64_t i = first; i < n->id_count; i++)
        if (i == first || n->ids[i] != n->ids[kept - 1])
            n->ids[kept++] = n->ids[i];
    n->id_count = kept;
    return (uint32_t)(kept - first);
}

bool name_ids_count(struct name_ids *n)
{
    n->counts = calloc((size_t)n->name_count + 1, sizeof *n->counts);
    n->ranking = calloc((size_t)n->name_count + 1, sizeof *n->ranking);
    for (uint32_t i = 0; n->counts && i < n->name_count; i++)
        n->counts[i].name = n->names[i];
    return n->counts && n->ranking;
}

static int by_count(const void *a, const void *b)
{
    const struct replay_rule *x = a;
    const struct replay_rule *y = b;
    const uint64_t left = x->added + x->removed;
    const uint64_t right = y->added + y->removed;
    return left != right ? (left < right) - (left > right) : str_compare(x->name, y->name);
}

void name_ids_rank(struct name_ids *n)
{
    n->ranked = 0;
    for (uint32_t i = 0; i < n->name_count; i++)
        if (n->counts[i].added + n->counts[i].removed)
            n->ranking[n->ranked++] = n->counts[i];
    qsort(n->ranking, n->ranked, sizeof *n->ranking, by_count);
}
