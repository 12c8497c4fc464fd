/**
 * `ward cluster`: near-duplicate texts of any files, with their templates.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/records.h"
#include "link/cluster.h"
#include "link/cluster_template.h"

enum { OPT_HELP = 1, OPT_JSON, OPT_ALL, OPT_ZERO };

static const struct option_spec options[] = {
    {OPT_JSON, "json", 'j', NULL, "a cluster a line: its members and their template"},
    {OPT_ALL, "all", 'a', NULL, "with --json: also texts that are like no other"},
    {OPT_ZERO, "null-data", 'z', NULL, "records end in NUL, not in newline"},
    {OPT_HELP, "help", 'h', NULL, "show this help"},
    {0, NULL, 0, NULL, NULL}};

/* Output is written when it has grown to this. */
#define OUTPUT_BYTES (1u << 20)

struct cluster_request {
    const char **files; /* owned array of borrowed words */
    int file_count;
    bool json, all, wants_help;
    char separator;
};

/* Texts are kept only where templates are made of them. */
struct texts {
    struct cluster *cluster; /* owned */
    struct arena arena;
    struct ward_str *kept; /* owned; NULL unless asked for */
    size_t capacity;
};

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct cluster_request *r = context;
    (void)err;
    if (id == OPTIONS_OPERAND)
        r->files[r->file_count++] = value;
    r->json |= id == OPT_JSON;
    r->all |= id == OPT_ALL;
    r->wants_help |= id == OPT_HELP;
    r->separator = id == OPT_ZERO ? '\0' : r->separator;
    return WARD_OK;
}

static enum ward_status read_request(struct cluster_request *r, int argc, char **argv,
                                     struct ward_error *err)
{
    *r = (struct cluster_request){.separator = '\n',
                                  .files = calloc((size_t)argc + 1u, sizeof *r->files)};
    if (!r->files)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    const enum ward_status status = options_read(options, argc, argv, take_option, r, err);
    if (status != WARD_OK)
        return status;
    if (!r->file_count && !r->wants_help)
        return error_set(err, WARD_ERR_ARGUMENT, "no file is given; \"-\" reads standard input");
    return WARD_OK;
}

/* ---- reading --------------------------------------------------------------------------------- */

static enum ward_status keep(struct texts *texts, size_t number, struct ward_str text)
{
    if (number == texts->capacity) {
        const size_t capacity = texts->capacity ? texts->capacity * 2 : 1024;
        struct ward_str *kept = realloc(texts->kept, capacity * sizeof *kept);
        if (!kept)
            return WARD_ERR_NOMEM;
        texts->kept = kept;
        texts->capacity = capacity;
    }
    texts->kept[number] = arena_copy(&texts->arena, text);
    return texts->kept[number].data ? WARD_OK : WARD_ERR_NOMEM;
}

static enum ward_status read_file(struct texts *texts, const char *path,
                                  const struct cluster_request *r, struct ward_error *err)
{
    struct records records;
    struct ward_str text;
    uint32_t first;
    enum ward_status status = records_open(&records, path, r->separator, err);
    if (status != WARD_OK)
        return status;
    while ((status = records_next(&records, &text, err)) == WARD_OK) {
        const size_t number = cluster_text_count(texts->cluster);
        status = r->json ? keep(texts, number, text) : WARD_OK;
        if (status == WARD_OK)
            status = cluster_add(texts->cluster, text, &first);
        if (status != WARD_OK) {
            (void)error_set(err, status, "%s: record %llu: %s", path,
                            (unsigned long long)records.number, ward_status_name(status));
            break;
        }
    }
    records_close(&records);
    return status == WARD_ERR_NOT_FOUND ? WARD_OK : status; /* the end */
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_numbers(struct buf *out, struct output *output, const struct cluster_result *result)
{
    for (uint32_t i = 0; i < result->text_count; i++) {
        buf_printf(out, "%u\n", result->number[i]);
        if (out->len < OUTPUT_BYTES)
            continue;
        (void)output_write(output, buf_str(out));
        buf_clear(out);
    }
}

static void put_template(struct buf *out, const struct cluster_template *template)
{
    buf_put_text(out, "],\"template\":[");
    for (uint32_t i = 0; i < template->part_count; i++) {
        const struct cluster_part *part = &template->parts[i];
        buf_put_text(out, i ? ",{" : "{");
        if (part->kind == CLUSTER_FIXED) {
            buf_put_text(out, "\"fixed\":");
            json_put_string(out, part->text);
        } else {
            buf_printf(out, "\"slot\":\"%s\"", cluster_part_name(part->kind));
        }
        buf_put_char(out, '}');
    }
    buf_put_text(out, "]}\n");
}

static enum ward_status put_cluster(struct buf *out, const struct texts *texts,
                                    const struct cluster_result *result, uint32_t number)
{
    const uint32_t *members = result->members + result->begin[number];
    const uint32_t count = result->begin[number + 1] - result->begin[number];
    struct ward_str *member_texts = calloc(count, sizeof *member_texts);
    struct cluster_template template;
    if (!member_texts)
        return WARD_ERR_NOMEM;
    buf_printf(out, "{\"cluster\":%u,\"members\":[", number);
    for (uint32_t i = 0; i < count; i++) {
        buf_printf(out, "%s%u", i ? "," : "", members[i] + 1);
        member_texts[i] = texts->kept[members[i]];
    }
    const enum ward_status status = cluster_template_make(member_texts, count, &template);
    if (status == WARD_OK)
        put_template(out, &template);
    cluster_template_release(&template);
    free(member_texts);
    return status;
}

static enum ward_status put_clusters(struct buf *out, struct output *output,
                                     const struct texts *texts, bool all,
                                     const struct cluster_result *result)
{
    enum ward_status status = WARD_OK;
    for (uint32_t n = 0; n < result->cluster_count && status == WARD_OK; n++) {
        if (result->begin[n + 1] - result->begin[n] < 2 && !all)
            continue;
        status = put_cluster(out, texts, result, n);
        if (out->len >= OUTPUT_BYTES) {
            (void)output_write(output, buf_str(out));
            buf_clear(out);
        }
    }
    return status;
}

static enum ward_status write_result(const struct cluster_request *r, const struct texts *texts,
                                     struct ward_error *err)
{
    struct cluster_result result;
    struct output output;
    struct buf out;
    output_open(&output);
    buf_init(&out, SIZE_MAX / 2);
    enum ward_status status = cluster_finish(texts->cluster, &result);
    if (status == WARD_OK && r->json)
        status = put_clusters(&out, &output, texts, r->all, &result);
    else if (status == WARD_OK)
        put_numbers(&out, &output, &result);
    if (status == WARD_OK)
        status = out.failed;
    (void)output_write(&output, buf_str(&out));
    buf_release(&out);
    if (status != WARD_OK)
        return error_set(err, status, "%s", ward_status_name(status));
    return output_failed(&output, err) ? WARD_ERR_IO : WARD_OK;
}

/* ---- run ------------------------------------------------------------------------------------- */

static enum ward_status cluster_files(const struct cluster_request *r, struct ward_error *err)
{
    struct texts texts = {.kept = NULL};
    arena_init(&texts.arena, 1024u * 1024u, SIZE_MAX / 2);
    enum ward_status status = cluster_new(&texts.cluster);
    if (status != WARD_OK)
        (void)error_set(err, status, "out of memory");
    for (int i = 0; i < r->file_count && status == WARD_OK; i++)
        status = read_file(&texts, r->files[i], r, err);
    if (status == WARD_OK)
        status = write_result(r, &texts, err);
    cluster_free(texts.cluster);
    arena_release(&texts.arena);
    free(texts.kept);
    return status;
}

static int run_cluster(const struct command *self, int argc, char **argv)
{
    struct cluster_request r;
    struct ward_error err = {0};
    int exit_status = EXIT_NOTHING;
    const enum ward_status status = read_request(&r, argc, argv, &err);
    if (r.wants_help)
        command_help(self);
    else if (status != WARD_OK)
        exit_status = command_misuse(self, &err);
    else if (cluster_files(&r, &err) != WARD_OK)
        exit_status = command_fail(self, &err);
    free(r.files);
    return exit_status;
}

const struct command command_cluster = {
    .name = "cluster",
    .usage = "cluster [OPTIONS] FILE...|-",
    .summary = "near-duplicate texts, one a line, with their templates",
    .about = "Prints for every text the number of its cluster, from 0, in input order. Texts are\n"
             "compared as read through disguise. With --json a cluster of two and more is a line:\n"
             "members are numbers of records from 1, over all files; the template is what they\n"
             "share and the slots in which they differ. Exit status: 0 done, 2 error.",
    .options = options,
    .run = run_cluster,
};
