/**
 * Near-duplicate texts, streaming: texts in, one cluster number a text out.
 *
 * Two texts meet when they read alike after disguise is undone: width, case, variants, invisible
 * characters, strewn-in separators and emoji, sound-alike characters, spelled syllables, other
 * numbers. A text is a row of tokens (one Han character by its sound, one word, one number); texts
 * whose rows share at least half of their tokens in order, and the sequences of three or more by
 * which they are found, fall into one cluster. What crowds share (a greeting, a call to add me)
 * does not tie texts that say different things around it.
 *
 * Texts shorter than CLUSTER_TOKENS_LEAST tokens meet only their exact reposts (numbers
 * included). An empty text is a cluster of its own.
 *
 * Invariants:
 *  1. Same texts in the same order, same numbers. The first text of a cluster stands for it: every
 *     member was compared with a text that stands for it, so likeness does not drift along chains.
 *  2. Memory: about 16 bytes a text, 2 bytes a token and 8 bytes a sequence kept for look-up; at
 *     the ceiling of sequences new texts are still compared with those already kept.
 *
 * One struct cluster belongs to one thread at a time.
 */
#ifndef WARD_LINK_CLUSTER_H
#define WARD_LINK_CLUSTER_H

#include "ward/ward.h"

/** Texts of one run; more are refused. */
#define CLUSTER_TEXTS_MAX (16u * 1024u * 1024u)
/** Tokens of one text that are compared; what lies behind counts for exact reposts only. */
#define CLUSTER_TOKENS_MAX 512u
/** Shorter texts are too short to be like another. */
#define CLUSTER_TOKENS_LEAST 5u

struct cluster;

/** WARD_ERR_NOMEM. `*out` is freed with cluster_free(). */
enum ward_status cluster_new(struct cluster **out) WARD_MUST_USE;
/** NULL allowed. */
void cluster_free(struct cluster *cluster);

/**
 * Adds a text; texts are numbered from 0 in the order they come. `*first` becomes the number of the
 * first text of its cluster as known so far, which is its own number when it is like none before
 * it; later texts may still join clusters (cluster_finish tells the final state). `text` is not
 * kept. WARD_ERR_LIMIT beyond CLUSTER_TEXTS_MAX, WARD_ERR_NOMEM; the text is then not added.
 * Cost: O(tokens), plus a bounded number of comparisons of O(tokens * ceil(tokens / 64)).
 */
enum ward_status cluster_add(struct cluster *cluster, struct ward_str text,
                             uint32_t *first) WARD_MUST_USE;

/** Texts added so far. */
uint32_t cluster_text_count(const struct cluster *cluster);

/** All clusters, in order of their first text. Borrowed from the struct cluster until it changes
 * or is freed. */
struct cluster_result {
    const uint32_t *number; /**< per text: its cluster, from 0 */
    uint32_t text_count;
    const uint32_t *tokens; /**< per text: how many, at most CLUSTER_TOKENS_MAX; short texts meet by
                               chance and tie little */
    const uint32_t *begin;  /**< cluster n has members[begin[n] .. begin[n + 1]) */
    uint32_t cluster_count;
    const uint32_t *members; /**< text numbers, ascending within a cluster */
};

/** The clusters of all texts added so far; more may be added afterwards. WARD_ERR_NOMEM.
 * Cost: O(texts). */
enum ward_status cluster_finish(struct cluster *cluster, struct cluster_result *out) WARD_MUST_USE;

#endif
