/* Sounds: readings in order, distances a metric would allow, pinyin read as every syllable that
 * starts at a place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "base/utf8.h"
#include "text/chars.h"

static uint32_t code_of(const char *text)
{
    uint32_t code;
    const unsigned char *at = (const unsigned char *)text;
    (void)utf8_decode(at, at + strlen(text), &code);
    return code;
}

static void expect_readings(const char *character, const char *first, const char *second)
{
    const uint16_t *ids;
    const uint32_t count = chars_syllables(code_of(character), &ids);
    assert_true(count >= (second ? 2u : 1u) && count <= CHARS_SYLLABLES_MAX);
    assert_string_equal(syllable_name(ids[0]), first);
    if (second)
        assert_string_equal(syllable_name(ids[1]), second);
}

static void knows_readings(void **state)
{
    (void)state;
    const uint16_t *ids;
    expect_readings("送", "song", NULL);
    expect_readings("女", "nv", NULL);
    expect_readings("还", "hai", "huan");
    expect_readings("行", "xing", "hang");
    expect_readings("听", "ting", NULL); /* not yin, as in the oldest dictionaries */
    assert_int_equal(chars_syllables('x', &ids), 0);
    assert_int_equal(chars_syllables(0x10FFFF, &ids), 0);
    assert_int_equal(chars_syllables(0xFFFFFFFF, &ids), 0);
}

static void measures_distance(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        uint32_t distance;
    } cases[] = {
        {"song", "song", 0}, {"nan", "lan", 1},  {"zi", "zhi", 1},    {"fei", "hui", 1},
        {"yin", "ying", 1},  {"yan", "yang", 1}, {"lv", "lu", 1},     {"zan", "zhang", 2},
        {"nan", "lang", 2},  {"nan", "ran", 2},  {"song", "yang", 3}, {"ma", "mao", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const uint16_t a = syllable_find(str_of(cases[i].a));
        const uint16_t b = syllable_find(str_of(cases[i].b));
        assert_true(a && b);
        assert_int_equal(syllable_distance(a, b), cases[i].distance);
    }
}

static void distance_is_symmetric_and_stays_in_class(void **state)
{
    (void)state;
    assert_true(syllable_count() > 390 && syllable_count() < SYLLABLE_LIMIT);
    for (uint16_t a = 1; a <= syllable_count(); a++) {
        assert_int_equal(syllable_find(str_of(syllable_name(a))), a);
        for (uint16_t b = 1; b <= syllable_count(); b++) {
            const uint32_t d = syllable_distance(a, b);
            const bool lawful = d == syllable_distance(b, a) && (d == 0) == (a == b) &&
                                (d == 3 || syllable_class(a) == syllable_class(b));
            if (!lawful)
                fail_msg("%s %s", syllable_name(a), syllable_name(b));
        }
    }
    assert_int_equal(syllable_distance(1, SYLLABLE_LIMIT), SYLLABLE_DISTANCE_MAX);
    assert_string_equal(syllable_name(SYLLABLE_LIMIT), "");
}

static uint32_t edges_of(const char *text, struct pinyin_edge *edges)
{
    uint32_t codes[16];
    uint32_t count = 0;
    for (; text[count] && count < 16; count++)
        codes[count] = (unsigned char)text[count];
    return pinyin_edges(codes, count, edges);
}

static void expect_edges(const char *text, const char *expected)
{
    struct pinyin_edge edges[PINYIN_EDGES_MAX];
    char seen[128] = "";
    const uint32_t count = edges_of(text, edges);
    for (uint32_t i = 0; i < count; i++) {
        const size_t len = strlen(seen);
        (void)snprintf(seen + len, sizeof seen - len, "%s%s:%u%s", i ? " " : "",
                       syllable_name(edges[i].syllable), edges[i].units, edges[i].loose ? "?" : "");
    }
    assert_string_equal(seen, expected);
}

static void reads_pinyin(void **state)
{
    (void)state;
    expect_edges("songyang", "song:4");
    expect_edges("xian", "xian:4 xia:3 xi:2");
    expect_edges("xi'an", "xi:3");
    expect_edges("xi'", "xi:2");
    expect_edges("nv3bao", "nv:3 nv:2");
    expect_edges("nu", "nu:2 nv:2?");
    expect_edges("zhuang4", "zhuang:7 zhuang:6 zhuan:5 zhua:4 zhu:3");
    expect_edges("er2", "er:3 er:2 e:1");
    expect_edges("qv", "qu:2");
    expect_edges("7", "");
    expect_edges("", "");
    expect_edges("v", "");
}

static void gives_initials(void **state)
{
    (void)state;
    assert_int_equal(chars_initials(code_of("送")), 1u << ('s' - 'a'));
    assert_int_equal(chars_initials(code_of("还")), 1u << ('h' - 'a'));
    assert_int_equal(chars_initials(code_of("长")), 1u << ('z' - 'a') | 1u << ('c' - 'a'));
    assert_int_equal(chars_initials('9'), 0);
    assert_int_equal(syllable_initial(syllable_find(str_of("zhong"))), 'z');
    assert_true(syllable_initial_has_h(syllable_find(str_of("zhong"))));
    assert_false(syllable_initial_has_h(syllable_find(str_of("he"))));
    assert_int_equal(syllable_initial(0), 0);
    assert_false(syllable_initial_has_h(0));
}

static void reads_digits_and_letters(void **state)
{
    (void)state;
    const struct chars_sound_use *uses;
    assert_true(chars_sound_uses('0', &uses) >= 2);
    assert_string_equal(syllable_name(uses[0].syllable), "ling");
    assert_false(uses[0].loose);
    assert_true(chars_sound_uses('v', &uses) >= 1);
    assert_string_equal(syllable_name(uses[0].syllable), "wei");
    assert_true(uses[0].loose);
    assert_int_equal(chars_sound_uses(code_of("送"), &uses), 0);
    assert_string_equal(chars_leet('4'), "a");
    assert_string_equal(chars_leet('1'), "li");
    assert_string_equal(chars_leet('x'), "");
    assert_string_equal(chars_leet(0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_readings),
        cmocka_unit_test(measures_distance),
        cmocka_unit_test(distance_is_symmetric_and_stays_in_class),
        cmocka_unit_test(reads_pinyin),
        cmocka_unit_test(gives_initials),
        cmocka_unit_test(reads_digits_and_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
