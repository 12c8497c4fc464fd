/**
 * How much two rows of tokens share in order: the length of their longest common subsequence, by
 * bit-parallel steps (Hyyrö 2004; Crochemore et al. 2001), 64 cells at once.
 *
 * One row, the pattern, is prepared once and compared with many.
 */
#ifndef WARD_LINK_CLUSTER_COMPARE_H
#define WARD_LINK_CLUSTER_COMPARE_H

#include "link/cluster.h"

#define CLUSTER_PATTERN_WORDS (CLUSTER_TOKENS_MAX / 64u)

/** Large: lives on the heap, zeroed before its first use. */
struct cluster_pattern {
    uint16_t place[UINT16_MAX + 1]; /**< by token: 1 + its mask, 0 none */
    uint64_t masks[CLUSTER_TOKENS_MAX][CLUSTER_PATTERN_WORDS]; /**< where the token stands */
    uint16_t ids[CLUSTER_TOKENS_MAX];                          /**< tokens that have a mask */
    uint32_t id_count;
    uint32_t length;
    uint32_t words;
};

/** Prepares `count` (0..CLUSTER_TOKENS_MAX) tokens. Those with `skipped[i]` (NULL: none) match
 * nothing. O(count). */
void cluster_pattern_set(struct cluster_pattern *pattern, const uint16_t *ids, uint32_t count,
                         const bool *skipped);

/** What two rows share, and how it is spread. */
struct cluster_common {
    uint32_t total;
    uint32_t pattern_half; /**< shared by the first length / 2 tokens of the pattern with all of the
                              other row */
    uint32_t other_half; /**< by the first count / 2 tokens of the other row with all the pattern */
};

/** Tokens that the pattern and `ids` have in common, in order. O(count * pattern / 64). */
struct cluster_common cluster_pattern_common(const struct cluster_pattern *pattern,
                                             const uint16_t *ids, uint32_t count);

#endif
