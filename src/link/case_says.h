/**
 * One sentence for a case: who is in it, where, and what makes haste.
 */
#ifndef WARD_LINK_CASE_SAYS_H
#define WARD_LINK_CASE_SAYS_H

#include "base/buf.h"
#include "link/urgency.h"

struct case_count {
    uint32_t people[4]; /**< by enum ward_role */
    uint32_t groups;
};

/** "2 brokers and 3 sellers in 4 groups; a birth is due on 2026-12-01". Appends to both. */
void case_say(struct buf *zh, struct buf *en, const struct case_count *count,
              const struct urgency *urgency);

#endif
