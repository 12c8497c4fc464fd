/**
 * `ward scan`: options, summary, exit status.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/scan_run.h"

enum { OPT_ALL = SCAN_OPTIONS_END };

static const struct option_spec options[] = {
    {OPT_ALL, "all", 'a', NULL, "print a verdict for every event, not only flagged ones"},
    SCAN_OPTIONS,
    STORE_OPTIONS,
    JUDGE_OPTIONS,
    {0, NULL, 0, NULL, NULL}};

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct scan_request *r = context;
    if (id != OPT_ALL)
        return scan_option_take(r, id, value, err);
    r->setup.all = true;
    return WARD_OK;
}

static enum ward_status read_request(struct scan_request *r, int argc, char **argv,
                                     struct ward_error *err)
{
    const enum ward_status status = options_read(options, argc, argv, take_option, r, err);
    if (status != WARD_OK)
        return status;
    r->stores = r->storing.is_given;
    return r->judge.wants_help ? WARD_OK : scan_request_check(r, err);
}

/* ---- summary --------------------------------------------------------------------------------- */

static void put_summary(const struct scan_setup *setup, const struct pipeline_totals *totals,
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

static int finish(const struct scan_request *r, const struct scan *scan, struct output *output,
                  enum ward_status status, struct ward_error *err)
{
    if (r->setup.progress)
        (void)fprintf(stderr, "\r\033[K");
    const struct pipeline_totals *totals = scan_totals(scan);
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
        status = scan_request_run(r, scan, err);
        exit_status = finish(r, scan, &output, status, err);
    } else {
        (void)command_fail(&command_scan, err);
    }
    scan_free(scan);
    return exit_status;
}

static int run_scan(const struct command *self, int argc, char **argv)
{
    struct scan_request r;
    struct ward_error err = {0};
    int exit_status;
    enum ward_status status = scan_request_init(&r, self, argc, &err);
    if (status == WARD_OK)
        status = read_request(&r, argc, argv, &err);
    if (r.judge.wants_help) {
        command_help(self);
        exit_status = EXIT_NOTHING;
    } else if (status != WARD_OK) {
        exit_status = command_misuse(self, &err);
    } else if (scan_request_open(&r, &err) != WARD_OK) {
        exit_status = command_fail_pack(self, &err);
    } else if (scan_request_open_store(&r, &err) != WARD_OK) {
        exit_status = command_fail(self, &err);
    } else {
        exit_status = scan_all(&r, &err);
    }
    scan_request_release(&r);
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
