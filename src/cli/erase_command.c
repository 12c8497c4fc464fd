/**
 * `ward purge` and `ward erase`: what is stored no longer than it must be, and what somebody has a
 * right to have erased. Both only say what would go until they are told --yes.
 */
#include <inttypes.h>
#include <string.h>

#include "api/report_erase.h"
#include "base/error.h"
#include "base/str.h"
#include "casework/casework.h"
#include "cli/output.h"
#include "cli/store_options.h"

enum { OPT_HELP = 1, OPT_JSON, OPT_YES, OPT_REASON, OPT_KEEP, OPT_CASES };

#define DAY_MS (24LL * 60 * 60 * 1000)
#define DAYS_MAX 36500

#define COMMON_OPTIONS                                                                             \
    {OPT_YES, "yes", 'y', NULL, "do it; without, only what would go is shown"},                    \
        {OPT_REASON, "reason", 'm', "TEXT", "why, for the log: no personal data, it stays"},       \
        {OPT_JSON, "json", 'j', NULL, "the outcome as JSON"},                                      \
        {OPT_HELP, "help", 'h', NULL, "show this help"},                                           \
    {                                                                                              \
        0, NULL, 0, NULL, NULL                                                                     \
    }

static const struct option_spec purge_options[] = {
    STORE_OPTIONS,
    {OPT_KEEP, "keep", 'k', "LEVEL=DAYS",
     "of neighbour, watch, review, urgent; what is not named is kept"},
    {OPT_CASES, "cases", 0, "STATES",
     "also events of cases in these states: open,confirmed,escalated,referred"},
    COMMON_OPTIONS};
static const struct option_spec erase_options[] = {STORE_OPTIONS, COMMON_OPTIONS};

struct erase_request {
    struct store_request storing;
    const char *words[4];
    int word_count;
    const char *reason;
    struct store_purge purge;
    bool keeps_any; /**< a --keep was given */
    bool yes, json, wants_help;
};

/* ---- options --------------------------------------------------------------------------------- */

/* "watch=90" */
static enum ward_status take_keep(struct erase_request *r, const char *value,
                                  struct ward_error *err)
{
    static const char *const levels[] = {"neighbour", "watch", "review", "urgent"};
    const char *equals = strchr(value, '=');
    long days;
    for (int i = 0; equals && i < 4; i++) {
        const struct ward_str level = {value, (size_t)(equals - value)};
        if (!str_equal(level, str_of(levels[i])) || !options_number(equals + 1, 0, DAYS_MAX, &days))
            continue;
        r->purge.keep_ms[i] = days * DAY_MS;
        r->keeps_any = true;
        return WARD_OK;
    }
    return error_set(err, WARD_ERR_ARGUMENT,
                     "--keep is neighbour, watch, review or urgent, '=' and days, not \"%s\"",
                     value);
}

static enum ward_status take_cases(struct erase_request *r, const char *value,
                                   struct ward_error *err)
{
    while (*value) {
        const size_t len = strcspn(value, ",");
        uint32_t bit = 0;
        for (unsigned i = 0; i < STORE_CASE_STATES; i++)
            if (str_equal((struct ward_str){value, len},
                          str_of(store_case_state_name((enum store_case_state)i))))
                bit = 1u << i;
        if (!bit)
            return error_set(err, WARD_ERR_ARGUMENT, "--cases does not understand \"%s\"", value);
        r->purge.case_states |= bit;
        value += len + (value[len] == ',');
    }
    return WARD_OK;
}

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct erase_request *r = context;
    switch (id) {
    case OPTIONS_OPERAND:
        if (r->word_count == 4)
            return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is not expected", value);
        r->words[r->word_count++] = value;
        return WARD_OK;
    case OPT_JSON:
        r->json = true;
        return WARD_OK;
    case OPT_HELP:
        r->wants_help = true;
        return WARD_OK;
    case OPT_YES:
        r->yes = true;
        return WARD_OK;
    case OPT_REASON:
        r->reason = value;
        return WARD_OK;
    case OPT_KEEP:
        return take_keep(r, value, err);
    case OPT_CASES:
        return take_cases(r, value, err);
    default:
        return store_option_take(&r->storing, id, value, err);
    }
}

/* ---- doing it -------------------------------------------------------------------------------- */

static enum ward_status purge(const struct erase_request *r, struct store *store,
                              const struct store_act *act, struct store_erased *out,
                              struct ward_error *err)
{
    if (r->word_count)
        return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is not expected", r->words[0]);
    if (!r->keeps_any)
        return error_set(err, WARD_ERR_ARGUMENT,
                         "say what is kept how long: --keep watch=90 --keep neighbour=30 ...");
    return store_purge(store, act, &r->purge, out, err);
}

static enum ward_status erase(const struct erase_request *r, struct store *store,
                              const struct store_act *act, struct store_erased *out,
                              struct ward_error *err)
{
    const char *const *w = r->words;
    if (r->word_count == 4 && strcmp(w[0], "event") == 0) {
        const struct store_event_key key = {str_of(w[1]), str_of(w[2]), str_of(w[3])};
        return store_erase_event(store, act, &key, out, err);
    }
    if (r->word_count == 3 && strcmp(w[0], "account") == 0)
        return store_erase_account(store, act, str_of(w[1]), str_of(w[2]), out, err);
    if (r->word_count == 2 && strcmp(w[0], "person") == 0)
        return store_erase_person(store, act, str_of(w[1]), out, err);
    return error_set(err, WARD_ERR_ARGUMENT,
                     "say what: event PLATFORM GROUP ID, account PLATFORM ACCOUNT, or person ID");
}

static void show(const struct erase_request *r, const struct store_erased *erased, struct buf *out)
{
    if (r->json) {
        buf_printf(
            out, "{\"done\":%s,\"events\":%" PRIu64 ",\"rows\":%" PRIu64 ",\"kept\":%" PRIu64 "}\n",
            r->yes ? "true" : "false", erased->events, erased->rows, erased->skipped);
        return;
    }
    buf_printf(out, "%s: %" PRIu64 " events in %" PRIu64 " rows\n",
               r->yes ? "erased" : "would be erased", erased->events, erased->rows);
    if (erased->skipped)
        buf_printf(out,
                   "kept though old enough: %" PRIu64
                   " events under legal hold or of cases that are kept\n",
                   erased->skipped);
    if (!r->yes)
        buf_put_text(out, "nothing was changed; --yes does it\n");
}

/* Reports of what is gone hold words of their own; also those that an erasure cut short left. */
static enum ward_status erase_reports(const struct erase_request *r, struct store *store,
                                      const struct store_act *act, struct ward_error *err)
{
    const bool is_account = r->word_count == 3;
    const struct report_reporter gone = {str_of(is_account ? r->words[1] : ""),
                                         str_of(is_account ? r->words[2] : "")};
    uint64_t count;
    return report_erase(store, act, is_account ? &gone : NULL, &count, err);
}

static enum ward_status work(const struct erase_request *r, bool purges, struct buf *out,
                             struct ward_error *err)
{
    struct store *store;
    struct store_erased erased = {0};
    struct store_act act = store_request_act(&r->storing);
    act.reason = str_of(r->reason ? r->reason : "");
    enum ward_status status =
        store_request_open(&r->storing, r->yes ? STORE_WRITE : STORE_READ, &store, err);
    if (status != WARD_OK)
        return status;
    store_erase_on_trial(store, !r->yes);
    status = purges ? purge(r, store, &act, &erased, err) : erase(r, store, &act, &erased, err);
    if (status == WARD_OK && r->yes)
        status = erase_reports(r, store, &act, err);
    if (status == WARD_OK && r->yes && erased.events)
        status = casework_relink(store, &act, err); /* what rested on it is made anew */
    if (status == WARD_OK)
        show(r, &erased, out);
    store_close(store);
    return status;
}

static int run(const struct command *self, int argc, char **argv)
{
    const bool purges = self == &command_purge;
    struct erase_request r = {.purge.keep_ms = {-1, -1, -1, -1}};
    struct ward_error err = {0};
    struct output output;
    struct buf out;
    store_request_init(&r.storing);
    enum ward_status status = options_read(self->options, argc, argv, take_option, &r, &err);
    if (r.wants_help) {
        command_help(self);
        return EXIT_NOTHING;
    }
    output_open(&output);
    buf_init(&out, SIZE_MAX / 2);
    if (status == WARD_OK)
        status = work(&r, purges, &out, &err);
    (void)output_write(&output, buf_str(&out));
    if (status == WARD_OK && output_failed(&output, &err))
        status = WARD_ERR_IO;
    buf_release(&out);
    if (status == WARD_ERR_ARGUMENT)
        return command_misuse(self, &err);
    return status == WARD_OK ? EXIT_NOTHING : command_fail(self, &err);
}

const struct command command_purge = {
    .name = "purge",
    .usage = "purge [OPTIONS] --keep LEVEL=DAYS...",
    .summary = "erase what was kept long enough",
    .about =
        "Erases the content of events older than their level is kept, counted from the day\n"
        "they came in; keyed hashes stay, so that the log still proves itself. Events of cases\n"
        "stay unless the case was dismissed or --cases names its state; a legal hold keeps\n"
        "everything.",
    .options = purge_options,
    .run = run,
};

const struct command command_erase = {
    .name = "erase",
    .usage = "erase [OPTIONS] event PLATFORM GROUP ID\n"
             "       ward erase [OPTIONS] account PLATFORM ACCOUNT\n"
             "       ward erase [OPTIONS] person ID",
    .summary = "erase an event, an account or a person",
    .about =
        "Erases the content of one event, of all events of an account, or of all accounts of a\n"
        "person. Refused as a whole when one of them is under legal hold.",
    .options = erase_options,
    .run = run,
};
