/**
 * The compiled form of a term list, shared by the files of this room; nobody else includes it.
 *
 * Each term becomes one or more patterns: the term itself, and for terms read through disguise its
 * reversed and neighbour-swapped forms. Each pattern is put under seed keys: sequences of up to
 * SEED_SYMBOLS_MAX symbols (or two codes) under which the first units of a disguised occurrence may
 * stand. Filters of bits say cheaply that a key is absent; tables list the patterns of a key.
 *
 * There are two tables of keys and two filters of longer keys. The plain ones hold the symbols of
 * the term itself, a few keys a pattern, and stay in the near caches: every place of a text is
 * probed. The odd ones hold what look-alikes and first letters make of it, some fifty keys a
 * pattern: only places where the writing is unusual are probed, because such a character in the
 * place of another makes pairs that ordinary text does not have.
 *
 * Invariants:
 *  1. A pattern's own symbols are always among its keys: exact text is never missed.
 *  2. The entries of a table are sorted by (key, pattern); `buckets` has 2^bucket_bits + 1 offsets
 *     into them.
 *  3. Everything is immutable after the build.
 */
#ifndef WARD_MATCH_PLAN_H
#define WARD_MATCH_PLAN_H

#include "base/bounds.h"
#include "match/literal.h"
#include "match/matcher.h"
#include "match/symbols.h"
#include "text/chars.h"

#define SEED_SYMBOLS_MAX 4u

enum pattern_order { PATTERN_PLAIN, PATTERN_REVERSED, PATTERN_SWAPPED };

struct pattern {
    uint32_t term;
    uint32_t at;    /**< offset into `codes` and `breaks` */
    uint8_t count;  /**< units */
    uint8_t han;    /**< of those, Han */
    uint8_t order;  /**< enum pattern_order */
    uint8_t letter; /**< 1: no unit is Han (read through look only) */
};

struct plan_term {
    struct ward_str text; /**< in `pool`, as given */
    uint8_t mode;         /**< enum term_mode */
    bool whole_word;
    bool allow;
};

struct seed_entry {
    uint32_t key; /**< upper half of the hash */
    uint32_t pattern;
};

/** Keys and their patterns. */
struct seed_table {
    struct seed_entry *entries;
    uint32_t entry_count;
    uint32_t *buckets;
    uint32_t bucket_shift;
};

/** Bits for keys; what a word holds is up to the functions below. */
struct seed_filter {
    uint64_t *words;
    uint32_t shift; /**< a hash shifted right by this is the place of its word */
};

struct matcher {
    struct symbols symbols;
    struct literal *literal; /**< terms of mode LITERAL and those the units cannot spell; or NULL */
    struct plan_term *terms;
    uint32_t term_count;
    bool needs_units; /**< some term is read through units, or must stand as a whole word */
    bool has_units;   /**< some pattern exists: the unit stage runs */
    bool has_sound;   /**< some FULL pattern has Han units: detours are searched */
    bool has_letters; /**< some FULL pattern is spelled without Han units */
    uint32_t disguises;
    uint16_t cost_limit_centi;
    char *pool;
    size_t pool_bytes;
    struct pattern *patterns;
    uint32_t pattern_count;
    uint32_t *codes;
    uint8_t *breaks; /**< 1: the term has a separator before this unit */
    uint32_t code_count;
    uint64_t *pairs; /**< SYMBOL_LIMIT^2 times two bits, PAIR_KEY and PAIR_BEGINS */
    uint64_t *ways;  /**< SYMBOL_LIMIT^2 bits: pairs that are a key or begin one, odd ones too */
    struct seed_filter plain; /**< keys of three and four symbols in `plain_table` */
    struct seed_filter odd;   /**< likewise in `odd_table` */
    struct seed_filter looks; /**< pairs of codes: two-unit terms by look, parts of split
                                   characters; runs of first letters, whole numbers */
    struct seed_table plain_table;
    struct seed_table odd_table;
    size_t held_bytes;
};

/* ---- Keys ------------------------------------------------------------------------------------ */

static inline uint64_t seed_hash(uint64_t key)
{
    key *= 0x9e3779b97f4a7c15ULL;
    return key ^ (key >> 32);
}

/** Key of `count` (1..4) symbols packed lowest first; the count keeps lengths apart. */
static inline uint64_t seed_key(uint64_t packed, uint32_t count)
{
    return packed | (uint64_t)count << (SYMBOL_BITS * SEED_SYMBOLS_MAX);
}

/** Hash of the key of two codes. */
static inline uint64_t look_hash(uint32_t a, uint32_t b)
{
    return chars_pair_hash(a, b);
}

/** Key of one code. */
static inline uint64_t single_key(uint32_t code)
{
    return code | 1ULL << 61;
}

/** Key of a whole run of letters read as initials; `packed` holds 5 bits a letter, at most 10. */
static inline uint64_t initials_key(uint64_t packed, uint32_t count)
{
    return packed | (uint64_t)count << 52 | 1ULL << 60;
}

/** Digits of a whole number said aloud: two sound like too much, and what is longer is a number. */
#define NUMBER_DIGITS_MIN 3u
#define NUMBER_DIGITS_MAX 8u

/** Key of a whole number; `packed` holds 4 bits a digit. */
static inline uint64_t number_key(uint64_t packed, uint32_t count)
{
    return packed | (uint64_t)count << 52 | 1ULL << 59;
}

static inline bool filter_has(const struct seed_filter *filter, uint64_t hash)
{
    const uint64_t bits = chars_hash_bits(hash);
    return (filter->words[hash >> filter->shift] & bits) == bits;
}

/** Key of `count` (3 or 4) symbols. Both share the word of the first three: one memory access. */
static inline uint64_t symbols_hash(uint64_t packed, uint32_t count)
{
    return seed_hash(seed_key(packed, count));
}

/** Word for keys that begin with these three symbols; `three` is their symbols_hash. */
static inline uint64_t filter_word(const struct seed_filter *filter, uint64_t three)
{
    return filter->words[three >> filter->shift];
}

/** True if the word holds the key of this hash. */
static inline bool word_has(uint64_t word, uint64_t hash)
{
    const uint64_t bits = chars_hash_bits(hash);
    return (word & bits) == bits;
}

/* Two symbols are a key, or begin a plain key of three or four. */
#define PAIR_KEY 1u
#define PAIR_BEGINS 2u

static inline uint32_t pair_bits(const uint64_t *pairs, uint32_t a, uint32_t b)
{
    const uint32_t at = a << SYMBOL_BITS | b;
    return (uint32_t)(pairs[at >> 5] >> (at & 31u) * 2u) & 3u;
}

static inline bool way_has(const uint64_t *ways, uint32_t a, uint32_t b)
{
    const uint32_t at = a << SYMBOL_BITS | b;
    return ways[at >> 6] >> (at & 63u) & 1u;
}

#endif
