/**
 * Numbers -> the struct link that callers read: people, groups, cases and ties in their final
 * order, with ids, sentences and lists.
 */
#ifndef WARD_LINK_RESULT_H
#define WARD_LINK_RESULT_H

#include "link/ties.h"

/** Neighbours this near a flagged event (places in the group) belong to its case. */
#define RESULT_NEIGHBOURS 10u

/** All that was found. Borrowed. */
struct finding {
    const struct cast *cast;
    const struct group_view *groups;
    const struct cases *cases;
    const double *brokerage; /**< by person */
};

/** Fills `*link`; everything is `keep`'s. WARD_ERR_NOMEM. Cost: O(n log n). */
enum ward_status result_make(struct link *link, const struct finding *finding, struct arena *keep,
                             struct arena *work) WARD_MUST_USE;

#endif
