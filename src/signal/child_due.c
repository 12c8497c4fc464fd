/**
 * Pregnancies: weeks, months, due dates; and birth months of those already born.
 */
#include <string.h>

#include "signal/child.h"
#include "signal/number.h"

static bool near_gap(const struct token *token)
{
    return token->gap_len <= 1 || (token->gap_len == 2 && !(token->gap & GAP_NEWLINE));
}

/** 孕, 怀 (but not 怀疑), 预产, 待产, 产检. */
static bool is_birth_token(const struct tokens *tokens, uint32_t at)
{
    const struct token *token = token_at(tokens, at);
    if (token->code == 0x1F930)
        return true;
    if (token->kind != TOKEN_HAN)
        return false;
    if (token->code == U'怀')
        return !token_in_han(tokens, at + 1, U"疑念旧柔");
    if (token->code == U'产')
        return (at && token_in_han(tokens, at - 1, U"预待临")) ||
               token_in_han(tokens, at + 1, U"检期");
    return token->code == U'孕';
}

/** A word of pregnancy or expected birth within `reach` tokens before `first` or behind `last`. */
static bool birth_near(const struct tokens *tokens, uint32_t first, uint32_t last, uint32_t reach)
{
    for (uint32_t i = 1; i <= reach; i++) {
        if (i <= first && (is_birth_token(tokens, first - i) ||
                           token_in_words(tokens, first - i,
                                          "pregnant due hamil thai bau buntis expecting edd hpl "
                                          "kandungan manganganak")))
            return true;
        if (is_birth_token(tokens, last + i - 1) ||
            token_in_words(tokens, last + i - 1, "pregnant due hamil buntis preggy gestation"))
            return true;
    }
    return false;
}

/** 30周, 孕38w, 怀孕七个月, 7 months pregnant, hamil 7 bulan. */
static bool term_at(const struct tokens *tokens, uint32_t at, const struct number *read,
                    struct child_part *out)
{
    struct number number;
    const struct token *token = token_at(tokens, at);
    const bool digits = token->kind == TOKEN_NUMBER;
    if (!read)
        return false;
    number = *read;
    uint32_t last = number.last;
    if (digits && token_in_words(tokens, at + 1, "w wk")) { /* 38w: not 万 here */
        number.low = token->milli;
        number.scale = 1;
        last = at + 1;
    }
    if (number.scale > 10 || number.low < 1000 || number.low > 42000 ||
        !near_gap(token_at(tokens, last)))
        return false;
    bool weeks = token_in_han(tokens, last, U"周") ||
                 token_in_words(tokens, last, "w wk weeks week minggu tuan linggo");
    bool months = token_spells(tokens, last, U"个月", 1) ||
                  token_spells(tokens, last, U"个多月", 1) ||
                  token_in_words(tokens, last, "months month mos bulan bln thang buwan");
    if (token_in_han(tokens, last, U"月")) /* 孕七月 */
        months = birth_near(tokens, at, at, 1);
    if ((!weeks && !months) || (months && number.low > 10000))
        return false;
    last += token_at(tokens, last)->class == GLYPH_COUNTER ? 2 : 1;
    if (!birth_near(tokens, at, last, 3))
        return false;
    *out = (struct child_part){.kind = PART_DUE, .first = at, .last = last};
    return true;
}

/** Month named in English, 1..12, 0 if none. */
static int month_word(const struct tokens *tokens, uint32_t at)
{
    static const char *const names[] = {"jan january januari enero",
                                        "feb february februari pebrero",
                                        "mar march maret marso",
                                        "apr april abril",
                                        "may mei mayo",
                                        "jun june juni hunyo",
                                        "jul july juli hulyo",
                                        "aug august agustus agosto",
                                        "sep sept september setyembre",
                                        "oct october oktober oktubre",
                                        "nov november nobyembre",
                                        "dec december desember disyembre"};
    for (int i = 0; i < 12; i++)
        if (token_in_words(tokens, at, names[i]))
            return i + 1;
    return 0;
}

static void put_two(char *at, int value)
{
    at[0] = (char)('0' + value / 10 % 10);
    at[1] = (char)('0' + value % 10);
}

/** "--MM" or "--MM-DD". */
static void put_due(char due[11], int month, int day)
{
    memset(due, 0, 11);
    due[0] = due[1] = '-';
    put_two(due + 2, month);
    if (day) {
        due[4] = '-';
        put_two(due + 5, day);
    }
}

static int small_value(const struct number *number, int max)
{
    if (number->low != number->high || number->low % 1000 || number->scale > 10 ||
        number->low < 1000 || number->low > max * 1000)
        return 0;
    return (int)(number->low / 1000);
}

/** 9月, 九月中, 9月15号, 11月底, 冬月, 腊月. Returns the token behind, 0 if none. */
static uint32_t calendar_at(const struct tokens *tokens, uint32_t at, int *month, int *day)
{
    struct number number;
    *day = 0;
    if (token_spells(tokens, at, U"腊月", 1)) {
        *month = 1; /* the twelfth lunar month falls mostly in January */
        return at + 2;
    }
    if (token_spells(tokens, at, U"正月", 1) || token_spells(tokens, at, U"冬月", 1)) {
        *month = token_at(tokens, at)->code == U'正' ? 2 : 12;
        return at + 2;
    }
    if (!number_may_begin(token_at(tokens, at)) || !number_read(tokens, at, &number))
        return 0;
    *month = small_value(&number, 12);
    if (!*month || !token_in_han(tokens, number.last, U"月") ||
        token_at(tokens, number.last)->gap_len > 1)
        return 0;
    uint32_t last = number.last + 1;
    if (token_in_han(tokens, last, U"上中下") && token_in_han(tokens, last + 1, U"旬"))
        return last + 2;
    if (token_in_han(tokens, last, U"初中底末份"))
        return last + 1;
    if (token_at(tokens, last)->gap || !number_read(tokens, last, &number))
        return last;
    *day = small_value(&number, 31);
    if (!*day)
        return last;
    last = number.last;
    return last + (token_in_han(tokens, last, U"日号") ? 1u : 0u);
}

/** 预产期9月15, 九月中预产, 11月生, 腊月的, due in Nov. */
static bool date_at(const struct tokens *tokens, uint32_t at, struct child_part *out)
{
    int month = 0;
    int day = 0;
    uint32_t last = calendar_at(tokens, at, &month, &day);
    bool expected = false;
    if (last) {
        expected =
            (at && token_in_han(tokens, at - 1, U"期产")) ||
            (at > 1 && token_in_han(tokens, at - 2, U"期产")) ||
            token_spells(tokens, last, U"预产", 1) || token_spells(tokens, last, U"待产", 1) ||
            token_spells(tokens, last, U"到期", 1) || token_spells(tokens, last, U"临盆", 1) ||
            token_spells(tokens, last, U"要生", 1) || token_spells(tokens, last, U"卸货", 1) ||
            token_spells(tokens, last, U"里卸货", 1) || token_spells(tokens, last, U"落地", 1);
        const bool listed =
            at && token_in_han(tokens, at - 1, U"男女宝娃婴") && token_at(tokens, at)->gap_len <= 1;
        const bool born = listed || (token_in_han(tokens, last, U"生") &&
                                     !token_in_han(tokens, last + 1, U"日意活产气病"));
        if (!expected && !born)
            return false;
        out->kind = expected ? PART_DUE : PART_BIRTH;
        if (token_in_han(tokens, last, U"生"))
            last++;
    } else {
        month = month_word(tokens, at);
        expected = month && at &&
                   (token_in_words(tokens, at - 1, "due edd hpl") ||
                    (at > 1 && token_in_words(tokens, at - 1, "in on date this early late mid") &&
                     token_in_words(tokens, at - 2, "due edd date")));
        if (!expected)
            return false;
        last = at + 1;
        const struct token *token = token_at(tokens, last);
        if (token->kind == TOKEN_NUMBER && token->digits <= 2 && token->milli <= 31000 &&
            token->milli >= 1000 && token->gap_len <= 1) {
            day = (int)(token->milli / 1000);
            last++;
        }
    }
    put_due(out->due, month, day);
    out->first = at;
    out->last = last;
    return true;
}

/** Words that say a birth is to come, with no date. */
static bool coming_at(const struct tokens *tokens, uint32_t at, struct child_part *out)
{
    static const uint32_t *const phrases[] = {
        U"下个月生", U"下月生", U"这个月生", U"本月生",   U"月底生",   U"月初生",
        U"年底生",   U"年前生", U"快生了",   U"快要生了", U"马上生",   U"还没出生",
        U"未出生",   U"没出生", U"待产",     U"临产",     U"预产期",   U"快足月",
        U"肚子里的", U"还没生", U"过几天生", U"孕晚期",   U"即将出生",
    };
    uint32_t best = 0;
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        const uint32_t n = token_spells(tokens, at, phrases[i], 1);
        best = n > best ? n : best;
    }
    if (token_spells(tokens, at, U"待产包", 1) || token_in_han(tokens, at + best, U"人日") ||
        (at && token_at(tokens, at - 1)->kind == TOKEN_NUMBER && !token_at(tokens, at)->gap))
        return false; /* 1964年底生人 */
    if (!best &&
        ((token_in_words(tokens, at, "due") && token_in_words(tokens, at + 1, "soon date")) ||
         (token_is_word(tokens, at, "kabuwanan")) ||
         (token_is_word(tokens, at, "sap") && token_is_word(tokens, at + 1, "sinh")) ||
         (token_is_word(tokens, at, "unborn"))))
        best = token_in_words(tokens, at, "kabuwanan unborn") ? 1 : 2;
    if (!best)
        return false;
    out->kind = PART_DUE;
    out->first = at;
    out->last = at + best;
    return true;
}

/** Classes of the characters that phrases without a number begin with. */
static bool may_lead(const struct token *token)
{
    return token->kind == TOKEN_WORD || token->class == GLYPH_LEAD || token->class == GLYPH_BIRTH ||
           token->class == GLYPH_TIME;
}

bool child_due_at(const struct tokens *tokens, uint32_t at, const struct number *number,
                  struct child_part *out)
{
    *out = (struct child_part){.kind = PART_DUE};
    if (number && term_at(tokens, at, number, out))
        return true;
    *out = (struct child_part){.kind = PART_DUE};
    const bool lead = may_lead(token_at(tokens, at));
    return ((number || lead) && date_at(tokens, at, out)) || (lead && coming_at(tokens, at, out));
}
