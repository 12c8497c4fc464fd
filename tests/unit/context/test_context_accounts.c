/**
 * Accounts across threads: the state after a batch must not depend on how events were spread over
 * shards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "context/context.h"

#define SIGNALS 70u
#define SHARDS_MAX 5u

static void replay(uint32_t shards, struct context_accounts *accounts)
{
    struct context_log *logs[SHARDS_MAX];
    for (uint32_t i = 0; i < shards; i++)
        assert_int_equal(context_log_new(SIGNALS, &logs[i]), WARD_OK);
    for (uint64_t i = 0; i < 5000; i++) {
        const uint64_t random = hash_u64(i);
        const uint64_t bits[2] = {1ULL << (random % 64), random >> 62};
        const uint64_t thread = 1 + (random >> 8) % 50;
        const struct context_entry entry = {.index = i,
                                            .account = (random >> 16) % 400,
                                            .bits = bits,
                                            .level = (uint8_t)((random >> 40) % 4),
                                            .role = (uint8_t)((random >> 44) % 4)};
        assert_int_equal(context_log_add(logs[thread % shards], thread, &entry), WARD_OK);
        if (i % 1000 == 999)
            assert_int_equal(context_accounts_apply(accounts, logs, shards), WARD_OK);
    }
    for (uint32_t i = 0; i < shards; i++)
        context_log_free(logs[i]);
}

static void same_for_any_number_of_shards(void **state)
{
    (void)state;
    /* once with room for all accounts, once with so little that most give way */
    const size_t ceilings[] = {0, 20000};
    for (int c = 0; c < 2; c++) {
        struct context_accounts *one = NULL;
        struct context_accounts *many = NULL;
        uint32_t known = 0;
        assert_int_equal(context_accounts_new(SIGNALS, ceilings[c], &one), WARD_OK);
        assert_int_equal(context_accounts_new(SIGNALS, ceilings[c], &many), WARD_OK);
        replay(1, one);
        replay(SHARDS_MAX, many);
        for (uint64_t account = 0; account < 400; account++) {
            struct context_account a, b;
            const bool found = context_accounts_find(one, account, &a);
            known += found;
            assert_int_equal(found, context_accounts_find(many, account, &b));
            assert_int_equal(a.events, b.events);
            assert_int_equal(a.flagged, b.flagged);
            assert_int_equal(a.threads, b.threads);
            assert_memory_equal(a.roles, b.roles, sizeof a.roles);
            assert_memory_equal(a.bits, b.bits, 2 * sizeof *a.bits);
        }
        assert_true(c == 0 ? known == 399 : known > 50 && known < 399);
        assert_true(!ceilings[c] || context_accounts_bytes(one) <= ceilings[c]);
        context_accounts_free(one);
        context_accounts_free(many);
    }
}

static void nothing_is_seen_before_the_batch_point(void **state)
{
    (void)state;
    struct context_accounts *accounts = NULL;
    struct context_log *log = NULL;
    struct context_account found;
    const uint64_t bits[2] = {4, 0};
    const struct context_entry entry = {.account = 7, .bits = bits, .level = 1, .role = 2};
    assert_int_equal(context_accounts_new(SIGNALS, 0, &accounts), WARD_OK);
    assert_int_equal(context_log_new(SIGNALS, &log), WARD_OK);
    assert_int_equal(context_log_add(log, 1, &entry), WARD_OK);
    assert_int_equal(context_log_add(log, 2, &entry), WARD_OK);
    assert_false(context_accounts_find(accounts, 7, &found));
    assert_int_equal(found.events, 0);
    assert_int_equal(context_accounts_apply(accounts, &log, 1), WARD_OK);
    assert_true(context_accounts_find(accounts, 7, &found));
    assert_int_equal(found.events, 2);
    assert_int_equal(found.threads, 2);
    assert_int_equal(found.roles[2], 2);
    assert_true(found.bits[0] == 4);
    assert_int_equal(context_accounts_apply(accounts, &log, 1), WARD_OK);
    assert_true(context_accounts_find(accounts, 7, &found));
    assert_int_equal(found.events, 2);
    context_log_free(log);
    context_accounts_free(accounts);
}

static void silent_events_leave_no_trace(void **state)
{
    (void)state;
    struct context_accounts *accounts = NULL;
    struct context_log *log = NULL;
    struct context_account found;
    const uint64_t bits[2] = {0, 0};
    const struct context_entry entry = {.account = 7, .bits = bits};
    assert_int_equal(context_accounts_new(SIGNALS, 0, &accounts), WARD_OK);
    assert_int_equal(context_log_new(SIGNALS, &log), WARD_OK);
    assert_int_equal(context_log_add(log, 1, &entry), WARD_OK);
    assert_int_equal(context_accounts_apply(accounts, &log, 1), WARD_OK);
    assert_false(context_accounts_find(accounts, 7, &found));
    context_log_free(log);
    context_accounts_free(accounts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_for_any_number_of_shards),
        cmocka_unit_test(nothing_is_seen_before_the_batch_point),
        cmocka_unit_test(silent_events_leave_no_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
