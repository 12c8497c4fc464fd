/**
 * The service's log: one JSON object a line, written by a thread of its own, so that a slow disk or
 * reader never holds an event thread. The queue is bounded; what finds no room is counted, and the
 * count is written.
 *
 * Never in a line: message text, query, names, passwords, keys, tokens, path parts.
 */
#ifndef WARD_API_LOG_H
#define WARD_API_LOG_H

#include "base/json_pen.h"

struct log;

/** `path` NULL: standard error, else appended to (made with mode 0640). */
enum ward_status log_open(const char *path, struct log **out, struct ward_error *err) WARD_MUST_USE;
/** Writes what is queued, then ends. NULL allowed. */
void log_close(struct log *log);
/** Opens the file anew, for those who move it away. */
void log_reopen(struct log *log);

/** A line under construction, at most LOG_LINE_BYTES long. */
#define LOG_LINE_BYTES 1024u
struct log_line {
    struct buf out;
    struct json_pen pen;
    char space[LOG_LINE_BYTES];
};
/** Begins {"time":..,"level":..,"event":..; further pairs by the pen. `level`, `event` static. */
void log_begin(struct log_line *line, int64_t now_ms, const char *level, const char *event);
/** Queues it. Any thread; never blocks. A line that grew too long is cut to its first pairs. */
void log_end(struct log *log, struct log_line *line);
/** Lines that found no room so far. */
uint64_t log_lost(struct log *log);

#endif
