/**
 * bytes -> units: one decode of a text into folded code points, each with its place in the source.
 *
 * A unit is one code point that carries meaning after folding: NFKC (each code point by itself),
 * case folding, radical and compatibility ideographs, Unihan variants, traditional to simplified,
 * Latin look-alikes. What carries no meaning (zero-width, default-ignorable, combining marks,
 * direction controls, tags, variation selectors) makes no unit; the unit before it is marked
 * WARD_DISGUISE_INVISIBLE in `fold` when it lies between two units.
 *
 * Decisions, for those who read the bits:
 *  - An accent is spelling, not decoration: é, ậ, đ fold to e, a, d with WARD_DISGUISE_VARIANT,
 *    whether composed or not, so that "nhận con nuôi" and "nhan con nuoi" are one text. ü is u.
 *  - Other marks on Han, Latin or digits (struck through, marks of a foreign script) are
 * decoration: dropped, INVISIBLE. Marks of Thai, Burmese, Devanagari ... on their own letters are
 * units.
 *  - Joiners, variation selectors and skin tones inside emoji, and the keycap of a digit, make no
 *    unit; only the keycap leaves a bit (STYLED).
 *  - Look-alike letters of Cyrillic, Greek, Armenian ... become Latin ones with LEET, always; Han
 * is never touched by look-alikes. Radical forms (亻, 氵) stay apart from their characters.
 *  - Bits are set on Han, letters and digits only: full-width punctuation is ordinary writing.
 *  - Two regional indicators are two EMOJI units (a flag), a single one is a letter. CR LF is one
 *    NEWLINE. Control characters are dropped as invisible.
 *
 * Invariants:
 *  1. begin[i] < end[i] <= begin[i + 1] (equal begins only for one code point that folds to
 * several); all are code-point boundaries of the source (an invalid byte is a unit of its own).
 *  2. Folding is idempotent: decoding the folded text gives the same codes.
 *  3. `fold[i]` holds only width, case, styled, variant, leet, invisible bits.
 */
#ifndef WARD_TEXT_UNITS_H
#define WARD_TEXT_UNITS_H

#include "ward/ward.h"

enum unit_kind {
    UNIT_HAN,    /* ideograph */
    UNIT_LETTER, /* Latin letter after folding, a..z and accented ones of sea languages */
    UNIT_DIGIT,  /* 0..9 after folding (circled, full-width, mathematical ...); Han numerals are HAN
                  */
    UNIT_OTHER,  /* letters of other scripts, kana, hangul */
    UNIT_SPACE,  /* space, tab and their kin */
    UNIT_NEWLINE,
    UNIT_MARK,   /* ends or parts a sentence: , . ! ? ; : in their CJK forms, and ASCII ones before
                    space or at the end of the text */
    UNIT_SYMBOL, /* any other punctuation or symbol: . * _ - / | ~ + ... */
    UNIT_EMOJI,
    UNIT_INVALID /* a byte that is not UTF-8, an unassigned or private code point */
};

/** False for what parts, decorates or cannot be read. */
static inline bool unit_has_meaning(uint8_t kind)
{
    return kind == UNIT_HAN || kind == UNIT_LETTER || kind == UNIT_DIGIT || kind == UNIT_OTHER ||
           kind == UNIT_EMOJI;
}

/** Units of one text, as parallel arrays for cheap sequential passes. All arrays are owned. */
struct text_units {
    uint32_t count;
    uint32_t capacity;
    uint32_t *code;  /**< folded code point; UTF8_INVALID for invalid bytes */
    uint32_t *begin; /**< source bytes, half-open with `end` */
    uint32_t *end;
    uint8_t *kind;  /**< enum unit_kind */
    uint32_t *fold; /**< disguise bits undone in this unit */
};

void text_units_init(struct text_units *units);
void text_units_release(struct text_units *units);

/**
 * Decodes `text` (at most WARD_TEXT_WINDOW_BYTES; longer is WARD_ERR_LIMIT: the caller windows)
 * into `units`, replacing what was there; storage is kept between calls, so a steady load allocates
 * nothing. WARD_ERR_NOMEM leaves `units` empty. Cost: O(bytes).
 */
enum ward_status text_units_decode(struct text_units *units, struct ward_str text) WARD_MUST_USE;

#endif
