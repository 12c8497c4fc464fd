/**
 * `ward check TEXT`: one message, judged and explained. Always shows the verdict, also when there
 * is nothing to it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/error.h"
#include "base/str.h"
#include "cli/judge_options.h"
#include "cli/output.h"

enum { OPT_ALIAS = JUDGE_OPTIONS_END, OPT_GROUP_NAME, OPT_QUOTED, OPT_KIND };

static const struct option_spec options[] = {
    {OPT_KIND, "kind", 'k', "KIND",
     "message, post, listing, alias, group_name, query, report (default message)"},
    {OPT_ALIAS, "alias", 0, "TEXT", "what the account calls itself"},
    {OPT_GROUP_NAME, "group-name", 0, "TEXT", "name of the group it was written in"},
    {OPT_QUOTED, "quoted", 0, "TEXT", "text of somebody else that it answers"},
    JUDGE_OPTIONS,
    {0, NULL, 0, NULL, NULL}};

struct check_request {
    struct judge_request judge;
    struct ward_event event;
    const char *text; /* the operand, or NULL */
};

static enum ward_status take_kind(struct check_request *r, const char *value,
                                  struct ward_error *err)
{
    for (int kind = WARD_KIND_MESSAGE; kind <= WARD_KIND_REPORT; kind++)
        if (strcmp(value, ward_kind_name((enum ward_kind)kind)) == 0) {
            r->event.kind = (enum ward_kind)kind;
            return WARD_OK;
        }
    return error_set(err, WARD_ERR_ARGUMENT, "--kind does not understand \"%s\"", value);
}

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct check_request *r = context;
    switch (id) {
    case OPTIONS_OPERAND:
        if (r->text)
            return error_set(err, WARD_ERR_ARGUMENT,
                             "one text at a time; put it in quotes, or use ward scan");
        r->text = value;
        return WARD_OK;
    case OPT_ALIAS:
        r->event.alias = str_of(value);
        return WARD_OK;
    case OPT_GROUP_NAME:
        r->event.group_name = str_of(value);
        return WARD_OK;
    case OPT_QUOTED:
        r->event.quoted = str_of(value);
        return WARD_OK;
    case OPT_KIND:
        return take_kind(r, value, err);
    default:
        return judge_option_take(&r->judge, id, value, err);
    }
}

static enum ward_status read_request(struct check_request *r, int argc, char **argv,
                                     struct ward_error *err)
{
    const enum ward_status status = options_read(options, argc, argv, take_option, r, err);
    if (status != WARD_OK)
        return status;
    if (!r->text && !r->judge.wants_help)
        return error_set(err, WARD_ERR_ARGUMENT, "no text is given; \"-\" reads standard input");
    return judge_request_check(&r->judge, err);
}

/* All of standard input; a newline at its end is not part of the text. */
static enum ward_status read_input(struct buf *out, struct ward_error *err)
{
    for (;;) {
        if (buf_reserve(out, 1) != WARD_OK)
            return error_set(err, out->failed, "standard input: %s", ward_status_name(out->failed));
        const ssize_t got = read(STDIN_FILENO, out->data + out->len, out->cap - out->len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(err, WARD_ERR_IO, "cannot read standard input: %s", strerror(errno));
        if (got == 0)
            break;
        out->len += (size_t)got;
    }
    if (out->len && out->data[out->len - 1] == '\n')
        out->len--;
    return WARD_OK;
}

static int show(const struct check_request *r, const struct ward_engine *engine,
                const struct ward_verdict *verdict, struct ward_error *err)
{
    struct output output;
    struct buf out;
    struct buf packs;
    struct verdict_json json = {.lang = r->judge.lang};
    struct verdict_view view = {.lang = r->judge.lang, .every_reason = r->judge.verbose};
    output_open(&output);
    buf_init(&out, SIZE_MAX / 2);
    view.colour = output_wants_colour(&output);
    buf_init(&packs, SIZE_MAX / 2);
    verdict_json_packs(&packs, engine);
    json.packs = buf_str(&packs);
    if (r->judge.json)
        verdict_json_put(&out, &json, &r->event, verdict);
    else
        view_put_text(&out, &view, &r->event, verdict);
    (void)output_write(&output, buf_str(&out));
    const enum ward_status written = out.failed ? out.failed : packs.failed;
    buf_release(&out);
    buf_release(&packs);
    if (written != WARD_OK) {
        (void)error_set(err, written, "out of memory");
        return command_fail(&command_check, err);
    }
    if (output_failed(&output, err))
        return command_fail(&command_check, err);
    return verdict->level >= r->judge.fail_level ? EXIT_FOUND : EXIT_NOTHING;
}

/* Reads and judges; `*verdict` lives in the scratch. */
static enum ward_status judge(struct check_request *r, const struct ward_engine *engine,
                              struct buf *input, struct ward_scratch **scratch,
                              const struct ward_verdict **verdict, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    if (strcmp(r->text, "-") == 0)
        status = read_input(input, err);
    if (status != WARD_OK)
        return status;
    r->event.text = strcmp(r->text, "-") == 0 ? buf_str(input) : str_of(r->text);
    status = ward_scratch_new(engine, scratch);
    if (status == WARD_OK)
        status = ward_check(engine, *scratch, &r->event, &r->judge.check, verdict);
    if (status != WARD_OK)
        (void)error_set(err, status, "cannot judge: %s", ward_status_name(status));
    return status;
}

static int check_text(struct check_request *r, struct ward_error *err)
{
    struct ward_engine *engine = NULL;
    struct ward_scratch *scratch = NULL;
    const struct ward_verdict *verdict;
    struct buf input;
    if (judge_request_open(&r->judge, &engine, err) != WARD_OK)
        return command_fail_pack(&command_check, err);
    buf_init(&input, WARD_RECORD_BYTES_MAX);
    const int exit_status = judge(r, engine, &input, &scratch, &verdict, err) == WARD_OK
                                ? show(r, engine, verdict, err)
                                : command_fail(&command_check, err);
    ward_scratch_free(scratch);
    ward_engine_close(engine);
    buf_release(&input);
    return exit_status;
}

static int run_check(const struct command *self, int argc, char **argv)
{
    struct check_request r = {.event = {.id = str_of("-")}};
    struct ward_error err = {0};
    judge_request_init(&r.judge);
    const enum ward_status status = read_request(&r, argc, argv, &err);
    if (r.judge.wants_help) {
        command_help(self);
        return EXIT_NOTHING;
    }
    return status == WARD_OK ? check_text(&r, &err) : command_misuse(self, &err);
}

const struct command command_check = {
    .name = "check",
    .usage = "check [OPTIONS] TEXT|-",
    .summary = "judge one text",
    .about =
        "Prints the verdict of one text with every reason. Exit status: 0 nothing found, 1 found,\n"
        "2 error.",
    .options = options,
    .run = run_check,
};
