/**
 * Which token of one row stands for which of another: an alignment by a longest common subsequence.
 */
#ifndef WARD_LINK_CLUSTER_ALIGN_H
#define WARD_LINK_CLUSTER_ALIGN_H

#include "link/cluster.h"

/** Cells of the work table. */
#define CLUSTER_ALIGN_CELLS ((CLUSTER_TOKENS_MAX + 1u) * (CLUSTER_TOKENS_MAX + 1u))
/** No partner. */
#define CLUSTER_UNMATCHED UINT16_MAX

/**
 * Sets `partner[i]` for each token of `a` to the index of its partner in `b` or CLUSTER_UNMATCHED;
 * partners ascend. `table` is working memory of CLUSTER_ALIGN_CELLS. Both rows have at most
 * CLUSTER_TOKENS_MAX tokens. Cost: O(a_count * b_count).
 */
void cluster_align(const uint16_t *a, uint32_t a_count, const uint16_t *b, uint32_t b_count,
                   uint16_t *table, uint16_t *partner);

#endif
