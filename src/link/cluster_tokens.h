/**
 * A text as a row of small numbers, so that a disguised repost and its plain twin give the same
 * row.
 *
 * One token is: a Han character by its most usual toneless syllable (sound-alike characters are
 * one), a word of Latin letters, a number (all short numbers are one token, long ones, which
 * reach a person, keep their digits), or one letter of another script. Everything else is
 * dropped. In a text with Han characters, letters that spell syllables are those syllables. A
 * token that repeats more than twice counts twice.
 */
#ifndef WARD_LINK_CLUSTER_TOKENS_H
#define WARD_LINK_CLUSTER_TOKENS_H

#include "link/cluster.h"
#include "text/units.h"

/** Ids below are syllables (text/chars.h); CLUSTER_TOKEN_NUMBER is any short number; the rest are
 * hashes of words and characters, from CLUSTER_TOKEN_HASHED on. */
#define CLUSTER_TOKEN_NUMBER 512u
#define CLUSTER_TOKEN_HASHED 1024u
/** Numbers of so many digits keep them: shorter than telephone numbers, longer than most sums. */
#define CLUSTER_HANDLE_DIGITS 7u

/** Large: lives on the heap. */
struct cluster_tokens {
    uint16_t id[CLUSTER_TOKENS_MAX];
    uint16_t said[CLUSTER_TOKENS_MAX];  /**< as id, but short numbers are told apart by value */
    uint32_t begin[CLUSTER_TOKENS_MAX]; /**< bytes of the text, half-open with `end` */
    uint32_t end[CLUSTER_TOKENS_MAX];
    uint32_t count; /**< kept, at most CLUSTER_TOKENS_MAX */
    uint64_t exact; /**< equal for reposts: all tokens, and of short texts the numbers too */
    bool is_empty;  /**< not a byte of text */
    struct text_units units; /**< owned; of the text's first WARD_TEXT_WINDOW_BYTES */
};

void cluster_tokens_init(struct cluster_tokens *tokens);
void cluster_tokens_release(struct cluster_tokens *tokens);

/** Replaces the content by the tokens of `text`. WARD_ERR_NOMEM leaves it without tokens.
 * Cost: O(bytes). */
enum ward_status cluster_tokens_read(struct cluster_tokens *tokens,
                                     struct ward_str text) WARD_MUST_USE;

#endif
