/**
 * Signing (Ed25519, libsodium). Keys and signatures are in the forms OpenSSL reads, so a package
 * can be checked with `openssl pkeyutl -verify -rawin`.
 */
#ifndef WARD_EVIDENCE_SEAL_H
#define WARD_EVIDENCE_SEAL_H

#include "base/buf.h"

struct seal {
    unsigned char secret[64];
    unsigned char open[32];
    char fingerprint[65]; /**< SHA-256 of the public key's 32 bytes, hex */
    bool was_made;
};

#define SEAL_BYTES 64

/**
 * Reads a PKCS#8 PEM file with an Ed25519 key; makes one (0600) when there is none. WARD_ERR_FORMAT
 * for anything else in it, or when others may read it; WARD_ERR_IO.
 */
enum ward_status seal_open(const char *path, struct seal *seal,
                           struct ward_error *err) WARD_MUST_USE;
/** Wipes the secret. */
void seal_close(struct seal *seal);
/** The signature of `text`. */
void seal_sign(const struct seal *seal, struct ward_str text, unsigned char out[SEAL_BYTES]);
/** True if `signature` is the key's own over `text`. */
bool seal_verify(const struct seal *seal, struct ward_str text,
                 const unsigned char signature[SEAL_BYTES]);
/** The public key as PEM (SubjectPublicKeyInfo), appended. */
void seal_put_public(const struct seal *seal, struct buf *out);

#endif
