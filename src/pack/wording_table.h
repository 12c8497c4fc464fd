/**
 * The wording table of a pack: how much a piece of wording has been seen to speak for the trade.
 *
 * A piece is a short run of tokens. A token is a word class (a signal's name), a Han or other
 * character, a Latin word, or a run of digits by its length. The table is plain text
 * (`wording.tsv`), one piece a line, so that a reader can see what counts:
 *
 *     KIND<space>TOKEN[<space>TOKEN...]<tab>WEIGHT[<tab>OFFER<tab>SEEK<tab>AGENT]
 *
 * KIND is one letter (enum piece_kind). A class is written <name>, digits #LENGTH, a Latin word in
 * its letters, anything else as the character itself. For kind c the rest is the characters in a
 * row. The last three say how much a piece, in a trade post, speaks for each role. Lines that start
 * with # and a space are comments.
 *
 * Pieces are looked up by a 64-bit key; two different pieces of one table with the same key are
 * refused at load.
 */
#ifndef WARD_PACK_WORDING_TABLE_H
#define WARD_PACK_WORDING_TABLE_H

#include "base/arena.h"
#include "ward/ward.h"

#define WORDING_PIECES_MAX 65536u
#define WORDING_TOKENS_MAX 4u
/** A weight beyond this is refused: one piece of wording must not decide alone. */
#define WORDING_WEIGHT_MAX 16.0

enum piece_kind {
    PIECE_ONE = '1',   /* a token */
    PIECE_TWO = '2',   /* two tokens in a row */
    PIECE_THREE = '3', /* three tokens in a row */
    PIECE_SKIP = 's',  /* two classes in this order with tokens between */
    PIECE_CHARS = 'c', /* characters in a row, digits as 0 */
    PIECE_ALIAS = 'a', /* a class in the alias */
    PIECE_GROUP = 'g', /* a class in the group's name */
    PIECE_EVENT = 'k'  /* the event's kind */
};

/** Roles that a piece leans to: offer, seek, agent. */
#define WORDING_ROLES 3u

struct wording_entry {
    uint64_t key; /**< 0: empty */
    float weight;
    float lean[WORDING_ROLES];
};

/** Open addressing, linear probing, at most half full. */
struct pack_wording {
    const struct wording_entry *entries;
    uint32_t mask;                 /**< entry count - 1 */
    uint32_t count;                /**< pieces */
    const uint64_t *signal_tokens; /**< token of every signal's class */
};

/** Tokens as numbers; equal tokens are equal in every process. */
uint64_t wording_token_class(struct ward_str name);
uint64_t wording_token_char(uint32_t code);
uint64_t wording_token_digits(uint32_t length);
/** `codes`: folded letters of a Latin word. */
uint64_t wording_token_word(const uint32_t *codes, uint32_t count);

/** Key of a piece; never 0. */
uint64_t wording_key(enum piece_kind kind, const uint64_t *tokens, uint32_t count);

/** The entry of a piece, NULL if the table does not hold it. */
static inline const struct wording_entry *wording_find(const struct pack_wording *table,
                                                       uint64_t key)
{
    for (uint32_t at = (uint32_t)key & table->mask; table->entries[at].key;
         at = (at + 1) & table->mask)
        if (table->entries[at].key == key)
            return &table->entries[at];
    return NULL;
}

/**
 * Reads the text of a wording.tsv into `*out`, all memory from `arena`; `signal_tokens` is left
 * NULL. WARD_ERR_FORMAT with line and cause, WARD_ERR_LIMIT, WARD_ERR_NOMEM.
 */
enum ward_status wording_table_read(struct arena *arena, const char *source, struct ward_str text,
                                    struct pack_wording *out, struct ward_error *err) WARD_MUST_USE;

#endif
