/* Shapes, parts and emoji: known examples, symmetry, and that walking down the parts of a split
 * always leads back to the character. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/utf8.h"
#include "text/chars.h"

/** Code points of `text`; returns how many, at most 16. */
static uint32_t codes_of(const char *text, uint32_t codes[16])
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + strlen(text);
    uint32_t count = 0;
    while (at < end && count < 16)
        at += utf8_decode(at, end, &codes[count++]);
    return count;
}

/** True if the parts may be read as the character (first of `texts`: the character). */
static bool joins_to(const char *parts, const char *whole)
{
    uint32_t part[16];
    uint32_t wanted[16];
    const uint32_t *found;
    const uint32_t count = codes_of(parts, part);
    uint32_t state = CHARS_SPLIT_START;
    (void)codes_of(whole, wanted);
    for (uint32_t i = 0; i < count; i++)
        state = chars_split_step(state, part[i]);
    const uint32_t results = chars_split_result(state, &found);
    for (uint32_t i = 0; i < results; i++)
        if (found[i] == wanted[0])
            return true;
    return false;
}

static void joins_parts(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        {"女子", "好"},   {"亻尔", "你"}, {"人尔", "你"}, {"氵工", "江"}, {"水工", "江"},
        {"贝贝女", "婴"}, {"羊介", "养"}, {"讠正", "证"}, {"言正", "证"}, {"扌包", "抱"},
        {"手包", "抱"},   {"子亥", "孩"}, {"宀玉", "宝"}, {"女圭", "娃"}, {"女土土", "娃"},
        {"关辶", "送"},   {"走关", "送"}, {"令页", "领"}, {"口十", "叶"}, {"艹化", "花"},
        {"草化", "花"},   {"木木", "林"}, {"禾口", "和"}, {"人民", "人"},
    };
    const size_t last = sizeof good / sizeof good[0] - 1;
    for (size_t i = 0; i < last; i++)
        if (!joins_to(good[i][0], good[i][1]))
            fail_msg("%s is not %s", good[i][0], good[i][1]);
    assert_false(joins_to(good[last][0], good[last][1]));
    assert_int_equal(chars_split_step(0, 'x'), 0);
    assert_int_equal(chars_split_step(CHARS_SPLIT_START, 'x'), 0);
    assert_int_equal(chars_split_step(CHARS_SPLIT_START, UINT32_MAX), 0);
}

static bool leads_back(uint32_t code, const struct chars_parts *parts)
{
    const uint32_t *found;
    uint32_t state = CHARS_SPLIT_START;
    for (uint32_t i = 0; i < parts->count; i++)
        state = chars_split_step(state, parts->code[i]);
    const uint32_t results = chars_split_result(state, &found);
    for (uint32_t i = 0; i < results; i++)
        if (found[i] == code)
            return true;
    return false;
}

static void splits_and_joins_agree(void **state)
{
    (void)state;
    struct chars_parts parts[CHARS_PARTS_MAX];
    uint32_t ways = 0;
    for (uint32_t code = 0x3400; code < 0xA000; code++) {
        const uint32_t count = chars_splits(code, parts, CHARS_PARTS_MAX);
        assert_true(count < CHARS_PARTS_MAX);
        ways += count;
        for (uint32_t i = 0; i < count; i++)
            if (parts[i].count < 2 || parts[i].count > 3 || !leads_back(code, &parts[i]))
                fail_msg("U+%04X", code);
    }
    assert_true(ways > 10000);
    assert_int_equal(chars_splits('x', parts, CHARS_PARTS_MAX), 0);
    assert_int_equal(chars_splits(0x597D, parts, 0), 0); /* no room */
}

static uint32_t distance_of(const char *pair)
{
    uint32_t codes[16];
    assert_int_equal(codes_of(pair, codes), 2);
    return chars_shape_distance(codes[0], codes[1]);
}

static void knows_alikes(void **state)
{
    (void)state;
    static const char *const alike[] = {"未末", "己已", "土士", "孩该",
                                        "抱泡", "卖买", "娃蛙", "送迭"};
    static const char *const apart[] = {"送女", "一龙", "孩送"};
    for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++)
        assert_in_range(distance_of(alike[i]), 1, 3);
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
        assert_int_equal(distance_of(apart[i]), UINT32_MAX);
    assert_int_equal(distance_of("送送"), 0);
}

static void alikes_are_symmetric_and_ordered(void **state)
{
    (void)state;
    uint32_t seen = 0;
    for (uint32_t code = 0x3400; code < 0xA000; code++) {
        const struct chars_alike *alikes;
        const uint32_t count = chars_shape_alikes(code, &alikes);
        seen += count;
        for (uint32_t i = 0; i < count; i++) {
            const uint32_t d = alikes[i].distance;
            if (d < 1 || d > 3 || (i && d < alikes[i - 1].distance) ||
                chars_shape_distance(alikes[i].code, code) != d)
                fail_msg("U+%04X U+%04X", code, (unsigned)alikes[i].code);
        }
    }
    assert_true(seen > 10000);
}

/** True if `word` is among the words of the emoji that starts `text`. */
static bool means(const char *text, const char *word, uint32_t units_wanted)
{
    uint32_t codes[16];
    uint32_t wanted[16];
    uint32_t units;
    const uint16_t *words;
    const uint32_t count = codes_of(text, codes);
    const uint32_t length = codes_of(word, wanted);
    const uint32_t emoji = chars_emoji_find(codes, count, &units);
    const uint32_t known = chars_emoji_words(emoji, &words);
    assert_int_equal(units, units_wanted);
    assert_true(known <= CHARS_EMOJI_WORDS_MAX);
    for (uint32_t i = 0; i < known; i++) {
        const uint32_t *spelled;
        if (chars_emoji_word(words[i], &spelled) == length &&
            memcmp(spelled, wanted, length * sizeof wanted[0]) == 0)
            return true;
    }
    return false;
}

static void reads_emoji(void **state)
{
    (void)state;
    const uint32_t *codes;
    const uint16_t *words;
    assert_true(means("👶送", "婴儿", 1));
    assert_true(means("👶", "baby", 1));
    assert_true(means("🐑", "养", 1));
    assert_true(means("👩👧", "母女", 2)); /* the longest, not the woman alone */
    assert_true(means("👩x", "女", 1));
    assert_false(means("送", "送", 0));
    assert_int_equal(chars_emoji_words(0, &words), 0);
    assert_int_equal(chars_emoji_words(UINT32_MAX, &words), 0);
    assert_int_equal(chars_emoji_word(0, &codes), 0);
    assert_int_equal(chars_emoji_word(UINT16_MAX, &codes), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_parts),  cmocka_unit_test(splits_and_joins_agree),
        cmocka_unit_test(knows_alikes), cmocka_unit_test(alikes_are_symmetric_and_ordered),
        cmocka_unit_test(reads_emoji),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
