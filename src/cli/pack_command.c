/**
 * `ward pack test|build|show DIR...`: for those who write packs.
 */
#include "cli/pack_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/pack_error.h"

enum { OPT_HELP = 1, OPT_JSON, OPT_PACKS, OPT_CACHE, OPT_VERBOSE, OPT_QUIET };

static const struct option_spec options[] = {
    {OPT_JSON, "json", 'j', NULL, "show, test: JSON instead of text"},
    {OPT_PACKS, "packs", 'p', "DIRS", "pack folders, A:B, instead of naming them one by one"},
    {OPT_CACHE, "cache", 0, "FILE", "build: where to write the compiled form"},
    {OPT_VERBOSE, "verbose", 'v', NULL, "show: every term; test: every example"},
    {OPT_QUIET, "quiet", 'q', NULL, "test, build: only what is wrong"},
    {OPT_HELP, "help", 'h', NULL, "show this help"},
    {0, NULL, 0, NULL, NULL}};

static int run(const struct command *self, int argc, char **argv);

const struct command command_pack = {
    .name = "pack",
    .usage = "pack test|build|show [OPTIONS] [DIR...]",
    .summary = "test, compile and list packs",
    .about = "test runs the examples of every rule through the engine: exit status 0 when all\n"
             "hold, 1 when some do not or a file is wrong, 2 when nothing could be checked.\n"
             "build compiles the packs and writes the compiled form. show lists signals, rules\n"
             "with their weights, law and procedures. Without a DIR the usual packs are read.",
    .options = options,
    .run = run};

struct arguments {
    struct pack_request request;
    struct arena arena; /* holds split lists of folders */
    struct pack_dirs dirs;
    const char *packs; /* value of --packs */
    const char *verb;
    bool wants_help;
};

int pack_request_fail(const struct ward_error *err)
{
    struct buf out;
    buf_init(&out, 1u << 16);
    pack_error_show(err, &out);
    (void)fprintf(stderr, "ward pack: %.*s", (int)out.len, out.data ? out.data : "");
    buf_release(&out);
    return err->status == WARD_ERR_FORMAT ? EXIT_FOUND : EXIT_ERROR;
}

static enum ward_status take_operand(struct arguments *arguments, const char *word,
                                     struct ward_error *err)
{
    if (!arguments->verb) {
        arguments->verb = word;
        return WARD_OK;
    }
    return pack_dirs_split(&arguments->dirs, word, &arguments->arena, err);
}

static enum ward_status take_option(void *context, int id, const char *value,
                                    struct ward_error *err)
{
    struct arguments *arguments = context;
    switch (id) {
    case OPT_HELP:
        arguments->wants_help = true;
        return WARD_OK;
    case OPT_JSON:
        arguments->request.json = true;
        return WARD_OK;
    case OPT_PACKS:
        arguments->packs = value;
        return WARD_OK;
    case OPT_CACHE:
        arguments->request.cache = value;
        return WARD_OK;
    case OPT_VERBOSE:
        arguments->request.verbose = true;
        return WARD_OK;
    case OPT_QUIET:
        arguments->request.quiet = true;
        return WARD_OK;
    case OPTIONS_OPERAND:
        return take_operand(arguments, value, err);
    default:
        return WARD_ERR_ARGUMENT;
    }
}

static enum ward_status read_arguments(struct arguments *arguments, int argc, char **argv,
                                       struct ward_error *err)
{
    enum ward_status status = options_read(options, argc, argv, take_option, arguments, err);
    if (status != WARD_OK || arguments->wants_help)
        return status;
    if (arguments->packs)
        status = pack_dirs_split(&arguments->dirs, arguments->packs, &arguments->arena, err);
    else if (!arguments->dirs.count)
        status = pack_default_dirs(&arguments->dirs, getenv("WARD_PACKS"), &arguments->arena, err);
    arguments->request.dirs = arguments->dirs.at;
    arguments->request.dir_count = arguments->dirs.count;
    return status;
}

static int run_verb(const struct command *self, const struct arguments *arguments)
{
    static const struct {
        const char *verb;
        int (*run)(const struct pack_request *request);
    } verbs[] = {{"test", pack_test_run}, {"build", pack_build_run}, {"show", pack_show_run}};
    struct ward_error err = {.status = WARD_OK};
    for (size_t i = 0; arguments->verb && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(arguments->verb, verbs[i].verb) == 0)
            return verbs[i].run(&arguments->request);
    }
    (void)error_set(&err, WARD_ERR_ARGUMENT, "say what to do: test, build or show");
    return command_misuse(self, &err);
}

static int run(const struct command *self, int argc, char **argv)
{
    struct arguments arguments = {.verb = NULL};
    struct ward_error err = {.status = WARD_OK};
    int result = EXIT_NOTHING;
    arena_init(&arguments.arena, 4096, 1u << 20);
    const enum ward_status status = read_arguments(&arguments, argc, argv, &err);
    if (arguments.wants_help)
        command_help(self);
    else if (status != WARD_OK)
        result = command_misuse(self, &err);
    else
        result = run_verb(self, &arguments);
    arena_release(&arguments.arena);
    return result;
}
