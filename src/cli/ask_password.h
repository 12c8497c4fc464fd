/**
 * A password from the terminal, without echo, or from standard input. Never from the command line,
 * where every process can read it.
 */
#ifndef WARD_CLI_ASK_PASSWORD_H
#define WARD_CLI_ASK_PASSWORD_H

#include "base/buf.h"

/** Bytes read at most. */
#define ASKED_MAX 4096u

/**
 * On a terminal: asks twice, WARD_ERR_ARGUMENT when the two differ. Else the first line of standard
 * input. Forget `out` with ask_forget().
 */
enum ward_status ask_password(const char *user, struct buf *out,
                              struct ward_error *err) WARD_MUST_USE;
void ask_forget(struct buf *password);

#endif
