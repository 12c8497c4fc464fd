/* JSON grammar: what every parser must take (y), refuse (n), and where we choose (i). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "feed_case.h"

#include <jansson.h>

/* A value inside an event, or a whole line if it starts with '{' or '!' (which is dropped). */
static const struct {
    const char *line;
    bool is_good;
} CASES[] = {
    /* y: values */
    {"null", true},
    {"true", true},
    {"false", true},
    {"0", true},
    {"-0", true},
    {"1", true},
    {"-1", true},
    {"10", true},
    {"123456789012345678901234567890", true},
    {"1.5", true},
    {"0.1", true},
    {"-0.0", true},
    {"1e5", true},
    {"1E5", true},
    {"1e+5", true},
    {"1e-5", true},
    {"1.5e10", true},
    {"0e0", true},
    {"1e400", true},
    {"-1e-400", true},
    {"\"\"", true},
    {"\"a\"", true},
    {"\"\\\"\"", true},
    {"\"\\\\\"", true},
    {"\"\\/\"", true},
    {"\"\\b\\f\\n\\r\\t\"", true},
    {"\"\\u0041\"", true},
    {"\"\\u00e9\\uABCD\\uabcd\"", true},
    {"\"\\u0000\"", true},
    {"\"\\uD83D\\uDE00\"", true},
    {"\"\\uFFFF\\uFFFE\"", true},
    {"\"\x7f\"", true},
    {"\"\xe5\xa5\xb3\"", true},
    {"\"\xf0\x9f\x91\xb6\"", true},
    {"\"\xe2\x80\xa8\xe2\x80\xa9\"", true},
    {"\"{}[],:\"", true},
    {"\"//\"", true},
    {"[]", true},
    {"[ ]", true},
    {"[1]", true},
    {"[1,2]", true},
    {"[ 1 , 2 ]", true},
    {"[[[[]]]]", true},
    {"[{},[],\"\",0,null]", true},
    {"{}", true},
    {"{ }", true},
    {"{\"a\":1}", true},
    {"{\"a\":{\"b\":{}}}", true},
    {"{\"\":0}", true},
    {"{\"a\":1,\"a\":2}", true},
    {"{ \"a\" : 1 , \"b\" : [ ] }", true},
    {" \t 1 \t ", true},
    {"[\"a\",\"b\\\"]\"]", true},
    {"{\"text\":5,\"id\":[]}", true},
    /* i: ours to choose */
    {"\"\\uD800\"", true},
    {"\"\\uDC00\"", true},
    {"\"\\uD800\\u0041\"", true},
    {"\"\\uD800\\uD800\\uDC00\"", true},
    {"\"\\uDC00\\uD800\"", true},
    {"\"\xff\"", true},
    {"\"\xc0\xaf\"", true},
    {"\"\xed\xa0\x80\"", true},
    {"\"\xf4\x90\x80\x80\"", true},
    {"\"\xe5\xa5\"", true},
    {"\"\x80\"", true},
    {"!\xEF\xBB\xBF{\"text\":\"\"}", true},
    /* n: numbers */
    {"01", false},
    {"-01", false},
    {"00", false},
    {"1.", false},
    {".5", false},
    {"-.5", false},
    {"+1", false},
    {"-", false},
    {"--1", false},
    {"1e", false},
    {"1e+", false},
    {"1E-", false},
    {"1.e5", false},
    {"1.5.5", false},
    {"0x10", false},
    {"1_000", false},
    {"1a", false},
    {"Infinity", false},
    {"-Infinity", false},
    {"NaN", false},
    {"1 2", false},
    {"1,2", false},
    {"\xEF\xBC\x91", false},
    {"2.e+3", false},
    {"1e5.5", false},
    {"- 1", false},
    /* n: literals */
    {"nul", false},
    {"nulll", false},
    {"True", false},
    {"TRUE", false},
    {"tru", false},
    {"falsee", false},
    {"undefined", false},
    {"", false},
    {"a", false},
    {"'a'", false},
    /* n: strings */
    {"\"", false},
    {"\"a", false},
    {"a\"", false},
    {"\"\\\"", false},
    {"\"\\", false},
    {"\"\\x41\"", false},
    {"\"\\a\"", false},
    {"\"\\u\"", false},
    {"\"\\u12\"", false},
    {"\"\\u123g\"", false},
    {"\"\\U0041\"", false},
    {"\"\\u 041\"", false},
    {"\"\\ \"", false},
    {"\"\t\"", false},
    {"\"\x01\"", false},
    {"\"\x1f\"", false},
    {"\"a\"b", false},
    {"\"\\0\"", false},
    {"\"\\uD83D\\u\"", false},
    {"\"\\uD83D\\uDE0\"", false},
    {"\"\\uD83D\\\"", false},
    /* n: arrays */
    {"[", false},
    {"]", false},
    {"[1", false},
    {"[1,", false},
    {"[1,]", false},
    {"[,1]", false},
    {"[,]", false},
    {"[1,,2]", false},
    {"[1 2]", false},
    {"[1}", false},
    {"[]]", false},
    {"[\"a\"", false},
    {"[1:2]", false},
    {"[\"a\":1]", false},
    {"[-]", false},
    {"[1]x", false},
    /* n: objects */
    {"{\"a\"", false},
    {"!{", false},
    {"!{\"text\"", false},
    {"!{\"text\":", false},
    {"!{\"text\":\"\"", false},
    {"!{\"text\":\"\",", false},
    {"!{\"text\":\"\",}", false},
    {"!{,\"text\":\"\"}", false},
    {"!{\"text\":\"\",,\"a\":1}", false},
    {"!{\"text\" \"\"}", false},
    {"!{\"text\"::\"\"}", false},
    {"!{text:\"\"}", false},
    {"!{'text':''}", false},
    {"!{1:\"\",\"text\":\"\"}", false},
    {"!{null:1,\"text\":\"\"}", false},
    {"!{\"text\":\"\"]", false},
    {"!{\"text\":\"\"}}", false},
    {"!{\"text\":\"\"},", false},
    {"!{\"text\":\"\"} {\"text\":\"\"}", false},
    {"!{\"text\":\"\"}#", false},
    {"!{\"text\":\"\"} // x", false},
    {"!/* x */{\"text\":\"\"}", false},
    {"!{\"text\":\"\" \"a\":1}", false},
    {"!{\"text\":\"\";\"a\":1}", false},
    {"!\f{\"text\":\"\"}", false},
    {"!\xc2\xa0{\"text\":\"\"}", false},
    {"!\xEF\xBB{\"text\":\"\"}", false},
    {"!{\"text\":\"\"}\x01", false},
    {"!{\"a\" b:1}", false},
    {"!{\"text\":\"\"}\xEF\xBB\xBF", false},
};

static void put_line(struct buf *out, const char *line)
{
    if (*line == '!')
        buf_put_text(out, line + 1);
    else
        buf_printf(out, "{\"text\":\"\",\"x\":%s}", line);
}

static size_t events_in(struct ward_str line, size_t *faults)
{
    struct feed_batch batch;
    struct ward_error err;
    feed_batch_init(&batch);
    assert_int_equal(feed_batch_load(&batch, line, "l", NULL, &err), WARD_OK);
    const size_t events = batch.event_count;
    *faults = batch.fault_count;
    feed_batch_release(&batch);
    return events;
}

static void grammar_cases(void **state)
{
    (void)state;
    struct buf line;
    buf_init(&line, 4096);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        size_t faults;
        buf_clear(&line);
        put_line(&line, CASES[i].line);
        const size_t events = events_in(buf_str(&line), &faults);
        if (events + faults != 1 || (events == 1) != CASES[i].is_good)
            fail_msg("%s: %zu events, %zu faults", CASES[i].line, events, faults);
    }
    buf_release(&line);
}

/* All cases as one file: each bad line is one fault, and every good one is there. */
static void cases_as_a_file(void **state)
{
    (void)state;
    struct buf file;
    buf_init(&file, 1 << 20);
    size_t good = 0;
    const size_t count = sizeof CASES / sizeof CASES[0];
    for (size_t i = 0; i < count; i++) {
        put_line(&file, CASES[i].line);
        buf_put_text(&file, i % 2 ? "\n" : "\r\n");
        good += CASES[i].is_good;
    }
    size_t faults;
    assert_int_equal(events_in(buf_str(&file), &faults), good);
    assert_int_equal(faults, count - good);
    feed_case_split(FEED_FORMAT_JSONL, buf_str(&file));
    buf_release(&file);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* jansson as the judge of random short texts; its limits on number size are not ours. */
static bool judge(struct ward_str line, bool *is_unsure)
{
    json_error_t error;
    json_t *root = json_loadb(line.data, line.len, JSON_ALLOW_NUL, &error);
    *is_unsure = !root && (strstr(error.text, "overflow") || strstr(error.text, "too big"));
    const bool is_object = json_is_object(root);
    json_decref(root);
    return is_object;
}

static void random_texts_agree_with_jansson(void **state)
{
    (void)state;
    static const char *const parts[] = {"{",      "}", "[",  "]",           ",",  ":",    "\"",
                                        "\\",     "u", "00", "41",          "n",  "null", "true",
                                        "false",  "1", "0",  "-",           ".",  "e5",   "\"a\"",
                                        "\"b\":", " ", "\t", "\"\\u0041\"", "{}", "[]",   "1.5"};
    uint32_t seed = 42;
    size_t good = 0;
    struct buf line;
    buf_init(&line, 4096);
    for (int round = 0; round < 60000; round++) {
        buf_clear(&line);
        buf_put_text(&line, "{\"text\":\"\",\"x\":");
        for (uint32_t n = next_random(&seed) % 7; n > 0; n--)
            buf_put_text(&line, parts[next_random(&seed) % (sizeof parts / sizeof parts[0])]);
        buf_put_text(&line, "}");
        size_t faults;
        bool is_unsure;
        const bool expected = judge(buf_str(&line), &is_unsure);
        const bool ours = events_in(buf_str(&line), &faults) == 1;
        if (!is_unsure && ours != expected)
            fail_msg("%.*s: we %d, jansson %d", (int)line.len, line.data, ours, expected);
        good += ours;
    }
    assert_in_range(good, 2000, 58000);
    buf_release(&line);
}

/* Strings that break other people's software come out as they went in. */
static void naughty_strings_come_through(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "undefined",
        "NULL",
        "\xEF\xBB\xBF",
        "\xE2\x80\x8B",
        "\xE2\x80\xAE-abc",
        "%s%n%p",
        "../../etc/passwd",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "${jndi:ldap://x}",
        "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
        "\xEF\xBF\xBE\xEF\xBF\xBF",
        "T\xCC\xA8\xCC\x98h\xCC\xB8",
        "\xC2\xA0\xC2\x85\xE1\x9A\x80",
        "\xF3\xA0\x80\x81\xF3\xA0\x80\xA0",
        "田中さんにあげて下さい",
        "ﷺ",
        "\x80\x81\xfe\xff",
        "{\"text\":\"x\"}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct buf line;
        struct feed_batch batch;
        buf_init(&line, 4096);
        feed_batch_init(&batch);
        buf_put_text(&line, "{\"text\":\"");
        for (const char *at = texts[i]; *at; at++) {
            if (*at == '"' || *at == '\\')
                buf_put_char(&line, '\\');
            buf_put_char(&line, *at);
        }
        buf_put_text(&line, "\"}");
        assert_int_equal(feed_batch_load(&batch, buf_str(&line), "l", NULL, NULL), WARD_OK);
        assert_int_equal(batch.event_count, 1);
        assert_true(str_equal(batch.events[0].text, str_of(texts[i])));
        feed_batch_release(&batch);
        buf_release(&line);
    }
}

/* Random bytes in every format: nothing breaks, and each line is an event, a fault or blank. */
static void random_bytes_break_nothing(void **state)
{
    (void)state;
    uint32_t seed = 1;
    struct buf out;
    buf_init(&out, 1 << 20);
    for (int round = 0; round < 4000; round++) {
        char input[300];
        const size_t len = next_random(&seed) % sizeof input;
        for (size_t i = 0; i < len; i++) {
            const uint32_t r = next_random(&seed);
            input[i] = r % 5 ? (char)(r >> 4) : "\n\"{[,:\\}]"[(r >> 4) % 9];
        }
        for (int format = 0; format < FEED_FORMAT_COUNT; format++) {
            const struct feed_case feed_case = {.input = {input, len},
                                                .options = {.format = (enum feed_format)format}};
            buf_clear(&out);
            feed_case_run(&feed_case, &out);
        }
    }
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grammar_cases),
        cmocka_unit_test(cases_as_a_file),
        cmocka_unit_test(random_texts_agree_with_jansson),
        cmocka_unit_test(naughty_strings_come_through),
        cmocka_unit_test(random_bytes_break_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
