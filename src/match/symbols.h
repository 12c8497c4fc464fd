/**
 * Code points -> symbols: the small alphabet of the first stage.
 *
 * Characters that sound alike, carelessly said, share a symbol, so a probe on symbols finds a term
 * as written, by homophone and by near-homophone at once. What has no Mandarin sound gets a symbol
 * from its code.
 *
 * Invariants:
 *  1. Symbols are 10 bits; 0 is "no symbol".
 *  2. A folded code always has the same symbol: exact text is never missed by a probe.
 */
#ifndef WARD_MATCH_SYMBOLS_H
#define WARD_MATCH_SYMBOLS_H

#include "ward/ward.h"

#define SYMBOL_BITS 10u
#define SYMBOL_LIMIT (1u << SYMBOL_BITS)
/** Codes below this are in the flat table; the rare ones above share a symbol. */
#define SYMBOL_CODES 0x30000u
#define SYMBOL_LETTER_A 512u
#define SYMBOL_DIGIT_0 538u
#define SYMBOL_HASHED 548u
/** Beside the symbol, the table holds these bits for a code: */
#define SYMBOL_SINGLE 0x8000u /* it is a whole one-unit term */
#define SYMBOL_VARIED                                                                              \
    0x4000u /* it has readings of other classes too, and is not too rare for them */
#define SYMBOL_QUIET 0x2000u   /* any neighbour is ordinary: grammatical characters and digits */
#define SYMBOL_FOREIGN 0x1000u /* it is no Han character */
/** What codes beyond the table have. */
#define SYMBOL_BEYOND (SYMBOL_HASHED | SYMBOL_FOREIGN)
#define SYMBOL_MASK (SYMBOL_LIMIT - 1u)

/** Letters and digits that are said aloud lie below this. */
#define SYMBOL_SAID_CODES 128u
#define SYMBOL_SAID_MAX 7u

struct symbols {
    uint16_t of[SYMBOL_CODES];
    /** Symbols that a digit or letter stands for when said aloud; ends with 0. */
    uint16_t said[SYMBOL_SAID_CODES][SYMBOL_SAID_MAX + 1u];
};

/** Fills the tables from text/chars.h. Cost: one pass over the Han blocks, a few milliseconds. */
void symbols_fill(struct symbols *symbols);

/** Symbol and bits of a folded code. */
static inline uint32_t symbol_entry(const struct symbols *symbols, uint32_t code)
{
    return code < SYMBOL_CODES ? symbols->of[code] : SYMBOL_BEYOND;
}

/** Symbol of a folded code. */
static inline uint32_t symbol_of(const struct symbols *symbols, uint32_t code)
{
    return symbol_entry(symbols, code) & SYMBOL_MASK;
}

/**
 * Symbol of a letter, digit or sign where look-alikes among them share one (4, @ and a; 1, !, l and
 * i); 0 for anything else.
 */
uint32_t symbol_leet(uint32_t code);

/** True if the code is a Han character (also without readings). */
bool symbol_code_is_han(uint32_t code);

#define SYMBOL_SET_MAX 24u
struct symbol_set {
    uint16_t at[SYMBOL_SET_MAX];
    uint32_t count;
};

/** Adds `symbol` unless it is there already or the set is full. */
void symbol_set_add(struct symbol_set *set, uint32_t symbol);
/** True if `symbol` is in the set. */
bool symbol_set_has(const struct symbol_set *set, uint32_t symbol);

/** Symbols of all readings of a term's unit (its own symbol first). */
void symbols_readings(const struct symbols *symbols, uint32_t code, struct symbol_set *out);
/** Adds the symbols of the look-alikes of `code`, nearest first. */
void symbols_alikes(const struct symbols *symbols, uint32_t code, const struct symbol_set *readings,
                    struct symbol_set *out);

#endif
