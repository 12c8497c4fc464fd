/**
 * The stretches of a text named for what its wording says, on made-up worths of its characters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "verdict/wording_words.h"

struct sample {
    struct text_units units;
    float worth[WORDING_WORTH_MAX];
    struct wording_word words[WORDING_WORDS_MAX];
    uint32_t count;
    const char *text;
};

static void open_sample(struct sample *s, const char *text)
{
    *s = (struct sample){.text = text};
    text_units_init(&s->units);
    assert_int_equal(text_units_decode(&s->units, str_of(text)), WARD_OK);
}

/* Gives every unit of the first `part` of the text this worth. */
static void worth(struct sample *s, const char *part, float each)
{
    const char *at = strstr(s->text, part);
    assert_non_null(at);
    const uint32_t begin = (uint32_t)(at - s->text);
    for (uint32_t u = 0; u < s->units.count && u < WORDING_WORTH_MAX; u++)
        if (s->units.begin[u] >= begin && s->units.end[u] <= begin + strlen(part))
            s->worth[u] = each;
}

static void find(struct sample *s, bool for_trade)
{
    s->count = wording_words(&s->units, s->worth, for_trade, s->words);
}

static void assert_word(const struct sample *s, uint32_t at, const char *expected)
{
    assert_true(at < s->count);
    const struct wording_word *word = &s->words[at];
    assert_int_equal(word->end - word->begin, strlen(expected));
    assert_memory_equal(s->text + word->begin, expected, strlen(expected));
}

static void the_strongest_come_first_and_only_of_one_direction(void **state)
{
    (void)state;
    struct sample s;
    open_sample(&s, "今天送走，七万要的来，绝育过");
    worth(&s, "送走", 0.5f);
    worth(&s, "七万", 1.0f);
    worth(&s, "绝育", -0.75f);
    find(&s, true);
    assert_int_equal(s.count, 2);
    assert_word(&s, 0, "七万");
    assert_word(&s, 1, "送走");
    find(&s, false);
    assert_int_equal(s.count, 1);
    assert_word(&s, 0, "绝育");
    text_units_release(&s.units);
}

/* A clause's end parts two stretches, a space within a word does not; a Latin word stays whole. */
static void stretches_are_words_of_one_clause(void **state)
{
    (void)state;
    struct sample s;
    open_sample(&s, "女 宝七万，八万 newborn girl");
    worth(&s, "女 宝七万，八万", 1.0f);
    worth(&s, "ewbo", 1.0f);
    find(&s, true);
    assert_int_equal(s.count, 2);
    assert_word(&s, 0, "八万 newborn");
    assert_word(&s, 1, "女 宝七万");
    text_units_release(&s.units);
}

static void what_is_too_weak_is_not_named(void **state)
{
    (void)state;
    struct sample s;
    open_sample(&s, "甲乙丙丁戊己庚辛");
    find(&s, true);
    assert_int_equal(s.count, 0);
    worth(&s, "甲乙", 1.0f);
    worth(&s, "庚辛", 0.05f);
    find(&s, true);
    assert_int_equal(s.count, 1);
    assert_word(&s, 0, "甲乙");
    find(&s, false);
    assert_int_equal(s.count, 0);
    text_units_release(&s.units);
}

/* Number, length and reach are bounded, and stretches never overlap, whatever the worths are. */
static void bounds_hold_on_any_worths(void **state)
{
    (void)state;
    struct sample s;
    char text[3 * 2000 + 1];
    uint32_t seed = 7;
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 2000; i++)
            memcpy(text + 3 * i, i % 37 == 36 ? "，" : "宝", 3);
        text[sizeof text - 1] = '\0';
        open_sample(&s, text);
        for (uint32_t u = 0; u < WORDING_WORTH_MAX; u++) {
            seed = seed * 1664525u + 1013904223u;
            s.worth[u] = (float)(seed >> 16) / 32768.0f - 1.0f;
        }
        find(&s, round & 1);
        assert_int_equal(s.count, WORDING_WORDS_MAX);
        for (uint32_t i = 0; i < s.count; i++) {
            assert_true(s.words[i].begin < s.words[i].end);
            assert_true(s.words[i].end - s.words[i].begin <= 3 * WORDING_WORD_UNITS);
            assert_true(s.words[i].end <= 3 * WORDING_WORTH_MAX);
            for (uint32_t k = 0; k < i; k++)
                assert_true(s.words[i].end <= s.words[k].begin ||
                            s.words[k].end <= s.words[i].begin);
        }
        text_units_release(&s.units);
    }
}

static void an_empty_text_has_no_words(void **state)
{
    (void)state;
    struct sample s;
    open_sample(&s, "");
    find(&s, true);
    assert_int_equal(s.count, 0);
    text_units_release(&s.units);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strongest_come_first_and_only_of_one_direction),
        cmocka_unit_test(stretches_are_words_of_one_clause),
        cmocka_unit_test(what_is_too_weak_is_not_named),
        cmocka_unit_test(bounds_hold_on_any_worths),
        cmocka_unit_test(an_empty_text_has_no_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
