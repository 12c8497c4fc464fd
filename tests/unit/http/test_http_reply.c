#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/str.h"
#include "http/http.h"

static void test_problem(void **state)
{
    struct http_reply reply;
    (void)state;
    http_reply_init(&reply);
    buf_put_text(&reply.body, "half of something");
    http_problem(&reply, 404, "not-found", "No such case", "case \"%s\"", "C-1");
    assert_int_equal(reply.status, 404);
    assert_string_equal(reply.type, "application/problem+json");
    static const char want[] =
        "{\"type\":\"urn:ward:problem:not-found\",\"title\":\"No such case\","
        "\"status\":404,\"detail\":\"case \\\"C-1\\\"\"}\n";
    assert_int_equal(reply.body.len, sizeof want - 1);
    assert_memory_equal(reply.body.data, want, sizeof want - 1);
    http_reply_release(&reply);
}

static void test_statuses(void **state)
{
    static const int want[] = {0, 503, 400, 400, 413, 500, 404, 412, 503, 409};
    (void)state;
    for (int status = WARD_ERR_NOMEM; status <= WARD_ERR_REFUSED; status++) {
        struct http_reply reply;
        struct ward_error err = {0};
        (void)error_set(&err, (enum ward_status)status, "inner detail");
        http_reply_init(&reply);
        http_problem_status(&reply, (enum ward_status)status, &err);
        assert_int_equal(reply.status, want[status]);
        const bool tells = memmem(reply.body.data, reply.body.len, "inner", 5) != NULL;
        assert_int_equal(tells, status != WARD_ERR_IO && status != WARD_ERR_NOMEM);
        assert_int_equal(reply.header_count, want[status] == 503 ? 1 : 0);
        http_reply_release(&reply);
    }
}

static void test_headers_cannot_be_split(void **state)
{
    struct http_reply reply;
    (void)state;
    http_reply_init(&reply);
    http_reply_header(&reply, "ETag", (struct ward_str){"a\r\nSet-Cookie: x\0\x7f", 18});
    assert_string_equal(reply.fields.data + reply.headers[0].value, "aSet-Cookie: x");
    for (unsigned i = 1; i < HTTP_REPLY_HEADERS; i++)
        http_reply_header_text(&reply, "X", "y");
    assert_int_equal(reply.fields.failed, WARD_OK);
    http_reply_header_text(&reply, "X", "y");
    assert_int_equal(reply.fields.failed, WARD_ERR_LIMIT);
    http_reply_release(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_problem),
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_headers_cannot_be_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
