/**
 * How many messages of each group were read in the current source.
 */
#ifndef WARD_CASEWORK_GROUP_COUNTS_H
#define WARD_CASEWORK_GROUP_COUNTS_H

#include "base/arena.h"
#include "store/store.h"

struct group_count {
    struct store_group_count row; /* strings in the arena */
    uint64_t hash;
    uint32_t names;  /* taken so far */
    bool is_changed; /* since it was written last */
};

struct group_counts {
    struct arena arena;
    struct group_count *groups;        /* owned */
    uint32_t *table;                   /* owned; index + 1 into groups, 0 free */
    struct store_group_count *changed; /* owned; what group_counts_changed gave */
    size_t count, capacity, table_size;
    size_t max_groups;
};

struct group_counts_rows {
    const struct store_group_count *rows; /* borrowed; NULL with count > 0: memory is short */
    size_t count;
};

void group_counts_init(struct group_counts *counts, size_t max_groups);
void group_counts_release(struct group_counts *counts);
/** Forgets all groups: another source begins. */
void group_counts_clear(struct group_counts *counts);

/** Counts one message; false when memory is short. Events of no group are not counted. */
bool group_counts_add(struct group_counts *counts, const struct ward_event *event) WARD_MUST_USE;

/** The groups counted since group_counts_written(), with their whole count in this source. */
struct group_counts_rows group_counts_changed(struct group_counts *counts, struct ward_str source,
                                              struct ward_str source_sha256);
/** What group_counts_changed() gave is in the store. */
void group_counts_written(struct group_counts *counts);

#endif
