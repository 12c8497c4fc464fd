/**
 * Referrals as they stand: asked for, completed by another person, or overtaken by a later
 * decision. Read from the decisions, which are never changed.
 */
#ifndef WARD_CASEWORK_REFERRALS_H
#define WARD_CASEWORK_REFERRALS_H

#include "base/arena.h"
#include "store/store.h"

enum referral_state {
    REFERRAL_REQUESTED = 0, /**< waits for a second person */
    REFERRAL_DONE,
    REFERRAL_WITHDRAWN /**< the case was dismissed or opened again before it was completed */
};
#define REFERRAL_STATES 3
/** "requested", "referred", "withdrawn"; static. */
const char *referral_state_name(enum referral_state state);

struct referral {
    uint64_t seq;                  /**< of the decision that asked for it, or did it alone */
    struct ward_str case_id, body; /**< the case as it was named then */
    enum referral_state state;
    struct ward_str asked_by, done_by; /**< done_by: who completed it, or empty */
    int64_t asked_ms, done_ms;         /**< done_ms: 0 none */
    struct ward_str note;
};

struct referrals {
    struct arena arena;
    struct referral *rows; /* owned; by seq */
    size_t count, capacity;
};

void referrals_init(struct referrals *referrals);
void referrals_release(struct referrals *referrals);
/** Reads all. Errors of the store; WARD_ERR_NOMEM. Cost: linear in decisions, and in referrals for
 * each case that was dismissed or opened again. */
enum ward_status referrals_read(struct referrals *referrals, struct store *store,
                                struct ward_error *err) WARD_MUST_USE;

#endif
