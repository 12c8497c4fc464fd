/**
 * `ward audit`: is the log whole, and what is in it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/output.h"
#include "store/store.h"

enum { OPT_STORE = 1, OPT_KEY, OPT_ANCHOR, OPT_JSON, OPT_HELP };

static const struct option_spec options[] = {
    {OPT_STORE, "store", 0, "URL", "case.db, sqlite:PATH or postgresql://... (default case.db)"},
    {OPT_KEY, "key", 0, "FILE", "the signing key, to compare with (SQLite: PATH.key)"},
    {OPT_ANCHOR, "anchor", 0, "FILE", "heads of the log kept outside the store"},
    {OPT_JSON, "json", 'j', NULL, "print JSON"},
    {OPT_HELP, "help", 'h', NULL, "print this help"},
    {0, NULL, 0, NULL, NULL}};

struct audit_request {
    const char *what, *store, *key, *anchor;
    bool json, wants_help;
};

static enum ward_status read_request(struct audit_request *r, int argc, char **argv,
                                     struct ward_error *err)
{
    struct options_reader reader;
    const char *value;
    int id;
    options_start(&reader, options, argc, argv);
    while ((id = options_next(&reader, &value, err)) != OPTIONS_END) {
        if (id == OPTIONS_BAD)
            return WARD_ERR_ARGUMENT;
        if (id == OPTIONS_OPERAND && r->what)
            return error_set(err, WARD_ERR_ARGUMENT, "one of verify, show; then options");
        if (id == OPTIONS_OPERAND)
            r->what = value;
        r->store = id == OPT_STORE ? value : r->store;
        r->key = id == OPT_KEY ? value : r->key;
        r->anchor = id == OPT_ANCHOR ? value : r->anchor;
        r->json |= id == OPT_JSON;
        r->wants_help |= id == OPT_HELP;
    }
    if (r->wants_help)
        return WARD_OK;
    if (!r->what || (strcmp(r->what, "verify") != 0 && strcmp(r->what, "show") != 0))
        return error_set(err, WARD_ERR_ARGUMENT, "say what to do: verify or show");
    return WARD_OK;
}

static void put_report_json(const struct store_audit_report *report, struct buf *out)
{
    buf_printf(out,
               "{\"good\":%s,\"entries\":%" PRIu64 ",\"rows\":%" PRIu64
               ",\"anchored\":%s,\"anchor_covers\":%" PRIu64 ",\"key_checked\":%s",
               report->is_good ? "true" : "false", report->entries, report->rows,
               report->is_anchored ? "true" : "false", report->anchored,
               report->is_key_pinned ? "true" : "false");
    buf_printf(out, ",\"head\":\"%s\",\"key\":\"%s\"", report->head.hash, report->head.key);
    if (!report->is_good) {
        buf_printf(out, ",\"bad_entry\":%" PRIu64 ",\"what\":", report->bad_entry);
        json_put_string(out, str_of(report->what));
    }
    buf_put_text(out, "}\n");
}

static void put_report(const struct store_audit_report *report, struct buf *out)
{
    if (!report->is_good) {
        buf_printf(out, "BAD: entry %" PRIu64 ": %s\n", report->bad_entry, report->what);
        return;
    }
    buf_printf(out, "good: %" PRIu64 " entries, %" PRIu64 " rows agree\nhead: %s\n",
               report->entries, report->rows, report->head.hash);
    if (report->is_anchored)
        buf_printf(out, "anchored up to entry %" PRIu64 "\n", report->anchored);
    if (report->anchored < report->entries)
        buf_printf(out,
                   "the tail is unanchored: nobody outside the store vouches that no entry"
                   " after %" PRIu64 " was cut off\n",
                   report->anchored);
    if (!report->is_key_pinned)
        buf_put_text(out, "the public key was taken from the store itself: give --key or"
                          " --anchor\n");
}

static enum ward_status show_entry(void *context, const struct store_audit_entry *entry,
                                   struct ward_error *err)
{
    struct buf line;
    struct tm parts;
    char moment[32] = "";
    const time_t seconds = (time_t)(entry->time_ms / 1000);
    if (gmtime_r(&seconds, &parts))
        (void)strftime(moment, sizeof moment, "%Y-%m-%dT%H:%M:%SZ", &parts);
    buf_init(&line, 1u << 20);
    buf_printf(&line, "{\"entry\":%" PRIu64 ",\"time\":\"%s\",\"kind\":", entry->seq, moment);
    json_put_string(&line, entry->kind);
    buf_put_text(&line, ",\"who\":");
    json_put_string(&line, entry->who);
    buf_put_text(&line, ",\"body\":");
    json_put_string(&line, entry->body_json);
    buf_put_text(&line, ",\"hash\":");
    json_put_string(&line, entry->hash);
    buf_put_text(&line, "}\n");
    const enum ward_status status = line.failed;
    const bool goes_on = status == WARD_OK && output_write(context, buf_str(&line));
    buf_release(&line);
    if (status != WARD_OK)
        return error_set(err, status, "out of memory");
    return goes_on ? WARD_OK : WARD_ERR_IO;
}

static int run_verify(const struct command *self, const struct audit_request *r,
                      struct store *store, struct output *output)
{
    struct ward_error err = {0};
    struct store_audit_report report;
    struct buf out;
    if (store_audit_verify(store, r->anchor, &report, &err) != WARD_OK)
        return command_fail(self, &err);
    buf_init(&out, 8192);
    if (r->json)
        put_report_json(&report, &out);
    else
        put_report(&report, &out);
    (void)output_write(output, buf_str(&out));
    buf_release(&out);
    if (output_failed(output, &err))
        return command_fail(self, &err);
    return report.is_good ? EXIT_NOTHING : EXIT_FOUND;
}

static int run_show(const struct command *self, struct store *store, struct output *output)
{
    struct ward_error err = {0};
    const enum ward_status status = store_audit_entries(store, 0, show_entry, output, &err);
    if (output_failed(output, &err) || (status != WARD_OK && !output->closed))
        return command_fail(self, &err);
    return EXIT_NOTHING;
}

static int run_audit(const struct command *self, int argc, char **argv)
{
    struct audit_request r = {.store = "case.db"};
    struct ward_error err = {0};
    struct store *store = NULL;
    struct output output;
    if (read_request(&r, argc, argv, &err) != WARD_OK)
        return command_misuse(self, &err);
    if (r.wants_help) {
        command_help(self);
        return EXIT_NOTHING;
    }
    const struct store_options open = {.url = r.store, .mode = STORE_READ, .key_path = r.key};
    if (store_open(&open, &store, &err) != WARD_OK)
        return command_fail(self, &err);
    output_open(&output);
    const int code = strcmp(r.what, "verify") == 0 ? run_verify(self, &r, store, &output)
                                                   : run_show(self, store, &output);
    store_close(store);
    return code;
}

const struct command command_audit = {
    "audit",
    "audit verify|show [OPTIONS]",
    "check or show the log of everything that was done",
    "Verify walks the whole log: order, hashes, signatures, heads kept outside, and every event\n"
    "and decision against what was logged; it names the first bad entry. Show prints one JSON\n"
    "object an entry. Exit status: 0 good, 1 bad, 2 could not check.",
    options,
    run_audit};
