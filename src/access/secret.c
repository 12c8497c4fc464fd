#include "access/secret.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "store/digest.h"

#define PASSES_USUAL 3u
#define BYTES_USUAL (32u * 1024u * 1024u)
/* A password of fewer different bytes than this is one key held down. */
#define DIFFERENT_MIN 5

static const char *const labels[] = {"ward-session-1", "ward-key-1", "ward-link-1", "ward-lock-1"};

void access_forget(void *secret, size_t bytes)
{
    sodium_memzero(secret, bytes);
}

void secret_make(enum secret_kind kind, char out[ACCESS_TOKEN_TEXT])
{
    unsigned char random[32];
    const size_t prefix = kind == SECRET_KEY ? 3 : 0;
    randombytes_buf(random, sizeof random);
    memcpy(out, "wk_", prefix);
    (void)sodium_bin2base64(out + prefix, ACCESS_TOKEN_TEXT - prefix, random, sizeof random,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof random);
}

void secret_hash(enum secret_kind kind, struct ward_str text, unsigned char out[SECRET_HASH_BYTES])
{
    crypto_generichash_state state;
    const char *label = labels[kind];
    (void)crypto_generichash_init(&state, NULL, 0, SECRET_HASH_BYTES);
    (void)crypto_generichash_update(&state, (const unsigned char *)label, strlen(label) + 1);
    (void)crypto_generichash_update(&state, str_bytes(text), text.len);
    (void)crypto_generichash_final(&state, out, SECRET_HASH_BYTES);
}

void secret_hash_text(const unsigned char hash[SECRET_HASH_BYTES], char out[SECRET_HASH_TEXT])
{
    hex_write(hash, SECRET_HASH_BYTES, out);
}

bool secret_hash_read(struct ward_str hex, unsigned char out[SECRET_HASH_BYTES])
{
    return hex_read(hex, out, SECRET_HASH_BYTES);
}

void secret_csrf(struct ward_str secret, char out[ACCESS_TOKEN_TEXT])
{
    static const char label[] = "ward-csrf-1";
    unsigned char key[crypto_generichash_KEYBYTES];
    unsigned char hash[SECRET_HASH_BYTES];
    (void)crypto_generichash(key, sizeof key, str_bytes(secret), secret.len, NULL, 0);
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)label, sizeof label, key,
                             sizeof key);
    (void)sodium_bin2base64(out, ACCESS_TOKEN_TEXT, hash, sizeof hash,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(key, sizeof key);
}

bool secret_equal(struct ward_str a, struct ward_str b)
{
    return a.len == b.len && (!a.len || sodium_memcmp(a.data, b.data, a.len) == 0);
}

/* ---- passwords ------------------------------------------------------------------------------- */

static bool holds(struct ward_str text, struct ward_str part)
{
    return part.len >= 4 && memmem(text.data, text.len, part.data, part.len) != NULL;
}

enum ward_status password_check(struct ward_str user, struct ward_str password,
                                struct ward_error *err)
{
    bool seen[256] = {false};
    int different = 0;
    if (password.len < PASSWORD_MIN || password.len > PASSWORD_MAX)
        return error_set(err, WARD_ERR_ARGUMENT, "a password has %u to %u bytes", PASSWORD_MIN,
                         PASSWORD_MAX);
    for (size_t i = 0; i < password.len; i++) {
        const unsigned char c = (unsigned char)password.data[i];
        different += !seen[c];
        seen[c] = true;
    }
    if (different < DIFFERENT_MIN)
        return error_set(err, WARD_ERR_ARGUMENT, "the password has too few different letters");
    if (holds(password, user))
        return error_set(err, WARD_ERR_ARGUMENT, "the password holds the user's name");
    return WARD_OK;
}

static uint64_t passes_of(const struct access_cost *cost)
{
    return cost && cost->passes ? cost->passes : PASSES_USUAL;
}

static size_t bytes_of_cost(const struct access_cost *cost)
{
    return cost && cost->bytes ? (size_t)cost->bytes : BYTES_USUAL;
}

enum ward_status password_hash(struct ward_str password, const struct access_cost *cost,
                               char out[crypto_pwhash_STRBYTES], struct ward_error *err)
{
    if (crypto_pwhash_str_alg(out, password.len ? password.data : "", password.len, passes_of(cost),
                              bytes_of_cost(cost), crypto_pwhash_ALG_ARGON2ID13) != 0)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    return WARD_OK;
}

bool password_fits(struct ward_str password, struct ward_str hash, const struct access_cost *cost)
{
    static const unsigned char salt[crypto_pwhash_SALTBYTES] = "ward-nobody";
    const bool usable =
        password.len <= PASSWORD_MAX && hash.len > 0 && hash.len < crypto_pwhash_STRBYTES;
    char text[crypto_pwhash_STRBYTES] = "";
    unsigned char unused[32];
    if (usable) {
        memcpy(text, hash.data, hash.len);
        return crypto_pwhash_str_verify(text, password.len ? password.data : "", password.len) == 0;
    }
    const size_t len = password.len <= PASSWORD_MAX ? password.len : PASSWORD_MAX;
    (void)!crypto_pwhash(unused, sizeof unused, len ? password.data : "", len, salt,
                         passes_of(cost), bytes_of_cost(cost), crypto_pwhash_ALG_ARGON2ID13);
    return false;
}
