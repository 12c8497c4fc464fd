/* Files and formats: what cannot be opened, what a first line decides, interrupted reads. */
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

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static enum feed_format detected(struct ward_str input)
{
    struct feed_memory memory = {.input = input, .piece = 1};
    struct feed_batch batch;
    struct feed *feed;
    feed_batch_init(&batch);
    assert_int_equal(feed_open_stream(feed_memory_stream(&memory), "m", NULL, &feed, NULL),
                     WARD_OK);
    assert_int_equal(feed_format_of(feed), FEED_FORMAT_AUTO);
    (void)!feed_read(feed, &batch, NULL);
    const enum feed_format format = feed_format_of(feed);
    feed_batch_release(&batch);
    feed_close(feed);
    return format;
}

static void the_first_line_decides(void **state)
{
    (void)state;
    static const struct {
        const char *input;
        enum feed_format format;
    } cases[] = {
        {"", FEED_FORMAT_PLAIN},
        {"hello", FEED_FORMAT_PLAIN},
        {"\n\n {\"text\":\"messages\"}\n", FEED_FORMAT_JSONL},
        {"{\"text\":\"broken", FEED_FORMAT_JSONL},
        {"{\"x\":{\"messages\":[]}}", FEED_FORMAT_JSONL},
        {"{\"x\":\"messages\"}", FEED_FORMAT_JSONL},
        {"{\"name\":\"n\",\"messages\" : [", FEED_FORMAT_TELEGRAM},
        {"{\"about\":\"\\\"\",\"chats\":{", FEED_FORMAT_TELEGRAM},
        {"{\r\n \"name\": \"x\"", FEED_FORMAT_TELEGRAM},
        {"[\n{\"text\":\"a\"}]", FEED_FORMAT_JSONL},
        {"[{\"text\":\"a\"}]", FEED_FORMAT_JSONL},
        {"[图片]\n", FEED_FORMAT_PLAIN},
        {"消息记录（此消息记录为文本格式，不支持重新导入）\n", FEED_FORMAT_QQ},
        {"2020-04-01 12:39:40 name(12345)\nx", FEED_FORMAT_QQ},
        {"2020-04-01 12:39:40 went home\nx", FEED_FORMAT_PLAIN},
        {"id,text\n", FEED_FORMAT_CSV},
        {"\"时间\";\"昵称\";\"内容\"\n", FEED_FORMAT_CSV},
        {"\xEF\xBB\xBFtime\tmessage\n", FEED_FORMAT_CSV},
        {"text\n", FEED_FORMAT_PLAIN},
        {"id,foo\n", FEED_FORMAT_PLAIN},
        {"hello, text me\n", FEED_FORMAT_PLAIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (detected(str_of(cases[i].input)) != cases[i].format)
            fail_msg("%s: not %s", cases[i].input, feed_format_name(cases[i].format));
    }
}

static void names_round_trip(void **state)
{
    (void)state;
    enum feed_format format;
    for (int i = 0; i < FEED_FORMAT_COUNT; i++) {
        assert_true(feed_format_parse(str_of(feed_format_name((enum feed_format)i)), &format));
        assert_int_equal(format, i);
    }
    assert_true(feed_format_parse(str_of("osprey"), &format));
    assert_int_equal(format, FEED_FORMAT_JSONL);
    assert_false(feed_format_parse(str_of("xml"), &format));
    assert_null(feed_format_name((enum feed_format)FEED_FORMAT_COUNT));
}

static void what_cannot_be_opened(void **state)
{
    (void)state;
    struct feed *feed = (struct feed *)&feed;
    struct ward_error err;
    assert_int_equal(feed_open("/nonexistent/x", NULL, &feed, &err), WARD_ERR_NOT_FOUND);
    assert_null(feed);
    assert_string_equal(err.source, "/nonexistent/x");
    assert_int_equal(feed_open("/", NULL, &feed, &err), WARD_ERR_IO);
    assert_string_equal(err.message, "is a directory, not a file");
    assert_int_equal(feed_open("/", NULL, &feed, NULL), WARD_ERR_IO);
    assert_int_equal(
        feed_open("/dev/null", &(struct feed_options){.zone_minutes = 2000}, &feed, &err),
        WARD_ERR_ARGUMENT);
    feed_close(NULL);
}

struct flaky {
    const char *text;
    size_t at;
    int turn;
    int closed;
};

/* Interrupted before every byte; fails for good when the text is over. */
static ssize_t flaky_read(void *context, void *buffer, size_t size)
{
    struct flaky *flaky = context;
    (void)size;
    if (flaky->turn++ % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    if (!flaky->text[flaky->at]) {
        errno = EIO;
        return -1;
    }
    *(char *)buffer = flaky->text[flaky->at++];
    return 1;
}

static void flaky_close(void *context)
{
    ((struct flaky *)context)->closed++;
}

static void interrupted_and_failing_reads(void **state)
{
    (void)state;
    struct flaky flaky = {.text = "{\"text\":\"a\"}\n{\"text\":\"b\"}\n{\"te"};
    struct feed_batch batch;
    struct feed *feed;
    struct ward_error err;
    size_t events = 0;
    enum ward_status status;
    feed_batch_init(&batch);
    assert_int_equal(feed_open_stream((struct feed_stream){flaky_read, flaky_close, &flaky}, "f",
                                      NULL, &feed, &err),
                     WARD_OK);
    while ((status = feed_read(feed, &batch, &err)) == WARD_OK)
        events += batch.event_count;
    assert_int_equal(events, 2);
    assert_int_equal(status, WARD_ERR_IO);
    assert_string_equal(err.source, "f");
    assert_true(batch.is_end);
    assert_int_equal(feed_read(feed, &batch, &err), WARD_OK);
    assert_true(batch.is_end);
    assert_int_equal(batch.event_count, 0);
    feed_close(feed);
    assert_int_equal(flaky.closed, 1);
    feed_batch_release(&batch);
}

/* Both an unclosed pipe and a file that grows are read to their present end, then on. */
static void a_growing_file(void **state)
{
    (void)state;
    char path[] = "/tmp/ward-feed-XXXXXX";
    const int fd = mkstemp(path);
    struct feed_batch batch;
    struct feed *feed;
    struct ward_error err;
    assert_true(fd >= 0);
    feed_batch_init(&batch);
    assert_int_equal(write(fd, "{\"text\":\"a\"}\n", 13), 13);
    assert_int_equal(feed_open(path, NULL, &feed, &err), WARD_OK);
    assert_int_equal(feed_read(feed, &batch, &err), WARD_OK);
    assert_int_equal(batch.event_count, 1);
    assert_int_equal(write(fd, "{\"text\":\"b\"}", 12), 12);
    assert_int_equal(feed_read(feed, &batch, &err), WARD_OK);
    assert_int_equal(batch.event_count, 1);
    assert_true(str_equal(batch.events[0].text, str_of("b")));
    feed_close(feed);
    feed_batch_release(&batch);
    (void)close(fd);
    (void)unlink(path);
}

/* After the first batches, reading on holds exactly the memory it has. */
static void a_steady_stream_allocates_nothing(void **state)
{
    (void)state;
    struct buf input;
    buf_init(&input, (size_t)64 << 20);
    for (int i = 0; i < 60000; i++)
        buf_printf(&input, "{\"id\":\"%d\",\"text\":\"steady as she goes\",\"media\":[{}]}\n", i);
    struct feed_memory memory = {.input = buf_str(&input)};
    struct feed_batch batch;
    struct feed *feed;
    feed_batch_init(&batch);
    assert_int_equal(feed_open_stream(feed_memory_stream(&memory), "m", NULL, &feed, NULL),
                     WARD_OK);
    size_t caps[3] = {0};
    size_t events = 0;
    for (int i = 0; !batch.is_end; i++) {
        assert_int_equal(feed_read(feed, &batch, NULL), WARD_OK);
        events += batch.event_count;
        if (i >= 4 && !batch.is_end) {
            assert_int_equal(batch.arena.held_bytes, caps[0]);
            assert_int_equal(batch.event_cap, caps[1]);
        }
        caps[0] = batch.arena.held_bytes;
        caps[1] = batch.event_cap;
    }
    assert_int_equal(events, 60000);
    feed_close(feed);
    feed_batch_release(&batch);
    buf_release(&input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_decides),
        cmocka_unit_test(names_round_trip),
        cmocka_unit_test(what_cannot_be_opened),
        cmocka_unit_test(interrupted_and_failing_reads),
        cmocka_unit_test(a_growing_file),
        cmocka_unit_test(a_steady_stream_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
