/* Times of all spellings, and numbers that are times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"

#include "feed/when.h"

#define NONE INT64_MIN

static const struct {
    const char *text;
    int64_t ms; /* with zone +08:00 assumed; NONE: refused */
    bool assumed;
} DATES[] = {
    {"1970-01-01T00:00:00Z", 0, false},
    {"1970-01-01T08:00:00+08:00", 0, false},
    {"1970-01-01T00:00:00.001Z", 1, false},
    {"1970-01-01t00:00:00.0019999z", 1, false},
    {"1969-12-31T23:59:59Z", -1000, false},
    {"2000-02-29T00:00:00Z", 951782400000, false},
    {"2016-12-31T23:59:60Z", 1483228800000, false},
    {"2020-04-01 12:39:40", 1585715980000, true},
    {"2020-04-01  9:39", 1585705140000, true},
    {"2020/4/1 12:39:40", 1585715980000, true},
    {"2020.04.01 12:39:40", 1585715980000, true},
    {"2020年4月1日 12:39:40", 1585715980000, true},
    {"2020年04月01日12:39", 1585715940000, true},
    {"2020-04-01", 1585670400000, true},
    {" 2020-04-01 ", 1585670400000, true},
    {"2020-04-01T04:39:40+0000", 1585715980000, false},
    {"2020-04-01T04:39:40 +00", 1585715980000, false},
    {"2020-03-31T20:39:40-08:00", 1585715980000, false},
    {"2020-04-01T10:09:40+05:30", 1585715980000, false},
    {"0001-01-01T00:00:00Z", -62135596800000, false},
    {"9999-12-31T23:59:59Z", 253402300799000, false},
    {"", NONE, false},
    {"2020", NONE, false},
    {"2020-04", NONE, false},
    {"2020-04-31", NONE, false},
    {"2021-02-29", NONE, false},
    {"1900-02-29", NONE, false},
    {"0000-01-01", NONE, false},
    {"2020-13-01", NONE, false},
    {"2020-00-01", NONE, false},
    {"2020-01-00", NONE, false},
    {"2020-04/01", NONE, false},
    {"2020-04-01T", NONE, false},
    {"2020-04-01T24:00:00Z", NONE, false},
    {"2020-04-01T12:60:00Z", NONE, false},
    {"2020-04-01T12:00:61Z", NONE, false},
    {"2020-04-01T12:00:00.Z", NONE, false},
    {"2020-04-01T12:00:00+8:", NONE, false},
    {"2020-04-01T12:00:00+24:00", NONE, false},
    {"2020-04-01T12:00:00Zx", NONE, false},
    {"20200401T120000Z", NONE, false},
    {"x2020-04-01", NONE, false},
    {"12020-04-01", NONE, false},
};

static const struct {
    const char *text;
    int64_t ms;
} NUMBERS[] = {
    {"0", 0},
    {"1585715980", 1585715980000},
    {"1585715980123", 1585715980123},
    {"1585715980.5", 1585715980500},
    {"1585715980.0009", 1585715980000},
    {"1585715980123.9", 1585715980123},
    {"-1", -1000},
    {"1.58571598e9", 1585715980000},
    {"158571598e1", 1585715980000},
    {"1585715980000e-3", 1585715980000},
    {"99999999999", 99999999999000},
    {"100000000000", 100000000000},
    {"253402300799999", 253402300799999},
    {"1e-400", 0},
    {"1e-4000", NONE}, /* an exponent of four digits is no time */
    {"253402300800000", NONE},
    {"1e300", NONE},
    {"99999999999999999999999999", NONE},
    {"", NONE},
    {"-", NONE},
    {".", NONE},
    {"1e", NONE},
    {"1x", NONE},
    {"0x10", NONE},
    {" 1", NONE},
    {"nan", NONE},
};

static void dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof DATES / sizeof DATES[0]; i++) {
        int64_t ms;
        bool assumed;
        const bool good = when_parse_date(str_of(DATES[i].text), 480, &ms, &assumed);
        if (good != (DATES[i].ms != NONE) || (good && ms != DATES[i].ms) ||
            assumed != DATES[i].assumed)
            fail_msg("%s: %d %lld %d", DATES[i].text, good, (long long)ms, assumed);
    }
}

static void numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        int64_t ms;
        const bool good = when_parse_unix(str_of(NUMBERS[i].text), &ms);
        if (good != (NUMBERS[i].ms != NONE) || (good && ms != NUMBERS[i].ms))
            fail_msg("%s: %d %lld", NUMBERS[i].text, good, (long long)ms);
    }
}

/* Every day of 800 years follows the one before by 86,400 seconds. */
static void days_are_consecutive(void **state)
{
    (void)state;
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t before = NONE;
    for (int year = 1600; year < 2400; year++) {
        const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= days[month - 1] + (month == 2 && leap); day++) {
                char text[40];
                int64_t ms;
                bool assumed;
                (void)snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                assert_true(when_parse_date(str_of(text), 0, &ms, &assumed));
                assert_true(before == NONE || ms - before == 86400000);
                before = ms;
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates),
        cmocka_unit_test(numbers),
        cmocka_unit_test(days_are_consecutive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
