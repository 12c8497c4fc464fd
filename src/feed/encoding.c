/**
 * See encoding.h. glibc's iconv does the conversion; its tables are GB18030-2005 or later.
 */
#include "feed/encoding.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/utf8.h"
#include "base/str.h"

/* Two-byte sequences from which a line is UTF-8 beyond chance. */
#define TWO_BYTE_CONCLUSIVE 4u

void encoding_init(struct encoding *encoding, enum feed_encoding option)
{
    *encoding = (struct encoding){0};
    if (option == FEED_ENCODING_AUTO)
        return;
    encoding->is_forced = true;
    encoding->state = option == FEED_ENCODING_GB18030 ? ENCODING_GB18030 : ENCODING_UTF8;
}

void encoding_release(struct encoding *encoding)
{
    if (encoding->has_converter)
        (void)iconv_close(encoding->converter);
    encoding->has_converter = false;
}

struct look {
    bool is_ascii;
    bool is_utf8;
    bool is_conclusive;
};

static struct look look_at(struct ward_str raw)
{
    const unsigned char *at = str_bytes(raw);
    const unsigned char *const end = at + raw.len;
    struct look look = {true, true, false};
    size_t two = 0;
    while (at < end) {
        if (*at < 0x80) {
            at++;
            continue;
        }
        uint32_t code;
        const unsigned bytes = utf8_decode(at, end, &code);
        look.is_ascii = false;
        if (code == UTF8_INVALID) {
            look.is_utf8 = false;
            return look;
        }
        two += bytes == 2;
        look.is_conclusive |= bytes > 2 || two >= TWO_BYTE_CONCLUSIVE;
        at += bytes;
    }
    return look;
}

/* Mostly Han, kana, their punctuation and full-width forms; nothing from the private areas. */
static bool is_plausible(struct ward_str text)
{
    const unsigned char *at = str_bytes(text);
    const unsigned char *const end = at + text.len;
    size_t wide = 0;
    size_t other = 0;
    while (at < end) {
        uint32_t code;
        at += utf8_decode(at, end, &code);
        if (code >= 0xE000 && code < 0xF900)
            return false;
        if ((code >= 0x2E80 && code < 0xA000) || (code >= 0xFF00 && code < 0xFFF0))
            wide++;
        else
            other += code >= 0x80;
    }
    return wide > other;
}

static bool converter_open(struct encoding *encoding, enum ward_status *status)
{
    *status = WARD_OK;
    if (encoding->has_converter)
        return true;
    errno = 0;
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    if (converter == (iconv_t)-1) {
        *status = errno == ENOMEM ? WARD_ERR_NOMEM : WARD_OK;
        return false;
    }
    encoding->converter = converter;
    encoding->has_converter = true;
    return true;
}

/* False with WARD_OK if `raw` is not GB18030 from end to end. */
static bool convert(struct encoding *encoding, struct arena *arena, struct ward_str raw,
                    struct ward_str *out, enum ward_status *status)
{
    if (!converter_open(encoding, status))
        return false;
    const size_t room = raw.len * 2 + 16; /* two bytes become at most three */
    char *const into = arena_alloc(arena, room);
    if (!into) {
        *status = WARD_ERR_NOMEM;
        return false;
    }
    char *from;
    memcpy(&from, &raw.data, sizeof from); /* iconv takes char ** and writes nothing there */
    char *to = into;
    size_t left = raw.len;
    size_t space = room;
    (void)iconv(encoding->converter, NULL, NULL, NULL, NULL);
    if (iconv(encoding->converter, &from, &left, &to, &space) == (size_t)-1)
        return false;
    *out = (struct ward_str){into, (size_t)(to - into)};
    return true;
}

static bool wants_conversion(const struct encoding *encoding, struct look look)
{
    if (look.is_ascii || encoding->state == ENCODING_UTF8)
        return false;
    if (encoding->is_forced)
        return true;
    return !look.is_utf8 || (encoding->state == ENCODING_GB18030 && !look.is_conclusive);
}

enum ward_status encoding_copy(struct encoding *encoding, struct arena *arena, struct ward_str raw,
                               struct ward_str *out)
{
    const struct look look = look_at(raw);
    enum ward_status status = WARD_OK;
    *out = (struct ward_str){NULL, 0};
    if (encoding->state == ENCODING_OPEN && look.is_utf8 && look.is_conclusive)
        encoding->state = ENCODING_UTF8;
    if (wants_conversion(encoding, look)) {
        struct ward_str text;
        if (convert(encoding, arena, raw, &text, &status) &&
            (encoding->state == ENCODING_GB18030 || is_plausible(text))) {
            encoding->state = ENCODING_GB18030;
            *out = text;
            return WARD_OK;
        }
        if (status != WARD_OK)
            return status;
    }
    *out = arena_copy(arena, raw);
    return out->data ? WARD_OK : WARD_ERR_NOMEM;
}
