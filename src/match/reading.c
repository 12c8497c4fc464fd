/**
 * Reading one unit through disguise. See reading.h; costs are in costs.h.
 */
#include "match/reading.h"

#include <assert.h>

#include "match/costs.h"
#include "text/chars.h"

#define SPLIT_GAP_MAX 2u

struct readings {
    const struct walk *w;
    uint32_t p; /* unit of the pattern */
    uint32_t v; /* unit of the text */
    struct reading *out;
    uint32_t count;
};

static bool allowed(const struct readings *rs, uint32_t disguise)
{
    return (rs->w->matcher->disguises & disguise) == disguise;
}

static struct reading *reading_add(struct readings *rs, uint32_t units, uint32_t cost,
                                   uint32_t disguises)
{
    if (rs->count == READINGS_MAX || !allowed(rs, disguises))
        return NULL;
    struct reading *r = &rs->out[rs->count++];
    *r = (struct reading){.begin = rs->v,
                          .end = rs->v + units,
                          .last = rs->v + units - 1,
                          .cost = cost,
                          .disguises = disguises,
                          .count = 1};
    return r;
}

/* Folding of the unit itself, invisible code points behind it aside. */
static uint32_t fold_bits(const struct readings *rs)
{
    return rs->w->view->fold[rs->v] & ~(uint32_t)WARD_DISGUISE_INVISIBLE;
}

static uint32_t fold_cost(uint32_t bits)
{
    return COST_FOLD * (uint32_t)__builtin_popcount(bits & ~(uint32_t)WARD_DISGUISE_LEET) +
           (bits & WARD_DISGUISE_LEET ? COST_LEET : 0u);
}

static bool read_same(struct readings *rs)
{
    if (rs->w->view->code[rs->v] != rs->w->codes[rs->p])
        return false;
    const uint32_t bits = fold_bits(rs);
    struct reading *r = reading_add(rs, 1, fold_cost(bits), bits);
    if (r)
        r->look = 1;
    return r != NULL;
}

uint32_t reading_distance(uint32_t a, uint32_t b)
{
    const uint16_t *x;
    const uint16_t *y;
    const uint32_t x_count = chars_syllables(a, &x);
    const uint32_t y_count = chars_syllables(b, &y);
    uint32_t best = SYLLABLE_DISTANCE_MAX;
    for (uint32_t i = 0; i < x_count; i++)
        for (uint32_t k = 0; k < y_count; k++) {
            const uint32_t distance = syllable_distance(x[i], y[k]);
            if (distance < best)
                best = distance;
        }
    return best;
}

static uint32_t distance_to(uint32_t code, uint16_t syllable)
{
    const uint16_t *ids;
    const uint32_t count = chars_syllables(code, &ids);
    uint32_t best = SYLLABLE_DISTANCE_MAX;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t distance = syllable_distance(ids[i], syllable);
        if (distance < best)
            best = distance;
    }
    return best;
}

/* Another character that sounds alike. */
static void read_sound(struct readings *rs)
{
    const uint32_t distance = reading_distance(rs->w->view->code[rs->v], rs->w->codes[rs->p]);
    if (distance >= SYLLABLE_DISTANCE_MAX)
        return;
    struct reading *r =
        reading_add(rs, 1, COST_HOMOPHONE + COST_NEAR_STEP * distance,
                    distance ? WARD_DISGUISE_NEAR_HOMOPHONE : WARD_DISGUISE_HOMOPHONE);
    if (r && distance)
        r->near = 1;
    else if (r)
        r->sound = 1;
}

/* Another character that looks alike. */
static void read_shape(struct readings *rs)
{
    const uint32_t distance = chars_shape_distance(rs->w->codes[rs->p], rs->w->view->code[rs->v]);
    if (distance == UINT32_MAX || !distance)
        return;
    struct reading *r =
        reading_add(rs, 1, COST_SHAPE + COST_SHAPE_STEP * distance, WARD_DISGUISE_SHAPE);
    if (r)
        r->shape = 1;
}

/* The parts of the character one after the other, little between them. */
static void read_split(struct readings *rs)
{
    if (chars_split_step(CHARS_SPLIT_START, rs->w->view->code[rs->v]) == 0)
        return;
    const struct walk_view *view = rs->w->view;
    uint32_t state = CHARS_SPLIT_START;
    uint32_t gap = 0;
    uint32_t parts = 0;
    for (uint32_t v = rs->v; v < view->count && parts < 3; v++) {
        if (view->kind[v] == UNIT_SPACE || view->kind[v] == UNIT_SYMBOL) {
            if (++gap > SPLIT_GAP_MAX)
                return;
            continue;
        }
        state = chars_split_step(state, view->code[v]);
        if (!state)
            return;
        parts++;
        const uint32_t *whole;
        const uint32_t count = parts > 1 ? chars_split_result(state, &whole) : 0;
        for (uint32_t i = 0; i < count; i++) {
            if (whole[i] != rs->w->codes[rs->p])
                continue;
            struct reading *r = reading_add(rs, v + 1 - rs->v, COST_SPLIT + gap * COST_SEPARATOR,
                                            WARD_DISGUISE_SPLIT);
            if (!r)
                return;
            r->shape = 1;
            r->split = 1;
        }
    }
}

/* Value of a Han numeral as a digit, plain or in the forms of bank notes; -1 if it is none. */
static int numeral_value(uint32_t code)
{
    static const uint32_t plain[] = {0x96F6, 0x4E00, 0x4E8C, 0x4E09, 0x56DB,
                                     0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
    static const uint32_t formal[] = {0x3007, 0x58F9, 0x8D30, 0x53C1, 0x8086,
                                      0x4F0D, 0x9646, 0x67D2, 0x634C, 0x7396};
    for (int i = 0; i < 10; i++)
        if (code == plain[i] || code == formal[i])
            return i;
    if (code >= '0' && code <= '9')
        return (int)(code - '0');
    return code == 0x4E24 ? 2 : -1; /* 两 */
}

static void read_numeral(struct readings *rs)
{
    const int want = numeral_value(rs->w->codes[rs->p]);
    if (want < 0 || want != numeral_value(rs->w->view->code[rs->v]))
        return;
    const uint32_t bits = fold_bits(rs);
    struct reading *r =
        reading_add(rs, 1, COST_NUMERAL + fold_cost(bits), bits | WARD_DISGUISE_NUMERAL);
    if (!r)
        return;
    r->look = 1;
    r->numeral = 1;
}

/* A digit or a letter said aloud. */
static void read_said(struct readings *rs)
{
    const struct walk_view *view = rs->w->view;
    const uint32_t v = rs->v;
    if (view->kind[v] == UNIT_LETTER && ((v && view->kind[v - 1] == UNIT_LETTER) ||
                                         (v + 1 < view->count && view->kind[v + 1] == UNIT_LETTER)))
        return; /* only a letter by itself is said aloud */
    const struct chars_sound_use *uses;
    const uint32_t count = chars_sound_uses(view->code[v], &uses);
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t distance = distance_to(rs->w->codes[rs->p], uses[i].syllable);
        if (distance > 1)
            continue;
        const uint32_t cost =
            (uses[i].loose ? COST_DIGIT_SOUND_LOOSE : COST_DIGIT_SOUND) + COST_NEAR_STEP * distance;
        if (cost < best)
            best = cost;
    }
    if (best == UINT32_MAX)
        return;
    struct reading *r = reading_add(rs, 1, best, WARD_DISGUISE_DIGIT_SOUND);
    if (r)
        r->said = 1;
}

uint32_t reading_digits(uint32_t code)
{
    const int numeral = numeral_value(code);
    uint32_t digits = numeral >= 0 ? 1u << numeral : 0;
    for (uint32_t d = 0; d < 10; d++) {
        const struct chars_sound_use *uses;
        const uint32_t count = chars_sound_uses('0' + d, &uses);
        for (uint32_t i = 0; i < count && !(digits >> d & 1u); i++)
            digits |= (uint32_t)(distance_to(code, uses[i].syllable) <= 1) << d;
    }
    return digits;
}

#define SPELLED_RUN_MAX 32u

bool reading_is_spelled(const struct walk_view *view, uint32_t from, uint32_t to)
{
    const uint32_t len = to - from;
    uint64_t reached = 1; /* bit i: syllables cover [from, from + i) */
    if (len > SPELLED_RUN_MAX)
        return false;
    for (uint32_t i = 0; i < len; i++) {
        if (!(reached >> i & 1u))
            continue;
        struct pinyin_edge edges[PINYIN_EDGES_MAX];
        const uint32_t count = pinyin_edges(view->code + from + i, len - i, edges);
        for (uint32_t k = 0; k < count; k++)
            reached |= edges[k].letters > 1 ? 1ULL << (i + edges[k].units) : 0u;
    }
    return reached >> len & 1u;
}

static void read_pinyin(struct readings *rs)
{
    struct pinyin_edge edges[PINYIN_EDGES_MAX];
    const uint32_t left = rs->w->view->count - rs->v;
    const uint32_t count = pinyin_edges(rs->w->view->code + rs->v, left, edges);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t distance = distance_to(rs->w->codes[rs->p], edges[i].syllable);
        if (distance > 1 || edges[i].letters < 2)
            continue;
        const uint32_t cost =
            COST_PINYIN + COST_NEAR_STEP * distance + (edges[i].loose ? COST_PINYIN_LOOSE : 0u);
        struct reading *r =
            reading_add(rs, edges[i].units, cost,
                        WARD_DISGUISE_PINYIN | (distance ? WARD_DISGUISE_NEAR_HOMOPHONE : 0u));
        if (r)
            r->spelled = 1;
    }
}

static void read_initial(struct readings *rs)
{
    const uint32_t code = rs->w->view->code[rs->v];
    if (code < 'a' || code > 'z')
        return;
    if (!(chars_initials(rs->w->codes[rs->p]) >> (code - 'a') & 1u))
        return;
    struct reading *r = reading_add(rs, 1, COST_INITIAL, WARD_DISGUISE_INITIALS);
    if (r)
        r->initial = 1;
    if ((code != 'z' && code != 'c' && code != 's') || rs->v + 1 >= rs->w->view->count ||
        rs->w->view->code[rs->v + 1] != 'h')
        return;
    r = reading_add(rs, 2, COST_INITIAL, WARD_DISGUISE_INITIALS);
    if (r)
        r->initial = 1;
}

/* How many units of the pattern from p on the word says: by look (false) or by sound (true). */
static bool word_fits(const struct readings *rs, const uint32_t *word, uint32_t count, bool *sound)
{
    *sound = false;
    if (count == 0 || rs->p + count > rs->w->pattern->count)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t want = rs->w->codes[rs->p + i];
        if (word[i] == want)
            continue;
        if (reading_distance(word[i], want) != 0)
            return false;
        *sound = true;
    }
    return true;
}

static void read_emoji(struct readings *rs)
{
    uint32_t units;
    const uint32_t emoji =
        chars_emoji_find(rs->w->view->code + rs->v, rs->w->view->count - rs->v, &units);
    if (!emoji)
        return;
    const uint16_t *words;
    const uint32_t count = chars_emoji_words(emoji, &words);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t *word;
        const uint32_t len = chars_emoji_word(words[i], &word);
        bool sound;
        if (!word_fits(rs, word, len, &sound))
            continue;
        struct reading *r =
            reading_add(rs, units, sound ? COST_EMOJI_SOUND : COST_EMOJI,
                        WARD_DISGUISE_EMOJI | (sound ? WARD_DISGUISE_HOMOPHONE : 0u));
        if (!r)
            return;
        r->count = (uint8_t)len;
        r->sound = sound ? (uint8_t)len : 0;
        r->look = sound ? 0 : (uint8_t)len;
    }
}

/* A symbol, digit or letter written for a letter. */
static void read_leet(struct readings *rs)
{
    const uint32_t want = rs->w->codes[rs->p];
    const uint32_t have = rs->w->view->code[rs->v];
    const char *letters = chars_leet(have);
    bool fits = false;
    for (uint32_t i = 0; letters[i] && !fits; i++)
        fits = (uint32_t)(unsigned char)letters[i] == want;
    if (!fits)
        return;
    struct reading *r = reading_add(rs, 1, COST_LEET, WARD_DISGUISE_LEET);
    if (r)
        r->look = 1;
}

static void read_han(struct readings *rs)
{
    switch ((enum unit_kind)rs->w->view->kind[rs->v]) {
    case UNIT_HAN:
    case UNIT_OTHER:
        read_numeral(rs);
        read_sound(rs);
        read_shape(rs);
        read_split(rs);
        return;
    case UNIT_LETTER:
        read_pinyin(rs);
        read_initial(rs);
        read_said(rs);
        return;
    case UNIT_DIGIT:
        read_numeral(rs);
        read_said(rs);
        return;
    case UNIT_EMOJI:
        read_emoji(rs);
        return;
    case UNIT_SYMBOL:
    case UNIT_SPACE:
    case UNIT_NEWLINE:
    case UNIT_MARK:
    case UNIT_INVALID:
        return;
    }
}

uint32_t readings_at(const struct walk *w, uint32_t p, uint32_t v, struct reading out[READINGS_MAX])
{
    struct readings rs = {.w = w, .p = p, .v = v, .out = out};
    assert(p < w->pattern->count && v < w->view->count);
    if (read_same(&rs) || !w->full || w->pattern->count < 2)
        return rs.count;
    if (symbol_code_is_han(w->codes[p]))
        read_han(&rs);
    else if (w->codes[p] >= 'a' && w->codes[p] <= 'z')
        read_leet(&rs);
    else
        read_numeral(&rs);
    return rs.count;
}
