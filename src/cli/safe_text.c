#include "cli/safe_text.h"

#include "base/utf8.h"
#include "base/str.h"

static bool code_is_hidden(uint32_t code)
{
    return code == 0xADu || code == 0x34Fu || code == 0x61Cu || code == 0x180Eu ||
           (code >= 0x200Bu && code <= 0x200Fu) || (code >= 0x202Au && code <= 0x202Eu) ||
           (code >= 0x2060u && code <= 0x206Fu) || code == 0xFEFFu ||
           (code >= 0xE0000u && code <= 0xE0FFFu);
}

void safe_put(struct buf *out, struct ward_str text)
{
    const unsigned char *at = str_bytes(text);
    const unsigned char *end = at + text.len;
    while (at < end) {
        uint32_t code;
        const unsigned bytes = utf8_decode(at, end, &code);
        if (code == UTF8_INVALID)
            buf_put_text(out, "\xEF\xBF\xBD");
        else if (code == '\n')
            buf_put_text(out, " / ");
        else if (code < 0x20u || (code >= 0x7Fu && code < 0xA0u))
            buf_put_char(out, ' ');
        else if (!code_is_hidden(code))
            buf_put(out, at, bytes);
        at += bytes;
    }
}
