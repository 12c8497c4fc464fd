#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "http/request.h"

struct made {
    struct http_request request;
    struct http_field fields[4];
};

static void make(struct made *made, const char *target)
{
    *made = (struct made){0};
    made->request.arena = &made->request.memory;
    arena_init(&made->request.memory, 512, 65536);
    made->request.fields = made->fields;
    assert_true(request_set_target(&made->request, target));
}

static void add(struct made *made, const char *name, const char *value)
{
    made->fields[made->request.field_count++] = (struct http_field){str_of(name), str_of(value)};
}

static void drop(struct made *made)
{
    arena_release(&made->request.memory);
}

static void assert_text(struct ward_str text, const char *want)
{
    assert_int_equal(text.len, strlen(want));
    assert_memory_equal(str_bytes(text), want, text.len);
}

static void test_target(void **state)
{
    struct made made;
    (void)state;
    make(&made, "/v1/a%20b?x=1&y=%e5%A5%b3+z&empty&x=2&%78y=7&bad=%zz%4");
    assert_text(http_path(&made.request), "/v1/a%20b");
    assert_text(http_query(&made.request, "x"), "1");
    assert_text(http_query(&made.request, "y"), "女 z");
    assert_text(http_query(&made.request, "xy"), "7");
    assert_text(http_query(&made.request, "bad"), "%zz%4");
    assert_text(http_query(&made.request, "none"), "");
    assert_true(http_query_has(&made.request, "empty"));
    assert_false(http_query_has(&made.request, "none"));
    drop(&made);
    make(&made, "/");
    assert_false(http_query_has(&made.request, ""));
    drop(&made);
}

static void test_parts_are_decoded(void **state)
{
    struct made made;
    (void)state;
    make(&made, "/x");
    made.request.match.part_count = 1;
    made.request.match.parts[0] = str_of("a%2F%00b+");
    assert_int_equal(http_part(&made.request, 0).len, 5);
    assert_memory_equal(http_part(&made.request, 0).data, "a/\0b+", 5);
    assert_int_equal(http_part(&made.request, 1).len, 0);
    drop(&made);
}

static void test_headers_and_cookies(void **state)
{
    struct made made;
    (void)state;
    make(&made, "/");
    add(&made, "hOst", "a");
    add(&made, "Cookie", "x=1; ward_session=abc=; y; ward_session=other");
    add(&made, "X-User", "one");
    add(&made, "x-user", "two");
    assert_text(http_header(&made.request, "Host"), "a");
    assert_text(http_header(&made.request, "Hos"), "");
    assert_text(http_cookie(&made.request, "ward_session"), "abc=");
    assert_text(http_cookie(&made.request, "session"), "");
    assert_text(http_cookie(&made.request, "y"), "");
    assert_text(http_header(&made.request, "X-User"), "one");
    assert_int_equal(http_header_count(&made.request, "X-User"), 2);
    drop(&made);
}

static void test_conditions(void **state)
{
    struct made made;
    struct http_reply reply;
    (void)state;
    make(&made, "/");
    assert_true(http_match(&made.request, str_of("5")));
    add(&made, "If-None-Match", "\"4\", W/\"5\"");
    add(&made, "If-Match", "\"7\"");
    http_reply_init(&reply);
    assert_false(http_not_modified(&made.request, &reply, str_of("6")));
    assert_int_equal(reply.status, 200);
    assert_true(http_not_modified(&made.request, &reply, str_of("5")));
    assert_int_equal(reply.status, 304);
    assert_false(http_match(&made.request, str_of("5")));
    assert_true(http_match(&made.request, str_of("7")));
    made.fields[1].value = str_of("*");
    assert_true(http_match(&made.request, str_of("5")));
    http_reply_release(&reply);
    drop(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_target),
        cmocka_unit_test(test_parts_are_decoded),
        cmocka_unit_test(test_headers_and_cookies),
        cmocka_unit_test(test_conditions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
