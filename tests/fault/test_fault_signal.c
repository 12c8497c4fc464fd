/* Every allocation of the signal and context rooms fails in turn: an error comes back, nothing
 * leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "context/context.h"
#include "fault_alloc.h"
#include "signal/signals.h"

static const struct pack_signal pack_signals[] = {
    {.slot = SLOT_CONSIDERATION, .reader = READER_PRICE},
    {.slot = SLOT_CHANNEL, .reader = READER_HANDLE},
};

/** Finds, copies and releases, with a pack that has readers only. */
static enum ward_status use_signals(void)
{
    const struct pack pack = {.signals = pack_signals, .signal_count = 2, .signal_words = 1};
    struct signal_scratch *scratch = NULL;
    struct signals *copy = NULL;
    struct signals found;
    signals_init(&found);
    enum ward_status status = signal_scratch_new(&pack, &scratch);
    if (!status)
        status = signals_find(&pack, str_of("女宝三个月 9万 广东 微信test_x1。送"), SIGNAL_TEXT,
                              scratch, &found);
    if (!status)
        status = signals_copy(&found, &copy);
    if (!status && (copy->price_count != 1 || copy->handle_count != 1 || copy->place_count != 1))
        status = WARD_ERR_FORMAT;
    signals_free_copy(copy);
    signals_release(&found);
    signal_scratch_free(scratch);
    return status;
}

static enum ward_status use_context(void)
{
    const struct context_options options = {.signal_count = 100};
    const uint64_t bits[2] = {3, 1};
    struct context *context = NULL;
    struct context_accounts *accounts = NULL;
    struct context_log *log = NULL;
    enum ward_status status = context_new(&options, &context);
    if (!status)
        status = context_accounts_new(100, 0, &accounts);
    if (!status)
        status = context_log_new(100, &log);
    for (uint64_t i = 0; i < 300 && !status; i++) {
        const struct context_entry entry = {
            .index = i, .id = str_of("m1"), .account = 1 + i, .bits = bits, .note = str_of("note")};
        status = context_add(context, 1 + i % 90, &entry, NULL);
        if (!status)
            status = context_log_add(log, 1 + i % 90, &entry);
    }
    if (!status)
        status = context_accounts_apply(accounts, &log, 1);
    context_log_free(log);
    context_accounts_free(accounts);
    context_free(context);
    return status;
}

static void fail_each(enum ward_status (*use)(void), long least)
{
    long failures = 0;
    for (long nth = 1;; nth++) {
        const long before = fault_live();
        fault_arm(nth);
        const enum ward_status status = use();
        const bool fired = fault_fired();
        fault_arm(0);
        assert_int_equal(fault_live(), before);
        if (!fired) {
            assert_int_equal(status, WARD_OK);
            break;
        }
        assert_int_equal(status, WARD_ERR_NOMEM);
        failures++;
    }
    assert_true(failures >= least);
}

static void every_allocation_of_signals_may_fail(void **state)
{
    (void)state;
    fail_each(use_signals, 10);
}

static void every_allocation_of_context_may_fail(void **state)
{
    (void)state;
    fail_each(use_context, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_signals_may_fail),
        cmocka_unit_test(every_allocation_of_context_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
