/**
 * What a text says once disguise is undone.
 */
#ifndef WARD_API_READ_BACK_H
#define WARD_API_READ_BACK_H

#include "base/buf.h"

/**
 * Puts a JSON string: the event's text folded (width, case, invisible characters ...), and each
 * place of the verdict that was read through disguise as it was read. Cost: O(bytes) and the spans.
 */
void read_back_put(struct buf *out, const struct ward_event *event,
                   const struct ward_verdict *verdict);

#endif
