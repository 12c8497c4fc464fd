/**
 * What each kind of tie is worth, in log-odds that two accounts are one actor. One place, so that a
 * reviewer can weigh them against each other.
 *
 * Origin: judgement, in the frame of Fellegi and Sunter 1969 (how much likelier the agreement is
 * between accounts of one actor than between two actors of the trade), checked on the development
 * groups of the made-up corpus and on the small made-up networks of tests/data/link. Not fitted:
 * there are too few actors to fit on. A wrong merge accuses an innocent, so doubts lean to "two".
 */
#ifndef WARD_LINK_BELIEF_H
#define WARD_LINK_BELIEF_H

/** Two accounts of the trade are two actors, until something ties them. */
#define BELIEF_PRIOR (-2.0)

/** Both give one handle and nobody else does: how a person is reached is how they earn. */
#define BELIEF_HANDLE 4.5
/** One account's own id is given by the other as the way to reach them. */
#define BELIEF_HANDLE_OWNER 5.0
/** Both offer the child in one picture. */
#define BELIEF_PICTURE_OFFER 4.2
/** Both show one picture, as brokers do with proofs that pass from hand to hand. */
#define BELIEF_PICTURE_BROKER 1.5
/** One shows what the other offers: a broker's or a seeker's relay. */
#define BELIEF_PICTURE_RELAY 0.8
/** The same words, 5 tokens (anybody may say them) and at least 13; times how sure the verdict is.
 */
#define BELIEF_TEXT_SHORT 1.0
#define BELIEF_TEXT_LONG 3.4
/** One template, other slots: a fraction of the same words. */
#define BELIEF_TEMPLATE_PART 0.6
/** Aliases can never reach the prior alone, nor with equal roles: they collide. */
#define BELIEF_ALIAS_MOST 1.6
/** Another pair of accounts ties the same two groups: they moved together. */
#define BELIEF_COMPANY_ONE 1.2
#define BELIEF_COMPANY_MORE 1.6
/** Second and later ties of one kind, as a fraction. */
#define BELIEF_AGAIN 0.3

/** Roles agree, or are of opposite sides (both well shown). */
#define BELIEF_ROLE_SAME 0.3
#define BELIEF_ROLE_OPPOSITE (-2.5)
#define BELIEF_ROLE_OTHER (-0.8)
/** Both speak in one group in turns: people do not talk to themselves there. */
#define BELIEF_TURNS_MANY (-6.0)
#define BELIEF_TURNS_FEW (-2.5)
/** One answers the other by name of the event. */
#define BELIEF_ANSWERS (-4.0)

/** What more than this many accounts share ties nobody (a hotline, a news text, a meme). */
#define BELIEF_SHARED_MAX 12u
/** Accounts of one person; beyond, something is wrong with the ties. */
#define BELIEF_ACCOUNTS_MAX 32u

#endif
