/* Ordinary pairs: words and common neighbours are known, invented neighbours are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/utf8.h"
#include "text/chars.h"

/** Code points of a two-character text. */
static void both(const char *text, uint32_t code[2])
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + strlen(text);
    at += utf8_decode(at, end, &code[0]);
    (void)utf8_decode(at, end, &code[1]);
}

static void knows_words(void **state)
{
    (void)state;
    static const char *const known[] = {"孩子", "领养", "中国", "今天", "羊毛", "音乐", "歌颂"};
    static const char *const unknown[] = {"颂样", "凌氧", "嗳疵", "氧女"};
    uint32_t code[2];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        both(known[i], code);
        assert_true(chars_pair_is_ordinary(code[0], code[1]));
        assert_in_range(chars_pair_frequency(code[0], code[1]), 1, 15);
    }
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        both(unknown[i], code);
        assert_false(chars_pair_is_ordinary(code[0], code[1]));
        assert_int_equal(chars_pair_frequency(code[0], code[1]), 0);
    }
}

static void grammar_joins_anything(void **state)
{
    (void)state;
    uint32_t code[2];
    both("的氧", code);
    assert_true(chars_pair_is_ordinary(code[0], code[1]));
    assert_false(chars_pair_is_ordinary(code[0], 'a'));
    assert_false(chars_pair_is_ordinary(0x10FFFF, UINT32_MAX));
}

static void ranks_characters(void **state)
{
    (void)state;
    uint32_t code[2];
    both("的颂", code);
    assert_true(chars_frequency(code[0]) == 15);
    assert_in_range(chars_frequency(code[1]), 2, 9);
    assert_int_equal(chars_frequency('a'), 0);
    assert_int_equal(chars_frequency(UINT32_MAX), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_words),
        cmocka_unit_test(grammar_joins_anything),
        cmocka_unit_test(ranks_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
