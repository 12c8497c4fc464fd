/**
 * What is known about one character, letter, digit or emoji: how it sounds, how it looks, how it
 * comes apart, and how ordinary it is beside another. The matcher asks; nothing here decides.
 *
 * All functions take folded code points (as in `struct text_units`), are pure, thread-safe, O(1)
 * (or O(result)), and return pointers into read-only data that lives for ever. A code point that a
 * table does not know gives an empty answer. Nothing here allocates or fails.
 *
 * Invariants:
 *  1. Lists of syllables are ordered, most usual reading first; lists of alikes nearest first.
 *  2. Every code in an answer is itself folded.
 *  3. A syllable id is 1..SYLLABLE_COUNT; 0 is "none".
 * Sources and licences of the tables: THIRD_PARTY.md; formats: head of tools/make_tables.py.
 */
#ifndef WARD_TEXT_CHARS_H
#define WARD_TEXT_CHARS_H

#include "ward/ward.h"

/* ---- Sound ----------------------------------------------------------------------------------- */

/** Ids run 1..syllable_count(); always below this, so a bit set of 512 bits holds any. */
#define SYLLABLE_LIMIT 512u
/** No two syllables are further apart than this; it means "different sounds". */
#define SYLLABLE_DISTANCE_MAX 3u
/** Readings kept for one character at most. */
#define CHARS_SYLLABLES_MAX 6u

/** Number of toneless Mandarin syllables (about 410). */
uint32_t syllable_count(void);

/**
 * Toneless readings of a Han character, most usual first (rare and archaic ones are not listed).
 * Sets `*ids` and returns how many, 0..CHARS_SYLLABLES_MAX.
 */
uint32_t chars_syllables(uint32_t code, const uint16_t **ids);

/** Name in letters, "zhuang", "lv" (u-umlaut is v); "" for 0 or an unknown id. NUL-terminated. */
const char *syllable_name(uint16_t id);

/** Id of a spelled syllable (lower case letters, u-umlaut as v), 0 if there is none. */
uint16_t syllable_find(struct ward_str name);

/**
 * Class of syllables that careless or southern speech runs together (n/l/r, z/zh, c/ch, s/sh, h/f,
 * an/ang, en/eng, in/ing, lv/lu ...), 1..SYLLABLE_LIMIT-1. Syllables at a distance of 0..2 share
 * it; 0 for id 0.
 */
uint16_t syllable_class(uint16_t id);

/** 0 same, 1 one near sound (initial or final), 2 two of them, SYLLABLE_DISTANCE_MAX different. */
uint32_t syllable_distance(uint16_t a, uint16_t b);

/** First letter as typed for an abbreviation ('z' for zhuang, 'e' for en); 0 for id 0. */
char syllable_initial(uint16_t id);
/** True for zh, ch, sh: an abbreviation may write two letters ("zh") for the initial. */
bool syllable_initial_has_h(uint16_t id);

/** Bit (letter - 'a') is set for each letter that can stand for the character in an abbreviation.
 */
uint32_t chars_initials(uint32_t code);

/** One syllable read from letters. */
struct pinyin_edge {
    uint16_t syllable;
    uint8_t units; /**< units consumed, with a tone digit or apostrophe behind it if there is one */
    uint8_t letters; /**< units that are letters */
    bool loose;      /**< u typed for u-umlaut ("nu" for 女) */
};
#define PINYIN_EDGES_MAX 12u

/**
 * All syllables that start at codes[0], longest first. `codes` are folded units in reading order,
 * `count` how many there are (more than 9 are never looked at). A tone digit 1..5 right behind the
 * letters gives a second, longer edge; an apostrophe between two letters is taken into the edge.
 * `edges` has room for PINYIN_EDGES_MAX; returns how many were written.
 */
uint32_t pinyin_edges(const uint32_t *codes, uint32_t count, struct pinyin_edge *edges);

/** A syllable that a digit or a single letter stands for. */
struct chars_sound_use {
    uint16_t syllable;
    uint8_t loose; /**< 0 its name (9 jiu); 1 a known looser use (0 ni, 8 fa, v wei) */
};

/** How digits '0'..'9' and letters 'a'..'z' are read aloud in Chinese writing; `*uses` may be NULL
 * only when the return is 0. */
uint32_t chars_sound_uses(uint32_t code, const struct chars_sound_use **uses);

/** Letters that a digit or symbol is written for ("a" for 4 and @, "li" for 1); "" if none. */
const char *chars_leet(uint32_t code);

/* ---- Ordinary writing ------------------------------------------------------------------------ */

/**
 * How common the Han pair `a` `b` is in ordinary text: 0 not known, else 1..15, one step a doubling
 * of occurrences in a million characters (class c from 2^(c-3), 15 from 4,096). Exact, no false
 * hits; the ordinary text behind it knows 85 % of the pairs met in text it has not seen.
 * Cost: a binary search, some ten steps.
 */
uint32_t chars_pair_frequency(uint32_t a, uint32_t b);

/**
 * True if ordinary text puts Han character `b` right after `a`: the pair is known, or one of the
 * two is a grammatical character (beside which nearly anything is ordinary). False if either is not
 * Han.
 */
bool chars_pair_is_ordinary(uint32_t a, uint32_t b);

/** True for grammatical characters, beside which nearly anything is ordinary. */
bool chars_is_grammatical(uint32_t code);

/** Hash of a pair of code points, for the filter below and for the tables of others. */
static inline uint64_t chars_pair_hash(uint32_t a, uint32_t b)
{
    const uint64_t key = ((uint64_t)a << 21 | b) * 0x9e3779b97f4a7c15ULL;
    return key ^ key >> 32;
}

/** Three bits of one word stand for a hash: one memory access, few chance hits. */
static inline uint64_t chars_hash_bits(uint64_t hash)
{
    return 1ULL << (hash & 63u) | 1ULL << (hash >> 6 & 63u) | 1ULL << (hash >> 12 & 63u);
}

/** The filter for chars_pair_seems_usual, 256 KB; for loops that ask of every pair of a text. */
const uint64_t *chars_pair_filter(void);
#define CHARS_USUAL_SHIFT 49u

/**
 * The cheap question before chars_pair_is_ordinary: true if the pair with this hash is of class 3
 * or more, and of 6 in 1,000 others by chance. Grammatical characters are not considered.
 */
static inline bool chars_pair_seems_usual(const uint64_t *filter, uint64_t hash)
{
    const uint64_t bits = chars_hash_bits(hash);
    return (filter[hash >> CHARS_USUAL_SHIFT] & bits) == bits;
}

/** How common a Han character is in ordinary text: 0 unseen, else a class 1..15 as above. */
uint32_t chars_frequency(uint32_t code);

/* ---- Shape ----------------------------------------------------------------------------------- */

struct chars_alike {
    uint32_t code : 24;
    uint32_t distance : 8; /**< 1 nearly the same picture .. 3 alike at a glance */
};

/** Characters that can be mistaken for or stand in for `code` by look. Symmetric. */
uint32_t chars_shape_alikes(uint32_t code, const struct chars_alike **alikes);

/** Distance of `b` in the list of `a`; 0 if the same, UINT32_MAX if not alike. */
uint32_t chars_shape_distance(uint32_t a, uint32_t b);

/**
 * Walk of split characters: start with CHARS_SPLIT_START, feed parts in reading order; a state of
 * 0 is a dead end. A state other than 0 may have whole characters (chars_split_result).
 */
#define CHARS_SPLIT_START 1u
uint32_t chars_split_step(uint32_t state, uint32_t code);
/** Characters whose parts are exactly those fed so far; returns how many, sets `*codes`. */
uint32_t chars_split_result(uint32_t state, const uint32_t **codes);

/** Parts of one way to split. */
struct chars_parts {
    uint32_t code[3];
    uint32_t count; /**< 2..3 */
};
#define CHARS_PARTS_MAX 32u
/** All ways to split `code` (at most `max`, CHARS_PARTS_MAX are enough), best first. */
uint32_t chars_splits(uint32_t code, struct chars_parts *out, uint32_t max);

/* ---- Emoji ----------------------------------------------------------------------------------- */

/**
 * Longest known emoji at codes[0..count), as folded units (zero-width joiners, variation selectors
 * and skin tones are no units). Returns its id and sets `*units` consumed; 0 and 0 if unknown.
 */
uint32_t chars_emoji_find(const uint32_t *codes, uint32_t count, uint32_t *units);

/** Words it stands for, most direct first: Chinese, then English. Returns how many word ids. */
uint32_t chars_emoji_words(uint32_t emoji, const uint16_t **words);
#define CHARS_EMOJI_WORDS_MAX 24u

/** Folded code points of a word; returns how many, 0 for an unknown word. */
uint32_t chars_emoji_word(uint16_t word, const uint32_t **codes);

#endif
