/**
 * At every token that may begin a number, the readings are tried from the surest to the weakest: a
 * sum shown on the fingers, a number with a money word or symbol, a number in 万, one in 千 or 百,
 * a bare number behind a money word, a code. The first that fits wins and the walk goes on behind
 * it.
 */
#include "signal/price.h"

#include <string.h>

#include "signal/number.h"
#include "signal/price_unit.h"

#define WAN_MILLI 10000000 /* 10,000 in thousandths */

struct draft {
    struct number number; /* low, high in thousandths of the unit */
    int64_t scale;        /* factor to be applied to it */
    const char *currency; /* NULL: to be assumed */
    bool coded;
    uint32_t first, last;
    uint32_t disguises;
};

struct reading {
    const struct tokens *tokens;
    enum price_language language;
};

struct band {
    char currency[4];
    int64_t low, high; /* whole units */
};

/* See price.h for the sources; CNY must stay first. */
static const struct band bands[] = {
    {"CNY", 3000, 1000000},       {"USD", 400, 150000},     {"EUR", 400, 150000},
    {"GBP", 350, 120000},         {"PHP", 5000, 2000000},   {"IDR", 1500000, 500000000},
    {"VND", 5000000, 1000000000}, {"MYR", 2000, 500000},    {"THB", 10000, 5000000},
    {"INR", 10000, 5000000},      {"HKD", 3000, 1000000},   {"TWD", 12000, 5000000},
    {"SGD", 500, 200000},         {"JPY", 60000, 20000000}, {"KRW", 600000, 200000000},
    {"AUD", 600, 200000},         {"CAD", 600, 200000},
};

enum price_class price_class_of(const char *currency, int64_t low_minor, int64_t high_minor)
{
    const struct band *band = &bands[0];
    for (size_t i = 0; i < sizeof bands / sizeof *bands; i++)
        if (strcmp(bands[i].currency, currency) == 0)
            band = &bands[i];
    const int64_t minor = price_minor_units(currency);
    if (high_minor < band->low * minor)
        return PRICE_SMALL;
    return low_minor > band->high * minor ? PRICE_LARGE : PRICE_PLAUSIBLE;
}

int64_t price_minor_units(const char *currency)
{
    const bool none = strcmp(currency, "VND") == 0 || strcmp(currency, "JPY") == 0 ||
                      strcmp(currency, "KRW") == 0;
    return none ? 1 : 100;
}

/* ---- surroundings ---------------------------------------------------------------------------- */

/** True if the phrase ends before token `at`: end, gap or no Han character. */
static bool ends_before(const struct tokens *tokens, uint32_t at)
{
    const struct token *token = token_at(tokens, at);
    return token->gap || token->kind != TOKEN_HAN;
}

/** Words that go on a sum of money in talk: 九万可谈, 六百就行, 八个带走. */
static bool goes_on(const struct tokens *tokens, uint32_t at)
{
    return ends_before(tokens, at) || token_in_han(tokens, at,
                                                   U"可就行吧呢嘛啊呀哦成左上起以不的了给一包带出走"
                                                   U"谈要诚拿全少多打付现换抱领送接含定押先够真");
}

/** Measure words and beginnings of words that make 9万 a quantity of something else. */
static bool is_measured(const struct tokens *tokens, uint32_t at)
{
    if (ends_before(tokens, at))
        return false;
    if (token_in_han(tokens, at, U"里"))
        return !token_in_han(tokens, at + 1, U"外面");
    return token_in_han(
               tokens, at,
               U"人张级件股剂台辆斤只亩吨名字粉公彩网烤民工户枚条杯份毫座株步次票倍册本套棵头"
               U"匹群度平立瓦赞播阅浏观关转评篇科达历象圣物千众古分尺寸伏桶箱瓶盒艘架年岁天小秒位"
               U"颗根粒"
               U"支部栋间亿火个军兵门场项家所吉克页行种段词热流") &&
           !token_in_han(tokens, at, U"现");
}

/** 65W快充, 20w灯泡: watts. */
static bool is_watt(const struct tokens *tokens, uint32_t at)
{
    return !token_at(tokens, at)->gap && token_in_han(tokens, at, U"充快灯功电头瓦闪适");
}

/** 粉丝9万, 第九万, 里程6万. */
static bool is_counted_before(const struct tokens *tokens, uint32_t at)
{
    if (!at || token_at(tokens, at)->gap_len > 1)
        return false;
    if (token_in_han(tokens, at - 1, U"第量数"))
        return true;
    static const uint32_t *const heads[] = {U"粉丝", U"播放", U"阅读", U"里程", U"点赞",
                                            U"浏览", U"销量", U"热度", U"讨论", U"公里"};
    for (size_t i = 0; at >= 2 && i < sizeof heads / sizeof *heads; i++)
        if (token_spells(tokens, at - 2, heads[i], 0))
            return true;
    return false;
}

/** 孕38w, 38w+2: weeks. */
static bool is_weeks(const struct tokens *tokens, const struct number *number)
{
    if (!(number->flags & NUMBER_WAN_LATIN) || number->low > 42 * WAN_MILLI)
        return false;
    for (uint32_t back = 1; back <= 3 && back <= number->first; back++)
        if (token_in_han(tokens, number->first - back, U"孕怀产检胎"))
            return true;
    return token_at(tokens, number->last)->gap_code == '+' &&
           token_at(tokens, number->last)->kind == TOKEN_NUMBER;
}

/** 补偿可以到十五, 预算我这边最多十三: a word of payment a little before, with no mark and no other
 * number between. */
static bool is_in_reach_of_cue(const struct tokens *tokens, uint32_t at)
{
    static const uint32_t *const cues[] = {U"补偿", U"补尝", U"预算", U"价格", U"行情", U"报价",
                                           U"费用", U"营养", U"红包", U"感谢", U"心意", U"彩头",
                                           U"出价", U"开价", U"砍到", U"尾款", U"定金", U"礼金"};
    for (uint32_t back = 1; back <= 7 && back < at; back++) {
        const struct token *token = token_at(tokens, at - back);
        if (token_at(tokens, at - back + 1)->gap & (GAP_MARK | GAP_NEWLINE) ||
            token->kind == TOKEN_NUMBER)
            return false;
        for (size_t i = 0; i < sizeof cues / sizeof *cues; i++)
            if (token_spells(tokens, at - back - 1, cues[i], 1))
                return true;
    }
    return false;
}

/** A word of payment right before the number: the number is then a sum even with no unit. */
static bool has_strong_cue(const struct tokens *tokens, uint32_t at)
{
    if (!at || token_at(tokens, at)->gap_len > 2 || token_at(tokens, at)->gap & GAP_NEWLINE)
        return false;
    if (token_in_han(tokens, at - 1, U"费价格补偿尝酬款金谢礼"))
        return true;
    if (token_in_words(tokens, at - 1,
                       "price fee asking donation budget harga biaya mahar gia phi bayad presyo "
                       "pay paid cost offer offered offering"))
        return true;
    return is_in_reach_of_cue(tokens, at);
}

static bool has_weak_cue(const struct tokens *tokens, uint32_t at)
{
    if (has_strong_cue(tokens, at))
        return true;
    if (!at || token_at(tokens, at)->gap_len > 1)
        return false;
    return token_in_han(tokens, at - 1, U"要给收出付卖售共钱只赔打转得加花拿赚退");
}

/** Dates, times, floors, scores, parts of longer identifiers: not a bare sum. */
static bool is_other_number(const struct tokens *tokens, uint32_t last)
{
    const struct token *next = token_at(tokens, last);
    if (!next->gap && next->kind == TOKEN_HAN &&
        (next->class == GLYPH_TIME ||
         token_in_han(tokens, last, U"号点楼栋人口位名时分秒室层度倍级集章成折晚")))
        return true;
    const uint32_t unit = last ? token_at(tokens, last - 1)->unit_end : 0;
    if (unit < tokens->units->count &&
        (tokens->units->code[unit] == '%' || tokens->units->code[unit] == 0x2030))
        return true;
    if (next->gap == GAP_SPACE && token_in_han(tokens, last, U"平米人字次岁年月日分号"))
        return true;
    if (next->kind == TOKEN_NUMBER && next->gap_len == 1 && !(next->gap & GAP_SPACE) &&
        next->gap_code != '+')
        return true;
    return !next->gap && next->kind == TOKEN_WORD;
}

/* ---- readings -------------------------------------------------------------------------------- */

/** Takes the factor and span of money words around the number. */
static bool take_units(const struct reading *reading, struct draft *draft)
{
    const struct price_unit before = price_unit_before(reading->tokens, draft->first);
    const struct price_unit behind =
        price_unit_behind(reading->tokens, draft->last, reading->language);
    if (!before.tokens && !behind.tokens)
        return false;
    if (behind.tokens == 1 && draft->number.scale < 10000 &&
        token_in_han(reading->tokens, draft->last, U"米"))
        return false; /* metres; 米 is slang for yuan behind 万 only */
    if (behind.tokens == 1 && !before.tokens && draft->number.high == 1000 &&
        token_in_han(reading->tokens, draft->last, U"块"))
        return false; /* 一块: a piece, together */
    const bool picture = (!before.tokens || before.emoji) && (!behind.tokens || behind.emoji);
    draft->scale = behind.scale;
    draft->currency = before.tokens && !before.emoji ? before.currency : behind.currency;
    if (!draft->currency)
        draft->currency = before.currency;
    if (picture && draft->number.scale == 1 && draft->number.high < 100 * 1000) {
        draft->scale = 10000;
        draft->coded = true;
    }
    draft->disguises |= before.disguises | behind.disguises;
    draft->first -= before.tokens;
    draft->last += behind.tokens;
    return true;
}

/** 60.000 is sixty thousand where the dot parts thousands. */
static void fix_dot_thousands(const struct reading *reading, struct draft *draft)
{
    const struct token *token = token_at(reading->tokens, draft->number.first);
    const bool dotted = token->kind == TOKEN_NUMBER && token->decimals == 3;
    if (dotted && draft->currency &&
        (strcmp(draft->currency, "IDR") == 0 || strcmp(draft->currency, "VND") == 0) &&
        draft->scale == 1)
        draft->scale = 1000;
}

/** 8个w, 8个达不溜, 6 达不溜. */
static bool take_spelled_wan(const struct tokens *tokens, struct draft *draft)
{
    uint32_t at = draft->last;
    if (draft->number.scale >= 1000)
        return false;
    if (token_at(tokens, at)->class == GLYPH_COUNTER && token_at(tokens, at)->gap_len <= 2)
        at++;
    const bool counter = at > draft->last;
    const struct token *token = token_at(tokens, at);
    static const uint32_t *const names[] = {U"达不溜", U"大不溜", U"答不溜", U"达布溜", U"大不六"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const uint32_t n = token_spells(tokens, at, names[i], 1);
        if (n) {
            draft->last = at + n;
            draft->scale = 10000;
            draft->disguises |= WARD_DISGUISE_HOMOPHONE;
            return true;
        }
    }
    const bool wan = (token->class == GLYPH_SCALE && glyph_value(token->code) == 10000) ||
                     token_in_words(tokens, at, "w wan");
    if (!counter || !wan || token->gap_len > 2)
        return false;
    draft->last = at + 1;
    draft->scale = 10000;
    draft->disguises |= WARD_DISGUISE_NUMERAL;
    return true;
}

static bool take_wan(const struct tokens *tokens, struct draft *draft)
{
    const struct number *number = &draft->number;
    if (number->scale < 10000)
        return false;
    if (is_counted_before(tokens, draft->first) || is_measured(tokens, draft->last) ||
        is_weeks(tokens, number))
        return false;
    if (number->flags & NUMBER_WAN_LATIN && is_watt(tokens, draft->last))
        return false;
    if (number->flags & NUMBER_SOUND)
        draft->coded = true;
    return true;
}

/** 七千, 六百, 5k without a money word: only where the phrase ends or goes on as talk of money. */
static bool take_thousand(const struct reading *reading, struct draft *draft)
{
    const struct tokens *tokens = reading->tokens;
    const struct number *number = &draft->number;
    if (number->scale != 1000 && number->scale != 100)
        return false;
    if (!goes_on(tokens, draft->last) || is_other_number(tokens, draft->last) ||
        is_counted_before(tokens, draft->first))
        return false;
    if (number->flags & NUMBER_K && number->high < 10000 * 1000 &&
        reading->language != LANGUAGE_ZH && !has_weak_cue(tokens, draft->first) &&
        !(token_at(tokens, draft->last)->gap & GAP_MARK))
        return false;
    if (number->flags & NUMBER_K)
        draft->coded = number->high < 10000 * 1000 && !has_weak_cue(tokens, draft->first);
    return has_weak_cue(tokens, draft->first) || ends_before(tokens, draft->last) ||
           number->flags & NUMBER_K;
}

/** 八位数, 六个数: how many digits the sum has. */
static bool take_places(const struct tokens *tokens, struct draft *draft)
{
    const int64_t places = draft->number.low / 1000;
    if (draft->number.scale != 1 || places < 3 || places > 8 ||
        (!token_spells(tokens, draft->last, U"位数", 1) &&
         !token_spells(tokens, draft->last, U"个数", 1)) ||
        token_in_han(tokens, draft->last + 2, U"字据目量值组码"))
        return false;
    int64_t low = 1000;
    for (int64_t i = 1; i < places; i++)
        low *= 10;
    draft->number.low = low;
    draft->number.high = low * 10 - 1000;
    draft->last += 2;
    draft->coded = true;
    return true;
}

/** 3 个 月, 4个多月: a time, through gaps. */
static bool is_time_behind(const struct tokens *tokens, uint32_t at)
{
    const struct token *token = token_at(tokens, at);
    if (token->class == GLYPH_MORE || token->class == GLYPH_HALF)
        token = token_at(tokens, ++at);
    return (token->class == GLYPH_TIME || token_in_han(tokens, at, U"小钟分秒")) &&
           token->gap_len <= 2 && !(token->gap & GAP_MARK);
}

/** 8个, 6方, 8沓: a counter as private code for ten thousand. */
static bool take_counter(const struct tokens *tokens, struct draft *draft)
{
    const struct token *token = token_at(tokens, draft->last);
    const bool counter = token->class == GLYPH_COUNTER || token->class == GLYPH_ALIKE;
    if (draft->number.scale > 10 || draft->number.low < 3000 || draft->number.high >= 100 * 1000 ||
        !counter || token->gap_len > 2 || !goes_on(tokens, draft->last + 1) ||
        is_time_behind(tokens, draft->last + 1) || is_counted_before(tokens, draft->first) ||
        (!token_at(tokens, draft->last + 1)->gap &&
         (token_at(tokens, draft->last + 1)->kind == TOKEN_NUMBER ||
          token_in_han(tokens, draft->last + 1, U"换给全打付现抱领送接不"))))
        return false;
    draft->last++;
    draft->scale = 10000;
    draft->coded = true;
    return true;
}

/** 9🌊, 10🍎: a picture as unit, and nothing more. */
static bool is_picture_behind(const struct tokens *tokens, uint32_t last)
{
    const struct token *next = token_at(tokens, last);
    const uint32_t unit = token_at(tokens, last - 1)->unit_end;
    return unit < tokens->units->count && tokens->units->kind[unit] == UNIT_EMOJI &&
           (last >= tokens->count || next->gap & (GAP_MARK | GAP_SPACE | GAP_NEWLINE));
}

/** 要60000, 营养费8, and, without any cue, 90000 alone. */
/** ..., 28 and nothing more: the last word of a line, parted from the rest. */
static bool is_last_word(const struct tokens *tokens, const struct draft *draft)
{
    const struct token *first = token_at(tokens, draft->first);
    const struct token *behind = token_at(tokens, draft->last);
    const uint32_t next = draft->last + (token_in_han(tokens, draft->last, U"起") ? 1u : 0u);
    const bool last = next >= tokens->count || token_at(tokens, next)->gap & GAP_NEWLINE;
    return draft->first > 0 && tokens->at[draft->first - 1].kind == TOKEN_HAN &&
           first->gap & (GAP_MARK | GAP_SPACE) && !(first->gap & GAP_NEWLINE) &&
           draft->number.low >= 2000 && draft->number.high < 100 * 1000 && last &&
           (behind->gap || next > draft->last);
}

static bool take_bare(const struct reading *reading, struct draft *draft)
{
    const struct tokens *tokens = reading->tokens;
    const struct number *number = &draft->number;
    if (number->scale > 10 || is_other_number(tokens, draft->last) ||
        !(goes_on(tokens, draft->last)))
        return false;
    const bool round = number->low % 100000 == 0;
    if (number->digits >= 4 && number->digits <= 7 && !number->decimal)
        if (has_strong_cue(tokens, draft->first) || (round && has_weak_cue(tokens, draft->first)))
            return true;
    if (number->digits >= 5 && number->digits <= 6 && number->low % 1000000 == 0 &&
        (draft->first == 0 || token_at(tokens, draft->first)->gap ||
         token_at(tokens, draft->first - 1)->kind == TOKEN_HAN)) {
        draft->coded = true;
        return true;
    }
    if (number->low < 1000 ||
        number->high >= (reading->language == LANGUAGE_ZH ? 100 : 1000) * 1000 ||
        (!has_strong_cue(tokens, draft->first) && !is_picture_behind(tokens, draft->last) &&
         !is_last_word(tokens, draft)))
        return false;
    draft->scale = reading->language == LANGUAGE_ZH ? 10000 : 1000;
    draft->coded = true;
    return true;
}

/** 一个巴掌, 两只手, a picture of a hand with w: five, ten. */
static bool take_fingers(const struct tokens *tokens, uint32_t at, struct draft *draft)
{
    static const struct {
        const uint32_t *text;
        int64_t fingers;
    } shown[] = {
        {U"一个巴掌", 5}, {U"一只巴掌", 5}, {U"两个巴掌", 10}, {U"一只手", 5},
        {U"五根手指", 5}, {U"两只手", 10},  {U"一双手", 10},
    };
    const struct token *token = token_at(tokens, at);
    *draft = (struct draft){.scale = 10000, .coded = true, .first = at};
    for (size_t i = 0; i < sizeof shown / sizeof *shown && !draft->last; i++) {
        const uint32_t n = token_spells(tokens, at, shown[i].text, 1);
        if (n && goes_on(tokens, at + n + (token_in_han(tokens, at + n, U"数头") ? 1u : 0u))) {
            draft->number.low = shown[i].fingers * 1000;
            draft->last = at + n;
        }
    }
    if (token->kind == TOKEN_SYMBOL && token->class == GLYPH_HAND &&
        (token_is_word(tokens, at + 1, "w") || token_at(tokens, at + 1)->code == U'万' ||
         token_at(tokens, at + 1)->class == GLYPH_COUNTER)) {
        draft->number.low = 5000;
        draft->last = at + 2;
        draft->disguises = WARD_DISGUISE_EMOJI;
    }
    draft->number.high = draft->number.low;
    return draft->last > 0;
}

/** Part of a longer identifier: abc9w, 3.14.15. */
static bool is_glued(const struct tokens *tokens, uint32_t at)
{
    if (!at || token_at(tokens, at)->gap_len)
        return false;
    const struct token *before = token_at(tokens, at - 1);
    if (before->kind != TOKEN_WORD || price_unit_before(tokens, at).tokens)
        return false;
    const bool word_id = before->gap == 0 && at >= 2 && token_at(tokens, at - 1)->word_len == 1 &&
                         tokens->at[at - 2].kind == TOKEN_NUMBER;
    return before->word_len > 2 || word_id;
}

static bool take_number(const struct reading *reading, uint32_t at, struct draft *draft)
{
    const struct tokens *tokens = reading->tokens;
    *draft = (struct draft){.scale = 1};
    if (!number_read_range(tokens, at, &draft->number) || is_glued(tokens, at))
        return false;
    draft->first = draft->number.first;
    draft->last = draft->number.last;
    draft->disguises = draft->number.disguises;
    const struct draft plain = *draft;
    if (draft->number.digits > 12)
        return false;
    if (take_spelled_wan(tokens, draft)) {
        const struct price_unit unit = price_unit_behind(tokens, draft->last, reading->language);
        draft->currency = unit.currency;
        draft->last += unit.scale == 1 ? unit.tokens : 0;
        return true;
    }
    if (take_units(reading, draft)) {
        fix_dot_thousands(reading, draft);
        return !is_weeks(tokens, &draft->number);
    }
    *draft = plain;
    if (take_wan(tokens, draft) || take_places(tokens, draft) || take_thousand(reading, draft) ||
        take_counter(tokens, draft))
        return true;
    *draft = plain;
    return take_bare(reading, draft);
}

/* ---- facts ----------------------------------------------------------------------------------- */

static bool fill(const struct reading *reading, const struct draft *draft, struct price_fact *fact)
{
    const struct text_units *units = reading->tokens->units;
    const bool chinese = draft->number.flags & (NUMBER_WAN_LATIN | NUMBER_PINYIN);
    const char *assumed = price_currency_of(chinese ? LANGUAGE_ZH : reading->language);
    const char *currency = draft->currency ? draft->currency : assumed;
    const int64_t minor = price_minor_units(currency);
    if (draft->number.high > INT64_MAX / (draft->scale * minor) || draft->number.high <= 0)
        return false;
    memset(fact, 0, sizeof *fact);
    fact->low_minor = draft->number.low * draft->scale * minor / 1000;
    fact->high_minor = draft->number.high * draft->scale * minor / 1000;
    memcpy(fact->currency, currency, 3);
    fact->assumed = !draft->currency;
    fact->coded = draft->coded;
    fact->price_class =
        (uint8_t)(draft->coded ? PRICE_CODED
                               : price_class_of(currency, fact->low_minor, fact->high_minor));
    fact->unit_begin = token_at(reading->tokens, draft->first)->unit_begin;
    fact->unit_end = token_at(reading->tokens, draft->last - 1)->unit_end;
    fact->begin = units->begin[fact->unit_begin];
    fact->end = units->end[fact->unit_end - 1];
    fact->disguises =
        draft->disguises | tokens_disguises(reading->tokens, draft->first, draft->last);
    return true;
}

static bool may_begin(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_NUMBER:
        return true;
    case TOKEN_WORD:
        return token->numeral;
    case TOKEN_HAN:
        return token->class == GLYPH_DIGIT || token->class == GLYPH_SCALE ||
               token->class == GLYPH_FEW || token->class == GLYPH_HALF ||
               token->class == GLYPH_SOUND;
    default:
        return token->class == GLYPH_HAND;
    }
}

uint32_t price_read(const struct tokens *tokens, enum price_language language,
                    struct price_fact *out, uint32_t max)
{
    const struct reading reading = {tokens, language};
    uint32_t count = 0;
    for (uint32_t at = 0; at < tokens->count && count < max;) {
        struct draft draft;
        if (!may_begin(&tokens->at[at]) ||
            (!take_fingers(tokens, at, &draft) && !take_number(&reading, at, &draft)) ||
            !fill(&reading, &draft, &out[count])) {
            at = may_begin(&tokens->at[at]) ? number_skip(tokens, at) : at + 1;
            continue;
        }
        count++;
        at = draft.last > at ? draft.last : at + 1;
    }
    return count;
}

bool price_behind_attribute(const struct tokens *tokens, uint32_t at, enum price_language language,
                            struct price_fact *out)
{
    const struct reading reading = {tokens, language};
    struct draft draft = {.scale = language == LANGUAGE_ZH ? 10000 : 1000, .coded = true};
    if (token_in_han(tokens, at, U"的") && !token_at(tokens, at)->gap)
        at++;
    const struct token *token = token_at(tokens, at);
    if (token->gap_len > 2 || token->gap & GAP_NEWLINE ||
        !number_read_range(tokens, at, &draft.number))
        return false;
    const struct number *number = &draft.number;
    const struct token *behind = token_at(tokens, number->last);
    const bool ends = at + 1 > tokens->count || behind->gap || number->last >= tokens->count ||
                      behind->class == GLYPH_SEX || token_in_han(tokens, number->last, U"起");
    const bool parted = token->gap || (number->flags & NUMBER_RANGE) ||
                        (number->flags & NUMBER_HAN &&
                         (number->low >= 3000 || token_in_han(tokens, at - 1, U"的")));
    if (number->scale > 10 || number->low < 1500 || number->high > 99 * 1000 || !ends || !parted ||
        is_other_number(tokens, number->last) || is_time_behind(tokens, number->last))
        return false;
    draft.first = at;
    draft.last = number->last;
    draft.disguises = number->disguises;
    return fill(&reading, &draft, out);
}
