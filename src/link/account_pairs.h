/**
 * What speaks for and against two accounts being one actor.
 *
 * Evidence is gathered only for pairs that share something rare; everything else about the pair
 * (roles, turns in one group, answers) is then looked up. The total is in log-odds, prior included.
 */
#ifndef WARD_LINK_ACCOUNT_PAIRS_H
#define WARD_LINK_ACCOUNT_PAIRS_H

#include "link/things.h"

/** One shared thing. Sorted by (a, b, kind, thing). */
struct evidence {
    uint32_t a, b; /**< accounts, a < b */
    uint32_t thing;
    uint8_t kind; /**< enum thing_kind */
    double weight;
};

/** All evidence on two accounts, added up. */
struct pair {
    uint32_t a, b;
    uint32_t first, count; /**< into pairs.evidence */
    double shared;         /**< sum over the shared things: how strongly the two are tied at all */
    double total;          /**< log-odds that the two are one actor */
    uint8_t kinds;         /**< bits 1 << enum thing_kind */
};

struct pairs {
    struct evidence *evidence;
    uint32_t evidence_count;
    struct pair *all; /**< by (a, b) */
    uint32_t count;
};

/** The parts of the picture that pairs are judged on. All borrowed. */
struct scene {
    const struct census *census;
    const struct standing *standing;
    const struct thing_index *things;
};

/** WARD_ERR_NOMEM. Cost: O(n log n): a thing ties at most BELIEF_SHARED_MAX accounts. */
enum ward_status pairs_gather(struct pairs *pairs, const struct scene *scene,
                              struct arena *work) WARD_MUST_USE;

/** How two accounts behave where both are present. */
struct turns {
    uint32_t switches; /**< changes from one to the other in the order of a group, most of any */
    uint32_t answers;  /**< events of one that name an event of the other as answered */
};
/** Cost: O(events of both), at most 512 of each are looked at. */
struct turns pair_turns(const struct census *census, uint32_t a, uint32_t b);

/** What roles say, log-odds; near 0 where little is known of either. */
double pair_roles(const struct standing *a, const struct standing *b);
/** What turns say, log-odds, 0 or less. */
double pair_silence(const struct turns *turns);

#endif
