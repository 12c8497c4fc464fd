/* Every allocation of linking fails in turn: an error comes back, nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "fault_alloc.h"
#include "link/cluster.h"
#include "link/cluster_template.h"
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

/* Reposts with slots, a long text and a short one, and the template of the reposts. */
static enum ward_status use_cluster(void)
{
    static const char *const texts[] = {
        "two rooms to let from march, 1500 a month, write to test_rent01",
        "two rooms to let from march, 1800 a month, write to test_rent02",
        "two rooms to let from march, 2100 a month, write to test_rent03",
        "出租两室一厅，押一付三，每月1500元，联系微信 test_rent01",
        "出.租.两室一厅，押一付三，每月九百，联系微信 test_rent02",
        "早"};
    struct ward_str members[3];
    struct cluster *cluster = NULL;
    struct cluster_result result;
    struct cluster_template made = {0};
    uint32_t first;
    enum ward_status status = cluster_new(&cluster);
    for (size_t i = 0; status == WARD_OK && i < sizeof texts / sizeof *texts; i++)
        status = cluster_add(cluster, str_of(texts[i]), &first);
    if (status == WARD_OK)
        status = cluster_finish(cluster, &result);
    for (size_t i = 0; i < 3; i++)
        members[i] = str_of(texts[i]);
    if (status == WARD_OK) {
        status = cluster_template_make(members, 3, &made);
        cluster_template_release(&made);
    }
    cluster_free(cluster);
    return status;
}

static void fail_each(enum ward_status (*use)(void), long failures_least)
{
    long failures = 0;
    assert_int_equal(use(), WARD_OK); /* what is made once is made here */
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
        /* qsort sorts in place when its scratch memory is refused. */
        assert_true(status == WARD_ERR_NOMEM || status == WARD_OK);
        failures += status == WARD_ERR_NOMEM;
    }
    assert_true(failures >= failures_least);
}

static void test_each_allocation_of_linking(void **state)
{
    (void)state;
    fail_each(use_link, 20);
}

static void test_each_allocation_of_clustering(void **state)
{
    (void)state;
    fail_each(use_cluster, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_allocation_of_linking),
                                       cmocka_unit_test(test_each_allocation_of_clustering)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
