/**
 * One sum, many ways of writing it: every form and every filler between number and unit gives the
 * same value as the plain one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "signal/price.h"

static const char *const digits[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
static const char *const formal[] = {"", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};
static const char *const spoken[] = {"", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"};

/** 1..99 in Han numerals, with `ten` for ten. */
static void spell(char *out, size_t size, const char *const names[], const char *ten, unsigned n)
{
    (void)snprintf(out, size, "%s%s%s", n >= 20 ? names[n / 10] : "", n >= 10 ? ten : "",
                   names[n % 10]);
}

static void expect(const char *text, int64_t fen)
{
    struct text_units units;
    struct tokens tokens;
    struct price_fact found[4];
    text_units_init(&units);
    tokens_init(&tokens);
    assert_int_equal(text_units_decode(&units, str_of(text)), WARD_OK);
    assert_int_equal(tokens_read(&tokens, &units), WARD_OK);
    const uint32_t count = price_read(&tokens, LANGUAGE_ZH, found, 4);
    if (count != 1 || found[0].low_minor != fen || found[0].high_minor != fen)
        fail_msg("%s: %u sums, %lld fen, not %lld", text, count,
                 count ? (long long)found[0].low_minor : -1LL, (long long)fen);
    tokens_release(&tokens);
    text_units_release(&units);
}

static void every_form_has_the_same_value(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "%u万",    "%uw",        "%uW",    "%u 万",  "%u.万", "%u🌙万",      "%u\n万", "%u个w",
        "%u 个 w", "%u个达不溜", "%u万块", "￥%u万", "%uwan", "%u\u200b万", "%u*w",   "%u萬"};
    for (unsigned n = 1; n < 100; n++) {
        char text[96];
        for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            (void)snprintf(text, sizeof text, forms[f], n);
#pragma GCC diagnostic pop
            expect(text, (int64_t)n * 1000000);
        }
        (void)snprintf(text, sizeof text, "%u0000元", n);
        expect(text, (int64_t)n * 1000000);
    }
}

static void numerals_have_the_value_of_digits(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 100; n++) {
        char number[64];
        char text[96];
        spell(number, sizeof number, digits, "十", n);
        (void)snprintf(text, sizeof text, "%s万", number);
        expect(text, (int64_t)n * 1000000);
        (void)snprintf(text, sizeof text, "%s🍼万", number);
        expect(text, (int64_t)n * 1000000);
        spell(number, sizeof number, formal, "拾", n);
        (void)snprintf(text, sizeof text, "%s万", number);
        expect(text, (int64_t)n * 1000000);
        spell(number, sizeof number, spoken, "shi", n);
        (void)snprintf(text, sizeof text, "%swan", number);
        expect(text, (int64_t)n * 1000000);
    }
}

static void what_stands_behind_the_scale_is_a_tenth(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 10; n++)
        for (unsigned d = 1; d < 10; d++) {
            char text[64];
            const int64_t fen = (int64_t)(n * 10 + d) * 100000;
            (void)snprintf(text, sizeof text, "%u万%u", n, d);
            expect(text, fen);
            (void)snprintf(text, sizeof text, "%uw%u", n, d);
            expect(text, fen);
            (void)snprintf(text, sizeof text, "%u.%u万", n, d);
            expect(text, fen);
            (void)snprintf(text, sizeof text, "%s万%s", digits[n], digits[d]);
            expect(text, fen);
            (void)snprintf(text, sizeof text, "%s点%s万", digits[n], digits[d]);
            expect(text, fen);
        }
}

static void bands_follow_the_currency(void **state)
{
    (void)state;
    assert_int_equal(price_class_of("CNY", 299900, 299900), PRICE_SMALL);
    assert_int_equal(price_class_of("CNY", 300000, 300000), PRICE_PLAUSIBLE);
    assert_int_equal(price_class_of("CNY", 100000000, 100000000), PRICE_PLAUSIBLE);
    assert_int_equal(price_class_of("CNY", 100000100, 100000100), PRICE_LARGE);
    assert_int_equal(price_class_of("VND", 20000000, 20000000), PRICE_PLAUSIBLE);
    assert_int_equal(price_class_of("PHP", 100000, 100000), PRICE_SMALL);
    assert_int_equal(price_class_of("XYZ", 9000000, 9000000), PRICE_PLAUSIBLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_has_the_same_value),
        cmocka_unit_test(numerals_have_the_value_of_digits),
        cmocka_unit_test(what_stands_behind_the_scale_is_a_tenth),
        cmocka_unit_test(bands_follow_the_currency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
