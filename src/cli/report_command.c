/**
 * `ward report`: the report of a one-off chat export, without a store of one's own.
 *
 * Verdicts go into a store in a private temporary folder, which is taken away at the end, so that
 * people and cases are found in one way only.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/casework.h"
#include "cli/scan_run.h"
#include "cli/source_hash.h"
#include "engine/engine.h"
#include "evidence/evidence.h"
#include "evidence/law_texts.h"

enum { OPT_OUT = SCAN_OPTIONS_END };

static const struct option_spec options[] = {
    {OPT_OUT, "out", 'o', "FILE", "where the report goes: .html or .pdf (default report.html)"},
    SCAN_OPTIONS,
    JUDGE_OPTIONS,
    {0, NULL, 0, NULL, NULL}};

#define CASES_MAX 64u /* of one report, the most urgent; the report says how many it shows */

struct report_request {
    struct scan_request scan;
    const char *path;
    char folder[4096]; /* of the temporary store */
    char url[4200];
};

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct report_request *r = context;
    if (id != OPT_OUT)
        return scan_option_take(&r->scan, id, value, err);
    r->path = value;
    return WARD_OK;
}

static enum ward_status read_request(struct report_request *r, int argc, char **argv,
                                     struct ward_error *err)
{
    r->path = "report.html";
    const enum ward_status status = options_read(options, argc, argv, take_option, r, err);
    if (status != WARD_OK)
        return status;
    return r->scan.judge.wants_help ? WARD_OK : scan_request_check(&r->scan, err);
}

static bool wants_pdf(const char *path)
{
    const size_t len = strlen(path);
    return len > 4 && strcmp(path + len - 4, ".pdf") == 0;
}

/* ---- the temporary store --------------------------------------------------------------------- */

static enum ward_status make_folder(struct report_request *r, struct ward_error *err)
{
    const char *base = getenv("TMPDIR");
    (void)snprintf(r->folder, sizeof r->folder, "%s/ward-report-XXXXXX",
                   base && *base ? base : "/tmp");
    if (!mkdtemp(r->folder)) {
        const int code = errno;
        r->folder[0] = '\0';
        return error_set(err, WARD_ERR_IO, "cannot make a temporary folder: %s", strerror(code));
    }
    (void)snprintf(r->url, sizeof r->url, "%s/case.db", r->folder);
    r->scan.storing.url = r->url;
    r->scan.stores = true;
    return WARD_OK;
}

static void remove_folder(const struct report_request *r)
{
    static const char *const names[] = {"case.db", "case.db-wal", "case.db-shm", "case.db.key"};
    char path[4200];
    if (!r->folder[0])
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", r->folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(r->folder);
}

/* ---- the report ------------------------------------------------------------------------------ */

struct found {
    struct store *store;
    struct ward_str ids[CASES_MAX];
    struct arena arena;
    struct case_file *files[CASES_MAX]; /* owned */
    size_t count;
};

static enum ward_status take_case(void *context, const struct store_case *row,
                                  struct ward_error *err)
{
    struct found *found = context;
    found->ids[found->count] = arena_copy(&found->arena, row->id);
    if (!found->ids[found->count].data)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    found->count++;
    return WARD_OK;
}

static enum ward_status open_cases(struct found *found, int64_t now_ms, struct ward_error *err)
{
    const struct store_case_query query = {.limit = CASES_MAX};
    enum ward_status status = store_cases(found->store, &query, take_case, found, err);
    for (size_t i = 0; i < found->count && status == WARD_OK; i++)
        status = casework_open(found->store, found->ids[i], now_ms, &found->files[i], err);
    return status;
}

static enum ward_status write_file(const char *path, struct ward_str text, struct ward_error *err)
{
    FILE *file = fopen(path, "wb");
    const bool good = file && fwrite(text.data, 1, text.len, file) == text.len;
    if (file && fclose(file) == 0 && good)
        return WARD_OK;
    return error_set(err, WARD_ERR_IO, "%s: cannot be written: %s", path, strerror(errno));
}

static enum ward_status list_sources(const struct report_request *r, struct arena *arena,
                                     struct evidence_source **out, struct ward_error *err)
{
    struct evidence_source *sources =
        arena_calloc(arena, (size_t)r->scan.file_count + 1u, sizeof *sources);
    enum ward_status status = sources ? WARD_OK : error_set(err, WARD_ERR_NOMEM, "out of memory");
    for (int i = 0; i < r->scan.file_count && status == WARD_OK; i++) {
        struct source_hash hash;
        status = source_hash_of(r->scan.files[i], &hash, err);
        if (status == WARD_OK)
            sources[i] = (struct evidence_source){str_of(r->scan.files[i]),
                                                  arena_copy(arena, str_of(hash.hex))};
    }
    *out = sources;
    return status;
}

static enum ward_status write_report(const struct report_request *r, struct found *found,
                                     uint64_t events, struct ward_error *err)
{
    const enum evidence_lang lang = r->scan.judge.lang == SAYS_ZH ? EVIDENCE_ZH : EVIDENCE_EN;
    struct evidence_source *sources;
    struct law_texts laws;
    struct buf out;
    buf_init(&out, 512u * 1024u * 1024u);
    enum ward_status status = law_texts_open(r->scan.engine->pack, &laws, err);
    if (status == WARD_OK)
        status = list_sources(r, &found->arena, &sources, err);
    if (status == WARD_OK) {
        const struct evidence_subject subject = {.files =
                                                     (const struct case_file *const *)found->files,
                                                 .file_count = found->count,
                                                 .laws = laws.laws,
                                                 .law_count = laws.count,
                                                 .sources = sources,
                                                 .source_count = (size_t)r->scan.file_count,
                                                 .events_read = events,
                                                 .made_ms = clock_ms()};
        status = wants_pdf(r->path) ? evidence_report_pdf(&subject, lang, &out, err)
                                    : evidence_report_html(&subject, lang, &out, err);
    }
    if (status == WARD_OK)
        status = write_file(r->path, buf_str(&out), err);
    law_texts_release(&laws);
    buf_release(&out);
    return status;
}

/* ---- run ------------------------------------------------------------------------------------- */

/* Scans without printing a verdict. */
static enum ward_status scan_silently(struct report_request *r, struct pipeline_totals *totals,
                                      struct ward_error *err)
{
    struct scan *scan = NULL;
    enum ward_status status = scan_new(&r->scan.setup, NULL, &scan, err);
    if (status == WARD_OK) {
        status = scan_request_run(&r->scan, scan, err);
        *totals = *scan_totals(scan);
    }
    scan_free(scan);
    return status;
}

static enum ward_status report(struct report_request *r, struct pipeline_totals *totals,
                               struct ward_error *err)
{
    struct found found = {0};
    arena_init(&found.arena, 16u * 1024u, SIZE_MAX / 2);
    enum ward_status status = scan_silently(r, totals, err);
    found.store = r->scan.store;
    if (status == WARD_OK)
        status = open_cases(&found, clock_ms(), err);
    if (status == WARD_OK)
        status = write_report(r, &found, totals->events, err);
    if (status == WARD_OK && !r->scan.judge.quiet)
        (void)printf("%s: %zu case%s in %llu events\n", r->path, found.count,
                     found.count == 1 ? "" : "s", (unsigned long long)totals->events);
    for (size_t i = 0; i < found.count; i++)
        case_file_free(found.files[i]);
    arena_release(&found.arena);
    return status;
}

static int run_all(struct report_request *r, struct ward_error *err)
{
    struct pipeline_totals totals = {0};
    if (scan_request_open(&r->scan, err) != WARD_OK)
        return command_fail_pack(r->scan.command, err);
    enum ward_status status = make_folder(r, err);
    if (status == WARD_OK)
        status = scan_request_open_store(&r->scan, err);
    if (status == WARD_OK)
        status = report(r, &totals, err);
    if (status != WARD_OK)
        return command_fail(r->scan.command, err);
    return totals.failing ? EXIT_FOUND : EXIT_NOTHING;
}

static int run_report(const struct command *self, int argc, char **argv)
{
    struct report_request r = {0};
    struct ward_error err = {0};
    int exit_status;
    enum ward_status status = scan_request_init(&r.scan, self, argc, &err);
    if (status == WARD_OK)
        status = read_request(&r, argc, argv, &err);
    if (r.scan.judge.wants_help) {
        command_help(self);
        exit_status = EXIT_NOTHING;
    } else if (status != WARD_OK) {
        exit_status = command_misuse(self, &err);
    } else {
        exit_status = run_all(&r, &err);
    }
    scan_request_release(&r.scan);
    remove_folder(&r);
    return exit_status;
}

const struct command command_report = {
    .name = "report",
    .usage = "report [OPTIONS] FILE...|-",
    .summary = "a report of a chat export for people, as HTML or PDF",
    .about =
        "Judges the files as `ward scan` does, links people and cases, and writes one report that\n"
        "a reader without training understands. Nothing else is kept. Exit status: 0 nothing\n"
        "found, 1 found, 2 error.",
    .options = options,
    .run = run_report,
};
