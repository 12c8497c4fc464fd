/* Events and verdicts as stored are read back as what they were; damage is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "casework/event_restore.h"
#include "casework/verdict_read.h"
#include "feed/event_write.h"

static void an_event_comes_back_to_the_byte(void **state)
{
    static const struct ward_media media = {.kind = {"image", 5}, .qr = {"https://x", 9}};
    const struct ward_event event = {.id = str_of("m1"),
                                     .platform = str_of("qq"),
                                     .text = {"a\xff\0b\n", 5},
                                     .alias = str_of("S\xe2"),
                                     .kind = WARD_KIND_POST,
                                     .has_time = true,
                                     .time_ms = 1774779774123,
                                     .media = &media,
                                     .media_count = 1};
    struct event_restorer reader;
    struct arena arena;
    struct buf json;
    struct ward_event read;
    (void)state;
    event_restorer_init(&reader);
    arena_init(&arena, 4096, 1 << 20);
    buf_init(&json, 1 << 20);
    event_write_json(&json, &event);
    assert_int_equal(event_restore(&reader, buf_str(&json), &arena, &read, NULL), WARD_OK);
    assert_true(str_equal(read.text, event.text));
    assert_true(str_equal(read.alias, event.alias));
    assert_true(str_equal(read.id, event.id));
    assert_int_equal(read.kind, WARD_KIND_POST);
    assert_int_equal(read.time_ms, event.time_ms);
    assert_int_equal(read.media_count, 1);
    assert_true(str_equal(read.media[0].qr, media.qr));
    buf_release(&json);
    arena_release(&arena);
    event_restorer_release(&reader);
}

static void what_is_no_event_is_told(void **state)
{
    struct event_restorer reader;
    struct arena arena;
    struct ward_event read;
    (void)state;
    event_restorer_init(&reader);
    arena_init(&arena, 4096, 1 << 20);
    assert_int_equal(event_restore(&reader, str_of("{\"id\":"), &arena, &read, NULL),
                     WARD_ERR_FORMAT);
    assert_int_equal(event_restore(&reader, str_of("[]"), &arena, &read, NULL), WARD_ERR_FORMAT);
    arena_release(&arena);
    event_restorer_release(&reader);
}

static void a_verdict_gives_its_facts(void **state)
{
    static const char json[] =
        "{\"id\":\"m1\",\"level\":\"review\",\"base\":-4,\"score\":0.75,\"role\":\"seek\","
        "\"reasons\":"
        "[{\"rule\":\"a\",\"weight\":2.5,\"urgent\":true},{\"rule\":\"b\",\"weight\":-1}],"
        "\"facts\":{"
        "\"prices\":[{\"fen\":9000000,\"currency\":\"CNY\",\"low\":9000000,\"high\":9500000}],"
        "\"children\":[{\"sex\":\"female\",\"age_days\":[270,300],\"due\":\"2026-12\",\"unborn\":"
        "true"
        "}],\"handles\":[{\"kind\":\"wechat\",\"value\":\"test_x1\"}]},\"packs\":[]}";
    struct arena arena;
    struct link_event event = {0};
    (void)state;
    arena_init(&arena, 4096, 1 << 20);
    assert_int_equal(verdict_read(str_of(json), &arena, &event, NULL), WARD_OK);
    assert_int_equal(event.level, WARD_LEVEL_REVIEW);
    assert_int_equal(event.role, WARD_ROLE_SEEK);
    assert_true(event.urgent && event.score == 0.75);
    assert_int_equal(event.rule_count, 1);
    assert_true(str_equal(event.rules[0], str_of("a")));
    assert_int_equal(event.price_count, 1);
    assert_int_equal(event.prices[0].high_minor, 9500000);
    assert_int_equal(event.child_count, 1);
    assert_int_equal(event.children[0].sex, 'f');
    assert_int_equal(event.children[0].age_days_high, 300);
    assert_string_equal(event.children[0].due, "2026-12");
    assert_int_equal(event.handle_count, 1);
    assert_string_equal(event.handles[0].kind, "wechat");
    arena_release(&arena);
}

static void a_verdict_may_be_missing_but_not_damaged(void **state)
{
    struct arena arena;
    struct link_event event = {0};
    (void)state;
    arena_init(&arena, 4096, 1 << 20);
    assert_int_equal(verdict_read(str_of(""), &arena, &event, NULL), WARD_OK);
    assert_int_equal(event.level, WARD_LEVEL_NONE);
    assert_int_equal(verdict_read(str_of("{\"level\""), &arena, &event, NULL), WARD_ERR_FORMAT);
    assert_int_equal(verdict_read(str_of("[1]"), &arena, &event, NULL), WARD_ERR_FORMAT);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_comes_back_to_the_byte),
        cmocka_unit_test(what_is_no_event_is_told),
        cmocka_unit_test(a_verdict_gives_its_facts),
        cmocka_unit_test(a_verdict_may_be_missing_but_not_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
