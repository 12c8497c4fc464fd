/**
 * `ward people` and `ward groups`: what linking found, listed.
 */
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/link_rows.h"
#include "cli/case_decide.h"
#include "cli/case_view.h"
#include "cli/store_options.h"

enum { OPT_HELP = 1, OPT_JSON, OPT_LANG, OPT_CASE };

#define LIST_OPTIONS                                                                               \
    STORE_OPTIONS, {OPT_JSON, "json", 'j', NULL, "one JSON object a line"},                        \
        {OPT_LANG, "lang", 'l', "LANG", "language of the sentences: en, zh (default en)"},         \
    {                                                                                              \
        OPT_HELP, "help", 'h', NULL, "show this help"                                              \
    }

static const struct option_spec people_options[] = {
    {OPT_CASE, "case", 'c', "CASE", "only the people of one case"},
    LIST_OPTIONS,
    {0, NULL, 0, NULL, NULL}};
static const struct option_spec group_options[] = {LIST_OPTIONS, {0, NULL, 0, NULL, NULL}};

struct list_request {
    struct store_request storing;
    const char *case_word; /* or NULL */
    bool json, zh, wants_help;
};

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct list_request *r = context;
    switch (id) {
    case OPTIONS_OPERAND:
        return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is not expected", value);
    case OPT_JSON:
        r->json = true;
        return WARD_OK;
    case OPT_HELP:
        r->wants_help = true;
        return WARD_OK;
    case OPT_CASE:
        r->case_word = value;
        return WARD_OK;
    case OPT_LANG:
        r->zh = strcmp(value, "zh") == 0;
        if (r->zh || strcmp(value, "en") == 0)
            return WARD_OK;
        return error_set(err, WARD_ERR_ARGUMENT, "--lang is en or zh, not \"%s\"", value);
    default:
        return store_option_take(&r->storing, id, value, err);
    }
}

static enum ward_status read_request(struct list_request *r, const struct option_spec *table,
                                     int argc, char **argv, struct ward_error *err)
{
    store_request_init(&r->storing);
    return options_read(table, argc, argv, take_option, r, err);
}

static enum ward_status put_people(const struct list_request *r, struct store *store,
                                   const struct case_view *view, struct buf *out,
                                   struct ward_error *err)
{
    struct case_name name = {""};
    enum ward_status status =
        r->case_word ? case_name_find(store, r->case_word, &name, err) : WARD_OK;
    if (status != WARD_OK)
        return status;
    const struct link_rows_query query = {.case_id = str_of(name.id)};
    struct link_loaded loaded;
    status = link_rows_load(store, &query, &loaded, err);
    if (status == WARD_OK)
        case_view_people(out, view, &loaded);
    link_loaded_release(&loaded);
    return status;
}

static enum ward_status put_groups(const struct list_request *r, struct store *store,
                                   const struct case_view *view, struct buf *out,
                                   struct ward_error *err)
{
    (void)r;
    struct link_loaded loaded;
    const enum ward_status status = link_rows_load_groups(store, &loaded, err);
    if (status == WARD_OK)
        case_view_groups(out, view, &loaded.link);
    link_loaded_release(&loaded);
    return status;
}

typedef enum ward_status put_fn(const struct list_request *, struct store *,
                                const struct case_view *, struct buf *, struct ward_error *);

static enum ward_status list(const struct list_request *r, put_fn *put, struct ward_error *err)
{
    struct store *store = NULL;
    struct output output;
    struct buf out;
    output_open(&output);
    buf_init(&out, SIZE_MAX / 2);
    const struct case_view view = {
        .zh = r->zh, .json = r->json, .colour = output_wants_colour(&output)};
    enum ward_status status = store_request_open(&r->storing, STORE_READ, &store, err);
    if (status == WARD_OK)
        status = put(r, store, &view, &out, err);
    if (status == WARD_OK && out.failed)
        status = error_set(err, out.failed, "out of memory");
    if (status == WARD_OK) {
        (void)output_write(&output, buf_str(&out));
        status = output_failed(&output, err) ? WARD_ERR_IO : WARD_OK;
    }
    store_close(store);
    buf_release(&out);
    return status;
}

static int run(const struct command *self, put_fn *put, int argc, char **argv)
{
    struct list_request r = {0};
    struct ward_error err = {0};
    enum ward_status status = read_request(&r, self->options, argc, argv, &err);
    if (r.wants_help) {
        command_help(self);
        return EXIT_NOTHING;
    }
    if (status == WARD_OK)
        status = list(&r, put, &err);
    if (status == WARD_ERR_ARGUMENT)
        return command_misuse(self, &err);
    return status == WARD_OK ? EXIT_NOTHING : command_fail(self, &err);
}

static int run_people(const struct command *self, int argc, char **argv)
{
    return run(self, put_people, argc, argv);
}

static int run_groups(const struct command *self, int argc, char **argv)
{
    return run(self, put_groups, argc, argv);
}

const struct command command_people = {
    .name = "people",
    .usage = "people [OPTIONS]",
    .summary = "list the people behind the accounts",
    .about =
        "Lists everyone who took part in the trade: their accounts on all platforms, what makes\n"
        "them one person and how surely, their role, handles and groups. Exit status: 0 done,\n"
        "2 error.",
    .options = people_options,
    .run = run_people,
};

const struct command command_groups = {
    .name = "groups",
    .usage = "groups [OPTIONS]",
    .summary = "list the groups, by how much trade is in them",
    .about =
        "Lists the groups in which something was flagged, highest score first. Exit status: 0\n"
        "done, 2 error.",
    .options = group_options,
    .run = run_groups,
};
