/**
 * What people decided, counted: kinds, look-alikes named, second opinions, agreement.
 *
 * Two people agree on a case when the last thing each of them held it to be is the same: the trade
 * (confirm, escalate, refer) or not (dismiss).
 */
#ifndef WARD_CASEWORK_AGREEMENT_H
#define WARD_CASEWORK_AGREEMENT_H

#include "base/json_pen.h"
#include "store/store.h"

/** Members "decisions", "look_alikes", "agreement", "referrals" and "reopened" of an open object,
 * for decisions made in [from_ms, to_ms). Errors of the store; WARD_ERR_NOMEM. Linear in them. */
enum ward_status agreement_show(struct store *store, int64_t from_ms, int64_t to_ms,
                                struct json_pen *pen, struct ward_error *err) WARD_MUST_USE;

#endif
