/* Every allocation of the feed fails in turn, in every format: an error comes back, nothing leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

#include "base/str.h"
#include "fault_alloc.h"
#include "feed/feed.h"

struct memory {
    struct ward_str input;
    size_t at;
};

static ssize_t memory_read(void *context, void *buffer, size_t size)
{
    struct memory *memory = context;
    size_t got = memory->input.len - memory->at;
    got = got > size ? size : got;
    got = got > 50 ? 50 : got;
    if (got)
        memcpy(buffer, memory->input.data + memory->at, got);
    memory->at += got;
    return (ssize_t)got;
}

/* Reads all of `input`; the events must be `events` if nothing fails. */
static enum ward_status read_all(struct ward_str input, size_t events)
{
    struct memory memory = {input, 0};
    struct feed_batch batch;
    struct feed *feed;
    struct ward_error err;
    size_t count = 0;
    feed_batch_init(&batch);
    enum ward_status status =
        feed_open_stream((struct feed_stream){memory_read, NULL, &memory}, "m", NULL, &feed, &err);
    while (status == WARD_OK && !batch.is_end) {
        status = feed_read(feed, &batch, &err);
        count += batch.event_count;
    }
    if (status == WARD_OK)
        assert_int_equal(count, events);
    else
        assert_int_equal(err.status, status);
    feed_batch_release(&batch);
    feed_close(feed);
    return status;
}

static void walk(struct ward_str input, size_t events)
{
    long failures = 0;
    for (long nth = 1;; nth++) {
        const long before = fault_live();
        fault_arm(nth);
        const enum ward_status status = read_all(input, events);
        const bool fired = fault_fired();
        fault_arm(0);
        assert_int_equal(fault_live(), before);
        if (!fired) {
            assert_int_equal(status, WARD_OK);
            break;
        }
        assert_int_equal(status, WARD_ERR_NOMEM);
        failures++;
    }
    assert_true(failures >= 5);
}

static void json_lines(void **state)
{
    (void)state;
    walk(str_of("{\"text\":\"a\",\"media\":[{\"kind\":\"image\"}]}\nbad\n{\"text\":\"b\"}\n"), 2);
}

static void telegram(void **state)
{
    (void)state;
    walk(str_of("{\n\"name\":\"n\",\"type\":\"private_group\",\"id\":1,\"messages\":[{\"id\":1,"
                "\"text\":"
                "[\"a\",{\"text\":\"b\",\"href\":\"c\"}]},7,{\"id\":2,\"photo\":\"p\"}]}"),
         2);
}

static void qq(void **state)
{
    (void)state;
    walk(str_of("消息记录\n================\n消息对象:群\n================\n\n"
                "2020-04-01 12:39:40 a(1)\nx\n2020-04-01 12:39:41 b(2)\ny"),
         2);
}

static void csv(void **state)
{
    (void)state;
    walk(str_of("id,text\n1,\"a\"\n2,\"b\" c\n3,d\n"), 2);
}

static void plain(void **state)
{
    (void)state;
    walk(str_of("one\ntwo\n"), 2);
}

static void zstd(void **state)
{
    (void)state;
    char packed[256];
    const size_t len = ZSTD_compress(packed, sizeof packed, "one\ntwo\n", 8, 1);
    assert_false(ZSTD_isError(len));
    walk((struct ward_str){packed, len}, 2);
}

static void gzip(void **state)
{
    (void)state;
    unsigned char packed[256];
    unsigned char text[] = "one\ntwo\n";
    z_stream stream = {.next_in = text, .avail_in = 8, .next_out = packed, .avail_out = 256};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    walk((struct ward_str){(const char *)packed, sizeof packed - stream.avail_out}, 2);
    assert_int_equal(deflateEnd(&stream), Z_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_lines), cmocka_unit_test(telegram), cmocka_unit_test(qq),
        cmocka_unit_test(csv),        cmocka_unit_test(plain),    cmocka_unit_test(zstd),
        cmocka_unit_test(gzip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
