#include "evidence/network.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"

#define NO_NODE UINT32_MAX

/* ---- nodes ----------------------------------------------------------------------------------- */

struct weighed {
    double weight;
    uint32_t index;
};

static int by_weight(const void *a, const void *b)
{
    const struct weighed *x = a;
    const struct weighed *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* People first, then groups: two thirds of the paper are for people. */
static size_t take(struct network *net, struct weighed *list, size_t count, size_t max,
                   bool is_group)
{
    qsort(list, count, sizeof *list, by_weight);
    const size_t taken = count < max ? count : max;
    for (size_t i = 0; i < taken; i++)
        net->nodes[net->node_count++] =
            (struct network_node){.index = list[i].index, .is_group = is_group};
    return count - taken;
}

static enum ward_status choose_nodes(const struct link *link, struct network *net)
{
    const size_t most =
        link->person_count > link->group_count ? link->person_count : link->group_count;
    struct weighed *list = calloc(most + 1, sizeof *list);
    if (!list)
        return WARD_ERR_NOMEM;
    for (size_t i = 0; i < link->person_count; i++)
        list[i] = (struct weighed){
            (double)link->people[i].event_count + 100.0 * link->people[i].brokerage, (uint32_t)i};
    net->people_left_out = take(net, list, link->person_count, EVIDENCE_NODES_MAX * 2 / 3, false);
    for (size_t i = 0; i < link->group_count; i++)
        list[i] = (struct weighed){(double)link->groups[i].flagged, (uint32_t)i};
    net->groups_left_out =
        take(net, list, link->group_count, EVIDENCE_NODES_MAX - net->node_count, true);
    free(list);
    return WARD_OK;
}

static uint32_t node_of(const struct network *net, bool is_group, uint32_t index)
{
    for (uint32_t i = 0; i < net->node_count; i++)
        if (net->nodes[i].is_group == is_group && net->nodes[i].index == index)
            return i;
    return NO_NODE;
}

/* ---- edges ----------------------------------------------------------------------------------- */

struct owner {
    struct ward_str account;
    uint32_t person;
};

static int by_account(const void *a, const void *b)
{
    return str_compare(((const struct owner *)a)->account, ((const struct owner *)b)->account);
}

struct edges {
    struct network_edge *list;
    size_t count;
    const struct owner *owners;
    size_t owner_count;
};

static uint32_t person_of(const struct edges *edges, struct ward_str account)
{
    const struct owner wanted = {account, 0};
    const struct owner *found =
        edges->owner_count
            ? bsearch(&wanted, edges->owners, edges->owner_count, sizeof wanted, by_account)
            : NULL;
    return found ? found->person : NO_NODE;
}

static int by_ends(const void *a, const void *b)
{
    const struct network_edge *x = a;
    const struct network_edge *y = b;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

static int by_edge_weight(const void *a, const void *b)
{
    const struct network_edge *x = a;
    const struct network_edge *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return by_ends(a, b);
}

static void list_ties(const struct link *link, const struct network *net, struct edges *edges)
{
    for (size_t i = 0; i < link->tie_count; i++) {
        const struct link_tie *tie = &link->ties[i];
        const uint32_t a = person_of(edges, tie->a);
        const uint32_t b = person_of(edges, tie->b);
        if (a == NO_NODE || b == NO_NODE || a == b || tie->kind == LINK_TIE_GROUP)
            continue; /* groups stand in the picture themselves */
        const uint32_t x = node_of(net, false, a);
        const uint32_t y = node_of(net, false, b);
        if (x == NO_NODE || y == NO_NODE)
            continue;
        edges->list[edges->count++] = (struct network_edge){
            x < y ? x : y, x < y ? y : x, tie->weight > 0.01 ? tie->weight : 0.01, 1u << tie->kind};
    }
}

static void list_memberships(const struct link *link, const struct network *net,
                             struct edges *edges)
{
    for (uint32_t n = 0; n < net->node_count; n++) {
        if (net->nodes[n].is_group)
            continue;
        const struct link_person *person = &link->people[net->nodes[n].index];
        for (size_t i = 0; i < person->group_count; i++) {
            const uint32_t group = node_of(net, true, person->groups[i]);
            if (group != NO_NODE)
                edges->list[edges->count++] = (struct network_edge){n, group, 1.0, 0};
        }
    }
}

/* Ties of the same two people become one line. */
static void join_edges(struct edges *edges)
{
    size_t kept = 0;
    qsort(edges->list, edges->count, sizeof *edges->list, by_ends);
    for (size_t i = 0; i < edges->count; i++) {
        struct network_edge *last = kept ? &edges->list[kept - 1] : NULL;
        if (last && last->a == edges->list[i].a && last->b == edges->list[i].b) {
            last->weight += edges->list[i].weight;
            last->kinds |= edges->list[i].kinds;
        } else {
            edges->list[kept++] = edges->list[i];
        }
    }
    edges->count = kept;
}

static size_t count_owners(const struct link *link)
{
    size_t count = 0;
    for (size_t i = 0; i < link->person_count; i++)
        count += link->people[i].account_count;
    return count;
}

static enum ward_status choose_edges(const struct link *link, struct network *net)
{
    const size_t owner_count = count_owners(link);
    struct owner *owners = calloc(owner_count + 1, sizeof *owners);
    /* A person may name a group of the picture once only, ties come on top. */
    const size_t room = link->tie_count + (size_t)EVIDENCE_NODES_MAX * EVIDENCE_NODES_MAX + 1;
    struct edges edges = {.list = calloc(room, sizeof *edges.list)};
    if (owners && edges.list) {
        for (size_t i = 0; i < link->person_count; i++)
            for (size_t j = 0; j < link->people[i].account_count; j++)
                owners[edges.owner_count++] =
                    (struct owner){link->people[i].accounts[j].key, (uint32_t)i};
        qsort(owners, owner_count, sizeof *owners, by_account);
        edges.owners = owners;
        list_ties(link, net, &edges);
        list_memberships(link, net, &edges);
        join_edges(&edges);
        qsort(edges.list, edges.count, sizeof *edges.list, by_edge_weight);
        net->edge_count = edges.count < EVIDENCE_TIES_MAX ? edges.count : EVIDENCE_TIES_MAX;
        net->edges_left_out = edges.count - net->edge_count;
        for (size_t i = 0; i < net->edge_count; i++)
            net->edges[i] = edges.list[i];
    }
    const bool failed = !owners || !edges.list;
    free(owners);
    free(edges.list);
    return failed ? WARD_ERR_NOMEM : WARD_OK;
}

enum ward_status network_choose(const struct case_file *file, struct network *out,
                                struct ward_error *err)
{
    *out = (struct network){0};
    enum ward_status status = choose_nodes(file->link, out);
    if (status == WARD_OK)
        status = choose_edges(file->link, out);
    return status == WARD_OK ? status : error_set(err, status, "out of memory");
}
