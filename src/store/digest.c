#include "store/digest.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"

static void to_big_endian(uint64_t value, unsigned char out[8])
{
    for (int i = 7; i >= 0; i--) {
        out[i] = (unsigned char)(value & 0xffu);
        value >>= 8;
    }
}

static void sha_update(struct digest *digest, const void *data, size_t len)
{
    (void)crypto_hash_sha256_update(&digest->state, data, len);
}

void digest_start(struct digest *digest, const char *label)
{
    (void)crypto_hash_sha256_init(&digest->state);
    digest_text(digest, str_of(label));
}

void digest_number(struct digest *digest, int64_t value)
{
    unsigned char bytes[8];
    to_big_endian((uint64_t)value, bytes);
    sha_update(digest, bytes, sizeof bytes);
}

void digest_text(struct digest *digest, struct ward_str text)
{
    digest_number(digest, (int64_t)text.len);
    if (text.len)
        sha_update(digest, text.data, text.len);
}

void digest_end(struct digest *digest, unsigned char out[DIGEST_BYTES])
{
    (void)crypto_hash_sha256_final(&digest->state, out);
}

void keyed_start(struct keyed *keyed, const unsigned char *key, size_t bytes, const char *label)
{
    assert(bytes >= crypto_generichash_BYTES_MIN && bytes <= crypto_generichash_BYTES_MAX);
    keyed->bytes = bytes;
    (void)crypto_generichash_init(&keyed->state, key, SECRET_BYTES, bytes);
    keyed_text(keyed, str_of(label));
}

void keyed_number(struct keyed *keyed, int64_t value)
{
    unsigned char bytes[8];
    to_big_endian((uint64_t)value, bytes);
    (void)crypto_generichash_update(&keyed->state, bytes, sizeof bytes);
}

void keyed_real(struct keyed *keyed, double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    keyed_number(keyed, bits);
}

void keyed_text(struct keyed *keyed, struct ward_str text)
{
    keyed_number(keyed, (int64_t)text.len);
    if (text.len)
        (void)crypto_generichash_update(&keyed->state, (const unsigned char *)text.data, text.len);
}

void keyed_end(struct keyed *keyed, unsigned char *out)
{
    (void)crypto_generichash_final(&keyed->state, out, keyed->bytes);
}

void hex_write(const unsigned char *data, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[data[i] >> 4];
        out[2 * i + 1] = digits[data[i] & 15u];
    }
    out[2 * len] = '\0';
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_read(struct ward_str hex, unsigned char *out, size_t len)
{
    if (hex.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        const int high = digit_of(hex.data[2 * i]);
        const int low = digit_of(hex.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}
