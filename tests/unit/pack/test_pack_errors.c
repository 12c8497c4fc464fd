/*
 * Every class of error, as text: tests/golden/pack-errors/NAME.txt holds cases of the form
 *
 *     --- what is wrong
 *     === signals/a.yaml
 *     (content of the file, put over the sample pack)
 *     === error
 *     (what pack_error_show writes, the folder shown as PACK)
 *
 * A case whose error is "none" must load. With WARD_GOLDEN_UPDATE=1 the file is rewritten with what
 * was found, to be read in the diff.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/str.h"
#include "pack/pack_error.h"
#include "pack_fixture.h"

struct cases {
    struct ward_str text; /* the whole golden file */
    size_t at;
    struct buf found; /* the file with the errors that were found */
};

/* The next line without its newline; false at the end. */
static bool line_next(struct cases *cases, struct ward_str *line)
{
    if (cases->at >= cases->text.len)
        return false;
    const size_t begin = cases->at;
    while (cases->at < cases->text.len && cases->text.data[cases->at] != '\n')
        cases->at++;
    *line = str_part(cases->text, begin, cases->at);
    cases->at++;
    return true;
}

static bool starts(struct ward_str line, const char *head)
{
    const size_t len = strlen(head);
    return line.len >= len && memcmp(line.data, head, len) == 0;
}

/* Reads lines up to the next --- or === into `body`; leaves that line unread. */
static void body_read(struct cases *cases, struct buf *body)
{
    struct ward_str line;
    buf_clear(body);
    for (;;) {
        const size_t before = cases->at;
        if (!line_next(cases, &line))
            return;
        if (starts(line, "--- ") || starts(line, "=== ")) {
            cases->at = before;
            return;
        }
        buf_put_str(body, line);
        buf_put_char(body, '\n');
    }
}

/* Replaces every occurrence of the temporary folder by PACK. */
static void put_masked(struct buf *out, struct ward_str text, const char *root)
{
    const size_t len = strlen(root);
    for (size_t at = 0; at < text.len;) {
        if (text.len - at >= len && memcmp(text.data + at, root, len) == 0) {
            buf_put_text(out, "PACK");
            at += len;
        } else {
            buf_put_char(out, text.data[at++]);
        }
    }
}

static void load_and_show(struct fixture *fixture, struct buf *out)
{
    const char *dir = fixture_path(fixture, "pack");
    const struct pack *pack;
    struct ward_error err;
    struct buf shown;
    buf_init(&shown, 1u << 16);
    buf_clear(out);
    if (pack_load(&dir, 1, &pack, &err) == WARD_OK) {
        buf_put_text(out, "none\n");
    } else {
        assert_null(pack);
        assert_int_not_equal(err.status, WARD_OK);
        pack_error_show(&err, &shown);
        put_masked(out, buf_str(&shown), dir);
    }
    pack_free(pack);
    buf_release(&shown);
}

static void fixture_put(struct fixture *fixture, struct ward_str file, struct buf *body)
{
    char name[128];
    (void)snprintf(name, sizeof name, "pack/%.*s", (int)file.len, file.data);
    buf_put_char(body, '\0');
    assert_int_equal(body->failed, WARD_OK);
    fixture_write(fixture, name, body->data);
    body->len--;
}

/* Runs the case whose "---" line has just been read. True if it came out as written. */
static bool case_run(struct cases *cases, struct ward_str title)
{
    struct fixture fixture;
    struct buf body;
    struct buf found;
    struct ward_str line;
    bool good = false;
    buf_init(&body, 1u << 16);
    buf_init(&found, 1u << 16);
    fixture_init(&fixture);
    fixture_pack(&fixture, "pack");
    while (line_next(cases, &line)) {
        assert_true(starts(line, "=== "));
        const struct ward_str file = str_part(line, 4, line.len);
        body_read(cases, &body);
        buf_put_str(&cases->found, line);
        buf_put_char(&cases->found, '\n');
        if (!str_equal(file, str_of("error"))) {
            buf_put_str(&cases->found, buf_str(&body));
            fixture_put(&fixture, file, &body);
            continue;
        }
        load_and_show(&fixture, &found);
        buf_put_str(&cases->found, buf_str(&found));
        good = str_equal(buf_str(&found), buf_str(&body));
        if (!good)
            print_message("case %.*s\nwanted:\n%.*sfound:\n%.*s", (int)title.len, title.data,
                          (int)body.len, body.data, (int)found.len, found.data);
        break;
    }
    fixture_release(&fixture);
    buf_release(&found);
    buf_release(&body);
    return good;
}

static void run_file(const char *path)
{
    struct buf text;
    struct ward_str line;
    assert_int_equal(file_read(path, 1u << 20, &text, NULL), WARD_OK);
    struct cases cases = {.text = buf_str(&text)};
    buf_init(&cases.found, 1u << 20);
    unsigned count = 0;
    unsigned bad = 0;
    while (line_next(&cases, &line)) {
        buf_put_str(&cases.found, line);
        buf_put_char(&cases.found, '\n');
        if (!starts(line, "--- "))
            continue;
        count++;
        bad += !case_run(&cases, str_part(line, 4, line.len));
    }
    assert_true(count > 0);
    if (getenv("WARD_GOLDEN_UPDATE"))
        assert_int_equal(file_write_atomic(path, buf_str(&cases.found), NULL), WARD_OK);
    else
        assert_int_equal(bad, 0);
    buf_release(&cases.found);
    buf_release(&text);
}

static const char *const files[] = {"yaml", "signals", "rules", "conditions", "law", "meta", NULL};
static const char *golden;

static void every_error_reads_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; files[i]; i++) {
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "%s/%s.txt", golden, files[i]);
        run_file(path);
    }
}

int main(int argc, char **argv)
{
    assert(argc == 2);
    golden = argv[1];
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_error_reads_as_written)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
