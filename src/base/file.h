/**
 * Whole files, with a ceiling.
 */
#ifndef WARD_BASE_FILE_H
#define WARD_BASE_FILE_H

#include "base/buf.h"

/**
 * Reads a regular file, at most `max` bytes, into `out` (initialised by this call; release it also
 * on failure). WARD_ERR_NOT_FOUND, WARD_ERR_IO (directory, permission ...), WARD_ERR_LIMIT,
 * WARD_ERR_NOMEM; `err` names the path.
 */
enum ward_status file_read(const char *path, size_t max, struct buf *out,
                           struct ward_error *err) WARD_MUST_USE;

/**
 * Writes `data` to `path` through a temporary file in the same folder, synced and renamed, so that
 * a reader sees the old or the new content, never a part. WARD_ERR_IO.
 */
enum ward_status file_write_atomic(const char *path, struct ward_str data,
                                   struct ward_error *err) WARD_MUST_USE;

#endif
