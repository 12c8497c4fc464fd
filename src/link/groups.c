/**
 * A sum of few, bounded parts through a logistic; each part is named below.
 */
#include "link/groups.h"

#include <math.h>

/* Log-odds of an average group before anything is known of it. */
#define GROUP_PRIOR (-2.6)
/* Each further trader adds less: 1, 0.7, 0.5 ... of this; about four say it all. */
#define GROUP_TRADER 2.0
#define GROUP_TRADER_FALL 0.7
/* A trader known from elsewhere, here without a flagged word. */
#define GROUP_KNOWN 0.55
/* Chance flags of those on no person, at most. */
#define GROUP_CHANCE 0.3
/* Both sides meet, or a broker works here. */
#define GROUP_SIDES 0.7
#define GROUP_AGENT 0.5
/* Part of the messages that is flagged: a twentieth and more gives all of it. */
#define GROUP_SHARE 1.0
#define GROUP_SHARE_FULL 0.05
/* The name of the group was flagged by itself. */
#define GROUP_NAME 1.0
/* Two ties of different kind, of two pairs of accounts, to one group where the trade is known. */
#define GROUP_ECHO 0.8

/* Running sums for one group. */
struct tally {
    double traders; /* falling sum */
    double step;    /* what the next one counts */
    double chance;
    uint32_t known;
    bool name_is_flagged;
};

static void count_trader(struct tally *tally, double belief)
{
    tally->traders += belief * tally->step;
    tally->step *= GROUP_TRADER_FALL;
}

/* What groups are judged on. */
struct viewing {
    const struct scene *scene;
    const struct people *people;
    const struct profiles *profiles;
    uint32_t
        *last; /* by person, twice: the last group counted + 1, with flagged words and at all */
};

/* Adds the people of one group. */
static void tally_group(struct tally *tally, struct group_view *view, const struct viewing *v,
                        uint32_t group)
{
    const struct census *census = v->scene->census;
    const struct people *people = v->people;
    const struct profiles *profiles = v->profiles;
    uint32_t *last = v->last;
    const uint32_t begin = census->group_begin[group], end = census->group_begin[group + 1];
    for (uint32_t i = begin; i < end; i++) {
        const uint32_t rank = census->group_events[i];
        const bool is_flagged = census_is_flagged(census, rank);
        view->flagged += is_flagged;
        tally->name_is_flagged |= is_flagged && census->events[rank]->kind == WARD_KIND_GROUP_NAME;
        const uint32_t account = census->account[rank];
        if (account == CENSUS_NONE || !is_flagged)
            continue;
        const uint32_t person = people->of[account];
        if (person == CENSUS_NONE) {
            tally->chance += 0.2 * v->scene->standing[account].probability;
        } else if (last[person * 2] != group + 1) {
            last[person * 2] = last[person * 2 + 1] = group + 1;
            view->people[profiles->of[person].role]++;
            view->people_count++;
            count_trader(tally, profiles->of[person].probability);
        }
    }
    for (uint32_t i = begin; i < end; i++) {
        const uint32_t account = census->account[census->group_events[i]];
        const uint32_t person = account == CENSUS_NONE ? CENSUS_NONE : people->of[account];
        if (person == CENSUS_NONE || last[person * 2 + 1] == group + 1)
            continue;
        last[person * 2 + 1] = group + 1;
        tally->known++;
        count_trader(tally, GROUP_KNOWN * profiles->of[person].probability);
    }
}

static double score_of(const struct tally *tally, const struct group_view *view, uint64_t messages)
{
    double sum = GROUP_PRIOR + GROUP_TRADER * tally->traders;
    sum += tally->chance < GROUP_CHANCE ? tally->chance : GROUP_CHANCE;
    if (view->people[WARD_ROLE_OFFER] && view->people[WARD_ROLE_SEEK])
        sum += GROUP_SIDES;
    if (view->people[WARD_ROLE_AGENT])
        sum += GROUP_AGENT;
    if (view->people_count && messages) {
        const double share = (double)view->flagged / (double)messages / GROUP_SHARE_FULL;
        sum += GROUP_SHARE * (share < 1 ? share : 1);
    }
    if (tally->name_is_flagged)
        sum += GROUP_NAME;
    return sum;
}

/* ---- echoes ---------------------------------------------------------------------------------- */

/* First group of an account that is on no person. */
static uint32_t home_of(const struct census *census, uint32_t account)
{
    return census->group[census->account_events[census->account_begin[account]]];
}

struct echo {
    uint32_t other; /* the group it comes from */
    uint32_t a;     /* first account here that echoes */
    uint8_t kinds;
    bool is_full; /* two kinds, two accounts */
};

/* `here` is tied to `there` by account `a` through `kinds`. */
static void hear(struct echo *echo, uint32_t there, uint32_t a, uint8_t kinds)
{
    if (!echo->kinds) {
        *echo = (struct echo){.other = there, .a = a, .kinds = kinds};
    } else if (echo->other == there) {
        if (a != echo->a && (echo->kinds | kinds) != echo->kinds)
            echo->is_full = true;
        echo->kinds |= kinds;
    }
}

/* A group whose accounts share a picture, and others an alias, with one group of the trade. */
static enum ward_status add_echoes(double *sums, const struct scene *scene,
                                   const struct pairs *pairs, struct arena *work)
{
    const struct census *census = scene->census;
    struct echo *echoes = arena_calloc(work, census->group_count + 1u, sizeof *echoes);
    if (!echoes)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->all[i];
        const uint32_t g = home_of(census, pair->a), h = home_of(census, pair->b);
        if (g == CENSUS_NONE || h == CENSUS_NONE || g == h)
            continue;
        if (sums[h] > GROUP_PRIOR + GROUP_KNOWN)
            hear(&echoes[g], h, pair->a, pair->kinds);
        if (sums[g] > GROUP_PRIOR + GROUP_KNOWN)
            hear(&echoes[h], g, pair->b, pair->kinds);
    }
    for (uint32_t g = 0; g < census->group_count; g++)
        if (echoes[g].is_full && (echoes[g].kinds & (1u << THING_PICTURE | 1u << THING_HANDLE)))
            sums[g] += GROUP_ECHO;
    return WARD_OK;
}

enum ward_status groups_view(struct group_view **out, const struct cast *cast, struct arena *work)
{
    *out = NULL;
    const struct scene *scene = cast->scene;
    const struct people *people = cast->people;
    const uint32_t n = scene->census->group_count;
    struct group_view *views = arena_calloc(work, n + 1u, sizeof *views);
    double *sums = arena_calloc(work, n + 1u, sizeof *sums);
    uint32_t *last = arena_calloc(work, (size_t)people->count * 2 + 1, sizeof *last);
    if (!views || !sums || !last)
        return WARD_ERR_NOMEM;
    const struct viewing viewing = {scene, people, cast->profiles, last};
    for (uint32_t g = 0; g < n; g++) {
        struct tally tally = {.step = 1};
        tally_group(&tally, &views[g], &viewing, g);
        sums[g] = score_of(&tally, &views[g], scene->census->group_messages[g]);
        views[g].is_crowd = views[g].people_count > GROUP_CROWD;
    }
    if (add_echoes(sums, scene, cast->pairs, work))
        return WARD_ERR_NOMEM;
    for (uint32_t g = 0; g < n; g++)
        views[g].score = 1 / (1 + exp(-sums[g]));
    *out = views;
    return WARD_OK;
}
