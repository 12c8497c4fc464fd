/* Events that come again are known, others never are, and the oldest are forgotten first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "api/repeats.h"
#include "base/str.h"

static struct ward_event event_of(const char *id, const char *text)
{
    return (struct ward_event){
        .id = str_of(id), .text = str_of(text), .platform = str_of("qq"), .group = str_of("g")};
}

static void knows_what_came_before(void **state)
{
    (void)state;
    struct repeats repeats;
    struct ward_event a = event_of("1", "x");
    struct ward_event edited = event_of("1", "y");
    struct ward_event moved = event_of("1x", ""); /* the same bytes, cut elsewhere */
    repeats_init(&repeats);
    assert_false(repeats_knows(&repeats, &a));
    assert_true(repeats_knows(&repeats, &a));
    assert_false(repeats_knows(&repeats, &edited));
    assert_false(repeats_knows(&repeats, &moved));
    assert_true(repeats_knows(&repeats, &a));
    repeats_clear(&repeats);
    assert_false(repeats_knows(&repeats, &a));
    repeats_release(&repeats);
}

static bool knows(struct repeats *repeats, uint32_t number)
{
    char id[16];
    (void)snprintf(id, sizeof id, "%u", number);
    const struct ward_event event = event_of(id, "");
    return repeats_knows(repeats, &event);
}

static void forgets_the_oldest(void **state)
{
    (void)state;
    struct repeats repeats;
    repeats_init(&repeats);
    for (uint32_t i = 0; i < 3 * REPEATS_MAX; i++)
        assert_false(knows(&repeats, i));
    for (uint32_t i = 2 * REPEATS_MAX; i < 3 * REPEATS_MAX; i += 1000) /* the last are all known */
        assert_true(knows(&repeats, i));
    assert_false(knows(&repeats, 0));
    assert_true(repeats.young.count <= REPEATS_MAX && repeats.old.count <= REPEATS_MAX);
    repeats_release(&repeats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(knows_what_came_before),
                                       cmocka_unit_test(forgets_the_oldest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
