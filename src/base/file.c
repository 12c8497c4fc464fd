#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static enum ward_status fail_errno(struct ward_error *err, const char *path, const char *verb)
{
    const int code = errno;
    error_at(err, path, 0, 0);
    return error_set(err, code == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO, "cannot %s: %s", verb,
                     strerror(code));
}

static enum ward_status read_all(int fd, const char *path, struct buf *out, struct ward_error *err)
{
    for (;;) {
        const enum ward_status room = buf_reserve(out, 1);
        if (room == WARD_ERR_LIMIT) {
            char probe;
            const ssize_t more = read(fd, &probe, 1);
            if (more == 0) {
                out->failed = WARD_OK;
                return WARD_OK;
            }
            error_at(err, path, 0, 0);
            return error_set(err, WARD_ERR_LIMIT, "file is larger than %zu bytes", out->max);
        }
        if (room != WARD_OK)
            return error_set(err, room, "out of memory");
        const ssize_t got = read(fd, out->data + out->len, out->cap - out->len);
        if (got == 0)
            return WARD_OK;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(err, path, "read");
        out->len += (size_t)got;
    }
}

enum ward_status file_read(const char *path, size_t max, struct buf *out, struct ward_error *err)
{
    buf_init(out, max);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(err, path, "open");
    struct stat info;
    enum ward_status status;
    if (fstat(fd, &info) != 0) {
        status = fail_errno(err, path, "stat");
    } else if (S_ISDIR(info.st_mode)) {
        error_at(err, path, 0, 0);
        status = error_set(err, WARD_ERR_IO, "is a directory, not a file");
    } else {
        status = read_all(fd, path, out, err);
    }
    (void)close(fd);
    return status;
}

static enum ward_status write_all(int fd, struct ward_str data)
{
    while (data.len) {
        const ssize_t put = write(fd, data.data, data.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return WARD_ERR_IO;
        data.data += put;
        data.len -= (size_t)put;
    }
    return fsync(fd) == 0 ? WARD_OK : WARD_ERR_IO;
}

enum ward_status file_write_atomic(const char *path, struct ward_str data, struct ward_error *err)
{
    char temp[PATH_MAX];
    const int len = snprintf(temp, sizeof temp, "%s.XXXXXX", path);
    if (len < 0 || (size_t)len >= sizeof temp)
        return error_set(err, WARD_ERR_LIMIT, "path is too long");
    const int fd = mkstemp(temp);
    if (fd < 0)
        return fail_errno(err, path, "write");
    enum ward_status status = write_all(fd, data);
    if (fchmod(fd, 0644) != 0)
        status = WARD_ERR_IO;
    if (close(fd) != 0)
        status = WARD_ERR_IO;
    if (status == WARD_OK && rename(temp, path) != 0)
        status = WARD_ERR_IO;
    if (status != WARD_OK) {
        status = fail_errno(err, path, "write");
        (void)unlink(temp);
    }
    return status;
}
