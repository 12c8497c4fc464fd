/**
 * Judges one text with the installed library:
 *
 *     cc check.c $(pkg-config --cflags --libs ward) -o check
 *     ./check PACK_DIR "some text"
 *
 * Prints the level, the score and every reason with the words that made it. Exit status: 0 nothing
 * found, 1 found, 2 error.
 */
#include <stdio.h>
#include <string.h>

#include <ward/ward.h>

static void print_reason(const struct ward_reason *reason)
{
    printf("%+.2f %.*s\n", reason->weight, (int)reason->says_en.len, reason->says_en.data);
    for (size_t i = 0; i < reason->span_count; i++) {
        const struct ward_span *span = &reason->spans[i];
        printf("      %s[%u..%u) \"%.*s\" read as \"%.*s\"\n", ward_field_name(span->at.field),
               span->at.begin, span->at.end, (int)span->written.len, span->written.data,
               (int)span->read.len, span->read.data);
    }
}

static int judge(const struct ward_engine *engine, struct ward_scratch *scratch, const char *text)
{
    const struct ward_event event = {.id = {"1", 1}, .text = {text, strlen(text)}};
    const struct ward_verdict *verdict;
    const enum ward_status status = ward_check(engine, scratch, &event, NULL, &verdict);
    if (status != WARD_OK) {
        fprintf(stderr, "check: %s\n", ward_status_name(status));
        return 2;
    }
    printf("%s %.4f %s\n", ward_level_name(verdict->level), verdict->score,
           ward_role_name(verdict->role));
    for (size_t i = 0; i < verdict->reason_count; i++)
        print_reason(&verdict->reasons[i]);
    return verdict->level > WARD_LEVEL_NONE;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: check PACK_DIR TEXT\n");
        return 2;
    }
    const char *dirs[] = {argv[1]};
    const struct ward_engine_options options = {.dirs = dirs, .dir_count = 1};
    struct ward_engine *engine = NULL;
    struct ward_scratch *scratch = NULL;
    struct ward_error err;
    int exit_status = 2;
    if (ward_engine_open(&options, &engine, &err) != WARD_OK)
        fprintf(stderr, "%s:%u: %s\n", err.source, err.line, err.message);
    else if (ward_scratch_new(engine, &scratch) != WARD_OK)
        fprintf(stderr, "check: out of memory\n");
    else
        exit_status = judge(engine, scratch, argv[2]);
    ward_scratch_free(scratch);
    ward_engine_close(engine);
    return exit_status;
}
