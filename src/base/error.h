/**
 * Filling `struct ward_error`: one sentence, one place, never a print.
 */
#ifndef WARD_BASE_ERROR_H
#define WARD_BASE_ERROR_H

#include "ward/ward.h"

/** Empties `err`; NULL is allowed. */
void error_clear(struct ward_error *err);

/**
 * Fills `err` (NULL allowed) with a printf-style sentence and returns `status`, so that a caller
 * can write `return error_set(err, WARD_ERR_FORMAT, "...")`. Place (source, line, column) is kept
 * as is.
 */
enum ward_status error_set(struct ward_error *err, enum ward_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Sets the place of an error: `source` NUL-terminated or NULL (keep), `line`/`column` 1-based, 0
 * unknown. */
void error_at(struct ward_error *err, const char *source, uint32_t line, uint32_t column);

#endif
