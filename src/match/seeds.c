/**
 * Keys of patterns. A key is a short sequence of symbols under which the first units of a disguised
 * occurrence may stand in the text:
 *   - every combination of the readings of the units (polyphones in the term);
 *   - one unit replaced by a character whose rarer reading fits, or by a look-alike;
 *   - some units replaced by their first letters, and all of them (initials);
 *   - doubled units collapsed, for texts that stretch characters.
 * Two-unit terms are also put under pairs of codes (as written, look-alikes), because a pair of
 * sounds alone says too little when the pair as written is ordinary.
 * Reversed and swapped forms are put under their own symbols only.
 */
#include "match/seeds.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "text/chars.h"

#define COMBINATIONS_MAX 16u
/* Other symbols tried for one unit of a longer term: nearest look-alikes, then rarer readings. */
#define OTHERS_MAX 12u
#define ALIKES_BOTH_MAX 10u
#define KEY_CODE 1u
#define KEY_LOOK 5u
#define KEY_INITIALS 6u

static bool seeds_grow(struct seeds *seeds)
{
    const uint32_t capacity = seeds->capacity ? seeds->capacity * 2 : 4096;
    struct seed_entry *entries = realloc(seeds->entries, capacity * sizeof(*entries));
    if (entries)
        seeds->entries = entries;
    uint64_t *hashes = realloc(seeds->hashes, capacity * sizeof(*hashes));
    if (hashes)
        seeds->hashes = hashes;
    uint8_t *lengths = realloc(seeds->lengths, capacity);
    if (lengths)
        seeds->lengths = lengths;
    if (!entries || !hashes || !lengths) {
        seeds->failed = WARD_ERR_NOMEM;
        return false;
    }
    seeds->capacity = capacity;
    return true;
}

static void seeds_put(struct seeds *seeds, uint32_t pattern, uint64_t key, uint8_t length)
{
    if (seeds->failed || (seeds->count == seeds->capacity && !seeds_grow(seeds)))
        return;
    const uint64_t hash = seed_hash(key);
    seeds->entries[seeds->count] = (struct seed_entry){(uint32_t)(hash >> 32), pattern};
    seeds->hashes[seeds->count] = hash;
    seeds->lengths[seeds->count++] = length;
}

static void set_bit(uint64_t *bits, uint32_t a, uint32_t b)
{
    const uint32_t at = a << SYMBOL_BITS | b;
    bits[at >> 6] |= 1ULL << (at & 63u);
}

static void put_symbols(struct seeds *seeds, uint32_t pattern, const uint16_t *symbols,
                        uint32_t count)
{
    uint64_t packed = 0;
    for (uint32_t i = 0; i < count; i++)
        packed |= (uint64_t)symbols[i] << (SYMBOL_BITS * i);
    if (count == 2)
        set_bit(seeds->matcher->pairs, symbols[0], symbols[1]);
    seeds_put(seeds, pattern, seed_key(packed, count), (uint8_t)count);
}

/* What may stand at each of the first units of a pattern. */
struct stand {
    struct symbol_set readings[SEED_SYMBOLS_MAX];
    struct symbol_set others[SEED_SYMBOLS_MAX];
    uint32_t count;
};

static void stand_fill(const struct matcher *m, const uint32_t *codes, struct stand *stand)
{
    for (uint32_t i = 0; i < stand->count; i++) {
        symbols_readings(&m->symbols, codes[i], &stand->readings[i]);
        stand->others[i].count = 0;
        if (stand->count > 2)
            symbols_alikes(&m->symbols, codes[i], &stand->readings[i], &stand->others[i]);
        if (stand->others[i].count > OTHERS_MAX / 2)
            stand->others[i].count = OTHERS_MAX / 2;
        symbols_kin(&m->symbols, &stand->readings[i], &stand->others[i]);
        if (stand->count > 2 && stand->others[i].count > OTHERS_MAX)
            stand->others[i].count = OTHERS_MAX;
    }
}

/* All combinations of readings, at most COMBINATIONS_MAX; the usual readings come first. */
static void put_readings(struct seeds *seeds, uint32_t pattern, const struct stand *stand)
{
    uint32_t digits[SEED_SYMBOLS_MAX] = {0};
    for (uint32_t n = 0; n < COMBINATIONS_MAX; n++) {
        uint16_t symbols[SEED_SYMBOLS_MAX];
        for (uint32_t i = 0; i < stand->count; i++)
            symbols[i] = stand->readings[i].at[digits[i]];
        set_bit(seeds->matcher->prefixes, symbols[0], symbols[1]);
        put_symbols(seeds, pattern, symbols, stand->count);
        uint32_t i = 0;
        while (i < stand->count && ++digits[i] == stand->readings[i].count)
            digits[i++] = 0;
        if (i == stand->count)
            return;
    }
}

static void usual_symbols(const struct stand *stand, uint16_t symbols[SEED_SYMBOLS_MAX])
{
    for (uint32_t i = 0; i < stand->count; i++)
        symbols[i] = stand->readings[i].at[0];
}

static void put_one_other(struct seeds *seeds, uint32_t pattern, const struct stand *stand)
{
    uint16_t symbols[SEED_SYMBOLS_MAX];
    usual_symbols(stand, symbols);
    for (uint32_t i = 0; i < stand->count; i++) {
        const uint16_t own = symbols[i];
        for (uint32_t k = 0; k < stand->others[i].count; k++) {
            symbols[i] = stand->others[i].at[k];
            put_symbols(seeds, pattern, symbols, stand->count);
        }
        symbols[i] = own;
    }
}

static void put_look(struct seeds *seeds, uint32_t pattern, uint32_t a, uint32_t b)
{
    seeds_put(seeds, pattern, look_key(a, b), KEY_LOOK);
}

/* Several units as their nearest look-alikes: all of three, two of the first four. */
static void put_alikes(struct seeds *seeds, uint32_t pattern, const uint32_t *codes,
                       const struct stand *stand)
{
    struct symbol_set near[SEED_SYMBOLS_MAX];
    const uint32_t most = stand->count == 3 ? 4u : 3u;
    for (uint32_t i = 0; i < stand->count; i++) {
        near[i].count = 0;
        symbol_set_add(&near[i], stand->readings[i].at[0]);
        symbols_alikes(&seeds->matcher->symbols, codes[i], &near[i], &near[i]);
        near[i].count = near[i].count < most ? near[i].count : most;
    }
    uint32_t digits[SEED_SYMBOLS_MAX] = {0};
    for (;;) {
        uint16_t symbols[SEED_SYMBOLS_MAX];
        uint32_t changed = 0;
        for (uint32_t i = 0; i < stand->count; i++) {
            symbols[i] = near[i].at[digits[i]];
            changed += digits[i] != 0;
        }
        if (changed == 2 || (changed > 2 && stand->count == 3))
            put_symbols(seeds, pattern, symbols, stand->count);
        uint32_t i = 0;
        while (i < stand->count && ++digits[i] >= near[i].count)
            digits[i++] = 0;
        if (i == stand->count)
            return;
    }
}

static uint16_t initial_symbol(uint32_t code)
{
    const uint16_t *ids;
    if (!chars_syllables(code, &ids))
        return 0;
    const char letter = syllable_initial(ids[0]);
    return letter >= 'a' && letter <= 'z' ? (uint16_t)(SYMBOL_LETTER_A + (uint32_t)(letter - 'a'))
                                          : 0;
}

/* Some of the units, at most half, as first letters; beside the one other unit of a pair only if
 * that is written as it is. */
static void put_part_initials(struct seeds *seeds, uint32_t pattern, const uint32_t *codes,
                              const struct stand *stand)
{
    uint16_t usual[SEED_SYMBOLS_MAX];
    usual_symbols(stand, usual);
    if (stand->count == 2) {
        const uint32_t letters[2] = {initial_symbol(codes[0]), initial_symbol(codes[1])};
        if (letters[1])
            put_look(seeds, pattern, codes[0], letters[1] - SYMBOL_LETTER_A + 'a');
        if (letters[0])
            put_look(seeds, pattern, letters[0] - SYMBOL_LETTER_A + 'a', codes[1]);
        return;
    }
    for (uint32_t mask = 1; mask + 1 < 1u << stand->count; mask++) {
        uint16_t symbols[SEED_SYMBOLS_MAX];
        bool whole = __builtin_popcount(mask) <= (int)stand->count / 2;
        for (uint32_t i = 0; i < stand->count && whole; i++) {
            symbols[i] = mask >> i & 1u ? initial_symbol(codes[i]) : usual[i];
            whole = symbols[i] != 0;
        }
        if (!whole)
            continue;
        set_bit(seeds->matcher->prefixes, symbols[0], symbols[1]);
        put_symbols(seeds, pattern, symbols, stand->count);
    }
}

/* The whole pattern as a run of first letters. */
static void put_initials(struct seeds *seeds, uint32_t pattern, const uint32_t *codes,
                         uint32_t count)
{
    if (count > 10)
        return;
    uint64_t packed = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t symbol = initial_symbol(codes[i]);
        if (!symbol)
            return;
        packed |= (uint64_t)(symbol - SYMBOL_LETTER_A + 1u) << (5u * i);
    }
    seeds_put(seeds, pattern, initials_key(packed, count), KEY_INITIALS);
}

static void put_looks(struct seeds *seeds, uint32_t pattern, const uint32_t *codes, bool alikes)
{
    put_look(seeds, pattern, codes[0], codes[1]);
    if (!alikes)
        return;
    const struct chars_alike *first;
    const struct chars_alike *second;
    const uint32_t first_count = chars_shape_alikes(codes[0], &first);
    const uint32_t second_count = chars_shape_alikes(codes[1], &second);
    for (uint32_t i = 0; i < first_count; i++)
        put_look(seeds, pattern, first[i].code, codes[1]);
    for (uint32_t k = 0; k < second_count; k++)
        put_look(seeds, pattern, codes[0], second[k].code);
    for (uint32_t i = 0; i < first_count && i < ALIKES_BOTH_MAX; i++)
        for (uint32_t k = 0; k < second_count && k < ALIKES_BOTH_MAX; k++)
            put_look(seeds, pattern, first[i].code, second[k].code);
}

/* A pattern with doubled units is also found where the text's doubles are collapsed. */
static void put_collapsed(struct seeds *seeds, uint32_t index, const struct pattern *pattern)
{
    const uint32_t *codes = seeds->matcher->codes + pattern->at;
    uint16_t symbols[SEED_SYMBOLS_MAX];
    uint32_t kept_codes[SEED_SYMBOLS_MAX];
    uint32_t count = 0;
    bool doubled = false;
    for (uint32_t i = 0; i < pattern->count && count < SEED_SYMBOLS_MAX; i++) {
        if (i && codes[i] == codes[i - 1]) {
            doubled = true;
            continue;
        }
        kept_codes[count] = codes[i];
        symbols[count++] = (uint16_t)symbol_of(&seeds->matcher->symbols, codes[i]);
    }
    if (!doubled || count < 2)
        return;
    if (count == 2)
        put_look(seeds, index, kept_codes[0], kept_codes[1]);
    put_symbols(seeds, index, symbols, count);
}

/* Spelled with letters: under the symbols that digits and signs written for them share. */
static void put_leet(struct seeds *seeds, uint32_t index, const struct pattern *pattern)
{
    const uint32_t *codes = seeds->matcher->codes + pattern->at;
    uint16_t symbols[SEED_SYMBOLS_MAX];
    const uint32_t count = pattern->count < SEED_SYMBOLS_MAX ? pattern->count : SEED_SYMBOLS_MAX;
    for (uint32_t i = 0; i < count; i++) {
        symbols[i] = (uint16_t)symbol_leet(codes[i]);
        if (!symbols[i])
            return;
    }
    if (count > 2)
        put_symbols(seeds, index, symbols, count);
}

static void put_full(struct seeds *seeds, uint32_t index, const struct pattern *pattern,
                     struct stand *stand)
{
    const uint32_t *codes = seeds->matcher->codes + pattern->at;
    put_readings(seeds, index, stand);
    put_one_other(seeds, index, stand);
    if (stand->count > 2)
        put_alikes(seeds, index, codes, stand);
    put_part_initials(seeds, index, codes, stand);
    put_initials(seeds, index, codes, pattern->count);
    if (pattern->count == 2)
        put_looks(seeds, index, codes, true);
    put_collapsed(seeds, index, pattern);
}

void seeds_add_pattern(struct seeds *seeds, uint32_t index)
{
    const struct matcher *m = seeds->matcher;
    const struct pattern *pattern = &m->patterns[index];
    const uint32_t *codes = m->codes + pattern->at;
    if (pattern->count == 1) {
        seeds_put(seeds, index, single_key(codes[0]), KEY_CODE);
        return;
    }
    struct stand stand = {.count = pattern->count < SEED_SYMBOLS_MAX ? pattern->count
                                                                     : SEED_SYMBOLS_MAX};
    stand_fill(m, codes, &stand);
    if (m->terms[pattern->term].mode == TERM_FULL && pattern->order == PATTERN_PLAIN &&
        !pattern->letter) {
        put_full(seeds, index, pattern, &stand);
        return;
    }
    if (pattern->count == 2) {
        put_looks(seeds, index, codes, false);
    } else {
        uint16_t symbols[SEED_SYMBOLS_MAX];
        usual_symbols(&stand, symbols);
        put_symbols(seeds, index, symbols, stand.count);
    }
    if (m->terms[pattern->term].mode != TERM_FULL)
        return;
    put_collapsed(seeds, index, pattern);
    if (pattern->letter && m->disguises & WARD_DISGUISE_LEET)
        put_leet(seeds, index, pattern);
}

/* ---- Finishing ------------------------------------------------------------------------------- */

static uint32_t bits_for(uint64_t count, uint32_t least, uint32_t most)
{
    uint32_t bits = least;
    while (bits < most && (1ULL << bits) < count)
        bits++;
    return bits;
}

static uint64_t entry_rank(const struct seed_entry *entry)
{
    return (uint64_t)entry->key << 32 | entry->pattern;
}

/*
 * Sorts by (key, pattern), byte by byte from the least (radix sort): tens of times faster than
 * comparing on the half million entries of a full pack, which is most of the time of a start.
 */
static enum ward_status sort_entries(struct seeds *seeds)
{
    struct seed_entry *spare = malloc((seeds->count + 1u) * sizeof(*spare));
    if (!spare)
        return WARD_ERR_NOMEM;
    for (uint32_t shift = 0; shift < 64; shift += 8) {
        uint32_t starts[257] = {0};
        for (uint32_t i = 0; i < seeds->count; i++)
            starts[(entry_rank(&seeds->entries[i]) >> shift & 255u) + 1]++;
        bool one_value = false;
        for (uint32_t b = 0; b < 256; b++) {
            one_value = one_value || starts[b + 1] == seeds->count;
            starts[b + 1] += starts[b];
        }
        if (one_value)
            continue;
        for (uint32_t i = 0; i < seeds->count; i++)
            spare[starts[entry_rank(&seeds->entries[i]) >> shift & 255u]++] = seeds->entries[i];
        struct seed_entry *sorted = spare;
        spare = seeds->entries;
        seeds->entries = sorted;
    }
    free(spare);
    return WARD_OK;
}

static enum ward_status make_filter(uint64_t keys, uint64_t **filter, uint32_t *shift, size_t *held)
{
    /* 24 bits a key; words of 64 bits; at least 4 KB, at most 16 MB. */
    const uint32_t words = bits_for(keys * 24u / 64u, 9, 21);
    *filter = calloc((size_t)1 << words, sizeof(uint64_t));
    *shift = 64u - words;
    *held += sizeof(uint64_t) << words;
    return *filter ? WARD_OK : WARD_ERR_NOMEM;
}

static void add_split_parts(struct matcher *m)
{
    for (uint32_t i = 0; i < m->code_count; i++) {
        struct chars_parts parts[CHARS_PARTS_MAX];
        const uint32_t count = chars_splits(m->codes[i], parts, CHARS_PARTS_MAX);
        for (uint32_t k = 0; k < count; k++) {
            const uint64_t hash = seed_hash(look_key(parts[k].code[0], parts[k].code[1]));
            m->looks[hash >> m->look_shift] |= filter_bits(hash);
        }
    }
}

static enum ward_status fill_filters(struct seeds *seeds)
{
    struct matcher *m = seeds->matcher;
    uint64_t longer = 0;
    uint64_t looks = 0;
    for (uint32_t i = 0; i < seeds->count; i++) {
        longer += seeds->lengths[i] == 3 || seeds->lengths[i] == 4;
        looks += seeds->lengths[i] == KEY_LOOK;
    }
    enum ward_status status = make_filter(longer, &m->filter, &m->filter_shift, &m->held_bytes);
    if (status == WARD_OK)
        status = make_filter(looks + m->code_count, &m->looks, &m->look_shift, &m->held_bytes);
    if (status != WARD_OK)
        return status;
    for (uint32_t i = 0; i < seeds->count; i++) {
        const uint64_t hash = seeds->hashes[i];
        if (seeds->lengths[i] == 3 || seeds->lengths[i] == 4)
            m->filter[hash >> m->filter_shift] |= filter_bits(hash);
        else if (seeds->lengths[i] == KEY_LOOK)
            m->looks[hash >> m->look_shift] |= filter_bits(hash);
    }
    if (m->has_sound && m->disguises & WARD_DISGUISE_SPLIT)
        add_split_parts(m);
    return WARD_OK;
}

enum ward_status seeds_finish(struct seeds *seeds)
{
    struct matcher *m = seeds->matcher;
    if (seeds->failed)
        return seeds->failed;
    enum ward_status status = fill_filters(seeds);
    if (status == WARD_OK)
        status = sort_entries(seeds);
    if (status != WARD_OK)
        return status;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < seeds->count; i++)
        if (!kept || entry_rank(&seeds->entries[kept - 1]) != entry_rank(&seeds->entries[i]))
            seeds->entries[kept++] = seeds->entries[i];
    const uint32_t bits = bits_for(kept, 4, 22);
    m->buckets = calloc(((size_t)1 << bits) + 1, sizeof(uint32_t));
    if (!m->buckets)
        return WARD_ERR_NOMEM;
    m->bucket_shift = 32 - bits;
    for (uint32_t i = 0; i < kept; i++)
        m->buckets[(seeds->entries[i].key >> m->bucket_shift) + 1]++;
    for (size_t b = 0; b < (size_t)1 << bits; b++)
        m->buckets[b + 1] += m->buckets[b];
    struct seed_entry *fitted =
        kept ? realloc(seeds->entries, kept * sizeof(*fitted)) : seeds->entries;
    m->entries = fitted ? fitted : seeds->entries;
    m->entry_count = kept;
    m->held_bytes += kept * sizeof(*fitted) + (sizeof(uint32_t) << bits);
    seeds->entries = NULL;
    return WARD_OK;
}

void seeds_release(struct seeds *seeds)
{
    free(seeds->entries);
    free(seeds->hashes);
    free(seeds->lengths);
}
