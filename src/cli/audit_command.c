/**
 * `ward audit`: proves that the log of a store is whole, shows it, and notes its head elsewhere.
 */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "base/time_text.h"
#include "cli/output.h"
#include "cli/safe_text.h"
#include "cli/store_options.h"

enum { OPT_HELP = 1, OPT_JSON, OPT_ANCHOR, OPT_AFTER };

static const struct option_spec options[] = {
    STORE_OPTIONS,
    {OPT_ANCHOR, "anchor", 'a', "FILE", "heads kept outside the store: verify checks against them"},
    {OPT_AFTER, "after", 0, "N", "show: only entries behind number N"},
    {OPT_JSON, "json", 'j', NULL, "as JSON"},
    {OPT_HELP, "help", 'h', NULL, "show this help"},
    {0, NULL, 0, NULL, NULL}};

struct audit_request {
    struct store_request storing;
    const char *verb;
    const char *anchor;
    long after;
    bool json, wants_help;
};

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct audit_request *r = context;
    switch (id) {
    case OPTIONS_OPERAND:
        if (r->verb)
            return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is not expected", value);
        r->verb = value;
        return WARD_OK;
    case OPT_JSON:
        r->json = true;
        return WARD_OK;
    case OPT_HELP:
        r->wants_help = true;
        return WARD_OK;
    case OPT_ANCHOR:
        r->anchor = value;
        return WARD_OK;
    case OPT_AFTER:
        if (options_number(value, 0, INT32_MAX, &r->after))
            return WARD_OK;
        return error_set(err, WARD_ERR_ARGUMENT, "--after does not understand \"%s\"", value);
    default:
        return store_option_take(&r->storing, id, value, err);
    }
}

static enum ward_status read_request(struct audit_request *r, int argc, char **argv,
                                     struct ward_error *err)
{
    store_request_init(&r->storing);
    const enum ward_status status = options_read(options, argc, argv, take_option, r, err);
    if (status != WARD_OK)
        return status;
    if (r->verb || r->wants_help)
        return WARD_OK;
    return error_set(err, WARD_ERR_ARGUMENT, "say what to do: verify, show or anchor");
}

/* ---- verify ---------------------------------------------------------------------------------- */

static void put_report_json(struct buf *out, const struct store_audit_report *report)
{
    buf_printf(out,
               "{\"good\":%s,\"entries\":%" PRIu64 ",\"rows\":%" PRIu64 ",\"anchored\":%" PRIu64,
               report->is_good ? "true" : "false", report->entries, report->rows,
               report->is_anchored ? report->anchored : 0);
    buf_printf(out, ",\"key_pinned\":%s,\"head\":\"%s\",\"key\":\"%s\"",
               report->is_key_pinned ? "true" : "false", report->head.hash, report->head.key);
    if (!report->is_good) {
        buf_printf(out, ",\"bad_entry\":%" PRIu64 ",\"what\":", report->bad_entry);
        json_put_string(out, str_of(report->what));
    }
    buf_put_text(out, "}\n");
}

static void put_report(struct buf *out, const struct store_audit_report *report)
{
    if (!report->is_good) {
        buf_printf(out, "BAD at entry %" PRIu64 ": ", report->bad_entry);
        safe_put(out, str_of(report->what));
        buf_put_char(out, '\n');
        return;
    }
    buf_printf(out, "good: %" PRIu64 " entries, %" PRIu64 " rows agree with them\nhead %s\n",
               report->entries, report->rows, report->head.hash);
    if (report->is_anchored)
        buf_printf(out, "anchored up to entry %" PRIu64 "\n", report->anchored);
    else
        buf_put_text(out, "the tail is unanchored: no head kept outside the store was given\n");
    if (!report->is_key_pinned)
        buf_put_text(out, "the signing key was taken from the store itself\n");
}

static enum ward_status verify(const struct audit_request *r, struct store *store, struct buf *out,
                               bool *is_bad, struct ward_error *err)
{
    struct store_audit_report report;
    const enum ward_status status = store_audit_verify(store, r->anchor, &report, err);
    if (status != WARD_OK)
        return status;
    *is_bad = !report.is_good;
    if (r->json)
        put_report_json(out, &report);
    else
        put_report(out, &report);
    return WARD_OK;
}

/* ---- show and anchor ------------------------------------------------------------------------- */

struct showing {
    struct buf *out;
    bool json;
};

static enum ward_status put_entry(void *context, const struct store_audit_entry *row,
                                  struct ward_error *err)
{
    const struct showing *s = context;
    struct buf *out = s->out;
    if (s->json) {
        buf_printf(out, "{\"entry\":%" PRIu64 ",\"time\":\"", row->seq);
        time_put(out, row->time_ms);
        buf_put_text(out, "\",\"kind\":");
        json_put_string(out, row->kind);
        buf_put_text(out, ",\"who\":");
        json_put_string(out, row->who);
        buf_put_text(out, ",\"body\":");
        buf_put_str(out, row->body_json.len ? row->body_json : str_of("null"));
        buf_printf(out, ",\"hash\":\"%.*s\"}\n", (int)row->hash.len, row->hash.data);
    } else {
        buf_printf(out, "%6" PRIu64 "  ", row->seq);
        time_put(out, row->time_ms);
        buf_put_text(out, "  ");
        safe_put(out, row->who);
        buf_put_text(out, "  ");
        safe_put(out, row->kind);
        buf_put_text(out, "  ");
        safe_put(out, row->body_json);
        buf_put_char(out, '\n');
    }
    return out->failed ? error_set(err, out->failed, "out of memory") : WARD_OK;
}

static enum ward_status act(const struct audit_request *r, struct store *store, struct buf *out,
                            bool *is_bad, struct ward_error *err)
{
    if (strcmp(r->verb, "verify") == 0)
        return verify(r, store, out, is_bad, err);
    if (strcmp(r->verb, "show") == 0) {
        struct showing showing = {out, r->json};
        return store_audit_entries(store, (uint64_t)r->after, put_entry, &showing, err);
    }
    if (strcmp(r->verb, "anchor") != 0)
        return error_set(err, WARD_ERR_ARGUMENT, "there is no \"audit %s\"", r->verb);
    if (!r->anchor)
        return error_set(err, WARD_ERR_ARGUMENT, "say where the head goes: --anchor FILE");
    return store_anchor(store, r->anchor, err);
}

static int run_audit(const struct command *self, int argc, char **argv)
{
    struct audit_request r = {0};
    struct ward_error err = {0};
    struct store *store = NULL;
    struct output output;
    struct buf out;
    bool is_bad = false;
    enum ward_status status = read_request(&r, argc, argv, &err);
    if (r.wants_help) {
        command_help(self);
        return EXIT_NOTHING;
    }
    output_open(&output);
    buf_init(&out, SIZE_MAX / 2);
    const bool writes = r.verb && strcmp(r.verb, "anchor") == 0;
    if (status == WARD_OK)
        status = store_request_open(&r.storing, writes ? STORE_WRITE : STORE_READ, &store, &err);
    if (status == WARD_OK)
        status = act(&r, store, &out, &is_bad, &err);
    (void)output_write(&output, buf_str(&out));
    if (status == WARD_OK && output_failed(&output, &err))
        status = WARD_ERR_IO;
    store_close(store);
    buf_release(&out);
    if (status == WARD_ERR_ARGUMENT)
        return command_misuse(self, &err);
    if (status != WARD_OK)
        return command_fail(self, &err);
    return is_bad ? EXIT_FOUND : EXIT_NOTHING;
}

const struct command command_audit = {
    .name = "audit",
    .usage = "audit [OPTIONS] verify|show|anchor",
    .summary = "prove that the log of a store is whole",
    .about = "verify walks the hash-chained, signed log of every write, decision and reading, and\n"
             "compares all rows with it; show prints it; anchor appends its signed head to a file\n"
             "outside the store. Exit status of verify: 0 good, 1 bad, 2 could not check.",
    .options = options,
    .run = run_audit,
};
