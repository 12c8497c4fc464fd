/**
 * Two steps: tokens become atoms (a value, a digit, a scale, 几, 多, 半, 点), then the atoms are
 * added up left to right with a running current value, section (below 万) and total. Each quantity
 * is a pair low/high. The reading stops at the first atom that does not fit; what was read so far
 * stands.
 *
 * Invariant: the atoms are bounded (ATOMS_MAX), so a hostile run of numerals costs constant time a
 * number; every sum is checked against VALUE_MAX before it is scaled.
 */
#include "signal/number.h"

#include <string.h>

#define ATOMS_MAX 24
#define VALUE_MAX 1000000000000000 /* thousandths: 10^12 */

enum atom_kind { ATOM_VALUE, ATOM_DIGIT, ATOM_SCALE, ATOM_FEW, ATOM_MORE, ATOM_HALF, ATOM_POINT };
enum atom_gap { BREAK_NONE, BREAK_SPACE, BREAK_SYMBOL, BREAK_MARK };

struct atom {
    uint8_t kind;
    uint8_t gap; /* enum atom_gap before it */
    uint16_t flags;
    uint8_t digits;
    bool decimal;
    uint32_t token;
    int64_t value; /* thousandths for ATOM_VALUE, the plain value for digits and scales */
};

struct atoms {
    struct atom at[ATOMS_MAX];
    uint32_t count;
};

struct spoken {
    const char *text;
    int64_t value;
};

static const struct spoken pinyin_numerals[] = {
    {"yi", 1}, {"er", 2}, {"liang", 2}, {"san", 3},  {"si", 4},    {"wu", 5},      {"liu", 6},
    {"qi", 7}, {"ba", 8}, {"jiu", 9},   {"shi", 10}, {"bai", 100}, {"qian", 1000}, {"wan", 10000},
};

/* Spelled-out numbers of English, Indonesian and Tagalog; what they count is the caller's to ask.
 */
static const struct spoken word_numerals[] = {
    {"one", 1},      {"two", 2},      {"three", 3},      {"four", 4},     {"five", 5},
    {"six", 6},      {"seven", 7},    {"eight", 8},      {"nine", 9},     {"ten", 10},
    {"eleven", 11},  {"twelve", 12},  {"fifteen", 15},   {"twenty", 20},  {"thirty", 30},
    {"forty", 40},   {"fifty", 50},   {"sixty", 60},     {"seventy", 70}, {"eighty", 80},
    {"ninety", 90},  {"satu", 1},     {"dua", 2},        {"tiga", 3},     {"empat", 4},
    {"lima", 5},     {"enam", 6},     {"tujuh", 7},      {"delapan", 8},  {"sembilan", 9},
    {"sepuluh", 10}, {"sebelas", 11}, {"isang", 1},      {"dalawang", 2}, {"tatlong", 3},
    {"apat", 4},     {"limang", 5},   {"anim", 6},       {"pitong", 7},   {"walong", 8},
    {"siyam", 9},    {"sampung", 10}, {"limampung", 50},
};

static uint8_t break_of(const struct token *token)
{
    if (token->gap & (GAP_MARK | GAP_NEWLINE))
        return BREAK_MARK;
    if (token->gap & (GAP_SYMBOL | GAP_EMOJI))
        return BREAK_SYMBOL;
    return token->gap ? BREAK_SPACE : BREAK_NONE;
}

static bool put_atom(struct atoms *atoms, struct atom atom)
{
    if (atoms->count == ATOMS_MAX)
        return false;
    atoms->at[atoms->count++] = atom;
    return true;
}

/** Splits a word such as "jiuwan" into numerals; all of it or nothing. */
static bool put_pinyin(struct atoms *atoms, const char *word, size_t len, struct atom base)
{
    const uint32_t before = atoms->count;
    while (len) {
        size_t took = 0;
        for (size_t i = 0; i < sizeof pinyin_numerals / sizeof *pinyin_numerals; i++) {
            const size_t n = strlen(pinyin_numerals[i].text);
            if (n > took && n <= len && memcmp(word, pinyin_numerals[i].text, n) == 0) {
                took = n;
                base.value = pinyin_numerals[i].value;
            }
        }
        base.kind = base.value >= 10 ? ATOM_SCALE : ATOM_DIGIT;
        base.flags = NUMBER_PINYIN;
        if (!took || !put_atom(atoms, base)) {
            atoms->count = before;
            return false;
        }
        base.gap = BREAK_NONE;
        word += took;
        len -= took;
    }
    return true;
}

static bool put_word(struct atoms *atoms, const struct tokens *tokens, uint32_t at,
                     struct atom atom)
{
    const struct token *token = token_at(tokens, at);
    const bool begins = atoms->count == 0;
    atom.kind = ATOM_SCALE;
    if (!begins && token_in_words(tokens, at, "w ww wrmb wyuan wkuai")) {
        atom.value = 10000;
        atom.flags = NUMBER_WAN_LATIN;
        return put_atom(atoms, atom);
    }
    if (!begins && atom.gap <= BREAK_SPACE && token_in_words(tokens, at, "k kk")) {
        atom.value = 1000;
        atom.flags = NUMBER_K;
        return put_atom(atoms, atom);
    }
    for (size_t i = 0; begins && i < sizeof word_numerals / sizeof *word_numerals; i++)
        if (token_is_word(tokens, at, word_numerals[i].text)) {
            atom.kind = ATOM_VALUE;
            atom.value = word_numerals[i].value * 1000;
            return put_atom(atoms, atom);
        }
    return put_pinyin(atoms, tokens->letters + token->word, token->word_len, atom);
}

static bool put_han(struct atoms *atoms, const struct token *token, struct atom atom)
{
    if (token->class == GLYPH_NONE || token->class > GLYPH_POINT)
        return false;
    atom.value = glyph_value(token->code);
    atom.flags = (uint16_t)(NUMBER_HAN | (glyph_financial(token->code) ? NUMBER_FINANCIAL : 0));
    switch (token->class) {
    case GLYPH_DIGIT:
        atom.kind = ATOM_DIGIT;
        return put_atom(atoms, atom);
    case GLYPH_SCALE:
        atom.kind = ATOM_SCALE;
        return put_atom(atoms, atom);
    case GLYPH_FEW:
        atom.kind = ATOM_FEW;
        return put_atom(atoms, atom);
    case GLYPH_MORE:
        atom.kind = ATOM_MORE;
        return atoms->count && put_atom(atoms, atom);
    case GLYPH_HALF:
        atom.kind = ATOM_HALF;
        return put_atom(atoms, atom);
    case GLYPH_POINT:
        atom.kind = ATOM_POINT;
        return atoms->count && put_atom(atoms, atom);
    default:
        return false;
    }
}

static bool put_token(struct atoms *atoms, const struct tokens *tokens, uint32_t at)
{
    const struct token *token = token_at(tokens, at);
    struct atom atom = {.token = at, .gap = break_of(token)};
    if (atoms->count && (token->gap_len > 3 || token->gap & GAP_NEWLINE) &&
        token->class != GLYPH_SCALE && !(token->kind == TOKEN_WORD && token->gap_len == 1))
        return false;
    if (token->kind == TOKEN_NUMBER) {
        atom.kind = ATOM_VALUE;
        atom.value = token->milli;
        atom.flags = NUMBER_DIGITS;
        atom.digits = token->digits;
        atom.decimal = token->decimals > 0;
        return token->milli >= 0 && put_atom(atoms, atom);
    }
    if (token->kind == TOKEN_WORD)
        return put_word(atoms, tokens, at, atom);
    return token->kind == TOKEN_HAN && put_han(atoms, token, atom);
}

/** 酒万, 溜w: a character that sounds like a digit counts only right before 万, which must end the
 * phrase. */
static bool put_sound(struct atoms *atoms, const struct tokens *tokens, uint32_t at)
{
    const struct token *token = token_at(tokens, at);
    const struct token *scale = token_at(tokens, at + 1);
    const struct token *behind = token_at(tokens, at + 2);
    if (token->class != GLYPH_SOUND)
        return false;
    const bool wan = (scale->class == GLYPH_SCALE && glyph_value(scale->code) == 10000) ||
                     token_is_word(tokens, at + 1, "w");
    const bool ends = behind->kind != TOKEN_HAN || behind->gap || behind->class == GLYPH_MONEY;
    if (!wan || !ends || scale->gap_len > 3)
        return false;
    return put_atom(atoms, (struct atom){.kind = ATOM_DIGIT,
                                         .token = at,
                                         .flags = NUMBER_HAN | NUMBER_SOUND,
                                         .value = glyph_value(token->code)});
}

static void gather(const struct tokens *tokens, uint32_t at, struct atoms *atoms)
{
    atoms->count = 0;
    if (put_sound(atoms, tokens, at))
        at++;
    while (at < tokens->count && put_token(atoms, tokens, at))
        at++;
}

/* ---- adding up ------------------------------------------------------------------------------- */

struct sum {
    int64_t total[2];   /* low, high; thousandths: parts at 万 and above */
    int64_t section[2]; /* below 万 */
    int64_t now[2];     /* not yet scaled; -1 none */
    int64_t last_scale; /* 1 none */
    bool any;
    uint32_t flags;
};

static bool has_now(const struct sum *sum)
{
    return sum->now[0] >= 0;
}

/** Digits that stand together with no gap from `at` on. */
static uint32_t digit_run(const struct atoms *atoms, uint32_t at)
{
    uint32_t n = 1;
    while (at + n < atoms->count && atoms->at[at + n].kind == ATOM_DIGIT &&
           atoms->at[at + n].gap == BREAK_NONE)
        n++;
    return n;
}

static bool is_scale(const struct atoms *atoms, uint32_t at)
{
    return at < atoms->count && atoms->at[at].kind == ATOM_SCALE;
}

/** 八九万, 三五万, 十七八: two neighbouring digits are a range. */
static bool is_pair(const struct sum *sum, const struct atoms *atoms, uint32_t at)
{
    const int64_t a = atoms->at[at].value;
    const int64_t b = atoms->at[at + 1].value;
    if (!(b - a == 1 || (a == 3 && b == 5)) || a == 0)
        return false;
    return is_scale(atoms, at + 2) || sum->last_scale == 10 || at + 2 == atoms->count;
}

/** A value behind a scale: 9万5 (a tenth of the scale), 9万5千, 一百零八. */
static bool after_scale_fits(const struct sum *sum, const struct atom *atom)
{
    if (sum->last_scale == 1 || atom->gap == BREAK_NONE)
        return true;
    return atom->flags & NUMBER_PINYIN && atom->gap == BREAK_SPACE;
}

static uint32_t take_digits(struct sum *sum, const struct atoms *atoms, uint32_t at)
{
    const struct atom *atom = &atoms->at[at];
    const uint32_t run = digit_run(atoms, at);
    if (has_now(sum) || !after_scale_fits(sum, atom))
        return 0;
    if (run == 2 && is_pair(sum, atoms, at)) {
        sum->now[0] = atom[0].value * 1000;
        sum->now[1] = atom[1].value * 1000;
        sum->flags |= NUMBER_APPROX;
        return 2;
    }
    if (run > 15)
        return 0;
    int64_t value = 0;
    for (uint32_t i = 0; i < run; i++)
        value = value * 10 + atom[i].value;
    sum->now[0] = sum->now[1] = value * 1000;
    return run;
}

static uint32_t take_value(struct sum *sum, const struct atom *atom)
{
    if (has_now(sum) || !after_scale_fits(sum, atom))
        return 0;
    sum->now[0] = sum->now[1] = atom->value;
    return 1;
}

static uint32_t take_few(struct sum *sum)
{
    if (has_now(sum))
        return 0;
    sum->now[0] = sum->last_scale == 1 ? 2000 : 1000;
    sum->now[1] = 9000;
    sum->flags |= NUMBER_APPROX;
    return 1;
}

static uint32_t take_half(struct sum *sum, const struct atoms *atoms, uint32_t at)
{
    if (has_now(sum))
        return 0;
    if (is_scale(atoms, at + 1) && atoms->at[at + 1].value >= 1000 && sum->last_scale == 1) {
        sum->now[0] = sum->now[1] = 500;
        return 1;
    }
    if (sum->last_scale < 100 || atoms->at[at].gap != BREAK_NONE)
        return 0;
    sum->now[0] = sum->now[1] = 5000; /* 九万半: as 九万五 */
    return 1;
}

/** 九点五万: digits behind the point, only if a scale follows. */
static uint32_t take_point(struct sum *sum, const struct atoms *atoms, uint32_t at)
{
    if (!has_now(sum) || at + 1 >= atoms->count || atoms->at[at + 1].kind != ATOM_DIGIT)
        return 0;
    const uint32_t run = digit_run(atoms, at + 1);
    if (!is_scale(atoms, at + 1 + run) || atoms->at[at + 1 + run].value < 1000)
        return 0;
    int64_t place = 100;
    for (uint32_t i = 0; i < run; i++, place /= 10)
        for (int end = 0; end < 2; end++)
            sum->now[end] += atoms->at[at + 1 + i].value * place;
    return 1 + run;
}

static uint32_t take_more(struct sum *sum, const struct atoms *atoms, uint32_t at)
{
    if (atoms->at[at].gap != BREAK_NONE)
        return 0;
    if (has_now(sum) && sum->last_scale == 1 && sum->now[1] >= 10000 && sum->now[1] % 10000 == 0) {
        int64_t place = 10000; /* 400多: up to 499 */
        while (sum->now[1] % (place * 10) == 0)
            place *= 10;
        sum->now[1] += place - 1000;
        sum->flags |= NUMBER_APPROX;
        return 1;
    }
    if (has_now(sum) || sum->last_scale == 1)
        return 0;
    int64_t *high = sum->last_scale >= 10000 ? &sum->total[1] : &sum->section[1];
    *high += sum->last_scale * 900;
    sum->flags |= NUMBER_APPROX;
    return 1;
}

static void move_section(struct sum *sum)
{
    for (int end = 0; end < 2; end++) {
        sum->now[end] = sum->section[end];
        sum->section[end] = 0;
    }
}

/** 千 after 万 in 1万2千; a scale as large as the last one ends the number. */
static uint32_t take_scale(struct sum *sum, int64_t scale)
{
    const bool big = scale >= 10000;
    if (!has_now(sum)) {
        if (big && sum->section[0] > 0)
            sum->now[0] = sum->now[1] = 0;
        else if (scale == 1000 && sum->section[0] > 0 && scale > sum->last_scale)
            move_section(sum); /* 九十千 */
        else if (scale == 10 && sum->section[0] == 0)
            sum->now[0] = sum->now[1] = 1000;
        else
            return 0;
    } else if (!big && sum->section[0] > 0 && scale >= sum->last_scale) {
        return 0;
    }
    for (int end = 0; end < 2; end++) {
        const int64_t base = sum->now[end] + (big ? sum->section[end] : 0);
        if (base > VALUE_MAX / scale)
            return 0;
        if (big) {
            sum->total[end] += base * scale;
            sum->section[end] = 0;
        } else {
            sum->section[end] += base * scale;
        }
        sum->now[end] = -1;
    }
    sum->last_scale = scale;
    return 1;
}

/** What stands last without a scale: 9万5 is a tenth of the scale, 9万500 and 十五 are added. */
static void close_sum(struct sum *sum, uint8_t digits)
{
    if (!has_now(sum))
        return;
    const bool tenth =
        sum->last_scale >= 100 && sum->now[0] < 10000 && sum->now[0] > 0 && digits < 2;
    for (int end = 0; end < 2; end++) {
        const int64_t part = tenth ? sum->now[end] * (sum->last_scale / 10) : sum->now[end];
        sum->section[end] += part;
        sum->now[end] = -1;
    }
}

static uint32_t take(struct sum *sum, const struct atoms *atoms, uint32_t at)
{
    switch ((enum atom_kind)atoms->at[at].kind) {
    case ATOM_VALUE:
        return take_value(sum, &atoms->at[at]);
    case ATOM_DIGIT:
        return take_digits(sum, atoms, at);
    case ATOM_SCALE:
        return take_scale(sum, atoms->at[at].value);
    case ATOM_FEW:
        return take_few(sum);
    case ATOM_MORE:
        return take_more(sum, atoms, at);
    case ATOM_HALF:
        return take_half(sum, atoms, at);
    case ATOM_POINT:
        return take_point(sum, atoms, at);
    }
    return 0;
}

/** 9万3个月, 9万5岁: the last digit belongs to the measure behind it. */
static bool belongs_behind(const struct tokens *tokens, uint32_t last)
{
    const struct token *next = token_at(tokens, last);
    if (next->kind != TOKEN_HAN || next->gap)
        return false;
    return next->class == GLYPH_TIME || next->class == GLYPH_COUNTER ||
           next->class == GLYPH_WEIGHT ||
           token_in_han(tokens, last, U"号点楼栋人口位岁只名晚次台辆张套件份座条头米平");
}

/** Adds up the atoms from `begin`; returns how many fitted. */
static uint32_t add_up(const struct atoms *atoms, uint32_t count, struct sum *sum, uint8_t *digits)
{
    uint32_t at = 0;
    *sum = (struct sum){.now = {-1, -1}, .last_scale = 1};
    *digits = 0;
    while (at < count) {
        const uint32_t took = take(sum, atoms, at);
        if (!took)
            break;
        *digits = atoms->at[at].digits;
        for (uint32_t i = at; i < at + took; i++)
            sum->flags |= atoms->at[i].flags;
        at += took;
    }
    return at;
}

static bool has_zero_before(const struct atoms *atoms, uint32_t at)
{
    return at > 0 && atoms->at[at - 1].kind == ATOM_DIGIT && atoms->at[at - 1].value == 0;
}

/** As add_up, but never ends inside a word: the "jiuwan" of "jiuwanwan" is no number. */
static uint32_t add_up_words(const struct atoms *atoms, struct sum *sum, uint8_t *digits)
{
    uint32_t limit = atoms->count;
    for (;;) {
        const uint32_t used = add_up(atoms, limit, sum, digits);
        uint32_t whole = used;
        while (whole && whole < atoms->count &&
               atoms->at[whole].token == atoms->at[whole - 1].token)
            whole--;
        if (whole == used)
            return used;
        limit = whole;
    }
}

bool number_read_from(const struct tokens *tokens, uint32_t at, struct number *out)
{
    struct atoms atoms;
    struct sum sum;
    uint8_t digits;
    gather(tokens, at, &atoms);
    if (!atoms.count)
        return false;
    uint32_t used = add_up_words(&atoms, &sum, &digits);
    if (!used)
        return false;
    uint32_t last = used < atoms.count ? atoms.at[used].token : atoms.at[used - 1].token + 1;
    const bool tail = used > 1 && has_now(&sum) && sum.last_scale >= 100 &&
                      atoms.at[used - 2].token != atoms.at[used - 1].token &&
                      !has_zero_before(&atoms, used - 1);
    if (tail && belongs_behind(tokens, last)) {
        last = atoms.at[used - 1].token;
        used = add_up(&atoms, used - 1, &sum, &digits);
    }
    if (used == 1 && atoms.at[0].kind != ATOM_VALUE && atoms.at[0].kind != ATOM_DIGIT &&
        atoms.at[0].value != 10 && atoms.at[0].kind != ATOM_FEW)
        return false;
    close_sum(&sum, digits);
    *out = (struct number){.low = sum.total[0] + sum.section[0],
                           .high = sum.total[1] + sum.section[1],
                           .scale = sum.last_scale,
                           .first = at,
                           .last = last,
                           .flags = sum.flags,
                           .digits = atoms.at[0].digits,
                           .decimal = atoms.at[0].decimal};
    out->disguises = tokens_disguises(tokens, at, last);
    if (sum.flags & (NUMBER_FINANCIAL | NUMBER_PINYIN | NUMBER_SOUND))
        out->disguises |= WARD_DISGUISE_NUMERAL;
    if (sum.flags & NUMBER_PINYIN)
        out->disguises |= WARD_DISGUISE_PINYIN;
    if (sum.flags & NUMBER_SOUND)
        out->disguises |= WARD_DISGUISE_HOMOPHONE;
    return true;
}

/** Where the second number of a range begins, 0 if there is no connector behind `last`. */
static uint32_t range_next(const struct tokens *tokens, uint32_t last)
{
    const struct token *next = token_at(tokens, last);
    if (token_in_han(tokens, last, U"到至或") && next->gap_len <= 1)
        return last + 1;
    if (next->gap_len < 1 || next->gap_len > 3 || next->gap & GAP_NEWLINE)
        return 0;
    switch (next->gap_code) {
    case '-':
    case '~':
    case 0x2010: /* hyphens and dashes */
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x301C: /* wave dash */
    case '/':
        return last;
    default:
        return 0;
    }
}

void number_extend(const struct tokens *tokens, struct number *out)
{
    struct number second;
    const uint32_t next = range_next(tokens, out->last);
    if (!next || !number_read(tokens, next, &second))
        return;
    int64_t low = out->low;
    if (out->scale == 1 && second.scale >= 1000) {
        if (low > VALUE_MAX / second.scale)
            return;
        low *= second.scale;
    }
    if (low > second.low || out->scale > second.scale)
        return;
    out->low = low;
    out->high = second.high;
    out->scale = second.scale;
    out->last = second.last;
    out->flags |= second.flags | NUMBER_RANGE;
    out->disguises |= second.disguises;
}

bool number_read_range(const struct tokens *tokens, uint32_t at, struct number *out)
{
    if (!number_read(tokens, at, out))
        return false;
    number_extend(tokens, out);
    return true;
}

uint32_t number_skip(const struct tokens *tokens, uint32_t at)
{
    struct number number;
    return number_read(tokens, at, &number) ? number.last : at + 1;
}
