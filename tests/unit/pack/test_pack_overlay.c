/* Overlays: what a later folder adds, replaces, removes and switches off; hashes; order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "pack_fixture.h"

#define OVERLAY_PACK "name: local\nversion: \"1\"\ndate: 2026-11-02\n"

static void assert_text(struct ward_str text, const char *wanted)
{
    assert_int_equal(text.len, strlen(wanted));
    assert_memory_equal(text.data, wanted, text.len);
}

static void terms_add_up_and_are_removed(void **state)
{
    struct fixture *fixture = *state;
    fixture_pack(fixture, "a");
    fixture_write(fixture, "b/pack.yaml", OVERLAY_PACK);
    fixture_write(fixture, "b/signals/x.yaml",
                  "signals:\n  child-word:\n    remove: [男宝, 女宝衣服]\n"
                  "    terms: [女婴, 女宝]\n    read: fold\n"
                  "  new-word: {slot: scene, terms: [x]}\n");
    const struct pack *pack = fixture_load_two(fixture, "a", "b");
    assert_true(fixture_has_term(pack, "child-word", "女宝"));
    assert_true(fixture_has_term(pack, "child-word", "女婴"));
    assert_false(fixture_has_term(pack, "child-word", "男宝"));
    assert_false(fixture_has_term(pack, "child-word", "女宝衣服"));
    assert_int_equal(pack->allow_count, 0);
    assert_int_equal(pack->term_count, 3 + 2 + 1); /* 女宝 is not there twice */
    const struct pack_signal *signal = &pack->signals[fixture_signal(pack, "child-word")];
    assert_int_equal(signal->slot, SLOT_OBJECT); /* what is not said stays */
    assert_text(signal->says_en, "mentions a child");
    assert_int_equal(pack->terms[0].mode, TERM_FOLD);
    (void)fixture_signal(pack, "new-word");
    pack_free(pack);
}

static void a_removed_term_may_come_back(void **state)
{
    struct fixture *fixture = *state;
    fixture_pack(fixture, "a");
    fixture_write(fixture, "b/pack.yaml", OVERLAY_PACK);
    fixture_write(fixture, "b/signals/x.yaml",
                  "signals:\n  child-word: {remove: [男宝], terms: [男宝]}\n");
    const struct pack *pack = fixture_load_two(fixture, "a", "b");
    assert_true(fixture_has_term(pack, "child-word", "男宝"));
    assert_int_equal(pack->term_count, 5);
    pack_free(pack);
}

static void a_rule_is_replaced_whole(void **state)
{
    struct fixture *fixture = *state;
    fixture_pack(fixture, "a");
    fixture_write(fixture, "b/pack.yaml", OVERLAY_PACK);
    fixture_write(fixture, "b/rules/x.yaml",
                  "rules:\n  child-for-money:\n    when: price\n    weight: -1.5\n"
                  "    family: innocent\n    says: only a price\n");
    const struct pack *pack = fixture_load_two(fixture, "a", "b");
    assert_int_equal(pack->rule_count, 1);
    const struct pack_rule *rule = &pack->rules[0];
    assert_true(rule->weight == -1.5);
    assert_int_equal(rule->role, 0);
    assert_int_equal(rule->law_count, 0);
    assert_text(rule->says_zh, "only a price");
    assert_text(pack->families[rule->family].name, "innocent");
    assert_int_equal(pack->example_count, 0);
    pack_free(pack);
}

static void a_rule_is_switched_off_and_on(void **state)
{
    struct fixture *fixture = *state;
    fixture_pack(fixture, "a");
    fixture_write(fixture, "b/pack.yaml", OVERLAY_PACK);
    fixture_write(fixture, "b/rules/x.yaml", "rules: {child-for-money: {off: true}}\n");
    const struct pack *pack = fixture_load_two(fixture, "a", "b");
    assert_int_equal(pack->rule_count, 0);
    pack_free(pack);
    pack = fixture_load_two(fixture, "a", "a"); /* the same folder over itself changes nothing */
    assert_int_equal(pack->rule_count, 1);
    pack_free(pack);
}

static void weights_hold_until_a_later_rule(void **state)
{
    struct fixture *fixture = *state;
    fixture_pack(fixture, "a");
    fixture_write(fixture, "a/weights.yaml", "base: -5.5\nweights: {child-for-money: 2.25}\n");
    const struct pack *pack = fixture_load(fixture, "a");
    assert_true(pack->rules[0].weight == 2.25);
    assert_true(pack->base == -5.5);
    pack_free(pack);
    fixture_write(fixture, "b/pack.yaml", OVERLAY_PACK "base: -3\n");
    fixture_write(fixture, "b/weights.yaml", "weights: {child-for-money: 1.125}\n");
    pack = fixture_load_two(fixture, "a", "b");
    assert_true(pack->rules[0].weight == 1.125);
    assert_true(pack->base == -3.0);
    pack_free(pack);
}

static void law_of_the_same_day_is_replaced(void **state)
{
    struct fixture *fixture = *state;
    fixture_pack(fixture, "a");
    fixture_write(fixture, "b/pack.yaml", OVERLAY_PACK);
    fixture_write(fixture, "b/law/x.yaml",
                  "- {id: CN/civil-code/1044, title: changed, from: 2021-01-01}\n");
    const struct pack *pack = fixture_load_two(fixture, "a", "b");
    assert_int_equal(pack->law_count, 3);
    assert_text(pack->laws[pack->rules[0].laws[0]].title_en, "changed");
    pack_free(pack);
}

static void a_folder_of_packs_loads_in_name_order(void **state)
{
    struct fixture *fixture = *state;
    fixture_pack(fixture, "all/a");
    fixture_write(fixture, "all/b/pack.yaml", OVERLAY_PACK);
    fixture_write(fixture, "all/notes/readme.txt", "no pack\n");
    fixture_write(fixture, "all/weights.yaml", "weights: {child-for-money: 0.5}\n");
    const struct pack *pack = fixture_load(fixture, "all");
    assert_int_equal(pack->source_count, 2);
    assert_text(pack->sources[0].name, "sample");
    assert_text(pack->sources[1].name, "local");
    assert_true(pack->rules[0].weight == 0.5);
    pack_free(pack);
}

/* The hash of a pack follows its content and names, not where it lies; the whole follows order. */
static void hashes_name_the_content(void **state)
{
    struct fixture *fixture = *state;
    fixture_pack(fixture, "a");
    fixture_pack(fixture, "copy");
    fixture_write(fixture, "b/pack.yaml", OVERLAY_PACK);
    const struct pack *a = fixture_load(fixture, "a");
    const struct pack *copy = fixture_load(fixture, "copy");
    const struct pack *ab = fixture_load_two(fixture, "a", "b");
    const struct pack *ba = fixture_load_two(fixture, "b", "a");
    assert_int_equal(strlen(a->hash), 64);
    assert_string_equal(a->hash, copy->hash);
    assert_string_equal(a->sources[0].hash, ab->sources[0].hash);
    assert_string_equal(a->sources[0].hash, ba->sources[1].hash);
    assert_string_not_equal(ab->hash, ba->hash);
    assert_string_not_equal(ab->hash, a->hash);
    fixture_write(fixture, "copy/law/cn.yaml", "[]\n");
    fixture_write(fixture, "copy/rules/a.yaml", "rules: {}\n");
    const struct pack *changed = fixture_load(fixture, "copy");
    assert_string_not_equal(changed->hash, a->hash);
    pack_free(a);
    pack_free(copy);
    pack_free(ab);
    pack_free(ba);
    pack_free(changed);
}

static void missing_folders_are_named(void **state)
{
    struct fixture *fixture = *state;
    const struct pack *pack;
    struct ward_error err;
    const char *dir = fixture_path(fixture, "nowhere");
    assert_int_equal(pack_load(&dir, 1, &pack, &err), WARD_ERR_NOT_FOUND);
    assert_null(pack);
    assert_string_equal(err.source, dir);
    assert_int_equal(pack_load(&dir, 0, &pack, &err), WARD_ERR_ARGUMENT);
    fixture_write(fixture, "empty/readme.txt", "x");
    dir = fixture_path(fixture, "empty");
    assert_int_equal(pack_load(&dir, 1, &pack, &err), WARD_ERR_FORMAT);
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

#define FIXTURE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(terms_add_up_and_are_removed),
        FIXTURE_TEST(a_removed_term_may_come_back),
        FIXTURE_TEST(a_rule_is_replaced_whole),
        FIXTURE_TEST(a_rule_is_switched_off_and_on),
        FIXTURE_TEST(weights_hold_until_a_later_rule),
        FIXTURE_TEST(law_of_the_same_day_is_replaced),
        FIXTURE_TEST(a_folder_of_packs_loads_in_name_order),
        FIXTURE_TEST(hashes_name_the_content),
        FIXTURE_TEST(missing_folders_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
