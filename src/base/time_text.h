/**
 * Moments as text.
 */
#ifndef WARD_BASE_TIME_TEXT_H
#define WARD_BASE_TIME_TEXT_H

#include "base/buf.h"

/** `time_ms` (UTC, since the epoch) as RFC 3339 ("2026-11-01T08:00:00Z"); milliseconds only when
 * there are any. */
void time_put(struct buf *out, int64_t time_ms);

#endif
