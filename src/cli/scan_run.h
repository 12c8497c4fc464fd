/**
 * What `ward scan` and `ward report` share: the options of a scan, and running one over files, with
 * or without a store behind it.
 */
#ifndef WARD_CLI_SCAN_RUN_H
#define WARD_CLI_SCAN_RUN_H

#include "cli/judge_options.h"
#include "cli/scan_output.h"
#include "cli/store_options.h"

enum {
    OPT_NO_CONTEXT = JUDGE_OPTIONS_END,
    OPT_THREADS,
    OPT_STRICT,
    OPT_FORMAT,
    OPT_PLATFORM,
    OPT_NEIGHBOURS,
    SCAN_OPTIONS_END
};
_Static_assert((int)SCAN_OPTIONS_END <= (int)OPT_STORE, "ids of options are apart");

/* Rows of an option table. */
#define SCAN_OPTIONS                                                                               \
    {OPT_NO_CONTEXT, "no-context", 0, NULL, "judge every event by itself"},                        \
        {OPT_THREADS, "threads", 't', "N", "threads to use (default: one a core)"},                \
        {OPT_STRICT, "strict", 0, NULL, "stop at the first bad record"},                           \
        {OPT_FORMAT, "format", 'f', "NAME",                                                        \
         "auto, jsonl, telegram, qq, csv, plain (default auto)"},                                  \
        {OPT_PLATFORM, "platform", 0, "NAME", "platform of events that name none"},                \
    {                                                                                              \
        OPT_NEIGHBOURS, "neighbours", 0, "N", "events kept on each side of a flagged one (10)"     \
    }

struct scan_request {
    const struct command *command; /**< in whose name errors are told */
    struct judge_request judge;
    struct store_request storing;
    bool stores; /**< verdicts go into the store of `storing` */
    uint32_t neighbours;
    bool no_context;
    const char **files; /**< owned array of borrowed words */
    int file_count;

    /* Made by scan_request_open(). */
    struct scan_setup setup;
    struct ward_engine *engine; /**< owned */
    struct store *store;        /**< owned */
    struct buf packs;           /**< names of the packs as JSON */
    struct buf pack_names;      /**< and with spaces between */
};

/** Defaults, and room for `words` file names. WARD_ERR_NOMEM. */
enum ward_status scan_request_init(struct scan_request *request, const struct command *command,
                                   int words, struct ward_error *err) WARD_MUST_USE;
void scan_request_release(struct scan_request *request);

/** Takes an operand or an option of SCAN_OPTIONS, STORE_OPTIONS or JUDGE_OPTIONS. */
enum ward_status scan_option_take(struct scan_request *request, int id, const char *value,
                                  struct ward_error *err) WARD_MUST_USE;
/** A file must be named, and what options say must fit together. */
enum ward_status scan_request_check(const struct scan_request *request,
                                    struct ward_error *err) WARD_MUST_USE;

/** Opens the packs. */
enum ward_status scan_request_open(struct scan_request *request,
                                   struct ward_error *err) WARD_MUST_USE;
/** Opens the store and what fills it, if verdicts are stored. */
enum ward_status scan_request_open_store(struct scan_request *request,
                                         struct ward_error *err) WARD_MUST_USE;

/**
 * Scans all files with `scan`, then stores and links what is left. An unreadable file is told and
 * the others are read; the last error is returned.
 */
enum ward_status scan_request_run(struct scan_request *request, struct scan *scan,
                                  struct ward_error *err) WARD_MUST_USE;

#endif
