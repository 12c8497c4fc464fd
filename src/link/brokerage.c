/**
 * Brandes' accumulation over unweighted shortest paths, from each person of a case in turn.
 */
#include "link/brokerage.h"

#include <stdlib.h>

/* Storage by node of the whole network; only what a search touched is cleared. */
struct search {
    const struct cases *cases;
    uint32_t person_count;
    uint32_t *distance; /* + 1; 0: not reached */
    double *paths;
    double *owed;
    uint32_t *queue;
};

static bool is_inside(const struct search *s, uint32_t node, uint32_t number)
{
    return node >= s->person_count || s->cases->of[node] == number;
}

static uint32_t spread(struct search *s, uint32_t source, uint32_t number)
{
    const struct network *net = &s->cases->network;
    uint32_t begin = 0, end = 0;
    s->distance[source] = 1;
    s->paths[source] = 1;
    s->queue[end++] = source;
    while (begin < end) {
        const uint32_t at = s->queue[begin++];
        for (uint32_t arc = net->begin[at]; arc < net->begin[at + 1]; arc++) {
            const uint32_t to = net->other[arc];
            if (!is_inside(s, to, number))
                continue;
            if (!s->distance[to]) {
                s->distance[to] = s->distance[at] + 1;
                s->queue[end++] = to;
            }
            if (s->distance[to] == s->distance[at] + 1)
                s->paths[to] += s->paths[at];
        }
    }
    return end;
}

/* Gives each node on the way its part of the pairs (source, anyone). */
static void accumulate(struct search *s, uint32_t source, uint32_t reached, double *out)
{
    const struct network *net = &s->cases->network;
    for (uint32_t i = reached; i-- > 0;) {
        const uint32_t at = s->queue[i];
        const double own = at < s->person_count && at != source ? 1 : 0;
        for (uint32_t arc = net->begin[at]; arc < net->begin[at + 1]; arc++) {
            const uint32_t to = net->other[arc];
            if (s->distance[to] && s->distance[to] + 1 == s->distance[at])
                s->owed[to] += s->paths[to] / s->paths[at] * (own + s->owed[at]);
        }
        if (at < s->person_count && at != source)
            out[at] += s->owed[at];
    }
    for (uint32_t i = 0; i < reached; i++) {
        s->distance[s->queue[i]] = 0;
        s->paths[s->queue[i]] = s->owed[s->queue[i]] = 0;
    }
}

enum ward_status brokerage_measure(double *out, const struct cases *cases, uint32_t person_count,
                                   struct arena *work)
{
    const uint32_t n = cases->network.node_count;
    struct search s = {.cases = cases,
                       .person_count = person_count,
                       .distance = arena_calloc(work, n + 1u, sizeof *s.distance),
                       .paths = arena_calloc(work, n + 1u, sizeof *s.paths),
                       .owed = arena_calloc(work, n + 1u, sizeof *s.owed),
                       .queue = arena_calloc(work, n + 1u, sizeof *s.queue)};
    if (!s.distance || !s.paths || !s.owed || !s.queue)
        return WARD_ERR_NOMEM;
    for (uint32_t c = 0; c < cases->count; c++) {
        const uint32_t begin = cases->begin[c], end = cases->begin[c + 1], size = end - begin;
        if (size < 3 || size > BROKERAGE_PEOPLE_MAX)
            continue;
        for (uint32_t i = begin; i < end; i++)
            accumulate(&s, cases->people[i], spread(&s, cases->people[i], c), out);
        for (uint32_t i = begin; i < end; i++)
            out[cases->people[i]] /= (size - 1.0) * (size - 2.0);
    }
    return WARD_OK;
}
