/* Every allocation of the base room fails in turn: an error value comes back, nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/json_out.h"
#include "base/str.h"
#include "fault_alloc.h"

static enum ward_status use_base(void)
{
    struct buf buf;
    struct arena arena;
    enum ward_status status = file_read("/proc/self/status", 1u << 16, &buf, NULL);
    buf_release(&buf);
    if (status != WARD_OK)
        return status;
    buf_init(&buf, 1u << 16);
    for (int i = 0; i < 1000; i++)
        json_put_string(&buf, str_of("text \n with escapes"));
    status = buf.failed;
    buf_release(&buf);
    if (status != WARD_OK)
        return status;
    arena_init(&arena, 64, 1u << 16);
    for (int i = 0; i < 100 && status == WARD_OK; i++)
        if (!arena_copy(&arena, str_of("some words to keep")).data)
            status = WARD_ERR_NOMEM;
    arena_release(&arena);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    long failures = 0;
    for (long nth = 1;; nth++) {
        const long before = fault_live();
        fault_arm(nth);
        const enum ward_status status = use_base();
        const bool fired = fault_fired();
        fault_arm(0);
        assert_int_equal(fault_live(), before);
        if (!fired) {
            assert_int_equal(status, WARD_OK);
            break;
        }
        assert_int_equal(status, WARD_ERR_NOMEM);
        failures++;
    }
    assert_true(failures > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
