/**
 * A name for an event that was given none: the same again is the same event.
 */
#ifndef WARD_API_CONTENT_ID_H
#define WARD_API_CONTENT_ID_H

#include "base/buf.h"

#define CONTENT_ID_BYTES 48u

/**
 * Writes "content-" and 32 hex digits, made of all that the event says but its id. `scratch` is
 * overwritten. Empty when memory is short. The result points into `out`.
 */
struct ward_str content_id(const struct ward_event *event, struct buf *scratch,
                           char out[CONTENT_ID_BYTES]);

#endif
