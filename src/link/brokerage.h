/**
 * Who stands between the others: betweenness of people in their case.
 */
#ifndef WARD_LINK_BROKERAGE_H
#define WARD_LINK_BROKERAGE_H

#include "link/cases.h"

/**
 * `out[p]` for every person: the share of pairs of others in the case whose shortest ways lead
 * through p, 0..1 (Freeman 1977, computed after Brandes 2001; groups are stops on the way, not
 * people). WARD_ERR_NOMEM. Cost: O(people * edges) a case; a case is at most CASE_PEOPLE_MAX people
 * unless judgements joined more, then people beyond BROKERAGE_PEOPLE_MAX are given 0.
 */
enum ward_status brokerage_measure(double *out, const struct cases *cases, uint32_t person_count,
                                   struct arena *work) WARD_MUST_USE;
#define BROKERAGE_PEOPLE_MAX 256u

#endif
