/**
 * `ward`: picks the command.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/command.h"
#include "cli/grep.h"
#include "pack/pack_error.h"

static const struct command *const commands[] = {
    &command_scan,   &command_check, &command_grep,   &command_cluster, &command_replay,
    &command_report, &command_cases, &command_people, &command_groups,  &command_export,
    &command_audit,  &command_pack,  &command_serve,  &command_user,    &command_key,
    &command_purge,  &command_erase};
#define COMMAND_COUNT ((int)(sizeof commands / sizeof commands[0]))

/* Column where the explanations of options and commands begin. */
#define HELP_COLUMN 24

static void print_options(const struct option_spec *table)
{
    for (const struct option_spec *o = table; o && o->id; o++) {
        char left[64];
        const int len = snprintf(
            left, sizeof left, "%c%c%s%s%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
            o->name ? (o->letter ? ", " : "  ") : "", o->name ? "--" : "", o->name ? o->name : "",
            o->argument ? " " : "", o->argument ? o->argument : "");
        if (len < HELP_COLUMN)
            (void)printf("  %-*s%s\n", HELP_COLUMN, left, o->help);
        else
            (void)printf("  %s\n  %*s%s\n", left, HELP_COLUMN, "", o->help);
    }
}

void command_help(const struct command *command)
{
    (void)printf("usage: ward %s\n\n%s\n\n", command->usage, command->about);
    print_options(command->options);
}

int command_fail(const struct command *command, const struct ward_error *err)
{
    (void)fprintf(stderr, "ward %s: ", command->name);
    if (err->source[0])
        (void)fprintf(stderr, "%s:", err->source);
    if (err->source[0] && err->line)
        (void)fprintf(stderr, "%u:", err->line);
    if (err->source[0] && err->line && err->column)
        (void)fprintf(stderr, "%u:", err->column);
    (void)fprintf(stderr, "%s%s\n", err->source[0] ? " " : "", err->message);
    return EXIT_ERROR;
}

int command_fail_pack(const struct command *command, const struct ward_error *err)
{
    struct buf out;
    if (!err->source[0] || !err->line)
        return command_fail(command, err);
    buf_init(&out, 64u * 1024u);
    pack_error_show(err, &out);
    (void)fwrite(out.data, 1, out.len, stderr);
    buf_release(&out);
    return EXIT_ERROR;
}

int command_misuse(const struct command *command, const struct ward_error *err)
{
    (void)command_fail(command, err);
    (void)fprintf(stderr, "try: ward help %s\n", command->name);
    return EXIT_ERROR;
}

static const struct command *find(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int unknown(const char *word)
{
    const char *names[COMMAND_COUNT];
    for (int i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i]->name;
    const int near = options_nearest(word, names, COMMAND_COUNT);
    (void)fprintf(stderr, "ward: unknown command \"%s\"", word);
    if (near >= 0)
        (void)fprintf(stderr, "; did you mean %s?", names[near]);
    (void)fprintf(stderr, "\ntry: ward help\n");
    return EXIT_ERROR;
}

static void print_overview(void)
{
    (void)printf("ward finds the sale of children in what people write, through disguise.\n\n"
                 "usage: ward COMMAND [OPTIONS] ...\n\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        (void)printf("  %-10s%s\n", commands[i]->name, commands[i]->summary);
    (void)printf("  %-10s%s\n\n", "help", "explain a command: ward help scan");
    (void)printf("A verdict is a reason to look, never a penalty.\n");
}

static int help(int argc, char **argv)
{
    if (argc < 2) {
        print_overview();
        return EXIT_NOTHING;
    }
    const struct command *command = find(argv[1]);
    if (!command)
        return unknown(argv[1]);
    command_help(command);
    return EXIT_NOTHING;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_overview();
        return EXIT_ERROR;
    }
    const char *word = argv[1];
    if (strcmp(word, "--version") == 0 || strcmp(word, "version") == 0) {
        (void)printf("ward %s\n", ward_version());
        return EXIT_NOTHING;
    }
    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return help(argc - 1, argv + 1);
    const struct command *command = find(word);
    return command ? command->run(command, argc - 1, argv + 1) : unknown(word);
}
