/* The holder: readers on several threads see whole packs while others are swapped in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "pack/pack_holder.h"
#include "pack_fixture.h"

#define READERS 3
#define RELOADS 12

static struct fixture fixture;

static int setup(void **state)
{
    (void)state;
    fixture_init(&fixture);
    fixture_pack(&fixture, "a");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_release(&fixture);
    return 0;
}

static void a_broken_pack_never_replaces_a_good_one(void **state)
{
    (void)state;
    struct pack_holder holder;
    struct ward_error err;
    const char *dir = fixture_path(&fixture, "a");
    assert_int_equal(pack_holder_init(&holder), WARD_OK);
    assert_null(pack_holder_acquire(&holder));
    assert_int_equal(pack_holder_reload(&holder, &dir, 1, &err), WARD_OK);
    struct pack_held *before = pack_holder_acquire(&holder);
    fixture_write(&fixture, "a/rules/b.yaml", "rules: {r: {when: nonsense}}\n");
    dir = fixture_path(&fixture, "a");
    assert_int_equal(pack_holder_reload(&holder, &dir, 1, &err), WARD_ERR_FORMAT);
    assert_int_equal(err.line, 1);
    struct pack_held *after = pack_holder_acquire(&holder);
    assert_ptr_equal(before, after);
    assert_int_equal(holder.generation, 1);
    fixture_write(&fixture, "a/rules/b.yaml", "rules: {}\n");
    assert_int_equal(pack_holder_reload(&holder, &dir, 1, &err), WARD_OK);
    struct pack_held *fresh = pack_holder_acquire(&holder);
    assert_ptr_not_equal(fresh, before);
    assert_int_equal(pack_held_pack(before)->rule_count, 1); /* still whole */
    pack_held_release(before);
    pack_held_release(after);
    pack_held_release(fresh);
    pack_holder_release(&holder);
}

struct shared {
    struct pack_holder holder;
    atomic_bool stop;
    atomic_uint read;
    atomic_uint wrong;
};

static void *reader(void *argument)
{
    struct shared *shared = argument;
    while (!atomic_load(&shared->stop)) {
        struct pack_held *held = pack_holder_acquire(&shared->holder);
        const struct pack *pack = pack_held_pack(held);
        const bool whole = pack->rule_count == 1 && pack->signal_count == 3 &&
                           str_equal(pack->rules[0].name, str_of("child-for-money")) &&
                           pack->nodes[pack->rules[0].when].op == COND_AND;
        atomic_fetch_add(&shared->wrong, !whole);
        atomic_fetch_add(&shared->read, 1);
        pack_held_release(held);
    }
    return NULL;
}

static void readers_see_whole_packs_during_swaps(void **state)
{
    (void)state;
    static struct shared shared;
    pthread_t threads[READERS];
    struct ward_error err;
    const char *dir = fixture_path(&fixture, "a");
    assert_int_equal(pack_holder_init(&shared.holder), WARD_OK);
    assert_int_equal(pack_holder_reload(&shared.holder, &dir, 1, &err), WARD_OK);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, reader, &shared), 0);
    for (int i = 0; i < RELOADS; i++)
        assert_int_equal(pack_holder_reload(&shared.holder, &dir, 1, &err), WARD_OK);
    atomic_store(&shared.stop, true);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(shared.wrong, 0);
    assert_true(shared.read > 0);
    assert_int_equal(shared.holder.generation, RELOADS + 1);
    pack_holder_release(&shared.holder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_broken_pack_never_replaces_a_good_one, setup, teardown),
        cmocka_unit_test_setup_teardown(readers_see_whole_packs_during_swaps, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
