/**
 * Growing, ordering and thinning the hits of one scan.
 *
 * Order of the result: (unit_begin, unit_end, term, cost). Of overlapping hits of one term the
 * cheaper wins; hits as written are always kept. Hits inside an innocent phrase are dropped, and
 * the phrases themselves are not reported.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "match/scan.h"

/* An innocent phrase that was itself heavily disguised excuses nothing. */
#define ALLOW_COST_MAX 40u

void matcher_hits_init(struct matcher_hits *hits)
{
    *hits = (struct matcher_hits){0};
}

void matcher_hits_release(struct matcher_hits *hits)
{
    free(hits->at);
    matcher_hits_init(hits);
}

void hits_push(struct scan *scan, const struct matcher_hit *hit)
{
    struct matcher_hits *hits = scan->hits;
    if (hits->count == hits->capacity) {
        const uint32_t capacity = hits->capacity ? hits->capacity * 2 : 32;
        struct matcher_hit *at = realloc(hits->at, capacity * sizeof(*at));
        if (!at) {
            scan->status = WARD_ERR_NOMEM;
            return;
        }
        hits->at = at;
        hits->capacity = capacity;
    }
    hits->at[hits->count++] = *hit;
}

static int compare_u32(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* By term, then place, then cost: overlapping hits of a term are near each other. */
static int term_order(const void *a, const void *b)
{
    const struct matcher_hit *x = a;
    const struct matcher_hit *y = b;
    int order = compare_u32(x->term, y->term);
    if (!order)
        order = compare_u32(x->begin, y->begin);
    if (!order)
        order = compare_u32(x->end, y->end);
    if (!order)
        order = compare_u32(x->cost_centi, y->cost_centi);
    return order ? order : compare_u32(x->support, y->support);
}

static int place_order(const void *a, const void *b)
{
    const struct matcher_hit *x = a;
    const struct matcher_hit *y = b;
    int order = compare_u32(x->unit_begin, y->unit_begin);
    if (!order)
        order = compare_u32(x->unit_end, y->unit_end);
    if (!order)
        order = compare_u32(x->begin, y->begin);
    if (!order)
        order = compare_u32(x->end, y->end);
    return order ? order : compare_u32(x->term, y->term);
}

static void sort_hits(struct matcher_hits *hits, int (*order)(const void *, const void *))
{
    if (hits->count > 1)
        qsort(hits->at, hits->count, sizeof(hits->at[0]), order);
}

static void merge_equal(struct matcher_hits *hits)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < hits->count; i++) {
        const struct matcher_hit *hit = &hits->at[i];
        const struct matcher_hit *last = kept ? &hits->at[kept - 1] : NULL;
        if (last && last->term == hit->term && last->begin == hit->begin && last->end == hit->end)
            continue;
        hits->at[kept++] = *hit;
    }
    hits->count = kept;
}

/* True if `b` is the better of two overlapping hits of one term. */
static bool is_better(const struct matcher_hit *b, const struct matcher_hit *a)
{
    if (b->cost_centi != a->cost_centi)
        return b->cost_centi < a->cost_centi;
    return b->end - b->begin < a->end - a->begin;
}

/* Marks (term = UINT32_MAX) hits that a better overlapping hit of the same term makes idle. */
static void drop_dominated(struct matcher_hits *hits)
{
    uint32_t back = 0; /* first hit of the term that may still reach the present one */
    uint32_t kept = 0;
    for (uint32_t i = 0; i < hits->count; i++) {
        struct matcher_hit hit = hits->at[i];
        if (kept == 0 || hits->at[kept - 1].term != hit.term)
            back = kept;
        while (back < kept && hits->at[back].end <= hit.begin)
            back++;
        bool idle = false;
        for (uint32_t k = back; k < kept && hit.cost_centi && !idle; k++)
            idle = hits->at[k].end > hit.begin && !is_better(&hit, &hits->at[k]);
        if (idle)
            continue;
        uint32_t top = kept;
        while (top > back && hits->at[top - 1].end > hit.begin && hits->at[top - 1].cost_centi &&
               is_better(&hit, &hits->at[top - 1]))
            top--;
        hits->at[top] = hit;
        kept = top + 1;
    }
    hits->count = kept;
}

static void drop_allowed(const struct matcher *matcher, struct matcher_hits *hits)
{
    uint32_t reach = 0; /* furthest end of an innocent phrase begun so far */
    uint32_t kept = 0;
    uint32_t ahead = 0;
    for (uint32_t i = 0; i < hits->count; i++) {
        const struct matcher_hit hit = hits->at[i];
        for (; ahead < hits->count && hits->at[ahead].begin <= hit.begin; ahead++)
            if (matcher->terms[hits->at[ahead].term].allow &&
                hits->at[ahead].cost_centi <= ALLOW_COST_MAX && hits->at[ahead].end > reach)
                reach = hits->at[ahead].end;
        if (matcher->terms[hit.term].allow || hit.end <= reach)
            continue;
        hits->at[kept++] = hit;
    }
    hits->count = kept;
}

static bool any_allowed(const struct matcher *matcher, const struct matcher_hits *hits)
{
    for (uint32_t i = 0; i < hits->count; i++)
        if (matcher->terms[hits->at[i].term].allow)
            return true;
    return false;
}

void hits_settle(const struct matcher *matcher, struct matcher_hits *hits)
{
    sort_hits(hits, term_order);
    merge_equal(hits);
    drop_dominated(hits);
    sort_hits(hits, place_order);
    if (any_allowed(matcher, hits))
        drop_allowed(matcher, hits);
}
