/**
 * One judgement: present signals -> plausible rules -> fired rules -> settled and told.
 *
 * The plausible rules that tell for the trade (or lead to help) come first; only when one of them
 * fires are innocent readings worth weighing. So an ordinary text ends after a few words of bit
 * operations, and its verdict is the base rate with no reasons.
 */
#include "verdict/judge.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 8 MB: reasons of one event with every rule of a large pack fired and full evidence. */
#define SCRATCH_ARENA_MAX (64u * 1024u * 1024u)
#define SCRATCH_ARENA_BLOCK (64u * 1024u)

enum ward_status verdict_scratch_new(const struct verdict_plan *plan, struct verdict_scratch **out)
{
    assert(plan && out);
    *out = NULL;
    struct verdict_scratch *scratch = calloc(1, sizeof *scratch);
    if (!scratch)
        return WARD_ERR_NOMEM;
    scratch->plan = plan;
    arena_init(&scratch->arena, SCRATCH_ARENA_BLOCK, SCRATCH_ARENA_MAX);
    scratch->present =
        calloc((size_t)SCOPE_COUNT * plan->pack->signal_words + 1u, sizeof *scratch->present);
    scratch->plausible = calloc(plan->rule_words + 1u, sizeof *scratch->plausible);
    if (!scratch->present || !scratch->plausible ||
        wording_scratch_new(&scratch->wording) != WARD_OK) {
        verdict_scratch_free(scratch);
        return WARD_ERR_NOMEM;
    }
    *out = scratch;
    return WARD_OK;
}

void verdict_scratch_free(struct verdict_scratch *scratch)
{
    if (!scratch)
        return;
    arena_release(&scratch->arena);
    free(scratch->present);
    free(scratch->plausible);
    wording_scratch_free(scratch->wording);
    free(scratch);
}

static void or_bits(uint64_t *into, const uint64_t *from, uint32_t words)
{
    for (uint32_t i = 0; from && i < words; i++)
        into[i] |= from[i];
}

static void gather_present(struct judgement *j)
{
    const uint32_t words = j->plan->pack->signal_words;
    uint64_t *present = j->scratch->present;
    memset(present, 0, (size_t)SCOPE_COUNT * words * sizeof *present);
    for (uint32_t f = 0; f < j->input->field_count; f++)
        for (uint32_t scope = 0; scope < SCOPE_COUNT; scope++)
            if (j->input->fields[f].scopes >> scope & 1u)
                or_bits(present + (size_t)scope * words, j->input->fields[f].signals->bits, words);
    or_bits(present + (size_t)SCOPE_GROUP * words, j->input->context.group_bits, words);
    or_bits(present + (size_t)SCOPE_ACCOUNT * words, j->input->context.account_bits, words);
}

/* Does a field say, in a scope it answers to, one of the signals in `rows`? */
static bool fields_meet(const struct verdict_plan *plan, const struct verdict_input *input,
                        const uint64_t *rows)
{
    const uint32_t words = plan->pack->signal_words;
    for (uint32_t f = 0; f < input->field_count; f++) {
        const uint64_t *bits = input->fields[f].signals->bits;
        if (!bits)
            continue;
        for (uint32_t scope = 0; scope < SCOPE_COUNT; scope++)
            for (uint32_t w = 0; w < words && input->fields[f].scopes >> scope & 1u; w++)
                if (bits[w] & rows[(size_t)scope * words + w])
                    return true;
    }
    return false;
}

static bool may_tell(const struct verdict_plan *plan, const struct verdict_input *input)
{
    return plan->telling_always || fields_meet(plan, input, plan->wanted);
}

bool verdict_asks_memory(const struct verdict_plan *plan, const struct verdict_input *input)
{
    return plan->asking_always || fields_meet(plan, input, plan->asking);
}

double verdict_remembered(const struct verdict_scratch *scratch)
{
    return scratch->remembered;
}

bool verdict_uses_memory(const struct verdict_plan *plan)
{
    return plan->asks_threads || plan->asks_accounts;
}

bool verdict_uses_accounts(const struct verdict_plan *plan)
{
    return plan->asks_accounts;
}

bool verdict_counts_events(const struct verdict_plan *plan)
{
    return plan->counts_events;
}

bool verdict_stirs_thread(const struct verdict_plan *plan, const uint64_t *bits)
{
    for (uint32_t w = 0; w < plan->pack->signal_words; w++)
        if (bits[w] & plan->heard[w])
            return true;
    return false;
}

static void mark_rules_of(struct judgement *j, size_t cell)
{
    const struct verdict_plan *plan = j->plan;
    for (uint32_t i = plan->index_begin[cell]; i < plan->index_begin[cell + 1]; i++)
        bits_set(j->scratch->plausible, plan->index_rules[i]);
}

static void mark_plausible(struct judgement *j)
{
    const struct pack *pack = j->plan->pack;
    memcpy(j->scratch->plausible, j->plan->always, j->plan->rule_words * sizeof(uint64_t));
    for (uint32_t scope = 0; scope < SCOPE_COUNT; scope++)
        for (uint32_t w = 0; w < pack->signal_words; w++) {
            uint64_t bits = j->scratch->present[(size_t)scope * pack->signal_words + w];
            for (; bits; bits &= bits - 1) {
                const uint32_t signal = w * 64u + (uint32_t)__builtin_ctzll(bits);
                mark_rules_of(j, (size_t)scope * pack->signal_count + signal);
            }
        }
}

/* Fires those plausible rules that are `telling` or not. True if one weighs for the trade. */
static bool fire(struct judgement *j, bool telling)
{
    bool weighs = false;
    for (uint32_t w = 0; w < j->plan->rule_words; w++) {
        const uint64_t mask = telling ? j->plan->telling[w] : ~j->plan->telling[w];
        uint64_t bits = j->scratch->plausible[w] & mask;
        for (; bits; bits &= bits - 1) {
            const uint16_t r = (uint16_t)(w * 64u + (uint32_t)__builtin_ctzll(bits));
            const struct pack_rule *rule = &j->plan->pack->rules[r];
            if (!when_holds(j, rule->when))
                continue;
            struct fired *f = &j->fired[j->fired_count++];
            *f = (struct fired){.rule = r, .weight = rule->weight};
            if (rule->scaled) {
                f->weight *= fabs(when_wording(j)->log_odds);
                wording_evidence(j, &f->evidence);
            } else {
                when_evidence(j, rule->when, &f->evidence);
            }
            weighs |= rule->weight > 0;
        }
    }
    return weighs;
}

static uint32_t plausible_count(const struct judgement *j)
{
    uint32_t count = 0;
    for (uint32_t w = 0; w < j->plan->rule_words; w++)
        count += (uint32_t)__builtin_popcountll(j->scratch->plausible[w]);
    return count;
}

static bool prepare(struct judgement *j)
{
    struct arena *arena = &j->scratch->arena;
    j->fired = arena_alloc(arena, (plausible_count(j) + 1u) * sizeof *j->fired);
    j->meaning = arena_calloc(arena, j->input->field_count + 1u, sizeof *j->meaning);
    return j->fired && j->meaning;
}

enum ward_status verdict_judge(const struct verdict_plan *plan, const struct verdict_input *input,
                               const struct verdict_options *options,
                               struct verdict_scratch *scratch, const struct ward_verdict **out)
{
    assert(plan && input && options && scratch && out);
    assert(scratch->plan == plan);
    *out = NULL;
    arena_reset(&scratch->arena);
    struct judgement j = {.plan = plan, .input = input, .options = options, .scratch = scratch};
    struct ward_verdict *verdict = &scratch->verdict;
    *verdict = (struct ward_verdict){0};
    if (options->every_rule || may_tell(plan, input)) {
        gather_present(&j);
        mark_plausible(&j);
        if (!prepare(&j))
            return WARD_ERR_NOMEM;
        const bool weighs = fire(&j, true);
        if (weighs || options->every_rule)
            (void)fire(&j, false);
    }
    score_settle(&j, verdict);
    tell_verdict(&j, verdict);
    if (j.failed)
        return WARD_ERR_NOMEM;
    *out = verdict;
    return WARD_OK;
}
