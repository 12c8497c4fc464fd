/**
 * See community.h. Levels are built as networks of their own in the arena.
 */
#include "link/community.h"

#include <stdlib.h>

#define LEVELS_MAX 8
#define PASSES_MAX 16

/* One level: its network, and which part each of its nodes is in. */
struct level {
    struct network net;
    const double *inside; /* by node: weight of edges within it, both directions */
    uint32_t *part;
    double *part_strength;
    uint32_t *part_people;
    double *towards; /* scratch by part: weight from the node in hand */
    uint32_t *touched;
    double all; /* sum of strengths */
};

static double strength_of(const struct level *level, uint32_t node)
{
    double sum = level->inside[node];
    for (uint32_t arc = level->net.begin[node]; arc < level->net.begin[node + 1]; arc++)
        sum += level->net.weight[arc];
    return sum;
}

static enum ward_status level_start(struct level *level, struct arena *work)
{
    const uint32_t n = level->net.node_count;
    level->part = arena_calloc(work, n + 1u, sizeof *level->part);
    level->part_strength = arena_calloc(work, n + 1u, sizeof(double));
    level->part_people = arena_calloc(work, n + 1u, sizeof(uint32_t));
    level->towards = arena_calloc(work, n + 1u, sizeof(double));
    level->touched = arena_calloc(work, n + 1u, sizeof(uint32_t));
    if (!level->part || !level->part_strength || !level->part_people || !level->towards ||
        !level->touched)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        level->part[i] = i;
        level->part_strength[i] = strength_of(level, i);
        level->part_people[i] = level->net.people[i];
        level->all += level->part_strength[i];
    }
    return WARD_OK;
}

/* Moves one node to where it gains most; true if it moved. */
static bool move(struct level *level, uint32_t node, uint32_t people_max)
{
    const double own = strength_of(level, node);
    const uint32_t from = level->part[node];
    uint32_t touched = 0;
    for (uint32_t arc = level->net.begin[node]; arc < level->net.begin[node + 1]; arc++) {
        const uint32_t part = level->part[level->net.other[arc]];
        if (level->towards[part] <= 0)
            level->touched[touched++] = part;
        level->towards[part] += level->net.weight[arc];
    }
    level->part_strength[from] -= own;
    level->part_people[from] -= level->net.people[node];
    uint32_t best = from;
    double most = level->towards[from] - own * level->part_strength[from] / level->all;
    for (uint32_t i = 0; i < touched; i++) {
        const uint32_t part = level->touched[i];
        const double gain = level->towards[part] - own * level->part_strength[part] / level->all;
        if (level->part_people[part] + level->net.people[node] > people_max)
            continue;
        if (gain > most + 1e-9 || (gain > most - 1e-9 && best != from && part < best)) {
            best = part;
            most = gain;
        }
    }
    for (uint32_t i = 0; i < touched; i++)
        level->towards[level->touched[i]] = 0;
    level->part[node] = best;
    level->part_strength[best] += own;
    level->part_people[best] += level->net.people[node];
    return best != from;
}

static bool settle(struct level *level, uint32_t people_max)
{
    bool any = false;
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        uint32_t moved = 0;
        for (uint32_t i = 0; i < level->net.node_count; i++)
            moved += move(level, i, people_max);
        if (!moved)
            break;
        any = true;
    }
    return any;
}

/* ---- parts become nodes ---------------------------------------------------------------------- */

struct arc {
    uint32_t from, to;
    double weight;
};

static int by_ends(const void *left, const void *right)
{
    const struct arc *x = left, *y = right;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return (x->weight > y->weight) - (x->weight < y->weight);
}

/* Numbers the parts 0.. in order of their least node; returns how many. */
static uint32_t renumber(struct level *level)
{
    uint32_t count = 0;
    const uint32_t n = level->net.node_count;
    for (uint32_t i = 0; i < n; i++)
        level->touched[i] = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) {
        if (level->touched[level->part[i]] == UINT32_MAX)
            level->touched[level->part[i]] = count++;
        level->part[i] = level->touched[level->part[i]];
    }
    return count;
}

static uint32_t list_arcs(const struct level *level, struct arc *arcs, double *inside)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < level->net.node_count; i++) {
        inside[level->part[i]] += level->inside[i];
        for (uint32_t arc = level->net.begin[i]; arc < level->net.begin[i + 1]; arc++) {
            const uint32_t to = level->part[level->net.other[arc]];
            if (to == level->part[i])
                inside[to] += level->net.weight[arc];
            else
                arcs[count++] = (struct arc){level->part[i], to, level->net.weight[arc]};
        }
    }
    if (count)
        qsort(arcs, count, sizeof *arcs, by_ends);
    return count;
}

static enum ward_status coarsen(struct level *next, struct level *level, struct arena *work)
{
    const uint32_t n = renumber(level), arc_count = level->net.begin[level->net.node_count];
    uint32_t *begin = arena_calloc(work, n + 2u, sizeof *begin);
    uint32_t *other = arena_calloc(work, arc_count + 1u, sizeof *other);
    uint32_t *people = arena_calloc(work, n + 1u, sizeof *people);
    double *weight = arena_calloc(work, arc_count + 1u, sizeof *weight);
    double *inside = arena_calloc(work, n + 1u, sizeof *inside);
    struct arc *arcs = arena_calloc(work, arc_count + 1u, sizeof *arcs);
    if (!begin || !other || !people || !weight || !inside || !arcs)
        return WARD_ERR_NOMEM;
    const uint32_t listed = list_arcs(level, arcs, inside);
    uint32_t count = 0;
    for (uint32_t i = 0; i < listed; i++) {
        if (i && arcs[i].from == arcs[i - 1].from && arcs[i].to == arcs[i - 1].to) {
            weight[count - 1] += arcs[i].weight;
            continue;
        }
        other[count] = arcs[i].to;
        weight[count++] = arcs[i].weight;
        begin[arcs[i].from + 1] = count;
    }
    for (uint32_t i = 1; i <= n; i++)
        if (begin[i] < begin[i - 1])
            begin[i] = begin[i - 1];
    for (uint32_t i = 0; i < level->net.node_count; i++)
        people[level->part[i]] += level->net.people[i];
    *next = (struct level){.net = {.node_count = n,
                                   .begin = begin,
                                   .other = other,
                                   .weight = weight,
                                   .people = people},
                           .inside = inside};
    return WARD_OK;
}

/* Labels become the least node of each connected part of what bears one label. */
static enum ward_status divide(const struct network *net, uint32_t *label, struct arena *work)
{
    uint32_t *found = arena_calloc(work, net->node_count + 1u, sizeof *found);
    uint32_t *queue = arena_calloc(work, net->node_count + 1u, sizeof *queue);
    if (!found || !queue)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < net->node_count; i++)
        found[i] = UINT32_MAX;
    for (uint32_t i = 0; i < net->node_count; i++) {
        if (found[i] != UINT32_MAX)
            continue;
        uint32_t begin = 0, end = 0;
        queue[end++] = i;
        found[i] = i;
        while (begin < end) {
            const uint32_t at = queue[begin++];
            for (uint32_t arc = net->begin[at]; arc < net->begin[at + 1]; arc++) {
                const uint32_t to = net->other[arc];
                if (found[to] != UINT32_MAX || label[to] != label[i])
                    continue;
                found[to] = i;
                queue[end++] = to;
            }
        }
    }
    for (uint32_t i = 0; i < net->node_count; i++)
        label[i] = found[i];
    return WARD_OK;
}

enum ward_status community_split(const struct network *network, uint32_t people_max,
                                 uint32_t *label, struct arena *work)
{
    const uint32_t n = network->node_count;
    struct level level = {.net = *network};
    level.inside = arena_calloc(work, n + 1u, sizeof(double));
    if (!level.inside)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < n; i++)
        label[i] = i;
    for (int round = 0; round < LEVELS_MAX; round++) {
        struct level next;
        if (level_start(&level, work))
            return WARD_ERR_NOMEM;
        if (level.all <= 0 || !settle(&level, people_max))
            break;
        if (coarsen(&next, &level, work))
            return WARD_ERR_NOMEM;
        for (uint32_t i = 0; i < n; i++)
            label[i] = level.part[label[i]];
        level = next;
    }
    return divide(network, label, work);
}
