/**
 * Readings that are no single character for a character: spelled syllables, letters and digits said
 * aloud, first letters, split characters, emoji, and fillers between.
 *
 * The search starts a few units before each place that allows such a reading and goes depth first
 * through at most SEED_SYMBOLS_MAX symbols, cut short by the table of symbol pairs that begin a
 * term. Only ways that use a detour are looked up: plain ways were probed by the first stage.
 */
#include <assert.h>

#include "match/reading.h"
#include "match/scan.h"
#include "text/chars.h"

#define DETOUR_FILLERS_MAX 3u
#define DETOUR_GAP_MAX 10u
/* Letters or digits in a row that may be strewn in, or be first letters of some units. */
#define STREWN_RUN_MAX 3u
/* Digits in a row that may be said aloud: longer ones are numbers. */
#define SAID_RUN_MAX 4u
/* Digits in a row that may be said beside other characters. */
#define SAID_BESIDE_MAX 2u
#define INITIALS_MAX 10u

struct way {
    uint64_t packed;
    uint16_t first;
    uint16_t last;
    uint32_t depth;
    uint32_t start;  /* view position the pattern would begin at */
    uint32_t before; /* last unit taken */
    uint32_t fillers;
    uint32_t said;  /* digits and letters said aloud */
    bool detour;    /* some step was no plain character */
    bool all_plain; /* no step was: only fillers make it a detour */
};

static void way_on(struct scan *scan, const struct way *way, uint32_t v);

static bool is_digit(const struct scan *scan, uint32_t v)
{
    return v < scan->view.count && scan->view.kind[v] == UNIT_DIGIT;
}

/* Looks up a complete pair. Two characters with a filler between must look right; a number said
 * aloud must be a whole one, and not an ordinary count of what follows. */
static void way_pair(struct scan *scan, const struct way *way)
{
    const struct matcher *m = scan->matcher;
    if (!way->detour)
        return;
    if (way->all_plain) {
        const uint64_t hash =
            seed_hash(look_key(scan->view.code[way->start], scan->view.code[way->before]));
        if (filter_has(m->looks, m->look_shift, hash))
            scan_visit(scan, hash, way->start);
        return;
    }
    if (!pair_has(m->pairs, way->first, way->last) || (way->said && way->fillers) || way->said > 1)
        return;
    if (way->said && (is_digit(scan, way->before + 1) ||
                      (way->start && is_digit(scan, way->start) && is_digit(scan, way->start - 1))))
        return;
    scan_visit(scan, seed_hash(seed_key(way->packed, 2)), way->start);
}

/* Adds one symbol and goes on behind it; looks up what is complete. */
static void way_take(struct scan *scan, const struct way *from, uint32_t symbol, uint32_t next,
                     bool detour)
{
    const struct matcher *m = scan->matcher;
    if (!scan->steps_left || scan->status != WARD_OK)
        return;
    scan_spend(scan, 1);
    struct way way = *from;
    way.packed |= (uint64_t)symbol << (SYMBOL_BITS * way.depth);
    way.depth++;
    way.detour |= detour;
    way.all_plain &= !detour;
    way.last = (uint16_t)symbol;
    way.before = next - 1;
    if (way.depth == 1) {
        way.first = (uint16_t)symbol;
    } else if (way.depth == 2) {
        way_pair(scan, &way);
        if (!pair_has(m->prefixes, way.first, symbol))
            return;
    } else if (way.detour) {
        const uint64_t hash = seed_hash(seed_key(way.packed, way.depth));
        if (filter_has(m->filter, m->filter_shift, hash))
            scan_visit(scan, hash, way.start);
    }
    if (way.depth < SEED_SYMBOLS_MAX)
        way_on(scan, &way, next);
}

/* ---- Kinds of step --------------------------------------------------------------------------- */

static void take_pinyin(struct scan *scan, const struct way *way, uint32_t v)
{
    struct pinyin_edge edges[PINYIN_EDGES_MAX];
    const uint32_t count = pinyin_edges(scan->view.code + v, scan->view.count - v, edges);
    for (uint32_t i = 0; i < count; i++)
        if (edges[i].letters > 1)
            way_take(scan, way, syllable_class(edges[i].syllable), v + edges[i].units, true);
}

static void take_said(struct scan *scan, const struct way *way, uint32_t v)
{
    const struct chars_sound_use *uses;
    const uint32_t count = chars_sound_uses(scan->view.code[v], &uses);
    uint32_t done = 0;
    struct way said = *way;
    said.said++;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t symbol = syllable_class(uses[i].syllable);
        if (symbol != done)
            way_take(scan, &said, symbol, v + 1, true);
        done = symbol;
    }
}

static bool is_split_start(const struct scan *scan, uint32_t v)
{
    for (uint32_t i = 0; i < scan->scratch->split_count; i++)
        if (scan->scratch->splits[i] == v)
            return true;
    return false;
}

static void take_split(struct scan *scan, const struct way *way, uint32_t v)
{
    uint32_t state = CHARS_SPLIT_START;
    uint32_t parts = 0;
    for (uint32_t u = v; u < scan->view.count && parts < 3; u++) {
        const uint8_t kind = scan->view.kind[u];
        if (kind == UNIT_SPACE || kind == UNIT_SYMBOL)
            continue;
        state = chars_split_step(state, scan->view.code[u]);
        if (!state)
            return;
        const uint32_t *whole;
        const uint32_t count = ++parts > 1 ? chars_split_result(state, &whole) : 0;
        for (uint32_t i = 0; i < count; i++)
            way_take(scan, way, symbol_of(&scan->matcher->symbols, whole[i]), u + 1, true);
    }
}

/* A word that an emoji stands for: several symbols at once. */
static void take_word(struct scan *scan, const struct way *way, uint16_t word, uint32_t next)
{
    const uint32_t *codes;
    const uint32_t len = chars_emoji_word(word, &codes);
    struct way grown = *way;
    grown.detour = true;
    for (uint32_t i = 0; i < len && grown.depth < SEED_SYMBOLS_MAX; i++) {
        const uint32_t symbol = symbol_of(&scan->matcher->symbols, codes[i]);
        if (i + 1 == len || grown.depth + 1 == SEED_SYMBOLS_MAX) {
            way_take(scan, &grown, symbol, next, true);
            return;
        }
        grown.packed |= (uint64_t)symbol << (SYMBOL_BITS * grown.depth);
        grown.first = grown.depth == 0 ? (uint16_t)symbol : grown.first;
        grown.depth++;
        if (grown.depth == 2 && !pair_has(scan->matcher->prefixes, grown.first, symbol))
            return;
    }
}

static void take_emoji(struct scan *scan, const struct way *way, uint32_t v)
{
    uint32_t units;
    const uint32_t emoji = chars_emoji_find(scan->view.code + v, scan->view.count - v, &units);
    if (!emoji)
        return;
    const uint16_t *words;
    const uint32_t count = chars_emoji_words(emoji, &words);
    for (uint32_t i = 0; i < count; i++)
        take_word(scan, way, words[i], v + units);
}

/* zh, ch, sh as one first letter. */
static void take_letter_pair(struct scan *scan, const struct way *way, uint32_t v)
{
    const uint32_t code = scan->view.code[v];
    if ((code == 'z' || code == 'c' || code == 's') && v + 1 < scan->view.count &&
        scan->view.code[v + 1] == 'h')
        way_take(scan, way, symbol_of(&scan->matcher->symbols, code), v + 2, true);
}

/* Units of the same kind around v, counted up to what is ever asked. */
static uint32_t run_length(const struct scan *scan, uint32_t v)
{
    const uint8_t *kind = scan->view.kind;
    uint32_t begin = v;
    uint32_t end = v + 1;
    while (begin && kind[begin - 1] == kind[v] && v - begin < SAID_RUN_MAX)
        begin--;
    while (end < scan->view.count && kind[end] == kind[v] && end - v < SAID_RUN_MAX + 1)
        end++;
    return end - begin;
}

/* The letters from v to the end of their run are spelled syllables; the last answer is kept. */
static bool is_spelled_on(struct scan *scan, uint32_t v)
{
    struct matcher_scratch *s = scan->scratch;
    if (s->spelled_at == v + 1)
        return s->spelled;
    uint32_t end = v;
    while (end < scan->view.count && scan->view.kind[end] == UNIT_LETTER)
        end++;
    s->spelled_at = v + 1;
    s->spelled = reading_is_spelled(&scan->view, v, end);
    return s->spelled;
}

/* ---- The search ------------------------------------------------------------------------------ */

/* All readings of unit v. Returns true if it may also be passed over. */
static bool way_at(struct scan *scan, const struct way *way, uint32_t v, bool *filler)
{
    const uint32_t code = scan->view.code[v];
    const uint32_t symbol = symbol_of(&scan->matcher->symbols, code);
    *filler = false;
    switch ((enum unit_kind)scan->view.kind[v]) {
    case UNIT_HAN:
    case UNIT_OTHER:
        way_take(scan, way, symbol, v + 1, false);
        if (is_split_start(scan, v))
            take_split(scan, way, v);
        *filler = way->depth && code == scan->view.code[way->before];
        return *filler;
    case UNIT_LETTER: {
        const uint32_t run = run_length(scan, v);
        if (run <= STREWN_RUN_MAX)
            way_take(scan, way, symbol, v + 1, false);
        if (run <= STREWN_RUN_MAX || is_spelled_on(scan, v))
            take_pinyin(scan, way, v);
        if (run <= STREWN_RUN_MAX)
            take_letter_pair(scan, way, v);
        if (run == 1)
            take_said(scan, way, v);
        *filler = true;
        return run <= STREWN_RUN_MAX;
    }
    case UNIT_DIGIT: {
        const uint32_t run = run_length(scan, v);
        way_take(scan, way, symbol, v + 1, false);
        if (run <= SAID_BESIDE_MAX ||
            (run <= SAID_RUN_MAX && way->said == way->depth && !way->fillers))
            take_said(scan, way, v);
        *filler = true;
        return run <= STREWN_RUN_MAX;
    }
    case UNIT_EMOJI:
        take_emoji(scan, way, v);
        return true;
    case UNIT_SPACE:
    case UNIT_NEWLINE:
    case UNIT_MARK:
    case UNIT_SYMBOL:
    case UNIT_INVALID:
        return true;
    }
    return false;
}

/* From position v: the next unit with a reading, across what may be passed over. Depth of the
 * recursion is SEED_SYMBOLS_MAX. */
static void way_on(struct scan *scan, const struct way *way, uint32_t v)
{
    struct way here = *way;
    for (uint32_t gap = 0; v < scan->view.count && gap < DETOUR_GAP_MAX; v++, gap++) {
        bool filler;
        if (!way_at(scan, &here, v, &filler) || !scan->steps_left)
            return;
        if (!filler)
            continue;
        here.detour = true;
        if (++here.fillers > DETOUR_FILLERS_MAX)
            return;
    }
}

/* Starts with a character: not worth it if the next one, as it is, begins no term. */
static bool is_dead_start(const struct scan *scan, uint32_t v)
{
    const struct matcher *m = scan->matcher;
    const struct walk_view *view = &scan->view;
    if (v + 1 >= view->count || view->kind[v] != UNIT_HAN || view->kind[v + 1] != UNIT_HAN ||
        scan->scratch->split_count)
        return false;
    const uint32_t a = symbol_of(&m->symbols, view->code[v]);
    return !pair_has(m->prefixes, a, symbol_of(&m->symbols, view->code[v + 1]));
}

static void search_from(struct scan *scan, uint32_t v)
{
    if (is_dead_start(scan, v))
        return;
    const struct way way = {.start = v, .before = v, .all_plain = true};
    bool filler;
    way_at(scan, &way, v, &filler);
}

/* A whole run of letters, possibly parted by symbols, as the first letters of a term. */
static void search_initials(struct scan *scan, uint32_t begin)
{
    uint64_t packed = 0;
    uint32_t count = 0;
    for (uint32_t v = begin; v < scan->view.count; v++) {
        const uint32_t code = scan->view.code[v];
        if (scan->view.kind[v] == UNIT_SYMBOL)
            continue;
        if (scan->view.kind[v] != UNIT_LETTER || code < 'a' || code > 'z')
            break;
        if (count == INITIALS_MAX)
            return;
        packed |= (uint64_t)(code - 'a' + 1u) << (5u * count++);
    }
    if (count > 1)
        scan_visit(scan, seed_hash(initials_key(packed, count)), begin);
}

/* Starts inside a run that is spelled syllables throughout, at each syllable. */
static void search_run(struct scan *scan, uint32_t begin, uint32_t end)
{
    if (!reading_is_spelled(&scan->view, begin, end))
        return;
    for (uint32_t v = begin + 1; v < end; v++)
        if (reading_is_spelled(&scan->view, begin, v) && reading_is_spelled(&scan->view, v, end))
            search_from(scan, v);
}

/* A place that allows a detour: search from it and from a few units before. */
static void search_around(struct scan *scan, uint32_t v, uint32_t *next)
{
    const struct matcher_scratch *s = scan->scratch;
    const uint32_t here = s->index[v];
    uint32_t from = here > SEED_SYMBOLS_MAX - 1 ? here - (SEED_SYMBOLS_MAX - 1) : 0;
    if (from < *next)
        from = *next;
    for (; from < here; from++)
        search_from(scan, s->unit[from]);
    *next = here > *next ? here : *next;
    if (scan->view.kind[v] == UNIT_EMOJI) {
        search_from(scan, v);
    } else if (here >= *next) {
        search_from(scan, v);
        *next = here + 1;
    }
}

static bool is_letter(const struct scan *scan, uint32_t v)
{
    return v < scan->view.count && scan->view.kind[v] == UNIT_LETTER;
}

void detours_search(struct scan *scan, uint32_t symbol_count)
{
    uint32_t next = 0; /* first symbol not searched from yet */
    uint32_t split = 0;
    for (uint32_t v = 0; v < scan->view.count && scan->status == WARD_OK; v++) {
        const uint8_t kind = scan->view.kind[v];
        if (kind == UNIT_LETTER) {
            uint32_t end = v;
            while (is_letter(scan, end))
                end++;
            search_around(scan, v, &next);
            search_initials(scan, v);
            search_run(scan, v, end);
            v = end - 1;
            next = scan->scratch->index[v] + 1 < symbol_count ? scan->scratch->index[v] + 1
                                                              : symbol_count;
            continue;
        }
        const bool splits = split < scan->scratch->split_count && scan->scratch->splits[split] == v;
        split += splits;
        if (kind == UNIT_DIGIT || kind == UNIT_EMOJI || splits)
            search_around(scan, v, &next);
    }
}
