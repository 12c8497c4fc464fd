/**
 * Components under adding and taking back: union by relabelling the smaller side, rebuilding one
 * component on removal. Relabelling costs O(n log n) over any run of additions, and keeps the ring
 * of members, which is what a rebuild needs; a disjoint-set forest would not say who is in a set.
 */
#include "link/graph.h"

#include <assert.h>
#include <stdlib.h>

enum ward_status graph_init(struct graph *graph, uint32_t node_count)
{
    *graph = (struct graph){.node_count = node_count};
    if (!node_count)
        return WARD_OK;
    uint32_t *all = malloc((size_t)node_count * 5 * sizeof *all);
    if (!all)
        return WARD_ERR_NOMEM;
    graph->root = all;
    graph->next = all + node_count;
    graph->size = all + (size_t)node_count * 2;
    graph->least = all + (size_t)node_count * 3;
    graph->head = all + (size_t)node_count * 4;
    for (uint32_t i = 0; i < node_count; i++) {
        graph->root[i] = graph->next[i] = graph->least[i] = i;
        graph->size[i] = 1;
        graph->head[i] = GRAPH_NONE;
    }
    return WARD_OK;
}

void graph_release(struct graph *graph)
{
    free(graph->root);
    free(graph->edges);
    free(graph->arc_next);
    *graph = (struct graph){0};
}

/* Joins the components of a and b. */
static void join(struct graph *graph, uint32_t a, uint32_t b)
{
    uint32_t large = graph->root[a], small = graph->root[b];
    if (large == small)
        return;
    if (graph->size[large] < graph->size[small]) {
        const uint32_t swap = large;
        large = small;
        small = swap;
    }
    uint32_t at = small;
    do {
        graph->root[at] = large;
        at = graph->next[at];
    } while (at != small);
    const uint32_t behind = graph->next[large];
    graph->next[large] = graph->next[small];
    graph->next[small] = behind;
    graph->size[large] += graph->size[small];
    if (graph->least[small] < graph->least[large])
        graph->least[large] = graph->least[small];
}

static enum ward_status grow(struct graph *graph)
{
    if (graph->edge_count < graph->edge_capacity)
        return WARD_OK;
    const uint32_t capacity = graph->edge_capacity ? graph->edge_capacity * 2 : 64;
    if (capacity > UINT32_MAX / 4)
        return WARD_ERR_NOMEM;
    struct graph_edge *edges = realloc(graph->edges, capacity * sizeof *edges);
    if (!edges)
        return WARD_ERR_NOMEM;
    graph->edges = edges;
    uint32_t *arcs = realloc(graph->arc_next, (size_t)capacity * 2 * sizeof *arcs);
    if (!arcs)
        return WARD_ERR_NOMEM;
    graph->arc_next = arcs;
    graph->edge_capacity = capacity;
    return WARD_OK;
}

enum ward_status graph_add(struct graph *graph, uint32_t a, uint32_t b, double weight,
                           uint32_t *edge)
{
    assert(a < graph->node_count && b < graph->node_count);
    if (edge)
        *edge = GRAPH_NONE;
    const enum ward_status status = grow(graph);
    if (status)
        return status;
    const uint32_t number = graph->edge_count++;
    graph->edges[number] = (struct graph_edge){.a = a, .b = b, .weight = weight, .is_live = true};
    graph->arc_next[number * 2] = graph->head[a];
    graph->head[a] = number * 2;
    graph->arc_next[number * 2 + 1] = graph->head[b];
    graph->head[b] = number * 2 + 1;
    join(graph, a, b);
    if (edge)
        *edge = number;
    return WARD_OK;
}

/* Sets every member of the component of `start` free, and joins it to those set free before it that
 * it still has an edge to. */
static void rebuild(struct graph *graph, uint32_t start)
{
    /* Pass one marks each member, so that pass two can tell which of them it has set free. */
    uint32_t at = start;
    do {
        graph->root[at] = GRAPH_NONE;
        at = graph->next[at];
    } while (at != start);
    do {
        const uint32_t following = graph->next[at];
        graph->root[at] = graph->next[at] = graph->least[at] = at;
        graph->size[at] = 1;
        for (uint32_t arc = graph->head[at]; arc != GRAPH_NONE; arc = graph->arc_next[arc]) {
            const struct graph_edge *edge = &graph->edges[arc / 2];
            const uint32_t other = arc % 2 ? edge->a : edge->b;
            if (edge->is_live && graph->root[other] != GRAPH_NONE)
                join(graph, at, other);
        }
        at = following;
    } while (at != start);
}

void graph_take_back(struct graph *graph, uint32_t edge)
{
    assert(edge < graph->edge_count);
    if (!graph->edges[edge].is_live)
        return;
    graph->edges[edge].is_live = false;
    rebuild(graph, graph->edges[edge].a);
}

/* Arc by which each node was reached from a; false if b was not. */
static bool search(const struct graph *graph, uint32_t a, uint32_t b, uint32_t *reached,
                   uint32_t *queue)
{
    for (uint32_t at = a;;) {
        reached[at] = GRAPH_NONE;
        at = graph->next[at];
        if (at == a)
            break;
    }
    uint32_t begin = 0, end = 0;
    queue[end++] = a;
    while (begin < end) {
        const uint32_t at = queue[begin++];
        if (at == b)
            return true;
        for (uint32_t arc = graph->head[at]; arc != GRAPH_NONE; arc = graph->arc_next[arc]) {
            const struct graph_edge *edge = &graph->edges[arc / 2];
            const uint32_t other = arc % 2 ? edge->a : edge->b;
            if (!edge->is_live || other == a || reached[other] != GRAPH_NONE)
                continue;
            reached[other] = arc;
            queue[end++] = other;
        }
    }
    return false;
}

uint32_t graph_part(struct graph *graph, uint32_t a, uint32_t b, enum ward_status *status)
{
    *status = WARD_OK;
    if (a == b || !graph_is_joined(graph, a, b))
        return 0;
    const size_t count = graph->node_count;
    uint32_t *space = malloc(count * 2 * sizeof *space);
    if (!space) {
        *status = WARD_ERR_NOMEM;
        return 0;
    }
    uint32_t parted = 0;
    while (graph_is_joined(graph, a, b) && search(graph, a, b, space, space + count)) {
        uint32_t lightest = GRAPH_NONE;
        for (uint32_t at = b; at != a;) {
            const uint32_t arc = space[at];
            const struct graph_edge *edge = &graph->edges[arc / 2];
            if (lightest == GRAPH_NONE || edge->weight < graph->edges[lightest].weight ||
                (edge->weight <= graph->edges[lightest].weight && arc / 2 > lightest))
                lightest = arc / 2;
            at = arc % 2 ? edge->b : edge->a;
        }
        graph_take_back(graph, lightest);
        parted++;
    }
    free(space);
    return parted;
}
