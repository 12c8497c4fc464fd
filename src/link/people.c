/**
 * Greedy merging on the graph of accounts; see people.h and belief.h for what counts.
 */
#include "link/people.h"

#include <math.h>
#include <stdlib.h>

#include "link/belief.h"

/* Log-odds from which two accounts are called one actor (0.62). */
#define SAME_LEAST 0.5
/* For an account without a flagged event of its own (0.82). */
#define SAME_LEAST_UNFLAGGED 1.5
/* Turns in one group that forbid a merge. */
#define SILENCE_FORBIDS (-4.0)
/* Log-odds of what a human said. */
#define JUDGED 20.0
/* Unflagged accounts join people, then others through them; at most this often. */
#define JOINING_ROUNDS 3u

/* Everything a merge needs. */
struct merging {
    const struct scene *scene;
    const struct pairs *pairs;
    struct companions companions;
    struct graph graph;
    uint8_t *is_in;        /* by account: on a person for certain */
    struct pair *wanted;   /* candidates, surest first */
    uint32_t wanted_count; /* */
    uint32_t (*apart)[2];  /* accounts that a human told apart */
    uint32_t apart_count;
    struct people *people;
    uint32_t tie_capacity;
};

static bool is_told_apart(const struct merging *m, uint32_t x, uint32_t y)
{
    for (uint32_t i = 0; i < m->apart_count; i++)
        if ((m->apart[i][0] == x && m->apart[i][1] == y) ||
            (m->apart[i][0] == y && m->apart[i][1] == x))
            return true;
    return false;
}

static bool is_forbidden(const struct merging *m, uint32_t x, uint32_t y)
{
    if (is_told_apart(m, x, y))
        return true;
    const struct turns turns = pair_turns(m->scene->census, x, y);
    return pair_silence(&turns) <= SILENCE_FORBIDS;
}

/* True if no account of a's component is at odds with one of b's. */
static bool may_merge(const struct merging *m, uint32_t a, uint32_t b)
{
    const struct graph *g = &m->graph;
    if (g->size[g->root[a]] + g->size[g->root[b]] > BELIEF_ACCOUNTS_MAX)
        return false;
    uint32_t x = a;
    do {
        uint32_t y = b;
        do {
            if (is_forbidden(m, x, y))
                return false;
            y = g->next[y];
        } while (y != b);
        x = g->next[x];
    } while (x != a);
    return true;
}

static enum ward_status merge(struct merging *m, const struct pair *pair, bool is_judged)
{
    struct people *people = m->people;
    const enum ward_status status = graph_add(&m->graph, pair->a, pair->b, pair->total, NULL);
    if (status)
        return status;
    if (people->tie_count < m->tie_capacity) {
        people->judged[people->tie_count] = is_judged;
        people->ties[people->tie_count++] = *pair;
    }
    m->is_in[pair->a] = m->is_in[pair->b] = 1;
    return WARD_OK;
}

static int by_total(const void *left, const void *right)
{
    const struct pair *x = left, *y = right;
    if (x->total < y->total || x->total > y->total)
        return x->total > y->total ? -1 : 1;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

/* Pairs worth trying, company counted, surest first. */
static enum ward_status list_wanted(struct merging *m, struct arena *work)
{
    m->wanted = arena_calloc(work, m->pairs->count + 1u, sizeof *m->wanted);
    if (!m->wanted)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < m->pairs->count; i++) {
        struct pair pair = m->pairs->all[i];
        if (pair.total + BELIEF_COMPANY_MORE < SAME_LEAST)
            continue;
        pair.total += companions_bonus(&m->companions, m->scene->census, pair.a, pair.b);
        if (pair.total >= SAME_LEAST)
            m->wanted[m->wanted_count++] = pair;
    }
    if (m->wanted_count)
        qsort(m->wanted, m->wanted_count, sizeof *m->wanted, by_total);
    return WARD_OK;
}

static enum ward_status merge_traders(struct merging *m)
{
    for (uint32_t i = 0; i < m->wanted_count; i++) {
        const struct pair *pair = &m->wanted[i];
        if (!m->is_in[pair->a] || !m->is_in[pair->b] ||
            graph_is_joined(&m->graph, pair->a, pair->b) || !may_merge(m, pair->a, pair->b))
            continue;
        const enum ward_status status = merge(m, pair, false);
        if (status)
            return status;
    }
    return WARD_OK;
}

/* Two kinds of ties, one of them what only its owner gives out. */
static bool may_join(const struct pair *pair)
{
    const bool has_own = pair->kinds & (1u << THING_HANDLE | 1u << THING_PICTURE);
    return has_own && (pair->kinds & (pair->kinds - 1)) && pair->total >= SAME_LEAST_UNFLAGGED;
}

static enum ward_status join_unflagged(struct merging *m)
{
    for (uint32_t round = 0; round < JOINING_ROUNDS; round++) {
        uint32_t joined = 0;
        for (uint32_t i = 0; i < m->wanted_count; i++) {
            const struct pair *pair = &m->wanted[i];
            if (m->is_in[pair->a] == m->is_in[pair->b] || !may_join(pair) ||
                !may_merge(m, pair->a, pair->b))
                continue;
            const enum ward_status status = merge(m, pair, false);
            if (status)
                return status;
            joined++;
        }
        if (!joined)
            break;
    }
    return WARD_OK;
}

/* ---- what humans said ------------------------------------------------------------------------ */

/* The accounts of a judgement; false if either is not known. */
static bool judged_accounts(const struct merging *m, const struct link_judgement *judgement,
                            uint32_t out[2])
{
    out[0] = census_account(m->scene->census, judgement->a);
    out[1] = census_account(m->scene->census, judgement->b);
    return out[0] != CENSUS_NONE && out[1] != CENSUS_NONE && out[0] != out[1];
}

static enum ward_status read_judgements(struct merging *m, struct arena *work)
{
    const struct link_input *input = m->scene->census->input;
    m->apart = arena_calloc(work, input->judgement_count + 1, sizeof *m->apart);
    if (!m->apart)
        return WARD_ERR_NOMEM;
    for (size_t i = 0; i < input->judgement_count; i++) {
        uint32_t accounts[2];
        if (!judged_accounts(m, &input->judgements[i], accounts))
            continue;
        if (input->judgements[i].kind == LINK_JUDGE_DIFFERENT_PEOPLE) {
            m->apart[m->apart_count][0] = accounts[0];
            m->apart[m->apart_count++][1] = accounts[1];
        } else if (input->judgements[i].kind == LINK_JUDGE_SAME_PERSON) {
            const struct pair pair = {.a = accounts[0] < accounts[1] ? accounts[0] : accounts[1],
                                      .b = accounts[0] < accounts[1] ? accounts[1] : accounts[0],
                                      .total = JUDGED};
            if (merge(m, &pair, true))
                return WARD_ERR_NOMEM;
        }
    }
    return WARD_OK;
}

/* Where a human's "one" and another's "two" contradict, "two" stands: it accuses less. */
static enum ward_status part_told_apart(struct merging *m)
{
    for (uint32_t i = 0; i < m->apart_count; i++) {
        enum ward_status status;
        graph_part(&m->graph, m->apart[i][0], m->apart[i][1], &status);
        if (status)
            return status;
    }
    return WARD_OK;
}

/* ---- result ---------------------------------------------------------------------------------- */

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

/* Numbers components that hold a trader; others do not become people, whatever was said of them. */
static enum ward_status number_people(struct merging *m, struct arena *work)
{
    struct people *people = m->people;
    const uint32_t n = m->scene->census->account_count;
    people->of = arena_calloc(work, n + 1u, sizeof *people->of);
    people->accounts = arena_calloc(work, n + 1u, sizeof *people->accounts);
    people->begin = arena_calloc(work, n + 2u, sizeof *people->begin);
    people->confidence = arena_calloc(work, n + 1u, sizeof *people->confidence);
    uint8_t *trades = arena_calloc(work, n + 1u, 1);
    if (!people->of || !people->accounts || !people->begin || !people->confidence || !trades)
        return WARD_ERR_NOMEM;
    for (uint32_t a = 0; a < n; a++)
        trades[graph_component(&m->graph, a)] |= m->scene->standing[a].is_trader;
    for (uint32_t a = 0; a < n; a++) {
        const uint32_t least = graph_component(&m->graph, a);
        people->of[a] = CENSUS_NONE;
        if (trades[least]) {
            if (least == a || people->of[least] == CENSUS_NONE)
                people->of[least] = people->count++;
            people->of[a] = people->of[least];
            people->begin[people->of[a] + 1]++;
        }
    }
    for (uint32_t p = 0; p < people->count; p++) {
        people->begin[p + 1] += people->begin[p];
        people->confidence[p] = 1;
    }
    uint32_t *fill = arena_calloc(work, people->count + 1u, sizeof *fill);
    if (!fill)
        return WARD_ERR_NOMEM;
    for (uint32_t a = 0; a < n; a++)
        if (people->of[a] != CENSUS_NONE)
            people->accounts[people->begin[people->of[a]] + fill[people->of[a]]++] = a;
    return WARD_OK;
}

/* Drops ties that were taken back; confidence is the product over those that remain. */
static void settle_ties(struct merging *m)
{
    struct people *people = m->people;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < people->tie_count; i++) {
        const struct pair *tie = &people->ties[i];
        if (!m->graph.edges[i].is_live || people->of[tie->a] == CENSUS_NONE)
            continue;
        if (!people->judged[i])
            people->confidence[people->of[tie->a]] *= logistic(tie->total);
        people->judged[kept] = people->judged[i];
        people->ties[kept++] = *tie;
    }
    people->tie_count = kept;
}

static enum ward_status find(struct merging *m, struct arena *work)
{
    const uint32_t n = m->scene->census->account_count;
    m->is_in = arena_calloc(work, n + 1u, 1);
    m->tie_capacity = n + (uint32_t)m->scene->census->input->judgement_count;
    m->people->ties = arena_calloc(work, m->tie_capacity + 1u, sizeof *m->people->ties);
    m->people->judged = arena_calloc(work, m->tie_capacity + 1u, sizeof *m->people->judged);
    if (!m->is_in || !m->people->ties || !m->people->judged || graph_init(&m->graph, n))
        return WARD_ERR_NOMEM;
    for (uint32_t a = 0; a < n; a++)
        m->is_in[a] = m->scene->standing[a].is_trader;
    if (companions_find(&m->companions, m->scene, m->pairs, work) || read_judgements(m, work) ||
        list_wanted(m, work) || merge_traders(m) || join_unflagged(m) || part_told_apart(m) ||
        number_people(m, work))
        return WARD_ERR_NOMEM;
    settle_ties(m);
    return WARD_OK;
}

enum ward_status people_find(struct people *people, const struct scene *scene,
                             const struct pairs *pairs, struct arena *work)
{
    *people = (struct people){0};
    struct merging m = {.scene = scene, .pairs = pairs, .people = people};
    const enum ward_status status = find(&m, work);
    graph_release(&m.graph);
    return status;
}
