/**
 * Edges -> graph (where judgements take edges back) -> network -> communities -> cases.
 */
#include "link/cases.h"

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/str.h"
#include "link/graph.h"

/* Shared things beside aliases that tie two people's cases, log-odds. */
#define SHARED_LEAST 0.7
/* Weight of an edge by a shared thing, per log-odds; of a group; of an answer; of a judgement. */
#define EDGE_SHARED 0.5
#define EDGE_GROUP 1.0
#define EDGE_ANSWER 0.5
#define EDGE_JUDGED 100.0

struct gathering {
    const struct cast *cast;
    const struct group_view *groups;
    struct cases *cases;
    struct graph graph; /* people, then groups */
};

/* ---- edges ----------------------------------------------------------------------------------- */

static enum ward_status add_shared(struct gathering *g)
{
    const struct people *people = g->cast->people;
    const struct pairs *pairs = g->cast->pairs;
    for (uint32_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->all[i];
        const uint32_t p = people->of[pair->a], q = people->of[pair->b];
        if (p == CENSUS_NONE || q == CENSUS_NONE || p == q)
            continue;
        double shared = 0;
        for (uint32_t k = pair->first; k < pair->first + pair->count; k++)
            if (pairs->evidence[k].kind != THING_ALIAS)
                shared += pairs->evidence[k].weight;
        if (shared >= SHARED_LEAST && graph_add(&g->graph, p, q, shared * EDGE_SHARED, NULL))
            return WARD_ERR_NOMEM;
    }
    return WARD_OK;
}

static enum ward_status add_groups(struct gathering *g)
{
    const struct profiles *profiles = g->cast->profiles;
    const uint32_t people = g->cast->people->count;
    for (uint32_t p = 0; p < people; p++) {
        for (uint32_t i = profiles->group_begin[p]; i < profiles->group_begin[p + 1]; i++) {
            const uint32_t group = profiles->groups[i];
            const struct group_view *view = &g->groups[group];
            if (view->is_crowd || view->people_count < 2)
                continue;
            const double weight = EDGE_GROUP / (1 + 0.3 * log2(view->people_count / 2.0));
            if (graph_add(&g->graph, p, people + group, weight, NULL))
                return WARD_ERR_NOMEM;
        }
    }
    return WARD_OK;
}

/* Hash of the event with id `id` in the thread of `event`. */
static uint64_t thread_hash(const struct link_event *event, struct ward_str id)
{
    return hash_str(id, hash_str(event->group, hash_str(event->platform, 3))) | 1;
}

/* Flagged events by hash of their key: open addressing, half full. */
struct event_table {
    uint32_t *slots; /* rank + 1 */
    uint32_t capacity;
};

static enum ward_status index_events(struct event_table *table, const struct census *census)
{
    table->capacity = 64;
    while (table->capacity < census->event_count * 2u && table->capacity < UINT32_MAX / 4)
        table->capacity *= 2;
    table->slots = calloc(table->capacity, sizeof *table->slots);
    if (!table->slots)
        return WARD_ERR_NOMEM;
    for (uint32_t rank = 0; rank < census->event_count; rank++) {
        if (!census_is_flagged(census, rank) || !census->events[rank]->id.len)
            continue;
        const struct link_event *event = census->events[rank];
        uint32_t at = (uint32_t)thread_hash(event, event->id) & (table->capacity - 1);
        while (table->slots[at])
            at = (at + 1) & (table->capacity - 1);
        table->slots[at] = rank + 1;
    }
    return WARD_OK;
}

static uint32_t find_answered(const struct event_table *table, const struct census *census,
                              const struct link_event *event)
{
    uint32_t at = (uint32_t)thread_hash(event, event->reply_to) & (table->capacity - 1);
    for (; table->slots[at]; at = (at + 1) & (table->capacity - 1)) {
        const struct link_event *other = census->events[table->slots[at] - 1];
        if (str_equal(other->id, event->reply_to) && str_equal(other->group, event->group) &&
            str_equal(other->platform, event->platform))
            return table->slots[at] - 1;
    }
    return CENSUS_NONE;
}

static uint32_t count_replies(const struct census *census)
{
    uint32_t count = 0;
    for (uint32_t rank = 0; rank < census->event_count; rank++)
        count += census_is_flagged(census, rank) && census->events[rank]->reply_to.len;
    return count;
}

static uint32_t person_of(const struct gathering *g, uint32_t rank)
{
    const uint32_t account = g->cast->scene->census->account[rank];
    return account == CENSUS_NONE ? CENSUS_NONE : g->cast->people->of[account];
}

static enum ward_status add_answers(struct gathering *g, const struct event_table *table)
{
    const struct census *census = g->cast->scene->census;
    for (uint32_t rank = 0; rank < census->event_count; rank++) {
        const struct link_event *event = census->events[rank];
        if (!census_is_flagged(census, rank) || !event->reply_to.len)
            continue;
        const uint32_t answered = find_answered(table, census, event);
        if (answered == CENSUS_NONE)
            continue;
        const uint32_t from = person_of(g, rank), to = person_of(g, answered);
        if (from == CENSUS_NONE || to == CENSUS_NONE || from == to)
            continue;
        g->cases->answers[g->cases->answer_count++] = (struct answer){from, to, rank, answered};
        if (graph_add(&g->graph, from, to, EDGE_ANSWER, NULL))
            return WARD_ERR_NOMEM;
    }
    return WARD_OK;
}

static enum ward_status gather_answers(struct gathering *g, struct arena *work)
{
    const struct census *census = g->cast->scene->census;
    const uint32_t count = count_replies(census);
    g->cases->answers = arena_calloc(work, count + 1u, sizeof *g->cases->answers);
    if (!g->cases->answers)
        return WARD_ERR_NOMEM;
    if (!count)
        return WARD_OK;
    struct event_table table = {0};
    enum ward_status status = index_events(&table, census);
    if (!status)
        status = add_answers(g, &table);
    free(table.slots);
    return status;
}

/* ---- judgements ------------------------------------------------------------------------------ */

static bool judged_people(const struct gathering *g, const struct link_judgement *judgement,
                          uint32_t out[2])
{
    const struct census *census = g->cast->scene->census;
    const uint32_t a = census_account(census, judgement->a);
    const uint32_t b = census_account(census, judgement->b);
    out[0] = a == CENSUS_NONE ? CENSUS_NONE : g->cast->people->of[a];
    out[1] = b == CENSUS_NONE ? CENSUS_NONE : g->cast->people->of[b];
    return out[0] != CENSUS_NONE && out[1] != CENSUS_NONE && out[0] != out[1];
}

static enum ward_status apply_judgements(struct gathering *g)
{
    const struct link_input *input = g->cast->scene->census->input;
    uint32_t people[2];
    for (size_t i = 0; i < input->judgement_count; i++)
        if (input->judgements[i].kind == LINK_JUDGE_SAME_CASE &&
            judged_people(g, &input->judgements[i], people) &&
            graph_add(&g->graph, people[0], people[1], EDGE_JUDGED, NULL))
            return WARD_ERR_NOMEM;
    for (size_t i = 0; i < input->judgement_count; i++) {
        enum ward_status status = WARD_OK;
        if (input->judgements[i].kind == LINK_JUDGE_DIFFERENT_CASES &&
            judged_people(g, &input->judgements[i], people))
            graph_part(&g->graph, people[0], people[1], &status);
        if (status)
            return status;
    }
    return WARD_OK;
}

/* ---- network and communities ----------------------------------------------------------------- */

static enum ward_status make_network(struct gathering *g, struct arena *work)
{
    const struct graph *graph = &g->graph;
    const uint32_t n = graph->node_count;
    uint32_t *begin = arena_calloc(work, n + 3u, sizeof *begin);
    uint32_t *other = arena_calloc(work, (size_t)graph->edge_count * 2 + 1, sizeof *other);
    uint32_t *people = arena_calloc(work, n + 1u, sizeof *people);
    double *weight = arena_calloc(work, (size_t)graph->edge_count * 2 + 1, sizeof *weight);
    if (!begin || !other || !people || !weight)
        return WARD_ERR_NOMEM;
    for (uint32_t e = 0; e < graph->edge_count; e++) {
        begin[graph->edges[e].a + 2] += graph->edges[e].is_live;
        begin[graph->edges[e].b + 2] += graph->edges[e].is_live;
    }
    for (uint32_t i = 1; i < n + 2; i++)
        begin[i] += begin[i - 1];
    for (uint32_t e = 0; e < graph->edge_count; e++) {
        const struct graph_edge *edge = &graph->edges[e];
        if (!edge->is_live)
            continue;
        weight[begin[edge->a + 1]] = weight[begin[edge->b + 1]] = edge->weight;
        other[begin[edge->a + 1]++] = edge->b;
        other[begin[edge->b + 1]++] = edge->a;
    }
    for (uint32_t p = 0; p < g->cast->people->count; p++)
        people[p] = 1;
    g->cases->network = (struct network){
        .node_count = n, .begin = begin, .other = other, .weight = weight, .people = people};
    return WARD_OK;
}

/* label[i]: component of node i, or its community where the component is too large to read. */
static enum ward_status label_nodes(struct gathering *g, uint32_t *label, struct arena *work)
{
    const struct graph *graph = &g->graph;
    uint32_t *people = arena_calloc(work, graph->node_count + 1u, sizeof *people);
    if (!people)
        return WARD_ERR_NOMEM;
    uint32_t largest = 0;
    for (uint32_t i = 0; i < graph->node_count; i++) {
        label[i] = graph_component(graph, i);
        people[label[i]] += i < g->cast->people->count;
        if (people[label[i]] > largest)
            largest = people[label[i]];
    }
    if (largest <= CASE_PEOPLE_MAX)
        return WARD_OK;
    uint32_t *part = arena_calloc(work, graph->node_count + 1u, sizeof *part);
    if (!part || community_split(&g->cases->network, CASE_PEOPLE_MAX, part, work))
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < graph->node_count; i++)
        if (people[graph_component(graph, i)] > CASE_PEOPLE_MAX)
            label[i] = part[i];
    return WARD_OK;
}

/* A human's "one case" joins what communities parted. */
static void join_judged(const struct gathering *g, uint32_t *label)
{
    const struct link_input *input = g->cast->scene->census->input;
    uint32_t people[2];
    for (size_t i = 0; i < input->judgement_count; i++) {
        if (input->judgements[i].kind != LINK_JUDGE_SAME_CASE ||
            !judged_people(g, &input->judgements[i], people) ||
            label[people[0]] == label[people[1]] ||
            !graph_is_joined(&g->graph, people[0], people[1]))
            continue;
        const uint32_t from = label[people[1]], to = label[people[0]];
        for (uint32_t k = 0; k < g->graph.node_count; k++)
            if (label[k] == from)
                label[k] = to;
    }
}

static enum ward_status number_cases(struct gathering *g, const uint32_t *label, struct arena *work)
{
    struct cases *cases = g->cases;
    const uint32_t people = g->cast->people->count, nodes = g->graph.node_count;
    uint32_t *number = arena_calloc(work, nodes + 1u, sizeof *number);
    cases->of = arena_calloc(work, people + 1u, sizeof *cases->of);
    cases->begin = arena_calloc(work, people + 3u, sizeof *cases->begin);
    cases->people = arena_calloc(work, people + 1u, sizeof *cases->people);
    if (!number || !cases->of || !cases->begin || !cases->people)
        return WARD_ERR_NOMEM;
    for (uint32_t p = 0; p < people; p++) {
        if (!number[label[p]])
            number[label[p]] = ++cases->count;
        cases->of[p] = number[label[p]] - 1;
        cases->begin[cases->of[p] + 2]++;
    }
    for (uint32_t c = 1; c < cases->count + 2; c++)
        cases->begin[c] += cases->begin[c - 1];
    for (uint32_t p = 0; p < people; p++)
        cases->people[cases->begin[cases->of[p] + 1]++] = p;
    return WARD_OK;
}

static enum ward_status find(struct gathering *g, struct arena *work)
{
    const uint32_t nodes = g->cast->people->count + g->cast->scene->census->group_count;
    uint32_t *label = arena_calloc(work, nodes + 1u, sizeof *label);
    if (!label || graph_init(&g->graph, nodes) || add_shared(g) || add_groups(g) ||
        gather_answers(g, work) || apply_judgements(g) || make_network(g, work) ||
        label_nodes(g, label, work))
        return WARD_ERR_NOMEM;
    join_judged(g, label);
    return number_cases(g, label, work);
}

enum ward_status cases_find(struct cases *cases, const struct cast *cast,
                            const struct group_view *groups, struct arena *work)
{
    *cases = (struct cases){0};
    struct gathering g = {.cast = cast, .groups = groups, .cases = cases};
    const enum ward_status status = find(&g, work);
    graph_release(&g.graph);
    return status;
}
