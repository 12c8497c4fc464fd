/**
 * `ward scan`: options, files, summary, exit status.
 */
#include "cli/scan_pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/judge_options.h"
#include "cli/source_hash.h"
#include "cli/store_options.h"
#include "casework/casework.h"

enum {
    OPT_ALL = JUDGE_OPTIONS_END,
    OPT_NO_CONTEXT,
    OPT_THREADS,
    OPT_STRICT,
    OPT_FORMAT,
    OPT_PLATFORM,
    OPT_NEIGHBOURS
};

static const struct option_spec options[] = {
    {OPT_ALL, "all", 'a', NULL, "print a verdict for every event, not only flagged ones"},
    {OPT_NO_CONTEXT, "no-context", 0, NULL, "judge every event by itself"},
    {OPT_THREADS, "threads", 't', "N", "threads to use (default: one a core)"},
    {OPT_STRICT, "strict", 0, NULL, "stop at the first bad record"},
    {OPT_FORMAT, "format", 'f', "NAME", "auto, jsonl, telegram, qq, csv, plain (default auto)"},
    {OPT_PLATFORM, "platform", 0, "NAME", "platform of events that name none"},
    STORE_OPTIONS,
    {OPT_NEIGHBOURS, "neighbours", 0, "N", "events stored on each side of a flagged one (10)"},
    JUDGE_OPTIONS,
    {0, NULL, 0, NULL, NULL}};

struct scan_request {
    struct judge_request judge;
    struct store_request storing;
    struct store *store; /* owned; NULL: nothing is stored */
    uint32_t neighbours;
    struct scan_setup setup;
    bool no_context;
    struct buf packs;      /* names of the packs as JSON */
    struct buf pack_names; /* and with spaces between */
    const char **files;    /* owned array of borrowed words */
    int file_count;
};

static enum ward_status bad_value(struct ward_error *err, const char *name, const char *value)
{
    return error_set(err, WARD_ERR_ARGUMENT, "--%s does not understand \"%s\"", name, value);
}

static enum ward_status take_option(struct scan_request *r, int id, const char *value,
                                    struct ward_error *err)
{
    long number;
    switch (id) {
    case OPTIONS_OPERAND:
        r->files[r->file_count++] = value;
        return WARD_OK;
    case OPT_ALL:
        r->setup.all = true;
        return WARD_OK;
    case OPT_NO_CONTEXT:
        r->no_context = true;
        return WARD_OK;
    case OPT_STRICT:
        r->setup.strict = true;
        return WARD_OK;
    case OPT_THREADS:
        if (!options_number(value, 1, SCAN_THREADS_MAX, &number))
            return bad_value(err, "threads", value);
        r->setup.threads = (int)number;
        return WARD_OK;
    case OPT_FORMAT:
        return feed_format_parse(str_of(value), &r->setup.feed.format)
                   ? WARD_OK
                   : bad_value(err, "format", value);
    case OPT_PLATFORM:
        r->setup.feed.platform = value;
        return WARD_OK;
    case OPT_NEIGHBOURS:
        if (!options_number(value, 0, INGEST_NEIGHBOURS_MAX, &number))
            return bad_value(err, "neighbours", value);
        r->neighbours = (uint32_t)number;
        return WARD_OK;
    case OPT_STORE:
    case OPT_KEY:
    case OPT_WHO:
        return store_option_take(&r->storing, id, value, err);
    default:
        return judge_option_take(&r->judge, id, value, err);
    }
}

static enum ward_status read_request(struct scan_request *r, int argc, char **argv,
                                     struct ward_error *err)
{
    struct options_reader reader;
    const char *value;
    int id;
    r->files = calloc((size_t)argc + 1u, sizeof *r->files);
    if (!r->files)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    options_start(&reader, options, argc, argv);
    while ((id = options_next(&reader, &value, err)) != OPTIONS_END) {
        const enum ward_status status =
            id == OPTIONS_BAD ? WARD_ERR_ARGUMENT : take_option(r, id, value, err);
        if (status != WARD_OK)
            return status;
    }
    if (!r->file_count && !r->judge.wants_help)
        return error_set(err, WARD_ERR_ARGUMENT, "no file is given; \"-\" reads standard input");
    return judge_request_check(&r->judge, err);
}

/* ---- summary --------------------------------------------------------------------------------- */

static void put_summary(const struct scan_setup *setup, const struct scan_totals *totals,
                        struct output *output)
{
    struct buf out;
    const uint64_t flagged = totals->events - totals->levels[WARD_LEVEL_NONE];
    const char *bold = setup->view.colour ? "\033[1m" : "";
    const char *plain = setup->view.colour ? "\033[0m" : "";
    buf_init(&out, 4096);
    buf_printf(&out, "%s%" PRIu64 " event%s, %" PRIu64 " flagged%s", bold, totals->events,
               totals->events == 1 ? "" : "s", flagged, plain);
    if (flagged)
        buf_printf(&out, " (%" PRIu64 " urgent, %" PRIu64 " review, %" PRIu64 " watch)",
                   totals->levels[WARD_LEVEL_URGENT], totals->levels[WARD_LEVEL_REVIEW],
                   totals->levels[WARD_LEVEL_WATCH]);
    if (totals->helped)
        buf_printf(&out, ", %" PRIu64 " to be shown help", totals->helped);
    if (totals->skipped)
        buf_printf(&out, ", %" PRIu64 " bad record%s skipped", totals->skipped,
                   totals->skipped == 1 ? "" : "s");
    buf_put_char(&out, '\n');
    (void)output_write(output, buf_str(&out));
    buf_release(&out);
}

/* ---- run ------------------------------------------------------------------------------------- */

/* The descriptor to poll when `path` may keep us waiting, else -1. */
static int live_descriptor(const char *path)
{
    struct stat info;
    if (strcmp(path, "-") != 0 || fstat(STDIN_FILENO, &info) != 0 || S_ISREG(info.st_mode))
        return -1;
    return STDIN_FILENO;
}

/* Tells the store which source begins; a file that can be read twice is named by its hash. */
static enum ward_status begin_source(const struct scan_request *r, const char *path,
                                     struct ward_error *err)
{
    struct source_hash hash = {{0}};
    if (!r->setup.ingest)
        return WARD_OK;
    const enum ward_status status = source_hash_of(path, &hash, err);
    return status == WARD_OK ? ingest_source(r->setup.ingest, str_of(path), str_of(hash.hex), err)
                             : status;
}

static enum ward_status scan_files(const struct scan_request *r, struct scan *scan,
                                   struct ward_error *err)
{
    enum ward_status worst = WARD_OK;
    for (int i = 0; i < r->file_count; i++) {
        struct feed *feed;
        const char *path = r->files[i];
        enum ward_status status = feed_open(path, &r->setup.feed, &feed, err);
        if (status == WARD_OK) {
            if (r->setup.check.session)
                session_name_thread(r->setup.check.session, str_of(path));
            status = begin_source(r, path, err);
            if (status == WARD_OK)
                status = scan_feed(scan, feed, path, live_descriptor(path), err);
            feed_close(feed);
        }
        if (status == WARD_OK)
            continue;
        worst = status;
        if (r->setup.strict || i + 1 == r->file_count)
            break;
        (void)command_fail(&command_scan, err); /* the other files are still read */
        error_clear(err);
    }
    scan_finish(scan);
    return worst;
}

static int finish(const struct scan_request *r, const struct scan *scan, struct output *output,
                  enum ward_status status, struct ward_error *err)
{
    if (r->setup.progress)
        (void)fprintf(stderr, "\r\033[K");
    const struct scan_totals *totals = scan_totals(scan);
    if (!r->setup.json && !r->setup.quiet && status != WARD_ERR_ARGUMENT)
        put_summary(&r->setup, totals, output);
    else if (!r->setup.quiet && totals->skipped)
        (void)fprintf(stderr, "ward scan: %" PRIu64 " bad record%s skipped\n", totals->skipped,
                      totals->skipped == 1 ? "" : "s");
    if (output_failed(output, err))
        return command_fail(&command_scan, err);
    if (status != WARD_OK)
        return err->message[0] ? command_fail(&command_scan, err) : EXIT_ERROR;
    if (output->closed)
        return EXIT_ERROR;
    return totals->failing ? EXIT_FOUND : EXIT_NOTHING;
}

/* Opens the store, if one is named, and what fills it. */
static enum ward_status open_store(struct scan_request *r, struct ward_error *err)
{
    if (!r->storing.is_given)
        return WARD_OK;
    const enum ward_status status = store_request_open(&r->storing, STORE_CREATE, &r->store, err);
    if (status != WARD_OK)
        return status;
    const struct ingest_options how = {.store = r->store,
                                       .packs = buf_str(&r->pack_names),
                                       .json = {SAYS_BOTH, buf_str(&r->packs)},
                                       .who = str_of(r->storing.who),
                                       .neighbours = r->neighbours,
                                       .zone_minutes = r->setup.feed.zone_minutes,
                                       .now_ms = clock_ms};
    return ingest_new(&how, &r->setup.ingest, err);
}

/* What was read is written and linked, also when a source ended in an error: nothing is lost. */
static enum ward_status store_rest(struct scan_request *r, enum ward_status scanned,
                                   struct ward_error *err)
{
    const struct store_act act = store_request_act(&r->storing);
    struct ward_error cause = {0};
    if (!r->setup.ingest)
        return scanned;
    enum ward_status status = ingest_finish(r->setup.ingest, &cause);
    if (status == WARD_OK)
        status = casework_relink(r->store, &act, &cause);
    if (status == WARD_OK)
        return scanned;
    if (scanned != WARD_OK) {
        (void)command_fail(&command_scan, &cause); /* the caller tells of the other */
        return scanned;
    }
    *err = cause;
    return status;
}

static int scan_all(struct scan_request *r, struct ward_error *err)
{
    struct output output;
    struct scan *scan = NULL;
    int exit_status = EXIT_ERROR;
    output_open(&output);
    r->setup.view.colour = output_wants_colour(&output);
    r->setup.progress = !r->setup.quiet && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    enum ward_status status = scan_new(&r->setup, &output, &scan, err);
    if (status == WARD_OK) {
        status = scan_files(r, scan, err);
        status = store_rest(r, status, err);
        exit_status = finish(r, scan, &output, status, err);
    } else {
        (void)command_fail(&command_scan, err);
    }
    scan_free(scan);
    return exit_status;
}

static void put_pack_names(struct buf *out, const struct ward_engine *engine)
{
    size_t count;
    const struct ward_str *names = ward_engine_packs(engine, &count);
    for (size_t i = 0; i < count; i++) {
        buf_put_text(out, i ? " " : "");
        buf_put_str(out, names[i]);
    }
}

static enum ward_status open_all(struct scan_request *r, struct ward_engine **engine,
                                 struct ward_error *err)
{
    enum ward_status status = judge_request_open(&r->judge, engine, err);
    if (status != WARD_OK)
        return status;
    r->setup.engine = *engine;
    r->setup.check = r->judge.check;
    r->setup.json = r->judge.json;
    r->setup.quiet = r->judge.quiet;
    r->setup.fail_level = r->judge.fail_level;
    r->setup.view.lang = r->judge.lang;
    r->setup.view.every_reason = r->judge.verbose;
    verdict_json_packs(&r->packs, *engine);
    put_pack_names(&r->pack_names, *engine);
    if (r->packs.failed || r->pack_names.failed)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    r->setup.verdict_json = (struct verdict_json){r->judge.lang, buf_str(&r->packs)};
    if (r->no_context || !verdict_uses_memory((*engine)->plan))
        return WARD_OK; /* packs that ask nothing of memory need none kept */
    status = ward_session_new(*engine, NULL, &r->setup.check.session);
    return status == WARD_OK ? status : error_set(err, status, "out of memory");
}

static int default_threads(void)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > SCAN_THREADS_MAX ? SCAN_THREADS_MAX : (int)cores;
}

static int run_scan(const struct command *self, int argc, char **argv)
{
    struct scan_request r = {
        .setup = {.feed = feed_options_default(), .threads = default_threads()},
        .neighbours = INGEST_NEIGHBOURS_DEFAULT};
    struct ward_error err = {0};
    struct ward_engine *engine = NULL;
    int exit_status;
    judge_request_init(&r.judge);
    store_request_init(&r.storing);
    buf_init(&r.packs, SIZE_MAX / 2);
    buf_init(&r.pack_names, SIZE_MAX / 2);
    enum ward_status status = read_request(&r, argc, argv, &err);
    if (r.judge.wants_help) {
        command_help(self);
        exit_status = EXIT_NOTHING;
    } else if (status != WARD_OK) {
        exit_status = command_misuse(self, &err);
    } else if (open_all(&r, &engine, &err) != WARD_OK) {
        exit_status = command_fail_pack(self, &err);
    } else if (open_store(&r, &err) != WARD_OK) {
        exit_status = command_fail(self, &err);
    } else {
        exit_status = scan_all(&r, &err);
    }
    ingest_free(r.setup.ingest);
    store_close(r.store);
    ward_session_free(r.setup.check.session);
    ward_engine_close(engine);
    buf_release(&r.packs);
    buf_release(&r.pack_names);
    free(r.files);
    return exit_status;
}

const struct command command_scan = {
    .name = "scan",
    .usage = "scan [OPTIONS] FILE...|-",
    .summary = "judge every event of files or standard input",
    .about =
        "Reads JSON lines, Telegram, QQ and CSV exports or plain text (gzip and zstd too) and\n"
        "prints the events that may take part in the sale of children, every point of each\n"
        "verdict explained. Exit status: 0 nothing found, 1 found, 2 error.",
    .options = options,
    .run = run_scan,
};
