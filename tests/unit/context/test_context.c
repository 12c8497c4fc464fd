/**
 * The memory of threads: windows, sums, ceilings, revisions. A plain list of everything said serves
 * as the reference for a long random run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/str.h"
#include "context/context.h"

#define SIGNALS 130u
#define WORDS 3u

static struct context *make(size_t max_bytes, uint32_t window)
{
    struct context *context = NULL;
    const struct context_options options = {max_bytes, SIGNALS, window};
    assert_int_equal(context_new(&options, &context), WARD_OK);
    return context;
}

static struct context_entry entry_of(uint64_t index, const uint64_t *bits, uint8_t level)
{
    static char id[32];
    snprintf(id, sizeof id, "m%llu", (unsigned long long)index);
    return (struct context_entry){.index = index,
                                  .id = str_of(id),
                                  .account = 1 + index % 3,
                                  .bits = bits,
                                  .level = level,
                                  .role = level ? 1 : 0};
}

static void add(struct context *context, uint64_t key, const struct context_entry *entry,
                struct context_thread **thread)
{
    assert_int_equal(context_add(context, key, entry, thread), WARD_OK);
}

static void an_unknown_thread_is_empty(void **state)
{
    (void)state;
    struct context *context = make(0, 0);
    assert_null(context_find(context, 7));
    const struct context_sum sum = context_sum(context, NULL);
    assert_int_equal(sum.events + sum.flagged + sum.counts[5], 0);
    assert_true(sum.bits[0] == 0);
    context_free(context);
}

static void a_window_forgets_the_oldest(void **state)
{
    (void)state;
    struct context *context = make(0, 3);
    struct context_thread *thread = NULL;
    for (uint64_t i = 0; i < 5; i++) {
        const uint64_t bits[WORDS] = {1ULL << i, 0, i == 0 ? 2u : 0u};
        const struct context_entry entry = entry_of(i, bits, i < 2);
        add(context, 9, &entry, &thread);
    }
    const struct context_sum sum = context_sum(context, thread);
    assert_int_equal(sum.events, 3);
    assert_int_equal(sum.flagged, 0);
    assert_true(sum.bits[0] == (4u | 8u | 16u) && sum.bits[2] == 0);
    assert_int_equal(sum.counts[2], 1);
    assert_int_equal(sum.counts[0], 0);
    assert_int_equal(context_at(thread, 0).index, 2);
    assert_memory_equal(context_at(thread, 2).id.data, "m4", 2);
    context_free(context);
}

static void raising_changes_the_sums_and_counts_revisions(void **state)
{
    (void)state;
    struct context *context = make(0, 0);
    struct context_thread *thread = NULL;
    const uint64_t bits[WORDS] = {1, 0, 0};
    const struct context_entry entry = entry_of(1, bits, 0);
    add(context, 9, &entry, &thread);
    context_raise(thread, 0, 2, 3, 1.5);
    struct context_sum sum = context_sum(context, thread);
    assert_int_equal(sum.flagged, 1);
    assert_int_equal(sum.roles[3], 1);
    assert_int_equal(context_at(thread, 0).revision, 1);
    context_raise(thread, 0, 1, 1, 0.5);
    sum = context_sum(context, thread);
    assert_int_equal(sum.flagged, 1);
    assert_int_equal(sum.roles[3], 0);
    assert_int_equal(sum.roles[1], 1);
    assert_int_equal(context_at(thread, 0).revision, 2);
    context_free(context);
}

static void what_an_account_said_is_told_apart(void **state)
{
    (void)state;
    struct context *context = make(0, 0);
    struct context_thread *thread = NULL;
    uint64_t said[WORDS] = {0};
    for (uint64_t i = 0; i < 6; i++) {
        const uint64_t bits[WORDS] = {1ULL << i, 0, 0};
        const struct context_entry entry = entry_of(i, bits, 0);
        add(context, 9, &entry, &thread);
    }
    assert_int_equal(context_said_by(thread, 2, said), 2);
    assert_true(said[0] == (2u | 16u));
    assert_int_equal(context_said_by(thread, 0, said), 0);
    context_free(context);
}

static void notes_come_back_and_are_bounded(void **state)
{
    (void)state;
    struct context *context = make(0, 0);
    struct context_thread *thread = NULL;
    static char note[CONTEXT_NOTE_BYTES_MAX + 1];
    memset(note, 'x', sizeof note);
    const uint64_t bits[WORDS] = {0};
    struct context_entry entry = entry_of(1, bits, 0);
    entry.note = (struct ward_str){note, CONTEXT_NOTE_BYTES_MAX};
    add(context, 9, &entry, &thread);
    assert_int_equal(context_at(thread, 0).note.len, CONTEXT_NOTE_BYTES_MAX);
    assert_memory_equal(context_at(thread, 0).note.data, note, CONTEXT_NOTE_BYTES_MAX);
    entry.note.len++;
    assert_int_equal(context_add(context, 9, &entry, &thread), WARD_ERR_LIMIT);
    assert_null(thread);
    assert_int_equal(context_count(context_find(context, 9)), 1);
    context_free(context);
}

static void too_small_a_ceiling_is_refused(void **state)
{
    (void)state;
    struct context *context = NULL;
    const struct context_options small = {1024, SIGNALS, 0};
    const struct context_options wide = {0, SIGNALS, CONTEXT_WINDOW_EVENTS + 1};
    assert_int_equal(context_new(&small, &context), WARD_ERR_ARGUMENT);
    assert_null(context);
    assert_int_equal(context_new(&wide, &context), WARD_ERR_ARGUMENT);
}

static void memory_stays_under_its_ceiling(void **state)
{
    (void)state;
    const size_t max = 512 * 1024;
    struct context *context = make(max, 0);
    const uint64_t bits[WORDS] = {5, 0, 1};
    static const char note[900] = "n";
    for (uint64_t i = 0; i < 20000; i++) {
        struct context_entry entry = entry_of(i, bits, 0);
        entry.note = (struct ward_str){note, hash_u64(i) % sizeof note};
        add(context, 1 + hash_u64(i * 7) % 3000, &entry, NULL);
        assert_true(context_bytes(context) <= max);
    }
    assert_true(context_dropped(context) > 0);
    assert_true(context_threads(context) > 10);
    context_clear(context);
    assert_int_equal(context_threads(context), 0);
    context_free(context);
}

static void the_thread_used_longest_ago_is_dropped(void **state)
{
    (void)state;
    struct context *context = make(512 * 1024, 0);
    const uint64_t bits[WORDS] = {1, 0, 0};
    uint64_t next = 2;
    while (context_dropped(context) == 0) {
        const struct context_entry entry = entry_of(next, bits, 0);
        add(context, next++, &entry, NULL);
        add(context, 1, &entry, NULL);
    }
    assert_non_null(context_find(context, 1));
    assert_null(context_find(context, 2));
    assert_non_null(context_find(context, next - 1));
    context_free(context);
}

/** Everything said in one thread, for checking sums the slow way. */
struct said {
    uint64_t bits[400][WORDS];
    uint8_t level[400];
    uint32_t count;
};

static void check_sums(const struct context *context, uint64_t key, const struct said *said)
{
    const struct context_sum sum = context_sum(context, context_find(context, key));
    const uint32_t first =
        said->count > CONTEXT_WINDOW_EVENTS ? said->count - CONTEXT_WINDOW_EVENTS : 0;
    uint32_t flagged = 0;
    assert_int_equal(sum.events, said->count - first);
    for (uint32_t signal = 0; signal < SIGNALS; signal++) {
        uint32_t count = 0;
        for (uint32_t i = first; i < said->count; i++)
            count += said->bits[i][signal / 64] >> (signal % 64) & 1;
        assert_int_equal(sum.counts[signal], count);
        assert_int_equal(sum.bits[signal / 64] >> (signal % 64) & 1, count > 0);
    }
    for (uint32_t i = first; i < said->count; i++)
        flagged += said->level[i] > 0;
    assert_int_equal(sum.flagged, flagged);
}

static void sums_equal_a_plain_list(void **state)
{
    (void)state;
    static struct said said[5];
    struct context *context = make(0, 0);
    memset(said, 0, sizeof said);
    for (uint64_t i = 0; i < 1500; i++) {
        const uint64_t random = hash_u64(i + 99);
        struct said *one = &said[random % 5];
        uint64_t *bits = one->bits[one->count];
        for (uint32_t w = 0; w < WORDS; w++)
            bits[w] = hash_u64(random + w) & hash_u64(random * 3 + w) & hash_u64(i);
        bits[WORDS - 1] &= 3;
        one->level[one->count++] = random >> 60 == 0;
        const struct context_entry entry = entry_of(i, bits, one->level[one->count - 1]);
        add(context, 1 + random % 5, &entry, NULL);
        if (i % 97 == 0 || i > 1480)
            check_sums(context, 1 + random % 5, one);
    }
    context_free(context);
}

static void keys_tell_platforms_apart(void **state)
{
    (void)state;
    assert_true(context_key(str_of("qq"), str_of("1")) != context_key(str_of("wx"), str_of("1")));
    assert_true(context_key(str_of("qq"), str_of("1")) == context_key(str_of("qq"), str_of("1")));
    assert_true(context_key(str_of("qq"), str_of("")) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_thread_is_empty),
        cmocka_unit_test(a_window_forgets_the_oldest),
        cmocka_unit_test(raising_changes_the_sums_and_counts_revisions),
        cmocka_unit_test(what_an_account_said_is_told_apart),
        cmocka_unit_test(notes_come_back_and_are_bounded),
        cmocka_unit_test(too_small_a_ceiling_is_refused),
        cmocka_unit_test(memory_stays_under_its_ceiling),
        cmocka_unit_test(the_thread_used_longest_ago_is_dropped),
        cmocka_unit_test(sums_equal_a_plain_list),
        cmocka_unit_test(keys_tell_platforms_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
