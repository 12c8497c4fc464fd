/**
 * Which texts hold a sequence of tokens: hash of the sequence -> at most CLUSTER_POSTINGS_MAX text
 * numbers, first come first kept.
 *
 * Nothing is ever pushed out, so what was found once is found for ever. A sequence whose list is
 * full is common; the caller then looks up a longer one that begins at the same token, which is
 * rarer. This is what keeps quality level from thousands to millions of texts.
 *
 * One flat table of (tag, text) pairs, probed in order from the line the tag points to; the place
 * comes from the tag alone, in order, so that growing is one pass from front to back. Different
 * sequences with one tag are taken for the same (one look-up in some hundreds at 10 million
 * sequences); the comparison of the texts decides.
 */
#ifndef WARD_LINK_CLUSTER_INDEX_H
#define WARD_LINK_CLUSTER_INDEX_H

#include "ward/ward.h"

/** Texts kept for one sequence. */
#define CLUSTER_POSTINGS_MAX 8u
/** Places of the table, 8 bytes each at a load of at most 5/8: 1 GB at the most, half as much again
 * while it grows. */
#define CLUSTER_PLACES_MAX (1u << 27)

struct cluster_posting {
    uint32_t tag;
    uint32_t text; /**< number + 1; 0: empty place */
};

struct cluster_index {
    struct cluster_posting *places; /**< owned */
    uint32_t bits;                  /**< there are 2^bits places and a margin behind */
    uint64_t count;
};

enum ward_status cluster_index_init(struct cluster_index *index) WARD_MUST_USE;
void cluster_index_release(struct cluster_index *index);

/** First place of a tag. */
static inline const struct cluster_posting *cluster_index_line(const struct cluster_index *index,
                                                               uint32_t tag)
{
    return index->places + ((size_t)(tag >> (32u - index->bits)) & ~(size_t)7);
}
static inline void cluster_index_prefetch(const struct cluster_index *index, uint32_t tag)
{
    __builtin_prefetch(cluster_index_line(index, tag));
}

/** Writes the texts of `tag` to `texts` (room for CLUSTER_POSTINGS_MAX), oldest first; returns how
 * many. */
uint32_t cluster_index_find(const struct cluster_index *index, uint32_t tag, uint32_t *texts);

/**
 * Makes sure that `more` postings can be added without allocation. WARD_ERR_LIMIT at the ceiling,
 * WARD_ERR_NOMEM; then nothing may be added.
 */
enum ward_status cluster_index_reserve(struct cluster_index *index, uint32_t more) WARD_MUST_USE;

/** Adds a posting, unless it is there already. The caller has reserved room and knows that the list
 * is not full. In a crowded part of the table the posting may be dropped. */
void cluster_index_add(struct cluster_index *index, uint32_t tag, uint32_t text);

#endif
