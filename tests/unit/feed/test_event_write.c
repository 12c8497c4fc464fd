/* An event written as JSON is read back as the same event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "feed/event_write.h"
#include "feed_case.h"

/* Reads `line`, writes its one event, and compares with `expected`. */
static void expect_written(const char *line, const char *expected)
{
    struct feed_batch batch;
    struct buf out;
    feed_batch_init(&batch);
    buf_init(&out, 1 << 16);
    assert_int_equal(feed_batch_load(&batch, str_of(line), "in", NULL, NULL), WARD_OK);
    assert_int_equal(batch.event_count, 1);
    event_write_json(&out, &batch.events[0]);
    buf_put_char(&out, '\0');
    assert_int_equal(out.failed, WARD_OK);
    assert_string_equal(out.data, expected);
    buf_release(&out);
    feed_batch_release(&batch);
}

static void every_field_is_kept(void **state)
{
    static const char line[] =
        "{\"id\":\"a\",\"platform\":\"qq\",\"kind\":\"post\",\"time\":\"2026-03-29T10:22:54.250Z\","
        "\"group\":\"g\",\"group_name\":\"gn\",\"account\":\"u\",\"alias\":\"al\",\"reply_to\":"
        "\"r\",\"quoted\":\"q\",\"forwarded_from\":\"f\",\"author_kind\":\"bot\",\"text\":"
        "\"t\\n\\\""
        "\",\"media\":[{\"kind\":\"image\",\"phash\":\"0123456789abcdef\",\"text\":\"x\",\"qr\":"
        "\"https://x\"},{}]}";
    (void)state;
    expect_written(line, line);
}

static void absent_fields_stay_absent(void **state)
{
    (void)state;
    expect_written("{\"id\":1,\"text\":\"\",\"time\":0,\"unknown\":[1]}",
                   "{\"id\":\"1\",\"time\":\"1970-01-01T00:00:00Z\"}");
}

static void bytes_that_are_no_text_are_replaced(void **state)
{
    (void)state;
    expect_written("{\"id\":\"a\",\"text\":\"x\xff\\u0000y\"}",
                   "{\"id\":\"a\",\"text\":\"x\xef\xbf\xbd\\u0000y\",\"text_hex\":\"78ff0079\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_kept),
        cmocka_unit_test(absent_fields_stay_absent),
        cmocka_unit_test(bytes_that_are_no_text_are_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
