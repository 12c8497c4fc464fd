/**
 * Conditions: do they hold, and on what evidence.
 *
 * The tree is walked by recursion whose depth the plan has bounded (COND_DEPTH_MAX). Leaves first
 * look at the bit set of present signals, then, only if that allows, at the hits themselves.
 *
 * Distance between two hits counts the units between them that carry meaning, where the kinds of
 * the units are known: fillers strewn in to break a word do not move words apart. Hits that overlap
 * are not neighbours: one piece of text is not evidence twice.
 */
#include "verdict/judge.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const uint64_t *present_in(const struct judgement *j, uint32_t scope)
{
    return j->scratch->present + (size_t)scope * j->plan->pack->signal_words;
}

static bool bits_meet(const uint64_t *a, const uint64_t *b, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        if (a[i] & b[i])
            return true;
    return false;
}

static bool set_present(const struct judgement *j, uint32_t scope, uint16_t set)
{
    const struct pack *pack = j->plan->pack;
    return bits_meet(present_in(j, scope), pack->sets[set].bits, pack->signal_words);
}

static bool hit_counts(const struct verdict_field *field, const struct signal_hit *hit)
{
    return hit->support == SUPPORT_NONE && hit->begin >= field->own_begin &&
           hit->begin < field->own_end;
}

/* Remembered scopes count events that said the signal (the thread) or signals (the account). */
static int64_t count_remembered(const struct judgement *j, uint32_t scope,
                                const struct pack_set *set)
{
    const struct verdict_context *context = &j->input->context;
    int64_t count = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        const uint16_t signal = set->signals[i];
        if (!bits_have(present_in(j, scope), signal))
            continue;
        count += scope == SCOPE_GROUP && context->group_counts ? context->group_counts[signal] : 1;
    }
    return count;
}

static int64_t count_hits(const struct judgement *j, uint32_t scope, uint16_t set_at)
{
    const struct pack_set *set = &j->plan->pack->sets[set_at];
    if (!set_present(j, scope, set_at))
        return 0;
    if (scope_is_remembered(scope))
        return count_remembered(j, scope, set);
    int64_t count = 0;
    for (uint32_t f = 0; f < j->input->field_count; f++) {
        const struct verdict_field *field = &j->input->fields[f];
        if (!(field->scopes >> scope & 1u))
            continue;
        uint32_t free_from = 0; /* several terms over the same units are one mention */
        for (uint32_t h = 0; h < field->signals->hit_count; h++) {
            const struct signal_hit *hit = &field->signals->hits[h];
            if (!bits_have(set->bits, hit->signal) || !hit_counts(field, hit) ||
                hit->unit_begin < free_from)
                continue;
            free_from = hit->unit_end;
            count++;
        }
    }
    return count;
}

/* ---- neighbourhoods -------------------------------------------------------------------------- */

/* Units with meaning before each unit of field `f`; NULL when kinds are unknown. */
static const uint32_t *meaning_before(struct judgement *j, uint32_t f)
{
    const struct verdict_field *field = &j->input->fields[f];
    if (!field->kinds || j->meaning[f])
        return j->meaning[f];
    uint32_t *sum = arena_alloc(&j->scratch->arena, (field->unit_count + 1u) * sizeof *sum);
    if (!sum) {
        j->failed = true;
        return NULL;
    }
    sum[0] = 0;
    for (uint32_t u = 0; u < field->unit_count; u++)
        sum[u + 1] = sum[u] + unit_has_meaning(field->kinds[u]);
    j->meaning[f] = sum;
    return sum;
}

struct pair_search {
    struct judgement *j;
    const struct cond_node *node;
    uint32_t f;
    const uint32_t *meaning;
    uint32_t looked;      /* pairs so far, up to COND_PAIRS_MAX */
    struct evidence *out; /* NULL: stop at the first pair */
};

static int64_t gap_between(const struct pair_search *s, const struct signal_hit *first,
                           const struct signal_hit *second)
{
    if (s->meaning)
        return (int64_t)s->meaning[second->unit_begin] - s->meaning[first->unit_end];
    return (int64_t)second->unit_begin - first->unit_end;
}

/* `first` begins no later than `second`. False also ends the search for `first` via `far`. */
static bool pair_fits(const struct pair_search *s, const struct signal_hit *first,
                      const struct signal_hit *second, bool *far)
{
    if (second->unit_begin < first->unit_end)
        return false;
    const struct signals *signals = s->j->input->fields[s->f].signals;
    if (s->node->op == COND_CLAUSE)
        *far = signals_clause_of(signals, first->unit_end - 1) !=
               signals_clause_of(signals, second->unit_begin);
    else
        *far = gap_between(s, first, second) > s->node->value;
    return !*far;
}

static bool sets_fit(const struct pair_search *s, const struct signal_hit *first,
                     const struct signal_hit *second)
{
    const struct pack_set *sets = s->j->plan->pack->sets;
    const uint64_t *a = sets[s->node->a].bits;
    const uint64_t *b = sets[s->node->b].bits;
    if (bits_have(a, first->signal) && bits_have(b, second->signal))
        return true;
    return s->node->op != COND_BEFORE && bits_have(b, first->signal) &&
           bits_have(a, second->signal);
}

static void evidence_add(struct judgement *j, struct evidence *out, uint32_t f, uint32_t h);

/* True when a pair that starts with hit `h` fits; with `out` all of them are added. */
static bool search_from(struct pair_search *s, uint32_t h)
{
    const struct verdict_field *field = &s->j->input->fields[s->f];
    const struct signals *signals = field->signals;
    const struct signal_hit *first = &signals->hits[h];
    bool found = false;
    for (uint32_t k = h + 1; k < signals->hit_count && s->looked < COND_PAIRS_MAX; k++) {
        const struct signal_hit *second = &signals->hits[k];
        bool far = false;
        s->looked++;
        if (!hit_counts(field, second))
            continue;
        const bool fits = pair_fits(s, first, second, &far);
        if (far)
            break;
        if (!fits || !sets_fit(s, first, second))
            continue;
        found = true;
        if (!s->out)
            break;
        evidence_add(s->j, s->out, s->f, h);
        evidence_add(s->j, s->out, s->f, k);
    }
    return found;
}

static bool search_field(struct judgement *j, const struct cond_node *node, uint32_t f,
                         struct evidence *out)
{
    const struct verdict_field *field = &j->input->fields[f];
    const struct pack_set *sets = j->plan->pack->sets;
    struct pair_search s = {j, node, f, meaning_before(j, f), 0, out};
    bool found = false;
    for (uint32_t h = 0; h < field->signals->hit_count && s.looked < COND_PAIRS_MAX; h++) {
        const struct signal_hit *hit = &field->signals->hits[h];
        if (!hit_counts(field, hit) || !(bits_have(sets[node->a].bits, hit->signal) ||
                                         bits_have(sets[node->b].bits, hit->signal)))
            continue;
        found |= search_from(&s, h);
        if (found && !out)
            break;
    }
    return found;
}

static bool pair_holds(struct judgement *j, const struct cond_node *node, struct evidence *out)
{
    if (!set_present(j, node->scope, node->a) || !set_present(j, node->scope, node->b))
        return false;
    bool found = false;
    for (uint32_t f = 0; f < j->input->field_count && (!found || out); f++)
        if (j->input->fields[f].scopes >> node->scope & 1u)
            found |= search_field(j, node, f, out);
    return found;
}

/* ---- facts ----------------------------------------------------------------------------------- */

static int64_t child_age(const struct judgement *j)
{
    int64_t lowest = -1;
    for (uint32_t f = 0; f < j->input->field_count; f++) {
        const struct signals *signals = j->input->fields[f].signals;
        if (!field_is_own(&j->input->fields[f]))
            continue;
        for (uint32_t i = 0; i < signals->child_count; i++) {
            const int64_t age = signals->children[i].age_days_low;
            if (age >= 0 && (lowest < 0 || age < lowest))
                lowest = age;
        }
    }
    return lowest < 0 ? COND_ABSENT : lowest;
}

static int64_t count_children(const struct signals *signals)
{
    int64_t count = 0;
    for (uint32_t i = 0; i < signals->child_count; i++)
        count += signals->children[i].count;
    return count;
}

static int64_t fact_of_field(const struct signals *signals, enum cond_fact fact)
{
    switch (fact) {
    case FACT_TEXT_UNITS:
        return signals->unit_count;
    case FACT_TEXT_LINES:
        return signals->line_count;
    case FACT_PRICE_COUNT:
        return signals->price_count;
    case FACT_CHILD_COUNT:
        return count_children(signals);
    case FACT_HANDLE_COUNT:
        return signals->handle_count;
    case FACT_PLACE_COUNT:
        return signals->place_count;
    case FACT_DISGUISE_COUNT:
        return signals->disguised_count;
    case FACT_KIND:
    case FACT_PRICE_FEN:
    case FACT_CHILD_AGE:
    case FACT_ACCOUNT_FLAGGED:
    case FACT_GROUP_EVENTS:
    case FACT_GROUP_FLAGGED:
    case FACT_GROUP_LEANING:
    case FACT_WORDING_FOR:
    case FACT_WORDING_AGAINST:
    case FACT_COUNT:
        break;
    }
    return 0;
}

static int64_t fact_summed(const struct judgement *j, enum cond_fact fact)
{
    int64_t sum = 0;
    for (uint32_t f = 0; f < j->input->field_count; f++) {
        const struct verdict_field *field = &j->input->fields[f];
        const bool of_text = fact == FACT_TEXT_UNITS || fact == FACT_TEXT_LINES;
        if (of_text ? (field->scopes >> SCOPE_TEXT & 1u) : field_is_own(field))
            sum += fact_of_field(field->signals, fact);
    }
    return sum;
}

const struct wording_opinion *when_wording(struct judgement *j)
{
    if (!j->heard && wording_judge(j->plan->pack, j->input, j->scratch->wording, &j->wording))
        j->failed = true;
    j->heard = true;
    return &j->wording;
}

/* Largest plausible sum in CNY fen; a sum of another class only when there is no plausible one. */
static int64_t price_fen(const struct judgement *j)
{
    double best[2] = {-1, -1};
    for (uint32_t f = 0; f < j->input->field_count; f++) {
        const struct verdict_field *field = &j->input->fields[f];
        for (uint32_t i = 0; field_is_own(field) && i < field->signals->price_count; i++) {
            const struct price_fact *p = &field->signals->prices[i];
            const double unit = strcmp(p->currency, "VND") == 0 ? 100.0 : 1.0;
            const double fen =
                (double)p->high_minor * unit * pack_currency_rate(j->plan->pack, p->currency);
            double *slot = &best[p->price_class == PRICE_PLAUSIBLE ? 0 : 1];
            if (fen > *slot && fen < 9e15)
                *slot = fen;
        }
    }
    const int64_t largest = (int64_t)(best[0] >= 0 ? best[0] : best[1]);
    return largest > 0 ? largest : COND_ABSENT;
}

int64_t when_fact(struct judgement *j, enum cond_fact fact)
{
    const struct verdict_context *context = &j->input->context;
    switch (fact) { /* facts speak of the text and the media */
    case FACT_KIND:
        return (int64_t)j->input->event->kind;
    case FACT_PRICE_FEN:
        return price_fen(j);
    case FACT_CHILD_AGE:
        return child_age(j);
    case FACT_ACCOUNT_FLAGGED:
        return context->account_flagged;
    case FACT_GROUP_EVENTS:
        return context->group_events;
    case FACT_GROUP_FLAGGED:
        return context->group_flagged;
    case FACT_GROUP_LEANING:
        return context->group_leaning;
    case FACT_WORDING_FOR:
        return llround(fmax(when_wording(j)->log_odds, 0) * 100);
    case FACT_WORDING_AGAINST:
        return llround(fmax(-when_wording(j)->log_odds, 0) * 100);
    case FACT_TEXT_UNITS:
    case FACT_TEXT_LINES:
    case FACT_PRICE_COUNT:
    case FACT_CHILD_COUNT:
    case FACT_HANDLE_COUNT:
    case FACT_PLACE_COUNT:
    case FACT_DISGUISE_COUNT:
        return fact_summed(j, fact);
    case FACT_COUNT:
        break;
    }
    return 0;
}

/* ---- the walk -------------------------------------------------------------------------------- */

static bool count_holds(const struct judgement *j, const struct cond_node *node)
{
    if (node->compare == CMP_GE && node->value == 1)
        return set_present(j, node->scope, node->a);
    return cond_holds(count_hits(j, node->scope, node->a), node->compare, node->value);
}

bool when_holds(struct judgement *j, uint16_t at)
{
    const struct cond_node *node = &j->plan->pack->nodes[at];
    switch ((enum cond_op)node->op) {
    case COND_AND:
        return when_holds(j, node->left) && when_holds(j, node->right);
    case COND_OR:
        return when_holds(j, node->left) || when_holds(j, node->right);
    case COND_NOT:
        return !when_holds(j, node->left);
    case COND_COUNT:
        return count_holds(j, node);
    case COND_NEAR:
    case COND_BEFORE:
    case COND_CLAUSE:
        return pair_holds(j, node, NULL);
    case COND_FACT:
        return cond_holds(when_fact(j, (enum cond_fact)node->a), node->compare, node->value);
    }
    return false;
}

/* ---- evidence -------------------------------------------------------------------------------- */

static bool evidence_has(const struct evidence *e, uint32_t f, uint32_t h)
{
    for (uint32_t i = 0; i < e->count; i++)
        if (e->refs[i].field == f && e->refs[i].hit == h)
            return true;
    return false;
}

static void evidence_add(struct judgement *j, struct evidence *out, uint32_t f, uint32_t h)
{
    const struct verdict_field *field = &j->input->fields[f];
    const struct signal_hit *hit = &field->signals->hits[h];
    const uint32_t slot = 1u << j->plan->pack->signals[hit->signal].slot;
    out->slots |= slot;
    if (field_is_own(field)) {
        out->slots_own |= slot;
        out->solid |= !hit->by_sound;
    }
    if (out->count < sizeof out->refs / sizeof out->refs[0] && !evidence_has(out, f, h))
        out->refs[out->count++] = (struct hit_ref){(uint16_t)f, h};
}

static void evidence_remembered(struct judgement *j, const struct cond_node *node,
                                struct evidence *out)
{
    const struct pack *pack = j->plan->pack;
    const struct pack_set *set = &pack->sets[node->a];
    for (uint32_t i = 0; i < set->count; i++)
        if (bits_have(present_in(j, node->scope), set->signals[i]))
            out->slots |= 1u << pack->signals[set->signals[i]].slot;
}

static void evidence_count(struct judgement *j, const struct cond_node *node, struct evidence *out)
{
    const struct pack_set *set = &j->plan->pack->sets[node->a];
    if (!set_present(j, node->scope, node->a))
        return;
    if (scope_is_remembered(node->scope)) {
        evidence_remembered(j, node, out);
        return;
    }
    for (uint32_t f = 0; f < j->input->field_count; f++) {
        const struct verdict_field *field = &j->input->fields[f];
        if (!(field->scopes >> node->scope & 1u))
            continue;
        for (uint32_t h = 0; h < field->signals->hit_count; h++) {
            const struct signal_hit *hit = &field->signals->hits[h];
            if (bits_have(set->bits, hit->signal) && hit_counts(field, hit))
                evidence_add(j, out, f, h);
        }
    }
}

void when_evidence(struct judgement *j, uint16_t at, struct evidence *out)
{
    const struct cond_node *node = &j->plan->pack->nodes[at];
    switch ((enum cond_op)node->op) {
    case COND_AND:
        when_evidence(j, node->left, out);
        when_evidence(j, node->right, out);
        break;
    case COND_OR:
        if (when_holds(j, node->left))
            when_evidence(j, node->left, out);
        if (when_holds(j, node->right))
            when_evidence(j, node->right, out);
        break;
    case COND_COUNT:
        evidence_count(j, node, out);
        break;
    case COND_NEAR:
    case COND_BEFORE:
    case COND_CLAUSE:
        (void)pair_holds(j, node, out);
        break;
    case COND_NOT:
    case COND_FACT:
        break;
    }
}

void wording_evidence(struct judgement *j, struct evidence *out)
{
    const struct wording_opinion *opinion = when_wording(j);
    for (uint32_t i = 0; i < opinion->loud_count; i++)
        evidence_add(j, out, 0, opinion->loud[i]);
}
