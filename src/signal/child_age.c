/**
 * Ages and weights.
 *
 * Bounds: ages up to 17 years (a minor, Civil Code 1093); months up to 36, weeks up to 60 and days
 * up to 400, beyond which people change the unit; weights 1.5 to 15 kg.
 */
#include <string.h>

#include "signal/child.h"
#include "signal/number.h"

#define DAYS_MONTH 30
#define DAYS_YEAR 365

enum span_unit { SPAN_NONE, SPAN_DAY, SPAN_WEEK, SPAN_MONTH, SPAN_YEAR };

struct unit_found {
    enum span_unit unit;
    uint32_t last;   /* token behind it */
    bool sure;       /* says itself that it is an age: 岁, 月龄, 个月大, months old */
    bool half;       /* 半 was inside: 三个半月 */
    bool more;       /* 多 was inside */
    bool is_counted; /* 个月, 周, 天 rather than a calendar month or day */
};

static const int32_t span_days[] = {0, 1, 7, DAYS_MONTH, DAYS_YEAR};
static const int32_t span_max[] = {0, 400, 60, 36, 17};

static bool near_gap(const struct token *token)
{
    return token->gap_len <= 1 || (token->gap_len == 2 && !(token->gap & GAP_NEWLINE));
}

static enum span_unit word_unit(const struct tokens *tokens, uint32_t at)
{
    if (token_in_words(tokens, at, "day days hari ngay araw"))
        return SPAN_DAY;
    if (token_in_words(tokens, at, "week weeks wk wks minggu tuan linggo"))
        return SPAN_WEEK;
    if (token_in_words(tokens, at, "month months mo mos mth mths bulan bln thang buwan"))
        return SPAN_MONTH;
    if (token_in_words(tokens, at, "year years yr yrs yo tahun thn tuoi taon taong"))
        return SPAN_YEAR;
    return SPAN_NONE;
}

static void read_word_unit(const struct tokens *tokens, uint32_t at, struct unit_found *found)
{
    if (!near_gap(token_at(tokens, at)))
        return;
    found->unit = word_unit(tokens, at);
    found->last = at + 1;
    found->is_counted = true;
    found->sure = token_in_words(tokens, at, "yo tuoi");
    if (token_in_words(tokens, at, "y") && token_is_word(tokens, at + 1, "o")) {
        found->unit = SPAN_YEAR;
        found->last = at + 2;
        found->sure = true;
    }
    if (token_in_words(tokens, at, "m y d w") && !token_at(tokens, at)->gap && at >= 2 &&
        child_word_near(tokens, at - 1, at - 1, 1)) { /* "girl, 2m" */
        const char letter = tokens->letters[token_at(tokens, at)->word];
        found->unit = letter == 'm'   ? SPAN_MONTH
                      : letter == 'y' ? SPAN_YEAR
                      : letter == 'd' ? SPAN_DAY
                                      : SPAN_NONE; /* w is 万 */
    }
    if (found->unit != SPAN_NONE && token_in_words(tokens, found->last, "old tuoi gulang")) {
        found->last++;
        found->sure = true;
    }
}

/** 大 or 龄 behind a duration, not the beginning of another word (第二天大家). */
static bool is_size_word(const struct tokens *tokens, uint32_t at)
{
    const struct token *behind = token_at(tokens, at + 1);
    if (token_at(tokens, at)->gap || !token_in_han(tokens, at, U"大龄"))
        return false;
    return behind->gap || behind->kind != TOKEN_HAN || behind->class == GLYPH_SEX ||
           token_in_han(tokens, at + 1, U"的了宝娃婴孩健身送找求领");
}

static void read_han_unit(const struct tokens *tokens, uint32_t at, struct unit_found *found)
{
    const struct token *token = token_at(tokens, at);
    uint32_t next = at;
    if (token->kind != TOKEN_HAN || !near_gap(token))
        return;
    if (token->class == GLYPH_COUNTER) {
        found->is_counted = true;
        token = token_at(tokens, ++next);
        found->half = token->class == GLYPH_HALF;
        found->more = token->class == GLYPH_MORE;
        if (found->half || found->more || token_in_han(tokens, next, U"把"))
            token = token_at(tokens, ++next);
    }
    if (!near_gap(token))
        return;
    if (token_spells(tokens, next, U"周岁", 1)) {
        found->unit = SPAN_YEAR;
        next++;
    } else if (token_spells(tokens, next, U"星期", 1) || token_spells(tokens, next, U"礼拜", 1)) {
        found->unit = SPAN_WEEK;
        next++;
    } else if (token_in_han(tokens, next, U"岁")) {
        found->unit = SPAN_YEAR;
    } else if (token_in_han(tokens, next, U"月")) {
        found->unit = SPAN_MONTH;
    } else if (token_in_han(tokens, next, U"周")) {
        found->unit = SPAN_WEEK;
    } else if (token_in_han(tokens, next, U"天日")) {
        found->unit = SPAN_DAY;
        found->is_counted = found->is_counted || token->code == U'天';
    } else {
        return;
    }
    found->sure = token_at(tokens, next)->code == U'岁';
    found->last = next + 1;
    if (is_size_word(tokens, found->last)) {
        found->sure = true;
        found->last++;
    }
}

/** Durations that are told of other things: before, after, within, wages, rents. */
static bool is_other_span(const struct tokens *tokens, uint32_t first, uint32_t last)
{
    if (!token_at(tokens, last)->gap &&
        token_in_han(tokens, last, U"前后内以之期工间假租底初上来份薪试饭班"))
        return true;
    if (first && !token_at(tokens, first)->gap &&
        token_in_han(tokens, first - 1, U"第每近过前后用薪租期等干住学去这那今隔限付押休退"))
        return true;
    return token_in_words(tokens, last,
                          "ago later before after left warranty per lalu yang truoc") ||
           (first &&
            token_in_words(tokens, first - 1,
                           "in for within after every last past next dalam selama setiap"));
}

static int32_t scaled(int64_t milli, enum span_unit unit)
{
    return (int32_t)(milli * span_days[unit] / 1000);
}

static bool fits(const struct number *number, enum span_unit unit)
{
    return number->scale <= 100 && number->high <= (int64_t)span_max[unit] * 1000 &&
           (number->low > 0 || unit == SPAN_DAY || unit == SPAN_YEAR);
}

/** 1岁3个月, 一岁零两个月, 一岁半, 岁多. */
static void add_rest(const struct tokens *tokens, struct child_part *part, enum span_unit unit)
{
    struct number number;
    struct unit_found found = {.unit = SPAN_NONE};
    uint32_t at = part->last;
    const struct token *token = token_at(tokens, at);
    if (unit != SPAN_YEAR || token->gap_len > 1)
        return;
    if (token->class == GLYPH_HALF && !token->gap) {
        part->low += DAYS_YEAR / 2;
        part->high = part->low;
        part->last++;
        return;
    }
    if (token->class == GLYPH_MORE && !token->gap && token->code == U'多') {
        part->high += DAYS_YEAR * 9 / 10;
        part->last++;
        return;
    }
    if (token->code == U'零' || token->code == U'又')
        at++;
    if (token_at(tokens, at)->gap || !number_read(tokens, at, &number))
        return;
    read_han_unit(tokens, number.last, &found);
    if (found.unit != SPAN_MONTH || !fits(&number, SPAN_MONTH) || number.high > 11000)
        return;
    part->low += scaled(number.low, SPAN_MONTH);
    part->high = part->low;
    part->last = found.last;
}

static bool span_at(const struct tokens *tokens, uint32_t at, const struct number *read,
                    struct child_part *out)
{
    struct number number;
    struct unit_found found = {.unit = SPAN_NONE};
    if (!read)
        return false;
    number = *read;
    number_extend(tokens, &number);
    if (token_at(tokens, number.last)->kind == TOKEN_WORD)
        read_word_unit(tokens, number.last, &found);
    else
        read_han_unit(tokens, number.last, &found);
    if (found.unit == SPAN_NONE || (!found.is_counted && !found.sure) || !fits(&number, found.unit))
        return false;
    if (at && token_in_han(tokens, at - 1, U"第") && !token_at(tokens, at)->gap)
        return false;
    *out = (struct child_part){.kind = PART_AGE,
                               .low = scaled(number.low, found.unit),
                               .high = scaled(number.high, found.unit),
                               .first = at,
                               .last = found.last};
    if (found.half)
        out->low += span_days[found.unit] / 2;
    if (found.half || found.more)
        out->high += span_days[found.unit] * (found.half ? 5 : 9) / 10;
    add_rest(tokens, out, found.unit);
    if (is_size_word(tokens, out->last)) {
        found.sure = true;
        out->last++;
    }
    if (!found.sure && is_other_span(tokens, at, out->last))
        return false;
    const bool short_span = found.unit == SPAN_DAY || found.unit == SPAN_WEEK;
    if (!found.sure && found.unit == SPAN_DAY && (number.high < 2000 || number.low != number.high))
        return false; /* 一天, 几天: hardly ever an age */
    const bool enough = found.sure && found.unit != SPAN_YEAR; /* grown-ups count years too */
    if (!enough && !child_word_near(tokens, out->first, out->last, short_span ? 5 : 8))
        out->support = SUPPORT_ONE;
    return true;
}

struct age_phrase {
    const uint32_t *text;
    int32_t low, high; /* days */
    bool sure;         /* said of children only */
};

/* 满月 30 days, 百天 100 days, 周岁 one year; newborn: the first four weeks. */
static const struct age_phrase phrases[] = {
    {U"未满月", 0, 29, true},   {U"没满月", 0, 29, true},    {U"不到满月", 0, 29, true},
    {U"不满月", 0, 29, true},   {U"刚满月", 30, 35, true},   {U"满月", 30, 35, false},
    {U"刚出生", 0, 7, true},    {U"刚生", 0, 7, false},      {U"新生儿", 0, 28, true},
    {U"初生", 0, 28, false},    {U"足月", 0, 28, true},      {U"百天", 100, 100, false},
    {U"百日", 100, 100, false}, {U"半岁多", 182, 330, true}, {U"半岁", 182, 182, true},
    {U"岁半", 547, 547, true},  {U"满周岁", 365, 380, true}, {U"刚落地", 0, 7, true},
    {U"未出月子", 0, 41, true}, {U"没断奶", 0, 365, true},
};

static bool phrase_at(const struct tokens *tokens, uint32_t at, struct child_part *out)
{
    uint32_t best = 0;
    bool sure = false;
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        const uint32_t n = token_spells(tokens, at, phrases[i].text, 2);
        if (n <= best)
            continue;
        best = n;
        out->low = phrases[i].low;
        out->high = phrases[i].high;
        sure = phrases[i].sure;
    }
    if (!best || (!token_at(tokens, at + best)->gap &&
                  token_in_han(tokens, at + best, U"酒宴礼照席纪誓枝成意财气")))
        return false;
    out->last = at + best;
    if (!sure && !child_word_near(tokens, at, out->last, 12))
        out->support = SUPPORT_ONE;
    return true;
}

static bool newborn_at(const struct tokens *tokens, uint32_t at, struct child_part *out)
{
    static const char *const pairs[][2] = {{"new", "born"}, {"baru", "lahir"},    {"so", "sinh"},
                                           {"moi", "sinh"}, {"bagong", "silang"}, {"just", "born"}};
    out->high = 28;
    out->last = at + 1;
    if (token_in_words(tokens, at, "newborn newborns nb"))
        return true;
    out->last = at + 2;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (token_is_word(tokens, at, pairs[i][0]) && token_is_word(tokens, at + 1, pairs[i][1]) &&
            token_at(tokens, at + 1)->gap_len <= 1)
            return true;
    return false;
}

bool child_age_at(const struct tokens *tokens, uint32_t at, const struct number *number,
                  struct child_part *out)
{
    const struct token *token = token_at(tokens, at);
    *out = (struct child_part){.kind = PART_AGE, .first = at};
    if (token->kind == TOKEN_WORD && newborn_at(tokens, at, out))
        return true;
    *out = (struct child_part){.kind = PART_AGE, .first = at};
    const bool lead = token->class == GLYPH_LEAD || token->class == GLYPH_BIRTH ||
                      token->class == GLYPH_SCALE || token->class == GLYPH_HALF ||
                      token->class == GLYPH_TIME;
    if (lead && phrase_at(tokens, at, out))
        return true;
    return span_at(tokens, at, number, out);
}

/* ---- weight ---------------------------------------------------------------------------------- */

static int32_t weight_unit(const struct tokens *tokens, uint32_t at, uint32_t *last)
{
    const struct token *token = token_at(tokens, at);
    *last = at + 1;
    if (!near_gap(token))
        return 0;
    if (token_spells(tokens, at, U"公斤", 1) || token_spells(tokens, at, U"千克", 1)) {
        *last = at + 2;
        return 1000;
    }
    if (token_in_han(tokens, at, U"斤"))
        return 500;
    if (token_in_han(tokens, at, U"克"))
        return 1;
    if (token_in_words(tokens, at, "kg kgs kilo kilos kilogram"))
        return 1000;
    if (token_in_words(tokens, at, "lb lbs pound pounds"))
        return 454;
    return token_in_words(tokens, at, "g gr gram grams") ? 1 : 0;
}

/** 六斤二两, 6斤8. */
static void add_liang(const struct tokens *tokens, struct child_part *out)
{
    const struct token *token = token_at(tokens, out->last);
    if (token->class == GLYPH_HALF && !token->gap) {
        out->low += 250;
        out->last++;
        return;
    }
    if (token->class == GLYPH_MORE && !token->gap) {
        out->last++;
        return;
    }
    int64_t tenths = token->kind == TOKEN_NUMBER && token->digits == 1 ? token->milli / 1000 : 0;
    if (token->class == GLYPH_DIGIT)
        tenths = glyph_value(token->code);
    if (token->gap || !tenths)
        return;
    out->low += (int32_t)tenths * 50;
    out->last++;
    if (token_in_han(tokens, out->last, U"两"))
        out->last++;
}

bool child_weight_at(const struct tokens *tokens, uint32_t at, const struct number *number,
                     struct child_part *out)
{
    if (!number || number->scale > 100)
        return false;
    *out = (struct child_part){.kind = PART_WEIGHT, .first = at};
    const int32_t grams = weight_unit(tokens, number->last, &out->last);
    if (!grams || number->high > 10000000)
        return false;
    out->low = (int32_t)(number->low * grams / 1000);
    if (grams == 500)
        add_liang(tokens, out);
    if (out->low < 1500 || out->low > 15000)
        return false;
    out->high = out->low;
    if (!child_word_near(tokens, at, out->last, 10))
        out->support = SUPPORT_ONE;
    return true;
}
