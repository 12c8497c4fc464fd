/* Every allocation of linking fails in turn: an error comes back, nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "fault_alloc.h"
#include "link/link.h"

/* Two accounts of one handle, a seeker who answers, two judgements: every stage has work. */
static enum ward_status use_link(void)
{
    const struct ward_handle handle = {.kind = "wechat", .value = str_of("test_kk01")};
    const struct ward_media media = {.phash = str_of("d415011299d381a1")};
    struct link_event events[6];
    static const char *const accounts[] = {"u1", "u2", "u3", "u4", "u1", "u5"};
    static const char *const ids[] = {"1", "2", "3", "4", "5", "6"};
    for (int i = 0; i < 6; i++)
        events[i] = (struct link_event){
            .platform = str_of("qq"),
            .group = str_of(i % 2 ? "g2" : "g1"),
            .id = str_of(ids[i]),
            .account = str_of(accounts[i]),
            .alias = str_of("缘姐"),
            .reply_to = str_of(i == 4 ? "3" : ""),
            .text = str_of("a text of some words that is long enough test_zz9911"),
            .level = i == 5 ? WARD_LEVEL_NONE : WARD_LEVEL_REVIEW,
            .score = 0.9,
            .role = i == 2 ? WARD_ROLE_SEEK : WARD_ROLE_OFFER,
            .handles = &handle,
            .handle_count = i < 2,
            .media = &media,
            .media_count = i < 2};
    const struct link_judgement judgements[] = {
        {LINK_JUDGE_SAME_PERSON, str_of("qq/u3"), str_of("qq/u4")},
        {LINK_JUDGE_DIFFERENT_PEOPLE, str_of("qq/u1"), str_of("qq/u4")},
        {LINK_JUDGE_DIFFERENT_CASES, str_of("qq/u1"), str_of("qq/u4")}};
    const struct link_input input = {
        .events = events, .event_count = 6, .judgements = judgements, .judgement_count = 3};
    struct link *link = NULL;
    const enum ward_status status = link_build(&input, &link, NULL);
    if (!status && !link->person_count)
        return WARD_ERR_FORMAT;
    link_free(link);
    return status;
}

static void test_each_allocation_of_linking(void **state)
{
    (void)state;
    long failures = 0;
    assert_int_equal(use_link(), WARD_OK); /* what is made once is made here */
    for (long nth = 1;; nth++) {
        const long before = fault_live();
        fault_arm(nth);
        const enum ward_status status = use_link();
        const bool fired = fault_fired();
        fault_arm(0);
        assert_int_equal(fault_live(), before);
        if (!fired) {
            assert_int_equal(status, WARD_OK);
            break;
        }
        /* qsort sorts in place when its scratch memory is refused. */
        assert_true(status == WARD_ERR_NOMEM || status == WARD_OK);
        failures += status == WARD_ERR_NOMEM;
    }
    assert_true(failures >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_allocation_of_linking)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
