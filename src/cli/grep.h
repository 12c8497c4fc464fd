/**
 * `ward grep`: any list of terms, read through disguise in plain files and standard input.
 */
#ifndef WARD_CLI_GREP_H
#define WARD_CLI_GREP_H

#include "cli/command.h"

/** Exit status follows grep: 0 some record was selected, 1 none, 2 an error (which wins). */
extern const struct command command_grep;

#endif
