/**
 * People -> cases: who should be looked at together, few enough to be read.
 *
 * People and the groups they trade in are nodes of one network, so that a group of n people costs n
 * edges; what two people share ties them directly. Small components are cases as they are; large
 * ones are split into communities. A group where crowds trade ties nobody, an answer does.
 */
#ifndef WARD_LINK_CASES_H
#define WARD_LINK_CASES_H

#include "link/community.h"
#include "link/groups.h"

/** Above this many people a component is split; parts have no more than this. */
#define CASE_PEOPLE_MAX 60u

/** One answered the other: ranks of the two events. */
struct answer {
    uint32_t from, to; /**< persons; from answered */
    uint32_t rank, answered;
};

struct cases {
    uint32_t count;
    uint32_t *of;             /**< by person */
    uint32_t *begin, *people; /**< people of a case, ascending */
    struct answer *answers;   /**< in order of rank */
    uint32_t answer_count;
    struct network network; /**< people, then groups; every edge that ties */
};

/** Cases are numbered by their least person. WARD_ERR_NOMEM. Cost: O(edges log edges). */
enum ward_status cases_find(struct cases *cases, const struct cast *cast,
                            const struct group_view *groups, struct arena *work) WARD_MUST_USE;

#endif
