/**
 * Accounts -> people: which accounts are one actor, how surely.
 *
 * Merging goes from the surest pair down and stops where "two actors" is as likely as "one". A
 * merge is refused when any account of one side speaks in turns with any of the other, or a human
 * said they are two. An account without flagged events of its own joins only by two kinds of ties,
 * one of them a handle or a picture: a warner who quotes a seller's number is no seller.
 *
 * Every account that took part is on exactly one person; others are on none.
 */
#ifndef WARD_LINK_PEOPLE_H
#define WARD_LINK_PEOPLE_H

#include "link/companions.h"
#include "link/graph.h"

struct people {
    uint32_t count;
    uint32_t *of;               /**< by account; CENSUS_NONE: bystander */
    uint32_t *begin, *accounts; /**< accounts of a person, ascending */
    double *confidence;         /**< by person: that its accounts are one actor */
    struct pair *ties;          /**< pairs that make people one: total with company counted */
    uint32_t tie_count;
    uint32_t *judged; /**< by tie: 1 where a human said so */
};

/** Persons are numbered by their least account. WARD_ERR_NOMEM. Cost: O(pairs log pairs), plus a
 * bounded number of comparisons for every merge tried. */
enum ward_status people_find(struct people *people, const struct scene *scene,
                             const struct pairs *pairs, struct arena *work) WARD_MUST_USE;

#endif
