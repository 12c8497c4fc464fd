/** Shared by the tests of this room: build from words, scan, look for one hit. */
#ifndef WARD_TEST_MATCH_HELP_H
#define WARD_TEST_MATCH_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "match/matcher.h"

#define HELP_TERMS_MAX 64

/** A matcher with all it needs for a scan. */
struct bench_matcher {
    struct matcher *matcher;
    struct matcher_scratch *scratch;
    struct matcher_hits hits;
    struct text_units units;
    struct matcher_term terms[HELP_TERMS_MAX];
    uint32_t count;
};

static inline void help_add(struct bench_matcher *b, const char *text, enum term_mode mode)
{
    assert_true(b->count < HELP_TERMS_MAX);
    b->terms[b->count++] = (struct matcher_term){.text = str_of(text), .mode = mode};
}

static inline void help_open(struct bench_matcher *b)
{
    struct ward_error err;
    assert_int_equal(matcher_build(b->terms, b->count, NULL, &b->matcher, &err), WARD_OK);
    assert_int_equal(matcher_scratch_new(b->matcher, &b->scratch), WARD_OK);
    matcher_hits_init(&b->hits);
    text_units_init(&b->units);
}

static inline void help_close(struct bench_matcher *b)
{
    text_units_release(&b->units);
    matcher_hits_release(&b->hits);
    matcher_scratch_free(b->scratch);
    matcher_free(b->matcher);
}

static inline void help_scan(struct bench_matcher *b, const char *text)
{
    assert_int_equal(text_units_decode(&b->units, str_of(text)), WARD_OK);
    assert_int_equal(matcher_scan(b->matcher, str_of(text), &b->units, b->scratch, &b->hits),
                     WARD_OK);
}

/** Scans `text` for the one FULL term `term`; the first hit, or NULL. */
static inline const struct matcher_hit *help_find(struct bench_matcher *b, const char *term,
                                                  const char *text)
{
    *b = (struct bench_matcher){0};
    help_add(b, term, TERM_FULL);
    help_open(b);
    help_scan(b, text);
    return b->hits.count ? &b->hits.at[0] : NULL;
}

#endif
