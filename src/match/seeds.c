/**
 * Keys of patterns. A key is a short sequence of symbols under which the first units of a disguised
 * occurrence may stand in the text.
 * Plain keys, looked up everywhere:
 *   - every combination of the readings of the units (polyphones in the term);
 *   - doubled units collapsed, for texts that stretch characters;
 *   - all units as first letters (initials), for runs of letters, and all as digits, for numbers;
 *   - two-unit terms also as pairs of codes (as written, look-alikes), because a pair of sounds
 *     alone says too little when the pair as written is ordinary.
 * Odd keys, looked up where the writing is unusual:
 *   - one unit replaced by a look-alike, or several by their nearest look-alikes;
 *   - some units replaced by their first letters.
 * Reversed and swapped forms are put under their own symbols only. That a text's character may have
 * a rarer reading is the scan's business: few characters have one.
 */
#include "match/seeds.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "match/reading.h"
#include "text/chars.h"

#define COMBINATIONS_MAX 16u
/* Look-alikes tried for one unit of a longer term, nearest first. */
#define OTHERS_MAX 6u
#define ALIKES_BOTH_MAX 10u
/* Bits of a filter for a key. */
#define PLAIN_BITS 16u
#define LOOK_BITS 16u
#define ODD_BITS 12u
#define KEY_CODE 1u
#define KEY_LOOK 5u
#define KEY_RUN 6u

static bool list_grow(struct seed_list *list)
{
    const uint32_t capacity = list->capacity ? list->capacity * 2 : 4096;
    struct seed_entry *entries = realloc(list->entries, capacity * sizeof(*entries));
    if (entries)
        list->entries = entries;
    uint64_t *hashes = realloc(list->hashes, capacity * sizeof(*hashes));
    if (hashes)
        list->hashes = hashes;
    uint64_t *words = realloc(list->words, capacity * sizeof(*words));
    if (words)
        list->words = words;
    uint8_t *kinds = realloc(list->kinds, capacity);
    if (kinds)
        list->kinds = kinds;
    if (!entries || !hashes || !words || !kinds)
        return false;
    list->capacity = capacity;
    return true;
}

/* `word` is the hash that chooses the word of the filter. */
static void list_put(struct seeds *seeds, struct seed_list *list, struct seed_entry entry,
                     uint64_t hash, uint64_t word)
{
    if (!seeds->failed && list->count == list->capacity && !list_grow(list))
        seeds->failed = WARD_ERR_NOMEM;
    if (seeds->failed)
        return;
    list->entries[list->count] = entry;
    list->hashes[list->count] = hash;
    list->words[list->count++] = word;
}

static void seeds_put(struct seeds *seeds, uint32_t pattern, uint64_t hash, uint8_t kind)
{
    struct seed_list *list = &seeds->plain;
    list_put(seeds, list, (struct seed_entry){(uint32_t)(hash >> 32), pattern}, hash, hash);
    if (!seeds->failed)
        list->kinds[list->count - 1] = kind;
}

static void set_pair(struct matcher *m, uint32_t a, uint32_t b, uint64_t bit)
{
    const uint32_t at = a << SYMBOL_BITS | b;
    m->pairs[at >> 5] |= bit << (at & 31u) * 2u;
}

static void set_way(struct matcher *m, uint32_t a, uint32_t b)
{
    const uint32_t at = a << SYMBOL_BITS | b;
    m->ways[at >> 6] |= 1ULL << (at & 63u);
}

static void list_symbols(struct seeds *seeds, struct seed_list *list, uint32_t pattern,
                         const uint16_t *symbols, uint32_t count)
{
    uint64_t packed = 0;
    for (uint32_t i = 0; i < count; i++)
        packed |= (uint64_t)symbols[i] << (SYMBOL_BITS * i);
    const uint64_t hash = symbols_hash(packed, count);
    const uint64_t first = packed & ((1ULL << 3 * SYMBOL_BITS) - 1u);
    list_put(seeds, list, (struct seed_entry){(uint32_t)(hash >> 32), pattern}, hash,
             symbols_hash(first, 3));
    if (!seeds->failed)
        list->kinds[list->count - 1] = (uint8_t)count;
}

static void put_symbols(struct seeds *seeds, uint32_t pattern, const uint16_t *symbols,
                        uint32_t count)
{
    set_pair(seeds->matcher, symbols[0], symbols[1], count == 2 ? PAIR_KEY : PAIR_BEGINS);
    list_symbols(seeds, &seeds->plain, pattern, symbols, count);
}

static void put_odd(struct seeds *seeds, uint32_t pattern, const uint16_t *symbols, uint32_t count)
{
    assert(count > 2);
    list_symbols(seeds, &seeds->odd, pattern, symbols, count);
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
        if (stand->others[i].count > OTHERS_MAX)
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
        set_way(seeds->matcher, symbols[0], symbols[1]);
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
            put_odd(seeds, pattern, symbols, stand->count);
        }
        symbols[i] = own;
    }
}

static void put_look(struct seeds *seeds, uint32_t pattern, uint32_t a, uint32_t b)
{
    seeds_put(seeds, pattern, look_hash(a, b), KEY_LOOK);
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
            put_odd(seeds, pattern, symbols, stand->count);
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
        set_way(seeds->matcher, symbols[0], symbols[1]);
        put_odd(seeds, pattern, symbols, stand->count);
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
    seeds_put(seeds, pattern, seed_hash(initials_key(packed, count)), KEY_RUN);
}

/* The whole pattern as a number said aloud: the digits that can be said for each unit. */
static void put_numbers(struct seeds *seeds, uint32_t pattern, const uint32_t *codes,
                        uint32_t count)
{
    uint32_t left[NUMBER_DIGITS_MAX]; /* digits of each unit not tried yet */
    uint32_t all[NUMBER_DIGITS_MAX];
    if (count < NUMBER_DIGITS_MIN || count > NUMBER_DIGITS_MAX)
        return;
    for (uint32_t i = 0; i < count; i++)
        if (!(left[i] = all[i] = reading_digits(codes[i])))
            return;
    for (uint32_t n = 0; n < COMBINATIONS_MAX; n++) {
        uint64_t packed = 0;
        for (uint32_t i = 0; i < count; i++)
            packed |= (uint64_t)(uint32_t)__builtin_ctz(left[i]) << (4u * i);
        seeds_put(seeds, pattern, seed_hash(number_key(packed, count)), KEY_RUN);
        uint32_t i = 0;
        while (i < count && !(left[i] &= left[i] - 1u)) {
            left[i] = all[i];
            i++;
        }
        if (i == count)
            return;
    }
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
    if (stand->count > 2) {
        put_one_other(seeds, index, stand);
        put_alikes(seeds, index, codes, stand);
    }
    put_part_initials(seeds, index, codes, stand);
    put_initials(seeds, index, codes, pattern->count);
    if (seeds->matcher->disguises & WARD_DISGUISE_DIGIT_SOUND)
        put_numbers(seeds, index, codes, pattern->count);
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
        seeds_put(seeds, index, seed_hash(single_key(codes[0])), KEY_CODE);
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
static enum ward_status sort_entries(struct seed_list *list)
{
    struct seed_entry *spare = malloc((list->count + 1u) * sizeof(*spare));
    if (!spare)
        return WARD_ERR_NOMEM;
    for (uint32_t shift = 0; shift < 64; shift += 8) {
        uint32_t starts[257] = {0};
        for (uint32_t i = 0; i < list->count; i++)
            starts[(entry_rank(&list->entries[i]) >> shift & 255u) + 1]++;
        bool one_value = false;
        for (uint32_t b = 0; b < 256; b++) {
            one_value = one_value || starts[b + 1] == list->count;
            starts[b + 1] += starts[b];
        }
        if (one_value)
            continue;
        for (uint32_t i = 0; i < list->count; i++)
            spare[starts[entry_rank(&list->entries[i]) >> shift & 255u]++] = list->entries[i];
        struct seed_entry *sorted = spare;
        spare = list->entries;
        list->entries = sorted;
    }
    free(spare);
    return WARD_OK;
}

/* `bits` for a key, in words of 64 bits; at least 4 KB, at most 16 MB. */
static enum ward_status make_filter(struct matcher *m, uint64_t keys, uint32_t bits,
                                    struct seed_filter *filter)
{
    const uint32_t words = bits_for(keys * bits / 64u, 9, 21);
    filter->words = calloc((size_t)1 << words, sizeof(uint64_t));
    filter->shift = 64u - words;
    m->held_bytes += sizeof(uint64_t) << words;
    return filter->words ? WARD_OK : WARD_ERR_NOMEM;
}

static void fill_filter(struct seed_filter *filter, const struct seed_list *list, uint32_t first,
                        uint32_t last)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->kinds[i] >= first && list->kinds[i] <= last)
            filter->words[list->words[i] >> filter->shift] |= chars_hash_bits(list->hashes[i]);
}

static uint64_t count_kinds(const struct seed_list *list, uint32_t first, uint32_t last)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < list->count; i++)
        count += list->kinds[i] >= first && list->kinds[i] <= last;
    return count;
}

/* First two parts of every way to split a character of the terms, each character once. With
 * `filter` NULL they are only counted. */
static enum ward_status add_split_parts(const struct matcher *m, struct seed_filter *filter,
                                        uint64_t *total)
{
    uint64_t *seen = calloc(SYMBOL_CODES / 64u, sizeof(*seen));
    if (!seen)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < m->code_count; i++) {
        const uint32_t code = m->codes[i];
        if (code >= SYMBOL_CODES || seen[code / 64u] >> (code % 64u) & 1u)
            continue;
        seen[code / 64u] |= 1ULL << (code % 64u);
        struct chars_parts parts[CHARS_PARTS_MAX];
        const uint32_t count = chars_splits(code, parts, CHARS_PARTS_MAX);
        *total += count;
        for (uint32_t k = 0; k < count && filter; k++) {
            const uint64_t hash = look_hash(parts[k].code[0], parts[k].code[1]);
            filter->words[hash >> filter->shift] |= chars_hash_bits(hash);
        }
    }
    free(seen);
    return WARD_OK;
}

static enum ward_status fill_filters(struct seeds *seeds)
{
    struct matcher *m = seeds->matcher;
    const bool splits = m->has_sound && m->disguises & WARD_DISGUISE_SPLIT;
    uint64_t looks = count_kinds(&seeds->plain, KEY_LOOK, KEY_RUN);
    enum ward_status status = splits ? add_split_parts(m, NULL, &looks) : WARD_OK;
    if (status == WARD_OK)
        status = make_filter(m, looks, LOOK_BITS, &m->looks);
    if (status == WARD_OK)
        status = make_filter(m, count_kinds(&seeds->plain, 3, 4), PLAIN_BITS, &m->plain);
    if (status == WARD_OK)
        status = make_filter(m, seeds->odd.count, ODD_BITS, &m->odd);
    if (status != WARD_OK)
        return status;
    fill_filter(&m->looks, &seeds->plain, KEY_LOOK, KEY_RUN);
    fill_filter(&m->plain, &seeds->plain, 3, 4);
    fill_filter(&m->odd, &seeds->odd, 3, 4);
    return splits ? add_split_parts(m, &m->looks, &looks) : WARD_OK;
}

static enum ward_status finish_table(struct matcher *m, struct seed_list *list,
                                     struct seed_table *table)
{
    const enum ward_status status = sort_entries(list);
    if (status != WARD_OK)
        return status;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->count; i++)
        if (!kept || entry_rank(&list->entries[kept - 1]) != entry_rank(&list->entries[i]))
            list->entries[kept++] = list->entries[i];
    const uint32_t bits = bits_for(kept, 4, 22);
    table->buckets = calloc(((size_t)1 << bits) + 1, sizeof(uint32_t));
    if (!table->buckets)
        return WARD_ERR_NOMEM;
    table->bucket_shift = 32 - bits;
    for (uint32_t i = 0; i < kept; i++)
        table->buckets[(list->entries[i].key >> table->bucket_shift) + 1]++;
    for (size_t b = 0; b < (size_t)1 << bits; b++)
        table->buckets[b + 1] += table->buckets[b];
    struct seed_entry *fitted = kept ? realloc(list->entries, kept * sizeof(*fitted)) : NULL;
    table->entries = fitted ? fitted : list->entries;
    table->entry_count = kept;
    m->held_bytes += kept * sizeof(*fitted) + (sizeof(uint32_t) << bits);
    list->entries = NULL;
    return WARD_OK;
}

enum ward_status seeds_finish(struct seeds *seeds)
{
    struct matcher *m = seeds->matcher;
    enum ward_status status = seeds->failed;
    if (status == WARD_OK)
        status = fill_filters(seeds);
    if (status == WARD_OK)
        status = finish_table(m, &seeds->plain, &m->plain_table);
    if (status == WARD_OK)
        status = finish_table(m, &seeds->odd, &m->odd_table);
    return status;
}

static void list_release(struct seed_list *list)
{
    free(list->entries);
    free(list->hashes);
    free(list->words);
    free(list->kinds);
}

void seeds_release(struct seeds *seeds)
{
    list_release(&seeds->plain);
    list_release(&seeds->odd);
}
