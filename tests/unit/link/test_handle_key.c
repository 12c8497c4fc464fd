/* One key for one way to be contacted; none for what belongs to everybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "link/handle_key.h"

static void assert_key(const char *kind, const char *value, const char *expected)
{
    struct handle_key key;
    handle_key_make(&key, kind, str_of(value));
    char text[HANDLE_KEY_MAX + 1] = "";
    memcpy(text, key.text, key.len);
    assert_string_equal(text, expected);
}

static void test_spellings_of_one_handle_meet(void **state)
{
    (void)state;
    assert_key("wechat", "Test_X1-a", "id:testx1a");
    assert_key("other", "test x1a", "id:testx1a");
    assert_key("telegram", "@test_x1a", "id:testx1a");
    assert_key("url", "https://t.me/test_x1a/", "id:testx1a");
    assert_key("phone", "+86 199-0000-1234", "tel:19900001234");
    assert_key("phone", "008619900001234", "tel:19900001234");
    assert_key("wechat", "19900001234", "tel:19900001234");
    assert_key("url", "wa.me/8619900001234", "tel:19900001234");
    assert_key("email", "123456@QQ.com", "id:123456");
    assert_key("email", "A.b@Example.com", "mail:a.b@example.com");
    assert_key("url", "HTTPS://www.Example.com/Path?x=1#y", "url:example.com/Path?x=1");
}

static void test_what_belongs_to_everybody_has_no_key(void **state)
{
    (void)state;
    assert_key("phone", "110", "");
    assert_key("phone", "12345", "");
    assert_key("phone", "400-123-4567", "");
    assert_key("phone", "95588", "");
    assert_key("phone", "199****1234", "");
    assert_key("url", "https://example.com", "");
    assert_key("wechat", "ab1", "");
    assert_key("other", "", "");
}

static void test_a_value_too_long_has_no_key(void **state)
{
    (void)state;
    char value[400];
    memset(value, 'a', sizeof value);
    struct handle_key key;
    handle_key_make(&key, "wechat", (struct ward_str){value, sizeof value});
    assert_int_equal(key.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings_of_one_handle_meet),
        cmocka_unit_test(test_what_belongs_to_everybody_has_no_key),
        cmocka_unit_test(test_a_value_too_long_has_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
