/* Times as text: leap days, before the epoch, milliseconds, years of more digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "base/time_text.h"

static void times_are_written(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {{0, "1970-01-01T00:00:00Z"},
                {1, "1970-01-01T00:00:00.001Z"},
                {-1, "1969-12-31T23:59:59.999Z"},
                {951782400000, "2000-02-29T00:00:00Z"},
                {1793520000000, "2026-11-01T08:00:00Z"},
                {1793559599090, "2026-11-01T18:59:59.090Z"},
                {-62135596800000, "0001-01-01T00:00:00Z"},
                {253402300799000, "9999-12-31T23:59:59Z"},
                {253402300800000, "10000-01-01T00:00:00Z"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out;
        buf_init(&out, 64);
        time_put(&out, rows[i].ms);
        assert_true(str_equal(buf_str(&out), str_of(rows[i].text)));
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(times_are_written)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
