/**
 * `ward export`: one case as a package that another office checks.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/casework.h"
#include "cli/store_options.h"
#include "evidence/evidence.h"

enum { OPT_HELP = 1 };

static const struct option_spec options[] = {
    STORE_OPTIONS, {OPT_HELP, "help", 'h', NULL, "show this help"}, {0, NULL, 0, NULL, NULL}};

struct export_request {
    struct store_request storing;
    const char *words[2]; /* case, path */
    int word_count;
    bool wants_help;
};

static enum ward_status read_request(struct export_request *r, int argc, char **argv,
                                     struct ward_error *err)
{
    struct options_reader reader;
    const char *value;
    int id;
    options_start(&reader, options, argc, argv);
    while ((id = options_next(&reader, &value, err)) != OPTIONS_END) {
        enum ward_status status = WARD_OK;
        if (id == OPTIONS_BAD)
            return WARD_ERR_ARGUMENT;
        if (id == OPT_HELP)
            r->wants_help = true;
        else if (id != OPTIONS_OPERAND)
            status = store_option_take(&r->storing, id, value, err);
        else if (r->word_count == 2)
            return error_set(err, WARD_ERR_ARGUMENT, "only a case and a path are wanted");
        else
            r->words[r->word_count++] = value;
        if (status != WARD_OK)
            return status;
    }
    if (r->word_count < 2 && !r->wants_help)
        return error_set(err, WARD_ERR_ARGUMENT, "a case and a folder or ZIP file are wanted");
    return WARD_OK;
}

/* The export itself is told to the audit log before anything leaves the house. */
static enum ward_status export_case(const struct export_request *r, struct store *store,
                                    struct evidence_receipt *receipt, struct ward_error *err)
{
    char key[1024];
    struct case_file *file = NULL;
    const struct store_act act = store_request_act(&r->storing);
    (void)snprintf(key, sizeof key, "%s.export-key.pem", r->words[1]);
    enum ward_status status = store_audit_add(store, &act, str_of("export"), str_of("{}"), err);
    if (status == WARD_OK)
        status = casework_open(store, str_of(r->words[0]), act.time_ms, &file, err);
    if (status == WARD_OK) {
        const struct evidence_export_options how = {.path = r->words[1],
                                                    .key = r->storing.key ? r->storing.key : key,
                                                    .who = act.who,
                                                    .time_ms = act.time_ms};
        status = evidence_export(file, &how, receipt, err);
    }
    case_file_free(file);
    return status;
}

static int run_export(const struct command *self, int argc, char **argv)
{
    struct export_request r = {.word_count = 0};
    struct evidence_receipt receipt;
    struct ward_error err = {0};
    struct store *store = NULL;
    store_request_init(&r.storing);
    enum ward_status status = read_request(&r, argc, argv, &err);
    if (status != WARD_OK)
        return command_misuse(self, &err);
    if (r.wants_help) {
        command_help(self);
        return EXIT_NOTHING;
    }
    struct store_request storing = r.storing;
    storing.key = NULL; /* --key is the package's, not the log's */
    status = store_request_open(&storing, STORE_WRITE, &store, &err);
    if (status == WARD_OK)
        status = export_case(&r, store, &receipt, &err);
    store_close(store);
    if (status != WARD_OK)
        return command_fail(self, &err);
    (void)printf("%s: %u files, %" PRIu64 " bytes\ntagmanifest-sha256.txt  %s\nkey  %s\n",
                 r.words[1], receipt.payload_files, receipt.payload_bytes, receipt.manifest_sha256,
                 receipt.key_sha256);
    return fflush(stdout) == 0 ? EXIT_NOTHING : EXIT_ERROR;
}

const struct command command_export = {
    .name = "export",
    .usage = "export [OPTIONS] CASE DIR|FILE.zip",
    .summary = "write a case as a signed package that verifies without ward",
    .about = "BagIt with the events as received, verdicts, people, ties, custody and the report.\n"
             "--key is the Ed25519 key (PEM) to sign with; made beside the package when not given.",
    .options = options,
    .run = run_export,
};
