/**
 * Things that accounts share: handles, pictures, texts of one template, parts of aliases. For each
 * kind, who showed which thing in which event.
 */
#ifndef WARD_LINK_THINGS_H
#define WARD_LINK_THINGS_H

#include "link/census.h"
#include "link/standing.h"

enum thing_kind { THING_HANDLE, THING_PICTURE, THING_TEXT, THING_ALIAS };
#define THING_KINDS 4

/** Things of one kind with the events that show them: thing t has ranks[begin[t] .. begin[t + 1]),
 * ascending; behind them, for a handle that is an account's own id, the first event of it. */
struct things {
    enum thing_kind kind;
    uint32_t count;
    uint32_t *begin, *ranks;
    const struct ward_str *name; /**< by thing: handles and aliases as keyed; NULL for others */
    const uint32_t *tokens;      /**< texts only, by thing: tokens of the shortest member */
};

/** All four kinds, by enum thing_kind. */
struct thing_index {
    struct things of[THING_KINDS];
    uint32_t *owner;  /**< by handle: the account whose own id it is, CENSUS_NONE */
    uint8_t *handles; /**< by account: distinct handles given, at most 255 */
    uint64_t *words;  /**< by rank: hash of the text as read (0: none), to tell reposts */
};

/** Collects everything. WARD_ERR_NOMEM. Cost: that of clustering the flagged texts, plus O(n). */
enum ward_status things_collect(struct thing_index *index, const struct census *census,
                                struct arena *keep, struct arena *work) WARD_MUST_USE;

/** Who shows one thing. */
struct thing_peers {
    uint32_t accounts[16]; /**< ascending; the first `kept` of them */
    uint32_t kept;
    uint32_t count;   /**< distinct accounts, counted no further than 64 */
    uint32_t traders; /**< of them (of those counted) */
};
void things_peers(struct thing_peers *peers, const struct things *things, uint32_t thing,
                  const struct census *census, const struct standing *standing);

/** 0..1: how much of its weight a thing keeps, given who shows it: falls with the number of
 * accounts, and with the share of those who have nothing to do with the trade. */
double things_rarity(const struct thing_peers *peers);

#endif
