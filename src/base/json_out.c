#include "base/json_out.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/str.h"

static void put_escape(struct buf *buf, unsigned char byte)
{
    switch (byte) {
    case '"':
        buf_put_text(buf, "\\\"");
        break;
    case '\\':
        buf_put_text(buf, "\\\\");
        break;
    case '\n':
        buf_put_text(buf, "\\n");
        break;
    case '\r':
        buf_put_text(buf, "\\r");
        break;
    case '\t':
        buf_put_text(buf, "\\t");
        break;
    default:
        buf_printf(buf, "\\u%04x", byte);
    }
}

/* Bytes at the begin that are copied as they are, found the quick way: printable ASCII and the
 * three-byte characters of most scripts. What follows is looked at one by one. */
static size_t plain_run(const unsigned char *at, const unsigned char *end)
{
    const unsigned char *from = at;
    while (at < end) {
        const unsigned char c = *at;
        if (c >= 0x20u && c < 0x7Fu && c != '"' && c != '\\')
            at++;
        else if (c >= 0xE1u && c <= 0xECu && end - at >= 3 && (at[1] & 0xC0u) == 0x80u &&
                 (at[2] & 0xC0u) == 0x80u)
            at += 3;
        else
            break;
    }
    return (size_t)(at - from);
}

bool json_put_checked(struct buf *buf, struct ward_str text)
{
    const unsigned char *at = str_bytes(text);
    const unsigned char *end = at + text.len;
    const unsigned char *run = at; /* start of bytes that can be copied as they are */
    bool is_valid = true;
    buf_put_char(buf, '"');
    while ((at += plain_run(at, end)) < end) {
        uint32_t code;
        const unsigned bytes = utf8_decode(at, end, &code);
        const bool plain =
            code != UTF8_INVALID && code >= 0x20u && code != '"' && code != '\\' && code != 0x7Fu;
        if (!plain) {
            buf_put(buf, run, (size_t)(at - run));
            if (code == UTF8_INVALID)
                buf_put_text(buf, "\xEF\xBF\xBD");
            else
                put_escape(buf, *at);
            is_valid &= code != UTF8_INVALID;
            run = at + bytes;
        }
        at += bytes;
    }
    buf_put(buf, run, (size_t)(at - run));
    buf_put_char(buf, '"');
    return is_valid;
}

void json_put_string(struct buf *buf, struct ward_str text)
{
    (void)json_put_checked(buf, text);
}

void json_put_key(struct buf *buf, const char *key)
{
    json_put_string(buf, (struct ward_str){key, strlen(key)});
    buf_put_char(buf, ':');
}

/* The common case without printf: below 10^9 the scaled value is exact enough to round itself. */
static void put_short_number(struct buf *buf, double value, int decimals)
{
    static const int64_t powers[] = {1, 10, 100, 1000, 10000};
    const int64_t scaled = llround(fabs(value) * (double)powers[decimals]);
    int64_t whole = scaled / powers[decimals];
    int64_t part = scaled % powers[decimals];
    char text[24];
    size_t at = sizeof text;
    while (part && part % 10 == 0) {
        part /= 10;
        decimals--;
    }
    for (int i = part ? decimals : 0; i > 0; i--, part /= 10)
        text[--at] = (char)('0' + part % 10);
    if (at < sizeof text)
        text[--at] = '.';
    do {
        text[--at] = (char)('0' + whole % 10);
        whole /= 10;
    } while (whole);
    if (value < 0 && scaled)
        text[--at] = '-';
    buf_put(buf, text + at, sizeof text - at);
}

void json_put_number(struct buf *buf, double value, int decimals)
{
    assert(isfinite(value));
    assert(decimals >= 0 && decimals <= 9);
    if (decimals <= 4 && fabs(value) < 1e9) {
        put_short_number(buf, value, decimals);
        return;
    }
    char text[352];
    int len = snprintf(text, sizeof text, "%.*f", decimals, value);
    assert(len > 0 && (size_t)len < sizeof text);
    if (decimals) {
        while (text[len - 1] == '0')
            len--;
        if (text[len - 1] == '.')
            len--;
    }
    if (len == 2 && text[0] == '-' && text[1] == '0') {
        buf_put_char(buf, '0');
        return;
    }
    buf_put(buf, text, (size_t)len);
}
