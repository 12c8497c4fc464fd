/**
 * Ids that survive growth: people and cases keep the id their events bore at an earlier linking.
 *
 * An earlier id goes where most of its events went. What holds several keeps the elder (the one
 * with the earliest event) and remembers the others. What holds none gets a fresh one from its
 * first event's key, so that linking anew gives the same ids.
 */
#ifndef WARD_LINK_NAMING_H
#define WARD_LINK_NAMING_H

#include "link/census.h"

/** Hex digits of a fresh id: 48 bits. */
#define NAMING_DIGITS 12u

/** What is to be named: people, or cases. */
struct naming_subject {
    char prefix;        /**< 'P' or 'C' */
    uint32_t count;     /**< things to name */
    const uint32_t *of; /**< by rank: which one; CENSUS_NONE: none */
};

struct naming {
    struct ward_str *id;      /**< by thing */
    struct ward_str **merged; /**< by thing: earlier ids that went into it, oldest first */
    uint32_t *merged_count;   /**< by thing */
};

/** Everything in `naming` is `keep`'s. WARD_ERR_NOMEM. Cost: O(events log events). */
enum ward_status naming_give(struct naming *naming, const struct naming_subject *subject,
                             const struct census *census, struct arena *keep) WARD_MUST_USE;

#endif
