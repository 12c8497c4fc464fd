/*
 * Every allocation of one whole scan fails in turn: packs opened, a scratch and a session made,
 * four events of one group judged. Either "no memory" comes back, or the work went around the
 * failure and the verdicts are those of an undisturbed run; nothing leaks either way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "fault_alloc.h"
#include "ward/ward.h"

#define EVENTS 4u

static const char *const texts[EVENTS] = {"女 宝 9个月，八.万，诚心的私", "今天降温了，多穿点",
                                          "想要女宝，出九万，加薇 test_x1", "有的私"};

static struct ward_event event_of(size_t i)
{
    static const char *const ids[EVENTS] = {"m1", "m2", "m3", "m4"};
    return (struct ward_event){.id = str_of(ids[i]),
                               .text = str_of(texts[i]),
                               .platform = str_of("qq"),
                               .group = str_of("g1"),
                               .group_name = str_of("缘聚一家"),
                               .account = str_of(i % 2 ? "u2" : "u1"),
                               .alias = str_of("S粤-女9月")};
}

static enum ward_status judge_all(const struct ward_engine *engine, struct ward_scratch *scratch,
                                  struct ward_session *session, double scores[EVENTS])
{
    struct ward_check_options options = {.session = session};
    for (size_t i = 0; i < EVENTS; i++) {
        const struct ward_event event = event_of(i);
        const struct ward_verdict *verdict;
        options.index = i;
        const enum ward_status status = ward_check(engine, scratch, &event, &options, &verdict);
        if (status != WARD_OK)
            return status;
        scores[i] = verdict->score;
    }
    return WARD_OK;
}

static enum ward_status scan(double scores[EVENTS])
{
    const char *const dirs[] = {TOY_PACK};
    const struct ward_engine_options options = {.dirs = dirs, .dir_count = 1};
    struct ward_engine *engine = NULL;
    struct ward_scratch *scratch = NULL;
    struct ward_session *session = NULL;
    enum ward_status status = ward_engine_open(&options, &engine, NULL);
    if (status == WARD_OK)
        status = ward_scratch_new(engine, &scratch);
    if (status == WARD_OK)
        status = ward_session_new(engine, NULL, &session);
    if (status == WARD_OK)
        status = judge_all(engine, scratch, session, scores);
    ward_session_free(session);
    ward_scratch_free(scratch);
    ward_engine_close(engine);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    double want[EVENTS] = {0};
    assert_int_equal(scan(want), WARD_OK); /* also warms up what the C library keeps */
    long failures = 0;
    for (long nth = 1;; nth++) {
        double got[EVENTS] = {0};
        const long before = fault_live();
        fault_arm(nth);
        const enum ward_status status = scan(got);
        const bool fired = fault_fired();
        fault_arm(0);
        assert_int_equal(fault_live(), before);
        if (status == WARD_OK)
            assert_memory_equal(got, want, sizeof got);
        else
            assert_int_equal(status, WARD_ERR_NOMEM);
        if (!fired)
            break;
        failures += status != WARD_OK;
    }
    assert_true(failures > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
