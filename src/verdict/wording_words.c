#include "verdict/wording_words.h"

#include <assert.h>
#include <string.h>

/* A character counts by what it adds above this part of the mean of those that speak: stretches
 * then end where the words grow indifferent. */
#define CUT 0.3f
/* A stretch below this part of the strongest says nothing a reader should look at. */
#define LEAST 0.15f
#define UNITS_LEAST 2u

struct search {
    const struct text_units *units;
    const float *worth;
    uint32_t count;
    float sign, cut;
    uint8_t taken[WORDING_WORTH_MAX];
};

struct stretch {
    uint32_t begin, end; /* units */
    float sum;
};

static bool is_gap(uint8_t kind)
{
    return kind == UNIT_SPACE || kind == UNIT_SYMBOL;
}

/* No stretch runs across the end of a clause, nor over what another has taken. */
static bool is_wall(const struct search *s, uint32_t at)
{
    const uint8_t kind = s->units->kind[at];
    return s->taken[at] || kind == UNIT_MARK || kind == UNIT_NEWLINE || kind == UNIT_INVALID;
}

static float mean_of_speakers(const struct search *s)
{
    float sum = 0;
    uint32_t speakers = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const float worth = s->sign * s->worth[i];
        sum += worth > 0 ? worth : 0;
        speakers += worth > 0;
    }
    return speakers ? sum / (float)speakers : 0;
}

/* The stretch of the greatest sum that begins at `begin`. What begins with a sum of nothing is
 * never the greatest: what follows it is greater by itself. */
static struct stretch best_from(const struct search *s, uint32_t begin)
{
    struct stretch best = {begin, begin, 0};
    float sum = 0;
    for (uint32_t at = begin; at < s->count && at - begin < WORDING_WORD_UNITS; at++) {
        if (is_wall(s, at))
            break;
        if (is_gap(s->units->kind[at]))
            continue;
        sum += s->sign * s->worth[at] - s->cut;
        if (sum <= 0)
            break;
        if (sum > best.sum && at + 1 - begin >= UNITS_LEAST)
            best = (struct stretch){begin, at + 1, sum};
    }
    return best;
}

static struct stretch best_stretch(const struct search *s)
{
    struct stretch best = {0, 0, 0};
    for (uint32_t begin = 0; begin < s->count; begin++) {
        if (is_wall(s, begin) || is_gap(s->units->kind[begin]))
            continue;
        const struct stretch one = best_from(s, begin);
        if (one.sum > best.sum)
            best = one;
    }
    return best;
}

/* Two letters, or two digits, side by side: one word. */
static bool is_one_word(const struct search *s, uint32_t left)
{
    const uint8_t kind = s->units->kind[left];
    return (kind == UNIT_LETTER || kind == UNIT_DIGIT) && s->units->kind[left + 1] == kind;
}

static struct stretch made_whole(const struct search *s, struct stretch from)
{
    while (from.begin > 0 && is_one_word(s, from.begin - 1) && !s->taken[from.begin - 1])
        from.begin--;
    while (from.end < s->count && is_one_word(s, from.end - 1) && !s->taken[from.end])
        from.end++;
    return from;
}

uint32_t wording_words(const struct text_units *units, const float *worth, bool for_trade,
                       struct wording_word out[WORDING_WORDS_MAX])
{
    struct search s = {.units = units, .worth = worth, .sign = for_trade ? 1.0f : -1.0f};
    s.count = units->count < WORDING_WORTH_MAX ? units->count : WORDING_WORTH_MAX;
    s.cut = CUT * mean_of_speakers(&s);
    uint32_t found = 0;
    float strongest = 0;
    while (found < WORDING_WORDS_MAX) {
        const struct stretch best = best_stretch(&s);
        if (!(best.sum > LEAST * strongest) || best.end <= best.begin)
            break;
        strongest = found ? strongest : best.sum;
        const struct stretch whole = made_whole(&s, best);
        memset(s.taken + whole.begin, 1, whole.end - whole.begin);
        out[found++] = (struct wording_word){units->begin[whole.begin], units->end[whole.end - 1]};
    }
    return found;
}
