#include "store/sign_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "store/digest.h"

#define HEADING "ward-key 1\n"
#define SEED_HEX (2u * crypto_sign_SEEDBYTES)

static enum ward_status fail_errno(struct ward_error *err, const char *path, const char *verb)
{
    const int code = errno;
    error_at(err, path, 0, 0);
    return error_set(err, code == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO,
                     "cannot %s the signing key: %s", verb, strerror(code));
}

static enum ward_status from_text(struct ward_str text, const char *path, struct sign_key *out,
                                  struct ward_error *err)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    const size_t head = strlen(HEADING);
    const bool fits = text.len >= head + SEED_HEX && memcmp(text.data, HEADING, head) == 0 &&
                      hex_read(str_part(text, head, head + SEED_HEX), seed, sizeof seed);
    if (!fits) {
        error_at(err, path, 0, 0);
        return error_set(err, WARD_ERR_FORMAT, "not a signing key of ward");
    }
    (void)crypto_sign_seed_keypair(out->public_key, out->secret, seed);
    sodium_memzero(seed, sizeof seed);
    return WARD_OK;
}

enum ward_status sign_key_read(const char *path, struct sign_key *out, struct ward_error *err)
{
    struct stat info;
    struct buf text;
    memset(out, 0, sizeof *out);
    if (stat(path, &info) != 0)
        return fail_errno(err, path, "find");
    if (info.st_mode & 077) {
        error_at(err, path, 0, 0);
        return error_set(err, WARD_ERR_REFUSED,
                         "the signing key can be read by others; make it mode 0600");
    }
    enum ward_status status = file_read(path, 4096, &text, err);
    if (status == WARD_OK)
        status = from_text(buf_str(&text), path, out, err);
    if (text.data)
        sodium_memzero(text.data, text.cap);
    buf_release(&text);
    return status;
}

/* The folder is synced too: a key that a crash loses would leave a store nobody can write. */
static void sync_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    const size_t len = slash ? (size_t)(slash - path) : 0;
    if (len >= sizeof folder)
        return;
    memcpy(folder, path, len);
    folder[len] = '\0';
    const int fd = open(len ? folder : slash ? "/" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
}

static enum ward_status write_key(int fd, const char *path, const unsigned char *seed,
                                  struct ward_error *err)
{
    char text[sizeof HEADING + SEED_HEX + 1];
    const size_t head = strlen(HEADING);
    memcpy(text, HEADING, head);
    hex_write(seed, crypto_sign_SEEDBYTES, text + head);
    text[head + SEED_HEX] = '\n';
    const size_t len = head + SEED_HEX + 1;
    const bool done =
        fchmod(fd, 0600) == 0 && write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    sodium_memzero(text, sizeof text);
    return done ? WARD_OK : fail_errno(err, path, "write");
}

enum ward_status sign_key_make(const char *path, struct sign_key *out, struct ward_error *err)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return sign_key_read(path, out, err);
    if (fd < 0)
        return fail_errno(err, path, "make");
    randombytes_buf(seed, sizeof seed);
    enum ward_status status = write_key(fd, path, seed, err);
    if (close(fd) != 0 && status == WARD_OK)
        status = fail_errno(err, path, "write");
    if (status == WARD_OK) {
        sync_folder(path);
        (void)crypto_sign_seed_keypair(out->public_key, out->secret, seed);
    } else {
        (void)unlink(path);
    }
    sodium_memzero(seed, sizeof seed);
    return status;
}

void sign_key_forget(struct sign_key *key)
{
    sodium_memzero(key, sizeof *key);
}
