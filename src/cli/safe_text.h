/**
 * Words of events on a terminal: they may hold anything.
 */
#ifndef WARD_CLI_SAFE_TEXT_H
#define WARD_CLI_SAFE_TEXT_H

#include "base/buf.h"

/** Appends `text` without control, direction and invisible characters; a line end becomes " / ". */
void safe_put(struct buf *out, struct ward_str text);

#endif
