/**
 * Reading through disguise, measured: every line of tests/data/disguise is scanned for its one
 * term, and counted as read if the hit stands alone or its writing is rare (what `ward grep`
 * reports).
 */
#include <stdio.h>
#include <stdlib.h>

#include "match_help.h"

#define KINDS_MAX 64
#define LINE_MAX_BYTES 1024

/* Gates, in thousandths: of all hidden lines read, and of near-misses read by mistake. */
#define RECALL_LEAST 950
#define FALSE_MOST 33

struct kind_count {
    char name[32];
    unsigned lines, read;
};

struct tally {
    struct kind_count kinds[KINDS_MAX];
    size_t kind_count;
    unsigned hidden, hidden_read, near, near_read;
};

static struct tally tally;
static int path_count;
static char **paths;

static struct kind_count *kind_of(const char *name)
{
    for (size_t i = 0; i < tally.kind_count; i++)
        if (strcmp(tally.kinds[i].name, name) == 0)
            return &tally.kinds[i];
    assert_true(tally.kind_count < KINDS_MAX);
    struct kind_count *kind = &tally.kinds[tally.kind_count++];
    (void)snprintf(kind->name, sizeof(kind->name), "%.31s", name);
    return kind;
}

/* "\n" in a file stands for a line end. */
static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (from[0] == '\\' && from[1] == 'n') {
            *to++ = '\n';
            from++;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

static bool is_read(const char *term, const char *text)
{
    struct bench_matcher b;
    bool read = false;
    (void)help_find(&b, term, text);
    for (uint32_t i = 0; i < b.hits.count; i++)
        read |= b.hits.at[i].support == SUPPORT_NONE || b.hits.at[i].rare;
    help_close(&b);
    return read;
}

static void count_line(char *line)
{
    char *fields[4] = {line, NULL, NULL, NULL};
    for (int i = 1; i < 4; i++) {
        fields[i] = strchr(fields[i - 1], '\t');
        assert_non_null(fields[i]);
        *fields[i]++ = '\0';
    }
    unescape(fields[2]);
    const bool want = strcmp(fields[3], "hit") == 0;
    const bool read = is_read(fields[1], fields[2]);
    struct kind_count *kind = kind_of(fields[0]);
    kind->lines++;
    kind->read += read;
    if (want) {
        tally.hidden++;
        tally.hidden_read += read;
    } else {
        tally.near++;
        tally.near_read += read;
    }
    if (read != want && getenv("WARD_TEST_VERBOSE"))
        print_message("%s: %s in %s\n", fields[0], fields[1], fields[2]);
}

static void count_file(const char *path)
{
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(path, "r");
    if (!file) {
        fail_msg("cannot open %s", path);
        return;
    }
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] && line[0] != '#')
            count_line(line);
    }
    (void)fclose(file);
}

/* Goal: hidden words are read, near-misses are not, over all kinds together. */
static void reads_hidden_words(void **state)
{
    (void)state;
    for (int i = 0; i < path_count; i++)
        count_file(paths[i]);
    for (size_t i = 0; i < tally.kind_count; i++)
        print_message("%-18s %3u of %3u\n", tally.kinds[i].name, tally.kinds[i].read,
                      tally.kinds[i].lines);
    print_message("hidden %u of %u, near-misses read %u of %u\n", tally.hidden_read, tally.hidden,
                  tally.near_read, tally.near);
    assert_true(tally.hidden > 800 && tally.near >= 60);
    assert_true(tally.hidden_read * 1000u >= tally.hidden * RECALL_LEAST);
    assert_true(tally.near_read * 1000u <= tally.near * FALSE_MOST);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_hidden_words)};
    path_count = argc - 1;
    paths = argv + 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
