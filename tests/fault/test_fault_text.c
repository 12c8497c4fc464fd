/* Every allocation of decoding fails in turn: an error, no units, nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "fault_alloc.h"
#include "text/units.h"

/** Two texts, the second longer and with one that grows while it is read (U+FDFB: 8 units). */
static enum ward_status use_text(struct text_units *units)
{
    text_units_init(units);
    enum ward_status status = text_units_decode(units, str_of("送养"));
    if (status == WARD_OK)
        status =
            text_units_decode(units, str_of("a longer text, past the first block of units; "
                                            "\xEF\xB7\xBB\xEF\xB7\xBB\xEF\xB7\xBB\xEF\xB7\xBB"
                                            "\xEF\xB7\xBB\xEF\xB7\xBB\xEF\xB7\xBB\xEF\xB7\xBB"
                                            "\xEF\xB7\xBB\xEF\xB7\xBB\xEF\xB7\xBB\xEF\xB7\xBB"
                                            "\xEF\xB7\xBB\xEF\xB7\xBB\xEF\xB7\xBB\xEF\xB7\xBB"));
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    long failures = 0;
    for (long nth = 1;; nth++) {
        struct text_units units;
        const long before = fault_live();
        fault_arm(nth);
        const enum ward_status status = use_text(&units);
        const bool fired = fault_fired();
        fault_arm(0);
        assert_int_equal(status, fired ? WARD_ERR_NOMEM : WARD_OK);
        assert_int_equal(units.count != 0, !fired);
        text_units_release(&units);
        assert_int_equal(fault_live(), before);
        if (!fired)
            break;
        failures++;
    }
    assert_true(failures >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
