#include "cli/grep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "cli/grep_print.h"
#include "cli/output.h"
#include "cli/records.h"

enum {
    OPT_FILE = 1,
    OPT_TERM,
    OPT_ALLOW,
    OPT_EXACT,
    OPT_DISGUISE,
    OPT_COST,
    OPT_WEAK,
    OPT_JSON,
    OPT_COUNT,
    OPT_LIST,
    OPT_NUMBER,
    OPT_ONLY,
    OPT_INVERT,
    OPT_PATHS,
    OPT_ZERO,
    OPT_QUIET,
    OPT_HELP
};

#define COST_MAX 10000
#define FLUSH_BYTES ((size_t)64 << 10)
#define OUT_BYTES_MAX ((size_t)1 << 30)

static const struct option_spec options[] = {
    {OPT_FILE, "file", 'f', "TERMS", "terms, one a line; # begins a comment, a tab ends a term"},
    {OPT_TERM, "term", 'e', "TERM", "one term; may be given several times"},
    {OPT_ALLOW, "allow", 0, "FILE", "innocent phrases: hits inside them do not count"},
    {OPT_EXACT, "exact", 0, NULL, "bytes as written only"},
    {OPT_DISGUISE, "disguise", 0, "LIST",
     "read through these only: homophone,separator ... or none"},
    {OPT_COST, "cost", 0, "N", "what a two-character term may cost, in hundredths (default 60)"},
    {OPT_WEAK, "weak", 0, NULL, "also what would need company to be believed"},
    {OPT_JSON, "json", 0, NULL, "one JSON object a hit"},
    {OPT_COUNT, "count", 'c', NULL, "number of selected records only"},
    {OPT_LIST, "files-with-matches", 'l', NULL, "names of files with a selected record only"},
    {OPT_NUMBER, "line-number", 'n', NULL, "numbers of records"},
    {OPT_ONLY, "only-matching", 'o', NULL, "the parts that matched only"},
    {OPT_INVERT, "invert-match", 'v', NULL, "select records without a hit"},
    {OPT_PATHS, "with-filename", 'H', NULL, "file names, also for a single file"},
    {OPT_ZERO, "null-data", 'z', NULL, "records end in NUL, not in newline"},
    {OPT_QUIET, "quiet", 'q', NULL, "print nothing"},
    {OPT_HELP, "help", 'h', NULL, "this help"},
    {0, NULL, 0, NULL, NULL}};

struct grep {
    const struct command *command;
    struct grep_terms list;
    const char **paths; /* owned array */
    int path_count;
    struct ward_terms_options options;
    struct grep_style style;
    bool exact, count, names, invert, quiet, wants_help;
    struct ward_terms *terms;
    struct ward_terms_scratch *scratch;
    struct ward_term_hit *hits; /* owned; of the present record */
    uint32_t hit_count;
    uint32_t hit_capacity;
    bool hits_failed;
    struct buf out;
    struct output output;
    bool found;
    bool failed;
};

/* ---- Command line ---------------------------------------------------------------------------- */

static enum ward_status take_disguises(struct grep *g, const char *list, struct ward_error *err)
{
    g->options.disguises = 0;
    if (strcmp(list, "none") == 0)
        return WARD_OK;
    for (const char *at = list; *at;) {
        const size_t len = strcspn(at, ",");
        uint32_t bit = 0;
        for (uint32_t i = 0; i < WARD_DISGUISE_COUNT && !bit; i++)
            if (str_equal(str_of(ward_disguise_name(1u << i)), (struct ward_str){at, len}))
                bit = 1u << i;
        if (len == 3 && strncmp(at, "all", 3) == 0)
            bit = WARD_DISGUISE_ALL;
        if (!bit)
            return error_set(err, WARD_ERR_ARGUMENT, "--disguise does not know \"%.*s\"", (int)len,
                             at);
        g->options.disguises |= bit;
        at += len + (at[len] == ',');
    }
    return WARD_OK;
}

static void take_flag(struct grep *g, int id)
{
    g->exact |= id == OPT_EXACT;
    g->options.report_weak |= id == OPT_WEAK;
    g->style.json |= id == OPT_JSON;
    g->count |= id == OPT_COUNT;
    g->names |= id == OPT_LIST;
    g->style.numbers |= id == OPT_NUMBER;
    g->style.only_parts |= id == OPT_ONLY;
    g->invert |= id == OPT_INVERT;
    g->style.paths |= id == OPT_PATHS;
    g->style.separator = id == OPT_ZERO ? '\0' : g->style.separator;
    g->quiet |= id == OPT_QUIET;
    g->wants_help |= id == OPT_HELP;
}

static enum ward_status take_option(struct grep *g, int id, const char *value,
                                    struct ward_error *err)
{
    long cost;
    switch (id) {
    case OPTIONS_BAD:
        return WARD_ERR_ARGUMENT;
    case OPTIONS_OPERAND:
        g->paths[g->path_count++] = value;
        return WARD_OK;
    case OPT_FILE:
        return grep_terms_read(&g->list, value, WARD_TERM_FULL, false, err);
    case OPT_ALLOW:
        return grep_terms_read(&g->list, value, WARD_TERM_FULL, true, err);
    case OPT_TERM:
        return grep_terms_add(&g->list, value, WARD_TERM_FULL, err);
    case OPT_DISGUISE:
        return take_disguises(g, value, err);
    case OPT_COST:
        if (!options_number(value, 1, COST_MAX, &cost))
            return error_set(err, WARD_ERR_ARGUMENT, "--cost takes a number from 1 to %d",
                             COST_MAX);
        g->options.cost_centi = (uint32_t)cost;
        return WARD_OK;
    default:
        take_flag(g, id);
        return WARD_OK;
    }
}

static enum ward_status read_command(struct grep *g, int argc, char **argv, struct ward_error *err)
{
    struct options_reader reader;
    const char *value;
    int id;
    options_start(&reader, options, argc, argv);
    while ((id = options_next(&reader, &value, err)) != OPTIONS_END) {
        const enum ward_status status = take_option(g, id, value, err);
        if (status != WARD_OK)
            return status;
    }
    if (g->wants_help)
        return WARD_OK;
    if (!g->list.count && !g->list.file_count)
        return error_set(err, WARD_ERR_ARGUMENT, "no terms: give -f TERMS or -e TERM");
    if (!g->path_count)
        return error_set(err, WARD_ERR_ARGUMENT, "no file is given; \"-\" reads standard input");
    for (uint32_t i = 0; g->exact && i < g->list.count; i++)
        g->list.terms[i].mode = WARD_TERM_LITERAL;
    g->style.paths |= g->path_count > 1;
    return WARD_OK;
}

/* ---- Scanning -------------------------------------------------------------------------------- */

static bool keep_hit(void *user, const struct ward_term_hit *hit)
{
    struct grep *g = user;
    if (g->hit_count == g->hit_capacity) {
        const uint32_t capacity = g->hit_capacity ? g->hit_capacity * 2 : 64;
        struct ward_term_hit *hits = realloc(g->hits, capacity * sizeof(*hits));
        if (!hits) {
            g->hits_failed = true;
            return false;
        }
        g->hits = hits;
        g->hit_capacity = capacity;
    }
    g->hits[g->hit_count++] = *hit;
    /* One hit decides when nothing of it is printed. */
    return !(g->count || g->names || g->quiet || g->invert);
}

static void complain(struct grep *g, const struct ward_error *err)
{
    g->failed = true;
    (void)command_fail(g->command, err);
}

static bool flush(struct grep *g, size_t least)
{
    if (g->out.len <= least)
        return true;
    const bool written = output_write(&g->output, buf_str(&g->out));
    buf_clear(&g->out);
    return written;
}

/* One record: true to go on with the file. */
static bool grep_record(struct grep *g, const char *path, const struct records *records,
                        struct ward_str text, uint64_t *selected)
{
    g->hit_count = 0;
    if (ward_terms_scan(g->terms, g->scratch, text, keep_hit, g) != WARD_OK || g->hits_failed) {
        struct ward_error err = {0};
        (void)error_set(&err, WARD_ERR_NOMEM, "out of memory");
        complain(g, &err);
        return false;
    }
    if ((g->hit_count == 0) != g->invert)
        return true;
    ++*selected;
    g->found = true;
    if (g->count)
        return true;
    if (g->quiet || g->names)
        return false;
    const struct grep_record record = {path, records->number, text, g->hits, g->hit_count};
    grep_print_record(&g->out, &g->style, &g->list, &record);
    return flush(g, FLUSH_BYTES);
}

static void grep_file(struct grep *g, const char *path)
{
    struct records records;
    struct ward_error err = {0};
    struct ward_str text;
    uint64_t selected = 0;
    enum ward_status status = records_open(&records, path, g->style.separator ? '\n' : '\0', &err);
    if (status != WARD_OK) {
        complain(g, &err);
        return;
    }
    while ((status = records_next(&records, &text, &err)) != WARD_ERR_NOT_FOUND) {
        if (status == WARD_ERR_LIMIT) {
            error_at(&err, path, (uint32_t)records.number, 0);
            (void)error_set(&err, status, "record is longer than 16 MB and was skipped");
        }
        if (status != WARD_OK)
            complain(g, &err);
        if (status != WARD_OK && status != WARD_ERR_LIMIT)
            break;
        if (status == WARD_OK && !grep_record(g, path, &records, text, &selected))
            break;
    }
    records_close(&records);
    if (g->names && selected)
        buf_printf(&g->out, "%s\n", path);
    else if (g->count && !g->quiet)
        grep_print_count(&g->out, &g->style, path, selected);
}

static enum ward_status grep_files(struct grep *g, struct ward_error *err)
{
    enum ward_status status = grep_terms_open(&g->list, &g->options, &g->terms, err);
    if (status == WARD_OK)
        status = ward_terms_scratch_new(g->terms, &g->scratch);
    if (status != WARD_OK)
        return status;
    output_open(&g->output);
    g->style.colour = !g->style.json && output_wants_colour(&g->output);
    for (int i = 0; i < g->path_count && !g->output.closed; i++)
        grep_file(g, g->paths[i]);
    if (g->out.failed)
        return error_set(err, g->out.failed, "output is too large");
    (void)flush(g, 0);
    if (output_failed(&g->output, err))
        return WARD_ERR_IO;
    return WARD_OK;
}

static void grep_release(struct grep *g)
{
    ward_terms_scratch_free(g->scratch);
    ward_terms_close(g->terms);
    grep_terms_release(&g->list);
    buf_release(&g->out);
    free(g->hits);
    free(g->paths);
    free(g);
}

static int run(const struct command *self, int argc, char **argv)
{
    struct ward_error err = {0};
    struct grep *g = calloc(1, sizeof(*g));
    const char **paths = calloc((size_t)argc + 1, sizeof(*paths));
    if (!g || !paths) {
        free(g);
        free(paths);
        (void)error_set(&err, WARD_ERR_NOMEM, "out of memory");
        return command_fail(self, &err);
    }
    g->command = self;
    g->paths = paths;
    g->style.separator = '\n';
    g->options.disguises = WARD_DISGUISE_ALL;
    grep_terms_init(&g->list);
    buf_init(&g->out, OUT_BYTES_MAX);
    int code = EXIT_ERROR;
    enum ward_status status = read_command(g, argc, argv, &err);
    if (status == WARD_ERR_ARGUMENT) {
        code = command_misuse(self, &err);
    } else if (status == WARD_OK && g->wants_help) {
        command_help(self);
        code = 0;
    } else {
        if (status == WARD_OK)
            status = grep_files(g, &err);
        code = status != WARD_OK ? command_fail(self, &err) : g->failed ? EXIT_ERROR : !g->found;
    }
    grep_release(g);
    return code;
}

const struct command command_grep = {
    .name = "grep",
    .usage = "grep -f TERMS [OPTIONS] FILE...|-",
    .summary = "any list of terms, read through disguise",
    .about =
        "Prints the records (lines) in which a term is read, as written or through disguise:\n"
        "width, variants, separators, homophones, pinyin, split and look-alike characters ...\n"
        "Exit status: 0 found, 1 none, 2 error.",
    .options = options,
    .run = run};
