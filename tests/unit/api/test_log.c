/* The log: lines of JSON, cut when long, counted when there is no room, reopened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/log.h"
#include "base/file.h"
#include "base/str.h"

static char folder[] = "/tmp/ward-log-XXXXXX";

static void write_one(struct log *log, const char *detail)
{
    struct log_line line;
    log_begin(&line, 1000, "info", "test");
    pen_pair_text(&line.pen, "detail", detail);
    log_end(log, &line);
}

static void assert_file(const char *path, const char *want)
{
    struct buf text;
    assert_int_equal(file_read(path, 1 << 20, &text, NULL), WARD_OK);
    assert_int_equal(text.len, strlen(want));
    assert_memory_equal(text.data, want, text.len);
    buf_release(&text);
}

static void test_lines(void **state)
{
    struct log *log;
    char path[64];
    char moved[64];
    char *big = calloc(1, 5000);
    (void)state;
    (void)snprintf(path, sizeof path, "%s/log", folder);
    (void)snprintf(moved, sizeof moved, "%s/old", folder);
    assert_int_equal(log_open(path, &log, NULL), WARD_OK);
    memset(big, 'x', 4999);
    write_one(log, "a\"b\nc");
    write_one(log, big);
    log_close(log);
    assert_file(path,
                "{\"time\":\"1970-01-01T00:00:01.000Z\",\"level\":\"info\",\"event\":\"test\","
                "\"detail\":\"a\\\"b\\nc\"}\n{\"event\":\"log-line-too-long\"}\n");
    assert_int_equal(log_open(path, &log, NULL), WARD_OK);
    assert_int_equal(rename(path, moved), 0);
    log_reopen(log);
    while (access(path, F_OK))
        (void)usleep(1000);
    write_one(log, "new");
    log_close(log);
    assert_file(path,
                "{\"time\":\"1970-01-01T00:00:01.000Z\",\"level\":\"info\",\"event\":\"test\","
                "\"detail\":\"new\"}\n");
    (void)unlink(path);
    (void)unlink(moved);
    free(big);
}

static void test_a_place_that_cannot_be_written(void **state)
{
    struct log *log;
    struct ward_error err;
    (void)state;
    assert_int_equal(log_open("/nonexistent/log", &log, &err), WARD_ERR_IO);
    assert_null(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_a_place_that_cannot_be_written),
    };
    if (!mkdtemp(folder))
        return 1;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)rmdir(folder);
    return failed;
}
