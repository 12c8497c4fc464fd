#include "cli/source_hash.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static enum ward_status hash_fd(int fd, unsigned char digest[crypto_hash_sha256_BYTES])
{
    crypto_hash_sha256_state state;
    unsigned char bytes[8 * 1024];
    (void)crypto_hash_sha256_init(&state);
    for (;;) {
        const ssize_t got = read(fd, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return WARD_ERR_IO;
        if (got == 0)
            break;
        (void)crypto_hash_sha256_update(&state, bytes, (unsigned long long)got);
    }
    (void)crypto_hash_sha256_final(&state, digest);
    return WARD_OK;
}

enum ward_status source_hash_of(const char *path, struct source_hash *out, struct ward_error *err)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    struct stat info;
    out->hex[0] = '\0';
    if (strcmp(path, "-") == 0)
        return WARD_OK;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        const int code = errno;
        if (fd >= 0)
            (void)close(fd);
        return error_set(err, WARD_ERR_IO, "%s: %s", path, strerror(code));
    }
    enum ward_status status = WARD_OK;
    if (S_ISREG(info.st_mode)) {
        status = hash_fd(fd, digest);
        if (status == WARD_OK)
            (void)sodium_bin2hex(out->hex, sizeof out->hex, digest, sizeof digest);
    }
    (void)close(fd);
    return status == WARD_OK ? WARD_OK : error_set(err, status, "%s: cannot be read", path);
}
