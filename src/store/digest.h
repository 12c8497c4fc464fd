/**
 * Hashes of the store: one canonical form for everything that is hashed, sealed or signed.
 *
 * Canonical form: fields one after the other; a number is 8 bytes big-endian (two's complement), a
 * double the 8 bytes of its IEEE 754 form big-endian, text its length as a number, then its bytes.
 * Every digest begins with a label that names what it is for.
 */
#ifndef WARD_STORE_DIGEST_H
#define WARD_STORE_DIGEST_H

#include <sodium.h>

#include "ward/ward.h"

#define DIGEST_BYTES 32u
#define NAME_BYTES 16u
#define SECRET_BYTES 32u

/** SHA-256 of fields. */
struct digest {
    crypto_hash_sha256_state state;
};

void digest_start(struct digest *digest, const char *label);
void digest_number(struct digest *digest, int64_t value);
void digest_text(struct digest *digest, struct ward_str text);
void digest_end(struct digest *digest, unsigned char out[DIGEST_BYTES]);

/** BLAKE2b of fields under a key of SECRET_BYTES: says nothing to who has not the key. */
struct keyed {
    crypto_generichash_state state;
    size_t bytes;
};

/** `bytes` is the length of the result, 16..64. */
void keyed_start(struct keyed *keyed, const unsigned char *key, size_t bytes, const char *label);
void keyed_number(struct keyed *keyed, int64_t value);
void keyed_real(struct keyed *keyed, double value);
void keyed_text(struct keyed *keyed, struct ward_str text);
void keyed_end(struct keyed *keyed, unsigned char *out);

/** Lower-case hex of `len` bytes and a NUL into `out` (2 * len + 1). */
void hex_write(const unsigned char *data, size_t len, char *out);
/** Exactly `len` bytes from hex of either case; false for anything else. */
bool hex_read(struct ward_str hex, unsigned char *out, size_t len);

static inline struct ward_str bytes_of(const unsigned char *data, size_t len)
{
    return (struct ward_str){(const char *)data, len};
}

#endif
