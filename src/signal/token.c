/**
 * One pass, no look-back: see token.h for the shape of the result.
 */
#include "signal/token.h"

#include <stdlib.h>
#include <string.h>

#define MILLI_MAX 1000000000000000 /* 10^15: beyond any sum, far from overflow */

void tokens_init(struct tokens *tokens)
{
    memset(tokens, 0, sizeof *tokens);
}

void tokens_release(struct tokens *tokens)
{
    free(tokens->at);
    free(tokens->letters);
    tokens_init(tokens);
}

static enum ward_status tokens_reserve(struct tokens *tokens, uint32_t count)
{
    if (count > tokens->capacity) {
        const uint32_t capacity = count + count / 2 + 64;
        struct token *at = realloc(tokens->at, capacity * sizeof *at);
        if (!at)
            return WARD_ERR_NOMEM;
        tokens->at = at;
        tokens->capacity = capacity;
    }
    if (count > tokens->letters_capacity) {
        const uint32_t capacity = count + count / 2 + 64;
        char *letters = realloc(tokens->letters, capacity);
        if (!letters)
            return WARD_ERR_NOMEM;
        tokens->letters = letters;
        tokens->letters_capacity = capacity;
    }
    return WARD_OK;
}

static bool unit_is_digit(const struct text_units *units, uint32_t at)
{
    return at < units->count && units->kind[at] == UNIT_DIGIT;
}

/** True if exactly three digits follow `at`. */
static bool three_digits(const struct text_units *units, uint32_t at)
{
    return unit_is_digit(units, at) && unit_is_digit(units, at + 1) &&
           unit_is_digit(units, at + 2) && !unit_is_digit(units, at + 3);
}

/** True if the unit at `at` is a thousands separator inside a number: `,` or, if the number goes on
 * in further groups, `.`. */
static bool is_thousands(const struct text_units *units, uint32_t at)
{
    if (at >= units->count || !three_digits(units, at + 1))
        return false;
    const uint32_t code = units->code[at];
    if (code == ',')
        return true;
    if (code != '.')
        return false;
    const bool more =
        at + 4 < units->count && units->code[at + 4] == '.' && three_digits(units, at + 5);
    const bool before = at >= 4 && units->code[at - 4] == '.' && three_digits(units, at - 3);
    return more || before;
}

static bool is_letter_zero(const struct text_units *units, uint32_t at)
{
    if (at >= units->count || units->kind[at] != UNIT_LETTER || units->code[at] != 'o')
        return false;
    return at + 1 >= units->count || units->kind[at + 1] != UNIT_LETTER ||
           units->code[at + 1] == 'o';
}

static void put_digit(struct token *token, uint32_t digit)
{
    if (token->milli >= 0)
        token->milli = token->milli * 10 + (int64_t)digit * 1000;
    if (token->milli > MILLI_MAX)
        token->milli = -1;
    if (token->digits < UINT8_MAX)
        token->digits++;
}

/** 2,5 juta; 1,2tr: a comma before one or two digits and a word for a million. */
static bool is_decimal_comma(const struct text_units *units, uint32_t at)
{
    if (units->code[at] != ',')
        return false;
    uint32_t next = at + 2 + (unit_is_digit(units, at + 2) ? 1u : 0u);
    if (next < units->count && units->kind[next] == UNIT_SPACE)
        next++;
    return next < units->count && (units->code[next] == 'j' || units->code[next] == 't');
}

static uint32_t read_decimals(const struct text_units *units, uint32_t at, struct token *token)
{
    int64_t place = 100;
    if (at + 1 >= units->count || !unit_is_digit(units, at + 1) ||
        (units->code[at] != '.' && !is_decimal_comma(units, at)))
        return at;
    for (at++; unit_is_digit(units, at); at++, place /= 10) {
        if (token->milli >= 0)
            token->milli += (int64_t)(units->code[at] - '0') * place;
        if (token->decimals < UINT8_MAX)
            token->decimals++;
    }
    return at;
}

static uint32_t read_number(const struct text_units *units, uint32_t at, struct token *token)
{
    token->kind = TOKEN_NUMBER;
    for (;;) {
        if (unit_is_digit(units, at)) {
            put_digit(token, units->code[at] - '0');
        } else if (token->digits <= 3 * 4 && is_thousands(units, at)) {
            /* the separator itself has no value */
        } else if (is_letter_zero(units, at)) {
            token->letter_zero = true;
            put_digit(token, 0);
        } else {
            break;
        }
        at++;
    }
    return read_decimals(units, at, token);
}

/** The letter a digit or sign stands for inside a word: n3wb0rn, b@by; 0 if none. */
static uint32_t leet_letter(uint32_t code)
{
    switch (code) {
    case '0':
        return 'o';
    case '1':
        return 'i';
    case '3':
        return 'e';
    case '4':
    case '@':
        return 'a';
    case '5':
    case '$':
        return 's';
    case '7':
        return 't';
    default:
        return 0;
    }
}

/** End of a word with leet inside that begins at `at`: letters at both ends, at most two signs
 * between letters. `at` + plain letters if there is none. */
static uint32_t word_end(const struct text_units *units, uint32_t at)
{
    uint32_t end = at;
    uint32_t signs = 0;
    for (uint32_t i = at; i < units->count; i++) {
        if (units->kind[i] == UNIT_LETTER) {
            end = i + 1;
            signs = 0;
        } else if (!leet_letter(units->code[i]) || ++signs > 2) {
            break;
        }
    }
    return end;
}

/** FNV-1a, as in tools/pack_words.py. */
static bool is_known(const char *word, uint32_t len)
{
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)word[i]) * 16777619u;
    hash >>= 32 - TOKEN_KNOWN_BITS;
    return token_known_words[hash >> 3] >> (hash & 7) & 1;
}

/** Two letters with which a numeral of pinyin, English, Indonesian or Tagalog begins. */
static bool may_count(const char *word, uint32_t len)
{
    static const char heads[] =
        "yi er li sa si wu qi ba ji sh on tw th fo fi se ei ni te el du ti em "
        "en tu de is da ta ap an pi wa";
    for (const char *head = heads; len > 1; head += 3) {
        if (head[0] == word[0] && head[1] == word[1])
            return true;
        if (!head[2])
            break;
    }
    return false;
}

static uint32_t read_word(struct tokens *tokens, uint32_t at, struct token *token)
{
    const struct text_units *units = tokens->units;
    const uint32_t end = word_end(units, at);
    token->kind = TOKEN_WORD;
    token->word = tokens->letters_len;
    for (; at < end; at++) {
        const bool letter = units->kind[at] == UNIT_LETTER;
        const uint32_t code =
            letter ? glyph_base_letter(units->code[at]) : leet_letter(units->code[at]);
        token->leet |= !letter;
        if (token->word_len < TOKEN_WORD_MAX)
            tokens->letters[token->word + token->word_len++] =
                code >= 'a' && code <= 'z' ? (char)code : '?';
    }
    tokens->letters_len += token->word_len;
    token->known = is_known(tokens->letters + token->word, token->word_len);
    token->numeral = may_count(tokens->letters + token->word, token->word_len);
    return at;
}

static uint8_t gap_of(uint8_t kind)
{
    switch (kind) {
    case UNIT_SPACE:
        return GAP_SPACE;
    case UNIT_NEWLINE:
        return GAP_NEWLINE;
    case UNIT_MARK:
        return GAP_MARK;
    case UNIT_EMOJI:
        return GAP_EMOJI;
    default:
        return GAP_SYMBOL;
    }
}

static bool is_moon(uint32_t code)
{
    return (code >= 0x1F311 && code <= 0x1F31D) || code == 0x1F237;
}

/** A moon stands for 月 behind 个 or 满 and before 底, 中, 生 ...; anywhere else it is a filler. */
static bool moon_is_month(const struct tokens *tokens, uint32_t at, const struct token *token)
{
    static const uint32_t before[] = U"个满";
    static const uint32_t behind[] = U"底中初末上下生预大";
    const struct text_units *units = tokens->units;
    if (token->code == 0x1F237)
        return true;
    if (!token->gap && tokens->count && tokens->at[tokens->count - 1].kind == TOKEN_HAN)
        for (uint32_t i = 0; before[i]; i++)
            if (tokens->at[tokens->count - 1].code == before[i])
                return true;
    for (uint32_t i = 0; behind[i] && at + 1 < units->count; i++)
        if (units->code[at + 1] == behind[i])
            return true;
    return false;
}

/** Reads the token at `at`, or adds the unit to the gap in `token`. Returns the next unit. */
static uint32_t read_unit(struct tokens *tokens, uint32_t at, struct token *token, bool *is_token)
{
    const struct text_units *units = tokens->units;
    const uint8_t kind = units->kind[at];
    *is_token = true;
    token->unit_begin = at;
    if (kind == UNIT_DIGIT)
        return read_number(units, at, token);
    if (kind == UNIT_LETTER)
        return read_word(tokens, at, token);
    token->code = units->code[at];
    if (is_moon(token->code) && moon_is_month(tokens, at, token))
        token->code = U'月';
    token->class = (uint8_t)glyph_class(token->code);
    if (kind == UNIT_HAN || token->code == U'月' || (kind == UNIT_OTHER && token->class)) {
        token->kind = TOKEN_HAN;
    } else if (kind == UNIT_OTHER) {
        token->kind = TOKEN_OTHER;
    } else if (token->class) {
        token->kind = token->class == GLYPH_DIGIT ? TOKEN_HAN : TOKEN_SYMBOL;
    } else {
        *is_token = false;
        token->gap |= gap_of(kind);
        if (token->gap_len < UINT8_MAX)
            token->gap_len++;
        if (!token->gap_code && kind != UNIT_SPACE && kind != UNIT_NEWLINE)
            token->gap_code = token->code;
    }
    return at + 1;
}

enum ward_status tokens_read(struct tokens *tokens, const struct text_units *units)
{
    tokens->count = 0;
    tokens->letters_len = 0;
    tokens->units = units;
    const enum ward_status status = tokens_reserve(tokens, units->count + 1);
    if (status)
        return status;
    struct token *token = &tokens->at[0];
    memset(token, 0, sizeof *token);
    for (uint32_t at = 0; at < units->count;) {
        bool is_token;
        at = read_unit(tokens, at, token, &is_token);
        if (!is_token)
            continue;
        token->unit_end = at;
        token = &tokens->at[++tokens->count];
        memset(token, 0, sizeof *token);
    }
    return WARD_OK;
}

const struct token token_beyond = {.kind = TOKEN_OTHER, .gap = GAP_NEWLINE, .gap_len = UINT8_MAX};

static bool word_equals(const struct tokens *tokens, const struct token *token, const char *word,
                        size_t len)
{
    return token->word_len == len && memcmp(tokens->letters + token->word, word, len) == 0;
}

bool token_word_is(const struct tokens *tokens, uint32_t index, const char *word)
{
    const struct token *token = token_at(tokens, index);
    return token->kind == TOKEN_WORD && word_equals(tokens, token, word, strlen(word));
}

bool token_word_in(const struct tokens *tokens, uint32_t index, const char *words)
{
    const struct token *token = token_at(tokens, index);
    const char *word = tokens->letters + token->word;
    while (*words) {
        uint32_t i = 0;
        while (i < token->word_len && words[i] == word[i])
            i++;
        if (i == token->word_len && (words[i] == ' ' || words[i] == 0))
            return true;
        while (*words && *words != ' ')
            words++;
        words += *words == ' ';
    }
    return false;
}

bool token_in_han(const struct tokens *tokens, uint32_t index, const uint32_t *set)
{
    const struct token *token = token_at(tokens, index);
    if (token->kind != TOKEN_HAN)
        return false;
    for (; *set; set++)
        if (*set == token->code)
            return true;
    return false;
}

uint32_t token_spells_all(const struct tokens *tokens, uint32_t index, const uint32_t *text,
                          uint8_t gap_max)
{
    uint32_t count = 0;
    for (; text[count]; count++) {
        const struct token *token = token_at(tokens, index + count);
        if (token->kind != TOKEN_HAN || token->code != text[count])
            return 0;
        if (count && (token->gap_len > gap_max || (token->gap & GAP_NEWLINE && gap_max < 2)))
            return 0;
    }
    return count;
}

uint32_t tokens_disguises(const struct tokens *tokens, uint32_t first, uint32_t last)
{
    const struct text_units *units = tokens->units;
    uint32_t bits = 0;
    for (uint32_t i = first; i < last && i < tokens->count; i++) {
        const struct token *token = &tokens->at[i];
        for (uint32_t at = token->unit_begin; at < token->unit_end; at++)
            bits |= units->fold[at];
        if (i > first && token->gap & (GAP_SYMBOL | GAP_MARK | GAP_NEWLINE))
            bits |= WARD_DISGUISE_SEPARATOR;
        if (i > first && token->gap & GAP_EMOJI)
            bits |= WARD_DISGUISE_FILLER;
        if (token->letter_zero || token->leet)
            bits |= WARD_DISGUISE_LEET;
    }
    return bits;
}
