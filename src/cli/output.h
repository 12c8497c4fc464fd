/**
 * Standard output: collected, written whole, and never a signal when the reader has gone.
 */
#ifndef WARD_CLI_OUTPUT_H
#define WARD_CLI_OUTPUT_H

#include "base/buf.h"

struct output {
    int fd;
    bool closed;    /**< the reader went away: stop quietly */
    int error_code; /**< errno of a failed write, 0 none */
};

/** Standard output; makes the process ignore SIGPIPE. */
void output_open(struct output *output);
/** Writes all of `data`; false once the reader is gone or a write failed. */
bool output_write(struct output *output, struct ward_str data);
/** Fills `err` if a write failed (not when the reader left); true then. */
bool output_failed(const struct output *output, struct ward_error *err);
/** True when colours may be used: a terminal, NO_COLOR not set, TERM not "dumb". */
bool output_wants_colour(const struct output *output);

#endif
