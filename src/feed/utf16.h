/**
 * UTF-16 in pieces of any size -> UTF-8. Half a unit or half a pair waits for the next piece; a
 * lone surrogate and a last odd byte become U+FFFD.
 */
#ifndef WARD_FEED_UTF16_H
#define WARD_FEED_UTF16_H

#include "ward/ward.h"

struct utf16 {
    bool is_big;
    bool has_byte; /**< `byte` waits for its other half */
    unsigned char byte;
    uint32_t high; /**< first half of a pair, 0 if none */
};

void utf16_init(struct utf16 *state, bool is_big);
/** Bytes that surely fit decoded into `size` (>= 16) bytes. */
size_t utf16_input_max(size_t size);
/** Decodes `len` <= utf16_input_max(size of `into`) bytes; returns bytes written. */
size_t utf16_decode(struct utf16 *state, const char *from, size_t len, char *into);
/** What is left at the end: at most 6 bytes. A second call gives 0. */
size_t utf16_finish(struct utf16 *state, char *into);

#endif
