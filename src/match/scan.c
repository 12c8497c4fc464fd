/**
 * Stage one: cheap probes over the whole text, then a visit to the few places that answered.
 *
 * The first loop writes the symbols of units that carry meaning next to each other, so that a probe
 * of adjacent symbols reaches across whatever was strewn between. The second probes each run of
 * two, three and four symbols and each pair of codes, and notes where a filter answered; no branch
 * depends on the text until then. Only the noted places cost a look at the entries and a walk.
 * Texts with doubled units get a second pass with doubles collapsed, texts of several lines a pass
 * over the first characters of the lines.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "match/costs.h"
#include "match/scan.h"
#include "text/chars.h"

#define FOUND_PAIR 1u
#define FOUND_LOOK 2u
#define FOUND_THREE 4u
#define FOUND_FOUR 8u
#define FOUND_BITS 4u

/* Kinds of unit that carry meaning. */
#define KEEP_KINDS (1u << UNIT_HAN | 1u << UNIT_LETTER | 1u << UNIT_DIGIT | 1u << UNIT_OTHER)

/* ---- Scratch --------------------------------------------------------------------------------- */

static void scratch_drop(struct matcher_scratch *s)
{
    free(s->symbol);
    free(s->unit);
    free(s->index);
    free(s->found);
    free(s->collapsed_symbol);
    free(s->collapsed_unit);
    free(s->line_code);
    free(s->line_fold);
    free(s->line_unit);
    free(s->line_kind);
    s->symbol = s->collapsed_symbol = NULL;
    s->unit = s->index = s->found = s->collapsed_unit = NULL;
    s->line_code = s->line_fold = s->line_unit = NULL;
    s->line_kind = NULL;
    s->capacity = 0;
}

static enum ward_status scratch_fit(struct matcher_scratch *s, uint32_t units)
{
    if (units <= s->capacity && s->capacity)
        return WARD_OK;
    const size_t capacity = (size_t)units + units / 2 + 256;
    const size_t room = capacity + SEED_SYMBOLS_MAX + 1;
    scratch_drop(s);
    s->symbol = malloc(room * sizeof(*s->symbol));
    s->unit = malloc(room * sizeof(*s->unit));
    s->index = malloc(room * sizeof(*s->index));
    s->found = malloc(room * sizeof(*s->found));
    s->collapsed_symbol = malloc(room * sizeof(*s->symbol));
    s->collapsed_unit = malloc(room * sizeof(*s->unit));
    s->line_code = malloc(room * sizeof(*s->line_code));
    s->line_fold = malloc(room * sizeof(*s->line_fold));
    s->line_unit = malloc(room * sizeof(*s->line_unit));
    s->line_kind = malloc(room);
    if (!s->symbol || !s->unit || !s->index || !s->found || !s->collapsed_symbol ||
        !s->collapsed_unit || !s->line_code || !s->line_fold || !s->line_unit || !s->line_kind) {
        scratch_drop(s);
        return WARD_ERR_NOMEM;
    }
    s->capacity = (uint32_t)capacity;
    return WARD_OK;
}

enum ward_status matcher_scratch_new(const struct matcher *matcher, struct matcher_scratch **out)
{
    assert(matcher && out);
    *out = NULL;
    struct matcher_scratch *made = calloc(1, sizeof(*made));
    if (!made)
        return WARD_ERR_NOMEM;
    const enum ward_status status = scratch_fit(made, 256);
    if (status == WARD_OK)
        *out = made;
    else
        free(made);
    return status;
}

void matcher_scratch_free(struct matcher_scratch *scratch)
{
    if (!scratch)
        return;
    scratch_drop(scratch);
    free(scratch);
}

uint64_t matcher_scratch_steps(const struct matcher_scratch *scratch)
{
    return scratch->steps;
}

/* ---- Visiting a candidate -------------------------------------------------------------------- */

static uint32_t view_to_unit(const struct scan *scan, uint32_t at)
{
    return scan->view_unit ? scan->view_unit[at] : at;
}

/* The last unit whose bytes lie before `end`, plus one. */
static uint32_t unit_behind(const struct text_units *units, uint32_t from, size_t end)
{
    uint32_t low = from;
    uint32_t high = units->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (units->begin[middle] < end)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void push_literal(struct scan *scan, uint32_t term, size_t begin, size_t end,
                         uint32_t unit_begin)
{
    const uint32_t unit_end = scan->units ? unit_behind(scan->units, unit_begin, end) : unit_begin;
    if (scan->matcher->terms[term].whole_word && scan->units &&
        !gate_whole_word(&scan->view, unit_begin, unit_end))
        return;
    const struct matcher_hit hit = {.term = term,
                                    .unit_begin = unit_begin,
                                    .unit_end = unit_end,
                                    .begin = (uint32_t)begin,
                                    .end = (uint32_t)end};
    hits_push(scan, &hit);
}

/* The term as written at this very place. */
static bool try_exact(struct scan *scan, const struct pattern *pattern, uint32_t at)
{
    const struct ward_str want = scan->matcher->terms[pattern->term].text;
    const size_t begin = scan->units->begin[at];
    if (pattern->order != PATTERN_PLAIN || scan->view_unit || scan->text.len - begin < want.len ||
        memcmp(scan->text.data + begin, want.data, want.len) != 0)
        return false;
    push_literal(scan, pattern->term, begin, begin + want.len, at);
    return true;
}

static uint32_t order_cost(const struct scan *scan, const struct pattern *pattern)
{
    uint32_t cost = scan->view_unit ? COST_ACROSTIC : 0;
    if (pattern->order == PATTERN_REVERSED)
        cost += COST_REVERSED;
    else if (pattern->order == PATTERN_SWAPPED)
        cost += COST_SWAPPED;
    return cost;
}

/* Turns a way through the lattice into a hit, if the gate lets it. */
static void push_path(struct scan *scan, const struct pattern *pattern,
                      const struct walk_path *path, uint32_t at)
{
    const struct text_units *units = scan->units;
    const uint32_t first = view_to_unit(scan, at);
    const uint32_t last = view_to_unit(scan, path->last);
    struct matcher_hit hit = {.term = pattern->term,
                              .unit_begin = first,
                              .unit_end = last + 1,
                              .begin = units->begin[first],
                              .end = units->end[last],
                              .disguises = path->disguises,
                              .cost_centi = path->cost_centi};
    const uint32_t order = order_cost(scan, pattern);
    if (order) {
        hit.disguises |= WARD_DISGUISE_ORDER;
        hit.cost_centi = (uint16_t)(hit.cost_centi + order);
        if (hit.cost_centi >
            walk_limit(scan->matcher->cost_limit_centi, MATCH_COST_PER_UNIT, pattern->count))
            return;
    }
    if (path->spelled && (path->look || path->sound || path->near || path->shape))
        hit.disguises = (hit.disguises & ~(uint32_t)WARD_DISGUISE_PINYIN) | WARD_DISGUISE_MIXED;
    if (path->initial && (path->look || path->sound || path->near || path->spelled))
        hit.disguises |= WARD_DISGUISE_MIXED;
    if (!hit.disguises) { /* folds to the same units, but is written otherwise */
        hit.disguises = WARD_DISGUISE_VARIANT;
        hit.cost_centi = COST_FOLD;
    }
    if (gate_hit(scan, pattern, path, at, &hit))
        hits_push(scan, &hit);
}

static void try_pattern(struct scan *scan, uint32_t index, uint32_t at)
{
    const struct matcher *m = scan->matcher;
    const struct pattern *pattern = &m->patterns[index];
    if (try_exact(scan, pattern, at) || scan->status != WARD_OK)
        return;
    if (!scan->steps_left)
        return;
    struct walk_path best;
    const bool through = walk_pattern(m, pattern, &scan->view, at, &scan->scratch->walk, &best);
    scan_spend(scan, scan->scratch->walk.steps);
    if (through)
        push_path(scan, pattern, &best, at);
}

void scan_visit(struct scan *scan, uint64_t hash, uint32_t at)
{
    const struct matcher *m = scan->matcher;
    const uint32_t key = (uint32_t)(hash >> 32);
    const uint32_t bucket = key >> m->bucket_shift;
    const uint32_t end = m->buckets[bucket + 1];
    for (uint32_t i = m->buckets[bucket]; i < end && scan->status == WARD_OK; i++)
        if (m->entries[i].key == key)
            try_pattern(scan, m->entries[i].pattern, at);
}

/* ---- Probing --------------------------------------------------------------------------------- */

/* A run of symbols, and the view positions they stand for. */
struct stream {
    const uint16_t *symbol;
    const uint32_t *at;
    uint32_t count;
};

static inline uint64_t pack_symbols(const uint16_t *s, uint32_t count)
{
    uint64_t packed = s[0] | (uint64_t)s[1] << SYMBOL_BITS | (uint64_t)s[2] << (2 * SYMBOL_BITS);
    if (count == 4)
        packed |= (uint64_t)s[3] << (3 * SYMBOL_BITS);
    return packed;
}

/* Notes in `found` every index at which some filter answers; returns how many. */
static uint32_t probe(const struct scan *scan, const struct stream *stream, uint32_t *found)
{
    const struct matcher *m = scan->matcher;
    const uint32_t *code = scan->view.code;
    uint32_t count = 0;
    for (uint32_t i = 0; i + 1 < stream->count; i++) {
        const uint16_t *s = stream->symbol + i;
        const uint64_t look = seed_hash(look_key(code[stream->at[i]], code[stream->at[i + 1]]));
        const uint64_t three = seed_hash(seed_key(pack_symbols(s, 3), 3));
        const uint64_t four = seed_hash(seed_key(pack_symbols(s, 4), 4));
        const uint32_t kinds =
            (uint32_t)pair_has(m->pairs, s[0], s[1]) * FOUND_PAIR |
            (uint32_t)filter_has(m->looks, m->look_shift, look) * FOUND_LOOK |
            (uint32_t)filter_has(m->filter, m->filter_shift, three) * FOUND_THREE |
            (uint32_t)filter_has(m->filter, m->filter_shift, four) * FOUND_FOUR;
        found[count] = i << FOUND_BITS | kinds;
        count += kinds != 0;
    }
    return count;
}

static void note_split(struct scan *scan, uint32_t at, uint32_t a, uint32_t b)
{
    struct matcher_scratch *scratch = scan->scratch;
    const uint32_t state = chars_split_step(CHARS_SPLIT_START, a);
    if (state && chars_split_step(state, b) && scratch->split_count < SCAN_SPLITS_MAX)
        scratch->splits[scratch->split_count++] = at;
}

static void visit_found(struct scan *scan, const struct stream *stream, uint32_t entry)
{
    const uint32_t i = entry >> FOUND_BITS;
    const uint16_t *s = stream->symbol + i;
    const uint32_t at = stream->at[i];
    const uint32_t a = scan->view.code[at];
    const uint32_t b = scan->view.code[stream->at[i + 1]];
    if (entry & FOUND_LOOK) {
        scan_visit(scan, seed_hash(look_key(a, b)), at);
        if (!scan->view_unit)
            note_split(scan, at, a, b);
    }
    if (entry & FOUND_PAIR && !chars_pair_is_ordinary(a, b))
        scan_visit(scan, seed_hash(seed_key(s[0] | (uint64_t)s[1] << SYMBOL_BITS, 2)), at);
    if (entry & FOUND_THREE)
        scan_visit(scan, seed_hash(seed_key(pack_symbols(s, 3), 3)), at);
    if (entry & FOUND_FOUR)
        scan_visit(scan, seed_hash(seed_key(pack_symbols(s, 4), 4)), at);
}

static void scan_stream(struct scan *scan, const struct stream *stream)
{
    uint32_t *found = scan->scratch->found;
    const uint32_t count = probe(scan, stream, found);
    for (uint32_t i = 0; i < count && scan->status == WARD_OK; i++)
        visit_found(scan, stream, found[i]);
}

/* ---- Passes ---------------------------------------------------------------------------------- */

/* What the first loop learned. */
struct outline {
    uint32_t symbols;
    uint32_t kinds; /* bit k: a unit of enum unit_kind k occurs */
    bool singles;   /* some unit is a one-unit term */
    bool doubled;   /* two neighbours with meaning are equal */
};

static struct outline outline_units(struct scan *scan)
{
    const struct symbols *symbols = &scan->matcher->symbols;
    const struct text_units *units = scan->units;
    struct matcher_scratch *scratch = scan->scratch;
    struct outline o = {0};
    uint32_t any = 0;
    uint32_t before = UINT32_MAX;
    for (uint32_t i = 0; i < units->count; i++) {
        const uint32_t kind = units->kind[i];
        const uint32_t code = units->code[i];
        const uint32_t keep = KEEP_KINDS >> kind & 1u;
        const uint32_t entry = symbols->of[code < SYMBOL_CODES ? code : 0];
        any |= entry & (0u - keep);
        scratch->symbol[o.symbols] = (uint16_t)(entry & SYMBOL_MASK);
        scratch->unit[o.symbols] = i;
        scratch->index[i] = o.symbols;
        o.doubled |= keep && code == before;
        before = keep ? code : before;
        o.symbols += keep;
        o.kinds |= 1u << kind;
    }
    o.singles = any & SYMBOL_SINGLE;
    memset(scratch->symbol + o.symbols, 0, SEED_SYMBOLS_MAX * sizeof(scratch->symbol[0]));
    return o;
}

static void scan_singles(struct scan *scan, uint32_t count)
{
    const struct symbols *symbols = &scan->matcher->symbols;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t at = scan->scratch->unit[i];
        const uint32_t code = scan->view.code[at];
        if (symbols->of[code < SYMBOL_CODES ? code : 0] & SYMBOL_SINGLE)
            scan_visit(scan, seed_hash(single_key(code)), at);
    }
}

static void scan_collapsed(struct scan *scan, uint32_t count)
{
    struct matcher_scratch *s = scan->scratch;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i && scan->view.code[s->unit[i]] == scan->view.code[s->unit[i - 1]])
            continue;
        s->collapsed_symbol[kept] = s->symbol[i];
        s->collapsed_unit[kept++] = s->unit[i];
    }
    memset(s->collapsed_symbol + kept, 0, SEED_SYMBOLS_MAX * sizeof(s->symbol[0]));
    const struct stream stream = {s->collapsed_symbol, s->collapsed_unit, kept};
    scan_stream(scan, &stream);
}

/* Letters and what is written for letters, where a digit or sign occurs among them. */
static void scan_leet(struct scan *scan)
{
    struct matcher_scratch *s = scan->scratch;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < scan->view.count; i++) {
        const uint32_t symbol = symbol_leet(scan->view.code[i]);
        if (!symbol && !(KEEP_KINDS >> scan->view.kind[i] & 1u))
            continue;
        s->collapsed_symbol[kept] = (uint16_t)symbol;
        s->collapsed_unit[kept++] = i;
    }
    memset(s->collapsed_symbol + kept, 0, SEED_SYMBOLS_MAX * sizeof(s->symbol[0]));
    const struct stream stream = {s->collapsed_symbol, s->collapsed_unit, kept};
    scan_stream(scan, &stream);
}

/* First characters of lines, as a text of their own. */
static void scan_lines(struct scan *scan)
{
    const struct text_units *units = scan->units;
    struct matcher_scratch *s = scan->scratch;
    uint32_t lines = 0;
    bool fresh = true;
    for (uint32_t i = 0; i < units->count; i++) {
        if (units->kind[i] == UNIT_NEWLINE) {
            fresh = true;
        } else if (fresh && KEEP_KINDS >> units->kind[i] & 1u) {
            s->line_code[lines] = units->code[i];
            s->line_fold[lines] = units->fold[i] & ~(uint32_t)WARD_DISGUISE_INVISIBLE;
            s->line_kind[lines] = units->kind[i];
            s->line_unit[lines] = i;
            s->collapsed_symbol[lines] =
                (uint16_t)symbol_of(&scan->matcher->symbols, units->code[i]);
            s->collapsed_unit[lines] = lines;
            lines++;
            fresh = false;
        }
    }
    if (lines < 2)
        return;
    memset(s->collapsed_symbol + lines, 0, SEED_SYMBOLS_MAX * sizeof(s->symbol[0]));
    scan->view = (struct walk_view){s->line_code, s->line_kind, s->line_fold, lines};
    scan->view_unit = s->line_unit;
    const struct stream stream = {s->collapsed_symbol, s->collapsed_unit, lines};
    scan_stream(scan, &stream);
}

static bool found_literal(void *user, uint32_t id, size_t at, size_t len)
{
    struct scan *scan = user;
    const uint32_t unit = scan->units ? unit_behind(scan->units, 0, at) : 0;
    push_literal(scan, id, at, at + len, unit);
    return scan->status == WARD_OK;
}

static void scan_units(struct scan *scan)
{
    const struct matcher *m = scan->matcher;
    struct matcher_scratch *s = scan->scratch;
    const struct outline o = outline_units(scan);
    if (o.singles)
        scan_singles(scan, o.symbols);
    const struct stream stream = {s->symbol, s->unit, o.symbols};
    scan_stream(scan, &stream);
    if (o.doubled && m->disguises & WARD_DISGUISE_REPEAT)
        scan_collapsed(scan, o.symbols);
    if (m->has_letters && o.kinds & 1u << UNIT_LETTER && m->disguises & WARD_DISGUISE_LEET &&
        o.kinds & (1u << UNIT_DIGIT | 1u << UNIT_SYMBOL))
        scan_leet(scan);
    if (m->has_sound &&
        (o.kinds & (1u << UNIT_LETTER | 1u << UNIT_DIGIT | 1u << UNIT_EMOJI) || s->split_count))
        detours_search(scan, o.symbols);
    if (o.kinds & 1u << UNIT_NEWLINE && m->disguises & WARD_DISGUISE_ORDER)
        scan_lines(scan);
}

enum ward_status matcher_scan(const struct matcher *matcher, struct ward_str text,
                              const struct text_units *units, struct matcher_scratch *scratch,
                              struct matcher_hits *hits)
{
    assert(matcher && scratch && hits && (units || !matcher->needs_units));
    assert(text.len <= UINT32_MAX);
    hits->count = 0;
    scratch->steps = 0;
    scratch->split_count = 0;
    scratch->spelled_at = 0;
    struct scan scan = {.matcher = matcher,
                        .text = text,
                        .units = units,
                        .scratch = scratch,
                        .hits = hits,
                        .status = WARD_OK};
    if (units) {
        scan.steps_left = SCAN_STEPS_BURST + units->count * SCAN_STEPS_PER_UNIT;
        scan.view = (struct walk_view){units->code, units->kind, units->fold, units->count};
        scan.status = scratch_fit(scratch, units->count);
    }
    if (scan.status == WARD_OK && matcher->literal)
        literal_scan(matcher->literal, text, found_literal, &scan);
    if (scan.status == WARD_OK && matcher->has_units && units->count)
        scan_units(&scan);
    if (scan.status != WARD_OK)
        hits->count = 0;
    else if (hits->count)
        hits_settle(matcher, hits);
    return scan.status;
}
