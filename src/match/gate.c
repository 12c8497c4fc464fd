/**
 * How much a reading proves: support by length and means, and whether what is written is rare.
 *
 * Sound is gated by length (measured on 1.5 million ordinary lines: a toneless two-syllable term
 * meets its sound by chance 194 times in a million, three syllables 5, four 0.08). What lets a
 * short reading stand without company is that the characters as written are no ordinary
 * combination, neither with each other nor with their neighbours.
 */
#include <assert.h>

#include "match/scan.h"
#include "text/chars.h"

#define STANDS_ALONE_UNITS 4u

static bool touches(const struct walk_view *view, uint32_t v)
{
    return view->kind[v] == UNIT_LETTER || view->kind[v] == UNIT_DIGIT;
}

bool gate_whole_word(const struct walk_view *view, uint32_t begin, uint32_t end)
{
    assert(begin < view->count && end <= view->count);
    if (end <= begin)
        return true;
    if (begin && touches(view, begin) && touches(view, begin - 1))
        return false;
    const uint32_t last = view->code[end - 1];
    if (!touches(view, end - 1))
        return true;
    uint32_t behind = end;
    while (behind < view->count && view->code[behind] == last && view->kind[behind] == UNIT_LETTER)
        behind++;
    if (behind == end + 1) /* one letter more is another word (add), two are stretched (babyyy) */
        return false;
    return behind == view->count || !touches(view, behind);
}

static bool is_han(const struct walk_view *view, uint32_t v)
{
    return v < view->count && view->kind[v] == UNIT_HAN;
}

static bool ordinary(const struct walk_view *view, uint32_t a, uint32_t b)
{
    return is_han(view, a) && is_han(view, b) &&
           chars_pair_is_ordinary(view->code[a], view->code[b]);
}

/* Rarity of the characters as written in [begin, end), and towards their neighbours. */
static bool is_rare(const struct walk_view *view, uint32_t begin, uint32_t end)
{
    uint32_t inner = 0;
    uint32_t odd = 0;
    for (uint32_t v = begin; v + 1 < end; v++) {
        inner++;
        odd += !ordinary(view, v, v + 1);
    }
    if (!odd)
        return false;
    const bool left = begin && ordinary(view, begin - 1, begin);
    const bool right = ordinary(view, end - 1, end);
    return !(left && right) || odd >= 2;
}

static enum hit_support support_of(const struct pattern *pattern, const struct walk_path *path)
{
    if (path->initial)
        return path->initial == 1 && pattern->count >= STANDS_ALONE_UNITS ? SUPPORT_ONE
                                                                          : SUPPORT_STRONG;
    const uint32_t changed = (uint32_t)path->sound + path->near + path->spelled + path->shape +
                             (pattern->order != PATTERN_PLAIN);
    if (!changed || pattern->count >= STANDS_ALONE_UNITS)
        return SUPPORT_NONE;
    return pattern->count == 3 ? SUPPORT_ONE : SUPPORT_STRONG;
}

bool gate_hit(const struct scan *scan, const struct pattern *pattern, const struct walk_path *path,
              uint32_t begin, struct matcher_hit *hit)
{
    const struct walk_view *view = &scan->view;
    if (scan->matcher->terms[pattern->term].whole_word &&
        !gate_whole_word(view, begin, path->last + 1))
        return false;
    hit->support = (uint8_t)support_of(pattern, path);
    hit->rare = is_rare(view, begin, path->last + 1);
    return true;
}
