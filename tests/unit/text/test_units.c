/* Units: what each disguise of a character folds to, that spans keep their place for any bytes, and
 * that folding what is folded changes nothing, over every code point there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/bounds.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/units.h"

/** The folded text of `units` in UTF-8, invalid bytes as '?'; `room` bytes at most. */
static size_t folded_text(const struct text_units *units, char *out, size_t room)
{
    size_t len = 0;
    for (uint32_t i = 0; i < units->count && len + 4 <= room; i++) {
        if (units->code[i] == UTF8_INVALID)
            out[len++] = '?';
        else
            len += utf8_encode(units->code[i], out + len);
    }
    return len;
}

static void expect_fold(const char *source, const char *folded)
{
    struct text_units units;
    char out[256];
    text_units_init(&units);
    assert_int_equal(text_units_decode(&units, str_of(source)), WARD_OK);
    out[folded_text(&units, out, sizeof out - 1)] = 0;
    assert_string_equal(out, folded);
    text_units_release(&units);
}

static void folds_every_kind_of_disguise(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"送养 abc 9", "送养 abc 9"},             /* nothing to do */
        {"ＡＢｃ９", "abc9"},                     /* full width, case */
        {"①❶⑴⒈➀1️⃣", "111111"},     /* enclosed digits, keycap */
        {"𝐀𝓫𝕔🅰🅑Ⓐᴀ", "abcabaa"},                   /* mathematical, squared, small capitals */
        {"送養嬰兒", "送养婴儿"},                 /* traditional */
        {"⼥⼦⻔⻥", "女子门鱼"},                 /* radicals */
        {"\xD0\xB0\xD1\x81\xD0\xB5", "ace"},      /* Cyrillic */
        {"\xCE\xB1\xCE\xBF\xCF\x81", "aop"},      /* Greek */
        {"送\xE2\x80\x8B养\xEF\xBB\xBF", "送养"}, /* zero width space, BOM */
        {"送\xCC\xB6养\xCC\xB6", "送养"},         /* struck through */
        {"送\xF3\xA0\x81\xA1养", "送养"},         /* tag letter */
        {"nhận con nuôi", "nhan con nuoi"},       /* Vietnamese */
        {"nha\xCC\xA3\xCC\x82n", "nhan"},         /* the same, decomposed */
        {"đỗ Łódź Straße", "do lodz strasse"},
        {"🈶孩㊛㊚", "有孩女男"},
        {"送\xE0\xB9\x89养", "送养"}, /* a Thai mark as decoration */
        {"\xE0\xB8\x97\xE0\xB8\xB5\xE0\xB9\x88",
         "\xE0\xB8\x97\xE0\xB8\xB5\xE0\xB9\x88"}, /* Thai itself */
        {"a\r\nb\rc", "a\nb\nc"},
        {"👩‍👧❤️👍🏽", "👩👧❤👍"},
        {"🇸送🇨🇳", "s送🇨🇳"},
        {"…", "…"},
        {"٣४๕", "345"},
        {"螘妳\xEF\xA9\x84", "蚁你梅"}, /* variants; U+FA44 is a compatibility form */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_fold(cases[i][0], cases[i][1]);
}

/** Decodes `source`, which must give `count` units, and leaves them in `units`. */
static void decode(struct text_units *units, const char *source, uint32_t count)
{
    text_units_init(units);
    assert_int_equal(text_units_decode(units, str_of(source)), WARD_OK);
    assert_int_equal(units->count, count);
}

static void names_what_it_undid(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        uint32_t fold; /* of the first unit */
    } cases[] = {
        {"a", 0},
        {"送", 0},
        {"9", 0},
        {"，", 0},
        {"A", WARD_DISGUISE_CASE},
        {"ａ", WARD_DISGUISE_WIDTH},
        {"Ａ", WARD_DISGUISE_WIDTH | WARD_DISGUISE_CASE},
        {"９", WARD_DISGUISE_WIDTH},
        {"①", WARD_DISGUISE_STYLED},
        {"1️⃣", WARD_DISGUISE_STYLED},
        {"兒", WARD_DISGUISE_VARIANT},
        {"⼥", WARD_DISGUISE_STYLED | WARD_DISGUISE_VARIANT},
        {"é", WARD_DISGUISE_VARIANT},
        {"e\xCC\x81", WARD_DISGUISE_VARIANT},
        {"\xD0\xB0", WARD_DISGUISE_LEET},
        {"送\xE2\x80\x8B养", WARD_DISGUISE_INVISIBLE},
        {"送\xE2\x80\x8B", 0}, /* nothing behind it: not between two units */
        {"👍🏽👩‍👧", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text_units units;
        text_units_init(&units);
        assert_int_equal(text_units_decode(&units, str_of(cases[i].source)), WARD_OK);
        if (i == 11)
            assert_true(units.fold[0] & cases[i].fold);
        else
            assert_int_equal(units.fold[0], cases[i].fold);
        text_units_release(&units);
    }
}

static void knows_kinds(void **state)
{
    (void)state;
    struct text_units units;
    decode(&units, "送a9\xD0\xB8 \n。*👶\xFF", 10);
    for (uint32_t i = 0; i < units.count; i++)
        assert_int_equal(units.kind[i], i); /* the order of enum unit_kind */
    text_units_release(&units);
    decode(&units, "a,b, c.", 7);
    assert_int_equal(units.kind[1], UNIT_SYMBOL);
    assert_int_equal(units.kind[3], UNIT_MARK);
    assert_int_equal(units.kind[6], UNIT_MARK);
    text_units_release(&units);
}

static void keeps_places(void **state)
{
    (void)state;
    struct text_units units;
    decode(&units, "送\xE2\x80\x8B养㎏\xF0\x9F", 6);
    static const uint32_t begin[] = {0, 6, 9, 9, 12, 13};
    static const uint32_t end[] = {3, 9, 12, 12, 13, 14};
    for (uint32_t i = 0; i < units.count; i++) {
        assert_int_equal(units.begin[i], begin[i]);
        assert_int_equal(units.end[i], end[i]);
    }
    text_units_release(&units);
}

static bool span_is_sound(const struct text_units *units, struct ward_str text, uint32_t i)
{
    const uint32_t known = WARD_DISGUISE_WIDTH | WARD_DISGUISE_CASE | WARD_DISGUISE_STYLED |
                           WARD_DISGUISE_VARIANT | WARD_DISGUISE_LEET | WARD_DISGUISE_INVISIBLE;
    const unsigned char *at = (const unsigned char *)text.data;
    uint32_t code;
    if (units->begin[i] >= units->end[i] || units->end[i] > text.len)
        return false;
    if (i && units->begin[i] != units->begin[i - 1] && units->begin[i] < units->end[i - 1])
        return false;
    const unsigned len = utf8_decode(at + units->begin[i], at + text.len, &code);
    return units->end[i] - units->begin[i] == len && units->kind[i] <= UNIT_INVALID &&
           !(units->fold[i] & ~known);
}

static void expect_sound_spans(const struct text_units *units, struct ward_str text)
{
    for (uint32_t i = 0; i < units->count; i++)
        if (!span_is_sound(units, text, i))
            fail_msg("unit %u", i);
}

/** Random bytes, half of them glued from code points, so that every branch is met. */
static void spans_hold_for_any_bytes(void **state)
{
    (void)state;
    struct text_units units;
    char bytes[300];
    text_units_init(&units);
    for (uint64_t round = 0; round < 20000; round++) {
        size_t len = 0;
        while (len + 4 <= sizeof bytes) {
            const uint64_t r = hash_u64(round * 1000 + len);
            if (r % 3 == 0)
                bytes[len++] = (char)(r >> 8);
            else if (((r >> 8) % 0x110000 & 0x1FF800) != 0xD800)
                len += utf8_encode((uint32_t)((r >> 8) % (r % 3 == 1 ? 0x3000 : 0x110000)) | 1,
                                   bytes + len);
            else
                bytes[len++] = ' ';
        }
        const struct ward_str text = {bytes, len - round % 4};
        assert_int_equal(text_units_decode(&units, text), WARD_OK);
        expect_sound_spans(&units, text);
    }
    text_units_release(&units);
}

static void folding_twice_is_folding_once(void **state)
{
    (void)state;
    struct text_units once;
    struct text_units twice;
    text_units_init(&once);
    text_units_init(&twice);
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        char source[4];
        char folded[64];
        const struct ward_str text = {source, utf8_encode(code, source)};
        enum ward_status status = text_units_decode(&once, text);
        const size_t len = folded_text(&once, folded, sizeof folded);
        status |= text_units_decode(&twice, (struct ward_str){folded, len});
        if (status || once.count != twice.count ||
            (once.count && memcmp(once.code, twice.code, once.count * sizeof once.code[0]) != 0))
            fail_msg("U+%04X folds differently the second time", code);
    }
    text_units_release(&once);
    text_units_release(&twice);
}

/** Bytes of a text of random code points, half of them from scripts that fold in some way. */
static size_t random_text(uint64_t round, char *bytes, size_t room)
{
    static const uint32_t first[] = {0x20,    0xC0,    0x300,   0x370,   0xE00,
                                     0x2000,  0x2460,  0x4E00,  0xF900,  0xFF00,
                                     0x1D400, 0x1F100, 0x1F1E6, 0x1F3FB, 0xE0100};
    static const uint32_t span[] = {0x5E,  0x190, 0x70,  0x190, 0x60, 0x70,  0xA0, 0x5200,
                                    0x100, 0xF0,  0x400, 0x100, 26,   0x200, 0x80};
    size_t len = 0;
    for (uint64_t i = 0; len + 4 <= room; i++) {
        const uint64_t r = hash_u64(round * 977 + i);
        const size_t script = (r >> 32) % (sizeof first / sizeof first[0]);
        len += utf8_encode(first[script] + (uint32_t)(r & 0xFFFFFF) % span[script], bytes + len);
    }
    return len;
}

/** Context rules (marks, flags, line ends) must not undo it: a folded text folds to itself. */
static void folded_texts_stay(void **state)
{
    (void)state;
    struct text_units once;
    struct text_units twice;
    char source[120];
    char folded[1024];
    text_units_init(&once);
    text_units_init(&twice);
    for (uint64_t round = 0; round < 20000; round++) {
        const struct ward_str text = {source, random_text(round, source, sizeof source)};
        assert_int_equal(text_units_decode(&once, text), WARD_OK);
        const size_t len = folded_text(&once, folded, sizeof folded);
        assert_int_equal(text_units_decode(&twice, (struct ward_str){folded, len}), WARD_OK);
        if (once.count != twice.count ||
            memcmp(once.code, twice.code, once.count * sizeof once.code[0]) != 0)
            fail_msg("round %u", (unsigned)round);
    }
    text_units_release(&once);
    text_units_release(&twice);
}

static void bounds_its_input(void **state)
{
    (void)state;
    struct text_units units;
    text_units_init(&units);
    char *window = malloc(WARD_TEXT_WINDOW_BYTES + 1);
    assert_non_null(window);
    for (size_t i = 0; i + 3 <= WARD_TEXT_WINDOW_BYTES; i += 3)
        memcpy(window + i, "\xEF\xB7\xBB", 3); /* U+FDFB: eight units for three bytes */
    window[WARD_TEXT_WINDOW_BYTES - 1] = 'x';
    struct ward_str text = {window, WARD_TEXT_WINDOW_BYTES};
    assert_int_equal(text_units_decode(&units, text), WARD_OK);
    assert_true(units.count > WARD_TEXT_WINDOW_BYTES);
    expect_sound_spans(&units, text);
    text.len++;
    assert_int_equal(text_units_decode(&units, text), WARD_ERR_LIMIT);
    assert_int_equal(units.count, 0);
    assert_int_equal(text_units_decode(&units, (struct ward_str){NULL, 0}), WARD_OK);
    free(window);
    text_units_release(&units);
}

static void names_disguises(void **state)
{
    (void)state;
    assert_string_equal(ward_disguise_name(WARD_DISGUISE_WIDTH), "width");
    assert_string_equal(ward_disguise_name(WARD_DISGUISE_NEAR_HOMOPHONE), "near-homophone");
    assert_string_equal(ward_disguise_name(WARD_DISGUISE_DIALECT), "dialect");
    assert_null(ward_disguise_name(0));
    assert_null(ward_disguise_name(3));
    assert_null(ward_disguise_name(1u << WARD_DISGUISE_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_every_kind_of_disguise),
        cmocka_unit_test(names_what_it_undid),
        cmocka_unit_test(knows_kinds),
        cmocka_unit_test(keeps_places),
        cmocka_unit_test(spans_hold_for_any_bytes),
        cmocka_unit_test(folding_twice_is_folding_once),
        cmocka_unit_test(folded_texts_stay),
        cmocka_unit_test(bounds_its_input),
        cmocka_unit_test(names_disguises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
