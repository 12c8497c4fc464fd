/**
 * Which rules can fire at all, given the signals present.
 *
 * For every rule a set of signals is derived without one of which its condition cannot hold: for
 * `and` the smaller demand of its children, for `or` the union, for counts and neighbourhoods the
 * set itself; `not` and facts demand nothing. The index turns present signals into plausible rules,
 * so an ordinary text costs a few words of bit operations.
 *
 * Invariant: a rule that fires is `always` or is listed under a signal present in its scope.
 */
#include "verdict/judge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* What a condition cannot do without; `bits` NULL: nothing. */
struct demand {
    uint64_t *bits; /* SCOPE_COUNT x signal_words */
    uint32_t size;  /* signals in it */
    bool heard;     /* some of it may come from memory instead of the event */
};

struct planner {
    const struct pack *pack;
    struct arena arena;
    size_t words; /* SCOPE_COUNT x signal_words */
    enum ward_status status;
};

static struct demand demand_of(struct planner *p, uint16_t node, uint32_t depth);

static struct demand demand_set(struct planner *p, uint32_t scope, uint16_t set)
{
    const struct pack_set *from = &p->pack->sets[set];
    struct demand out = {arena_calloc(&p->arena, p->words, sizeof(uint64_t)), from->count,
                         scope_is_remembered(scope)};
    if (!out.bits) {
        p->status = WARD_ERR_NOMEM;
        return out;
    }
    memcpy(out.bits + (size_t)scope * p->pack->signal_words, from->bits,
           p->pack->signal_words * sizeof(uint64_t));
    return out;
}

static bool count_needs_a_hit(const struct cond_node *node)
{
    switch ((enum cond_compare)node->compare) {
    case CMP_GE:
    case CMP_EQ:
        return node->value >= 1;
    case CMP_GT:
        return node->value >= 0;
    case CMP_LT:
    case CMP_LE:
    case CMP_NE:
        return false;
    }
    return false;
}

static struct demand demand_both(struct planner *p, const struct cond_node *node, uint32_t depth)
{
    const struct demand left = demand_of(p, node->left, depth + 1);
    const struct demand right = demand_of(p, node->right, depth + 1);
    if (!left.bits)
        return right;
    if (!right.bits)
        return left;
    if (left.heard != right.heard)
        return left.heard ? right : left; /* what the event itself must say is the better test */
    return left.size <= right.size ? left : right;
}

static struct demand demand_either(struct planner *p, const struct cond_node *node, uint32_t depth)
{
    struct demand left = demand_of(p, node->left, depth + 1);
    const struct demand right = demand_of(p, node->right, depth + 1);
    if (!left.bits || !right.bits)
        return (struct demand){NULL, 0, false};
    for (size_t i = 0; i < p->words; i++)
        left.bits[i] |= right.bits[i];
    left.size += right.size;
    left.heard |= right.heard;
    return left;
}

static struct demand demand_of(struct planner *p, uint16_t at, uint32_t depth)
{
    const struct demand none = {NULL, 0, false};
    if (depth > COND_DEPTH_MAX) {
        p->status = WARD_ERR_LIMIT;
        return none;
    }
    if (p->status != WARD_OK)
        return none;
    const struct cond_node *node = &p->pack->nodes[at];
    switch ((enum cond_op)node->op) {
    case COND_AND:
        return demand_both(p, node, depth);
    case COND_OR:
        return demand_either(p, node, depth);
    case COND_NOT:
        (void)demand_of(p, node->left, depth + 1); /* only for the check of depth */
        return none;
    case COND_COUNT:
        return count_needs_a_hit(node) ? demand_set(p, node->scope, node->a) : none;
    case COND_NEAR:
    case COND_BEFORE:
    case COND_CLAUSE: {
        const struct pack_set *sets = p->pack->sets;
        const bool a = sets[node->a].count <= sets[node->b].count;
        return demand_set(p, node->scope, a ? node->a : node->b);
    }
    case COND_FACT:
        return none;
    }
    return none;
}

/* Does a condition look at a remembered scope or fact? Depth was bounded by demand_of. */
static bool asks_memory(const struct pack *pack, uint16_t at)
{
    const struct cond_node *node = &pack->nodes[at];
    switch ((enum cond_op)node->op) {
    case COND_AND:
    case COND_OR:
        return asks_memory(pack, node->left) || asks_memory(pack, node->right);
    case COND_NOT:
        return asks_memory(pack, node->left);
    case COND_FACT:
        return node->a == FACT_ACCOUNT_FLAGGED || node->a == FACT_GROUP_EVENTS ||
               node->a == FACT_GROUP_FLAGGED || node->a == FACT_GROUP_LEANING;
    case COND_COUNT:
    case COND_NEAR:
    case COND_BEFORE:
    case COND_CLAUSE:
        return scope_is_remembered(node->scope);
    }
    return false;
}

static bool rule_is_telling(const struct pack_rule *rule)
{
    /* What the wording says is worth hearing only when a rule has told something. */
    return (rule->weight > 0 && !rule->scaled) || rule->help || rule->limit;
}

/* Marks what rule `r` needs: in `always`, or as one bit row per (scope, signal) counted in index.
 */
static void note_rule(struct verdict_plan *plan, const struct demand *demand, uint32_t r,
                      uint32_t *fill)
{
    const struct pack *pack = plan->pack;
    for (uint32_t scope = 0; scope < SCOPE_COUNT; scope++)
        for (uint32_t s = 0; s < pack->signal_count; s++) {
            if (!bits_have(demand->bits + (size_t)scope * pack->signal_words, s))
                continue;
            const size_t cell = (size_t)scope * pack->signal_count + s;
            if (fill)
                plan->index_rules[fill[cell]++] = (uint16_t)r;
            else
                plan->index_begin[cell + 1]++;
            if (rule_is_telling(&pack->rules[r]))
                bits_set(plan->wanted + (size_t)scope * pack->signal_words, s);
            if (asks_memory(pack, pack->rules[r].when))
                bits_set(plan->asking + (size_t)scope * pack->signal_words, s);
        }
}

/* Two passes over the demands: count the index rows, then fill them. */
static enum ward_status index_rules(struct verdict_plan *plan, struct planner *p)
{
    const struct pack *pack = plan->pack;
    const size_t cells = (size_t)SCOPE_COUNT * pack->signal_count;
    struct demand *demands = arena_calloc(&p->arena, pack->rule_count + 1u, sizeof *demands);
    uint32_t *fill = arena_calloc(&p->arena, cells + 1, sizeof *fill);
    if (!demands || !fill)
        return WARD_ERR_NOMEM;
    for (uint32_t r = 0; r < pack->rule_count; r++) {
        demands[r] = demand_of(p, pack->rules[r].when, 0);
        if (p->status != WARD_OK)
            return p->status;
        if (rule_is_telling(&pack->rules[r]))
            bits_set(plan->telling, r);
        if (asks_memory(pack, pack->rules[r].when))
            bits_set(plan->remembering, r);
        if (demands[r].bits)
            note_rule(plan, &demands[r], r, NULL);
        else
            bits_set(plan->always, r);
        if (rule_is_telling(&pack->rules[r]) && (!demands[r].bits || demands[r].heard))
            plan->telling_always = true;
        if (asks_memory(pack, pack->rules[r].when) && (!demands[r].bits || demands[r].heard))
            plan->asking_always = true;
    }
    for (size_t c = 0; c < cells; c++)
        plan->index_begin[c + 1] += plan->index_begin[c];
    plan->index_rules = malloc((plan->index_begin[cells] + 1u) * sizeof *plan->index_rules);
    if (!plan->index_rules)
        return WARD_ERR_NOMEM;
    memcpy(fill, plan->index_begin, cells * sizeof *fill);
    for (uint32_t r = 0; r < pack->rule_count; r++)
        if (demands[r].bits)
            note_rule(plan, &demands[r], r, fill);
    return WARD_OK;
}

static void note_fact(struct verdict_plan *plan, uint16_t fact)
{
    plan->counts_events |= fact == FACT_GROUP_EVENTS;
    plan->asks_threads |=
        fact == FACT_GROUP_EVENTS || fact == FACT_GROUP_FLAGGED || fact == FACT_GROUP_LEANING;
    plan->asks_accounts |= fact == FACT_ACCOUNT_FLAGGED;
}

/* What conditions ask of memory: facts, accounts, and the signals they look for in the thread. */
static void note_heard(struct verdict_plan *plan)
{
    const struct pack *pack = plan->pack;
    for (uint32_t n = 0; n < pack->node_count; n++) {
        const struct cond_node *node = &pack->nodes[n];
        if (node->op == COND_FACT)
            note_fact(plan, node->a);
        if (node->op != COND_COUNT)
            continue;
        plan->asks_accounts |= node->scope == SCOPE_ACCOUNT;
        if (node->scope != SCOPE_GROUP)
            continue;
        plan->asks_threads = true;
        for (uint32_t w = 0; w < pack->signal_words; w++)
            plan->heard[w] |= pack->sets[node->a].bits[w];
    }
}

static int64_t newest_date(const struct pack *pack)
{
    int64_t newest = 0;
    for (uint32_t i = 0; i < pack->source_count; i++)
        if (pack->sources[i].date_ms > newest)
            newest = pack->sources[i].date_ms;
    return newest;
}

static bool plan_allocate(struct verdict_plan *plan)
{
    const struct pack *pack = plan->pack;
    plan->rule_words = (pack->rule_count + 63u) / 64u;
    plan->index_begin =
        calloc((size_t)SCOPE_COUNT * pack->signal_count + 2u, sizeof *plan->index_begin);
    plan->always = calloc(plan->rule_words + 1u, sizeof *plan->always);
    plan->telling = calloc(plan->rule_words + 1u, sizeof *plan->telling);
    plan->remembering = calloc(plan->rule_words + 1u, sizeof *plan->remembering);
    plan->wanted = calloc((size_t)SCOPE_COUNT * pack->signal_words + 1u, sizeof *plan->wanted);
    plan->asking = calloc((size_t)SCOPE_COUNT * pack->signal_words + 1u, sizeof *plan->asking);
    plan->heard = calloc(pack->signal_words + 1u, sizeof *plan->heard);
    return plan->index_begin && plan->always && plan->telling && plan->remembering &&
           plan->wanted && plan->asking && plan->heard;
}

enum ward_status verdict_plan_new(const struct pack *pack, struct verdict_plan **out,
                                  struct ward_error *err)
{
    assert(pack && out);
    *out = NULL;
    struct planner p = {.pack = pack, .words = (size_t)SCOPE_COUNT * pack->signal_words};
    arena_init(&p.arena, 256u * 1024u, SIZE_MAX / 2);
    struct verdict_plan *plan = calloc(1, sizeof *plan);
    enum ward_status status = WARD_ERR_NOMEM;
    if (!plan)
        goto out;
    plan->pack = pack;
    plan->date_ms = newest_date(pack);
    if (!plan_allocate(plan))
        goto out;
    note_heard(plan);
    status = index_rules(plan, &p);
    if (status == WARD_OK) {
        *out = plan;
        plan = NULL;
    }
out:
    verdict_plan_free(plan);
    arena_release(&p.arena);
    if (status == WARD_ERR_LIMIT)
        return error_set(err, status, "a condition is nested deeper than %u", COND_DEPTH_MAX);
    return status == WARD_OK ? status : error_set(err, status, "out of memory");
}

void verdict_plan_free(struct verdict_plan *plan)
{
    if (!plan)
        return;
    free(plan->index_begin);
    free(plan->index_rules);
    free(plan->always);
    free(plan->telling);
    free(plan->remembering);
    free(plan->wanted);
    free(plan->asking);
    free(plan->heard);
    free(plan);
}
