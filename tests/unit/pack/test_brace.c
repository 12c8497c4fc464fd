/* Brace expansion: results, order, limits, and agreement with a slow recursive reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"
#include "pack/brace.h"

/* Results joined by "|". */
static void expand_joined(const char *term, struct buf *out)
{
    struct arena arena;
    struct brace_fault fault;
    struct ward_str *results;
    uint32_t count;
    arena_init(&arena, 4096, 1u << 24);
    buf_clear(out);
    assert_int_equal(brace_count(str_of(term), &count, &fault), WARD_OK);
    assert_int_equal(brace_expand(&arena, str_of(term), count, &results), WARD_OK);
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            buf_put_char(out, '|');
        buf_put_str(out, results[i]);
    }
    buf_put_char(out, '\0');
    arena_release(&arena);
}

static void known_terms_expand(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"女宝", "女宝"},
        {"", ""},
        {"{男,女}{宝,娃,婴}", "男宝|男娃|男婴|女宝|女娃|女婴"},
        {"a{b,}c", "abc|ac"},
        {"{a,b{c,d}e,}x", "ax|bcex|bdex|x"},
        {"{{a,b},{c,d}}", "a|b|c|d"},
        {"a,b", "a,b"},
        {"a\\{b\\,c\\}\\\\", "a{b,c}\\"},
        {"{a\\,b,c}", "a,b|c"},
    };
    struct buf out;
    buf_init(&out, 1u << 20);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expand_joined(cases[i][0], &out);
        assert_string_equal(out.data, cases[i][1]);
    }
    buf_release(&out);
}

static void limits_are_kept(void **state)
{
    (void)state;
    struct brace_fault fault;
    uint32_t count;
    const char *full = "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}";
    assert_int_equal(brace_count(str_of(full), &count, &fault), WARD_OK);
    assert_int_equal(count, BRACE_RESULTS_MAX);
    struct buf bomb;
    buf_init(&bomb, 1u << 16);
    for (int i = 0; i < 390; i++)
        buf_put_text(&bomb, "{a,b}");
    assert_int_equal(brace_count(buf_str(&bomb), &count, &fault), WARD_ERR_LIMIT);
    for (int i = 0; i < 390; i++)
        buf_put_text(&bomb, "{a,b}");
    assert_int_equal(brace_count(buf_str(&bomb), &count, &fault), WARD_ERR_LIMIT);
    buf_release(&bomb);
    assert_int_equal(brace_count(str_of("a\\"), &count, &fault), WARD_ERR_FORMAT);
    assert_int_equal(fault.at, 1);
}

/* ---- Random terms against a direct recursive expansion ---- */

struct made {
    char text[512];
    size_t len;
    uint64_t seed;
};

static uint32_t draw(struct made *made, uint32_t below)
{
    made->seed = hash_u64(made->seed + 0x9e3779b97f4a7c15ULL);
    return (uint32_t)(made->seed % below);
}

static void put(struct made *made, char c)
{
    made->text[made->len++] = c;
}

static void make_sequence(struct made *made, uint32_t depth)
{
    const uint32_t parts = draw(made, 4);
    for (uint32_t i = 0; i < parts && made->len < 200; i++) {
        if (depth < 3 && draw(made, 3) == 0) {
            const uint32_t alternatives = 2 + draw(made, 2);
            put(made, '{');
            for (uint32_t a = 0; a < alternatives; a++) {
                if (a)
                    put(made, ',');
                make_sequence(made, depth + 1);
            }
            put(made, '}');
        } else {
            put(made, (char)('a' + draw(made, 26)));
        }
    }
}

struct many {
    char at[5000][64];
    uint32_t count;
};

static struct many work;

/* Replaces the first innermost-left group by each alternative until none is left. */
static void slow_expand(const char *text, struct many *out)
{
    const char *open = strchr(text, '{');
    if (!open) {
        (void)snprintf(out->at[out->count++], 64, "%s", text);
        return;
    }
    const char *close = open + 1;
    for (int depth = 1; depth; close++)
        depth += (*close == '{') - (*close == '}');
    const char *begin = open + 1;
    int depth = 0;
    for (const char *at = begin; at < close; at++) {
        if (depth == 0 && (*at == ',' || at == close - 1)) {
            char one[512];
            (void)snprintf(one, sizeof one, "%.*s%.*s%s", (int)(open - text), text,
                           (int)(at - begin), begin, close);
            slow_expand(one, out);
            begin = at + 1;
        }
        depth += (*at == '{') - (*at == '}');
    }
}

static void random_terms_agree(void **state)
{
    (void)state;
    uint32_t compared = 0;
    for (uint64_t round = 0; round < 3000; round++) {
        struct made made = {.seed = round};
        struct brace_fault fault;
        uint32_t count;
        make_sequence(&made, 0);
        made.text[made.len] = '\0';
        const struct ward_str term = {made.text, made.len};
        if (brace_count(term, &count, &fault) != WARD_OK || count > 2000)
            continue;
        struct arena arena;
        struct ward_str *results;
        arena_init(&arena, 4096, 1u << 24);
        assert_int_equal(brace_expand(&arena, term, count, &results), WARD_OK);
        work.count = 0;
        slow_expand(made.text, &work);
        assert_int_equal(work.count, count);
        for (uint32_t i = 0; i < count; i++)
            assert_string_equal(results[i].data, work.at[i]);
        compared += count > 1;
        arena_release(&arena);
    }
    assert_true(compared > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_terms_expand),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(random_terms_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
