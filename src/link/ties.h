/**
 * Ties as they are shown: who is tied to whom by what, in a sentence, with the events that show it.
 *
 * Ties between accounts of one case only. A group gives a star around its busiest person, not a tie
 * for every pair, so that a picture of the case stays readable and its size linear.
 */
#ifndef WARD_LINK_TIES_H
#define WARD_LINK_TIES_H

#include "link/cases.h"

/** Events named by one tie at most; the earliest. */
#define TIE_EVENTS_MAX 32u

struct tie_list {
    struct link_tie *all;            /**< by a, b, kind; events are indexes into the input */
    uint32_t *account_a, *account_b; /**< by tie: numbers in the census */
    bool *is_identity;               /**< by tie: it is why the two are one person */
    uint32_t count;
};

/** Everything is `keep`'s but the two lists of numbers (`work`). WARD_ERR_NOMEM. Cost:
 * O(ties log ties). */
enum ward_status ties_list(struct tie_list *list, const struct cast *cast,
                           const struct group_view *groups, const struct cases *cases,
                           struct arena *keep) WARD_MUST_USE;

#endif
