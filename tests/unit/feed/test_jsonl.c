/* JSON lines: fields, types, lines around bad ones, envelopes, long lines, live pipes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/str.h"
#include "feed_case.h"

#define J FEED_FORMAT_JSONL

static void every_field_arrives(void **state)
{
    (void)state;
    EXPECT(J,
           "{\"id\":\"a\",\"text\":\"t\",\"platform\":\"qq\",\"kind\":\"post\",\"time\":"
           "\"2026-03-29T18:22:54+08:00\",\"group\":\"g\",\"group_name\":\"gn\",\"account\":\"u\","
           "\"alias\":\"al\",\"reply_to\":\"r\",\"quoted\":\"q\",\"forwarded_from\":\"f\","
           "\"author_kind\":\"bot\",\"extra\":{\"x\":[1,{\"y\":null}]},\"media\":[{\"kind\":"
           "\"image\",\"phash\":\"0123456789abcdef\",\"pdq\":\"00\",\"qr\":\"https://x\","
           "\"w\":3},{}]}\n",
           "E 1 id=a text=t platform=qq group=g group_name=gn account=u alias=al reply_to=r "
           "quoted=q forwarded_from=f author_kind=bot kind=post time=1774779774000 [ kind=image "
           "phash=0123456789abcdef qr=https://x ] [ ]\n.\n");
}

static void missing_id_is_the_place(void **state)
{
    (void)state;
    EXPECT(J, "\n{\"text\":\"a\"}\n{\"id\":\"\",\"text\":\"b\"}\n{\"id\":null,\"text\":\"c\"}",
           "E 2 id=in:2 text=a\nE 3 id=in:3 text=b\nE 4 id=in:4 text=c\n.\n");
}

static void integers_serve_as_names(void **state)
{
    (void)state;
    EXPECT(J, "{\"id\":12,\"group\":-100123,\"account\":7,\"reply_to\":3,\"text\":\"x\"}",
           "E 1 id=12 text=x group=-100123 account=7 reply_to=3\n.\n");
}

static void times_of_all_kinds(void **state)
{
    (void)state;
    EXPECT(J,
           "{\"text\":\"\",\"time\":1774779774}\n"
           "{\"text\":\"\",\"time\":1774779774123}\n"
           "{\"text\":\"\",\"time\":\"1774779774\"}\n"
           "{\"text\":\"\",\"time\":1774779774.5}\n"
           "{\"text\":\"\",\"time\":1.774779774e9}\n"
           "{\"text\":\"\",\"time\":\"2026-03-29 18:22:54\"}\n"
           "{\"text\":\"\",\"time\":\"2026-03-29T10:22:54.25Z\"}\n"
           "{\"text\":\"\",\"time\":\"\"}\n"
           "{\"text\":\"\",\"time\":null}\n",
           "E 1 id=in:1 time=1774779774000\nE 2 id=in:2 time=1774779774123\n"
           "E 3 id=in:3 time=1774779774000\nE 4 id=in:4 time=1774779774500\n"
           "E 5 id=in:5 time=1774779774000\nE 6 (zone assumed) id=in:6 time=1774779774000\n"
           "E 7 id=in:7 time=1774779774250\nE 8 id=in:8\nE 9 id=in:9\n.\n");
}

static void wrong_types_are_named(void **state)
{
    (void)state;
    EXPECT(J,
           "{\"text\":5}\n{\"text\":\"ok\"}\n{\"id\":1.5,\"text\":\"\"}\n{\"id\":true}\n"
           "{\"text\":[\"a\"]}\n{\"text\":\"\",\"kind\":\"poem\"}\n{\"text\":\"\",\"kind\":1}\n"
           "{\"text\":\"\",\"time\":\"soon\"}\n{\"text\":\"\",\"time\":[]}\n{\"media\":{}}\n"
           "{\"media\":[1]}\n{\"media\":[{\"kind\":1}]}\n[]\n\"x\"\n17\nnull\n{}\n",
           "F 1:9 text must be a string\nE 2 id=in:2 text=ok\n"
           "F 3:7 id must be a string or an integer\nF 4:7 id must be a string or an integer\n"
           "F 5:9 text must be a string\n"
           "F 6:19 kind must be message, post, listing, alias, group_name, query or report\n"
           "F 7:19 kind must be a string\n"
           "F 8:19 time is neither RFC 3339 nor Unix seconds or milliseconds\n"
           "F 9:19 time must be a string or a number\n"
           "F 10:10 media must be an array of objects\nF 11:11 media must be an array of objects\n"
           "F 12:19 fields of media must be strings\nF 13:1 not a JSON object\n"
           "F 14:1 not a JSON object\nF 15:1 not a JSON object\nF 16:1 not a JSON object\n"
           "F 17:1 no field to judge: text, alias, group_name, quoted or media\n.\n");
}

static void bad_lines_hide_nothing(void **state)
{
    (void)state;
    EXPECT(J,
           "{\"id\":\"1\",\"text\":\"a\"}\n{\"id\":\"2\",\"text\":\"b\n{\"id\":\"3\",\"text\":"
           "\"c\"}\r\n"
           "garbage\n  \t\r\n{\"id\":\"4\",\"text\":\"d\"} x\n{\"id\":\"5\",\"text\":\"e\"}",
           "E 1 id=1 text=a\nF 2:20 string is not closed\nE 3 id=3 text=c\n"
           "F 4:1 not a JSON object\nF 6:23 more text after the object\nE 7 id=5 text=e\n.\n");
}

static void last_of_equal_keys_wins(void **state)
{
    (void)state;
    EXPECT(J,
           "{\"id\":\"1\",\"text\":\"a\",\"text\":\"b\",\"id\":null,\"media\":[{}],\"media\":null}",
           "E 1 id=in:1 text=b\n.\n");
}

static void escapes_and_invalid_bytes(void **state)
{
    (void)state;
    EXPECT(J,
           "{\"text\":\"\\u5973\\u5b9d\\ud83d\\ude00\\u0000\\n\\/\\\"\\\\\"}\n"
           "{\"text\":\"a\\ud800b\\udc00c\\ud800\\u0041\"}\n{\"text\":\"x\xff\xe5\x80y\"}\n"
           "{\"te\\u0078t\":\"key\"}\n{\"text\":\"\\x\"}\n{\"text\":\"\\u12g4\"}\n"
           "{\"text\":\"a\tb\"}\n",
           "E 1 id=in:1 text=女宝😀<00><0A>/\"\\\nE 2 id=in:2 text=a�b�c�A\n"
           "E 3 id=in:3 text=x\xff\xe5\x80y\nE 4 id=in:4 text=key\n"
           "F 5:11 unknown escape after a backslash\nF 6:11 \\u needs four hex digits\n"
           "F 7:11 control character in a string\n.\n");
}

static void osprey_envelope(void **state)
{
    (void)state;
    EXPECT(J,
           "{\"send_time\":\"2026-03-29T10:22:54Z\",\"data\":{\"action_id\":123,\"action_name\":"
           "\"message_sent\",\"data\":{\"user_id\":\"u1\",\"username\":\"小明\",\"content\":\"hi\","
           "\"channel_id\":99,\"channel_name\":\"c\",\"ip\":\"::1\",\"id\":\"m9\"}}}\n"
           "{\"send_time\":\"2026-03-29T10:22:54Z\",\"data\":{\"action_id\":\"x\",\"action_name\":"
           "\"search_users\",\"timestamp\":\"2026-03-29T10:22:55Z\",\"data\":{\"query\":\"q\","
           "\"user\":{\"id\":5,\"name\":\"n\"}}}}\n"
           "{\"data\":{\"action_id\":2,\"action_name\":\"update_profile\",\"data\":{\"user\":"
           "{\"id\":\"7\",\"display_name\":\"新名字\"},\"text\":{\"a\":1}}}}\n"
           "{\"data\":{\"action_id\":3,\"action_name\":\"user_login\",\"data\":{}}}\n"
           "{\"text\":\"plain\",\"data\":\"no envelope\"}\n",
           "E 1 id=123 text=hi group=99 group_name=c account=u1 alias=小明 time=1774779774000\n"
           "E 2 id=x text=q account=5 alias=n kind=query time=1774779775000\n"
           "E 3 id=2 text=新名字 account=7 alias=新名字 kind=alias\nE 4 id=3\n"
           "E 5 id=in:5 text=plain\n.\n");
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    struct buf input;
    buf_init(&input, 1 << 20);
    for (size_t depth = 64; depth <= 65; depth++) {
        buf_put_text(&input, "{\"text\":\"\",\"x\":");
        for (size_t i = 0; i < depth; i++)
            buf_put_char(&input, '[');
        for (size_t i = 0; i < depth; i++)
            buf_put_char(&input, ']');
        buf_put_text(&input, "}\n");
    }
    feed_case_expect(J, input.data, input.len,
                     "E 1 id=in:1\nF 2:80 nested too deeply (64 levels)\n.\n");
    buf_release(&input);
}

static void put_long_line(struct buf *input, size_t bytes)
{
    static const char head[] = "{\"text\":\"";
    const size_t begin = input->len;
    buf_put_text(input, head);
    while (input->len - begin < bytes - 2)
        buf_put_char(input, 'x');
    buf_put_text(input, "\"}\n");
}

static void long_lines_pass_up_to_the_limit(void **state)
{
    (void)state;
    struct buf input;
    struct buf out;
    buf_init(&input, (size_t)100 << 20);
    buf_init(&out, (size_t)100 << 20);
    buf_put_text(&input, "{\"text\":\"before\"}\n");
    put_long_line(&input, 10u << 20);
    put_long_line(&input, WARD_RECORD_BYTES_MAX);
    put_long_line(&input, WARD_RECORD_BYTES_MAX + 1);
    put_long_line(&input, WARD_RECORD_BYTES_MAX + (1u << 20));
    buf_put_text(&input, "{\"text\":\"after\"}\n");
    const struct feed_case feed_case = {.input = buf_str(&input),
                                        .options = {.format = J, .zone_minutes = 480}};
    feed_case_run(&feed_case, &out);
    const char tail[] = "\nF 4:0 record is longer than 16 MiB\nF 5:0 record is longer than 16 MiB\n"
                        "E 6 id=in:6 text=after\n.\n";
    assert_memory_equal(out.data, "E 1 id=in:1 text=before\nE 2 id=in:2 text=xxx", 44);
    assert_true(out.len > (26u << 20));
    assert_memory_equal(out.data + out.len - (sizeof tail - 1), tail, sizeof tail - 1);
    buf_release(&input);
    buf_release(&out);
}

static void a_line_is_there_when_complete(void **state)
{
    (void)state;
    int ends[2];
    struct feed *feed;
    struct feed_batch batch;
    struct ward_error err;
    char path[32];
    assert_int_equal(pipe(ends), 0);
    (void)snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    feed_batch_init(&batch);
    assert_int_equal(feed_open(path, NULL, &feed, &err), WARD_OK);
    for (int i = 0; i < 3; i++) {
        static const char line[] = "{\"id\":\"1\",\"text\":\"now\"}\n{\"id\":";
        static const char rest[] = "\"2\",\"text\":\"half\"}\n";
        assert_int_equal(write(ends[1], line, sizeof line - 1), sizeof line - 1);
        assert_int_equal(feed_read(feed, &batch, &err), WARD_OK);
        assert_int_equal(batch.event_count, 1);
        assert_int_equal(write(ends[1], rest, sizeof rest - 1), sizeof rest - 1);
        assert_int_equal(feed_read(feed, &batch, &err), WARD_OK);
        assert_int_equal(batch.event_count, 1);
        assert_true(str_equal(batch.events[0].text, str_of("half")));
        assert_false(batch.is_end);
    }
    (void)close(ends[1]);
    assert_int_equal(feed_read(feed, &batch, &err), WARD_OK);
    assert_true(batch.is_end);
    assert_int_equal(batch.event_count, 0);
    (void)close(ends[0]);
    feed_close(feed);
    feed_batch_release(&batch);
}

static void splits_change_nothing(void **state)
{
    (void)state;
    feed_case_split(J, str_of("\xEF\xBB\xBF{\"id\":\"1\",\"text\":\"\\u5973a\"}\r\n\nbad\n"
                              "{\"text\":\"女宝\"}\n{\"text\":3}\n{\"text\":\"end\"}"));
}

static void batches_own_their_strings(void **state)
{
    (void)state;
    struct feed_memory memory = {.input = str_of("{\"text\":\"one\"}\n{\"text\":\"two\"}\n"),
                                 .piece = 15};
    struct feed_batch a;
    struct feed_batch b;
    struct feed *feed;
    struct ward_error err;
    feed_batch_init(&a);
    feed_batch_init(&b);
    assert_int_equal(feed_open_stream(feed_memory_stream(&memory), "m", NULL, &feed, &err),
                     WARD_OK);
    assert_int_equal(feed_fill(feed, &a, &err), WARD_OK);
    assert_int_equal(feed_fill(feed, &b, &err), WARD_OK);
    feed_close(feed);
    assert_int_equal(feed_batch_parse(&b, &err), WARD_OK);
    assert_int_equal(feed_batch_parse(&a, &err), WARD_OK);
    assert_true(str_equal(a.events[0].text, str_of("one")));
    assert_true(str_equal(b.events[0].text, str_of("two")));
    assert_true(str_equal(b.events[0].id, str_of("m:2")));
    feed_batch_release(&a);
    feed_batch_release(&b);
}

static void load_reads_a_request_body(void **state)
{
    (void)state;
    struct feed_batch batch;
    struct ward_error err;
    feed_batch_init(&batch);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(feed_batch_load(&batch, str_of("{\"text\":\"a\"}\n{\"text\":\"b\"}"),
                                         "body", NULL, &err),
                         WARD_OK);
        assert_int_equal(batch.event_count, 2);
        assert_true(str_equal(batch.events[1].id, str_of("body:2")));
    }
    assert_int_equal(feed_batch_load(&batch, (struct ward_str){"", WARD_RECORD_BYTES_MAX + 1},
                                     "body", NULL, &err),
                     WARD_ERR_LIMIT);
    assert_int_equal(feed_batch_load(&batch, (struct ward_str){NULL, 0}, "body", NULL, &err),
                     WARD_OK);
    assert_int_equal(batch.event_count, 0);
    feed_batch_release(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_arrives),
        cmocka_unit_test(missing_id_is_the_place),
        cmocka_unit_test(integers_serve_as_names),
        cmocka_unit_test(times_of_all_kinds),
        cmocka_unit_test(wrong_types_are_named),
        cmocka_unit_test(bad_lines_hide_nothing),
        cmocka_unit_test(last_of_equal_keys_wins),
        cmocka_unit_test(escapes_and_invalid_bytes),
        cmocka_unit_test(osprey_envelope),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(long_lines_pass_up_to_the_limit),
        cmocka_unit_test(a_line_is_there_when_complete),
        cmocka_unit_test(splits_change_nothing),
        cmocka_unit_test(batches_own_their_strings),
        cmocka_unit_test(load_reads_a_request_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
