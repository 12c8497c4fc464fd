/* Allocations of the store fail in turn, those of SQLite among them: a write is whole or not there,
 * the same batch may be given again, the audit log verifies, nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "casework/casework.h"
#include "fault_alloc.h"
#include "fresh_store.h"

#define EVENTS 3u

static enum ward_status count_row(void *context, const struct store_event_row *row,
                                  struct ward_error *err)
{
    (void)row;
    (void)err;
    ++*(unsigned *)context;
    return WARD_OK;
}

/* Rows that stand in the store, or fails the test. */
static unsigned rows_of(struct store *store)
{
    unsigned rows = 0;
    assert_int_equal(store_events(store, &(struct store_event_query){0}, count_row, &rows, NULL),
                     WARD_OK);
    return rows;
}

static enum ward_status ingest(struct store *store)
{
    const struct store_event events[EVENTS] = {fresh_event(1), fresh_event(2), fresh_event(3)};
    const struct store_batch batch = {str_of("tester"), NOW, events, EVENTS, NULL, 0};
    struct store_ingested out;
    return store_ingest(store, &batch, &out, NULL);
}

static enum ward_status relink(struct store *store)
{
    return casework_relink(store, &(struct store_act){.who = str_of("tester"), .time_ms = NOW},
                           NULL);
}

static void assert_sound(struct store *store)
{
    struct store_audit_report report;
    assert_int_equal(store_audit_verify(store, NULL, &report, NULL), WARD_OK);
    assert_string_equal(report.what, "");
}

/* One round: the nth allocation of a write fails. True while there was an nth. */
static bool fails_at(long nth, long *failures)
{
    struct fresh fresh;
    fresh_open(&fresh, false);
    fault_arm(nth);
    enum ward_status status = ingest(fresh.store);
    if (status == WARD_OK)
        status = relink(fresh.store);
    const bool fired = fault_fired();
    fault_arm(0);
    *failures += status != WARD_OK;
    const unsigned rows = rows_of(fresh.store);
    assert_true(rows == 0 || rows == EVENTS);
    assert_true(status != WARD_OK || rows == EVENTS);
    assert_sound(fresh.store);
    assert_int_equal(ingest(fresh.store), WARD_OK);
    assert_int_equal(relink(fresh.store), WARD_OK);
    assert_int_equal(rows_of(fresh.store), EVENTS);
    assert_sound(fresh.store);
    fresh_close(&fresh);
    return fired;
}

static void test_allocations_of_a_write(void **state)
{
    (void)state;
    long failures = 0;
    long rounds = 0;
    (void)fails_at(0, &failures); /* what is made once is made here */
    const long before = fault_live();
    /* Each of the first forty, then a growing stride: every kind of call, in seconds. */
    for (long nth = 1; fails_at(nth, &failures); nth += 1 + nth / 40)
        rounds++;
    assert_true(failures >= 60 && rounds >= 100);
    assert_int_equal(fault_live(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_allocations_of_a_write)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
