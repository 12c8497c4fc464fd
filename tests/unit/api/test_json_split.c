/* Cutting JSON into members and elements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/json_split.h"
#include "base/buf.h"
#include "base/str.h"

/* "key:value|" for each piece; "!" when something is wrong. */
static void assert_pieces(const char *text, char open, const char *want)
{
    struct json_split split;
    struct ward_str key = {0};
    struct ward_str value;
    struct buf out;
    buf_init(&out, 65536);
    if (!json_split_begin(&split, str_of(text), open)) {
        buf_put_text(&out, "no");
    } else {
        while (json_split_next(&split, &key, &value)) {
            if (open == '{') {
                buf_put_str(&out, key);
                buf_put_char(&out, ':');
            }
            buf_put_str(&out, value);
            buf_put_char(&out, '|');
        }
        if (split.is_wrong)
            buf_put_char(&out, '!');
    }
    buf_put_char(&out, '\0');
    assert_string_equal(out.data, want);
    buf_release(&out);
}

static void test_sound(void **state)
{
    (void)state;
    assert_pieces("{}", '{', "");
    assert_pieces(" [ ] ", '[', "");
    assert_pieces("[1, \"a,]\" ,{\"b\":[2,3]},[]]", '[', "1|\"a,]\"|{\"b\":[2,3]}|[]|");
    assert_pieces("{\"a\" : 1,\n\"b\\\"c\":\"d\\\\\"}", '{', "a:1|b\\\"c:\"d\\\\\"|");
    assert_pieces("{\"a\":true,\"b\":-1.5e3}", '{', "a:true|b:-1.5e3|");
}

static void test_unsound(void **state)
{
    static const char *const bad[] = {"{",     "{\"a\"",     "{\"a\":",    "{\"a\":}",
                                      "{a:1}", "{\"a\":1,}", "{\"a\":1}x", "{\"a\":1 2}",
                                      "{,}",   "{\"a\":[1}", "{\"a\":\"",  "{\"a\" 1}"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct json_split split;
        struct ward_str key;
        struct ward_str value;
        assert_true(json_split_begin(&split, str_of(bad[i]), '{'));
        while (json_split_next(&split, &key, &value))
            continue;
        /* Brackets of another kind are the value's reader's to find. */
        assert_true(split.is_wrong || i == 9);
    }
    assert_pieces("", '{', "no");
    assert_pieces("[1]", '{', "no");
    assert_pieces("[1,,2]", '[', "1|!");
}

static void test_depth_is_bounded(void **state)
{
    static char text[4096];
    struct json_split split;
    struct ward_str key;
    struct ward_str value;
    (void)state;
    memset(text, '[', sizeof text - 1);
    assert_true(json_split_begin(&split, str_of(text), '['));
    assert_false(json_split_next(&split, &key, &value));
    assert_true(split.is_wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),
        cmocka_unit_test(test_unsound),
        cmocka_unit_test(test_depth_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
