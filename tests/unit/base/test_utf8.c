/* UTF-8 decoding: every scalar value survives a round trip; malformed bytes keep their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "base/utf8.h"

static void every_scalar_round_trips(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFFu; code++) {
        if (code >= 0xD800u && code <= 0xDFFFu)
            continue;
        char bytes[4];
        uint32_t back;
        const unsigned len = utf8_encode(code, bytes);
        const unsigned char *at = (const unsigned char *)bytes;
        assert_int_equal(utf8_decode(at, at + len, &back), len);
        assert_int_equal(back, code);
    }
}

static void malformed_is_one_byte(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80",
                                      "\xC0\xAF",
                                      "\xE0\x80\x80",
                                      "\xED\xA0\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF8\x88\x80\x80\x80",
                                      "\xE4\xBD",
                                      "\xFF"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct ward_str text = str_of(bad[i]);
        const unsigned char *at = (const unsigned char *)text.data;
        uint32_t code;
        assert_int_equal(utf8_decode(at, at + text.len, &code), 1);
        assert_int_equal(code, UTF8_INVALID);
        assert_false(utf8_valid(text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_round_trips),
        cmocka_unit_test(malformed_is_one_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
