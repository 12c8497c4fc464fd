/**
 * Noisy-or of the events' scores, each text once: saying a thing twice is no second proof.
 */
#include "link/standing.h"

#include "base/hash.h"
#include "base/str.h"

/* Scores of watch level are read with this much doubt: chance flags of ordinary lines lie there. */
#define WATCH_TRUST 0.9
/* Events of level none that score "rather yes". */
#define HELD_BACK_TRUST 0.5
#define HELD_BACK_LEAST 0.5
/* To be on a person: of one's own strength, or less where the group trades visibly. */
#define TRADER_LEAST 0.6
#define TRADER_LEAST_IN_TRADE 0.45
/* What makes a group trade visibly: this sure an account, besides the one in question. */
#define TRADES_VISIBLY 0.75
/* Texts remembered to tell repeats. */
#define TEXTS_KEPT 32u

static double event_belief(const struct census *census, uint32_t rank)
{
    const double score = census->events[rank]->score;
    switch ((enum ward_level)census->level[rank]) {
    case WARD_LEVEL_NONE:
        return census->events[rank]->level == WARD_LEVEL_NONE && score >= HELD_BACK_LEAST
                   ? score * HELD_BACK_TRUST
                   : 0;
    case WARD_LEVEL_WATCH:
        return score * WATCH_TRUST;
    case WARD_LEVEL_REVIEW:
    case WARD_LEVEL_URGENT:
        break;
    }
    return score;
}

static bool is_repeat(uint64_t *texts, uint32_t *count, struct ward_str text)
{
    const uint64_t hash = hash_str(text, 7);
    for (uint32_t i = 0; i < *count && i < TEXTS_KEPT; i++)
        if (texts[i] == hash)
            return true;
    texts[(*count)++ % TEXTS_KEPT] = hash;
    return false;
}

static void weigh(const struct census *census, uint32_t account, struct standing *out)
{
    double doubt = 1, sides[4] = {0};
    uint64_t texts[TEXTS_KEPT];
    uint32_t text_count = 0;
    for (uint32_t i = census->account_begin[account]; i < census->account_begin[account + 1]; i++) {
        const uint32_t rank = census->account_events[i];
        const struct link_event *event = census->events[rank];
        const double belief = event_belief(census, rank);
        if (belief <= 0)
            continue;
        if (!is_repeat(texts, &text_count, event->text))
            doubt *= 1 - (belief < 0.999 ? belief : 0.999);
        if (!census_is_flagged(census, rank))
            continue;
        out->flagged++;
        out->weight += belief;
        sides[event->role] += belief;
        if (event->level > out->level)
            out->level = event->level;
    }
    out->probability = 1 - doubt;
    const double sum = sides[0] + sides[1] + sides[2] + sides[3];
    for (int role = 0; role < 4; role++)
        out->share[role] = sum > 0 ? sides[role] / sum : role == WARD_ROLE_NONE;
}

/* Sure accounts of each group. An account in many groups counts in each. */
static uint32_t count_sure(const struct census *census, const struct standing *standing,
                           uint32_t group)
{
    uint32_t sure = 0, last = CENSUS_NONE;
    for (uint32_t i = census->group_begin[group]; i < census->group_begin[group + 1]; i++) {
        const uint32_t rank = census->group_events[i], account = census->account[rank];
        if (account == CENSUS_NONE || account == last || !census_is_flagged(census, rank))
            continue;
        if (standing[account].probability >= TRADES_VISIBLY) {
            sure++;
            last = account;
        }
        if (sure > 1)
            break;
    }
    return sure;
}

/* One event at watch level accuses nobody: its score may be that of its company. */
static bool has_more_than_chance(const struct census *census, uint32_t account)
{
    uint32_t shown = 0;
    for (uint32_t i = census->account_begin[account]; i < census->account_begin[account + 1]; i++)
        shown += event_belief(census, census->account_events[i]) > 0;
    return shown > 1;
}

static void admit(const struct census *census, struct standing *standing, const uint8_t *visible)
{
    for (uint32_t a = 0; a < census->account_count; a++) {
        struct standing *s = &standing[a];
        if (!s->flagged)
            continue;
        const bool more = has_more_than_chance(census, a);
        s->is_trader = s->probability >= TRADER_LEAST && (more || s->level >= WARD_LEVEL_REVIEW);
        if (s->is_trader || s->probability < TRADER_LEAST_IN_TRADE || !more)
            continue;
        for (uint32_t i = census->account_begin[a]; i < census->account_begin[a + 1]; i++) {
            const uint32_t rank = census->account_events[i];
            if (census->group[rank] != CENSUS_NONE && census_is_flagged(census, rank) &&
                visible[census->group[rank]])
                s->is_trader = true;
        }
    }
}

enum ward_status standing_take(const struct census *census, struct standing **out,
                               struct arena *work)
{
    *out = NULL;
    struct standing *standing = arena_calloc(work, census->account_count + 1u, sizeof *standing);
    uint8_t *visible = arena_calloc(work, census->group_count + 1u, 1);
    if (!standing || !visible)
        return WARD_ERR_NOMEM;
    for (uint32_t a = 0; a < census->account_count; a++)
        weigh(census, a, &standing[a]);
    for (uint32_t g = 0; g < census->group_count; g++)
        visible[g] = count_sure(census, standing, g) > 0;
    admit(census, standing, visible);
    *out = standing;
    return WARD_OK;
}

enum ward_role standing_role(const double share[4])
{
    static const enum ward_role order[3] = {WARD_ROLE_AGENT, WARD_ROLE_OFFER, WARD_ROLE_SEEK};
    enum ward_role best = WARD_ROLE_NONE;
    double most = 0;
    for (int i = 0; i < 3; i++) {
        if (share[order[i]] > most + 1e-9) {
            most = share[order[i]];
            best = order[i];
        }
    }
    return best;
}
