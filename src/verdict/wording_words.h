/**
 * Which words made the wording speak: from what every character added to the opinion to the few
 * stretches of the text that a reader should look at.
 *
 * The pieces of the wording table overlap (one to four characters, one to three tokens), so a list
 * of the heaviest would name the same words many times. Instead each piece is spread evenly over
 * the characters it stands on; then the stretches are taken in which the characters add most above
 * their mean: the maximal scoring segments of Ruzzo & Tompa 1999, bounded in length and number.
 */
#ifndef WARD_VERDICT_WORDING_WORDS_H
#define WARD_VERDICT_WORDING_WORDS_H

#include "text/units.h"

/** Stretches named at most. */
#define WORDING_WORDS_MAX 4u
/** Units of one stretch at most, before a Latin word or a number it cuts is made whole. */
#define WORDING_WORD_UNITS 16u
/** Units of a text that are looked at; pieces further on are left out. */
#define WORDING_WORTH_MAX 1024u

/** Bytes of the text, half-open, on code-point boundaries. */
struct wording_word {
    uint32_t begin, end;
};

/**
 * Finds the stretches that speak in one direction.
 *
 * @param units     the text; borrowed.
 * @param worth     what each unit added, in log-odds; at least min(count, WORDING_WORTH_MAX) long.
 * @param for_trade true: what speaks for the trade (worth > 0), false: what speaks against it.
 * @param out       filled, the strongest first; stretches are disjoint and lie within a clause.
 * @return how many. 0 when nothing speaks in that direction.
 * Cost: O(units x WORDING_WORD_UNITS).
 */
uint32_t wording_words(const struct text_units *units, const float *worth, bool for_trade,
                       struct wording_word out[WORDING_WORDS_MAX]);

#endif
