/**
 * Numbers as people write them: 9, 9.5, 九, 玖, 九点五, 十几, 八九, 二三十, 9万5, 9w5, 1万2千, jiu
 * wan, 8-10万, 六到八万.
 *
 * A number is read with its scales (万, w, 千, k ...); what comes behind it (元, 个月, 斤) is the
 * caller's. Ranges keep both ends; approximate forms (多, 来, 几) become ranges.
 */
#ifndef WARD_SIGNAL_NUMBER_H
#define WARD_SIGNAL_NUMBER_H

#include "signal/token.h"

enum number_flag {
    NUMBER_HAN = 1u << 0,    /* Han numerals took part */
    NUMBER_DIGITS = 1u << 1, /* digits took part */
    NUMBER_APPROX = 1u << 2, /* 多 来 几, two neighbouring digits */
    NUMBER_RANGE = 1u << 3,  /* two numbers with a connector */
    NUMBER_SOUND = 1u << 4,  /* a digit by a character that only sounds like it */
    NUMBER_PINYIN = 1u << 5, /* spelled out in pinyin */
    NUMBER_FINANCIAL = 1u << 6,
    NUMBER_WAN_LATIN = 1u << 7, /* w for 万 */
    NUMBER_K = 1u << 8          /* k for 千 */
};

struct number {
    int64_t low;          /**< in thousandths */
    int64_t high;         /**< in thousandths, >= low */
    int64_t scale;        /**< value of the last scale read (10 .. 10^8), 1 if none */
    uint32_t first, last; /**< tokens, half-open */
    uint32_t flags;
    uint32_t disguises;
    uint8_t digits; /**< digits of the first digit token, 0 if none */
    bool decimal;   /**< a decimal part was written */
};

/** True if a number may begin with the token; most cannot, and this is cheap. */
static inline bool number_may_begin(const struct token *token)
{
    static const uint32_t classes = 1u << GLYPH_DIGIT | 1u << GLYPH_SCALE | 1u << GLYPH_FEW |
                                    1u << GLYPH_HALF | 1u << GLYPH_SOUND;
    return token->kind == TOKEN_NUMBER || (token->kind == TOKEN_WORD && token->numeral) ||
           (token->kind == TOKEN_HAN && classes >> token->class & 1);
}

bool number_read_from(const struct tokens *tokens, uint32_t at, struct number *out);
/** Reads the longest number that begins at token `at`, without a range. False if there is none. */
static inline bool number_read(const struct tokens *tokens, uint32_t at, struct number *out)
{
    return number_may_begin(token_at(tokens, at)) && number_read_from(tokens, at, out);
}
/** Token behind the number that begins at `at`, or `at` + 1 if none does: where a reader that found
 * no use for it goes on, so that 五十岁 is not read again as 十岁. */
uint32_t number_skip(const struct tokens *tokens, uint32_t at);

/** Goes on to the other end of a range, if there is one. */
void number_extend(const struct tokens *tokens, struct number *number);
/** As number_read, then tries to go on to the other end of a range; the lower end takes the scale
 * of the upper if it has none ("8-10万"). */
bool number_read_range(const struct tokens *tokens, uint32_t at, struct number *out);

#endif
