/**
 * Secrets: tokens that ward makes, and passwords that people choose.
 *
 * A token is 32 random bytes as 43 letters of URL-safe base64; what is kept of it is a BLAKE2b hash
 * under a label, which needs no salt and no slowness at 256 bits. A password is hashed by Argon2id.
 */
#ifndef WARD_ACCESS_SECRET_H
#define WARD_ACCESS_SECRET_H

#include <sodium.h>

#include "access/accounts.h"

#define SECRET_HASH_BYTES 32u
#define SECRET_HASH_TEXT (2u * SECRET_HASH_BYTES + 1u)
/** Bytes of a password. */
#define PASSWORD_MIN 12u
#define PASSWORD_MAX 1024u

/** What a secret is for; the same text has another hash for each. */
enum secret_kind { SECRET_SESSION = 0, SECRET_KEY, SECRET_LINK, SECRET_LOCK };

/** A new secret; keys begin with "wk_". */
void secret_make(enum secret_kind kind, char out[ACCESS_TOKEN_TEXT]);
void secret_hash(enum secret_kind kind, struct ward_str text, unsigned char out[SECRET_HASH_BYTES]);
void secret_hash_text(const unsigned char hash[SECRET_HASH_BYTES], char out[SECRET_HASH_TEXT]);
/** False unless it is the hex of a hash. */
bool secret_hash_read(struct ward_str hex, unsigned char out[SECRET_HASH_BYTES]);
/** CSRF token that belongs to a session's token, or to anything else secret. */
void secret_csrf(struct ward_str secret, char out[ACCESS_TOKEN_TEXT]);
/** Compares without telling by the time it takes where they differ. */
bool secret_equal(struct ward_str a, struct ward_str b);

/** WARD_ERR_ARGUMENT with a reason when a password will not do for this user. */
enum ward_status password_check(struct ward_str user, struct ward_str password,
                                struct ward_error *err) WARD_MUST_USE;
/** Argon2id; about 0.1 s with the usual cost. WARD_ERR_NOMEM. */
enum ward_status password_hash(struct ward_str password, const struct access_cost *cost,
                               char out[crypto_pwhash_STRBYTES],
                               struct ward_error *err) WARD_MUST_USE;
/**
 * True if it is the password of `hash`. An empty `hash` (no such user) costs as much as a wrong
 * password: the work is done on a hash that fits nothing.
 */
bool password_fits(struct ward_str password, struct ward_str hash, const struct access_cost *cost);

#endif
