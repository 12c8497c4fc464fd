/**
 * Options that every judging command shares (scan, check), and what they ask for.
 */
#ifndef WARD_CLI_JUDGE_OPTIONS_H
#define WARD_CLI_JUDGE_OPTIONS_H

#include "cli/command.h"
#include "cli/verdict_view.h"

enum {
    OPT_HELP = 1,
    OPT_QUIET,
    OPT_VERBOSE,
    OPT_JSON,
    OPT_LANG,
    OPT_PACKS,
    OPT_WATCH,
    OPT_REVIEW,
    OPT_URGENT,
    OPT_FAIL_LEVEL,
    OPT_RULES_ALL,
    OPT_WHOLE,
    OPT_CACHE,
    OPT_NO_CACHE,
    JUDGE_OPTIONS_END
};

/* Rows of an option table. */
#define JUDGE_OPTIONS                                                                              \
    {OPT_JSON, "json", 'j', NULL, "one verdict a line as JSON"},                                   \
        {OPT_LANG, "lang", 'l', "LANG", "language of the sentences: en, zh, both (default en)"},   \
        {OPT_PACKS, "packs", 'p', "DIRS", "pack folders, A:B, later ones overlay earlier ones"},   \
        {OPT_WATCH, "watch", 0, "P", "least score of level watch (default: the packs')"},          \
        {OPT_REVIEW, "review", 0, "P", "least score of level review"},                             \
        {OPT_URGENT, "urgent", 0, "P", "least score of level urgent, besides its rule"},           \
        {OPT_FAIL_LEVEL, "fail-level", 0, "LEVEL",                                                 \
         "level that makes the exit status 1: watch, review, urgent (default watch)"},             \
        {OPT_RULES_ALL, "rules-all", 0, NULL, "also list rules that fired without weight"},        \
        {OPT_WHOLE, "whole", 0, NULL, "judge texts as a whole, not passage by passage too"},       \
        {OPT_CACHE, "cache", 0, "FILE", "keep the compiled packs in FILE for a faster start"},     \
        {OPT_NO_CACHE, "no-cache", 0, NULL, "read the packs anew and keep nothing"},               \
        {OPT_QUIET, "quiet", 'q', NULL, "no summary, no progress"},                                \
        {OPT_VERBOSE, "verbose", 'v', NULL, "list small reasons too; tell the packs in use"},      \
    {                                                                                              \
        OPT_HELP, "help", 'h', NULL, "show this help"                                              \
    }

struct judge_request {
    struct ward_check_options check;
    enum says_lang lang;
    enum ward_level fail_level;
    const char *packs; /**< value of --packs, borrowed; or NULL */
    bool json;
    bool quiet;
    bool verbose;
    bool no_cache;
    const char *cache; /**< value of --cache, borrowed; or NULL */
    bool wants_help;
};

void judge_request_init(struct judge_request *request);
/** Takes one option of JUDGE_OPTIONS. WARD_ERR_ARGUMENT says what is wrong with its value. */
enum ward_status judge_option_take(struct judge_request *request, int id, const char *value,
                                   struct ward_error *err) WARD_MUST_USE;
/** Checks what only fits together: watch <= review <= urgent. */
enum ward_status judge_request_check(const struct judge_request *request,
                                     struct ward_error *err) WARD_MUST_USE;
/** Finds and opens the packs; with --verbose names them on standard error. */
enum ward_status judge_request_open(const struct judge_request *request, struct ward_engine **out,
                                    struct ward_error *err) WARD_MUST_USE;

#endif
