/**
 * Parts of a network that hang together more tightly than with the rest, of a bounded size.
 *
 * Louvain's method (Blondel et al. 2008): nodes move to the neighbouring part that gains most
 * modularity, parts become nodes, and so on; here no move may make a part larger than a ceiling,
 * and parts that fell apart are divided at the end, as in Leiden (Traag et al. 2019). Nodes are
 * visited in order of their numbers and the least label wins a tie, so the answer is fixed.
 */
#ifndef WARD_LINK_COMMUNITY_H
#define WARD_LINK_COMMUNITY_H

#include "base/arena.h"
#include "ward/ward.h"

/** An undirected network as lists of neighbours; every edge stands in both lists. */
struct network {
    uint32_t node_count;
    const uint32_t *begin;  /**< node_count + 1 */
    const uint32_t *other;  /**< by arc */
    const double *weight;   /**< by arc, above 0 */
    const uint32_t *people; /**< by node: what it counts towards the ceiling */
};

/** `label[i]`: the least node of the part of i. WARD_ERR_NOMEM. Cost: O(edges) a pass, at most
 * 8 levels of 16 passes. */
enum ward_status community_split(const struct network *network, uint32_t people_max,
                                 uint32_t *label, struct arena *work) WARD_MUST_USE;

#endif
