/* Loading whole folders: what the files say arrives in the compiled form; overlays; hashes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "pack_fixture.h"

static void assert_text(struct ward_str text, const char *wanted)
{
    assert_int_equal(text.len, strlen(wanted));
    assert_memory_equal(text.data, wanted, text.len);
}

static void everything_arrives(void **state)
{
    struct fixture *fixture = *state;
    fixture_pack(fixture, "a");
    const struct pack *pack = fixture_load(fixture, "a");
    assert_int_equal(pack->source_count, 1);
    assert_text(pack->sources[0].name, "sample");
    assert_text(pack->sources[0].version, "2026.11");
    assert_int_equal(pack->sources[0].date_ms, 1793491200000);
    assert_int_equal(pack->signal_count, 3);
    assert_int_equal(pack->term_count, 5);
    assert_int_equal(pack->allow_count, 1);
    assert_true(fixture_has_term(pack, "child-word", "男宝"));
    assert_true(fixture_has_term(pack, "child-word", "女宝"));
    assert_true(pack->terms[2].whole_word);
    assert_false(pack->terms[0].whole_word);
    const struct pack_signal *pet = &pack->signals[fixture_signal(pack, "pet-word")];
    assert_int_equal(pet->slot, SLOT_SCENE);
    assert_text(pet->reading, "pet");
    assert_int_equal(pack->signals[fixture_signal(pack, "price")].reader, READER_PRICE);
    assert_int_equal(pack->family_count, 2);
    assert_true(pack_currency_rate(pack, "USD") > 7.0);
    assert_true(pack_currency_rate(pack, "CNY") == 1.0);
    assert_true(pack_currency_rate(pack, "ZZZ") == 0.0);
    pack_free(pack);
}

static void rules_arrive(void **state)
{
    struct fixture *fixture = *state;
    fixture_pack(fixture, "a");
    const struct pack *pack = fixture_load(fixture, "a");
    assert_int_equal(pack->rule_count, 1);
    const struct pack_rule *rule = &pack->rules[0];
    assert_text(rule->says_en, "Offers a child for {price}");
    assert_int_equal(rule->role, 1);
    assert_int_equal(rule->line, 2);
    assert_int_equal(pack->nodes[rule->when].op, COND_AND);
    assert_int_equal(pack->example_count, 3);
    assert_true(pack->examples[0].want);
    assert_int_equal(pack->examples[1].event.kind, WARD_KIND_LISTING);
    assert_int_equal(pack->examples[1].before_count, 2);
    assert_text(pack->examples[1].before[1].text, "好");
    assert_false(pack->examples[2].want);
    assert_int_equal(pack->examples[2].line, 12);
    pack_free(pack);
}

static void law_follows_the_day(void **state)
{
    struct fixture *fixture = *state;
    fixture_pack(fixture, "a");
    const struct pack *pack = fixture_load(fixture, "a");
    assert_int_equal(pack->rules[0].law_count, 2);
    const uint32_t adoption = pack->rules[0].laws[1];
    const int64_t day = 86400000;
    const int64_t changed = 922924800000; /* 1999-04-01 */
    const int64_t beijing = 8 * 3600000;  /* its days begin so much before those of UTC */
    const int64_t last = 1609459200000 - beijing;
    assert_ptr_equal(pack_law_at(pack, adoption, changed - beijing - 1), &pack->laws[adoption]);
    assert_ptr_equal(pack_law_at(pack, adoption, changed - beijing), &pack->laws[adoption + 1]);
    assert_ptr_equal(pack_law_at(pack, adoption, changed), &pack->laws[adoption + 1]);
    assert_non_null(pack_law_at(pack, adoption, last - 1));
    assert_null(pack_law_at(pack, adoption, last));
    assert_null(pack_law_at(pack, adoption, 0));
    assert_non_null(pack_law_at(pack, pack->rules[0].laws[0], 1609459200000 + day));
    pack_free(pack);
}

/* A day begins where the law holds; ids of no known country and open ends have no such shift. */
static void days_begin_where_the_law_holds(void **state)
{
    (void)state;
    const int64_t day = 1609459200000; /* 2021-01-01 UTC */
    const struct {
        const char *id;
        int64_t east_minutes;
    } cases[] = {{"CN/a", 480}, {"PH/a", 480}, {"VN/a", 420}, {"IN/a", 330},
                 {"UN/a", 0},   {"CNX/a", 0},  {"CN", 0},     {"cn/a", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const int64_t begin = day - cases[i].east_minutes * 60000;
        struct pack_law law = {.id = str_of(cases[i].id), .from_ms = day, .to_ms = INT64_MAX};
        assert_false(pack_law_holds(&law, begin - 1));
        assert_true(pack_law_holds(&law, begin));
        assert_true(pack_law_holds(&law, INT64_MAX));
        law = (struct pack_law){.id = law.id, .from_ms = INT64_MIN, .to_ms = day};
        assert_true(pack_law_holds(&law, INT64_MIN));
        assert_true(pack_law_holds(&law, begin - 1));
        assert_false(pack_law_holds(&law, begin));
    }
}

static int setup(void **state)
{
    static struct fixture fixture;
    fixture_init(&fixture);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    fixture_release(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_arrives, setup, teardown),
        cmocka_unit_test_setup_teardown(rules_arrive, setup, teardown),
        cmocka_unit_test_setup_teardown(law_follows_the_day, setup, teardown),
        cmocka_unit_test(days_begin_where_the_law_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
