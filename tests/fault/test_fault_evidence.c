/* Every allocation of the forms other systems read fails in turn: an error comes back, nothing
 * leaks, and never half a form with success. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "case_fixture.h"
#include "evidence/interchange.h"
#include "fault_alloc.h"

#define FORM_BYTES_MAX ((size_t)16 * 1024 * 1024)

typedef enum ward_status form(const struct case_file *file, struct buf *out,
                              struct ward_error *err);

static void fail_each(form *make, const struct case_file *file)
{
    long failures = 0;
    size_t whole = 0;
    for (long nth = 0;; nth++) { /* 0: none fails, which gives the length */
        struct buf out;
        const long before = fault_live();
        buf_init(&out, FORM_BYTES_MAX);
        fault_arm(nth);
        const enum ward_status status = make(file, &out, NULL);
        const bool fired = fault_fired();
        fault_arm(0);
        if (status == WARD_OK) {
            whole = nth ? whole : out.len;
            assert_int_equal(out.len, whole);
        } else {
            assert_int_equal(status, WARD_ERR_NOMEM);
        }
        failures += status != WARD_OK;
        buf_release(&out);
        assert_int_equal(fault_live(), before);
        if (nth && !fired)
            break;
    }
    print_message("%ld\n", failures);
    assert_true(failures >= 10);
}

static void test_each_allocation_of_the_forms(void **state)
{
    static form *const forms[] = {stix_bundle, misp_event, case_uco_graph};
    struct case_fixture fixture;
    (void)state;
    assert_true(case_fixture_load(&fixture, FIXTURE));
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        fail_each(forms[i], &fixture.file);
    case_fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_allocation_of_the_forms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
