/**
 * The compiled form of a term list, shared by the files of this room; nobody else includes it.
 *
 * Each term becomes one or more patterns: the term itself, and for terms read through disguise its
 * reversed and neighbour-swapped forms. Each pattern is put under seed keys: sequences of up to
 * SEED_SYMBOLS_MAX symbols (or two codes) under which the first units of a disguised occurrence may
 * stand. Filters of bits say cheaply that a key is absent; `entries` lists the patterns of a key.
 *
 * Invariants:
 *  1. A pattern's own symbols are always among its keys: exact text is never missed.
 *  2. `entries` is sorted by (key, pattern); `buckets` has 2^bucket_bits + 1 offsets into it.
 *  3. Everything is immutable after the build.
 */
#ifndef WARD_MATCH_PLAN_H
#define WARD_MATCH_PLAN_H

#include "base/bounds.h"
#include "match/literal.h"
#include "match/matcher.h"
#include "match/symbols.h"

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
    uint64_t *pairs;    /**< SYMBOL_LIMIT^2 bits: two-symbol keys */
    uint64_t *prefixes; /**< SYMBOL_LIMIT^2 bits: first two symbols of longer terms */
    uint64_t *filter;   /**< keys of three and four symbols */
    uint32_t filter_shift;
    uint64_t *looks; /**< pairs of codes: two-unit terms by look, and parts of split characters */
    uint32_t look_shift;
    struct seed_entry *entries;
    uint32_t entry_count;
    uint32_t *buckets;
    uint32_t bucket_shift;
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

/** Key of two codes. */
static inline uint64_t look_key(uint32_t a, uint32_t b)
{
    return (uint64_t)a << 21 | b | 1ULL << 62;
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

/** Three bits of one word stand for a key: one memory access, few chance hits. */
static inline uint64_t filter_bits(uint64_t hash)
{
    return 1ULL << (hash & 63u) | 1ULL << (hash >> 6 & 63u) | 1ULL << (hash >> 12 & 63u);
}

static inline bool filter_has(const uint64_t *filter, uint32_t shift, uint64_t hash)
{
    const uint64_t bits = filter_bits(hash);
    return (filter[hash >> shift] & bits) == bits;
}

static inline bool pair_has(const uint64_t *bits, uint32_t a, uint32_t b)
{
    const uint32_t at = a << SYMBOL_BITS | b;
    return bits[at >> 6] >> (at & 63u) & 1u;
}

#endif
