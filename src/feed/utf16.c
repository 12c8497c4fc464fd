/**
 * See utf16.h.
 */
#include "feed/utf16.h"

#include <assert.h>

#include "base/utf8.h"

#define REPLACEMENT 0xFFFDu

void utf16_init(struct utf16 *state, bool is_big)
{
    *state = (struct utf16){.is_big = is_big};
}

size_t utf16_input_max(size_t size)
{
    assert(size >= 16);
    return (size - 8) / 3 * 2; /* a unit gives at most 3 bytes; one waiting half may come on top */
}

/* One unit; may write the replacement of a lone half before it. */
static size_t put_unit(struct utf16 *state, uint32_t unit, char *into)
{
    size_t len = 0;
    const bool is_low = unit >= 0xDC00 && unit < 0xE000;
    if (state->high && is_low) {
        const uint32_t code = 0x10000 + ((state->high - 0xD800) << 10) + (unit - 0xDC00);
        state->high = 0;
        return utf8_encode(code, into);
    }
    if (state->high)
        len += utf8_encode(REPLACEMENT, into);
    state->high = 0;
    if (unit >= 0xD800 && unit < 0xDC00)
        state->high = unit;
    else
        len += utf8_encode(is_low ? REPLACEMENT : unit, into + len);
    return len;
}

size_t utf16_decode(struct utf16 *state, const char *from, size_t len, char *into)
{
    size_t put = 0;
    for (size_t i = 0; i < len; i++) {
        const unsigned char byte = (unsigned char)from[i];
        if (!state->has_byte) {
            state->byte = byte;
            state->has_byte = true;
            continue;
        }
        state->has_byte = false;
        const uint32_t high = state->is_big ? state->byte : byte;
        const uint32_t low = state->is_big ? byte : state->byte;
        put += put_unit(state, high << 8 | low, into + put);
    }
    return put;
}

size_t utf16_finish(struct utf16 *state, char *into)
{
    size_t put = 0;
    if (state->high)
        put += utf8_encode(REPLACEMENT, into);
    if (state->has_byte)
        put += utf8_encode(REPLACEMENT, into + put);
    state->high = 0;
    state->has_byte = false;
    return put;
}
