/**
 * A scan as a whole: scratch, budget, and what happens at a place where a key was found.
 *
 * A place is visited for each pattern of the key. First the term as written is compared, which
 * costs no steps; then the lattice is walked, if steps are left.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "match/costs.h"
#include "match/scan.h"

/* ---- Scratch --------------------------------------------------------------------------------- */

static void stream_drop(struct stream *stream)
{
    free(stream->symbol);
    free(stream->flags);
    free(stream->at);
    *stream = (struct stream){0};
}

static bool stream_fit(struct stream *stream, size_t room)
{
    stream->symbol = malloc(room * sizeof(*stream->symbol));
    stream->flags = malloc(room);
    stream->at = malloc(room * sizeof(*stream->at));
    return stream->symbol && stream->flags && stream->at;
}

static void scratch_drop(struct matcher_scratch *s)
{
    stream_drop(&s->units);
    stream_drop(&s->other);
    free(s->index);
    free(s->found);
    free(s->pairs);
    free(s->line_code);
    free(s->line_fold);
    free(s->line_unit);
    free(s->line_kind);
    s->index = s->found = NULL;
    s->line_code = s->line_fold = s->line_unit = NULL;
    s->pairs = s->line_kind = NULL;
    s->capacity = 0;
}

static enum ward_status scratch_fit(struct matcher_scratch *s, uint32_t units)
{
    if (units <= s->capacity && s->capacity)
        return WARD_OK;
    const size_t capacity = (size_t)units + units / 2 + 256;
    const size_t room = capacity + SEED_SYMBOLS_MAX + 1;
    scratch_drop(s);
    const bool streams = stream_fit(&s->units, room) && stream_fit(&s->other, room);
    s->index = malloc(room * sizeof(*s->index));
    s->found = malloc(room * sizeof(*s->found));
    s->pairs = malloc(room);
    s->line_code = malloc(room * sizeof(*s->line_code));
    s->line_fold = malloc(room * sizeof(*s->line_fold));
    s->line_unit = malloc(room * sizeof(*s->line_unit));
    s->line_kind = malloc(room);
    if (!streams || !s->index || !s->found || !s->pairs || !s->line_code || !s->line_fold ||
        !s->line_unit || !s->line_kind) {
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
    scan_spend(scan, 1);
    struct walk_path best;
    const bool through = walk_pattern(m, pattern, &scan->view, at, &scan->scratch->walk, &best);
    scan_spend(scan, scan->scratch->walk.steps);
    if (through)
        push_path(scan, pattern, &best, at);
}

void scan_visit(struct scan *scan, const struct seed_table *table, uint64_t hash, uint32_t at)
{
    const uint32_t key = (uint32_t)(hash >> 32);
    const uint32_t bucket = key >> table->bucket_shift;
    const uint32_t end = table->buckets[bucket + 1];
    for (uint32_t i = table->buckets[bucket]; i < end && scan->status == WARD_OK; i++)
        if (table->entries[i].key == key)
            try_pattern(scan, table->entries[i].pattern, at);
}

/* ---- The scan ------------------------------------------------------------------------------- */

static bool found_literal(void *user, uint32_t id, size_t at, size_t len)
{
    struct scan *scan = user;
    const uint32_t unit = scan->units ? unit_behind(scan->units, 0, at) : 0;
    push_literal(scan, id, at, at + len, unit);
    return scan->status == WARD_OK;
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
        streams_search(&scan);
    if (scan.status != WARD_OK)
        hits->count = 0;
    else if (hits->count)
        hits_settle(matcher, hits);
    return scan.status;
}
