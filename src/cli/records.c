#include "cli/records.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/error.h"

#define READ_BYTES ((size_t)256 << 10)

enum ward_status records_open(struct records *records, const char *path, char separator,
                              struct ward_error *err)
{
    *records = (struct records){.separator = separator};
    buf_init(&records->held, WARD_RECORD_BYTES_MAX + 2 * READ_BYTES);
    const bool standard = strcmp(path, "-") == 0;
    records->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    error_at(err, standard ? "standard input" : path, 0, 0);
    struct stat info;
    if (records->fd < 0)
        return error_set(err, errno == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO, "cannot open: %s",
                         strerror(errno));
    records->is_open = !standard;
    if (fstat(records->fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        records_close(records);
        return error_set(err, WARD_ERR_IO, "is a directory");
    }
    return WARD_OK;
}

void records_close(struct records *records)
{
    if (records->is_open)
        (void)close(records->fd);
    records->is_open = false;
    buf_release(&records->held);
}

/* Reads on behind what is held, which moves to the front first. */
static enum ward_status read_more(struct records *r, struct ward_error *err)
{
    if (r->at) {
        memmove(r->held.data, r->held.data + r->at, r->held.len - r->at);
        r->held.len -= r->at;
        r->at = 0;
    }
    if (buf_reserve(&r->held, READ_BYTES) != WARD_OK)
        return error_set(err, WARD_ERR_NOMEM, "not enough memory for a record");
    ssize_t got;
    do
        got = read(r->fd, r->held.data + r->held.len, READ_BYTES);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_set(err, WARD_ERR_IO, "cannot read: %s", strerror(errno));
    r->held.len += (size_t)got;
    r->ended = got == 0;
    return WARD_OK;
}

enum ward_status records_next(struct records *records, struct ward_str *out, struct ward_error *err)
{
    struct records *r = records;
    size_t looked = 0; /* bytes behind `at` that hold no separator */
    bool too_long = false;
    *out = (struct ward_str){0};
    for (;;) {
        const char *from = r->held.data ? r->held.data + r->at : NULL;
        const size_t have = r->held.len - r->at;
        const char *stop =
            have > looked ? memchr(from + looked, r->separator, have - looked) : NULL;
        if (stop || r->ended) {
            const size_t len = stop ? (size_t)(stop - from) : have;
            if (!stop && !len && !too_long)
                return WARD_ERR_NOT_FOUND;
            r->number++;
            r->at += len + (stop != NULL);
            *out = (struct ward_str){from, len};
            return too_long || len > WARD_RECORD_BYTES_MAX ? WARD_ERR_LIMIT : WARD_OK;
        }
        looked = have;
        if (looked > WARD_RECORD_BYTES_MAX) {
            too_long = true;
            r->at = r->held.len;
            looked = 0;
        }
        const enum ward_status status = read_more(r, err);
        if (status != WARD_OK)
            return status;
    }
}
