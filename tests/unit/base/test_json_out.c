/* JSON output: escapes, invalid bytes, numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json_out.h"
#include "base/str.h"

static void expect_json(struct ward_str text, const char *want)
{
    struct buf buf;
    buf_init(&buf, 1024);
    json_put_string(&buf, text);
    assert_int_equal(buf.failed, WARD_OK);
    assert_true(str_equal(buf_str(&buf), str_of(want)));
    buf_release(&buf);
}

static void strings_are_escaped(void **state)
{
    (void)state;
    expect_json(str_of("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\n\\u0001\"");
    expect_json((struct ward_str){"a\0b", 3}, "\"a\\u0000b\"");
    expect_json(str_of("\xE5\xA5\xB3\xFFx"), "\"\xE5\xA5\xB3\xEF\xBF\xBDx\"");
    expect_json(str_of(""), "\"\"");
}

static void expect_digits(double value, int decimals, const char *want)
{
    struct buf buf;
    buf_init(&buf, 1024);
    json_put_number(&buf, value, decimals);
    assert_true(str_equal(buf_str(&buf), str_of(want)));
    buf_release(&buf);
}

static void numbers_drop_trailing_zeros(void **state)
{
    (void)state;
    expect_digits(0.5, 4, "0.5");
    expect_digits(100, 2, "100");
    expect_digits(-0.00001, 4, "0");
    expect_digits(0.37754, 4, "0.3775");
    expect_digits(1200, 0, "1200");
}

static void ceiling_is_kept(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 8);
    buf_put_text(&buf, "12345678");
    assert_int_equal(buf.failed, WARD_OK);
    buf_put_char(&buf, '9');
    assert_int_equal(buf.failed, WARD_ERR_LIMIT);
    assert_int_equal(buf.len, 8);
    buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(numbers_drop_trailing_zeros),
        cmocka_unit_test(ceiling_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
