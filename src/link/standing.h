/**
 * How surely an account took part in the trade, and on which side, from its own events.
 *
 * A verdict's score is the probability that one event takes part. Events of level none count only
 * where the score says "rather yes" (the level was held back for want of company). One event just
 * above the watch level, alone, is a chance flag as often as not: it makes nobody a trader.
 */
#ifndef WARD_LINK_STANDING_H
#define WARD_LINK_STANDING_H

#include "link/census.h"

struct standing {
    double probability; /**< 0..1 that the account takes part */
    double share[4]; /**< evidence by enum ward_role, summing to 1 (all none when there is none) */
    double weight;   /**< sum of the scores of flagged events */
    uint32_t flagged;
    enum ward_level level; /**< highest */
    bool is_trader;        /**< to stand on a person */
};

/** One per account of the census, in the arena. WARD_ERR_NOMEM. Cost: O(events). */
enum ward_status standing_take(const struct census *census, struct standing **out,
                               struct arena *work) WARD_MUST_USE;

/** The role with most evidence; WARD_ROLE_NONE when none has any. Ties: agent, offer, seek. */
enum ward_role standing_role(const double share[4]);

#endif
