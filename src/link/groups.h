/**
 * How much of a trading group each group is.
 *
 * What counts is how many different people trade there and on which sides, how large a part of what
 * is said is flagged, and whether people known from elsewhere are present. A chance flag of one
 * bystander counts next to nothing; an innocent-looking group is told by who sits in it.
 */
#ifndef WARD_LINK_GROUPS_H
#define WARD_LINK_GROUPS_H

#include "link/profile.h"

struct group_view {
    double score; /**< 0..1 */
    uint32_t flagged;
    uint32_t people[4];    /**< by role: those with a flagged event here */
    uint32_t people_count; /**< sum */
    bool is_crowd;         /**< so many trade here that being here together ties nobody */
};

/** Everything known before groups and cases are judged. All borrowed. */
struct cast {
    const struct scene *scene;
    const struct pairs *pairs;
    const struct people *people;
    const struct profiles *profiles;
};

/** One per group of the census. WARD_ERR_NOMEM. Cost: O(events + pairs). */
enum ward_status groups_view(struct group_view **out, const struct cast *cast,
                             struct arena *work) WARD_MUST_USE;

/** People beyond whom a group is a crowd: a public board, where traders do not know each other. */
#define GROUP_CROWD 48u

#endif
