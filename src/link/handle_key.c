/**
 * Pure text work, no tables but the few prefixes of public numbers; see handle_key.h.
 */
#include "link/handle_key.h"

#include <string.h>

#include "base/str.h"

/* Shorter ids are shared by chance ("ab1"). */
#define ID_LEAST 5u

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void put(struct handle_key *key, char c)
{
    if (key->len < HANDLE_KEY_MAX)
        key->text[key->len] = c;
    key->len++; /* beyond the maximum: no key, see finish() */
}

static void start(struct handle_key *key, const char *prefix)
{
    key->len = 0;
    for (; *prefix; prefix++)
        put(key, *prefix);
}

static void finish(struct handle_key *key, size_t least)
{
    if (key->len > HANDLE_KEY_MAX || key->len < least)
        key->len = 0;
}

static bool begins(struct ward_str value, const char *prefix, struct ward_str *rest)
{
    const size_t len = strlen(prefix);
    if (value.len < len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (lower(value.data[i]) != prefix[i])
            return false;
    *rest = str_part(value, len, value.len);
    return true;
}

/* Hotlines and services of the mainland and the emergency numbers of others. */
static bool is_public_number(struct ward_str digits)
{
    struct ward_str rest;
    if (digits.len < 7)
        return true;
    return (digits.len == 10 && (begins(digits, "400", &rest) || begins(digits, "800", &rest))) ||
           (digits.len <= 8 && (begins(digits, "95", &rest) || begins(digits, "96", &rest) ||
                                begins(digits, "12", &rest)));
}

static void make_number(struct handle_key *key, struct ward_str value)
{
    char digits[HANDLE_KEY_MAX];
    size_t len = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] == '*') { /* masked */
            key->len = 0;
            return;
        }
        if (is_digit(value.data[i]) && len < sizeof digits)
            digits[len++] = value.data[i];
    }
    struct ward_str number = {digits, len}, rest;
    if (begins(number, "00", &rest))
        number = rest;
    /* 86 in front of a mobile number (1..., 11 digits) or an area code with its 0 left out. */
    if (number.len >= 12 && begins(number, "86", &rest))
        number = rest;
    key->len = 0;
    if (is_public_number(number))
        return;
    start(key, "tel:");
    for (size_t i = 0; i < number.len; i++)
        put(key, number.data[i]);
    finish(key, 4 + 7);
}

static bool is_mobile_number(struct ward_str value)
{
    if (value.len != 11 || value.data[0] != '1')
        return false;
    for (size_t i = 0; i < value.len; i++)
        if (!is_digit(value.data[i]))
            return false;
    return true;
}

static void make_id(struct handle_key *key, struct ward_str value)
{
    if (value.len && value.data[0] == '@')
        value = str_part(value, 1, value.len);
    if (is_mobile_number(value)) { /* an id that is one's mobile number */
        make_number(key, value);
        return;
    }
    start(key, "id:");
    for (size_t i = 0; i < value.len; i++) {
        const char c = lower(value.data[i]);
        if (c == '*') {
            key->len = 0;
            return;
        }
        if (is_digit(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80)
            put(key, c);
    }
    finish(key, 3 + ID_LEAST);
}

static void make_mail(struct handle_key *key, struct ward_str value)
{
    size_t at = 0, digits = 0;
    while (at < value.len && value.data[at] != '@') {
        digits += is_digit(value.data[at]);
        at++;
    }
    struct ward_str rest;
    if (digits == at && begins(str_part(value, at, value.len), "@qq.com", &rest) && !rest.len) {
        make_id(key, str_part(value, 0, at));
        return;
    }
    start(key, "mail:");
    for (size_t i = 0; i < value.len; i++)
        put(key, lower(value.data[i]));
    finish(key, 5 + 5);
}

static void make_url(struct handle_key *key, struct ward_str value)
{
    struct ward_str rest = value;
    if (begins(value, "https://", &rest) || begins(value, "http://", &rest))
        value = rest;
    if (begins(value, "www.", &rest))
        value = rest;
    while (value.len && value.data[value.len - 1] == '/')
        value.len--;
    if (begins(value, "wa.me/", &rest)) {
        make_number(key, rest);
        return;
    }
    if (begins(value, "t.me/", &rest) || begins(value, "telegram.me/", &rest)) {
        if (rest.len && rest.data[0] != '+' && !memchr(rest.data, '/', rest.len)) {
            make_id(key, rest);
            return;
        }
    }
    start(key, "url:");
    bool in_host = true;
    for (size_t i = 0; i < value.len && value.data[i] != '#'; i++) {
        in_host = in_host && value.data[i] != '/';
        put(key, in_host ? lower(value.data[i]) : value.data[i]);
    }
    /* A bare host is a site everybody may name; a path on it is an address. */
    finish(key, in_host ? HANDLE_KEY_MAX + 1 : 4 + 6);
}

void handle_key_make(struct handle_key *key, const char *kind, struct ward_str value)
{
    key->len = 0;
    if (!value.len)
        return;
    if (!kind)
        kind = "";
    if (strcmp(kind, "phone") == 0 || strcmp(kind, "whatsapp") == 0 || strcmp(kind, "zalo") == 0 ||
        strcmp(kind, "viber") == 0)
        make_number(key, value);
    else if (strcmp(kind, "email") == 0)
        make_mail(key, value);
    else if (strcmp(kind, "url") == 0 || strcmp(kind, "qr") == 0)
        make_url(key, value);
    else
        make_id(key, value);
}

void handle_key_account(struct handle_key *key, struct ward_str account)
{
    make_id(key, account);
}
