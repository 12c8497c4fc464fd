/*
 * Every allocation of a term list's whole life fails in turn: opened, a scratch made, texts scanned
 * (one longer than a window), closed. Either "no memory" comes back or the hits are those of an
 * undisturbed run; nothing leaks either way, and hits told before a failure are the first of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "fault_alloc.h"
#include "ward/ward.h"

#define HITS_MAX 512u
#define LONG_BYTES ((size_t)150 << 10)
#define COUNT(list) (sizeof(list) / sizeof *(list))

struct hits {
    struct ward_term_hit list[HITS_MAX];
    uint32_t count;
};

static const char *const texts[] = {"送养女宝", "松 养 囡 宝",  "sòng yǎng",  "song*yang",
                                    "",         "s-o-n-g-yang", "ＡdＯption", "送\xFF养\xC0女宝"};

static bool keep(void *user, const struct ward_term_hit *hit)
{
    struct hits *hits = user;
    assert_true(hits->count < HITS_MAX);
    hits->list[hits->count++] = *hit;
    return true;
}

/* Plain filler with a few hits, one of them where two windows meet. */
static char *long_text(void)
{
    static const char word[] = "送养女宝";
    char *text = malloc(LONG_BYTES);
    assert_non_null(text);
    memset(text, ' ', LONG_BYTES);
    for (size_t at = 65530; at + sizeof word < LONG_BYTES; at += 32768)
        memcpy(text + at, word, sizeof word - 1);
    return text;
}

static enum ward_status open_terms(enum ward_term_mode mode, struct ward_terms **out)
{
    const struct ward_term terms[] = {
        {.text = str_of("送养"), .mode = mode},
        {.text = str_of("女宝"), .mode = mode},
        {.text = str_of("女宝宝衣服"), .mode = mode, .allow = true},
        {.text = str_of("adoption"), .mode = mode, .whole_word = true},
        {.text = str_of("养"), .mode = WARD_TERM_LITERAL},
        {.text = str_of("宝"), .mode = WARD_TERM_FOLD}};
    const struct ward_terms_options options = {.disguises = WARD_DISGUISE_ALL, .report_weak = true};
    return ward_terms_open(terms, COUNT(terms), &options, out, NULL);
}

static enum ward_status scan(enum ward_term_mode mode, const char *filler, struct hits *hits)
{
    struct ward_terms *terms = NULL;
    struct ward_terms_scratch *scratch = NULL;
    enum ward_status status = open_terms(mode, &terms);
    if (status == WARD_OK)
        status = ward_terms_scratch_new(terms, &scratch);
    for (size_t i = 0; status == WARD_OK && i < COUNT(texts); i++)
        status = ward_terms_scan(terms, scratch, str_of(texts[i]), keep, hits);
    if (status == WARD_OK)
        status = ward_terms_scan(terms, scratch, (struct ward_str){filler, LONG_BYTES}, keep, hits);
    ward_terms_scratch_free(scratch);
    ward_terms_close(terms);
    return status;
}

static void assert_same(const struct ward_term_hit *got, const struct ward_term_hit *want)
{
    assert_int_equal(got->term, want->term);
    assert_int_equal(got->begin, want->begin);
    assert_int_equal(got->end, want->end);
    assert_int_equal(got->disguises, want->disguises);
    assert_int_equal(got->cost_centi, want->cost_centi);
}

static void every_allocation_may_fail(enum ward_term_mode mode, uint32_t least, long failures_least)
{
    static struct hits want, got;
    char *filler = long_text();
    want.count = 0;
    assert_int_equal(scan(mode, filler, &want), WARD_OK);
    assert_true(want.count >= least);
    long failures = 0;
    for (long nth = 1;; nth++) {
        got.count = 0;
        const long before = fault_live();
        fault_arm(nth);
        const enum ward_status status = scan(mode, filler, &got);
        const bool fired = fault_fired();
        fault_arm(0);
        assert_int_equal(fault_live(), before);
        assert_true(status == WARD_OK || status == WARD_ERR_NOMEM);
        assert_true(got.count == want.count || (status != WARD_OK && got.count < want.count));
        for (uint32_t i = 0; i < got.count; i++)
            assert_same(&got.list[i], &want.list[i]);
        if (!fired)
            break;
        failures += status != WARD_OK;
    }
    assert_true(failures >= failures_least);
    free(filler);
}

static void full(void **state)
{
    (void)state;
    every_allocation_may_fail(WARD_TERM_FULL, 12, 10);
}

static void fold(void **state)
{
    (void)state;
    every_allocation_may_fail(WARD_TERM_FOLD, 8, 5);
}

static void literal(void **state)
{
    (void)state;
    every_allocation_may_fail(WARD_TERM_LITERAL, 8, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(full), cmocka_unit_test(fold),
                                       cmocka_unit_test(literal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
