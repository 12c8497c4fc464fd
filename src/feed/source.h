/**
 * Plain bytes from a stream that may be gzip, zstd or UTF-16.
 *
 * What the bytes are is decided from the first ones only, and no more of them are waited for than
 * it takes: a live pipe that starts with "a\n" is handed on at once. Several gzip members or zstd
 * frames in a row are one stream. Damage is told apart from the end: whatever came before it has
 * been handed out.
 */
#ifndef WARD_FEED_SOURCE_H
#define WARD_FEED_SOURCE_H

#include "feed/feed.h"

/** Least size of a buffer given to source_read(). */
#define SOURCE_READ_LEAST 64u

struct source;

/** Takes over `stream`, also on failure. WARD_ERR_NOMEM. `encoding` forces UTF-16 or forbids it;
 * `unpacked_max` is that of feed_options. */
enum ward_status source_open(struct feed_stream stream, enum feed_encoding encoding,
                             uint64_t unpacked_max, struct source **out,
                             struct ward_error *err) WARD_MUST_USE;
/** Closes the stream. NULL allowed. */
void source_close(struct source *source);

/**
 * Reads what there is, at least one byte unless the end is reached, at most `size`.
 * @return WARD_OK, `*got` = 0 only at the end; WARD_ERR_IO; WARD_ERR_FORMAT (damaged or truncated
 *         compression); WARD_ERR_LIMIT (it unpacks to too much); WARD_ERR_NOMEM. An error repeats
 * on later calls.
 */
enum ward_status source_read(struct source *source, char *into, size_t size, size_t *got,
                             struct ward_error *err) WARD_MUST_USE;

/** A stream over a file descriptor, which it closes unless it is standard input (0). EAGAIN waits.
 */
struct feed_stream source_of_fd(int fd);

#endif
