/**
 * Putting patterns under the keys by which the first stage finds them. Used by the build only.
 */
#ifndef WARD_MATCH_SEEDS_H
#define WARD_MATCH_SEEDS_H

#include "match/plan.h"

/** Keys of one table under construction. */
struct seed_list {
    struct seed_entry *entries;
    uint64_t *hashes; /**< full hash of each entry, for the filters */
    uint64_t *words;  /**< hash that chooses the word of the filter */
    uint8_t *kinds;   /**< 1 code, 2..4 symbols, 5 look pair, 6 run of letters or digits */
    uint32_t count;
    uint32_t capacity;
};

/** Grows, then becomes the matcher's tables and filters. */
struct seeds {
    struct matcher *matcher;
    struct seed_list plain;
    struct seed_list odd;
    enum ward_status failed;
};

/** Keys of one pattern that patterns[index] needs. Errors stay in `seeds->failed`. */
void seeds_add_pattern(struct seeds *seeds, uint32_t index);
/** Moves everything into the matcher: filters, sorted entries, buckets. */
enum ward_status seeds_finish(struct seeds *seeds);
/** Frees what seeds_finish did not hand over. */
void seeds_release(struct seeds *seeds);

#endif
