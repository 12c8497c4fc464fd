/**
 * `ward cases`: lists cases, shows one, and takes decisions on it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/casework.h"
#include "casework/link_rows.h"
#include "cli/case_decide.h"
#include "cli/case_view.h"
#include "cli/store_options.h"
#include "evidence/evidence.h"

enum { OPT_HELP = 1, OPT_JSON, OPT_LANG, OPT_STATE, OPT_LIMIT, OPT_GRAPH, OPT_NOTE, OPT_AS };

static const struct option_spec options[] = {
    STORE_OPTIONS,
    {OPT_JSON, "json", 'j', NULL, "one JSON object a line"},
    {OPT_LANG, "lang", 'l', "LANG", "language of the sentences: en, zh (default en)"},
    {OPT_STATE, "state", 0, "STATES",
     "open, confirmed, dismissed, escalated, referred, or all (default: all but dismissed)"},
    {OPT_LIMIT, "limit", 'n', "N", "list at most N cases"},
    {OPT_GRAPH, "graph", 'g', "FILE.svg", "show: draw the network of the case into a file"},
    {OPT_NOTE, "note", 'm', "TEXT", "a note to the decision"},
    {OPT_AS, "as", 0, "CLASS", "dismiss: as which look-alike (pet, doll, goods, lawful ...)"},
    {OPT_HELP, "help", 'h', NULL, "show this help"},
    {0, NULL, 0, NULL, NULL}};

#define OPERANDS_MAX 4

struct cases_request {
    struct store_request storing;
    struct case_decide_request decide;
    const char *words[OPERANDS_MAX];
    int word_count;
    const char *graph;
    bool zh, json, wants_help;
    uint32_t states; /* bits 1 << enum store_case_state */
    long limit;
};

static enum ward_status take_states(struct cases_request *r, const char *value,
                                    struct ward_error *err)
{
    struct ward_str rest = str_of(value);
    r->states = strcmp(value, "all") == 0 ? (1u << STORE_CASE_STATES) - 1 : 0;
    while (rest.len && strcmp(value, "all") != 0) {
        const char *comma = memchr(rest.data, ',', rest.len);
        const size_t len = comma ? (size_t)(comma - rest.data) : rest.len;
        uint32_t bit = 0;
        for (uint32_t state = 0; state < STORE_CASE_STATES; state++)
            if (str_equal(str_part(rest, 0, len),
                          str_of(store_case_state_name((enum store_case_state)state))))
                bit = 1u << state;
        if (!bit)
            return error_set(err, WARD_ERR_ARGUMENT, "--state does not understand \"%s\"", value);
        r->states |= bit;
        rest = str_part(rest, comma ? len + 1 : len, rest.len);
    }
    return WARD_OK;
}

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct cases_request *r = context;
    switch (id) {
    case OPTIONS_OPERAND:
        if (r->word_count == OPERANDS_MAX)
            return error_set(err, WARD_ERR_ARGUMENT, "too many words: \"%s\"", value);
        r->words[r->word_count++] = value;
        return WARD_OK;
    case OPT_JSON:
        r->json = true;
        return WARD_OK;
    case OPT_HELP:
        r->wants_help = true;
        return WARD_OK;
    case OPT_GRAPH:
        r->graph = value;
        return WARD_OK;
    case OPT_NOTE:
        r->decide.note = value;
        return WARD_OK;
    case OPT_AS:
        r->decide.look_alike = value;
        return WARD_OK;
    case OPT_LANG:
        r->zh = strcmp(value, "zh") == 0;
        if (r->zh || strcmp(value, "en") == 0)
            return WARD_OK;
        return error_set(err, WARD_ERR_ARGUMENT, "--lang is en or zh, not \"%s\"", value);
    case OPT_LIMIT:
        if (options_number(value, 1, 1000000, &r->limit))
            return WARD_OK;
        return error_set(err, WARD_ERR_ARGUMENT, "--limit does not understand \"%s\"", value);
    case OPT_STATE:
        return take_states(r, value, err);
    default:
        return store_option_take(&r->storing, id, value, err);
    }
}

static enum ward_status read_request(struct cases_request *r, int argc, char **argv,
                                     struct ward_error *err)
{
    return options_read(options, argc, argv, take_option, r, err);
}

/* ---- list and show --------------------------------------------------------------------------- */

static struct case_view view_of(const struct cases_request *r, const struct output *output)
{
    return (struct case_view){.zh = r->zh, .json = r->json, .colour = output_wants_colour(output)};
}

static enum ward_status write_out(struct output *output, struct buf *out, struct ward_error *err)
{
    if (out->failed)
        return error_set(err, out->failed, "out of memory");
    (void)output_write(output, buf_str(out));
    return output_failed(output, err) ? WARD_ERR_IO : WARD_OK;
}

static enum ward_status list_cases(const struct cases_request *r, struct store *store,
                                   struct output *output, struct ward_error *err)
{
    const struct store_case_query which = {.states = r->states, .limit = (size_t)r->limit};
    const struct link_rows_query query = {.cases = &which};
    const struct case_view view = view_of(r, output);
    struct link_loaded loaded;
    struct buf out;
    buf_init(&out, SIZE_MAX / 2);
    enum ward_status status = link_rows_load(store, &query, &loaded, err);
    if (status == WARD_OK) {
        case_view_list(&out, &view, &loaded);
        status = write_out(output, &out, err);
    }
    link_loaded_release(&loaded);
    buf_release(&out);
    return status;
}

static enum ward_status write_file(const char *path, struct ward_str text, struct ward_error *err)
{
    FILE *file = fopen(path, "wb");
    const bool good = file && fwrite(text.data, 1, text.len, file) == text.len;
    if (file && fclose(file) == 0 && good)
        return WARD_OK;
    return error_set(err, WARD_ERR_IO, "%s: cannot be written", path);
}

static enum ward_status draw(const struct cases_request *r, const struct case_file *file,
                             struct ward_error *err)
{
    struct buf svg;
    buf_init(&svg, 64u * 1024u * 1024u);
    enum ward_status status =
        evidence_network_svg(file, r->zh ? EVIDENCE_ZH : EVIDENCE_EN, &svg, err);
    if (status == WARD_OK)
        status = write_file(r->graph, buf_str(&svg), err);
    buf_release(&svg);
    return status;
}

static enum ward_status show_case(const struct cases_request *r, struct store *store,
                                  struct output *output, struct ward_error *err)
{
    const struct store_act act = store_request_act(&r->storing);
    const struct case_view view = view_of(r, output);
    struct case_file *file = NULL;
    struct case_name name;
    struct buf out;
    if (r->word_count != 2)
        return error_set(err, WARD_ERR_ARGUMENT, "say which case: ward cases show ID");
    buf_init(&out, SIZE_MAX / 2);
    enum ward_status status = case_name_find(store, r->words[1], &name, err);
    if (status == WARD_OK)
        status = casework_open(store, str_of(name.id), act.time_ms, &file, err);
    if (status == WARD_OK) { /* every reading of a case is audited */
        buf_printf(&out, "{\"case\":\"%s\"}", name.id);
        status = store_audit_add(store, &act, str_of("read-case"), buf_str(&out), err);
        buf_clear(&out);
    }
    if (status == WARD_OK) {
        case_view_show(&out, &view, file);
        status = write_out(output, &out, err);
    }
    if (status == WARD_OK && r->graph)
        status = draw(r, file, err);
    case_file_free(file);
    buf_release(&out);
    return status;
}

/* ---- run ------------------------------------------------------------------------------------- */

static enum ward_status act(struct cases_request *r, struct output *output, struct ward_error *err)
{
    struct store *store = NULL;
    const char *verb = r->word_count ? r->words[0] : "list";
    const bool lists = strcmp(verb, "list") == 0;
    enum ward_status status =
        store_request_open(&r->storing, lists ? STORE_READ : STORE_WRITE, &store, err);
    if (status != WARD_OK)
        return status;
    if (lists) {
        status = list_cases(r, store, output, err);
    } else if (strcmp(verb, "show") == 0) {
        status = show_case(r, store, output, err);
    } else {
        struct buf out;
        buf_init(&out, 64u * 1024u);
        r->decide.verb = verb;
        r->decide.words = r->words + 1;
        r->decide.word_count = r->word_count - 1;
        status =
            case_decide(store, &(struct store_act){str_of(r->storing.who), clock_ms(), {"", 0}},
                        &r->decide, &out, err);
        if (status == WARD_OK)
            status = write_out(output, &out, err);
        buf_release(&out);
    }
    store_close(store);
    return status;
}

static int run_cases(const struct command *self, int argc, char **argv)
{
    struct cases_request r = {.states =
                                  ((1u << STORE_CASE_STATES) - 1) & ~(1u << STORE_CASE_DISMISSED)};
    struct ward_error err = {0};
    struct output output;
    store_request_init(&r.storing);
    enum ward_status status = read_request(&r, argc, argv, &err);
    if (r.wants_help) {
        command_help(self);
        return EXIT_NOTHING;
    }
    if (status != WARD_OK)
        return command_misuse(self, &err);
    output_open(&output);
    status = act(&r, &output, &err);
    if (status == WARD_ERR_ARGUMENT)
        return command_misuse(self, &err);
    return status == WARD_OK ? EXIT_NOTHING : command_fail(self, &err);
}

const struct command command_cases = {
    .name = "cases",
    .usage = "cases [OPTIONS]\n"
             "       ward cases [OPTIONS] show CASE\n"
             "       ward cases [OPTIONS] confirm|escalate|reopen|hold|release CASE\n"
             "       ward cases [OPTIONS] dismiss CASE --as CLASS\n"
             "       ward cases [OPTIONS] note CASE TEXT | assign CASE WHO | refer CASE BODY\n"
             "       ward cases [OPTIONS] merge CASE CASE | merge PERSON PERSON\n"
             "       ward cases [OPTIONS] split PERSON [ACCOUNT]",
    .summary = "list cases, show one, decide on it",
    .about = "Lists the cases of a store, most urgent first; shows one with its people, ties and\n"
             "messages; takes decisions, which are kept for ever. CASE is an id, the beginning of\n"
             "one, or for `show` its place in the list. Exit status: 0 done, 2 error.",
    .options = options,
    .run = run_cases,
};
