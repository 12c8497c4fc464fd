/**
 * The lattice walk: beams over pattern units, gaps between them. How one unit is read is in
 * reading.c; what may lie between two units, and what it costs, is here.
 */
#include "match/walk.h"

#include <assert.h>
#include <string.h>

#include "match/costs.h"
#include "match/reading.h"

/* Keeps the cheapest path per `next`; the dearest falls out of a full beam. */
static void beam_add(struct walk_beam *beam, const struct walk_path *path)
{
    uint32_t worst = 0;
    for (uint32_t i = 0; i < beam->count; i++) {
        if (beam->at[i].next == path->next) {
            if (path->cost_centi < beam->at[i].cost_centi)
                beam->at[i] = *path;
            return;
        }
        if (beam->at[i].cost_centi > beam->at[worst].cost_centi)
            worst = i;
    }
    if (beam->count < WALK_BEAM)
        beam->at[beam->count++] = *path;
    else if (path->cost_centi < beam->at[worst].cost_centi)
        beam->at[worst] = *path;
}

struct gap {
    uint32_t cost;
    uint32_t disguises;
    uint8_t kinds;
    uint32_t units;
    uint32_t fillers;
};

static void gap_add(struct gap *gap, uint8_t kind, uint32_t disguise, uint32_t first, uint32_t more)
{
    gap->cost += gap->kinds & kind ? more : first;
    gap->kinds |= kind;
    gap->disguises |= disguise;
}

/* Takes unit v into the gap; false if no gap may hold it. */
static bool gap_take(const struct walk *w, struct gap *gap, uint32_t v, uint32_t last)
{
    if (++gap->units > MATCH_GAP_UNITS_MAX)
        return false;
    const bool repeat = w->view->code[v] == w->view->code[last];
    switch ((enum unit_kind)w->view->kind[v]) {
    case UNIT_SPACE:
        gap_add(gap, GAP_SPACE, WARD_DISGUISE_SEPARATOR, COST_SPACE, COST_SEPARATOR_MORE);
        return true;
    case UNIT_NEWLINE:
        gap_add(gap, GAP_LINE, WARD_DISGUISE_SEPARATOR, COST_LINE, COST_SEPARATOR_MORE);
        return true;
    case UNIT_MARK:
        gap_add(gap, GAP_MARK, WARD_DISGUISE_SEPARATOR, COST_MARK, COST_SEPARATOR);
        return true;
    case UNIT_SYMBOL:
    case UNIT_INVALID:
        gap_add(gap, GAP_SYMBOL, WARD_DISGUISE_SEPARATOR, COST_SEPARATOR, COST_SEPARATOR_MORE);
        return true;
    case UNIT_EMOJI:
        gap_add(gap, GAP_EMOJI, WARD_DISGUISE_FILLER, COST_EMOJI_BETWEEN, COST_SEPARATOR_MORE);
        return true;
    case UNIT_LETTER:
    case UNIT_DIGIT:
        if (repeat) {
            gap_add(gap, GAP_REPEAT, WARD_DISGUISE_REPEAT, COST_REPEAT, COST_REPEAT_MORE);
            return true;
        }
        if (w->pattern->letter || ++gap->fillers > MATCH_GAP_FILLERS_MAX)
            return false;
        gap_add(gap, GAP_FILLER, WARD_DISGUISE_FILLER, COST_FILLER, COST_FILLER);
        return true;
    case UNIT_HAN:
    case UNIT_OTHER:
        if (!repeat)
            return false;
        gap_add(gap, GAP_REPEAT, WARD_DISGUISE_REPEAT, COST_REPEAT, COST_REPEAT_MORE);
        return true;
    }
    return false;
}

/* A separator that the term itself has there costs nothing; one that is missing costs a little. */
static void gap_settle(struct gap *gap, bool expected)
{
    if (!expected)
        return;
    if (gap->kinds == GAP_SPACE && gap->units == 1) {
        *gap = (struct gap){0};
    } else if (!gap->kinds) {
        gap->cost += COST_SEPARATOR;
        gap->disguises |= WARD_DISGUISE_SEPARATOR;
    }
}

static uint32_t units_invisible(const struct walk_view *view, uint32_t from, uint32_t to)
{
    uint32_t count = 0;
    for (uint32_t i = from; i < to; i++)
        count += (view->fold[i] & WARD_DISGUISE_INVISIBLE) != 0;
    return count;
}

/* The path `from` with the gap before pattern unit p and then the reading. */
static void path_extend(const struct walk *w, const struct walk_path *from, const struct gap *gap,
                        uint32_t p, const struct reading *r)
{
    struct walk_path path = *from;
    struct gap settled = *gap;
    gap_settle(&settled, p && w->breaks[p]);
    if (!w->full && (settled.kinds || settled.disguises)) /* only the term's own separators */
        return;
    uint32_t cost = (uint32_t)from->cost_centi + settled.cost + r->cost;
    path.disguises |= settled.disguises | r->disguises;
    if (p) {
        const uint32_t invisible = units_invisible(w->view, from->last, r->begin);
        cost += invisible * COST_INVISIBLE;
        path.disguises |= invisible ? WARD_DISGUISE_INVISIBLE : 0u;
    }
    if (cost > w->limit || (path.disguises & ~w->matcher->disguises))
        return;
    path.cost_centi = (uint16_t)cost;
    path.gaps |= settled.kinds;
    if (settled.kinds & ~(uint32_t)GAP_REPEAT) {
        path.gap_count++;
        path.first_gap = path.first_gap ? path.first_gap : (uint8_t)p;
    }
    if (settled.kinds & (GAP_SPACE | GAP_LINE | GAP_MARK))
        path.wide_gaps++;
    path.next = r->end;
    path.last = r->last;
    path.look = (uint8_t)(path.look + r->look);
    path.sound = (uint8_t)(path.sound + r->sound);
    path.numeral = (uint8_t)(path.numeral + r->numeral);
    path.split = (uint8_t)(path.split + r->split);
    path.said = (uint8_t)(path.said + r->said);
    path.near = (uint8_t)(path.near + r->near);
    path.spelled = (uint8_t)(path.spelled + r->spelled);
    path.initial = (uint8_t)(path.initial + r->initial);
    path.shape = (uint8_t)(path.shape + r->shape);
    path.last_changed = !r->look;
    path.first_changed = p ? from->first_changed : !r->look;
    beam_add(&w->scratch->beams[p + r->count], &path);
}

/* Every reading of pattern unit p at unit v. */
static void path_read(const struct walk *w, const struct walk_path *from, const struct gap *gap,
                      uint32_t p, uint32_t v)
{
    struct reading readings[READINGS_MAX];
    w->scratch->steps++;
    const uint32_t count = readings_at(w, p, v, readings);
    for (uint32_t i = 0; i < count; i++)
        path_extend(w, from, gap, p, &readings[i]);
}

/* All ways on from `from` to pattern unit p: at once, or across a gap. */
static void path_advance(const struct walk *w, const struct walk_path *from, uint32_t p)
{
    struct gap gap = {0};
    for (uint32_t v = from->next; v < w->view->count; v++) {
        path_read(w, from, &gap, p, v);
        if (!w->gaps_allowed || !gap_take(w, &gap, v, from->last))
            return;
        if (from->cost_centi + gap.cost > w->limit)
            return;
    }
}

/* Words of letters: a space inside one counts only if every gap has one ("b a b y"). */
static bool gaps_fit(const struct walk *w, const struct walk_path *path)
{
    if (!path->wide_gaps)
        return true;
    if (w->pattern->letter)
        return path->wide_gaps + 1u == w->pattern->count;
    if (path->gaps & GAP_MARK)
        return w->pattern->count >= 3 && path->wide_gaps + 1u == w->pattern->count;
    return true;
}

static bool has_breaks(const struct matcher *matcher, const struct pattern *pattern)
{
    return memchr(matcher->breaks + pattern->at, 1, pattern->count) != NULL;
}

bool walk_pattern(const struct matcher *matcher, const struct pattern *pattern,
                  const struct walk_view *view, uint32_t start, struct walk_scratch *scratch,
                  struct walk_path *best)
{
    assert(pattern->count && start < view->count);
    const enum term_mode mode = (enum term_mode)matcher->terms[pattern->term].mode;
    const struct walk w = {
        .matcher = matcher,
        .pattern = pattern,
        .view = view,
        .scratch = scratch,
        .codes = matcher->codes + pattern->at,
        .breaks = matcher->breaks + pattern->at,
        .gaps_allowed = pattern->count > 1 && (mode == TERM_FULL || has_breaks(matcher, pattern)),
        .full = mode == TERM_FULL,
        .limit = walk_limit(matcher->cost_limit_centi, MATCH_COST_PER_UNIT, pattern->count),
    };
    for (uint32_t p = 0; p <= pattern->count; p++)
        scratch->beams[p].count = 0;
    scratch->steps = 0;
    const struct walk_path origin = {.next = start, .last = start};
    const struct gap none = {0};
    path_read(&w, &origin, &none, 0, start);
    for (uint32_t p = 1; p < pattern->count; p++)
        for (uint32_t i = 0; i < scratch->beams[p].count; i++)
            path_advance(&w, &scratch->beams[p].at[i], p);
    const struct walk_beam *ends = &scratch->beams[pattern->count];
    bool found = false;
    for (uint32_t i = 0; i < ends->count; i++) {
        const struct walk_path *path = &ends->at[i];
        if (!gaps_fit(&w, path))
            continue;
        if (!found || path->cost_centi < best->cost_centi ||
            (path->cost_centi == best->cost_centi && path->next < best->next)) {
            *best = *path;
            found = true;
        }
    }
    return found;
}
