/**
 * The ways in which one unit of a pattern can be read at one place of a text.
 *
 * This is where each kind of disguise is undone: same and near sound, shape, split characters,
 * spelled syllables, first letters, digits, emoji, leet. A reading may take several units of text
 * (split, pinyin, emoji sequences) and several of the pattern (an emoji that is a word).
 */
#ifndef WARD_MATCH_READING_H
#define WARD_MATCH_READING_H

#include "match/walk.h"

/** A walk under way: what readings need to know. */
struct walk {
    const struct matcher *matcher;
    const struct pattern *pattern;
    const struct walk_view *view;
    struct walk_scratch *scratch;
    const uint32_t *codes; /**< the pattern's units */
    const uint8_t *breaks;
    bool gaps_allowed;
    bool full; /**< read through sound and shape, not only through folding */
    uint32_t limit;
};

struct reading {
    uint32_t begin; /**< units of text, half-open */
    uint32_t end;
    uint32_t last; /**< last unit of the reading */
    uint32_t cost;
    uint32_t disguises;
    uint8_t count; /**< units of the pattern read */
    uint8_t look, sound, said, numeral, split, near, spelled, initial, shape;
};

#define READINGS_MAX 16u

/** Writes the readings of pattern unit `p` at unit `v` of the text; returns how many. */
uint32_t readings_at(const struct walk *w, uint32_t p, uint32_t v,
                     struct reading out[READINGS_MAX]);

/** True if the letters [from, to) of the view are spelled syllables throughout (also if empty). */
bool reading_is_spelled(const struct walk_view *view, uint32_t from, uint32_t to);

/** Digits that can stand for a character, said aloud or as its numeral: bit d for digit d. */
uint32_t reading_digits(uint32_t code);

/** Smallest syllable distance between any readings of two characters. */
uint32_t reading_distance(uint32_t a, uint32_t b);

#endif
