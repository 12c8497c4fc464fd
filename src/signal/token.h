/**
 * Units -> tokens: the form the readers of prices and children work on.
 *
 * A token is a run of digits, a run of Latin letters (accents dropped), one Han character, or one
 * symbol or emoji that has a class (money, boy, girl ...). Everything else (space, marks, symbols,
 * other emoji) is the *gap* before the next token, so `9万`, `9.万`, `9 万` and `9🌙万` give the
 * same two tokens and differ in the gap only.
 *
 * Digit runs take thousands separators (1,000,000 and, Indonesian and Vietnamese, 1.000.000), one
 * decimal part, and the letter o written for zero behind a digit.
 */
#ifndef WARD_SIGNAL_TOKEN_H
#define WARD_SIGNAL_TOKEN_H

#include "signal/glyph.h"
#include "text/units.h"

#define TOKEN_WORD_MAX 24u

enum token_kind { TOKEN_NUMBER, TOKEN_HAN, TOKEN_WORD, TOKEN_SYMBOL, TOKEN_OTHER };

enum token_gap {
    GAP_SPACE = 1u << 0,
    GAP_SYMBOL = 1u << 1,
    GAP_EMOJI = 1u << 2,
    GAP_MARK = 1u << 3,
    GAP_NEWLINE = 1u << 4
};

struct token {
    uint8_t kind;
    uint8_t class;     /**< enum glyph_class of a Han character or symbol */
    uint8_t gap;       /**< enum token_gap bits of what lies before this token */
    uint8_t gap_len;   /**< units of the gap, 255 = more */
    uint8_t digits;    /**< digits written before the decimal point */
    uint8_t decimals;  /**< digits written behind it */
    uint8_t word_len;  /**< letters kept in `word`; longer words are cut to TOKEN_WORD_MAX */
    bool letter_zero;  /**< o was read as 0 */
    bool leet;         /**< digits or signs were read as letters */
    bool numeral;      /**< a word that may begin a spelled-out number */
    bool known;        /**< a word that some reader may know */
    uint32_t gap_code; /**< first symbol or mark of the gap, 0 if none */
    uint32_t code;     /**< Han character or symbol */
    uint32_t unit_begin, unit_end;
    int64_t milli; /**< value of a number in thousandths; -1 beyond 10^15 thousandths */
    uint32_t word; /**< offset into tokens.letters */
};

struct tokens { /* owned arrays, reused */
    struct token *at;
    uint32_t count;
    uint32_t capacity;
    char *letters;
    uint32_t letters_len;
    uint32_t letters_capacity;
    const struct text_units *units; /**< borrowed */
};

void tokens_init(struct tokens *tokens);
void tokens_release(struct tokens *tokens);
/** Replaces the content by the tokens of `units`, which must outlive the use. WARD_ERR_NOMEM. */
enum ward_status tokens_read(struct tokens *tokens, const struct text_units *units) WARD_MUST_USE;

/** What stands beyond the last token: kind TOKEN_OTHER, a newline before it. */
extern const struct token token_beyond;
/** Bits of the hashes of the words the readers know; see tools/pack_words.py. */
#define TOKEN_KNOWN_BITS 14
extern const uint8_t token_known_words[1 << (TOKEN_KNOWN_BITS - 3)];

/** The token at `index`, or token_beyond. */
static inline const struct token *token_at(const struct tokens *tokens, uint32_t index)
{
    return index < tokens->count ? &tokens->at[index] : &token_beyond;
}
bool token_word_is(const struct tokens *tokens, uint32_t index, const char *word);
bool token_word_in(const struct tokens *tokens, uint32_t index, const char *words);
/** True if token `index` is the Latin word `word` (lower case, no accents). */
static inline bool token_is_word(const struct tokens *tokens, uint32_t index, const char *word)
{
    const struct token *token = token_at(tokens, index);
    return token->known && tokens->letters[token->word] == word[0] &&
           token_word_is(tokens, index, word);
}
/** True if it is one of the words of a list parted by single spaces. */
static inline bool token_in_words(const struct tokens *tokens, uint32_t index, const char *words)
{
    return token_at(tokens, index)->known && token_word_in(tokens, index, words);
}
/** True if token `index` is Han and one of `set` (NUL-ended code points). */
bool token_in_han(const struct tokens *tokens, uint32_t index, const uint32_t *set);
uint32_t token_spells_all(const struct tokens *tokens, uint32_t index, const uint32_t *text,
                          uint8_t gap_max);
/** Tokens matched if the Han tokens from `index` on spell `text` with gaps of at most `gap_max`
 * units and no newline; 0 if not. */
static inline uint32_t token_spells(const struct tokens *tokens, uint32_t index,
                                    const uint32_t *text, uint8_t gap_max)
{
    return token_at(tokens, index)->code == text[0] ? token_spells_all(tokens, index, text, gap_max)
                                                    : 0;
}
/** What was undone in the tokens [first, last): folds, and WARD_DISGUISE_SEPARATOR or _FILLER for
 * gaps inside. */
uint32_t tokens_disguises(const struct tokens *tokens, uint32_t first, uint32_t last);

#endif
