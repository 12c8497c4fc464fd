/* Small networks, whole: who is one person, who is nobody, which order changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/str.h"
#include "link/link_json.h"

#define EVENTS_MAX 12u

static const struct ward_handle handle_one[] = {{.kind = "wechat", .value = {"test_kk01", 9}}};
static const struct ward_handle handle_two[] = {{.kind = "other", .value = {"TEST-KK01", 9}}};

static struct link_event said(const char *group, const char *id, const char *account,
                              const char *text, int minute)
{
    return (struct link_event){.platform = str_of("qq"),
                               .group = str_of(group),
                               .id = str_of(id),
                               .account = str_of(account),
                               .text = str_of(text),
                               .has_time = true,
                               .time_ms = INT64_C(1700000000000) + minute * 60000};
}

static struct link_event traded(struct link_event event, enum ward_role role)
{
    event.level = WARD_LEVEL_REVIEW;
    event.score = 0.9;
    event.role = role;
    return event;
}

/* Two groups: a seller in both under two accounts of one handle; a seeker; a warner who quotes. */
static size_t small_network(struct link_event *e)
{
    size_t n = 0;
    e[n] = traded(said("g1", "1", "u1", "first offer of a boy, add me", 0), WARD_ROLE_OFFER);
    e[n].handles = handle_one;
    e[n++].handle_count = 1;
    e[n++] = traded(said("g1", "2", "u2", "how much is it then", 1), WARD_ROLE_SEEK);
    e[n++] = said("g1", "3", "u3", "nice weather", 2);
    e[n] = traded(said("g2", "4", "u4", "another offer in another place", 3), WARD_ROLE_OFFER);
    e[n].handles = handle_two;
    e[n++].handle_count = 1;
    e[n] = said("g3", "5", "u5", "beware of test_kk01, reported", 4);
    e[n].handles = handle_one;
    e[n++].handle_count = 1;
    return n;
}

static struct link *build(const struct link_event *events, size_t count,
                          const struct link_judgement *judgements, size_t judgement_count)
{
    const struct link_input input = {.events = events,
                                     .event_count = count,
                                     .judgements = judgements,
                                     .judgement_count = judgement_count};
    struct link *link = NULL;
    assert_int_equal(link_build(&input, &link, NULL), WARD_OK);
    assert_non_null(link);
    return link;
}

static void test_one_handle_is_one_person_and_bystanders_are_none(void **state)
{
    (void)state;
    struct link_event events[EVENTS_MAX];
    const size_t n = small_network(events);
    struct link *link = build(events, n, NULL, 0);
    assert_int_equal(link->person_count, 2);
    assert_int_equal(link->event_person[0], link->event_person[3]);
    assert_int_not_equal(link->event_person[0], link->event_person[1]);
    assert_int_equal(link->event_person[2], UINT32_MAX);
    assert_int_equal(link->event_person[4], UINT32_MAX);
    assert_int_equal(link->case_count, 1);
    assert_int_equal(link->event_case[2], 0); /* a neighbour */
    const struct link_person *seller = &link->people[link->event_person[0]];
    assert_int_equal(seller->role, WARD_ROLE_OFFER);
    assert_true(seller->confidence > 0.6 && seller->confidence < 1);
    assert_int_equal(seller->tie_count, 1);
    assert_int_equal(link->ties[seller->ties[0]].kind, LINK_TIE_HANDLE);
    assert_int_equal(link->ties[seller->ties[0]].event_count, 2);
    link_free(link);
}

static void test_turns_in_one_group_forbid_a_merge(void **state)
{
    (void)state;
    struct link_event events[EVENTS_MAX];
    size_t n = small_network(events);
    static const char *const ids[] = {"6", "7", "8", "9"};
    for (int i = 0; i < 4; i++)
        events[n++] = said("g1", ids[i], i % 2 ? "u1" : "u4", "yes", 10 + i);
    struct link *link = build(events, n, NULL, 0);
    assert_int_not_equal(link->event_person[0], link->event_person[3]);
    link_free(link);
}

static void test_a_hub_ties_nobody(void **state)
{
    (void)state;
    struct link_event events[20];
    static const char *const names[] = {"a01", "a02", "a03", "a04", "a05", "a06", "a07",
                                        "a08", "a09", "a10", "a11", "a12", "a13", "a14",
                                        "a15", "a16", "a17", "a18", "a19", "a20"};
    for (size_t i = 0; i < 20; i++) {
        events[i] = traded(said(names[i], "1", names[i], names[i], (int)i), WARD_ROLE_OFFER);
        events[i].handles = handle_one;
        events[i].handle_count = 1;
    }
    struct link *link = build(events, 20, NULL, 0);
    assert_int_equal(link->person_count, 20);
    assert_int_equal(link->case_count, 20);
    link_free(link);
}

static void test_humans_stand_above(void **state)
{
    (void)state;
    struct link_event events[EVENTS_MAX];
    const size_t n = small_network(events);
    const struct link_judgement apart = {LINK_JUDGE_DIFFERENT_PEOPLE, str_of("qq/u1"),
                                         str_of("qq/u4")};
    struct link *link = build(events, n, &apart, 1);
    assert_int_equal(link->person_count, 3);
    link_free(link);
    const struct link_judgement same = {LINK_JUDGE_SAME_PERSON, str_of("qq/u2"), str_of("qq/u4")};
    link = build(events, n, &same, 1);
    assert_int_equal(link->event_person[1], link->event_person[3]);
    link_free(link);
    const struct link_judgement innocent = {LINK_JUDGE_INNOCENT, str_of("qq/g1/2"), str_of("")};
    link = build(events, n, &innocent, 1);
    assert_int_equal(link->event_person[1], UINT32_MAX);
    link_free(link);
}

static void render(struct buf *out, const struct link_event *events, const struct link *link)
{
    const struct link_json how = {events, LINK_SAYS_BOTH};
    for (uint32_t i = 0; i < link->case_count; i++)
        link_json_case(out, &how, link, i, str_of("open"), str_of(""));
    for (uint32_t i = 0; i < link->person_count; i++)
        link_json_person(out, &how, link, i);
    for (uint32_t i = 0; i < link->group_count; i++)
        link_json_group(out, link, i);
    assert_int_equal(out->failed, WARD_OK);
}

static void test_order_of_events_changes_nothing(void **state)
{
    (void)state;
    struct link_event events[EVENTS_MAX], shuffled[EVENTS_MAX];
    const size_t n = small_network(events);
    struct buf plain, other;
    buf_init(&plain, 1 << 20);
    buf_init(&other, 1 << 20);
    struct link *link = build(events, n, NULL, 0);
    render(&plain, events, link);
    link_free(link);
    for (size_t shift = 1; shift < n; shift++) {
        for (size_t i = 0; i < n; i++)
            shuffled[i] = events[(i * 2 + shift) % n]; /* n is odd: a permutation */
        buf_clear(&other);
        link = build(shuffled, n, NULL, 0);
        render(&other, shuffled, link);
        link_free(link);
        assert_int_equal(plain.len, other.len);
        assert_memory_equal(plain.data, other.data, plain.len);
    }
    buf_release(&plain);
    buf_release(&other);
}

static void test_ids_survive_growth_and_a_merge_remembers(void **state)
{
    (void)state;
    struct link_event events[EVENTS_MAX];
    const size_t n = small_network(events);
    events[0].previous_case = str_of("C-0000000000aa");
    events[3].previous_case = str_of("C-0000000000bb");
    events[0].previous_person = str_of("P-0000000000aa");
    struct link *link = build(events, n, NULL, 0);
    assert_int_equal(link->case_count, 1);
    assert_true(str_equal(link->cases[0].id, str_of("C-0000000000aa")));
    assert_int_equal(link->cases[0].merged_count, 1);
    assert_true(str_equal(link->cases[0].merged[0], str_of("C-0000000000bb")));
    assert_true(str_equal(link->people[link->event_person[0]].id, str_of("P-0000000000aa")));
    link_free(link);
}

static void test_nothing_in_gives_nothing_out(void **state)
{
    (void)state;
    struct link *link = build(NULL, 0, NULL, 0);
    assert_int_equal(link->case_count + link->person_count + link->group_count, 0);
    link_free(link);
    link_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_handle_is_one_person_and_bystanders_are_none),
        cmocka_unit_test(test_turns_in_one_group_forbid_a_merge),
        cmocka_unit_test(test_a_hub_ties_nobody),
        cmocka_unit_test(test_humans_stand_above),
        cmocka_unit_test(test_order_of_events_changes_nothing),
        cmocka_unit_test(test_ids_survive_growth_and_a_merge_remembers),
        cmocka_unit_test(test_nothing_in_gives_nothing_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
