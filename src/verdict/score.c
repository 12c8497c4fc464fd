/**
 * Fired rules -> effective weights, score, level and role.
 *
 * 1. Weights and base are rounded to four decimals before they are summed, so the numbers shown add
 *    up to the score exactly.
 * 2. Within a family, the heaviest rules count first and the sum is held within +-cap; what a rule
 *    adds after the cap is the weight it is shown with.
 * 3. Level review needs evidence from two slot families, one of them transfer, consideration or
 *    papers, at least one of them in the person's own words, and at least one hit that was not read
 *    by sound alone; and a rule that asks no memory must have told something: who merely stands
 * among the trade is watched, not reviewed. Level urgent is review plus a rule marked urgent.
 * 4. While a `limit` rule holds, the level is none whatever the score: people who ask for help or
 *    look something up are shown help.
 */
#include "verdict/judge.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#define SLOTS_OF_TRADE                                                                             \
    (1u << SLOT_OBJECT | 1u << SLOT_TRANSFER | 1u << SLOT_CONSIDERATION | 1u << SLOT_DESCRIPTION | \
     1u << SLOT_PAPERS | 1u << SLOT_CHANNEL | 1u << SLOT_SECRECY | 1u << SLOT_PARTY)
#define SLOTS_OF_DEALING (1u << SLOT_TRANSFER | 1u << SLOT_CONSIDERATION | 1u << SLOT_PAPERS)

static double rounded(double value)
{
    return round(value * 1e4) / 1e4;
}

static int by_force(const void *a, const void *b)
{
    const struct fired *x = a;
    const struct fired *y = b;
    const double fx = fabs(x->weight);
    const double fy = fabs(y->weight);
    if (fx != fy)
        return fx < fy ? 1 : -1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

static int by_weight(const void *a, const void *b)
{
    const struct fired *x = a;
    const struct fired *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

static double clamped(double value, double cap)
{
    if (value > cap)
        return cap;
    return value < -cap ? -cap : value;
}

/* Holds every family within its cap; WARD_ERR_NOMEM voids the judgement. */
static void cap_families(struct judgement *j)
{
    const struct pack *pack = j->plan->pack;
    double *sums = arena_calloc(&j->scratch->arena, pack->family_count + 1u, sizeof *sums);
    if (!sums) {
        j->failed = true;
        return;
    }
    for (uint32_t i = 0; i < j->fired_count; i++) {
        struct fired *f = &j->fired[i];
        const uint16_t family = pack->rules[f->rule].family;
        if (family >= pack->family_count) {
            f->weight = rounded(f->weight);
            continue;
        }
        const double cap = rounded(pack->families[family].cap);
        const double sum = clamped(sums[family] + rounded(f->weight), cap);
        f->weight = rounded(sum - sums[family]);
        sums[family] = sum;
    }
}

static double logistic(double log_odds)
{
    return 1.0 / (1.0 + exp(-log_odds));
}

static unsigned bits_count(uint32_t bits)
{
    return (unsigned)__builtin_popcount(bits);
}

struct standing {
    uint32_t slots;
    uint32_t slots_own;
    bool solid;
    bool told; /* by a rule that asks no memory and is not the wording as a whole */
    bool urgent;
    bool limited;
};

static struct standing standing_of(const struct judgement *j)
{
    struct standing s = {0};
    for (uint32_t i = 0; i < j->fired_count; i++) {
        const struct fired *f = &j->fired[i];
        const struct pack_rule *rule = &j->plan->pack->rules[f->rule];
        s.limited |= rule->limit;
        s.urgent |= rule->urgent;
        if (rule->weight <= 0)
            continue;
        s.slots |= f->evidence.slots & SLOTS_OF_TRADE;
        s.slots_own |= f->evidence.slots_own & SLOTS_OF_TRADE;
        s.solid |= f->evidence.solid;
        s.told |= !rule->scaled && !bits_have(j->plan->remembering, f->rule);
    }
    return s;
}

static enum ward_level level_of(const struct judgement *j, double score)
{
    const struct verdict_options *o = j->options;
    const struct standing s = standing_of(j);
    j->scratch->limited = s.limited;
    if (s.limited || score < o->watch)
        return WARD_LEVEL_NONE;
    const bool founded = bits_count(s.slots) >= 2 && (s.slots & SLOTS_OF_DEALING) && s.slots_own &&
                         s.solid && s.told;
    if (score < o->review || !founded)
        return WARD_LEVEL_WATCH;
    return s.urgent && score >= o->urgent ? WARD_LEVEL_URGENT : WARD_LEVEL_REVIEW;
}

/* The role that the wording leans to, where it was heard and the table knows roles: that is right
 * about three times in four on unseen authors, the rules about one time in two. */
static enum ward_role role_heard(const struct judgement *j)
{
    static const enum ward_role roles[WORDING_ROLES] = {WARD_ROLE_OFFER, WARD_ROLE_SEEK,
                                                        WARD_ROLE_AGENT};
    const double *lean = j->wording.lean;
    uint32_t best = 0;
    for (uint32_t i = 1; i < WORDING_ROLES; i++)
        if (lean[i] > lean[best])
            best = i;
    const bool known = lean[0] < lean[best] || lean[1] < lean[best] || lean[2] < lean[best];
    const bool person = j->input->event->kind != WARD_KIND_GROUP_NAME;
    return j->heard && known && person ? roles[best] : WARD_ROLE_NONE;
}

/* The role with the greatest sum of weights; on a tie the one that weighs more for others: an agent
 * before an offer before a seeker. */
static enum ward_role role_of(const struct judgement *j)
{
    const enum ward_role heard = role_heard(j);
    if (heard != WARD_ROLE_NONE)
        return heard;
    double sums[4] = {0};
    for (uint32_t i = 0; i < j->fired_count; i++) {
        const struct fired *f = &j->fired[i];
        const uint8_t role = j->plan->pack->rules[f->rule].role;
        if (role < 4 && f->weight > 0)
            sums[role] += f->weight;
    }
    static const enum ward_role order[] = {WARD_ROLE_AGENT, WARD_ROLE_OFFER, WARD_ROLE_SEEK};
    enum ward_role best = WARD_ROLE_NONE;
    double most = 0;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (sums[order[i]] > most) {
            best = order[i];
            most = sums[order[i]];
        }
    return best;
}

void score_settle(struct judgement *j, struct ward_verdict *verdict)
{
    if (j->fired_count)
        qsort(j->fired, j->fired_count, sizeof *j->fired, by_force);
    cap_families(j);
    double log_odds = verdict->base = rounded(j->plan->pack->base);
    j->scratch->remembered = 0;
    for (uint32_t i = 0; i < j->fired_count; i++) {
        log_odds += j->fired[i].weight;
        if (bits_have(j->plan->remembering, j->fired[i].rule))
            j->scratch->remembered += j->fired[i].weight;
    }
    verdict->score = logistic(log_odds);
    verdict->level = level_of(j, verdict->score);
    verdict->role =
        verdict->level == WARD_LEVEL_NONE || j->input->foreign ? WARD_ROLE_NONE : role_of(j);
    if (j->fired_count)
        qsort(j->fired, j->fired_count, sizeof *j->fired, by_weight);
    assert(verdict->score >= 0 && verdict->score <= 1);
}
