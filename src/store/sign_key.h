/**
 * The key that signs the audit log: a small text file, mode 0600, apart from the store's data.
 *
 *     ward-key 1
 *     <64 hex digits: Ed25519 seed>
 */
#ifndef WARD_STORE_SIGN_KEY_H
#define WARD_STORE_SIGN_KEY_H

#include <sodium.h>

#include "ward/ward.h"

struct sign_key {
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
};

/**
 * Reads a key file. WARD_ERR_NOT_FOUND; WARD_ERR_REFUSED when group or others can read it;
 * WARD_ERR_FORMAT; WARD_ERR_IO.
 */
enum ward_status sign_key_read(const char *path, struct sign_key *out,
                               struct ward_error *err) WARD_MUST_USE;
/** Makes a key and its file (0600, synced); one that is there already is read instead. */
enum ward_status sign_key_make(const char *path, struct sign_key *out,
                               struct ward_error *err) WARD_MUST_USE;
/** Overwrites the key in memory. */
void sign_key_forget(struct sign_key *key);

#endif
