/**
 * Reading a file or standard input record by record, in bounded memory.
 *
 * A record ends at a separator byte (newline or NUL) or at the end of the input. One longer than
 * WARD_RECORD_BYTES_MAX is passed over and told as too long.
 */
#ifndef WARD_CLI_RECORDS_H
#define WARD_CLI_RECORDS_H

#include "base/buf.h"

struct records {
    int fd;
    char separator;
    struct buf held; /**< owned */
    size_t at;       /**< first byte of `held` not given out */
    bool ended;      /**< the input has no more bytes */
    uint64_t number; /**< of the last record, from 1 */
    bool is_open;
};

/** Opens `path` ("-" is standard input). WARD_ERR_NOT_FOUND or WARD_ERR_IO (directories too). */
enum ward_status records_open(struct records *records, const char *path, char separator,
                              struct ward_error *err) WARD_MUST_USE;
void records_close(struct records *records);

/**
 * The next record without its separator; valid until the next call. WARD_ERR_NOT_FOUND at the end,
 * WARD_ERR_LIMIT for one that was too long (go on with the next), WARD_ERR_IO, WARD_ERR_NOMEM.
 */
enum ward_status records_next(struct records *records, struct ward_str *out,
                              struct ward_error *err) WARD_MUST_USE;

#endif
