/**
 * A stored verdict -> what linking needs of it.
 */
#ifndef WARD_CASEWORK_VERDICT_READ_H
#define WARD_CASEWORK_VERDICT_READ_H

#include "base/arena.h"
#include "link/link.h"

/**
 * Fills level, role, score, urgent, handles, children, prices and rules of `event` from a verdict
 * as `ward scan --json` writes it; an empty `json` is level none. Arrays and strings go to `arena`.
 * Places are not read. WARD_ERR_FORMAT, WARD_ERR_NOMEM.
 */
enum ward_status verdict_read(struct ward_str json, struct arena *arena, struct link_event *event,
                              struct ward_error *err) WARD_MUST_USE;

#endif
