/**
 * Near-duplicate texts: what meets and what does not, templates with their slots, and that numbers
 * follow the first text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/str.h"
#include "link/cluster.h"
#include "link/cluster_template.h"

#define TEXTS_MOST 16u

/* Clusters `texts` (ending in NULL); numbers[i] becomes the cluster of text i. */
static uint32_t cluster_of(const char *const *texts, uint32_t numbers[TEXTS_MOST])
{
    struct cluster *cluster;
    struct cluster_result result;
    uint32_t first;
    uint32_t count = 0;
    assert_int_equal(cluster_new(&cluster), WARD_OK);
    for (; texts[count]; count++)
        assert_int_equal(cluster_add(cluster, str_of(texts[count]), &first), WARD_OK);
    assert_int_equal(cluster_text_count(cluster), count);
    assert_int_equal(cluster_finish(cluster, &result), WARD_OK);
    assert_int_equal(result.text_count, count);
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = result.number[i];
    const uint32_t clusters = result.cluster_count;
    cluster_free(cluster);
    return clusters;
}

static void test_a_disguised_repost_meets_its_twin(void **state)
{
    static const char *const texts[] = {"出一张双人床，九成新，八百块自提，加我 test_bed01",
                                        "出一張雙人床，九成新，八百塊自提，加我 test_bed01",
                                        "出.一.张.双.人.床，九成新，八百块自提，加我 test_bed01",
                                        "出一张双人床，九成新，７００块自提，加我 test_bed02",
                                        "周末去爬山的朋友在北门集合，带够水和干粮",
                                        NULL};
    uint32_t n[TEXTS_MOST];
    (void)state;
    assert_int_equal(cluster_of(texts, n), 2);
    assert_int_equal(n[1], n[0]);
    assert_int_equal(n[2], n[0]);
    assert_int_equal(n[3], n[0]);
    assert_int_not_equal(n[4], n[0]);
}

static void test_what_crowds_say_ties_nobody(void **state)
{
    static const char *const texts[] = {"大家好，新人报到，请多多关照，我想学做面包",
                                        "大家好，新人报到，请多多关照，谁家有旧自行车要卖",
                                        "今天的雨真大，路都淹了，你们那边怎么样", NULL};
    uint32_t n[TEXTS_MOST];
    (void)state;
    cluster_of(texts, n);
    assert_int_not_equal(n[2], n[0]);
    assert_int_not_equal(n[2], n[1]);
}

static void test_short_texts_meet_only_their_exact_reposts(void **state)
{
    static const char *const texts[] = {"早上好", "早上好", "早上坏", "", "", NULL};
    uint32_t n[TEXTS_MOST];
    (void)state;
    assert_int_equal(cluster_of(texts, n), 4);
    assert_int_equal(n[0], n[1]);
    assert_int_not_equal(n[2], n[0]);
    assert_int_not_equal(n[3], n[4]);
}

static void test_numbers_follow_the_first_text(void **state)
{
    static const char *const texts[] = {"甲店今日特价苹果五块一斤欢迎来买",
                                        "乙店招收银员两名包吃包住月薪四千",
                                        "甲店今日特价苹果六块一斤欢迎来买", NULL};
    uint32_t n[TEXTS_MOST];
    (void)state;
    assert_int_equal(cluster_of(texts, n), 2);
    assert_int_equal(n[0], 0);
    assert_int_equal(n[1], 1);
    assert_int_equal(n[2], 0);
}

/* The kinds of the parts, letters in order: 'f' fixed, 'p' price, 'h' handle, 's' other slots. */
static void kinds_of(const struct cluster_template *made, char out[32])
{
    uint32_t at = 0;
    for (; at < made->part_count && at < 31; at++)
        out[at] = made->parts[at].kind == CLUSTER_FIXED         ? 'f'
                  : made->parts[at].kind == CLUSTER_SLOT_PRICE  ? 'p'
                  : made->parts[at].kind == CLUSTER_SLOT_HANDLE ? 'h'
                                                                : 's';
    out[at] = 0;
}

static void test_a_template_knows_its_slots(void **state)
{
    static const char *const texts[] = {"出租两室一厅，押一付三，每月1500元，联系微信 test_rent01",
                                        "出租两室一厅，押一付三，每月1800元，联系微信 test_rent02",
                                        "出租两室一厅，押一付三，每月2100元，联系微信 test_rent03",
                                        "出租两室一厅，押一付三，每月1200元，联系微信 test_rent04"};
    struct ward_str members[4];
    struct cluster_template made;
    char kinds[32];
    (void)state;
    for (size_t i = 0; i < 4; i++)
        members[i] = str_of(texts[i]);
    assert_int_equal(cluster_template_make(members, 4, &made), WARD_OK);
    kinds_of(&made, kinds);
    assert_string_equal(kinds, "fpfh");
    assert_int_equal(made.slot_count, 2);
    assert_true(made.fixed_tokens >= 10);
    cluster_template_release(&made);
}

static void test_a_template_of_one_is_its_text(void **state)
{
    const struct ward_str one = str_of("出租两室一厅，押一付三");
    const struct ward_str nothing = {NULL, 0};
    struct cluster_template made;
    (void)state;
    assert_int_equal(cluster_template_make(&one, 1, &made), WARD_OK);
    assert_int_equal(made.part_count, 1);
    assert_int_equal(made.slot_count, 0);
    cluster_template_release(&made);
    assert_int_equal(cluster_template_make(&nothing, 1, &made), WARD_OK);
    assert_int_equal(made.part_count, 0);
    cluster_template_release(&made);
}

/* Likeness does not drift along a chain: the ends of a long row of small edits stay apart. */
static void test_likeness_does_not_drift(void **state)
{
    static const char *const texts[] = {
        "一二三四五六七八九十甲乙丙丁戊己庚辛", "一二三四五六七八九十甲乙丙丁戊己子丑",
        "一二三四五六七八九十甲乙子丑寅卯辰巳", "一二三四五六七八春夏秋冬子丑寅卯辰巳",
        "东西南北中发白春夏秋冬子丑寅卯辰巳午", NULL};
    uint32_t n[TEXTS_MOST];
    (void)state;
    cluster_of(texts, n);
    assert_int_equal(n[1], n[0]);
    assert_int_not_equal(n[4], n[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_disguised_repost_meets_its_twin),
        cmocka_unit_test(test_what_crowds_say_ties_nobody),
        cmocka_unit_test(test_short_texts_meet_only_their_exact_reposts),
        cmocka_unit_test(test_numbers_follow_the_first_text),
        cmocka_unit_test(test_a_template_knows_its_slots),
        cmocka_unit_test(test_a_template_of_one_is_its_text),
        cmocka_unit_test(test_likeness_does_not_drift)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
