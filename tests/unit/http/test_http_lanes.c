#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#include "http/lanes.h"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void wait_and_count(void *context, void *worker)
{
    atomic_int *count = context;
    (void)worker;
    (void)pthread_mutex_lock(&gate);
    (void)pthread_mutex_unlock(&gate);
    atomic_fetch_add(count, 1);
}

static void test_full_closed_and_drained(void **state)
{
    struct lane *lane;
    void *workers[1] = {NULL};
    atomic_int count = 0;
    (void)state;
    assert_int_equal(lane_new(1, 3, workers, &lane, NULL), WARD_OK);
    (void)pthread_mutex_lock(&gate);
    assert_true(lane_put(lane, wait_and_count, &count, false));
    int taken = 1;
    for (int i = 0; i < 10; i++)
        taken += lane_put(lane, wait_and_count, &count, false);
    assert_in_range(taken, 3, 4); /* three wait, one may be at work */
    assert_int_equal(lane_refused(lane), 11 - taken);
    lane_close(lane);
    assert_false(lane_put(lane, wait_and_count, &count, false));
    for (int i = 0; i < 20; i++)
        assert_true(lane_put(lane, wait_and_count, &count, true));
    assert_int_equal(lane_load(lane), taken + 20);
    (void)pthread_mutex_unlock(&gate);
    lane_free(lane);
    assert_int_equal(atomic_load(&count), taken + 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_full_closed_and_drained)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
