#include "base/utf8.h"

#include <assert.h>

#include "base/str.h"

static bool is_tail(unsigned char byte)
{
    return (byte & 0xC0u) == 0x80u;
}

unsigned utf8_decode(const unsigned char *at, const unsigned char *end, uint32_t *code)
{
    assert(at < end);
    const unsigned char lead = at[0];
    const size_t left = (size_t)(end - at);
    if (lead < 0x80u) {
        *code = lead;
        return 1;
    }
    if (lead >= 0xC2u && lead < 0xE0u && left >= 2 && is_tail(at[1])) {
        *code = ((uint32_t)(lead & 0x1Fu) << 6) | (at[1] & 0x3Fu);
        return 2;
    }
    if (lead >= 0xE0u && lead < 0xF0u && left >= 3 && is_tail(at[1]) && is_tail(at[2])) {
        const uint32_t value =
            ((uint32_t)(lead & 0x0Fu) << 12) | ((uint32_t)(at[1] & 0x3Fu) << 6) | (at[2] & 0x3Fu);
        if (value >= 0x800u && (value < 0xD800u || value > 0xDFFFu)) {
            *code = value;
            return 3;
        }
    }
    if (lead >= 0xF0u && lead < 0xF5u && left >= 4 && is_tail(at[1]) && is_tail(at[2]) &&
        is_tail(at[3])) {
        const uint32_t value = ((uint32_t)(lead & 0x07u) << 18) |
                               ((uint32_t)(at[1] & 0x3Fu) << 12) |
                               ((uint32_t)(at[2] & 0x3Fu) << 6) | (at[3] & 0x3Fu);
        if (value >= 0x10000u && value <= 0x10FFFFu) {
            *code = value;
            return 4;
        }
    }
    *code = UTF8_INVALID;
    return 1;
}

unsigned utf8_encode(uint32_t code, char out[4])
{
    assert(code <= 0x10FFFFu);
    if (code < 0x80u) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800u) {
        out[0] = (char)(0xC0u | (code >> 6));
        out[1] = (char)(0x80u | (code & 0x3Fu));
        return 2;
    }
    if (code < 0x10000u) {
        out[0] = (char)(0xE0u | (code >> 12));
        out[1] = (char)(0x80u | ((code >> 6) & 0x3Fu));
        out[2] = (char)(0x80u | (code & 0x3Fu));
        return 3;
    }
    out[0] = (char)(0xF0u | (code >> 18));
    out[1] = (char)(0x80u | ((code >> 12) & 0x3Fu));
    out[2] = (char)(0x80u | ((code >> 6) & 0x3Fu));
    out[3] = (char)(0x80u | (code & 0x3Fu));
    return 4;
}

bool utf8_valid(struct ward_str text)
{
    const unsigned char *at = str_bytes(text);
    const unsigned char *end = at + text.len;
    while (at < end) {
        uint32_t code;
        const unsigned bytes = utf8_decode(at, end, &code);
        if (code == UTF8_INVALID)
            return false;
        at += bytes;
    }
    return true;
}
