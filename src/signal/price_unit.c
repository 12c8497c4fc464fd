/**
 * Tables of money words. Latin words are compared without accents and in lower case, so "triệu",
 * "trieu" and "TRIEU" are one entry.
 */
#include "signal/price_unit.h"

#include <string.h>

struct money_word {
    const char *words; /* alternatives, parted by spaces */
    const char *currency;
    int64_t scale;
    int language; /* needed language, -1 any */
};

#define ANY (-1)

static const struct money_word words_behind[] = {
    {"rmb cny yuan kuai renminbi", "CNY", 1, ANY},
    {"usd dollars dollar bucks", "USD", 1, ANY},
    {"pesos peso php piso pisos", "PHP", 1, ANY},
    {"p", "PHP", 1, LANGUAGE_TL},
    {"rupiah idr", "IDR", 1, ANY},
    {"dong vnd", "VND", 1, ANY},
    {"d", "VND", 1, LANGUAGE_VI},
    {"ringgit myr rm", "MYR", 1, ANY},
    {"baht thb", "THB", 1, ANY},
    {"rupees inr", "INR", 1, ANY},
    {"euro euros eur", "EUR", 1, ANY},
    {"pounds gbp quid", "GBP", 1, ANY},
    {"hkd", "HKD", 1, ANY},
    {"sgd", "SGD", 1, ANY},
    {"twd ntd", "TWD", 1, ANY},
    {"juta jt jtan jutaan", "IDR", 1000000, ANY},
    {"rb ribu", "IDR", 1000, ANY},
    {"trieu", "VND", 1000000, ANY},
    {"tr cu chai", "VND", 1000000, LANGUAGE_VI},
    {"nghin ngan ng", "VND", 1000, ANY},
    {"ty", "VND", 1000000000, LANGUAGE_VI},
    {"libo mil", "PHP", 1000, LANGUAGE_TL},
    {"thousand grand", NULL, 1000, ANY},
    {"hundred", NULL, 100, ANY},
    {"million", NULL, 1000000, ANY},
    {"lakh lakhs lac", "INR", 100000, ANY},
};

static const struct money_word words_before[] = {
    {"rmb cny", "CNY", 1, ANY}, {"rp idr", "IDR", 1, ANY}, {"php", "PHP", 1, ANY},
    {"p", "PHP", 1, ANY},       {"usd us", "USD", 1, ANY}, {"rm myr", "MYR", 1, ANY},
    {"vnd", "VND", 1, ANY},     {"rs inr", "INR", 1, ANY}, {"thb", "THB", 1, ANY},
    {"hkd hk", "HKD", 1, ANY},  {"eur", "EUR", 1, ANY},    {"sgd", "SGD", 1, ANY},
};

struct money_han {
    const uint32_t *text;
    const char *currency;
};

static const struct money_han han_behind[] = {
    {U"块钱", "CNY"},   {U"块", "CNY"},     {U"元钱", "CNY"},   {U"元", "CNY"},
    {U"圆", "CNY"},     {U"大洋", "CNY"},   {U"人民币", "CNY"}, {U"软妹币", "CNY"},
    {U"软妹", "CNY"},   {U"米", "CNY"},     {U"刀", "CNY"},     {U"钱", "CNY"},
    {U"美元", "USD"},   {U"美金", "USD"},   {U"美刀", "USD"},   {U"港元", "HKD"},
    {U"港币", "HKD"},   {U"欧元", "EUR"},   {U"英镑", "GBP"},   {U"日元", "JPY"},
    {U"韩元", "KRW"},   {U"台币", "TWD"},   {U"新台币", "TWD"}, {U"比索", "PHP"},
    {U"印尼盾", "IDR"}, {U"越南盾", "VND"}, {U"泰铢", "THB"},   {U"卢比", "INR"},
    {U"令吉", "MYR"},   {U"马币", "MYR"},   {U"新币", "SGD"},   {U"澳元", "AUD"},
    {U"加元", "CAD"},
};

static const char *symbol_currency(uint32_t code, bool *emoji)
{
    *emoji = code >= 0x1F000;
    switch (code) {
    case '$':
    case 0x1F4B5:
        return "USD";
    case 0xA5:
    case 0x1F4B4:
    case 0x1F4B0:
    case 0x1F4B8:
    case 0x1F9E7:
        return "CNY";
    case 0xA3:
    case 0x1F4B7:
        return "GBP";
    case 0x20A9:
        return "KRW";
    case 0x20AB:
        return "VND";
    case 0x20AC:
    case 0x1F4B6:
        return "EUR";
    case 0x20B1:
        return "PHP";
    case 0x20B9:
        return "INR";
    case 0x0E3F:
        return "THB";
    default:
        return NULL;
    }
}

static const struct money_word *find_word(const struct tokens *tokens, uint32_t at,
                                          const struct money_word *words, size_t count,
                                          enum price_language language)
{
    for (size_t i = 0; i < count; i++)
        if ((words[i].language == ANY || words[i].language == (int)language) &&
            token_in_words(tokens, at, words[i].words))
            return &words[i];
    return NULL;
}

/** đ written with its stroke, which the words have lost. */
static bool is_dong_sign(const struct tokens *tokens, uint32_t at)
{
    const struct token *token = token_at(tokens, at);
    return token->kind == TOKEN_WORD && token->word_len == 1 &&
           tokens->units->code[token->unit_begin] == 0x111;
}

static struct price_unit han_unit(const struct tokens *tokens, uint32_t at)
{
    struct price_unit unit = {.scale = 1};
    for (size_t i = 0; i < sizeof han_behind / sizeof *han_behind; i++) {
        const uint32_t n = token_spells(tokens, at, han_behind[i].text, 2);
        if (n > unit.tokens) {
            unit.tokens = n;
            unit.currency = han_behind[i].currency;
        }
    }
    return unit;
}

static struct price_unit symbol_unit(const struct token *token)
{
    struct price_unit unit = {.scale = 1};
    if (token->kind != TOKEN_SYMBOL || token->class != GLYPH_MONEY)
        return unit;
    unit.currency = symbol_currency(token->code, &unit.emoji);
    unit.tokens = unit.currency ? 1 : 0;
    unit.disguises = unit.emoji ? WARD_DISGUISE_EMOJI : 0;
    return unit;
}

/** One money word or symbol; scales may be followed by a currency ("thousand pesos"). */
struct price_unit price_unit_behind(const struct tokens *tokens, uint32_t at,
                                    enum price_language language)
{
    struct price_unit unit = {.scale = 1};
    for (int round = 0; round < 2; round++) {
        const struct token *token = token_at(tokens, at + unit.tokens);
        if (token->gap_len > 2 || token->gap & GAP_NEWLINE)
            break;
        if (is_dong_sign(tokens, at + unit.tokens)) {
            unit.currency = "VND";
            unit.tokens++;
            break;
        }
        if (token->kind == TOKEN_WORD) {
            const struct money_word *word =
                find_word(tokens, at + unit.tokens, words_behind,
                          sizeof words_behind / sizeof *words_behind, language);
            if (!word || (round && word->scale > 1))
                break;
            unit.scale *= word->scale;
            unit.currency = word->currency ? word->currency : unit.currency;
            unit.tokens++;
            if (word->scale == 1)
                break;
            continue;
        }
        const struct price_unit more =
            token->kind == TOKEN_HAN ? han_unit(tokens, at + unit.tokens) : symbol_unit(token);
        if (more.tokens) {
            unit.currency = more.currency;
            unit.emoji = more.emoji;
            unit.disguises |= more.disguises;
            unit.tokens += more.tokens;
        }
        break;
    }
    return unit;
}

struct price_unit price_unit_before(const struct tokens *tokens, uint32_t at)
{
    const struct price_unit none = {.scale = 1};
    if (at == 0 || token_at(tokens, at)->gap_len > 2 || token_at(tokens, at)->gap & GAP_NEWLINE)
        return none;
    const struct token *token = token_at(tokens, at - 1);
    if (token->kind == TOKEN_SYMBOL) {
        struct price_unit unit = symbol_unit(token);
        if (token->code == '$' && at >= 2 && token->gap_len == 0) {
            const struct money_word *word =
                find_word(tokens, at - 2, words_before, sizeof words_before / sizeof *words_before,
                          LANGUAGE_EN);
            if (word) {
                unit.currency = word->currency;
                unit.tokens = 2;
            }
        }
        return unit;
    }
    const struct money_word *word = find_word(
        tokens, at - 1, words_before, sizeof words_before / sizeof *words_before, LANGUAGE_EN);
    const bool few =
        token_at(tokens, at)->digits < 3 && token_at(tokens, at + 1)->kind != TOKEN_WORD;
    if (!word || (token->word_len == 1 && (token_at(tokens, at)->gap_len || few)))
        return none; /* P7, S8: models, not pesos */
    return (struct price_unit){.scale = 1, .currency = word->currency, .tokens = 1};
}

const char *price_currency_of(enum price_language language)
{
    switch (language) {
    case LANGUAGE_ZH:
        return "CNY";
    case LANGUAGE_EN:
        return "USD";
    case LANGUAGE_ID:
        return "IDR";
    case LANGUAGE_VI:
        return "VND";
    case LANGUAGE_TL:
        return "PHP";
    }
    return "CNY";
}
