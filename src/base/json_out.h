/**
 * Writing JSON values into a `struct buf` (RFC 8259). Commas and braces are the caller's.
 */
#ifndef WARD_BASE_JSON_OUT_H
#define WARD_BASE_JSON_OUT_H

#include "base/buf.h"

/** A quoted, escaped string; invalid UTF-8 bytes become U+FFFD, so the output is always valid JSON.
 */
void json_put_string(struct buf *buf, struct ward_str text);
/** The same; false if there were invalid bytes. */
bool json_put_checked(struct buf *buf, struct ward_str text);
/** `"key":` with the key escaped. */
void json_put_key(struct buf *buf, const char *key);
/** A number with at most `decimals` (0..9) decimals, trailing zeros dropped; not NaN or infinite.
 */
void json_put_number(struct buf *buf, double value, int decimals);

#endif
