/**
 * Runs a helper program on bytes, within limits of time, memory and output.
 *
 * The clock here bounds a wait; it never reaches what is written.
 */
#ifndef WARD_EVIDENCE_RUN_TOOL_H
#define WARD_EVIDENCE_RUN_TOOL_H

#include "evidence/evidence.h"

struct tool_call {
    const char *const *argv;            /**< ends with NULL; argv[0] is looked up in PATH */
    const char *package;                /**< Debian package to name when it is missing */
    struct ward_str input;              /**< its standard input */
    unsigned seconds;                   /**< of waiting, and of CPU */
    size_t memory_bytes;                /**< of address space */
    const struct evidence_leave *leave; /**< NULL: never left */
};

/**
 * Appends what the program writes on standard output to `out` (bounded by `out->max`); its standard
 * error is dropped, for it may quote what was given. WARD_ERR_NOT_FOUND when there is no such
 * program; WARD_ERR_IO when it fails, is killed, or does not end in time; WARD_ERR_LIMIT when it
 * writes too much; WARD_ERR_BUSY when it was left (it is killed then); WARD_ERR_NOMEM.
 */
enum ward_status tool_run(const struct tool_call *call, struct buf *out,
                          struct ward_error *err) WARD_MUST_USE;

#endif
