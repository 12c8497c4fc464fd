/* Arena: alignment, reuse after reset, ceiling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

static void blocks_are_aligned_and_reused(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 128, 4096);
    for (size_t round = 0; round < 3; round++) {
        for (size_t size = 1; size < 200; size += 13) {
            void *at = arena_alloc(&arena, size);
            assert_non_null(at);
            assert_int_equal((uintptr_t)at % 16, 0);
            memset(at, 0xA5, size);
        }
        const size_t held = arena.held_bytes;
        arena_reset(&arena);
        assert_int_equal(arena.held_bytes, held);
    }
    arena_release(&arena);
}

static void ceiling_is_kept(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 64, 256);
    assert_null(arena_alloc(&arena, 257));
    assert_non_null(arena_alloc(&arena, 256));
    assert_null(arena_alloc(&arena, 1));
    assert_null(arena_calloc(&arena, SIZE_MAX / 2, 3));
    arena_release(&arena);
}

static void copies_end_in_nul(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 64, 256);
    const struct ward_str copy = arena_copy(&arena, str_of("abc"));
    assert_string_equal(copy.data, "abc");
    assert_int_equal(copy.len, 3);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_aligned_and_reused),
        cmocka_unit_test(ceiling_is_kept),
        cmocka_unit_test(copies_end_in_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
