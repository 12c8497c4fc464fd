/**
 * Terms and findings become hits; hits that need company count only when they have it. A pack is
 * put together by hand, so that nothing but this room, the matcher and the text is tested.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/bounds.h"
#include "signal/signals.h"

enum { CHILD, GIVE, PRICE, CODE, AGE, HANDLE, PHONE, PLACE, ROLE, SIGNALS };

static const struct pack_signal signals_of_test[SIGNALS] = {
    [CHILD] = {.slot = SLOT_OBJECT},
    [GIVE] = {.slot = SLOT_TRANSFER},
    [PRICE] = {.slot = SLOT_CONSIDERATION, .reader = READER_PRICE},
    [CODE] = {.slot = SLOT_CONSIDERATION, .reader = READER_PRICE_CODED},
    [AGE] = {.slot = SLOT_DESCRIPTION, .reader = READER_CHILD_AGE},
    [HANDLE] = {.slot = SLOT_CHANNEL, .reader = READER_HANDLE},
    [PHONE] = {.slot = SLOT_CHANNEL, .reader = READER_HANDLE_PHONE},
    [PLACE] = {.slot = SLOT_NONE, .reader = READER_PLACE},
    [ROLE] = {.slot = SLOT_PARTY, .reader = READER_ROLE_LETTER},
};

static const struct pack_term terms_of_test[] = {{.text = {"女宝", 6}, .signal = CHILD},
                                                 {.text = {"送养", 6}, .signal = GIVE},
                                                 {.text = {"找人家", 9}, .signal = GIVE}};

struct world {
    struct pack pack;
    struct matcher *matcher;
    struct signal_scratch *scratch;
    struct signals found;
};

static int make_world(void **state)
{
    static struct world world;
    struct matcher_term terms[3];
    struct ward_error err;
    memset(&world, 0, sizeof world);
    for (int i = 0; i < 3; i++)
        terms[i] = (struct matcher_term){.text = terms_of_test[i].text, .mode = TERM_FULL};
    const struct matcher_options options = {.disguises = WARD_DISGUISE_ALL};
    assert_int_equal(matcher_build(terms, 3, &options, &world.matcher, &err), WARD_OK);
    world.pack = (struct pack){.signals = signals_of_test,
                               .signal_count = SIGNALS,
                               .signal_words = 1,
                               .terms = terms_of_test,
                               .term_count = 3,
                               .matcher = world.matcher};
    signals_init(&world.found);
    assert_int_equal(signal_scratch_new(&world.pack, &world.scratch), WARD_OK);
    *state = &world;
    return 0;
}

static int free_world(void **state)
{
    struct world *world = *state;
    signals_release(&world->found);
    signal_scratch_free(world->scratch);
    matcher_free(world->matcher);
    return 0;
}

static const struct signals *find(void **state, const char *text, enum signal_field field)
{
    struct world *world = *state;
    assert_int_equal(signals_find(&world->pack, str_of(text), field, world->scratch, &world->found),
                     WARD_OK);
    return &world->found;
}

static bool says(const struct signals *found, int signal)
{
    return found->bits[0] >> signal & 1;
}

static void terms_and_findings_are_hits_in_order(void **state)
{
    const struct signals *found = find(state, "女宝三个月 9万 送养 电话19900001234", SIGNAL_TEXT);
    assert_true(says(found, CHILD) && says(found, GIVE) && says(found, PRICE));
    assert_true(says(found, AGE) && says(found, HANDLE) && says(found, PHONE));
    assert_false(says(found, CODE) || says(found, ROLE));
    for (uint32_t i = 1; i < found->hit_count; i++)
        assert_true(found->hits[i - 1].unit_begin <= found->hits[i].unit_begin);
    assert_int_equal(found->price_count, 1);
    assert_int_equal(found->prices[0].low_minor, 9000000);
    assert_int_equal(found->child_count, 1);
    assert_int_equal(found->children[0].age_days_low, 90);
    assert_int_equal(found->handle_count, 1);
    assert_string_equal(found->handles[0].value.data, "19900001234");
}

static void a_code_counts_only_in_company(void **state)
{
    assert_false(says(find(state, "8个，诚心来", SIGNAL_TEXT), CODE));
    assert_true(says(find(state, "女宝 8个，诚心来", SIGNAL_TEXT), CODE));
}

static void company_must_be_near(void **state)
{
    const char *text =
        "女宝在家里玩了一整天然后我们去公园散步看花看草看鱼看鸟吃饭喝茶聊天回家睡觉。"
        "第二天大家又一起出门去看了一场电影。8个，诚心来";
    assert_false(says(find(state, text, SIGNAL_TEXT), CODE));
}

static void a_duration_needs_a_child(void **state)
{
    assert_false(says(find(state, "这个要三个月", SIGNAL_TEXT), AGE));
    assert_true(says(find(state, "女宝三个月", SIGNAL_TEXT), AGE));
}

static void numbers_of_a_telephone_are_no_price(void **state)
{
    const struct signals *found = find(state, "价格19900001234", SIGNAL_TEXT);
    assert_int_equal(found->price_count, 0);
    assert_true(says(found, PHONE));
}

static void the_alias_form_is_read_in_aliases(void **state)
{
    assert_true(says(find(state, "S-粤-女9月", SIGNAL_ALIAS), ROLE));
    assert_true(says(find(state, "S-粤-女9月", SIGNAL_ALIAS), PLACE));
    assert_false(says(find(state, "小满妈", SIGNAL_ALIAS), ROLE));
}

static void clauses_are_parted_by_full_stops_and_lines(void **state)
{
    const struct signals *found = find(state, "女宝，九万。送养！来\n聊聊天", SIGNAL_TEXT);
    assert_int_equal(found->clause_count, 4);
    assert_int_equal(found->line_count, 2);
    assert_int_equal(signals_clause_of(found, 0), 0);
    assert_int_equal(signals_clause_of(found, 6), 1);
    assert_int_equal(signals_clause_of(found, found->clauses[3]), 3);
}

static void writing_from_top_to_bottom_is_one_clause(void **state)
{
    const struct signals *found = find(state, "女\n宝\n九\n万", SIGNAL_TEXT);
    assert_int_equal(found->clause_count, 1);
    assert_int_equal(found->line_count, 4);
    assert_true(says(found, PRICE));
}

static void empty_text_is_an_empty_result(void **state)
{
    const struct signals *found = find(state, "", SIGNAL_TEXT);
    assert_int_equal(found->hit_count, 0);
    assert_int_equal(found->clause_count, 1);
    assert_int_equal(found->line_count, 1);
}

static void a_copy_outlives_the_result(void **state)
{
    struct signals *copy = NULL;
    const struct signals *found = find(state, "女宝 微信test_x1 9万", SIGNAL_TEXT);
    const uint32_t hits = found->hit_count;
    assert_int_equal(signals_copy(found, &copy), WARD_OK);
    assert_true(signals_copy_bytes(found) > sizeof *copy);
    found = find(state, "今天天气好", SIGNAL_TEXT);
    assert_int_equal(found->hit_count, 0);
    assert_int_equal(copy->hit_count, hits);
    assert_true(says(copy, CHILD) && says(copy, HANDLE) && says(copy, PRICE));
    assert_string_equal(copy->handles[0].value.data, "test_x1");
    assert_string_equal(copy->handles[0].kind, "wechat");
    signals_free_copy(copy);
}

static void spans_are_bytes_as_received(void **state)
{
    const char *text = "送养 女宝 ９．５万";
    const struct signals *found = find(state, text, SIGNAL_TEXT);
    assert_int_equal(found->price_count, 1);
    assert_int_equal(found->prices[0].low_minor, 9500000);
    assert_memory_equal(text + found->prices[0].begin, "９．５万", strlen("９．５万"));
    assert_int_equal(found->prices[0].end - found->prices[0].begin, strlen("９．５万"));
    assert_true(found->prices[0].disguises & WARD_DISGUISE_WIDTH);
}

static void too_long_a_text_is_refused(void **state)
{
    struct world *world = *state;
    static char text[WARD_TEXT_WINDOW_BYTES + 1];
    memset(text, 'a', sizeof text);
    assert_int_equal(signals_find(&world->pack, (struct ward_str){text, sizeof text}, SIGNAL_TEXT,
                                  world->scratch, &world->found),
                     WARD_ERR_LIMIT);
    assert_int_equal(world->found.hit_count, 0);
}

static void hits_and_facts_are_bounded(void **state)
{
    static char text[WARD_TEXT_WINDOW_BYTES];
    static const char piece[] = "女宝9万 ";
    size_t len = 0;
    while (len + sizeof piece < sizeof text) {
        memcpy(text + len, piece, sizeof piece - 1);
        len += sizeof piece - 1;
    }
    text[len] = 0;
    const struct signals *found = find(state, text, SIGNAL_TEXT);
    assert_true(found->hit_count <= SIGNAL_HITS_MAX);
    assert_int_equal(found->price_count, SIGNAL_FACTS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_and_findings_are_hits_in_order),
        cmocka_unit_test(a_code_counts_only_in_company),
        cmocka_unit_test(company_must_be_near),
        cmocka_unit_test(a_duration_needs_a_child),
        cmocka_unit_test(numbers_of_a_telephone_are_no_price),
        cmocka_unit_test(the_alias_form_is_read_in_aliases),
        cmocka_unit_test(clauses_are_parted_by_full_stops_and_lines),
        cmocka_unit_test(writing_from_top_to_bottom_is_one_clause),
        cmocka_unit_test(empty_text_is_an_empty_result),
        cmocka_unit_test(a_copy_outlives_the_result),
        cmocka_unit_test(spans_are_bytes_as_received),
        cmocka_unit_test(too_long_a_text_is_refused),
        cmocka_unit_test(hits_and_facts_are_bounded),
    };
    return cmocka_run_group_tests(tests, make_world, free_world);
}
