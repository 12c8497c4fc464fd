/*
 * A preloaded library that remembers what a power cut would lose: every write to a store's files
 * goes into a log with the bytes it replaced, every sync too. tests/e2e/power_cut.py takes back
 * what was not synced. A killed process alone proves nothing, for the kernel still writes its
 * pages.
 *
 * WARD_POWER_CUT_LOG   the log, appended to; nothing is done without it
 * WARD_POWER_CUT_DEAF  set: syncs are left out of the log, as by a disk that lies
 *
 * A record: struct record, the path, the bytes that stood there, the bytes written.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define KEEP_BYTES_MAX (1u << 20)
#define PUBLIC __attribute__((visibility("default")))

enum record_kind { RECORD_WRITE = 1, RECORD_TRUNCATE = 2, RECORD_SYNC = 3 };

struct record {
    uint32_t kind;
    uint32_t path_bytes;
    uint64_t offset;   /* of a write; the new size of a truncation */
    uint64_t old_size; /* of the file before */
    uint32_t old_bytes;
    uint32_t new_bytes;
};

static int log_fd = -1;

__attribute__((constructor)) static void open_log(void)
{
    const char *path = getenv("WARD_POWER_CUT_LOG");
    if (path)
        log_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

/* The path behind `fd` if it is the store's database or its log; 0 otherwise. */
static size_t store_path(int fd, char *out, size_t size)
{
    char link[64];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t len = log_fd < 0 ? -1 : readlink(link, out, size - 1);
    if (len <= 0)
        return 0;
    out[len] = 0;
    const char *dot = strrchr(out, '.');
    return dot && (strcmp(dot, ".db") == 0 || strcmp(dot, ".db-wal") == 0) ? (size_t)len : 0;
}

/* One writev on an appending file: a record is in the log whole, or cut at its very end. */
static void put(int fd, struct record *record, const void *written)
{
    char path[1024];
    struct stat now;
    static _Thread_local char old[KEEP_BYTES_MAX];
    record->path_bytes = (uint32_t)store_path(fd, path, sizeof path);
    if (!record->path_bytes || fstat(fd, &now) != 0)
        return;
    record->old_size = (uint64_t)now.st_size;
    if (record->kind != RECORD_SYNC) {
        const uint64_t lost = record->kind == RECORD_WRITE ? record->new_bytes : KEEP_BYTES_MAX;
        if (lost > KEEP_BYTES_MAX)
            abort();
        const ssize_t kept = pread(fd, old, (size_t)lost, (off_t)record->offset);
        record->old_bytes = kept > 0 ? (uint32_t)kept : 0;
    }
    const struct iovec parts[] = {{record, sizeof *record},
                                  {path, record->path_bytes},
                                  {old, record->old_bytes},
                                  {(void *)(uintptr_t)written, record->new_bytes}};
    if (writev(log_fd, parts, 4) < 0)
        abort();
}

static void put_write(int fd, const void *data, size_t size, off_t offset)
{
    struct record record = {
        .kind = RECORD_WRITE, .offset = (uint64_t)offset, .new_bytes = (uint32_t)size};
    const int kept = errno;
    put(fd, &record, data);
    errno = kept;
}

static void put_sync(int fd)
{
    struct record record = {.kind = RECORD_SYNC};
    if (!getenv("WARD_POWER_CUT_DEAF"))
        put(fd, &record, NULL);
}

PUBLIC ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
    put_write(fd, data, size, offset);
    return syscall(SYS_pwrite64, fd, data, size, offset);
}

PUBLIC ssize_t write(int fd, const void *data, size_t size)
{
    char path[1024];
    if (store_path(fd, path, sizeof path))
        put_write(fd, data, size, lseek(fd, 0, SEEK_CUR));
    return syscall(SYS_write, fd, data, size);
}

PUBLIC int ftruncate64(int fd, off64_t size)
{
    struct record record = {.kind = RECORD_TRUNCATE, .offset = (uint64_t)size};
    put(fd, &record, NULL);
    return (int)syscall(SYS_ftruncate, fd, size);
}

PUBLIC int fsync(int fd)
{
    const int result = (int)syscall(SYS_fsync, fd);
    if (result == 0)
        put_sync(fd);
    return result;
}

PUBLIC int fdatasync(int fd)
{
    const int result = (int)syscall(SYS_fdatasync, fd);
    if (result == 0)
        put_sync(fd);
    return result;
}
