/* Verdicts given again come out in the order of their events, and no longer once nobody reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "pipeline/revisions.h"

static bool collect(void *user, struct ward_str bytes)
{
    buf_put_str(user, bytes);
    return true;
}

static bool refuse(void *user, struct ward_str bytes)
{
    (void)bytes;
    ++*(int *)user;
    return false;
}

static void fill(struct revisions *revisions)
{
    static const uint64_t order[][2] = {{7, 1}, {3, 2}, {3, 1}, {5, 1}};
    for (size_t i = 0; i < 4; i++) {
        struct buf *out = revisions_begin(revisions, order[i][0], (uint32_t)order[i][1]);
        assert_non_null(out);
        buf_printf(out, "%d.%d ", (int)order[i][0], (int)order[i][1]);
        revisions_end(revisions);
    }
}

static void come_out_in_order(void **state)
{
    (void)state;
    struct revisions revisions;
    struct buf out;
    revisions_init(&revisions);
    buf_init(&out, 1000);
    fill(&revisions);
    assert_true(revisions_bytes(&revisions) >= 16);
    revisions_write(&revisions, collect, &out);
    assert_true(str_equal(buf_str(&out), str_of("3.1 3.2 5.1 7.1 ")));
    revisions_write(&revisions, collect, &out); /* forgotten */
    assert_int_equal(out.len, 16);
    buf_release(&out);
    revisions_release(&revisions);
}

static void stop_when_nobody_reads(void **state)
{
    (void)state;
    struct revisions revisions;
    int calls = 0;
    revisions_init(&revisions);
    fill(&revisions);
    revisions_write(&revisions, refuse, &calls);
    assert_int_equal(calls, 1);
    revisions_release(&revisions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(come_out_in_order),
                                       cmocka_unit_test(stop_when_nobody_reads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
