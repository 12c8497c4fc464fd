/**
 * What is written plainly is found exactly as Vectorscan finds it: the same set of (term, end) from
 * a list of literal terms, and the same from the cost-0 hits of terms read through every disguise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <hs/hs.h>

#include "match/matcher.h"

#define TERMS 120u
#define TERM_BYTES 64u
#define TEXT_PIECES 300u
#define FOUND_MAX 65536u

struct found {
    uint64_t at[FOUND_MAX]; /* term << 32 | end */
    uint32_t count;
};

struct world {
    char pool[TERMS][TERM_BYTES];
    size_t lens[TERMS];
    char text[TEXT_PIECES * 8];
    size_t text_len;
};

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* A small alphabet of everything: nesting, doubles, shared prefixes, marks, emoji, control bytes.
 */
static size_t make_text(char *out, size_t pieces, uint32_t *seed)
{
    static const char *const alphabet[] = {"a",
                                           "B",
                                           "\xE5\xA5\xB3",
                                           "\xE5\xAE\x9D",
                                           "\xE9\xA6\x86",
                                           "\xE5\x9C\x96",
                                           "\xC3\xA9",
                                           "\xF0\x9F\x91\xB6",
                                           "\x01",
                                           " ",
                                           ".",
                                           "9",
                                           "\xE2\x80\x8B",
                                           "\xEF\xBC\x8C",
                                           "\xCC\x81"};
    size_t len = 0;
    for (size_t i = 0; i < pieces; i++) {
        const char *piece = alphabet[draw(seed) % (sizeof(alphabet) / sizeof(alphabet[0]))];
        memcpy(out + len, piece, strlen(piece));
        len += strlen(piece);
    }
    return len;
}

static int note(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                void *user)
{
    struct found *found = user;
    (void)from;
    (void)flags;
    assert_true(found->count < FOUND_MAX);
    found->at[found->count++] = (uint64_t)id << 32 | to;
    return 0;
}

static int order(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a;
    const uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void find_by_vectorscan(const struct world *w, struct found *found)
{
    const char *patterns[TERMS];
    unsigned ids[TERMS];
    unsigned flags[TERMS] = {0};
    for (unsigned i = 0; i < TERMS; i++) {
        patterns[i] = w->pool[i];
        ids[i] = i;
    }
    hs_database_t *database = NULL;
    hs_compile_error_t *error = NULL;
    hs_scratch_t *scratch = NULL;
    assert_int_equal(hs_compile_lit_multi(patterns, flags, ids, w->lens, TERMS, HS_MODE_BLOCK, NULL,
                                          &database, &error),
                     HS_SUCCESS);
    assert_int_equal(hs_alloc_scratch(database, &scratch), HS_SUCCESS);
    assert_int_equal(hs_scan(database, w->text, (unsigned)w->text_len, 0, scratch, note, found),
                     HS_SUCCESS);
    hs_free_scratch(scratch);
    hs_free_database(database);
}

static void find_by_matcher(const struct world *w, enum term_mode mode, struct found *found)
{
    struct matcher_term terms[TERMS];
    for (uint32_t i = 0; i < TERMS; i++)
        terms[i] = (struct matcher_term){.text = {w->pool[i], w->lens[i]}, .mode = mode};
    struct matcher *matcher;
    struct matcher_scratch *scratch;
    struct matcher_hits hits;
    struct text_units units;
    struct ward_error err;
    const struct ward_str text = {w->text, w->text_len};
    matcher_hits_init(&hits);
    text_units_init(&units);
    assert_int_equal(matcher_build(terms, TERMS, NULL, &matcher, &err), WARD_OK);
    assert_int_equal(matcher_scratch_new(matcher, &scratch), WARD_OK);
    assert_int_equal(text_units_decode(&units, text), WARD_OK);
    assert_int_equal(matcher_scan(matcher, text, &units, scratch, &hits), WARD_OK);
    for (uint32_t i = 0; i < hits.count; i++)
        if (hits.at[i].cost_centi == 0)
            (void)note(hits.at[i].term, hits.at[i].begin, hits.at[i].end, 0, found);
    matcher_hits_release(&hits);
    text_units_release(&units);
    matcher_scratch_free(scratch);
    matcher_free(matcher);
}

static void compare(const struct found *want, struct found *have, uint32_t round)
{
    qsort(have->at, have->count, sizeof(have->at[0]), order);
    if (want->count != have->count ||
        memcmp(want->at, have->at, want->count * sizeof(want->at[0])) != 0)
        fail_msg("round %u: %u hits instead of %u", round, have->count, want->count);
}

static void make_world(struct world *w, uint32_t round)
{
    uint32_t seed = round * 977u + 5u;
    for (uint32_t i = 0; i < TERMS; i++)
        w->lens[i] = make_text(w->pool[i], 1 + draw(&seed) % 6, &seed);
    w->text_len = make_text(w->text, draw(&seed) % TEXT_PIECES, &seed);
    if (w->text_len)
        w->text[w->text_len / 2] = (char)0xFF; /* damage must not hide what is around it */
}

/* Goal: literal and full mode both hold exactly Vectorscan's set, on 40 generated worlds. */
static void equals_vectorscan(void **state)
{
    (void)state;
    struct world *w = calloc(1, sizeof(*w));
    struct found *want = calloc(1, sizeof(*want));
    struct found *have = calloc(1, sizeof(*have));
    assert_true(w && want && have);
    for (uint32_t round = 0; w && want && have && round < 40; round++) {
        make_world(w, round);
        want->count = 0;
        find_by_vectorscan(w, want);
        qsort(want->at, want->count, sizeof(want->at[0]), order);
        have->count = 0;
        find_by_matcher(w, TERM_LITERAL, have);
        compare(want, have, round);
        have->count = 0;
        find_by_matcher(w, TERM_FULL, have);
        compare(want, have, round);
    }
    free(w);
    free(want);
    free(have);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equals_vectorscan)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
