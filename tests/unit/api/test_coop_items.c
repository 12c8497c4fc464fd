/* Coop items become events: usual names, names of one's own, related items, media, bad items. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "api/coop_items.h"
#include "base/str.h"
#include "feed/feed.h"

struct read_back {
    struct buf line;
    struct feed_batch batch;
    enum ward_status status;
    struct ward_error err;
};

static const struct ward_event *read_item(struct read_back *r, const char *json, const char *fields)
{
    struct coop_fields names;
    json_t *item = json_loads(json, 0, NULL);
    assert_non_null(item);
    coop_fields_init(&names);
    assert_int_equal(coop_fields_read(&names, str_of(fields), NULL), WARD_OK);
    buf_init(&r->line, 1u << 20);
    feed_batch_init(&r->batch);
    r->err = (struct ward_error){0};
    r->status = coop_put_event(&r->line, item, &names, str_of("app"), &r->err);
    json_decref(item);
    if (r->status != WARD_OK)
        return NULL;
    assert_int_equal(feed_batch_load(&r->batch, buf_str(&r->line), "t", NULL, NULL), WARD_OK);
    return r->batch.event_count ? r->batch.events : NULL;
}

static void release(struct read_back *r)
{
    feed_batch_release(&r->batch);
    buf_release(&r->line);
}

#define assert_text(value, text) assert_true(str_equal(value, str_of(text)))

static void usual_names(void **state)
{
    (void)state;
    struct read_back r;
    const struct ward_event *event =
        read_item(&r,
                  "{\"id\":\"i1\",\"typeId\":\"DIRECT_MESSAGE\",\"data\":{\"Text\":\"two\\nlines\","
                  "\"title\":\"head\",\"creator\":{\"id\":\"u7\",\"typeId\":\"user\"},\"display_"
                  "name\":\"阿明\","
                  "\"thread_id\":123,\"parent\":{\"id\":\"i0\",\"typeId\":\"DIRECT_MESSAGE\"},"
                  "\"createdAt\":\"2026-11-01T08:00:00Z\",\"unknown\":[1,2]}}",
                  "");
    assert_non_null(event);
    assert_text(event->id, "i1");
    assert_text(event->platform, "app");
    assert_text(event->text, "head\ntwo\nlines");
    assert_text(event->account, "u7");
    assert_text(event->alias, "阿明");
    assert_text(event->group, "123");
    assert_text(event->reply_to, "i0");
    assert_true(event->has_time);
    assert_int_equal(event->time_ms, 1793520000000);
    assert_int_equal(event->kind, WARD_KIND_MESSAGE);
    release(&r);
}

static void own_names_come_first(void **state)
{
    (void)state;
    struct read_back r;
    const struct ward_event *event = read_item(
        &r,
        "{\"id\":\"i2\",\"typeId\":\"listing\",\"data\":{\"slogan\":\"mine\",\"text\":\"usual\","
        "\"seller_no\":\"s1\",\"user\":\"other\"}}",
        "text=slogan account=seller-no,nobody");
    assert_non_null(event);
    assert_text(event->text, "mine\nusual");
    assert_text(event->account, "s1");
    assert_int_equal(event->kind, WARD_KIND_LISTING);
    release(&r);
}

static void a_profile_is_an_alias(void **state)
{
    (void)state;
    struct read_back r;
    const struct ward_event *event =
        read_item(&r, "{\"id\":\"u9\",\"typeId\":\"USER\",\"data\":{\"bio\":\"S粤\"}}", "");
    assert_non_null(event);
    assert_int_equal(event->kind, WARD_KIND_ALIAS);
    assert_text(event->account, "u9");
    assert_text(event->text, "S粤");
    release(&r);
}

static void media_keep_their_hashes(void **state)
{
    (void)state;
    struct read_back r;
    const struct ward_event *event = read_item(
        &r,
        "{\"id\":\"i3\",\"typeId\":\"post\",\"data\":{\"images\":[{\"url\":\"http://x\",\"sha256\":"
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"},\"http://y\"],"
        "\"video\":{\"text\":\"on screen\"}}}",
        "");
    assert_non_null(event);
    assert_int_equal(event->media_count, 3);
    assert_int_equal(event->media[0].sha256.len, 64);
    assert_text(event->media[2].kind, "video");
    assert_text(event->media[2].text, "on screen");
    release(&r);
}

static void hostile_strings_stay_strings(void **state)
{
    (void)state;
    struct read_back r;
    const struct ward_event *event = read_item(
        &r,
        "{\"id\":\"\\\"},\\n{\",\"typeId\":\"m\",\"data\":{\"text\":\"\\\"}\\n{\\\"id\\\":"
        "\\\"x\\\"}\"}}",
        "");
    assert_non_null(event);
    assert_int_equal(r.batch.event_count, 1);
    assert_text(event->id, "\"},\n{");
    release(&r);
}

static void bad_items_are_told(void **state)
{
    (void)state;
    static const char *const bad[] = {"{\"typeId\":\"m\",\"data\":{}}", "{\"id\":7,\"data\":{}}",
                                      "{\"id\":\"a\",\"data\":\"text\"}", "[\"a\"]"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct read_back r;
        assert_null(read_item(&r, bad[i], ""));
        assert_int_equal(r.status, WARD_ERR_FORMAT);
        assert_true(r.err.message[0] != '\0');
        release(&r);
    }
}

static void bad_names_are_told(void **state)
{
    (void)state;
    struct coop_fields names;
    struct ward_error err;
    static const char *const bad[] = {
        "nothing=x", "text=", "text", "text=a,,b",
        ("text=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaa")};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        coop_fields_init(&names);
        assert_int_equal(coop_fields_read(&names, str_of(bad[i]), &err), WARD_ERR_ARGUMENT);
    }
    coop_fields_init(&names);
    for (int i = 0; i < 40; i++) /* the list fills up, and says so, without harm */
        (void)!coop_fields_read(&names, str_of("text=one"), &err);
    assert_int_equal(coop_fields_read(&names, str_of("text=one"), &err), WARD_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_names),
        cmocka_unit_test(own_names_come_first),
        cmocka_unit_test(a_profile_is_an_alias),
        cmocka_unit_test(media_keep_their_hashes),
        cmocka_unit_test(hostile_strings_stay_strings),
        cmocka_unit_test(bad_items_are_told),
        cmocka_unit_test(bad_names_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
