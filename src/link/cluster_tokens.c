/**
 * Units -> tokens in one pass. See the header for what a token is.
 *
 * What is joined although apart: digits over one symbol or space (138-1234), letters over one
 * symbol (ad.opt, U.S.A), three or more single letters over short gaps (w e c h a t). All joins
 * are the same for plain and disguised writing, so a wrong join costs no match.
 */
#include "link/cluster_tokens.h"

#include <string.h>

#include "base/bounds.h"
#include "base/hash.h"
#include "text/chars.h"

/** Longest spelled row of syllables in one word; longer words stay words. */
#define SPELLED_MAX 32u
/** Letters of one word that are hashed; the rest is passed over. */
#define WORD_LETTERS_MAX 64u
/** Units between two single letters that may still be one word. */
#define LETTER_GAP_MAX 2u

struct reader {
    struct cluster_tokens *out;
    const struct text_units *units;
    uint32_t at;
    bool has_han;
    uint64_t all;       /* hash of every token */
    uint64_t numbers;   /* hash of every number as written */
    uint16_t before[2]; /* the last two tokens, kept or not */
};

void cluster_tokens_init(struct cluster_tokens *tokens)
{
    tokens->count = 0;
    tokens->exact = 0;
    tokens->is_empty = true;
    text_units_init(&tokens->units);
}

void cluster_tokens_release(struct cluster_tokens *tokens)
{
    text_units_release(&tokens->units);
    tokens->count = 0;
}

static uint16_t hashed(uint64_t hash)
{
    return (uint16_t)(CLUSTER_TOKEN_HASHED +
                      (uint32_t)(hash >> 32) % (UINT16_MAX + 1u - CLUSTER_TOKEN_HASHED));
}

/* Token of the units [first, last); `said` is id or, of a number, its value. */
static void put(struct reader *r, uint16_t id, uint16_t said, uint32_t first, uint32_t last)
{
    struct cluster_tokens *out = r->out;
    if (id == r->before[0] && id == r->before[1])
        return;
    r->before[1] = r->before[0];
    r->before[0] = id;
    r->all = (r->all ^ id) * 0x9e3779b97f4a7c15ULL;
    r->all ^= r->all >> 29;
    if (out->count == CLUSTER_TOKENS_MAX)
        return;
    out->id[out->count] = id;
    out->said[out->count] = said;
    out->begin[out->count] = r->units->begin[first];
    out->end[out->count] = r->units->end[last - 1];
    out->count++;
}

/* ---- Numbers --------------------------------------------------------------------------------- */

/* Value of a Han digit, 10 for a scale, -1 for any other character. */
static int han_numeral(uint32_t code)
{
    static const uint32_t digits[10][4] = {
        {0x96F6, 0x3007}, {0x4E00, 0x58F9}, {0x4E8C, 0x8D30, 0x4E24}, {0x4E09, 0x53C1},
        {0x56DB, 0x8086}, {0x4E94, 0x4F0D}, {0x516D, 0x9646},         {0x4E03, 0x67D2},
        {0x516B, 0x634C}, {0x4E5D, 0x7396}}; /* 零〇 一壹 二贰两 ... 九玖 */
    static const uint32_t scales[] = {0x5341, 0x767E, 0x5343, 0x4E07,
                                      0x62FE, 0x4F70, 0x4EDF}; /* 十百千万拾佰仟 */
    for (int value = 0; value < 10; value++)
        for (int form = 0; form < 4 && digits[value][form]; form++)
            if (digits[value][form] == code)
                return value;
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++)
        if (scales[i] == code)
            return 10;
    return -1;
}

/* Quick no for nearly all characters: a bit for each low byte of the numerals. */
static bool may_be_numeral(uint32_t code)
{
    static const uint64_t bits[4] = {
        1ull << 0x00 | 1ull << 0x03 | 1ull << 0x07 | 1ull << 0x09 | 1ull << 0x0D | 1ull << 0x24 |
            1ull << 0x30,
        1ull << (0x41 - 64) | 1ull << (0x43 - 64) | 1ull << (0x46 - 64) | 1ull << (0x4C - 64) |
            1ull << (0x5D - 64) | 1ull << (0x6B - 64) | 1ull << (0x6D - 64) | 1ull << (0x70 - 64) |
            1ull << (0x7E - 64),
        1ull << (0x86 - 128) | 1ull << (0x8C - 128) | 1ull << (0x94 - 128) | 1ull << (0x96 - 128),
        1ull << (0xC1 - 192) | 1ull << (0xD2 - 192) | 1ull << (0xDB - 192) | 1ull << (0xDF - 192) |
            1ull << (0xF6 - 192) | 1ull << (0xF9 - 192) | 1ull << (0xFE - 192)};
    return bits[code >> 6 & 3] >> (code & 63) & 1;
}

static bool is_letter(const struct text_units *units, uint32_t at)
{
    return at < units->count && units->kind[at] == UNIT_LETTER;
}

static bool is_digit(const struct text_units *units, uint32_t at)
{
    return at < units->count && units->kind[at] == UNIT_DIGIT;
}

/* w and k behind a digit are scales when no letter follows. */
static bool is_letter_scale(const struct text_units *units, uint32_t at)
{
    return is_letter(units, at) && (units->code[at] == 'w' || units->code[at] == 'k') &&
           is_digit(units, at - 1) && !is_letter(units, at + 1);
}

static bool is_gap(const struct text_units *units, uint32_t at)
{
    return at < units->count && (units->kind[at] == UNIT_SYMBOL || units->kind[at] == UNIT_SPACE);
}

/* Takes one numeral at `at`: returns its value or -1. */
static int numeral_at(const struct text_units *units, uint32_t at)
{
    if (at >= units->count)
        return -1;
    if (units->kind[at] == UNIT_DIGIT)
        return (int)(units->code[at] - '0');
    if (units->kind[at] == UNIT_HAN && may_be_numeral(units->code[at]))
        return han_numeral(units->code[at]);
    return is_letter_scale(units, at) ? 10 : -1;
}

/* A run of digits, numerals and scales that begins at r->at. */
static void take_number(struct reader *r)
{
    const struct text_units *units = r->units;
    const uint32_t first = r->at;
    uint32_t at = first;
    uint32_t digits = 0;
    uint64_t value = 0;
    for (;;) {
        const int numeral = numeral_at(units, at);
        if (numeral < 0 && is_digit(units, at - 1) && is_gap(units, at) &&
            is_digit(units, at + 1)) {
            at++;
            continue;
        }
        if (numeral < 0)
            break;
        digits += numeral < 10;
        value = hash_u64(value ^ (uint64_t)(numeral + 1));
        at++;
    }
    r->at = at;
    r->numbers = hash_u64(r->numbers ^ value);
    const uint16_t said = hashed(value);
    put(r, digits >= CLUSTER_HANDLE_DIGITS ? said : (uint16_t)CLUSTER_TOKEN_NUMBER, said, first,
        at);
}

/* ---- Words ----------------------------------------------------------------------------------- */

struct word {
    uint32_t letters[WORD_LETTERS_MAX];
    uint32_t units[WORD_LETTERS_MAX]; /* where each letter stands */
    uint32_t count;
    uint32_t end; /* unit behind the word */
    bool only_letters;
};

/* The letter that unit `at` stands for inside a word, 0 if none: digits and signs read as letters
 * between letters. */
static uint32_t letter_at(const struct text_units *units, uint32_t at, bool inside)
{
    if (at >= units->count)
        return 0;
    if (units->kind[at] == UNIT_LETTER)
        return units->code[at];
    if (!inside || (units->kind[at] != UNIT_DIGIT && units->kind[at] != UNIT_SYMBOL))
        return 0;
    const char *leet = chars_leet(units->code[at]);
    if (leet[0] && is_letter(units, at + 1))
        return (uint32_t)leet[0];
    return units->kind[at] == UNIT_DIGIT ? units->code[at] : 0;
}

static void word_add(struct word *word, uint32_t letter, uint32_t unit)
{
    if (word->count == WORD_LETTERS_MAX)
        return;
    word->letters[word->count] = letter;
    word->units[word->count++] = unit;
}

/* Letters that stand together or with one symbol between two of them. */
static void read_word(const struct text_units *units, uint32_t at, struct word *word)
{
    word->count = 0;
    word->only_letters = true;
    for (;;) {
        const uint32_t letter = letter_at(units, at, word->count > 0);
        if (letter) {
            word->only_letters &= units->kind[at] == UNIT_LETTER;
            word_add(word, letter, at++);
        } else if (at < units->count && units->kind[at] == UNIT_SYMBOL && units->code[at] != '/' &&
                   is_letter(units, at + 1)) {
            at++;
        } else {
            break;
        }
    }
    word->end = at;
}

/* Where the next single letter of a spaced-out word stands, or 0. */
static uint32_t next_single(const struct text_units *units, uint32_t at)
{
    uint32_t next = at + 1;
    while (next < units->count && next - at <= LETTER_GAP_MAX && !is_letter(units, next) &&
           units->kind[next] != UNIT_HAN && units->kind[next] != UNIT_DIGIT &&
           units->kind[next] != UNIT_NEWLINE)
        next++;
    return next > at + 1 && is_letter(units, next) && !is_letter(units, next + 1) ? next : 0;
}

/* w e c h a t: three or more single letters become one word. */
static void join_singles(const struct text_units *units, struct word *word)
{
    struct word joined = {.only_letters = true};
    if (word->count != 1 || !word->only_letters)
        return;
    for (uint32_t at = word->units[0]; at; at = next_single(units, at)) {
        word_add(&joined, units->code[at], at);
        joined.end = at + 1;
        if (joined.count == WORD_LETTERS_MAX)
            break;
    }
    if (joined.count >= 3)
        *word = joined;
}

/* Reads the word as spelled syllables; false if it is none, or a single letter. */
static bool put_spelled(struct reader *r, const struct word *word)
{
    struct pinyin_edge edges[PINYIN_EDGES_MAX];
    uint16_t ids[SPELLED_MAX];
    uint32_t starts[SPELLED_MAX + 1];
    uint32_t count = 0;
    uint32_t at = 0;
    if (!r->has_han || !word->only_letters || word->count < 2)
        return false;
    while (at < word->count && count < SPELLED_MAX) {
        if (!pinyin_edges(word->letters + at, word->count - at, edges))
            return false;
        ids[count] = edges[0].syllable;
        starts[count++] = at;
        at += edges[0].units;
    }
    if (at != word->count)
        return false;
    starts[count] = at;
    for (uint32_t i = 0; i < count; i++)
        put(r, ids[i], ids[i], word->units[starts[i]],
            i + 1 < count ? word->units[starts[i + 1]] : word->end);
    return true;
}

static void take_word(struct reader *r)
{
    struct word word;
    read_word(r->units, r->at, &word);
    join_singles(r->units, &word);
    if (!put_spelled(r, &word)) {
        const uint16_t id =
            hashed(hash_bytes(word.letters, word.count * sizeof word.letters[0], 1));
        put(r, id, id, r->at, word.end);
    }
    r->at = word.end;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static void take_character(struct reader *r)
{
    const uint32_t code = r->units->code[r->at];
    const uint16_t *ids;
    uint16_t id = hashed(hash_u64(code));
    if (r->units->kind[r->at] == UNIT_HAN && chars_syllables(code, &ids))
        id = ids[0];
    put(r, id, id, r->at, r->at + 1);
    r->at++;
}

static void take_all(struct reader *r)
{
    const struct text_units *units = r->units;
    while (r->at < units->count) {
        switch ((enum unit_kind)units->kind[r->at]) {
        case UNIT_HAN:
            if (numeral_at(units, r->at) >= 0)
                take_number(r);
            else
                take_character(r);
            break;
        case UNIT_DIGIT:
            take_number(r);
            break;
        case UNIT_LETTER:
            take_word(r);
            break;
        case UNIT_OTHER:
            take_character(r);
            break;
        case UNIT_SPACE:
        case UNIT_NEWLINE:
        case UNIT_MARK:
        case UNIT_SYMBOL:
        case UNIT_EMOJI:
        case UNIT_INVALID:
            r->at++;
            break;
        }
    }
}

enum ward_status cluster_tokens_read(struct cluster_tokens *tokens, struct ward_str text)
{
    struct ward_str head = text;
    if (head.len > WARD_TEXT_WINDOW_BYTES)
        head.len = WARD_TEXT_WINDOW_BYTES;
    tokens->count = 0;
    tokens->exact = 0;
    tokens->is_empty = text.len == 0;
    const enum ward_status status = text_units_decode(&tokens->units, head);
    if (status != WARD_OK)
        return status;
    struct reader r = {.out = tokens, .units = &tokens->units};
    if (tokens->units.count)
        r.has_han = memchr(tokens->units.kind, UNIT_HAN, tokens->units.count) != NULL;
    take_all(&r);
    tokens->exact = hash_u64(r.all ^ tokens->count);
    if (tokens->count < CLUSTER_TOKENS_LEAST)
        tokens->exact = hash_u64(tokens->exact ^ r.numbers);
    if (tokens->count == 0)
        tokens->exact = hash_str(text, 7);
    else if (text.len > head.len)
        tokens->exact = hash_bytes(text.data + head.len, text.len - head.len, tokens->exact);
    return WARD_OK;
}
