/**
 * The option parser on every form an option can take, and on wrong ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cli/options.h"

static const struct option_spec table[] = {{1, "quiet", 'q', NULL, ""},
                                           {2, "file", 'f', "FILE", ""},
                                           {3, "verbose", 'v', NULL, ""},
                                           {0, NULL, 0, NULL, NULL}};

/* Walks `words` and writes what was met as "1 2=a -=b": ids, values, operands; "!" on an error. */
static void expect(char **words, int count, const char *wanted)
{
    struct options_reader reader;
    struct ward_error err = {0};
    char met[256] = "";
    const char *value;
    int id;
    options_start(&reader, table, count, words);
    while ((id = options_next(&reader, &value, &err)) != OPTIONS_END) {
        const size_t at = strlen(met);
        const char mark = id == OPTIONS_OPERAND ? '-' : id == OPTIONS_BAD ? '!' : (char)('0' + id);
        const int put = snprintf(met + at, sizeof met - at, "%s%c%s%s", at ? " " : "", mark,
                                 value ? "=" : "", value ? value : "");
        assert_true(put > 0);
        if (id == OPTIONS_BAD) {
            assert_true(err.message[0] != '\0');
            break;
        }
    }
    assert_string_equal(met, wanted);
}

#define EXPECT(wanted, ...)                                                                        \
    do {                                                                                           \
        char *words[] = {"ward", __VA_ARGS__};                                                     \
        expect(words, (int)(sizeof words / sizeof words[0]), wanted);                              \
    } while (0)

static void test_forms(void **state)
{
    (void)state;
    EXPECT("1 3", "-qv");
    EXPECT("1 2=x", "-qfx");
    EXPECT("2=x", "-f", "x");
    EXPECT("2=x", "--file", "x");
    EXPECT("2=x=y", "--file=x=y");
    EXPECT("2=", "--file=");
    EXPECT("-=a 1 -=-", "a", "-q", "-");
    EXPECT("1 -=-q -=--", "-q", "--", "-q", "--");
}

static void test_errors(void **state)
{
    (void)state;
    EXPECT("!", "--nope");
    EXPECT("!", "-x");
    EXPECT("1 !", "-qx");
    EXPECT("!", "-f");
    EXPECT("!", "--file");
    EXPECT("!", "--quiet=1");
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"scan", "check", "grep"};
    assert_int_equal(options_nearest("scna", names, 3), 0);
    assert_int_equal(options_nearest("chek", names, 3), 1);
    assert_int_equal(options_nearest("cluster", names, 3), -1);
    char endless[5000];
    memset(endless, 'a', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(options_nearest(endless, names, 3), -1);
}

static void test_numbers(void **state)
{
    (void)state;
    long number;
    assert_true(options_number("12", 1, 64, &number));
    assert_int_equal(number, 12);
    for (const char *const *bad =
             (const char *const[]){"", "x", "1x", "0", "65", "-1", "99999999999999999999", NULL};
         *bad; bad++)
        assert_false(options_number(*bad, 1, 64, &number));
    double fraction;
    assert_true(options_fraction("0.25", 0, 1, &fraction) && fraction > 0.2499 &&
                fraction < 0.2501);
    assert_true(options_fraction("1", 0, 1, &fraction));
    assert_true(options_fraction(".5", 0, 1, &fraction));
    for (const char *const *bad =
             (const char *const[]){"", ".", "1.1", "0.5.5", "1e-1", "nan", "-0", "0,5", NULL};
         *bad; bad++)
        assert_false(options_fraction(*bad, 0, 1, &fraction));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms), cmocka_unit_test(test_errors),
                                       cmocka_unit_test(test_nearest),
                                       cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
