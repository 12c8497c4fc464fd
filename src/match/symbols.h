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
/** Set in the table for a code that is a whole one-unit term. */
#define SYMBOL_SINGLE 0x8000u
#define SYMBOL_MASK (SYMBOL_LIMIT - 1u)

struct symbols {
    uint16_t of[SYMBOL_CODES];
    /** Bit b of row a: some character that can be read with class a has its usual reading in b. */
    uint64_t kin[SYMBOL_LETTER_A][SYMBOL_LETTER_A / 64u];
};

/** Fills the tables from text/chars.h. Cost: one pass over the Han blocks, a few milliseconds. */
void symbols_fill(struct symbols *symbols);

/** Symbol of a folded code. */
static inline uint32_t symbol_of(const struct symbols *symbols, uint32_t code)
{
    return code < SYMBOL_CODES ? symbols->of[code] & SYMBOL_MASK : SYMBOL_HASHED;
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
/** Adds the usual readings of characters whose rarer reading is one of `readings`. */
void symbols_kin(const struct symbols *symbols, const struct symbol_set *readings,
                 struct symbol_set *out);
/** Adds the symbols of the look-alikes of `code`, nearest first. */
void symbols_alikes(const struct symbols *symbols, uint32_t code, const struct symbol_set *readings,
                    struct symbol_set *out);

#endif
