/**
 * Passages: where they begin and end, that they cover a text, and that a view tells of one of them
 * what the whole told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "verdict/passage.h"

static int setup(void **state)
{
    struct text_units *units = calloc(1, sizeof *units);
    if (!units)
        return -1;
    text_units_init(units);
    *state = units;
    return 0;
}

static int teardown(void **state)
{
    text_units_release(*state);
    free(*state);
    return 0;
}

/* The text of the passage that begins at byte `from` of `text`. */
static struct ward_str at(struct text_units *units, const char *text, size_t from)
{
    struct passage passage;
    const struct ward_str whole = str_of(text);
    uint32_t unit = 0;
    assert_int_equal(text_units_decode(units, whole), WARD_OK);
    while (unit < units->count && units->begin[unit] < from)
        unit++;
    if (!passage_at(units, unit, &passage))
        return str_of("");
    return str_part(whole, units->begin[passage.unit_begin], units->end[passage.unit_end - 1]);
}

static void expect(void **state, const char *text, size_t from, const char *passage)
{
    const struct ward_str found = at(*state, text, from);
    if (!str_equal(found, str_of(passage)))
        fail_msg("\"%.*s\" is not \"%s\"", (int)found.len, found.data, passage);
}

static void test_begins_and_ends_with_clauses(void **state)
{
    const char *text = "甲乙丙丁戊己庚辛，子丑寅卯辰巳午未。天地玄黄宇宙洪荒，日月";
    expect(state, text, 0, "甲乙丙丁戊己庚辛，子丑寅卯辰巳午未。天地玄黄宇宙洪荒，");
    expect(state, text, strlen("甲乙丙丁戊己庚辛，"), "子丑寅卯辰巳午未。天地玄黄宇宙洪荒，日月");
    expect(state, text, strlen("甲乙丙丁戊己庚辛，子丑寅卯辰巳午未。天地玄黄宇宙洪荒，"), "");
}

static void test_words_and_numbers_are_one_token(void **state)
{
    expect(state, "one two three four five six seven", 0, "");
    expect(state, "one two three four five six 700000 eight", 0,
           "one two three four five six 700000 eight");
}

static void test_spaces_part_han_not_words(void **state)
{
    const char *text = "甲乙丙丁戊己庚辛壬癸 子丑寅卯辰巳午未申酉 天地玄黄宇宙";
    expect(state, text, 0, "甲乙丙丁戊己庚辛壬癸 子丑寅卯辰巳午未申酉 ");
    const char *words = "a b c d e f g h i j k l m n o p q r s t u v w x y z";
    expect(state, words, 0, "a b c d e f g h i j k l m n o p q r s t u v w x ");
}

static void test_text_without_marks_is_cut(void **state)
{
    const char *text = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒";
    expect(state, text, 0, "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地");
    expect(state, text, strlen("甲乙丙丁戊己庚辛壬癸子丑"), "寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒");
}

/* Every unit of a text of random kinds lies in a passage, but for a tail too short to be one. */
static void test_passages_cover_a_text(void **state)
{
    static const char *const pieces[] = {"甲", "乙", "word", "7", " ",   "，",
                                         "。", "\n", "#",    "😀", "\xff"};
    struct text_units *units = *state;
    uint32_t random = 1;
    for (int round = 0; round < 300; round++) {
        struct buf text;
        buf_init(&text, 4096);
        for (int i = 0; i < 150; i++) {
            random = random * 1664525u + 1013904223u;
            buf_put_text(&text, pieces[(random >> 16) % (sizeof pieces / sizeof pieces[0])]);
        }
        assert_int_equal(text_units_decode(units, (struct ward_str){text.data, text.len}), WARD_OK);
        buf_release(&text);
        uint32_t covered = 0;
        struct passage passage;
        uint32_t from = 0;
        while (passage_at(units, from, &passage)) {
            assert_int_equal(passage.unit_begin, from);
            assert_true(passage.unit_begin <= covered && passage.unit_end > from);
            if (passage.unit_end > covered)
                covered = passage.unit_end;
            from = passage_after(units, &passage);
            assert_true(from > passage.unit_begin && from <= passage.unit_end);
        }
        assert_true(units->count - covered <= 40);
    }
}

static void test_view_tells_of_one_passage(void **state)
{
    struct text_units *units = *state;
    const char *text = "甲乙丙丁戊己庚辛，子丑寅卯辰巳午未。天地玄黄宇宙洪荒，日月";
    uint64_t bits = 7;
    uint32_t clauses[] = {0, 18};
    struct signal_hit hits[] = {
        {.signal = 0, .unit_begin = 0, .unit_end = 2, .begin = 0, .end = 6},
        {.signal = 1, .unit_begin = 9, .unit_end = 11, .begin = 27, .end = 33},
        {.signal = 2, .unit_begin = 20, .unit_end = 22, .begin = 60, .end = 66}};
    struct price_fact price = {
        .high_minor = 5, .unit_begin = 12, .unit_end = 13, .begin = 36, .end = 39};
    struct signals signals = {.hits = hits,
                              .hit_count = 3,
                              .bits = &bits,
                              .signal_words = 1,
                              .prices = &price,
                              .price_count = 1,
                              .clauses = clauses,
                              .clause_count = 2};
    const struct verdict_field fields[] = {
        {.field = WARD_FIELD_TEXT,
         .scopes = 1u << SCOPE_TEXT,
         .text = str_of(text),
         .offset = 100,
         .own_end = UINT32_MAX,
         .signals = &signals},
        {.field = WARD_FIELD_ALIAS, .scopes = 1u << SCOPE_ALIAS, .signals = &signals}};
    const struct verdict_input whole = {.fields = fields, .field_count = 2};
    const struct passage passage = {9, 20};
    struct verdict_input view;
    struct arena arena;
    arena_init(&arena, 4096, 65536);
    assert_int_equal(text_units_decode(units, str_of(text)), WARD_OK);
    assert_int_equal(passage_view(&whole, 0, units, &passage, &arena, &view), WARD_OK);
    const struct signals *cut = view.fields[0].signals;
    assert_int_equal(view.field_count, 2);
    assert_int_equal(view.fields[0].offset, 127);
    assert_true(str_equal(view.fields[0].text, str_of("子丑寅卯辰巳午未。天地")));
    assert_ptr_equal(view.fields[1].signals, &signals);
    assert_int_equal(cut->hit_count, 1);
    assert_int_equal(cut->bits[0], 2);
    assert_int_equal(cut->hits[0].unit_begin, 0);
    assert_int_equal(cut->hits[0].end, 6);
    assert_int_equal(cut->price_count, 1);
    assert_int_equal(cut->prices[0].begin, 9);
    assert_int_equal(cut->unit_count, 10);
    assert_int_equal(cut->clause_count, 2);
    assert_int_equal(cut->clauses[1], 9);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_begins_and_ends_with_clauses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_words_and_numbers_are_one_token, setup, teardown),
        cmocka_unit_test_setup_teardown(test_spaces_part_han_not_words, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text_without_marks_is_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(test_passages_cover_a_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_tells_of_one_passage, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
