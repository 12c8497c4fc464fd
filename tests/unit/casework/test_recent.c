/* The last events of threads: order, rings that turn over, and threads that go when memory is full.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "casework/recent.h"

static struct recent_thread *thread(struct recent *recent, const char *group)
{
    struct recent_thread *found = recent_thread(recent, str_of("qq"), str_of(group));
    assert_non_null(found);
    return found;
}

static void put(struct recent *recent, const char *group, uint64_t index, const char *json)
{
    const struct recent_event event = {.index = index};
    assert_non_null(recent_add(recent, thread(recent, group), &event, str_of(json), str_of("v")));
}

static void remembers_in_order(void **state)
{
    struct recent *recent;
    (void)state;
    assert_int_equal(recent_new(1 << 20, &recent), WARD_OK);
    for (uint64_t i = 0; i < 3 * RECENT_EVENTS; i++) {
        char json[16];
        (void)snprintf(json, sizeof json, "e%d", (int)i);
        put(recent, i % 2 ? "a" : "b", i, json);
    }
    struct recent_thread *a = thread(recent, "a");
    assert_int_equal(a->count, RECENT_EVENTS);
    assert_int_equal(recent_back(a, 0)->index, 3 * RECENT_EVENTS - 1);
    assert_int_equal(recent_back(a, RECENT_EVENTS - 1)->index, RECENT_EVENTS + 1);
    assert_null(recent_back(a, RECENT_EVENTS));
    assert_null(recent_find(a, 1));
    struct recent_event *found = recent_find(a, RECENT_EVENTS + 3);
    assert_non_null(found);
    char want[16];
    (void)snprintf(want, sizeof want, "e%d", (int)RECENT_EVENTS + 3);
    assert_true(str_equal(recent_json(found), str_of(want)));
    assert_true(str_equal(recent_verdict(found), str_of("v")));
    recent_free(recent);
}

static void keys_are_pairs(void **state)
{
    struct recent *recent;
    (void)state;
    assert_int_equal(recent_new(1 << 20, &recent), WARD_OK);
    struct recent_thread *one = recent_thread(recent, str_of("ab"), str_of("c"));
    struct recent_thread *two = recent_thread(recent, str_of("a"), str_of("bc"));
    assert_non_null(one);
    assert_ptr_not_equal(one, two);
    assert_ptr_equal(recent_thread(recent, str_of("ab"), str_of("c")), one);
    recent_free(recent);
}

static void forgets_the_thread_unused_longest(void **state)
{
    struct recent *recent;
    char json[1024];
    (void)state;
    memset(json, 'x', sizeof json - 1);
    json[sizeof json - 1] = '\0';
    assert_int_equal(recent_new(200 * 1024, &recent), WARD_OK);
    put(recent, "old", 0, json);
    for (int i = 0; i < 100; i++) {
        char group[16];
        (void)snprintf(group, sizeof group, "g%d", i);
        put(recent, group, (uint64_t)i, json);
        if (i < 5)
            put(recent, "busy", 100 + (uint64_t)i, json);
    }
    assert_int_equal(thread(recent, "old")->count, 0);
    assert_int_equal(thread(recent, "busy")->count, 0);
    assert_int_equal(thread(recent, "g99")->count, 1);
    recent_free(recent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_in_order),
        cmocka_unit_test(keys_are_pairs),
        cmocka_unit_test(forgets_the_thread_unused_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
