/**
 * The form: version, letter of the list, three numbers of eight bytes, the text; all in base64url.
 */
#include "api/cursor.h"

#include <sodium.h>
#include <string.h>

#define VERSION 1
#define HEAD (2u + 8u * CURSOR_NUMBERS)
#define RAW_MAX (HEAD + CURSOR_TEXT_MAX)

void cursor_set_text(struct cursor *cursor, struct ward_str text)
{
    cursor->text_len = text.len < CURSOR_TEXT_MAX ? text.len : CURSOR_TEXT_MAX;
    if (cursor->text_len)
        memcpy(cursor->text, text.data, cursor->text_len);
}

uint64_t cursor_of_real(double value)
{
    uint64_t number;
    memcpy(&number, &value, sizeof number);
    return number;
}

double cursor_real(uint64_t number)
{
    double value;
    memcpy(&value, &number, sizeof value);
    return value;
}

void cursor_put(struct buf *out, const struct cursor *cursor)
{
    unsigned char raw[RAW_MAX];
    char text[sodium_base64_ENCODED_LEN(RAW_MAX, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    unsigned char *at = raw;
    *at++ = VERSION;
    *at++ = (unsigned char)cursor->list;
    for (unsigned i = 0; i < CURSOR_NUMBERS; i++)
        for (int shift = 56; shift >= 0; shift -= 8)
            *at++ = (unsigned char)(cursor->numbers[i] >> shift);
    memcpy(at, cursor->text, cursor->text_len);
    (void)sodium_bin2base64(text, sizeof text, raw, HEAD + cursor->text_len,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    buf_put_text(out, text);
}

bool cursor_read(struct ward_str text, char list, struct cursor *out)
{
    unsigned char raw[RAW_MAX];
    size_t len = 0;
    const char *end = NULL;
    *out = (struct cursor){.list = list};
    if (!text.len ||
        sodium_base642bin(raw, sizeof raw, text.data, text.len, NULL, &len, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.data + text.len)
        return false;
    if (len < HEAD || raw[0] != VERSION || raw[1] != (unsigned char)list)
        return false;
    const unsigned char *at = raw + 2;
    for (unsigned i = 0; i < CURSOR_NUMBERS; i++)
        for (unsigned byte = 0; byte < 8; byte++)
            out->numbers[i] = out->numbers[i] << 8 | *at++;
    cursor_set_text(out, (struct ward_str){(const char *)at, len - HEAD});
    return true;
}
