#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/str.h"
#include "http/rate.h"

static void test_burst_then_rate(void **state)
{
    struct http_rate *rate = rate_new(7);
    const struct ward_str key = str_of("k");
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(rate_take(rate, key, 1000, 5, 10), 0);
    assert_in_range(rate_take(rate, key, 1000, 5, 10), 1, 201);
    assert_int_equal(rate_take(rate, key, 1201, 5, 10), 0);
    assert_int_not_equal(rate_take(rate, key, 1201, 5, 10), 0);
    assert_int_equal(rate_take(rate, str_of("other"), 1201, 5, 10), 0);
    /* An hour later no more than the burst has come together. */
    for (int i = 0; i < 10; i++)
        assert_int_equal(rate_take(rate, key, 3601000, 5, 10), 0);
    assert_int_not_equal(rate_take(rate, key, 3601000, 5, 10), 0);
    /* A clock that steps back takes nothing away. */
    assert_int_not_equal(rate_take(rate, key, 1000, 5, 10), 0);
    rate_free(rate);
}

static void test_a_flood_of_keys_is_bounded(void **state)
{
    struct http_rate *rate = rate_new(7);
    unsigned refused = 0;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%d", i);
        refused += rate_take(rate, str_of(name), 1000 + i, 5, 10) != 0;
    }
    assert_int_equal(refused, 0);
    rate_free(rate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burst_then_rate),
        cmocka_unit_test(test_a_flood_of_keys_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
