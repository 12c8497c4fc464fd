/**
 * UTF-8 decoding that never loses its place: an invalid byte is one unit of one byte.
 */
#ifndef WARD_BASE_UTF8_H
#define WARD_BASE_UTF8_H

#include "ward/ward.h"

#define UTF8_INVALID 0xFFFFFFFFu

/**
 * Decodes the code point at `at` (at < end). Sets `*code` and returns its length in bytes, 1..4.
 * A byte that starts no well-formed sequence (RFC 3629: overlong, surrogate, > U+10FFFF, truncated)
 * gives `*code` = UTF8_INVALID and length 1.
 */
unsigned utf8_decode(const unsigned char *at, const unsigned char *end, uint32_t *code);

/** Writes `code` (a Unicode scalar value) to `out`, 1..4 bytes; returns the count. */
unsigned utf8_encode(uint32_t code, char out[4]);

/** True if all of `text` is well-formed UTF-8. */
bool utf8_valid(struct ward_str text);

#endif
