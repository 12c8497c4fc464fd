/**
 * How soon somebody should look at a case, and why: points for reasons, each in a sentence.
 *
 * Reasons: a reason marked urgent fired; a birth is due, a child is newborn; a hand-over or journey
 * is spoken of; a concrete child is described; there are several children; a broker is at work; one
 * person deals again; papers are for sale; the trade is going on now.
 */
#ifndef WARD_LINK_URGENCY_H
#define WARD_LINK_URGENCY_H

#include "link/profile.h"

/** What the events of one case add up to. */
struct case_facts {
    const uint32_t *events; /**< ranks, ascending */
    uint32_t event_count;
    uint32_t agents; /**< people with that role */
    uint32_t people;
    bool repeats; /**< one person offers several children, or trades in several groups */
};

struct urgency {
    struct link_urgency_reason *reasons; /**< most points first */
    size_t reason_count;
    double points;
    enum link_urgency level;
    struct ward_str due_zh, due_en; /**< "a birth is due in 2026-11", or empty */
    uint32_t children;              /**< concrete ones told apart by sex and age */
};

/** Sentences are `keep`'s. WARD_ERR_NOMEM. Cost: O(events of the case). */
enum ward_status urgency_judge(struct urgency *out, const struct census *census,
                               const struct case_facts *facts, struct arena *keep) WARD_MUST_USE;

#endif
