/**
 * Which nodes hang together, kept up to date while edges come and go.
 *
 * Union by size on adding; taking an edge back rebuilds only the component it stood in, from its
 * remaining edges, so the components are always those of the edges now in the graph, whatever the
 * order in which they came: any sequence of adding and taking back equals a full rebuild.
 *
 * Invariants: the members of a component form a ring (`next`); graph_component() names a component
 * by its least node, so that names do not depend on history either.
 */
#ifndef WARD_LINK_GRAPH_H
#define WARD_LINK_GRAPH_H

#include "ward/ward.h"

#define GRAPH_NONE UINT32_MAX

struct graph_edge {
    uint32_t a, b;
    double weight;
    bool is_live; /**< false: taken back */
};

struct graph {
    uint32_t node_count;
    uint32_t *root;  /**< per node: some node of its component, the same for all of them */
    uint32_t *next;  /**< per node: the next one of its component, in a ring */
    uint32_t *size;  /**< per root: nodes of the component */
    uint32_t *least; /**< per root: the least node of the component */
    uint32_t *head;  /**< per node: its first arc (edge * 2 + side), GRAPH_NONE */
    struct graph_edge *edges;
    uint32_t *arc_next; /**< two per edge */
    uint32_t edge_count, edge_capacity;
};

/** `node_count` nodes, no edges. WARD_ERR_NOMEM leaves it released. */
enum ward_status graph_init(struct graph *graph, uint32_t node_count) WARD_MUST_USE;
void graph_release(struct graph *graph);

/**
 * Adds an edge; parallel edges are allowed, a loop joins nothing. `*edge` (NULL allowed) is its
 * number. WARD_ERR_NOMEM: unchanged. Cost: O(size of the smaller component).
 */
enum ward_status graph_add(struct graph *graph, uint32_t a, uint32_t b, double weight,
                           uint32_t *edge) WARD_MUST_USE;
/** Takes an edge back; twice is allowed. Cost: O(nodes and edges of its component). */
void graph_take_back(struct graph *graph, uint32_t edge);
/**
 * Takes back the lightest edge (the later one of equals) on a path between `a` and `b` until none
 * is left; returns how many. WARD_ERR_NOMEM through `*status`. Cost: O(component) an edge.
 */
uint32_t graph_part(struct graph *graph, uint32_t a, uint32_t b, enum ward_status *status);

static inline bool graph_is_joined(const struct graph *graph, uint32_t a, uint32_t b)
{
    return graph->root[a] == graph->root[b];
}

/** The least node of the component of `node`. */
static inline uint32_t graph_component(const struct graph *graph, uint32_t node)
{
    return graph->least[graph->root[node]];
}

#endif
