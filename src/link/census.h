/**
 * Who wrote what where: the events in one fixed order, their accounts and groups numbered by key,
 * and the events of each. Everything else in this room works on these numbers, so that no answer
 * depends on the order in which events came.
 *
 * Order of events: time, then platform, group, id (digits in an id count as numbers, so that line
 * 10 follows line 9); events without time come last. A key that comes twice counts once.
 */
#ifndef WARD_LINK_CENSUS_H
#define WARD_LINK_CENSUS_H

#include "base/arena.h"
#include "link/link.h"

#define CENSUS_NONE UINT32_MAX

/** Events are named by rank: their place in the order. Storage is the arena's. */
struct census {
    const struct link_input *input;
    uint32_t event_count;
    const struct link_event **events; /**< by rank */
    uint32_t *input_index;            /**< rank -> index into input->events */
    uint32_t *rank;                   /**< index into input->events -> rank */
    uint32_t *account;                /**< by rank; CENSUS_NONE: nobody known */
    uint32_t *group;                  /**< by rank; CENSUS_NONE: in none */
    uint32_t *place;                  /**< by rank: which event of its group it is, from 0 */
    uint8_t *level;                   /**< by rank: enum ward_level; none where dismissed */

    uint32_t account_count;
    struct ward_str *account_key;             /**< "platform/account", ascending */
    uint32_t *account_begin, *account_events; /**< ranks, ascending within an account */
    uint32_t group_count;
    struct ward_str *group_key; /**< "platform/group", ascending */
    uint32_t *group_begin, *group_events;
    uint64_t *group_messages; /**< read in all; at least the events given */
};

/** WARD_ERR_NOMEM. `keep` holds the keys, `work` the rest. Cost: O(n log n). */
enum ward_status census_take(struct census *census, const struct link_input *input,
                             struct arena *keep, struct arena *work) WARD_MUST_USE;

/** Number of the account with this key, CENSUS_NONE if it is not known. Cost: O(log n). */
uint32_t census_account(const struct census *census, struct ward_str key);

static inline bool census_is_flagged(const struct census *census, uint32_t rank)
{
    return census->level[rank] != WARD_LEVEL_NONE;
}

#endif
