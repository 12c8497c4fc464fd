/**
 * What is known of each person from all their accounts: side, strength, groups, flagged events.
 */
#ifndef WARD_LINK_PROFILE_H
#define WARD_LINK_PROFILE_H

#include "link/people.h"

struct profile {
    double probability; /**< 0..1 that this person takes part */
    double weight;      /**< sum of the scores of flagged events */
    double share[4];    /**< by enum ward_role, sum 1 */
    enum ward_role role;
};

/** By person. Storage is the arena's. */
struct profiles {
    struct profile *of;
    uint32_t *event_begin, *events; /**< flagged ones, ascending ranks */
    uint32_t *group_begin, *groups; /**< where a flagged event stands, ascending */
};

/** WARD_ERR_NOMEM. Cost: O(n log n) in the events of each person. */
enum ward_status profiles_take(struct profiles *profiles, const struct scene *scene,
                               const struct people *people, struct arena *work) WARD_MUST_USE;

#endif
