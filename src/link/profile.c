/**
 * Sums over accounts. A person is as much a trader as any of the accounts shows (noisy-or).
 */
#include "link/profile.h"

#include <stdlib.h>

static int by_number(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void sum_up(struct profile *profile, const struct scene *scene, const struct people *people,
                   uint32_t person)
{
    double doubt = 1, sides[4] = {0};
    for (uint32_t i = people->begin[person]; i < people->begin[person + 1]; i++) {
        const struct standing *s = &scene->standing[people->accounts[i]];
        doubt *= 1 - s->probability;
        profile->weight += s->weight;
        for (int role = 0; role < 4; role++)
            sides[role] += s->share[role] * s->weight;
    }
    const double sum = sides[0] + sides[1] + sides[2] + sides[3];
    for (int role = 0; role < 4; role++)
        profile->share[role] = sum > 0 ? sides[role] / sum : role == WARD_ROLE_NONE;
    profile->probability = 1 - doubt;
    profile->role = standing_role(profile->share);
}

static uint32_t list_events(const struct scene *scene, const struct people *people, uint32_t person,
                            uint32_t *out)
{
    const struct census *census = scene->census;
    uint32_t count = 0;
    for (uint32_t i = people->begin[person]; i < people->begin[person + 1]; i++) {
        const uint32_t account = people->accounts[i];
        for (uint32_t k = census->account_begin[account]; k < census->account_begin[account + 1];
             k++)
            if (census_is_flagged(census, census->account_events[k]))
                out[count++] = census->account_events[k];
    }
    if (count)
        qsort(out, count, sizeof *out, by_number);
    return count;
}

/* Distinct groups of the events, ascending. */
static uint32_t list_groups(const struct census *census, const uint32_t *events, uint32_t count,
                            uint32_t *out)
{
    uint32_t groups = 0, distinct = 0;
    for (uint32_t i = 0; i < count; i++)
        if (census->group[events[i]] != CENSUS_NONE)
            out[groups++] = census->group[events[i]];
    if (groups)
        qsort(out, groups, sizeof *out, by_number);
    for (uint32_t i = 0; i < groups; i++)
        if (!i || out[i] != out[i - 1])
            out[distinct++] = out[i];
    return distinct;
}

enum ward_status profiles_take(struct profiles *profiles, const struct scene *scene,
                               const struct people *people, struct arena *work)
{
    const uint32_t events = scene->census->event_count, n = people->count;
    *profiles = (struct profiles){0};
    profiles->of = arena_calloc(work, n + 1u, sizeof *profiles->of);
    profiles->event_begin = arena_calloc(work, n + 1u, sizeof(uint32_t));
    profiles->group_begin = arena_calloc(work, n + 1u, sizeof(uint32_t));
    profiles->events = arena_calloc(work, events + 1u, sizeof(uint32_t));
    profiles->groups = arena_calloc(work, events + 1u, sizeof(uint32_t));
    if (!profiles->of || !profiles->event_begin || !profiles->group_begin || !profiles->events ||
        !profiles->groups)
        return WARD_ERR_NOMEM;
    for (uint32_t p = 0; p < n; p++) {
        uint32_t *own = profiles->events + profiles->event_begin[p];
        sum_up(&profiles->of[p], scene, people, p);
        const uint32_t count = list_events(scene, people, p, own);
        profiles->event_begin[p + 1] = profiles->event_begin[p] + count;
        profiles->group_begin[p + 1] =
            profiles->group_begin[p] +
            list_groups(scene->census, own, count, profiles->groups + profiles->group_begin[p]);
    }
    return WARD_OK;
}
