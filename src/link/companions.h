/**
 * Groups that accounts move between together: if two accounts of a group are known in another one,
 * a third that bears a like name in both is likelier the same person than its name alone says.
 */
#ifndef WARD_LINK_COMPANIONS_H
#define WARD_LINK_COMPANIONS_H

#include "link/account_pairs.h"

/** Two groups tied by two accounts (or by one account active in both: a == b). */
struct companion {
    uint32_t g, h; /**< groups, g < h */
    uint32_t a, b;
};

struct companions {
    struct companion *all; /**< by (g, h, a, b) */
    uint32_t count;
    uint32_t *traders; /**< by group */
};

/** From all pairs tied by more than an alias. WARD_ERR_NOMEM. Cost: O(pairs), at most 8 groups of
 * an account count. */
enum ward_status companions_find(struct companions *companions, const struct scene *scene,
                                 const struct pairs *pairs, struct arena *work) WARD_MUST_USE;

/** What the company of others adds for accounts a and b, log-odds, 0 or more. In crowds it adds
 * less: there, chance alone brings companions. */
double companions_bonus(const struct companions *companions, const struct census *census,
                        uint32_t a, uint32_t b);

#endif
