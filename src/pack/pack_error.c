#include "pack/pack_error.h"

#include <string.h>

#include "base/bounds.h"
#include "base/file.h"
#include "base/str.h"
#include "base/utf8.h"

#define INDENT "    "
#define BEFORE_COLUMNS_MAX 100u /* of the line, left of the place */
#define AFTER_COLUMNS_MAX 60u

static struct ward_str line_of(struct ward_str bytes, uint32_t line)
{
    size_t begin = 0;
    for (uint32_t at = 1; at < line; at++) {
        const char *newline = memchr(bytes.data + begin, '\n', bytes.len - begin);
        if (!newline)
            return (struct ward_str){NULL, 0};
        begin = (size_t)(newline - bytes.data) + 1;
    }
    size_t end = begin;
    while (end < bytes.len && bytes.data[end] != '\n' && bytes.data[end] != '\r')
        end++;
    return str_part(bytes, begin, end);
}

/* Terminal columns of a code point: East Asian wide and emoji take two, combining marks none. */
static unsigned columns_of(uint32_t code)
{
    static const struct {
        uint32_t low, high;
        unsigned columns;
    } ranges[] = {{0x300, 0x36F, 0},     {0x200B, 0x200F, 0},  {0x20D0, 0x20FF, 0},
                  {0xFE00, 0xFE0F, 0},   {0x1100, 0x115F, 2},  {0x2E80, 0x303E, 2},
                  {0x3041, 0xA4CF, 2},   {0xAC00, 0xD7A3, 2},  {0xF900, 0xFAFF, 2},
                  {0xFE30, 0xFE6F, 2},   {0xFF01, 0xFF60, 2},  {0xFFE0, 0xFFE6, 2},
                  {0x1F300, 0x1FAFF, 2}, {0x20000, 0x3FFFD, 2}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (code >= ranges[i].low && code <= ranges[i].high)
            return ranges[i].columns;
    }
    return 1;
}

static unsigned columns_in(struct ward_str text)
{
    const unsigned char *at = (const unsigned char *)text.data;
    const unsigned char *end = at + text.len;
    unsigned columns = 0;
    while (at < end) {
        uint32_t code;
        at += utf8_decode(at, end, &code);
        columns += columns_of(code);
    }
    return columns;
}

/* Drops code points from the front until at most `max` columns are left. */
static struct ward_str tail_of(struct ward_str text, unsigned max)
{
    while (text.len && columns_in(text) > max) {
        uint32_t code;
        const unsigned char *at = (const unsigned char *)text.data;
        const unsigned bytes = utf8_decode(at, at + text.len, &code);
        text = str_part(text, bytes, text.len);
    }
    return text;
}

static struct ward_str head_of(struct ward_str text, unsigned max)
{
    const unsigned char *begin = (const unsigned char *)text.data;
    const unsigned char *at = begin;
    unsigned columns = 0;
    while (at < begin + text.len) {
        uint32_t code;
        const unsigned bytes = utf8_decode(at, begin + text.len, &code);
        columns += columns_of(code);
        if (columns > max)
            break;
        at += bytes;
    }
    return str_part(text, 0, (size_t)(at - begin));
}

static void put_visible(struct buf *out, struct ward_str text)
{
    const unsigned char *at = (const unsigned char *)text.data;
    const unsigned char *end = at + text.len;
    while (at < end) {
        uint32_t code;
        const unsigned bytes = utf8_decode(at, end, &code);
        if (code == '\t')
            buf_put_char(out, ' ');
        else if (code == UTF8_INVALID || code < 0x20u || (code >= 0x7Fu && code < 0xA0u))
            buf_put_char(out, '?');
        else
            buf_put(out, at, bytes);
        at += bytes;
    }
}

static void show_line(struct ward_str line, uint32_t column, struct buf *out)
{
    size_t split = column ? column - 1 : 0;
    if (split > line.len)
        split = line.len;
    /* 4 bytes a column at most: what lies further left cannot be shown, so it is not looked at. */
    const size_t far = split > BEFORE_COLUMNS_MAX * 4 ? split - BEFORE_COLUMNS_MAX * 4 : 0;
    const struct ward_str before = tail_of(str_part(line, far, split), BEFORE_COLUMNS_MAX);
    const struct ward_str after = head_of(str_part(line, split, line.len), AFTER_COLUMNS_MAX);
    buf_put_text(out, INDENT);
    put_visible(out, before);
    put_visible(out, after);
    buf_put_char(out, '\n');
    if (!column)
        return;
    buf_put_text(out, INDENT);
    for (unsigned i = columns_in(before); i > 0; i--)
        buf_put_char(out, ' ');
    buf_put_text(out, "^\n");
}

void pack_error_show(const struct ward_error *err, struct buf *out)
{
    if (err->source[0]) {
        buf_put_text(out, err->source);
        if (err->line)
            buf_printf(out, ":%u", err->line);
        if (err->line && err->column)
            buf_printf(out, ":%u", err->column);
        buf_put_text(out, ": ");
    }
    buf_put_text(out, err->message);
    buf_put_char(out, '\n');
    if (!err->line || !err->source[0])
        return;
    struct buf bytes;
    if (file_read(err->source, WARD_PACK_FILE_BYTES_MAX, &bytes, NULL) == WARD_OK && bytes.len) {
        const struct ward_str line = line_of(buf_str(&bytes), err->line);
        if (line.data)
            show_line(line, err->column, out);
    }
    buf_release(&bytes);
}
