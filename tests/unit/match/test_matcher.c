/** The matcher as a whole: what is found as written, folded and across gaps, and what is not. */
#include "match_help.h"

/* Goal: every occurrence as written is found at cost 0 by every mode. */
static void finds_terms_as_written(void **state)
{
    (void)state;
    static const enum term_mode modes[] = {TERM_LITERAL, TERM_FOLD, TERM_FULL};
    for (size_t i = 0; i < 3; i++) {
        struct bench_matcher b = {0};
        help_add(&b, "图书馆", modes[i]);
        help_add(&b, "书", modes[i]);
        help_add(&b, "library card", modes[i]);
        help_open(&b);
        help_scan(&b, "去图书馆办library card");
        assert_int_equal(b.hits.count, 3);
        assert_int_equal(b.hits.at[0].begin, 3);
        assert_int_equal(b.hits.at[0].end, 12);
        assert_int_equal(b.hits.at[1].term, 1);
        assert_int_equal(b.hits.at[1].begin, 6);
        assert_int_equal(b.hits.at[2].begin, 15);
        for (uint32_t h = 0; h < 3; h++) {
            assert_int_equal(b.hits.at[h].cost_centi, 0);
            assert_int_equal(b.hits.at[h].disguises, 0);
        }
        help_close(&b);
    }
}

struct reading_case {
    const char *term, *text;
    uint32_t begin, end, disguises;
};

static void check_cases(const struct reading_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct bench_matcher b;
        const struct matcher_hit *hit = help_find(&b, cases[i].term, cases[i].text);
        if (!hit) {
            fail_msg("%s not found in %s", cases[i].term, cases[i].text);
            return;
        }
        if (hit->begin != cases[i].begin || hit->end != cases[i].end ||
            hit->disguises != cases[i].disguises)
            fail_msg("%s in %s: [%u,%u) disguises %x", cases[i].term, cases[i].text, hit->begin,
                     hit->end, hit->disguises);
        assert_true(hit->cost_centi > 0);
        help_close(&b);
    }
}

/* Goal: folding and gaps are named exactly and spans cover the bytes as written. */
static void reads_folds_and_gaps(void **state)
{
    (void)state;
    const struct reading_case cases[] = {
        {"图书馆", "去圖書館吧", 3, 12, WARD_DISGUISE_VARIANT},
        {"library", "a LIBRARY b", 2, 9, WARD_DISGUISE_CASE},
        {"library", "ｌibrary", 0, 9, WARD_DISGUISE_WIDTH},
        {"图书馆", "图.书*馆", 0, 11, WARD_DISGUISE_SEPARATOR},
        {"图书馆", "图 书 馆", 0, 11, WARD_DISGUISE_SEPARATOR},
        {"图书馆", "图\n书\n馆", 0, 11, WARD_DISGUISE_SEPARATOR},
        {"图书馆", "图，书，馆", 0, 15, WARD_DISGUISE_SEPARATOR},
        {"图书馆", "图\xE2\x80\x8B书馆", 0, 12, WARD_DISGUISE_INVISIBLE},
        {"图书馆", "图图书书馆", 0, 15, WARD_DISGUISE_REPEAT},
        {"library", "l.i.b.r.a.r.y", 0, 13, WARD_DISGUISE_SEPARATOR},
        {"baby", "my baaaby!", 3, 9, WARD_DISGUISE_REPEAT},
        {"图书馆", "图😀书😀馆", 0, 17, WARD_DISGUISE_FILLER},
        {"图书馆", "图x书y馆", 0, 11, WARD_DISGUISE_FILLER},
    };
    check_cases(cases, sizeof(cases) / sizeof(cases[0]));
}

/* Goal: what only looks like a gap is not read across. */
static void leaves_near_misses(void **state)
{
    (void)state;
    static const struct {
        const char *term, *text;
    } cases[] = {
        {"自行车", "他自行，车坏了"}, {"图书馆", "图画书馆"},       {"baby", "b aby"},
        {"图书馆", "图书"},           {"library", "li brary card"}, {"书", "shu"},
        {"自行车", "自行处理"},       {"求领妈", "90码"},           {"求领妈", "大90码鞋"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench_matcher b;
        if (help_find(&b, cases[i].term, cases[i].text))
            fail_msg("%s found in %s", cases[i].term, cases[i].text);
        help_close(&b);
    }
}

/* Goal: numbers are read by sound as a whole, or beside as many other characters. */
static void reads_numbers_by_sound(void **state)
{
    (void)state;
    const struct reading_case cases[] = {
        {"我爱你", "520一辈子", 0, 3, WARD_DISGUISE_DIGIT_SOUND},
        {"爸爸去哪儿", "88去哪儿", 0, 11, WARD_DISGUISE_DIGIT_SOUND},
    };
    check_cases(cases, sizeof(cases) / sizeof(cases[0]));
    struct bench_matcher b;
    assert_null(help_find(&b, "我爱你", "15200人")); /* part of a longer number */
    help_close(&b);
}

/* Goal: overlapping, nested and doubled terms are all found, best hit per place. */
static void keeps_overlaps(void **state)
{
    (void)state;
    struct bench_matcher b = {0};
    help_add(&b, "宝宝", TERM_FULL);
    help_add(&b, "宝", TERM_FULL);
    help_open(&b);
    help_scan(&b, "宝宝宝");
    assert_int_equal(b.hits.count, 5);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(b.hits.at[i].cost_centi, 0);
    help_close(&b);
}

/* Goal: a hit inside an innocent phrase is dropped, one outside is kept. */
static void honours_allowed_phrases(void **state)
{
    (void)state;
    struct bench_matcher b = {0};
    help_add(&b, "大麻", TERM_FULL);
    help_add(&b, "大麻烦", TERM_FULL);
    b.terms[1].allow = true;
    help_open(&b);
    help_scan(&b, "有大麻烦");
    assert_int_equal(b.hits.count, 0);
    help_scan(&b, "有大麻，大麻烦");
    assert_int_equal(b.hits.count, 1);
    assert_int_equal(b.hits.at[0].begin, 3);
    help_close(&b);
}

/* Goal: whole-word terms do not match inside longer words, but do beside Han. */
static void honours_whole_words(void **state)
{
    (void)state;
    struct bench_matcher b = {0};
    help_add(&b, "ad", TERM_FULL);
    b.terms[0].whole_word = true;
    help_open(&b);
    help_scan(&b, "read bad add");
    assert_int_equal(b.hits.count, 0);
    help_scan(&b, "发ad了");
    assert_int_equal(b.hits.count, 1);
    help_scan(&b, "an AD.");
    assert_int_equal(b.hits.count, 1);
    assert_int_equal(b.hits.at[0].disguises, WARD_DISGUISE_CASE);
    help_close(&b);
}

/* Goal: a folded term of several words is found in capitals, with its own spaces and no others. */
static void folds_words_with_spaces(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t hits;
    } cases[] = {{"My Library Card", 1}, {"MY LIBRARY CARD", 1}, {"ｌibrary card", 1},
                 {"LibraryCard", 0},     {"Library.Card", 0},    {"Lib rary Card", 0},
                 {"Library - Card", 0},  {"图书馆 图 书 馆", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench_matcher b = {0};
        help_add(&b, "library card", TERM_FOLD);
        help_add(&b, "图书馆", TERM_FOLD);
        help_open(&b);
        help_scan(&b, cases[i].text);
        if (b.hits.count != cases[i].hits)
            fail_msg("%s: %u hits", cases[i].text, b.hits.count);
        help_close(&b);
    }
}

/* Goal: bad terms are refused with their number. */
static void refuses_bad_terms(void **state)
{
    (void)state;
    const char *bad[] = {"", "\xff\xfe"};
    for (size_t i = 0; i < 2; i++) {
        struct matcher_term terms[2] = {{.text = str_of("好"), .mode = TERM_FULL},
                                        {.text = str_of(bad[i]), .mode = TERM_FULL}};
        struct matcher *matcher;
        struct ward_error err;
        assert_int_equal(matcher_build(terms, 2, NULL, &matcher, &err), WARD_ERR_ARGUMENT);
        assert_null(matcher);
        assert_non_null(strstr(err.message, "term 2"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_terms_as_written), cmocka_unit_test(reads_folds_and_gaps),
        cmocka_unit_test(leaves_near_misses),     cmocka_unit_test(reads_numbers_by_sound),
        cmocka_unit_test(keeps_overlaps),         cmocka_unit_test(honours_allowed_phrases),
        cmocka_unit_test(honours_whole_words),    cmocka_unit_test(folds_words_with_spaces),
        cmocka_unit_test(refuses_bad_terms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
