/**
 * How much a reading proves: support by length and means, and whether what is written is rare.
 *
 * Sound is gated by length (measured on 1.5 million ordinary lines: a toneless two-syllable term
 * meets its sound by chance 194 times in a million, three syllables 5, four 0.08). What lets a
 * short reading stand without company is that the characters as written are no ordinary
 * combination, neither with each other nor with their neighbours.
 */
#include <assert.h>

#include "match/reading.h"
#include "match/scan.h"
#include "text/chars.h"

#define STANDS_ALONE_UNITS 4u
/* A character rarer than this makes no ordinary pair, whatever a compact table says. */
#define KNOWN_FREQUENCY 3u

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
           chars_frequency(view->code[a]) >= KNOWN_FREQUENCY &&
           chars_frequency(view->code[b]) >= KNOWN_FREQUENCY &&
           chars_pair_is_ordinary(view->code[a], view->code[b]);
}

/* ---- What cannot be a reading at all ----------------------------------------------------------
 */

static bool same_kind(const struct walk_view *view, uint32_t a, uint32_t b, uint8_t kind)
{
    return view->kind[a] == kind && view->kind[b] == kind;
}

/* A run of this kind goes on before or behind [begin, end). */
static bool is_cut(const struct walk_view *view, uint32_t begin, uint32_t end, uint8_t kind)
{
    return (begin && same_kind(view, begin - 1, begin, kind)) ||
           (end < view->count && same_kind(view, end - 1, end, kind));
}

/* Letters of the run outside the hit must be spelled syllables too. */
static bool spelling_fits(const struct walk_view *view, uint32_t begin, uint32_t end)
{
    uint32_t from = begin;
    uint32_t to = end;
    if (view->kind[begin] == UNIT_LETTER)
        while (from && view->kind[from - 1] == UNIT_LETTER)
            from--;
    if (view->kind[end - 1] == UNIT_LETTER)
        while (to < view->count && view->kind[to] == UNIT_LETTER)
            to++;
    return reading_is_spelled(view, from, begin) && reading_is_spelled(view, end, to);
}

/* Disguises that do not go together in so short a term, or leave part of a word or number over. */
static bool is_plausible(const struct walk_view *view, const struct pattern *pattern,
                         const struct walk_path *path, uint32_t begin)
{
    const uint32_t end = path->last + 1;
    const uint32_t units = pattern->count;
    const bool filled = path->gaps & GAP_FILLER;
    const uint32_t by_ear = (uint32_t)path->sound + path->near;
    if (path->spelled && !spelling_fits(view, begin, end))
        return false;
    if (path->initial && (filled || is_cut(view, begin, end, UNIT_LETTER)))
        return false;
    if (path->initial && path->initial != units &&
        (path->initial * 2u > units || path->said || (units < 4 && by_ear)))
        return false;
    if (path->said && (filled || is_cut(view, begin, end, UNIT_DIGIT)))
        return false;
    if (path->said && units < 4 && (path->near || path->spelled || (units == 2 && by_ear)))
        return false;
    if (path->said > 1 && path->said != units && (units < 4 || path->said * 2u > units))
        return false; /* numbers sound like something wherever they stand */
    if (path->numeral && (is_cut(view, begin, end, UNIT_DIGIT) || (units < 4 && by_ear)))
        return false;
    if (filled && units < 4 && path->look != units)
        return false;
    if (pattern->order != PATTERN_PLAIN && units < 4 &&
        (path->look + path->sound != units || path->gaps || path->sound * 2u > units))
        return false;
    return true;
}

/* ---- Rarity ---------------------------------------------------------------------------------- */

/* Rarity of the characters as written in [begin, end), and towards their neighbours. A character
 * that makes an ordinary pair with its outer neighbour may belong there and not to the term. */
static bool is_rare_writing(const struct walk_view *view, const struct pattern *pattern,
                            const struct walk_path *path, uint32_t begin)
{
    const uint32_t end = path->last + 1;
    uint32_t odd = 0;
    for (uint32_t v = begin; v + 1 < end; v++)
        odd += !ordinary(view, v, v + 1);
    const bool left = begin && ordinary(view, begin - 1, begin);
    const bool right = ordinary(view, end - 1, end);
    if (pattern->order != PATTERN_PLAIN)
        return odd || (!left && !right);
    const bool one_changed = path->look + 1u == pattern->count;
    if (!odd)
        return one_changed && path->shape && pattern->count > 2;
    if (path->split || (one_changed && (!path->near || pattern->count > 2)))
        return true;
    if (pattern->count > 2)
        return odd >= 2 || !((left && path->first_changed) || (right && path->last_changed));
    if (path->near > 1)
        return !left && !right;
    return !(left && right);
}

static bool touches_han(const struct walk_view *view, uint32_t begin, uint32_t end)
{
    return (begin && is_han(view, begin - 1)) || is_han(view, end);
}

static bool has_capitals(const struct walk_view *view, uint32_t begin, uint32_t end)
{
    for (uint32_t v = begin; v < end; v++)
        if (view->kind[v] == UNIT_LETTER && view->fold[v] & WARD_DISGUISE_CASE)
            return true;
    return false;
}

/* Abbreviations and short words of Latin letters that ordinary Chinese text is full of. */
static bool is_ordinary_run(const struct walk_view *view, uint32_t begin, uint32_t end)
{
    static const char *const runs[] = {
        "ai",  "app", "at",   "bb",  "be",   "bgm", "by",   "cd",   "ceo", "cg",   "cm",  "cos",
        "cp",  "cpu", "diy",  "dj",  "dna",  "do",  "dv",   "dvd",  "em",  "fans", "for", "gb",
        "gdp", "gif", "go",   "gps", "he",   "hi",  "hr",   "hot",  "id",  "if",   "in",  "ing",
        "ip",  "is",  "it",   "kg",  "km",   "ktv", "led",  "live", "ll",  "logo", "lv",  "mb",
        "me",  "mg",  "ml",   "mm",  "mp",   "mv",  "my",   "nba",  "no",  "of",   "oh",  "ok",
        "on",  "or",  "pc",   "pk",  "plus", "pm",  "pp",   "ppt",  "pro", "ps",   "pvc", "re",
        "rap", "sa",  "show", "sim", "so",   "spa", "ss",   "st",   "suv", "tf",   "the", "to",
        "tv",  "ufo", "up",   "us",  "usb",  "vip", "vlog", "vr",   "vs",  "we",   "wifi"};
    const uint32_t len = end - begin;
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        uint32_t k = 0;
        while (k < len && runs[i][k] && view->code[begin + k] == (uint32_t)runs[i][k])
            k++;
        if (k == len && !runs[i][k])
            return true;
    }
    return false;
}

/* A digit and a character that count something in ordinary text: 2 people, 8 minutes. */
static bool is_count(const struct walk_view *view, uint32_t begin, uint32_t end)
{
    static const uint32_t numerals[] = {0x96F6, 0x4E00, 0x4E8C, 0x4E09, 0x56DB,
                                        0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
    for (uint32_t v = begin; v < end; v++) {
        if (view->kind[v] != UNIT_DIGIT || view->code[v] < '0' || view->code[v] > '9')
            continue;
        const uint32_t numeral = numerals[view->code[v] - '0'];
        if (is_han(view, v + 1) && chars_pair_is_ordinary(numeral, view->code[v + 1]))
            return true;
    }
    return false;
}

static bool is_rare(const struct walk_view *view, const struct pattern *pattern,
                    const struct walk_path *path, uint32_t begin)
{
    const uint32_t end = path->last + 1;
    if (path->initial)
        return !has_capitals(view, begin, end) && !is_ordinary_run(view, begin, end) &&
               (path->initial != pattern->count || touches_han(view, begin, end));
    if (path->said)
        return path->said != pattern->count && !is_count(view, begin, end);
    if (path->spelled)
        return path->spelled != pattern->count || pattern->count > 2 ||
               touches_han(view, begin, end);
    return is_rare_writing(view, pattern, path, begin);
}

/* ---- Support --------------------------------------------------------------------------------- */

/* A gap of spaces or line ends where one character stands apart and belongs to its other side. */
static bool gap_is_ordinary(const struct walk_view *view, const struct pattern *pattern,
                            const struct walk_path *path, uint32_t begin)
{
    const uint32_t end = path->last + 1;
    if (!path->wide_gaps || (pattern->count > 2 && path->gap_count + 1u == pattern->count))
        return false;
    const bool left = begin && ordinary(view, begin - 1, begin);
    const bool right = ordinary(view, end - 1, end);
    if (pattern->count == 2)
        return left && right;
    return (path->first_gap == 1 && left) || (path->first_gap + 1u == pattern->count && right);
}

static enum hit_support support_of(const struct walk_view *view, const struct pattern *pattern,
                                   const struct walk_path *path, uint32_t begin)
{
    if (gap_is_ordinary(view, pattern, path, begin))
        return SUPPORT_STRONG;
    if (path->initial)
        return path->initial == 1 && pattern->count >= STANDS_ALONE_UNITS ? SUPPORT_ONE
                                                                          : SUPPORT_STRONG;
    const uint32_t changed = (uint32_t)path->sound + path->said + path->near + path->spelled +
                             path->shape + (pattern->order != PATTERN_PLAIN);
    if (!changed || pattern->count >= STANDS_ALONE_UNITS)
        return path->said == pattern->count ? SUPPORT_STRONG : SUPPORT_NONE;
    return pattern->count == 3 ? SUPPORT_ONE : SUPPORT_STRONG;
}

bool gate_hit(const struct scan *scan, const struct pattern *pattern, const struct walk_path *path,
              uint32_t begin, struct matcher_hit *hit)
{
    const struct walk_view *view = &scan->view;
    if (scan->matcher->terms[pattern->term].whole_word &&
        !gate_whole_word(view, begin, path->last + 1))
        return false;
    if (!is_plausible(view, pattern, path, begin))
        return false;
    hit->support = (uint8_t)support_of(view, pattern, path, begin);
    hit->rare = is_rare(view, pattern, path, begin) && !gap_is_ordinary(view, pattern, path, begin);
    return true;
}
