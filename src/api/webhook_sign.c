#include "api/webhook_sign.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

#define SECRET_BYTES 32u
#define URL_BYTES_MAX 2000u
#define FIRST_WAIT_MS 5000
#define LONGEST_WAIT_MS (8LL * 60 * 60 * 1000)

void webhook_secret_make(char out[WEBHOOK_SECRET_TEXT])
{
    unsigned char random[SECRET_BYTES];
    randombytes_buf(random, sizeof random);
    memcpy(out, "whsec_", 6);
    (void)sodium_bin2hex(out + 6, WEBHOOK_SECRET_TEXT - 6, random, sizeof random);
    sodium_memzero(random, sizeof random);
}

void webhook_sign(struct ward_str secret, int64_t unix_s, struct ward_str body,
                  char out[WEBHOOK_SIGNATURE_TEXT])
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof mac + 1];
    char time[32];
    const int len = snprintf(time, sizeof time, "%lld.", (long long)unix_s);
    (void)crypto_auth_hmacsha256_init(&state, str_bytes(secret), secret.len);
    (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)time,
                                        (unsigned long long)len);
    (void)crypto_auth_hmacsha256_update(&state, str_bytes(body), body.len);
    (void)crypto_auth_hmacsha256_final(&state, mac);
    (void)sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
    (void)snprintf(out, WEBHOOK_SIGNATURE_TEXT, "t=%lld,v1=%s", (long long)unix_s, hex);
}

int64_t webhook_wait_ms(uint32_t attempt, uint32_t random)
{
    int64_t wait = FIRST_WAIT_MS;
    for (uint32_t i = 1; i < attempt && wait < LONGEST_WAIT_MS; i++)
        wait *= 4;
    if (wait > LONGEST_WAIT_MS)
        wait = LONGEST_WAIT_MS;
    return wait + wait / 4 * (int64_t)(random % 1024) / 1024;
}

/* ---- addresses ---- */

static bool begins(struct ward_str text, const char *with)
{
    const size_t len = strlen(with);
    return text.len >= len && memcmp(text.data, with, len) == 0;
}

static bool is_host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
}

/* The host of "host[:port]", brackets included; false when it is not well formed. */
static bool read_host(struct ward_str authority, struct ward_str *host)
{
    size_t end = 0;
    if (authority.len && authority.data[0] == '[') {
        while (end < authority.len && authority.data[end] != ']')
            end++;
        if (end == authority.len)
            return false;
        for (size_t i = 1; i < end; i++) {
            const char c = authority.data[i];
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
                  c == ':' || c == '.'))
                return false;
        }
        end++;
    } else {
        while (end < authority.len && is_host_char(authority.data[end]))
            end++;
    }
    *host = str_part(authority, 0, end);
    if (end == 0)
        return false;
    if (end == authority.len)
        return true;
    if (authority.data[end] != ':' || end + 1 == authority.len || authority.len - end > 6)
        return false;
    for (size_t i = end + 1; i < authority.len; i++)
        if (authority.data[i] < '0' || authority.data[i] > '9')
            return false;
    return true;
}

/* Written as a dotted address of four parts: 127.evil.example is a name. */
static bool is_loopback(struct ward_str host)
{
    if (str_equal(host, str_of("localhost")) || str_equal(host, str_of("[::1]")))
        return true;
    unsigned dots = 0;
    for (size_t i = 0; i < host.len; i++) {
        if (host.data[i] == '.')
            dots++;
        else if (host.data[i] < '0' || host.data[i] > '9')
            return false;
    }
    return dots == 3 && begins(host, "127.");
}

bool webhook_url_is_good(struct ward_str url, const char **why)
{
    const char *ignored;
    struct ward_str host;
    why = why ? why : &ignored;
    *why = "an address has at most 2000 bytes";
    if (url.len > URL_BYTES_MAX)
        return false;
    *why = "an address has no spaces, control characters, backslashes or fragment";
    for (size_t i = 0; i < url.len; i++) {
        const unsigned char c = (unsigned char)url.data[i];
        if (c <= ' ' || c >= 0x7f || c == '\\' || c == '#' || c == '"' || c == '<' || c == '>')
            return false;
    }
    *why = "an address begins with https://, or http:// on this machine";
    const bool secure = begins(url, "https://");
    if (!secure && !begins(url, "http://"))
        return false;
    const struct ward_str rest = str_part(url, secure ? 8 : 7, url.len);
    size_t end = 0;
    while (end < rest.len && rest.data[end] != '/' && rest.data[end] != '?')
        end++;
    *why = "the host of the address is not well formed (and no user may stand in it)";
    if (!read_host(str_part(rest, 0, end), &host))
        return false;
    *why = "http:// goes to this machine only; use https://";
    return secure || is_loopback(host);
}
