/**
 * A sorted list of (group, group, account, account), searched by the two groups.
 */
#include "link/companions.h"

#include <math.h>
#include <stdlib.h>

#include "link/belief.h"

#define GROUPS_MAX 8u
/* A pair ties two groups when its accounts share this much beside an alias. */
#define SHARED_LEAST 0.7
/* Groups of about this many traders give the whole bonus. */
#define GROUP_TRADERS_PLAIN 12.0
/* Companions looked at for one pair of groups. */
#define LOOKED_AT_MAX 64u

/* The first groups an account is in. */
static uint32_t groups_of(const struct census *census, uint32_t account, uint32_t *out)
{
    uint32_t count = 0;
    for (uint32_t i = census->account_begin[account];
         i < census->account_begin[account + 1] && count < GROUPS_MAX; i++) {
        const uint32_t group = census->group[census->account_events[i]];
        uint32_t k = 0;
        while (k < count && out[k] != group)
            k++;
        if (group != CENSUS_NONE && k == count)
            out[count++] = group;
    }
    return count;
}

/* Entries of two accounts, all pairs of their groups; with `out` NULL only counts. */
static uint32_t put(const struct census *census, uint32_t a, uint32_t b, struct companion *out)
{
    uint32_t left[GROUPS_MAX], right[GROUPS_MAX], count = 0;
    const uint32_t m = groups_of(census, a, left), n = groups_of(census, b, right);
    for (uint32_t i = 0; i < m; i++) {
        for (uint32_t k = a == b ? i + 1 : 0; k < n; k++) {
            if (left[i] == right[k])
                continue;
            const bool ascends = left[i] < right[k];
            if (out)
                out[count] = (struct companion){.g = ascends ? left[i] : right[k],
                                                .h = ascends ? right[k] : left[i],
                                                .a = a,
                                                .b = b};
            count++;
        }
    }
    return count;
}

static bool is_companion(const struct scene *scene, const struct pairs *pairs,
                         const struct pair *pair)
{
    double shared = 0;
    for (uint32_t i = pair->first; i < pair->first + pair->count; i++)
        if (pairs->evidence[i].kind != THING_ALIAS)
            shared += pairs->evidence[i].weight;
    return shared >= SHARED_LEAST &&
           (scene->standing[pair->a].is_trader || scene->standing[pair->b].is_trader);
}

static uint32_t fill(const struct scene *scene, const struct pairs *pairs, struct companion *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < pairs->count; i++)
        if (is_companion(scene, pairs, &pairs->all[i]))
            count += put(scene->census, pairs->all[i].a, pairs->all[i].b, out ? out + count : NULL);
    for (uint32_t a = 0; a < scene->census->account_count; a++)
        if (scene->standing[a].is_trader)
            count += put(scene->census, a, a, out ? out + count : NULL);
    return count;
}

static int by_groups(const void *left, const void *right)
{
    const struct companion *x = left, *y = right;
    if (x->g != y->g)
        return x->g < y->g ? -1 : 1;
    if (x->h != y->h)
        return x->h < y->h ? -1 : 1;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

static enum ward_status count_traders(struct companions *companions, const struct scene *scene,
                                      struct arena *work)
{
    const struct census *census = scene->census;
    companions->traders = arena_calloc(work, census->group_count + 1u, sizeof(uint32_t));
    if (!companions->traders)
        return WARD_ERR_NOMEM;
    for (uint32_t a = 0; a < census->account_count; a++) {
        uint32_t groups[GROUPS_MAX];
        const uint32_t count = scene->standing[a].is_trader ? groups_of(census, a, groups) : 0;
        for (uint32_t i = 0; i < count; i++)
            companions->traders[groups[i]]++;
    }
    return WARD_OK;
}

enum ward_status companions_find(struct companions *companions, const struct scene *scene,
                                 const struct pairs *pairs, struct arena *work)
{
    *companions = (struct companions){0};
    const uint32_t count = fill(scene, pairs, NULL);
    companions->all = arena_calloc(work, count + 1u, sizeof *companions->all);
    if (!companions->all)
        return WARD_ERR_NOMEM;
    companions->count = fill(scene, pairs, companions->all);
    if (companions->count)
        qsort(companions->all, companions->count, sizeof *companions->all, by_groups);
    return count_traders(companions, scene, work);
}

/* Index of the first entry of (g, h) or behind it. */
static uint32_t lower_bound(const struct companions *companions, uint32_t g, uint32_t h)
{
    uint32_t low = 0, high = companions->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const struct companion *c = &companions->all[middle];
        if (c->g < g || (c->g == g && c->h < h))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Companions of the two groups that are neither a nor b. */
static uint32_t count_others(const struct companions *companions, uint32_t g, uint32_t h,
                             uint32_t a, uint32_t b)
{
    uint32_t others = 0, at = lower_bound(companions, g < h ? g : h, g < h ? h : g);
    for (uint32_t looked = 0; at < companions->count && looked < LOOKED_AT_MAX; at++, looked++) {
        const struct companion *c = &companions->all[at];
        if (c->g != (g < h ? g : h) || c->h != (g < h ? h : g))
            break;
        others += c->a != a && c->a != b && c->b != a && c->b != b;
    }
    return others;
}

double companions_bonus(const struct companions *companions, const struct census *census,
                        uint32_t a, uint32_t b)
{
    uint32_t left[GROUPS_MAX], right[GROUPS_MAX];
    const uint32_t m = groups_of(census, a, left), n = groups_of(census, b, right);
    double best = 0;
    for (uint32_t i = 0; i < m; i++) {
        for (uint32_t k = 0; k < n; k++) {
            if (left[i] == right[k])
                continue;
            const uint32_t others = count_others(companions, left[i], right[k], a, b);
            if (!others)
                continue;
            const double crowd =
                sqrt((double)companions->traders[left[i]] * (double)companions->traders[right[k]]);
            const double whole = others > 1 ? BELIEF_COMPANY_MORE : BELIEF_COMPANY_ONE;
            const double bonus =
                crowd > GROUP_TRADERS_PLAIN ? whole * GROUP_TRADERS_PLAIN / crowd : whole;
            if (bonus > best)
                best = bonus;
        }
    }
    return best;
}
