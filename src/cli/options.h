/**
 * Command line options, one parser for every command.
 *
 * A command lists its options in a table; the parser walks argv and hands back one option or
 * operand at a time. Understood: `-q`, `-qv`, `-f FILE`, `-fFILE`, `--file FILE`, `--file=FILE`,
 * `--` (only operands follow), `-` (an operand: standard input). Options and operands may mix. Long
 * names are not abbreviated; an unknown one names the nearest that exists.
 */
#ifndef WARD_CLI_OPTIONS_H
#define WARD_CLI_OPTIONS_H

#include "ward/ward.h"

struct option_spec {
    int id;               /**< returned when met; > 0, unique in the table */
    const char *name;     /**< long name without dashes, or NULL */
    char letter;          /**< short name, or 0 */
    const char *argument; /**< name of its value in the help ("FILE"), or NULL for a flag */
    const char *help;     /**< one line */
};

/** Returned by options_next besides the ids of the table. */
enum { OPTIONS_END = 0, OPTIONS_OPERAND = -1, OPTIONS_BAD = -2 };

struct options_reader {
    const struct option_spec *table; /**< ends with id 0; borrowed */
    int argc;
    char **argv;        /**< argv[0] is not looked at */
    int at;             /**< next word */
    int letter_at;      /**< next letter within a cluster, 0 none */
    bool only_operands; /**< "--" was met */
};

/** Starts at argv[1]. `table` ends with an entry of id 0. */
void options_start(struct options_reader *reader, const struct option_spec *table, int argc,
                   char **argv);

/**
 * The next option's id with `*value` its argument (NULL for flags), OPTIONS_OPERAND with `*value`
 * the word, OPTIONS_END, or OPTIONS_BAD with `err` saying what is wrong (unknown option and the
 * nearest one, value missing or not wanted).
 */
int options_next(struct options_reader *reader, const char **value, struct ward_error *err);

/** Takes one option of the table, or OPTIONS_OPERAND, with its value; an error ends the reading. */
typedef enum ward_status (*option_taker)(void *context, int id, const char *value,
                                         struct ward_error *err);

/** Hands everything from argv[1] on to `take`. Its errors; WARD_ERR_ARGUMENT as options_next(). */
enum ward_status options_read(const struct option_spec *table, int argc, char **argv,
                              option_taker take, void *context,
                              struct ward_error *err) WARD_MUST_USE;

/** Reads a whole decimal number in [low, high]; false if it is anything else. */
bool options_number(const char *text, long low, long high, long *out);
/** Reads a decimal fraction in [low, high], point as separator whatever the locale. */
bool options_fraction(const char *text, double low, double high, double *out);

/** Index into `names` (count) of the one nearest to `word` by edit distance, -1 if none is near
 * enough to be meant. */
int options_nearest(const char *word, const char *const *names, int count);

#endif
