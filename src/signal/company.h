/**
 * Which hits count: those that need company look for it among the others.
 */
#ifndef WARD_SIGNAL_COMPANY_H
#define WARD_SIGNAL_COMPANY_H

#include "signal/signals.h"

/**
 * Sets `support` to SUPPORT_NONE for every hit that has the company it needs. `hits` are sorted by
 * `unit_begin`. A hit counts another as company when the two do not overlap, fill different slots,
 * and stand at most SIGNAL_COMPANY_UNITS apart. A hit that needs nothing is full company; one that
 * needs company itself is half. SUPPORT_ONE by sound asks for half, everything else for full
 * (a reader's code only from hits that need nothing). A written combination that is rare in
 * ordinary text is company enough, except for initials.
 *
 * What counts as company is decided before anything is changed, so the order of hits is of no
 * matter. Cost: O(hits * COMPANY_LOOK_MAX).
 */
void company_settle(const struct pack *pack, struct signal_hit *hits, uint32_t count);

/** Neighbours looked at on either side of a hit. */
#define COMPANY_LOOK_MAX 96u

#endif
