/**
 * A bounded pipe from the event thread to the lane that reads a streaming body.
 *
 * The event thread never blocks: a full pipe takes what fits and remembers that the client is held
 * back; the reader then has it go on. One writer, one reader.
 */
#ifndef WARD_HTTP_PIPE_H
#define WARD_HTTP_PIPE_H

#include <sys/types.h>

#include "ward/ward.h"

/** Bytes a pipe holds: some reads of the ingest lane. */
#define HTTP_PIPE_BYTES (512u * 1024u)

struct http_pipe;

/** `drained` is called on the reader's thread, without lock, once a held-back writer may go on. */
struct http_pipe *pipe_new(void (*drained)(void *context), void *context);
void pipe_free(struct http_pipe *pipe);

/** Takes up to `len` bytes; less (also 0) means that the pipe is full. */
size_t pipe_write(struct http_pipe *pipe, const void *data, size_t len);
/** After the client was held back: true if `drained` will be called; false: go on at once, there is
 * room again. */
bool pipe_wait(struct http_pipe *pipe);
/** No more bytes: `error` 0 (the body is whole) or an errno. The first call counts. */
void pipe_end(struct http_pipe *pipe, int error);
/** As http_body_read(). */
ssize_t pipe_read(struct http_pipe *pipe, void *buffer, size_t size);
/** True if pipe_read() would not wait. */
bool pipe_is_ready(struct http_pipe *pipe);
/** The reader wants no more: what comes is thrown away. */
void pipe_abandon(struct http_pipe *pipe);

#endif
