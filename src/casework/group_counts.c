#include "casework/group_counts.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"

#define NAMES_MAX 64u /* names of one group that are taken over in one source */

void group_counts_init(struct group_counts *counts, size_t max_groups)
{
    *counts = (struct group_counts){.max_groups = max_groups};
    arena_init(&counts->arena, 64u * 1024u, SIZE_MAX / 2);
}

void group_counts_release(struct group_counts *counts)
{
    arena_release(&counts->arena);
    free(counts->groups);
    free(counts->table);
    free(counts->changed);
    group_counts_init(counts, counts->max_groups);
}

void group_counts_clear(struct group_counts *counts)
{
    if (counts->table)
        memset(counts->table, 0, counts->table_size * sizeof *counts->table);
    counts->count = 0;
    arena_reset(&counts->arena);
}

static bool grow(struct group_counts *counts)
{
    const size_t capacity = counts->capacity ? counts->capacity * 2 : 256;
    struct group_count *groups = realloc(counts->groups, capacity * sizeof *groups);
    if (!groups)
        return false;
    counts->groups = groups;
    struct store_group_count *changed = realloc(counts->changed, capacity * sizeof *changed);
    uint32_t *table = changed ? calloc(capacity * 2, sizeof *table) : NULL;
    if (changed)
        counts->changed = changed;
    if (!table)
        return false;
    for (size_t i = 0; i < counts->count; i++) {
        size_t at = groups[i].hash & (capacity * 2 - 1);
        while (table[at])
            at = (at + 1) & (capacity * 2 - 1);
        table[at] = (uint32_t)i + 1;
    }
    free(counts->table);
    counts->table = table;
    counts->table_size = capacity * 2;
    counts->capacity = capacity;
    return true;
}

static struct group_count *find(const struct group_counts *counts, const struct ward_event *event,
                                uint64_t hash, size_t *slot)
{
    size_t at = hash & (counts->table_size - 1);
    for (; counts->table[at]; at = (at + 1) & (counts->table_size - 1)) {
        struct group_count *group = &counts->groups[counts->table[at] - 1];
        if (group->hash == hash && str_equal(group->row.platform, event->platform) &&
            str_equal(group->row.group, event->group))
            return group;
    }
    *slot = at;
    return NULL;
}

static struct group_count *add_group(struct group_counts *counts, const struct ward_event *event,
                                     uint64_t hash, size_t slot)
{
    struct group_count *group = &counts->groups[counts->count];
    *group = (struct group_count){.hash = hash,
                                  .row = {.platform = arena_copy(&counts->arena, event->platform),
                                          .group = arena_copy(&counts->arena, event->group)}};
    if (!group->row.platform.data || !group->row.group.data)
        return NULL;
    counts->table[slot] = (uint32_t)++counts->count;
    return group;
}

/* The last name seen; a group that changes it without end keeps an early one. */
static bool take_name(struct group_counts *counts, struct group_count *group, struct ward_str name)
{
    if (!name.len || group->names == NAMES_MAX || str_equal(group->row.group_name, name))
        return true;
    group->row.group_name = arena_copy(&counts->arena, name);
    group->names++;
    return group->row.group_name.data != NULL;
}

bool group_counts_add(struct group_counts *counts, const struct ward_event *event)
{
    size_t slot;
    if (!event->group.len)
        return true;
    if (counts->count == counts->capacity && !grow(counts))
        return false;
    const uint64_t hash = hash_str(event->group, hash_str(event->platform, 1));
    struct group_count *group = find(counts, event, hash, &slot);
    if (!group && counts->count == counts->max_groups)
        return true;
    if (!group)
        group = add_group(counts, event, hash, slot);
    if (!group)
        return false;
    group->row.messages++;
    group->is_changed = true;
    return take_name(counts, group, event->group_name);
}

struct group_counts_rows group_counts_changed(struct group_counts *counts, struct ward_str source,
                                              struct ward_str source_sha256)
{
    struct group_counts_rows rows = {counts->changed, 0};
    for (size_t i = 0; i < counts->count; i++) {
        if (!counts->groups[i].is_changed)
            continue;
        counts->changed[rows.count] = counts->groups[i].row;
        counts->changed[rows.count].source = source;
        counts->changed[rows.count++].source_sha256 = source_sha256;
    }
    return rows;
}

void group_counts_written(struct group_counts *counts)
{
    for (size_t i = 0; i < counts->count; i++)
        counts->groups[i].is_changed = false;
}
