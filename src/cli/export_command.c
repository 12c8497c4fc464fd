/**
 * `ward export`: one case as a package that another office checks.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/casework.h"
#include "cli/case_decide.h"
#include "cli/judge_options.h"
#include "cli/store_options.h"
#include "engine/engine.h"
#include "evidence/evidence.h"
#include "evidence/law_texts.h"

enum { OPT_SIGN = STORE_OPTIONS_END };

static const struct option_spec options[] = {
    STORE_OPTIONS,
    {OPT_SIGN, "sign", 0, "FILE",
     "Ed25519 key to sign with (default: beside the store, made once)"},
    {OPT_PACKS, "packs", 'p', "DIRS", "pack folders: where the texts of the law come from"},
    {OPT_HELP, "help", 'h', NULL, "show this help"},
    {0, NULL, 0, NULL, NULL}};

struct export_request {
    struct store_request storing;
    struct judge_request judge; /* the packs */
    const char *words[2];       /* case, path */
    int word_count;
    const char *sign; /* or NULL */
};

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct export_request *r = context;
    switch (id) {
    case OPTIONS_OPERAND:
        if (r->word_count == 2)
            return error_set(err, WARD_ERR_ARGUMENT, "only a case and a path are wanted");
        r->words[r->word_count++] = value;
        return WARD_OK;
    case OPT_SIGN:
        r->sign = value;
        return WARD_OK;
    case OPT_HELP:
    case OPT_PACKS:
        return judge_option_take(&r->judge, id, value, err);
    default:
        return store_option_take(&r->storing, id, value, err);
    }
}

static enum ward_status read_request(struct export_request *r, int argc, char **argv,
                                     struct ward_error *err)
{
    store_request_init(&r->storing);
    judge_request_init(&r->judge);
    const enum ward_status status = options_read(options, argc, argv, take_option, r, err);
    if (status != WARD_OK)
        return status;
    if (r->word_count < 2 && !r->judge.wants_help)
        return error_set(err, WARD_ERR_ARGUMENT, "a case and a folder or ZIP file are wanted");
    return WARD_OK;
}

/* The office's key stands beside the store; a server has no such place. */
static enum ward_status sign_key(const struct export_request *r, char *out, size_t size,
                                 struct ward_error *err)
{
    const char *url = r->storing.url;
    if (!r->sign && store_url_is_server(url))
        return error_set(err, WARD_ERR_ARGUMENT, "say which key signs the package: --sign FILE");
    if (strncmp(url, "sqlite:", 7) == 0)
        url += 7;
    const int len = r->sign ? snprintf(out, size, "%s", r->sign)
                            : snprintf(out, size, "%s.export-key.pem", url);
    return len > 0 && (size_t)len < size
               ? WARD_OK
               : error_set(err, WARD_ERR_ARGUMENT, "the path of the key is too long");
}

static enum ward_status export_case(const struct export_request *r, struct store *store,
                                    const struct law_texts *laws, struct evidence_receipt *receipt,
                                    struct ward_error *err)
{
    char key[4096];
    struct case_name name;
    struct case_file *file = NULL;
    const struct store_act act = store_request_act(&r->storing);
    enum ward_status status = sign_key(r, key, sizeof key, err);
    if (status == WARD_OK)
        status = case_name_find(store, r->words[0], &name, err);
    if (status == WARD_OK)
        status = casework_open(store, str_of(name.id), act.time_ms, &file, err);
    if (status == WARD_OK) {
        const struct evidence_export_options how = {.path = r->words[1],
                                                    .key = key,
                                                    .who = act.who,
                                                    .laws = laws->laws,
                                                    .law_count = laws->count,
                                                    .time_ms = act.time_ms};
        status = evidence_export(file, &how, receipt, err);
    }
    if (status == WARD_OK) {
        const struct casework_package package = {.case_id = str_of(name.id),
                                                 .manifest_sha256 = receipt->manifest_sha256,
                                                 .key_sha256 = receipt->key_sha256,
                                                 .files = receipt->payload_files,
                                                 .place = str_of(r->words[1])};
        status = casework_note_export(store, &act, &package, err);
    }
    case_file_free(file);
    return status;
}

static int export_with_packs(const struct command *self, const struct export_request *r,
                             struct ward_error *err)
{
    struct evidence_receipt receipt;
    struct store *store = NULL;
    struct ward_engine *engine = NULL;
    struct law_texts laws = {.count = 0};
    if (judge_request_open(&r->judge, &engine, err) != WARD_OK)
        return command_fail_pack(self, err);
    enum ward_status status = law_texts_open(engine->pack, &laws, err);
    if (status == WARD_OK)
        status = store_request_open(&r->storing, STORE_WRITE, &store, err);
    if (status == WARD_OK)
        status = export_case(r, store, &laws, &receipt, err);
    store_close(store);
    law_texts_release(&laws);
    ward_engine_close(engine);
    if (status == WARD_ERR_ARGUMENT)
        return command_misuse(self, err);
    if (status != WARD_OK)
        return command_fail(self, err);
    (void)printf("%s: %u files, %" PRIu64 " bytes\ntagmanifest-sha256.txt  %s\nkey  %s\n",
                 r->words[1], receipt.payload_files, receipt.payload_bytes, receipt.manifest_sha256,
                 receipt.key_sha256);
    return fflush(stdout) == 0 ? EXIT_NOTHING : EXIT_ERROR;
}

static int run_export(const struct command *self, int argc, char **argv)
{
    struct export_request r = {.word_count = 0};
    struct ward_error err = {0};
    const enum ward_status status = read_request(&r, argc, argv, &err);
    if (r.judge.wants_help) {
        command_help(self);
        return EXIT_NOTHING;
    }
    return status == WARD_OK ? export_with_packs(self, &r, &err) : command_misuse(self, &err);
}

const struct command command_export = {
    .name = "export",
    .usage = "export [OPTIONS] CASE DIR|FILE.zip",
    .summary = "write a case as a signed package that verifies without ward",
    .about = "BagIt with the events as received, verdicts, people, ties, custody and the report.\n"
             "Refused as a whole when a check fails; what was written is noted in the audit log.\n"
             "Exit status: 0 done, 2 error.",
    .options = options,
    .run = run_export,
};
