#include "evidence/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/str.h"

#define KEY_FILE_BYTES_MAX 4096
#define SEED_BYTES 32
#define BASE64_BYTES 128

/* DER before the 32 bytes of an Ed25519 key: RFC 8410, section 7 and 4. */
static const unsigned char private_head[16] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                               0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
static const unsigned char public_head[12] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                              0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

static void take_seed(struct seal *seal, const unsigned char seed[SEED_BYTES])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    (void)crypto_sign_seed_keypair(seal->open, seal->secret, seed);
    (void)crypto_hash_sha256(hash, seal->open, sizeof seal->open);
    (void)sodium_bin2hex(seal->fingerprint, sizeof seal->fingerprint, hash, sizeof hash);
}

static void put_pem(struct buf *out, const char *label, const unsigned char *head, size_t head_len,
                    const unsigned char key[32])
{
    unsigned char der[48];
    char text[BASE64_BYTES];
    memcpy(der, head, head_len);
    memcpy(der + head_len, key, 32);
    (void)sodium_bin2base64(text, sizeof text, der, head_len + 32, sodium_base64_VARIANT_ORIGINAL);
    buf_printf(out, "-----BEGIN %s-----\n%s\n-----END %s-----\n", label, text, label);
    sodium_memzero(der, sizeof der);
    sodium_memzero(text, sizeof text);
}

static enum ward_status write_new(const char *path, struct ward_str text, struct ward_error *err)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set(err, WARD_ERR_IO, "cannot make the key file %s: %s", path,
                         strerror(errno));
    const bool written = write(fd, text.data, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    const int why = errno;
    if (close(fd) == 0 && written)
        return WARD_OK;
    (void)unlink(path);
    return error_set(err, WARD_ERR_IO, "cannot write the key file %s: %s", path, strerror(why));
}

static enum ward_status make_key(const char *path, struct seal *seal, struct ward_error *err)
{
    unsigned char seed[SEED_BYTES];
    struct buf pem;
    buf_init(&pem, KEY_FILE_BYTES_MAX);
    randombytes_buf(seed, sizeof seed);
    take_seed(seal, seed);
    put_pem(&pem, "PRIVATE KEY", private_head, sizeof private_head, seed);
    sodium_memzero(seed, sizeof seed);
    const enum ward_status status = pem.failed ? error_set(err, pem.failed, "out of memory")
                                               : write_new(path, buf_str(&pem), err);
    if (pem.data)
        sodium_memzero(pem.data, pem.len);
    buf_release(&pem);
    seal->was_made = status == WARD_OK;
    return status;
}

static bool read_pem(struct ward_str pem, unsigned char seed[SEED_BYTES])
{
    static const char begin[] = "-----BEGIN PRIVATE KEY-----";
    unsigned char der[64];
    size_t len;
    const char *end;
    const char *at = pem.len ? memmem(pem.data, pem.len, begin, sizeof begin - 1) : NULL;
    if (!at)
        return false;
    at += sizeof begin - 1;
    const size_t rest = (size_t)(pem.data + pem.len - at);
    if (sodium_base642bin(der, sizeof der, at, rest, "\r\n ", &len, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        len != 48 || memcmp(der, private_head, sizeof private_head) != 0)
        return false;
    memcpy(seed, der + sizeof private_head, SEED_BYTES);
    sodium_memzero(der, sizeof der);
    return true;
}

enum ward_status seal_open(const char *path, struct seal *seal, struct ward_error *err)
{
    struct stat info;
    unsigned char seed[SEED_BYTES];
    struct buf pem;
    *seal = (struct seal){.was_made = false};
    if (sodium_init() < 0)
        return error_set(err, WARD_ERR_IO, "the system gives no random bytes");
    if (stat(path, &info) != 0)
        return errno == ENOENT ? make_key(path, seal, err)
                               : error_set(err, WARD_ERR_IO, "%s: %s", path, strerror(errno));
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return error_set(err, WARD_ERR_FORMAT,
                         "others can read the signing key %s; run: chmod 600 on it", path);
    enum ward_status status = file_read(path, KEY_FILE_BYTES_MAX, &pem, err);
    if (status == WARD_OK && !read_pem(buf_str(&pem), seed))
        status = error_set(err, WARD_ERR_FORMAT, "%s holds no Ed25519 private key in PEM", path);
    if (status == WARD_OK)
        take_seed(seal, seed);
    sodium_memzero(seed, sizeof seed);
    if (pem.data)
        sodium_memzero(pem.data, pem.len);
    buf_release(&pem);
    return status;
}

void seal_close(struct seal *seal)
{
    sodium_memzero(seal->secret, sizeof seal->secret);
}

void seal_sign(const struct seal *seal, struct ward_str text, unsigned char out[SEAL_BYTES])
{
    (void)crypto_sign_detached(out, NULL, (const unsigned char *)text.data, text.len, seal->secret);
}

bool seal_verify(const struct seal *seal, struct ward_str text,
                 const unsigned char signature[SEAL_BYTES])
{
    return crypto_sign_verify_detached(signature, (const unsigned char *)text.data, text.len,
                                       seal->open) == 0;
}

void seal_put_public(const struct seal *seal, struct buf *out)
{
    put_pem(out, "PUBLIC KEY", public_head, sizeof public_head, seal->open);
}
