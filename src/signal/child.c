/**
 * Sex, number of children, and how parts become facts.
 *
 * Sex as a listing attribute: words that only babies are called by (男宝, 女婴, baby girl) stand
 * alone; words that everyone uses (女儿, 弟弟, 公主, a lone 男) count only next to an age, a
 * weight, a due date, or, in an alias, next to anything.
 */
#include "signal/child.h"

#include <string.h>

#include "signal/number.h"

struct sex_word {
    const uint32_t *text;
    uint8_t sex;
    bool sure;
};

static const struct sex_word han_words[] = {
    {U"女宝宝", SEX_FEMALE, true}, {U"女宝", SEX_FEMALE, true},   {U"女婴", SEX_FEMALE, true},
    {U"女娃", SEX_FEMALE, true},   {U"女孩", SEX_FEMALE, false},  {U"女儿", SEX_FEMALE, false},
    {U"女童", SEX_FEMALE, false},  {U"女崽", SEX_FEMALE, true},   {U"女胎", SEX_FEMALE, true},
    {U"男宝宝", SEX_MALE, true},   {U"男宝", SEX_MALE, true},     {U"男婴", SEX_MALE, true},
    {U"男娃", SEX_MALE, true},     {U"男孩", SEX_MALE, false},    {U"男童", SEX_MALE, false},
    {U"男崽", SEX_MALE, true},     {U"男胎", SEX_MALE, true},     {U"儿子", SEX_MALE, false},
    {U"妹妹", SEX_FEMALE, false},  {U"弟弟", SEX_MALE, false},    {U"闺女", SEX_FEMALE, false},
    {U"囡囡", SEX_FEMALE, false},  {U"囡", SEX_FEMALE, false},    {U"丫头", SEX_FEMALE, false},
    {U"千金", SEX_FEMALE, false},  {U"公主", SEX_FEMALE, false},  {U"小公主", SEX_FEMALE, false},
    {U"王子", SEX_MALE, false},    {U"小王子", SEX_MALE, false},  {U"小子", SEX_MALE, false},
    {U"带把的", SEX_MALE, true},   {U"带把", SEX_MALE, true},     {U"小棉袄", SEX_FEMALE, false},
    {U"细妹", SEX_FEMALE, false},  {U"细佬", SEX_MALE, false},    {U"妹仔", SEX_FEMALE, false},
    {U"查某囝", SEX_FEMALE, true}, {U"大胖小子", SEX_MALE, true}, {U"小妹", SEX_FEMALE, false},
    {U"小弟", SEX_MALE, false},    {U"妹", SEX_FEMALE, false},    {U"弟", SEX_MALE, false},
};

static const struct {
    const char *first;
    const char *second; /* "" none */
    uint8_t sex;
    bool sure;
} latin_words[] = {
    {"baby", "girl girls", SEX_FEMALE, true},
    {"baby", "boy boys", SEX_MALE, true},
    {"girl", "baby", SEX_FEMALE, true},
    {"boy", "baby", SEX_MALE, true},
    {"female", "baby infant newborn", SEX_FEMALE, true},
    {"male", "baby infant newborn", SEX_MALE, true},
    {"girl daughter female", "", SEX_FEMALE, false},
    {"boy son male", "", SEX_MALE, false},
    {"be", "gai", SEX_FEMALE, true},
    {"be", "trai", SEX_MALE, true},
    {"con", "gai", SEX_FEMALE, false},
    {"con", "trai", SEX_MALE, false},
    {"bayi", "perempuan cewek", SEX_FEMALE, true},
    {"bayi", "laki cowok", SEX_MALE, true},
    {"perempuan cewek", "", SEX_FEMALE, false},
    {"laki cowok", "", SEX_MALE, false},
    {"babae", "", SEX_FEMALE, false},
    {"lalaki", "", SEX_MALE, false},
    {"nvbao nvhai nvying nvwa", "", SEX_FEMALE, true},
    {"nanbao nanhai nanying nanwa", "", SEX_MALE, true},
    {"nv", "bao hai ying wa", SEX_FEMALE, true},
    {"nan", "bao hai ying wa", SEX_MALE, true},
};

static bool is_child_token(const struct tokens *tokens, uint32_t at)
{
    const struct token *token = token_at(tokens, at);
    if (token->class == GLYPH_CHILD)
        return token->code != U'贝' || token_in_han(tokens, at - 1, U"宝");
    if (token->kind == TOKEN_WORD)
        return token_in_words(
            tokens, at,
            "baby babies bb infant newborn boy girl child kid son daughter bayi anak "
            "be sanggol bata cewek cowok perempuan laki babae lalaki bao wa");
    if (token_spells(tokens, at, U"公主", 1) || token_spells(tokens, at, U"王子", 1) ||
        token_spells(tokens, at, U"千金", 1) || token_spells(tokens, at, U"小子", 1))
        return true;
    return token->class == GLYPH_SEX &&
           (token->kind == TOKEN_SYMBOL || token_in_han(tokens, at, U"男女闺囡囝妹弟丫"));
}

bool child_word_near(const struct tokens *tokens, uint32_t first, uint32_t last, uint32_t reach)
{
    for (uint32_t i = 1; i <= reach && i <= first; i++) {
        if (is_child_token(tokens, first - i))
            return true;
        if (tokens->at[first - i].gap & GAP_NEWLINE && tokens->at[first - i].gap_len > 1)
            break;
    }
    for (uint32_t i = 0; i < reach && last + i < tokens->count; i++)
        if (is_child_token(tokens, last + i))
            return true;
    return false;
}

/** A lone 男 or 女: no Han character touches it but numbers, age and child words. */
static bool is_lone(const struct tokens *tokens, uint32_t at)
{
    const struct token *behind = token_at(tokens, at + 1);
    const struct token *token = token_at(tokens, at);
    const bool open = at == 0 || token->gap || tokens->at[at - 1].kind != TOKEN_HAN ||
                      tokens->at[at - 1].class == GLYPH_TIME ||
                      tokens->at[at - 1].class == GLYPH_ROLE ||
                      token_in_han(tokens, at - 1, U"大是个的出一");
    const bool shut = behind->gap || behind->kind != TOKEN_HAN || behind->class == GLYPH_DIGIT ||
                      behind->class == GLYPH_SCALE || behind->class == GLYPH_FEW ||
                      behind->class == GLYPH_HALF || token_in_han(tokens, at + 1, U"的刚未足健");
    return open && shut;
}

static bool latin_sex_at(const struct tokens *tokens, uint32_t at, struct child_part *out)
{
    for (size_t i = 0; i < sizeof latin_words / sizeof *latin_words; i++) {
        if (!token_in_words(tokens, at, latin_words[i].first))
            continue;
        const bool two = latin_words[i].second[0] != 0;
        if (two && (!token_in_words(tokens, at + 1, latin_words[i].second) ||
                    token_at(tokens, at + 1)->gap_len > 2))
            continue;
        out->sex = latin_words[i].sex;
        out->last = at + (two ? 2u : 1u);
        out->support = latin_words[i].sure ? SUPPORT_NONE : SUPPORT_STRONG;
        return true;
    }
    const bool single = token_in_words(tokens, at, "m f");
    const struct token *token = token_at(tokens, at);
    if (!single || (at && !token->gap) ||
        (token_at(tokens, at + 1)->kind != TOKEN_NUMBER && !token_at(tokens, at + 1)->gap))
        return false;
    out->sex = token_is_word(tokens, at, "f") ? SEX_FEMALE : SEX_MALE;
    out->last = at + 1;
    out->support = SUPPORT_STRONG;
    return true;
}

static bool symbol_sex(const struct token *token, struct child_part *out)
{
    switch (token->code) {
    case 0x2640:
    case 0x1F467:
    case 0x1F6BA:
        out->sex = SEX_FEMALE;
        break;
    case 0x2642:
    case 0x1F466:
    case 0x1F6B9:
        out->sex = SEX_MALE;
        break;
    default:
        return false;
    }
    out->last = out->first + 1;
    out->support = SUPPORT_STRONG;
    out->disguises = WARD_DISGUISE_EMOJI;
    return true;
}

bool child_sex_at(const struct tokens *tokens, uint32_t at, struct child_part *out)
{
    const struct token *token = token_at(tokens, at);
    uint32_t best = 0;
    *out = (struct child_part){.kind = PART_SEX, .first = at};
    if (token->kind == TOKEN_WORD)
        return latin_sex_at(tokens, at, out);
    if (token->kind == TOKEN_SYMBOL)
        return symbol_sex(token, out);
    if (token->kind != TOKEN_HAN || (token->class != GLYPH_SEX && token->class != GLYPH_CHILD &&
                                     token->class != GLYPH_SCALE && token->class != GLYPH_LEAD))
        return false;
    for (size_t i = 0; i < sizeof han_words / sizeof *han_words; i++) {
        const uint32_t n = token->code == han_words[i].text[0]
                               ? token_spells(tokens, at, han_words[i].text, 2)
                               : 0;
        if (n <= best)
            continue;
        best = n;
        out->sex = han_words[i].sex;
        out->support = han_words[i].sure ? SUPPORT_NONE : SUPPORT_STRONG;
    }
    if (!best && token_in_han(tokens, at, U"男女") && !token_at(tokens, at + 1)->gap &&
        token_in_words(tokens, at + 1, "b bb bao baby hai wa ying er")) {
        best = 2;
        out->sex = token->code == U'女' ? SEX_FEMALE : SEX_MALE;
    }
    if (!best && token_in_han(tokens, at, U"男女") && is_lone(tokens, at)) {
        best = 1;
        out->sex = token->code == U'女' ? SEX_FEMALE : SEX_MALE;
        out->support = SUPPORT_STRONG;
    }
    out->last = at + best;
    return best > 0;
}

bool child_count_at(const struct tokens *tokens, uint32_t at, const struct number *number,
                    struct child_part *out)
{
    static const struct {
        const uint32_t *text;
        int32_t count;
    } many[] = {{U"双胞胎", 2}, {U"龙凤胎", 2}, {U"三胞胎", 3}, {U"孪生", 2}};
    *out = (struct child_part){.kind = PART_COUNT, .first = at};
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
        const uint32_t n = token_spells(tokens, at, many[i].text, 2);
        if (n) {
            out->low = out->high = many[i].count;
            out->last = at + n;
            return true;
        }
    }
    out->low = out->high = 2;
    out->last = at + 1;
    if (token_in_words(tokens, at, "twins twin kembar kambal") ||
        (token_is_word(tokens, at, "sinh") && token_is_word(tokens, at + 1, "doi")))
        return true;
    if (!number || number->low < 2000 || number->low > 20000 || number->scale > 10)
        return false;
    uint32_t last = number->last;
    if (token_at(tokens, last)->class == GLYPH_COUNTER)
        last++;
    if (token_spells(tokens, last, U"娃", 1) == 0 && token_spells(tokens, last, U"宝宝", 1) == 0 &&
        token_spells(tokens, last, U"女宝", 1) == 0 &&
        token_spells(tokens, last, U"男宝", 1) == 0 &&
        token_spells(tokens, last, U"婴儿", 1) == 0 && token_spells(tokens, last, U"孩子", 1) == 0)
        return false;
    out->low = out->high = (int32_t)(number->low / 1000);
    out->last = last;
    out->support = SUPPORT_ONE;
    return true;
}

/* ---- parts ----------------------------------------------------------------------------------- */

static uint32_t distance(const struct tokens *tokens, const struct child_part *a,
                         const struct child_part *b)
{
    const uint32_t end = token_at(tokens, a->last - 1)->unit_end;
    const uint32_t begin = token_at(tokens, b->first)->unit_begin;
    return begin > end ? begin - end : 0;
}

/** A sex word that everyone uses needs a listing attribute next to it. */
static void settle_sex(const struct tokens *tokens, struct child_part *parts, uint32_t count,
                       enum signal_field field)
{
    for (uint32_t i = 0; i < count; i++) {
        if (parts[i].kind != PART_SEX || parts[i].support != SUPPORT_STRONG)
            continue;
        bool near = field == SIGNAL_ALIAS;
        for (uint32_t j = 0; j < count && !near; j++) {
            const bool attribute = parts[j].kind == PART_AGE || parts[j].kind == PART_WEIGHT ||
                                   parts[j].kind == PART_DUE || parts[j].kind == PART_BIRTH;
            near = attribute && parts[j].support == SUPPORT_NONE &&
                   (j < i ? distance(tokens, &parts[j], &parts[i])
                          : distance(tokens, &parts[i], &parts[j])) <= 10;
        }
        parts[i].support = near ? SUPPORT_NONE : SUPPORT_STRONG;
    }
}

static bool part_at(const struct tokens *tokens, uint32_t at, const struct number *number,
                    struct child_part *out)
{
    return child_due_at(tokens, at, number, out) || child_age_at(tokens, at, number, out) ||
           (number && child_weight_at(tokens, at, number, out)) ||
           child_count_at(tokens, at, number, out) || child_sex_at(tokens, at, out);
}

static bool may_begin(const struct token *token)
{
    static const uint32_t classes = 1u << GLYPH_DIGIT | 1u << GLYPH_SCALE | 1u << GLYPH_FEW |
                                    1u << GLYPH_HALF | 1u << GLYPH_SEX | 1u << GLYPH_TIME |
                                    1u << GLYPH_CHILD | 1u << GLYPH_BIRTH | 1u << GLYPH_LEAD;
    return token->kind == TOKEN_NUMBER ||
           (token->kind == TOKEN_WORD && (token->known || token->numeral)) ||
           classes >> token->class & 1;
}

uint32_t child_read_parts(const struct tokens *tokens, enum signal_field field,
                          struct child_part *out, uint32_t max)
{
    uint32_t count = 0;
    for (uint32_t at = 0; at < tokens->count && count < max;) {
        struct child_part part;
        struct number number;
        if (!may_begin(&tokens->at[at])) {
            at++;
            continue;
        }
        const bool counted = number_read(tokens, at, &number);
        if (!part_at(tokens, at, counted ? &number : NULL, &part)) {
            at = counted ? number.last : at + 1;
            continue;
        }
        part.disguises |= tokens_disguises(tokens, part.first, part.last);
        out[count++] = part;
        at = part.last > at ? part.last : at + 1;
    }
    settle_sex(tokens, out, count, field);
    return count;
}

/* ---- facts ----------------------------------------------------------------------------------- */

static bool conflicts(const struct child_fact *fact, const struct child_part *part)
{
    switch ((enum child_part_kind)part->kind) {
    case PART_AGE:
        return fact->age_days_low >= 0 || fact->unborn;
    case PART_SEX:
        return fact->sex != SEX_UNKNOWN && fact->sex != (enum child_sex)part->sex;
    case PART_WEIGHT:
        return fact->weight_grams > 0;
    case PART_DUE:
        return fact->age_days_low >= 0 && !fact->unborn;
    case PART_BIRTH:
    case PART_COUNT:
        return false;
    }
    return false;
}

static void put_part(struct child_fact *fact, const struct child_part *part)
{
    switch ((enum child_part_kind)part->kind) {
    case PART_AGE:
        fact->age_days_low = part->low;
        fact->age_days_high = part->high;
        break;
    case PART_SEX:
        fact->sex = (enum child_sex)part->sex;
        break;
    case PART_WEIGHT:
        fact->weight_grams = part->low;
        break;
    case PART_DUE:
        fact->unborn = true;
        fact->age_days_low = fact->age_days_high = 0;
        if (part->due[0])
            memcpy(fact->due, part->due, sizeof fact->due);
        break;
    case PART_BIRTH:
        if (!fact->due[0])
            memcpy(fact->due, part->due, sizeof fact->due);
        break;
    case PART_COUNT:
        fact->count = part->low;
        break;
    }
    fact->disguises |= part->disguises;
}

static void begin_fact(const struct tokens *tokens, const struct child_part *part,
                       struct child_fact *fact)
{
    memset(fact, 0, sizeof *fact);
    fact->age_days_low = fact->age_days_high = -1;
    fact->count = 1;
    fact->unit_begin = token_at(tokens, part->first)->unit_begin;
    fact->begin = tokens->units->begin[fact->unit_begin];
}

/** A part that still asks for company says nothing of a child by itself. */
static bool is_firm(const struct child_part *parts, uint32_t count, uint32_t at)
{
    if (parts[at].support == SUPPORT_NONE)
        return true;
    for (uint32_t i = at ? at - 1 : 0; i < count && i <= at + 1; i++)
        if (parts[i].support == SUPPORT_NONE && parts[at].kind != PART_SEX)
            return true;
    return false;
}

uint32_t child_merge(const struct tokens *tokens, const struct child_part *parts, uint32_t count,
                     struct child_fact *out, uint32_t max)
{
    uint32_t facts = 0;
    const struct child_part *before = NULL;
    for (uint32_t i = 0; i < count; i++) {
        const struct child_part *part = &parts[i];
        if (!is_firm(parts, count, i))
            continue;
        const bool joins = before && facts &&
                           distance(tokens, before, part) <= CHILD_PART_GAP_UNITS &&
                           !conflicts(&out[facts - 1], part);
        if (!joins) {
            if (facts == max)
                break;
            begin_fact(tokens, part, &out[facts++]);
        }
        struct child_fact *fact = &out[facts - 1];
        put_part(fact, part);
        fact->unit_end = token_at(tokens, part->last - 1)->unit_end;
        fact->end = tokens->units->end[fact->unit_end - 1];
        before = part;
    }
    return facts;
}
