/**
 * Filling the symbol table and asking which symbols may stand for a term's unit. See symbols.h.
 */
#include "match/symbols.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "text/chars.h"

/* Characters rarer than this are read by their usual reading only: nobody would see the pun. */
#define VARIED_FREQUENCY 4u

struct code_range {
    uint32_t first, last;
};
static const struct code_range han_ranges[] = {
    {0x3007, 0x3007}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x2FFFF}};

bool symbol_code_is_han(uint32_t code)
{
    for (size_t r = 0; r < sizeof(han_ranges) / sizeof(han_ranges[0]); r++)
        if (code >= han_ranges[r].first && code <= han_ranges[r].last)
            return true;
    return false;
}

static uint16_t hashed_symbol(uint32_t code)
{
    return (uint16_t)(SYMBOL_HASHED + 1u + hash_u64(code) % (SYMBOL_LIMIT - SYMBOL_HASHED - 1u));
}

static void fill_han(struct symbols *symbols, uint32_t code)
{
    symbols->of[code] &= (uint16_t)~SYMBOL_FOREIGN;
    if (chars_is_grammatical(code))
        symbols->of[code] |= SYMBOL_QUIET;
    const uint16_t *ids;
    const uint32_t count = chars_syllables(code, &ids);
    if (!count)
        return;
    const uint32_t usual = syllable_class(ids[0]);
    assert(usual > 0 && usual < SYMBOL_LETTER_A);
    symbols->of[code] = (uint16_t)((symbols->of[code] & ~SYMBOL_MASK) | usual);
    for (uint32_t i = 1; i < count; i++)
        if (syllable_class(ids[i]) != usual && chars_frequency(code) >= VARIED_FREQUENCY)
            symbols->of[code] |= SYMBOL_VARIED;
}

static void fill_said(struct symbols *symbols, uint32_t code)
{
    struct symbol_set set = {.count = 0};
    const struct chars_sound_use *uses;
    const uint32_t count = chars_sound_uses(code, &uses);
    for (uint32_t i = 0; i < count; i++)
        symbol_set_add(&set, syllable_class(uses[i].syllable));
    for (uint32_t i = 0; i < set.count && i < SYMBOL_SAID_MAX; i++)
        symbols->said[code][i] = set.at[i];
}

void symbols_fill(struct symbols *symbols)
{
    memset(symbols, 0, sizeof(*symbols));
    for (uint32_t code = 1; code < SYMBOL_CODES; code++)
        symbols->of[code] = hashed_symbol(code) | SYMBOL_FOREIGN;
    for (uint32_t code = 'a'; code <= 'z'; code++)
        symbols->of[code] = (uint16_t)((SYMBOL_LETTER_A + code - 'a') | SYMBOL_FOREIGN);
    for (uint32_t code = '0'; code <= '9'; code++)
        symbols->of[code] =
            (uint16_t)((SYMBOL_DIGIT_0 + code - '0') | SYMBOL_FOREIGN | SYMBOL_QUIET);
    for (size_t r = 0; r < sizeof(han_ranges) / sizeof(han_ranges[0]); r++)
        for (uint32_t code = han_ranges[r].first; code <= han_ranges[r].last; code++)
            fill_han(symbols, code);
    for (uint32_t code = 0; code < SYMBOL_SAID_CODES; code++)
        fill_said(symbols, code);
}

uint32_t symbol_leet(uint32_t code)
{
    uint32_t letter = code;
    if (code < 'a' || code > 'z')
        letter = (uint32_t)(unsigned char)chars_leet(code)[0];
    if (letter < 'a' || letter > 'z')
        return 0;
    return SYMBOL_LETTER_A + (letter == 'i' ? 'l' : letter) - 'a';
}

bool symbol_set_has(const struct symbol_set *set, uint32_t symbol)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->at[i] == symbol)
            return true;
    return false;
}

void symbol_set_add(struct symbol_set *set, uint32_t symbol)
{
    if (symbol && set->count < SYMBOL_SET_MAX && !symbol_set_has(set, symbol))
        set->at[set->count++] = (uint16_t)symbol;
}

void symbols_readings(const struct symbols *symbols, uint32_t code, struct symbol_set *out)
{
    out->count = 0;
    symbol_set_add(out, symbol_of(symbols, code));
    const uint16_t *ids;
    const uint32_t count = chars_syllables(code, &ids);
    for (uint32_t i = 0; i < count; i++)
        symbol_set_add(out, syllable_class(ids[i]));
}

void symbols_alikes(const struct symbols *symbols, uint32_t code, const struct symbol_set *readings,
                    struct symbol_set *out)
{
    const struct chars_alike *alikes;
    const uint32_t alike_count = chars_shape_alikes(code, &alikes);
    for (uint32_t i = 0; i < alike_count; i++) {
        const uint32_t symbol = symbol_of(symbols, alikes[i].code);
        if (!symbol_set_has(readings, symbol))
            symbol_set_add(out, symbol);
    }
}
