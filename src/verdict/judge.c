/**
 * One judgement: present signals -> plausible rules -> fired rules -> settled and told.
 *
 * The plausible rules that tell for the trade (or lead to help) come first; only when one of them
 * fires are innocent readings worth weighing. So an ordinary text ends after a few words of bit
 * operations, and its verdict is the base rate with no reasons.
 */
#include "verdict/judge.h"
#include "verdict/passage.h"

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
    arena_init(&scratch->views, SCRATCH_ARENA_BLOCK, SCRATCH_ARENA_MAX);
    text_units_init(&scratch->units);
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
    arena_release(&scratch->views);
    text_units_release(&scratch->units);
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

/* ---- one judgement --------------------------------------------------------------------------- */

/* What all judgements of one event share. */
struct hearing {
    const struct verdict_plan *plan;
    const struct verdict_input *whole;
    const struct verdict_options *options;
    struct verdict_scratch *scratch;
};

/* Judges `input`, the event or a passage of it, into the scratch's verdict; `tells` with reasons
 * and facts, else only level and score. */
static enum ward_status judge(const struct hearing *h, const struct verdict_input *input,
                              bool tells)
{
    struct verdict_scratch *scratch = h->scratch;
    arena_reset(&scratch->arena);
    struct judgement j = {.plan = h->plan,
                          .input = input,
                          .whole = h->whole,
                          .options = h->options,
                          .scratch = scratch};
    scratch->verdict = (struct ward_verdict){0};
    if (h->options->every_rule || may_tell(h->plan, input)) {
        gather_present(&j);
        mark_plausible(&j);
        if (!prepare(&j))
            return WARD_ERR_NOMEM;
        const bool weighs = fire(&j, true);
        if (weighs || h->options->every_rule)
            (void)fire(&j, false);
    }
    score_settle(&j, &scratch->verdict);
    if (tells)
        tell_verdict(&j, &scratch->verdict);
    return j.failed ? WARD_ERR_NOMEM : WARD_OK;
}

/* ---- passages -------------------------------------------------------------------------------- */

struct stand_out {
    enum ward_level level;
    double score;
    bool is_whole;
    uint32_t field;
    struct passage passage;
};

static enum ward_status judge_passage(const struct hearing *h, uint32_t field,
                                      const struct passage *passage, bool tells)
{
    struct verdict_input view;
    arena_reset(&h->scratch->views);
    enum ward_status status =
        passage_view(h->whole, field, &h->scratch->units, passage, &h->scratch->views, &view);
    if (status == WARD_OK)
        status = judge(h, &view, tells);
    const struct verdict_field *cut = view.fields;
    h->scratch->verdict.is_passage = true;
    if (status == WARD_OK)
        h->scratch->verdict.passage = (struct ward_place){cut->field, cut->media, cut->offset,
                                                          cut->offset + (uint32_t)cut->text.len};
    return status;
}

static bool is_text(const struct verdict_field *field)
{
    return field->scopes >> SCOPE_TEXT & 1u;
}

/* Windows of the text stand first. */
static bool is_only_window(const struct verdict_input *whole, uint32_t field)
{
    return field == 0 && (whole->field_count == 1 || !is_text(&whole->fields[1]));
}

/* Judges the passages of window `field`; the strongest that beats `*best` takes its place. */
static enum ward_status hear_window(const struct hearing *h, uint32_t field, struct stand_out *best)
{
    struct verdict_scratch *scratch = h->scratch;
    enum ward_status status = text_units_decode(&scratch->units, h->whole->fields[field].text);
    struct passage passage;
    if (status != WARD_OK || (is_only_window(h->whole, field) && !passage_parts(&scratch->units)))
        return status;
    for (uint32_t from = 0; status == WARD_OK && passage_at(&scratch->units, from, &passage);
         from = passage_after(&scratch->units, &passage)) {
        status = judge_passage(h, field, &passage, false);
        const struct ward_verdict *found = &scratch->verdict;
        if (status == WARD_OK && (found->level > best->level ||
                                  (found->level == best->level && found->score > best->score)))
            *best = (struct stand_out){found->level, found->score, false, field, passage};
    }
    return status;
}

/* Judges every passage, tells the judgement that stands. Only that one: what is told of a passage
 * includes the facts of the whole. */
static enum ward_status hear_passages(const struct hearing *h)
{
    struct verdict_scratch *scratch = h->scratch;
    struct stand_out best = {scratch->verdict.level, scratch->verdict.score, true, 0, {0, 0}};
    enum ward_status status = WARD_OK;
    for (uint32_t f = 0; f < h->whole->field_count && status == WARD_OK; f++)
        if (is_text(&h->whole->fields[f]))
            status = hear_window(h, f, &best);
    if (status != WARD_OK)
        return status;
    if (best.is_whole)
        return judge(h, h->whole, true);
    status = text_units_decode(&scratch->units, h->whole->fields[best.field].text);
    if (status == WARD_OK)
        status = judge_passage(h, best.field, &best.passage, true);
    return status;
}

/* Signals enough for a rule to tell, in a text that may be long enough: words count once there. */
static bool has_passages(const struct hearing *h)
{
    const struct verdict_input *whole = h->whole;
    uint32_t units = 0;
    for (uint32_t f = 0; f < whole->field_count; f++)
        if (is_text(&whole->fields[f]))
            units += whole->fields[f].signals->unit_count;
    return units > PASSAGE_WHOLE_TOKENS && may_tell(h->plan, whole);
}

enum ward_status verdict_judge(const struct verdict_plan *plan, const struct verdict_input *input,
                               const struct verdict_options *options,
                               struct verdict_scratch *scratch, const struct ward_verdict **out)
{
    assert(plan && input && options && scratch && out);
    assert(scratch->plan == plan);
    *out = NULL;
    const struct hearing h = {plan, input, options, scratch};
    const bool parts = !options->whole_only && has_passages(&h);
    enum ward_status status = judge(&h, input, !parts);
    if (status == WARD_OK && parts)
        status = scratch->limited ? judge(&h, input, true) : hear_passages(&h);
    if (status == WARD_OK)
        *out = &scratch->verdict;
    return status;
}
