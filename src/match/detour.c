/**
 * Readings that are no single character for a character: spelled syllables, letters and digits said
 * aloud, first letters, split characters, emoji.
 *
 * The search starts a few units before each place that allows such a reading and goes depth first
 * through at most SEED_SYMBOLS_MAX symbols, cut short by the table of symbol pairs that begin a
 * term. Only ways that use a detour are looked up: plain ways were probed by the first stage, which
 * also leaves out letters and digits that are only strewn in.
 */
#include <assert.h>

#include "match/reading.h"
#include "match/scan.h"
#include "text/chars.h"

#define DETOUR_GAP_MAX 10u
/* Letters in a row that may be first letters of some units. */
#define INITIALS_BESIDE_MAX 3u
/* Digits in a row that may be said beside other characters; longer numbers only as a whole. */
#define SAID_BESIDE_MAX 2u
/* Units of one kind in a row are counted up to this. */
#define RUN_COUNTED_MAX 4u
#define INITIALS_MAX 10u

struct way {
    uint64_t packed;
    uint16_t first;
    uint16_t last;
    uint32_t depth;
    uint32_t start;  /* view position the pattern would begin at */
    uint32_t before; /* last unit taken */
    uint32_t said;   /* digits and letters said aloud */
    bool detour;     /* some step was no plain character */
};

static void way_on(struct scan *scan, const struct way *way, uint32_t v);

static bool is_digit(const struct scan *scan, uint32_t v)
{
    return v < scan->view.count && scan->view.kind[v] == UNIT_DIGIT; /* also for v before 0 */
}

/* Looks up a complete pair. A number said aloud must be a whole one. */
static void way_pair(struct scan *scan, const struct way *way)
{
    const struct matcher *m = scan->matcher;
    if (!way->detour)
        return;
    if (!(pair_bits(m->pairs, way->first, way->last) & PAIR_KEY) || way->said > 1)
        return;
    if (way->said && (is_digit(scan, way->before + 1) ||
                      (way->start && is_digit(scan, way->start) && is_digit(scan, way->start - 1))))
        return;
    scan_visit(scan, &m->plain_table, symbols_hash(way->packed, 2), way->start);
}

/* Looks up three or four symbols, plain and odd. */
static void way_longer(struct scan *scan, const struct way *way)
{
    const struct matcher *m = scan->matcher;
    const uint64_t first = way->packed & ((1ULL << 3 * SYMBOL_BITS) - 1u);
    const uint64_t three = symbols_hash(first, 3);
    const uint64_t hash = way->depth == 3 ? three : symbols_hash(way->packed, 4);
    if (word_has(filter_word(&m->plain, three), hash))
        scan_visit(scan, &m->plain_table, hash, way->start);
}

/* No key begins with the symbol behind this way, as far as the next unit tells. */
static inline bool is_dead(const struct scan *scan, const struct way *way, uint32_t symbol,
                           uint32_t next)
{
    const struct matcher *m = scan->matcher;
    const struct walk_view *view = &scan->view;
    if (way->depth)
        return way->depth == 1 && !way_has(m->ways, way->first, symbol);
    if (next >= view->count || view->kind[next] != UNIT_HAN || scan->scratch->split_count ||
        view->code[next] == view->code[next - 1])
        return false;
    const uint32_t entry = symbol_entry(&m->symbols, view->code[next]);
    return !(entry & SYMBOL_VARIED) && !way_has(m->ways, symbol, entry & SYMBOL_MASK);
}

/* The way with one symbol more: looks up what is complete and goes on. */
static void way_grow(struct scan *scan, const struct way *from, uint32_t symbol, uint32_t next,
                     bool detour)
{
    struct way way = *from;
    way.packed |= (uint64_t)symbol << (SYMBOL_BITS * way.depth);
    way.depth++;
    way.detour |= detour;
    way.last = (uint16_t)symbol;
    way.before = next - 1;
    if (way.depth == 1)
        way.first = (uint16_t)symbol;
    else if (way.depth == 2)
        way_pair(scan, &way);
    else if (way.detour)
        way_longer(scan, &way);
    if (way.depth < SEED_SYMBOLS_MAX)
        way_on(scan, &way, next);
}

/* Adds one symbol, if the budget lasts and a key may begin so; most ways end here. */
static inline void way_take(struct scan *scan, const struct way *from, uint32_t symbol,
                            uint32_t next, bool detour)
{
    if (!scan->steps_left || scan->status != WARD_OK)
        return;
    scan_spend(scan, 1);
    if (!is_dead(scan, from, symbol, next))
        way_grow(scan, from, symbol, next, detour);
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
    const struct symbols *symbols = &scan->matcher->symbols;
    const uint32_t code = scan->view.code[v];
    if (code >= SYMBOL_SAID_CODES)
        return;
    struct way said = *way;
    said.said++;
    for (const uint16_t *symbol = symbols->said[code]; *symbol; symbol++)
        way_take(scan, &said, *symbol, v + 1, true);
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
        if (grown.depth == 2 && !way_has(scan->matcher->ways, grown.first, symbol))
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
    while (begin && kind[begin - 1] == kind[v] && v - begin < RUN_COUNTED_MAX)
        begin--;
    while (end < scan->view.count && kind[end] == kind[v] && end - v < RUN_COUNTED_MAX + 1)
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

/* The character as it is, in each of its readings. */
static void take_plain(struct scan *scan, const struct way *way, uint32_t v)
{
    const struct symbols *symbols = &scan->matcher->symbols;
    const uint32_t code = scan->view.code[v];
    const uint32_t entry = symbol_entry(symbols, code);
    way_take(scan, way, entry & SYMBOL_MASK, v + 1, false);
    if (!(entry & SYMBOL_VARIED))
        return;
    struct symbol_set readings;
    symbols_readings(symbols, code, &readings);
    for (uint32_t i = 1; i < readings.count; i++)
        way_take(scan, way, readings.at[i], v + 1, false);
}

static void take_letters(struct scan *scan, const struct way *way, uint32_t v)
{
    const uint32_t run = run_length(scan, v);
    if (run <= INITIALS_BESIDE_MAX || is_spelled_on(scan, v))
        take_pinyin(scan, way, v);
    if (run > INITIALS_BESIDE_MAX)
        return;
    way_take(scan, way, symbol_of(&scan->matcher->symbols, scan->view.code[v]), v + 1, false);
    take_letter_pair(scan, way, v);
    if (run == 1)
        take_said(scan, way, v);
}

static void take_digit(struct scan *scan, const struct way *way, uint32_t v)
{
    const uint32_t run = run_length(scan, v);
    way_take(scan, way, symbol_of(&scan->matcher->symbols, scan->view.code[v]), v + 1, false);
    if (run > RUN_COUNTED_MAX || (!way->depth && is_digit(scan, v - 1)))
        return; /* a long number, or begun in the middle of one */
    if (run <= SAID_BESIDE_MAX)
        take_said(scan, way, v);
    else /* by the name of the numeral only, which is the first */
        way_take(scan, way, scan->matcher->symbols.said[scan->view.code[v] & 127u][0], v + 1, true);
}

/* All readings of unit v. Returns true if it may also be passed over. */
static bool way_at(struct scan *scan, const struct way *way, uint32_t v)
{
    switch ((enum unit_kind)scan->view.kind[v]) {
    case UNIT_HAN:
    case UNIT_OTHER:
        take_plain(scan, way, v);
        if (is_split_start(scan, v))
            take_split(scan, way, v);
        return way->depth && scan->view.code[v] == scan->view.code[way->before];
    case UNIT_LETTER:
        take_letters(scan, way, v);
        return false;
    case UNIT_DIGIT:
        take_digit(scan, way, v);
        return false;
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
    for (uint32_t gap = 0; v < scan->view.count && gap < DETOUR_GAP_MAX; v++, gap++) {
        scan_spend(scan, 1);
        if (!way_at(scan, way, v) || !scan->steps_left)
            return;
    }
}

static void search_from(struct scan *scan, uint32_t v)
{
    const struct way way = {.start = v, .before = v};
    (void)way_at(scan, &way, v);
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
    const uint64_t hash = seed_hash(initials_key(packed, count));
    if (count > 1 && filter_has(&scan->matcher->looks, hash))
        scan_visit(scan, &scan->matcher->plain_table, hash, begin);
}

/* A whole number said aloud. */
static void search_number(struct scan *scan, uint32_t begin)
{
    uint64_t packed = 0;
    uint32_t count = 0;
    for (uint32_t v = begin; is_digit(scan, v); v++) {
        if (count == NUMBER_DIGITS_MAX)
            return;
        packed |= (uint64_t)((scan->view.code[v] - '0') & 15u) << (4u * count++);
    }
    const uint64_t hash = seed_hash(number_key(packed, count));
    if (count >= NUMBER_DIGITS_MIN && filter_has(&scan->matcher->looks, hash))
        scan_visit(scan, &scan->matcher->plain_table, hash, begin);
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
        search_from(scan, s->units.at[from]);
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

void detours_search(struct scan *scan)
{
    const uint32_t symbol_count = scan->scratch->units.count;
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
        if (kind == UNIT_DIGIT && !is_digit(scan, v - 1))
            search_number(scan, v);
        const bool splits = split < scan->scratch->split_count && scan->scratch->splits[split] == v;
        split += splits;
        if (kind == UNIT_DIGIT || kind == UNIT_EMOJI || splits)
            search_around(scan, v, &next);
    }
}
