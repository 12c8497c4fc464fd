/**
 * A command of `ward`: its place in the help and what it runs.
 */
#ifndef WARD_CLI_COMMAND_H
#define WARD_CLI_COMMAND_H

#include "cli/options.h"

/** Exit status, as clamscan: nothing found, found, error. */
enum { EXIT_NOTHING = 0, EXIT_FOUND = 1, EXIT_ERROR = 2 };

struct command {
    const char *name;
    const char *usage;                 /**< "scan [OPTIONS] FILE...|-": may have several lines */
    const char *summary;               /**< one line for `ward help` */
    const char *about;                 /**< a paragraph for `ward help NAME` */
    const struct option_spec *options; /**< for the help; ends with id 0 */
    int (*run)(const struct command *self, int argc, char **argv); /**< argv[0] is the name */
};

/* The commands, each defined in a file of its own. */
extern const struct command command_scan;
extern const struct command command_check;
extern const struct command command_pack;
extern const struct command command_cluster;
extern const struct command command_cases;
extern const struct command command_export;
extern const struct command command_people;
extern const struct command command_groups;
extern const struct command command_audit;
extern const struct command command_replay;
extern const struct command command_report;
extern const struct command command_serve;
extern const struct command command_user;
extern const struct command command_purge;
extern const struct command command_erase;
extern const struct command command_key;

/** Prints the help of a command on standard output. */
void command_help(const struct command *command);

/**
 * Prints an error on standard error as `ward NAME: source:line:column: message` and returns
 * EXIT_ERROR. For wrong usage a line that points to the help follows.
 */
int command_fail(const struct command *command, const struct ward_error *err);
/** Likewise for an error in a pack: shows the line and the place in it. */
int command_fail_pack(const struct command *command, const struct ward_error *err);
int command_misuse(const struct command *command, const struct ward_error *err);

#endif
