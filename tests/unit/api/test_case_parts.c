/* What needs no server of the case routes: cursors, claims, the law of a case, JSON of what is
 * stored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <jansson.h>

#include "api/case_json.h"
#include "api/case_law.h"
#include "api/claim.h"
#include "api/cursor.h"
#include "base/str.h"

/* ---- cursors --------------------------------------------------------------------------------- */

static void a_cursor_comes_back(void **state)
{
    (void)state;
    struct cursor cursor = {.list = 'c', .numbers = {3, cursor_of_real(-0.125), UINT64_MAX}};
    struct cursor read;
    struct buf text;
    buf_init(&text, 4096);
    cursor_set_text(&cursor, (struct ward_str){"C-\0\xff", 4});
    cursor_put(&text, &cursor);
    assert_true(cursor_read(buf_str(&text), 'c', &read));
    assert_memory_equal(read.numbers, cursor.numbers, sizeof read.numbers);
    assert_true(cursor_real(read.numbers[1]) < -0.12);
    assert_int_equal(read.text_len, 4);
    assert_memory_equal(read.text, cursor.text, 4);
    assert_false(cursor_read(buf_str(&text), 'd', &read));
    for (size_t i = 0; i < text.len; i++)
        assert_non_null(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
                               text.data[i]));
    buf_release(&text);
}

static void what_is_no_cursor_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "x", "AAAA", "====", "%00", "A A", "/v1/cases", "AWMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!"};
    struct cursor read;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(cursor_read(str_of(bad[i]), 'c', &read));
    char *longest = malloc(100000);
    assert_non_null(longest);
    memset(longest, 'A', 100000);
    assert_false(cursor_read((struct ward_str){longest, 100000}, 'c', &read));
    free(longest);
}

/* Keys longer than a cursor keeps are cut, not refused. */
static void a_long_text_is_cut(void **state)
{
    (void)state;
    struct cursor cursor = {.list = 'g'};
    struct cursor read;
    struct buf text;
    char key[CURSOR_TEXT_MAX + 7];
    memset(key, 'k', sizeof key);
    buf_init(&text, 4096);
    cursor_set_text(&cursor, (struct ward_str){key, sizeof key});
    cursor_put(&text, &cursor);
    assert_true(cursor_read(buf_str(&text), 'g', &read));
    assert_int_equal(read.text_len, CURSOR_TEXT_MAX);
    buf_release(&text);
}

/* ---- claims ---------------------------------------------------------------------------------- */

static void a_claim_lasts_as_long_as_its_holder_writes(void **state)
{
    (void)state;
    struct claim claim = {.holder = str_of("ann")};
    const struct store_decision decisions[] = {
        {.time_ms = 10, .who = str_of("lea"), .kind = STORE_ASSIGN, .reason = str_of("ann")},
        {.time_ms = 20, .who = str_of("ann"), .kind = STORE_NOTE},
        {.time_ms = 30, .who = str_of("bob"), .kind = STORE_NOTE, .reason = str_of("ann")}};
    claim_see(&claim, &decisions[0]);
    assert_int_equal(claim.active_ms, 10);
    claim_see(&claim, &decisions[1]);
    claim_see(&claim, &decisions[2]);
    assert_int_equal(claim.active_ms, 20);
    assert_int_equal(claim_until_ms(&claim), 20 + CLAIM_IDLE_MS);
}

/* ---- law ------------------------------------------------------------------------------------- */

static void law_is_found_in_verdicts(void **state)
{
    (void)state;
    struct case_law law;
    case_law_init(&law);
    const char *verdict =
        "{\"id\":\"\\\"law\\\":[\\\"CN/fake\\\"]\",\"reasons\":[{\"law\":[\"CN/a/1\","
        "\"CN/b/2\"],\"spans\":[]},{\"law\":[]},{\"law\":[\"CN/a/1\"]}]}";
    assert_int_equal(case_law_add(&law, str_of(verdict), NULL), WARD_OK);
    assert_int_equal(case_law_add(&law, (struct ward_str){NULL, 0}, NULL), WARD_OK);
    assert_int_equal(case_law_add(&law, str_of("{\"law\":[\"cut"), NULL), WARD_OK);
    assert_int_equal(law.count, 2);
    assert_true(str_equal(law.ids[0], str_of("CN/a/1")));
    assert_true(str_equal(law.ids[1], str_of("CN/b/2")));
    case_law_release(&law);
}

#define BEIJING_MS INT64_C(28800000) /* its days begin so much before those of UTC */
static const struct pack_law laws[] = {
    {.id = {"CN/a/1", 6}, .title_en = {"old", 3}, .from_ms = INT64_MIN, .to_ms = 100},
    {.id = {"CN/a/1", 6}, .title_en = {"new", 3}, .from_ms = 100, .to_ms = INT64_MAX}};
static const struct pack_step steps[] = {{.title_en = {"go", 2}, .title_zh = {"去", 3}, .days = 30},
                                         {.title_en = {"wait", 4}, .days = -1}};
static const struct pack_procedure procedures[] = {
    {.id = {"CN/adopt", 8}, .title_en = {"lawfully", 8}, .steps = steps, .step_count = 2},
    {.id = {"PH/adopt", 8}, .title_en = {"elsewhere", 9}}};
static const struct pack pack = {
    .laws = laws, .law_count = 2, .procedures = procedures, .procedure_count = 2};

static json_t *parsed(struct buf *out)
{
    json_t *value = json_loadb(out->data, out->len, 0, NULL);
    assert_non_null(value);
    buf_clear(out);
    return value;
}

static const char *text_of(const json_t *list, size_t index, const char *key, const char *lang)
{
    const json_t *value = json_object_get(json_array_get(list, index), key);
    return json_string_value(lang ? json_object_get(value, lang) : value);
}

static void law_and_the_lawful_way_are_shown(void **state)
{
    (void)state;
    struct case_law law;
    struct buf out;
    buf_init(&out, 1u << 16);
    case_law_init(&law);
    const char *verdict = "{\"law\":[\"CN/a/1\",\"CN/unknown\"]}";
    assert_int_equal(case_law_add(&law, str_of(verdict), NULL), WARD_OK);
    case_law_put(&out, &law, &pack, 99 - BEIJING_MS, LINK_SAYS_EN);
    json_t *shown = parsed(&out);
    assert_int_equal(json_array_size(shown), 2);
    assert_string_equal(text_of(shown, 0, "title", NULL), "old");
    assert_string_equal(text_of(shown, 1, "id", NULL), "CN/unknown");
    json_decref(shown);
    case_law_put(&out, &law, &pack, 100 - BEIJING_MS, LINK_SAYS_BOTH);
    shown = parsed(&out);
    assert_string_equal(text_of(shown, 0, "title", "en"), "new");
    assert_string_equal(text_of(shown, 0, "from", NULL), "1970-01-01");
    json_decref(shown);
    case_law_put_lawful(&out, &law, &pack, LINK_SAYS_BOTH);
    shown = parsed(&out);
    assert_int_equal(json_array_size(shown), 1);
    assert_int_equal(json_array_size(json_object_get(json_array_get(shown, 0), "steps")), 2);
    json_decref(shown);
    law.count = 0; /* nothing cited: every way is shown */
    case_law_put_lawful(&out, &law, &pack, LINK_SAYS_ZH);
    shown = parsed(&out);
    assert_int_equal(json_array_size(shown), 2);
    json_decref(shown);
    case_law_release(&law);
    buf_release(&out);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void an_event_is_shown_as_it_is_stored(void **state)
{
    (void)state;
    struct buf out;
    const struct store_event_row row = {
        .event = {.event_json = str_of("{\"id\":\"m1\",\"text\":\"\\u0000<b>\"}"),
                  .verdict_json = str_of("{\"level\":\"review\"}\n"),
                  .is_neighbour = false,
                  .packs = str_of("a@1"),
                  .received_ms = 1000,
                  .custody = {.source = str_of("a\"b.jsonl"), .line = 7}},
        .seq = 12,
        .is_held = true,
        .is_last = true,
        .person_id = str_of("P-1")};
    buf_init(&out, 1u << 16);
    event_json_put(&out, &row);
    json_t *shown = json_loadb(out.data, out.len, JSON_ALLOW_NUL, NULL);
    assert_non_null(shown);
    assert_int_equal(json_integer_value(json_object_get(shown, "seq")), 12);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(shown, "verdict"), "level")), "review");
    assert_true(json_is_true(json_object_get(shown, "held")));
    assert_true(json_is_null(json_object_get(shown, "case")));
    const json_t *custody = json_object_get(shown, "custody");
    assert_string_equal(json_string_value(json_object_get(custody, "source")), "a\"b.jsonl");
    json_decref(shown);
    buf_release(&out);
}

static void an_erased_event_shows_nothing(void **state)
{
    (void)state;
    struct buf out;
    const struct store_event_row row = {
        .seq = 3, .is_erased = true, .seal = str_of("ab"), .event = {.received_ms = 0}};
    buf_init(&out, 1u << 16);
    event_json_put(&out, &row);
    json_t *shown = parsed(&out);
    assert_true(json_is_null(json_object_get(shown, "event")));
    assert_true(json_is_null(json_object_get(shown, "verdict")));
    assert_true(json_is_true(json_object_get(shown, "erased")));
    json_decref(shown);
    buf_release(&out);
}

static void a_case_has_what_only_a_service_knows(void **state)
{
    (void)state;
    struct buf out;
    struct link_case one = {.id = str_of("C-1"),
                            .urgency = LINK_URGENCY_HIGH,
                            .urgency_points = 5.25,
                            .says_zh = str_of("两人"),
                            .says_en = str_of("two")};
    struct case_status status = {.state = STORE_CASE_OPEN, .is_held = true};
    struct link_loaded loaded = {.link = {.cases = &one, .case_count = 1}, .status = &status};
    const struct link_json how = {NULL, LINK_SAYS_BOTH};
    buf_init(&out, 1u << 16);
    case_json_put(&out, &how, &loaded, 0);
    json_t *shown = parsed(&out);
    assert_true(json_is_null(json_object_get(shown, "assignee")));
    assert_true(json_is_true(json_object_get(shown, "held")));
    assert_true(json_number_value(json_object_get(shown, "points")) > 5.2);
    assert_string_equal(json_string_value(json_object_get(json_object_get(shown, "says"), "zh")),
                        "两人");
    json_decref(shown);
    status.assignee = str_of("ann");
    case_json_put(&out, &how, &loaded, 0);
    shown = parsed(&out);
    assert_string_equal(json_string_value(json_object_get(shown, "assignee")), "ann");
    json_decref(shown);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cursor_comes_back),
        cmocka_unit_test(what_is_no_cursor_is_refused),
        cmocka_unit_test(a_long_text_is_cut),
        cmocka_unit_test(a_claim_lasts_as_long_as_its_holder_writes),
        cmocka_unit_test(law_is_found_in_verdicts),
        cmocka_unit_test(law_and_the_lawful_way_are_shown),
        cmocka_unit_test(an_event_is_shown_as_it_is_stored),
        cmocka_unit_test(an_erased_event_shows_nothing),
        cmocka_unit_test(a_case_has_what_only_a_service_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
