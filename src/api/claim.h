/**
 * How long a claim holds.
 *
 * Who claims a case is its assignee. A claim does not run out by the clock alone: it lapses when
 * its holder has written nothing about the case for CLAIM_IDLE_MS. Then anybody may take it over,
 * and until somebody does it stays where it is. A forgotten claim so never locks a case up, and
 * nobody loses one over a lunch break.
 */
#ifndef WARD_API_CLAIM_H
#define WARD_API_CLAIM_H

#include "store/store.h"

/* A day: the longest shift and the night behind it. */
#define CLAIM_IDLE_MS (24 * 60 * 60 * INT64_C(1000))

struct claim {
    struct ward_str holder; /**< or empty; borrowed */
    int64_t active_ms;      /**< when the holder last wrote something, or was given the case */
};

/** Takes in a decision on the case, oldest first. */
void claim_see(struct claim *claim, const struct store_decision *decision);

/** When the claim lapses, if nothing more is written. */
static inline int64_t claim_until_ms(const struct claim *claim)
{
    return claim->active_ms + CLAIM_IDLE_MS;
}

#endif
