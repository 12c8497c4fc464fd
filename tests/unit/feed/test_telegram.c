/* Telegram Desktop exports: messages of all shapes, both layouts, damage, streaming. */
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

#define A FEED_FORMAT_AUTO

static const char SINGLE[] =
    "{\n \"name\": \"互助群\",\n \"type\": \"private_supergroup\",\n \"id\": 1234567890,\n"
    " \"messages\": [\n"
    "  {\n   \"id\": 1,\n   \"type\": \"service\",\n   \"date\": \"2022-01-01T10:00:00\",\n"
    "   \"date_unixtime\": \"1641002400\",\n   \"actor\": \"A\",\n   \"actor_id\": \"user1\",\n"
    "   \"action\": \"create_group\",\n   \"title\": \"互助群\",\n   \"text\": \"\"\n  },\n"
    "  {\"id\": 2, \"type\": \"service\", \"action\": \"join_group_by_link\", \"text\": \"\"},\n"
    "  {\"id\": 3, \"type\": \"message\", \"date\": \"2022-01-01T10:00:05\", \"date_unixtime\": "
    "\"1641002405\", \"from\": \"小明\", \"from_id\": \"user42\", \"reply_to_message_id\": 1,\n"
    "   \"text\": [\"看 \", {\"type\": \"link\", \"text\": \"https://t.me/x\"}, \" 和\", "
    "{\"href\": \"https://t.me/hidden\", \"type\": \"text_link\", \"text\": "
    "\"这里这里这里这里这里\"}, "
    "\"!\"], \"text_entities\": [{\"type\": \"plain\", \"text\": \"z\"}]},\n"
    "  {\"id\": 4, \"type\": \"message\", \"date\": \"2022-01-01T10:00:06\", \"from\": null, "
    "\"from_id\": \"user43\", \"forwarded_from\": null, \"photo\": \"photos/1.jpg\", \"width\": 5, "
    "\"text\": \"fw\"},\n"
    "  {\"id\": 5, \"type\": \"message\", \"media_type\": \"sticker\", \"file\": \"s.webp\", "
    "\"sticker_emoji\": \"👶\", \"forwarded_from\": \"频道\", \"text\": \"\"},\n"
    "  {\"id\": 6, \"type\": \"message\", \"text\": \"\", \"contact_information\": "
    "{\"first_name\": "
    "\"红\", \"last_name\": \"姐\", \"phone_number\": \"13800000000\"}},\n"
    "  {\"id\": 7, \"type\": \"message\", \"text\": \"\", \"poll\": {\"question\": \"要吗\", "
    "\"closed\": false, \"answers\": [{\"text\": \"男\", \"voters\": 1}, {\"text\": \"女\"}]}}\n"
    " ]\n}\n";

static void a_single_chat(void **state)
{
    (void)state;
#define CHAT "platform=telegram group=1234567890 group_name=互助群"
    EXPECT(A, SINGLE,
           "E 6 id=1 text=互助群 " CHAT
           " account=user1 alias=A kind=group_name time=1641002400000\n"
           "E 18 id=3 text=看 https://t.me/x 和这里这里这里这里这里! " CHAT
           " account=user42 alias=小明 reply_to=1 time=1641002405000 [ kind=link "
           "text=https://t.me/hidden ]\n"
           "E 20 (zone assumed) id=4 text=fw " CHAT
           " account=user43 forwarded_from=deleted account time=1641002406000 [ kind=image ]\n"
           "E 21 id=5 " CHAT " forwarded_from=频道 [ kind=sticker text=👶 ]\n"
           "E 22 id=6 " CHAT " [ kind=contact text=红 姐 13800000000 ]\n"
           "E 23 id=7 " CHAT " [ kind=poll text=要吗 男 女 ]\n.\n");
}

static const char FULL[] =
    "{\"about\":\"x\",\"personal_information\":{\"user_id\":1,\"name\":\"me\"},\"contacts\":{"
    "\"list\":[{\"messages\":[{\"id\":99,\"text\":\"no\"}]}]},\"chats\":{\"about\":\"y\",\"list\":"
    "[{\"name\":\"G\",\"type\":\"private_group\",\"id\":7,\"messages\":[{\"id\":1,\"text\":\"a\"}]}"
    ","
    "{\"type\":\"personal_chat\",\"photo\":{\"name\":\"p\"},\"id\":8,\"messages\":[{\"id\":1,"
    "\"text\":"
    "\"b\"},{\"id\":2,\"text\":\"c\"}]}]},\"left_chats\":{\"list\":[{\"name\":\"L\",\"type\":"
    "\"public_channel\",\"id\":9,\"messages\":[{\"id\":1,\"text\":\"d\"}]}]}}";

static void a_full_export(void **state)
{
    (void)state;
    EXPECT(A, FULL,
           "E 1 id=1 text=a platform=telegram group=7 group_name=G\n"
           "E 1 id=1 text=b platform=telegram group=8\nE 1 id=2 text=c platform=telegram group=8\n"
           "E 1 id=1 text=d platform=telegram group=9 group_name=L\n.\n");
}

static void bad_messages_hide_nothing(void **state)
{
    (void)state;
    EXPECT(
        A,
        "{\n\"messages\":[\n{\"id\":1,\"text\":\"a\"},\n{\"id\":2,\n \"text\":\"b\" \"c\"},\n7,"
        "{\"id\":3,\"text\":\"\\q\"},{\"id\":4,\"text\":{\"odd\":1}},\n{\"id\":5,\"text\":\"e\"}]}",
        "E 3 id=1 text=a platform=telegram\nF 5:13 expected ',' or '}' after a value\n"
        "F 6:0 a message must be an object\nF 6:0 unknown escape after a backslash\n"
        "E 6 id=4 platform=telegram\nE 7 id=5 text=e platform=telegram\n.\n");
}

static void a_broken_export_ends_with_an_error(void **state)
{
    (void)state;
    EXPECT(A, "{\n\"messages\":[{\"id\":1,\"text\":\"a\"},{\"id\":2,\"te",
           "E 2 id=1 text=a platform=telegram\nX format the export ends in the middle\n.\n");
    EXPECT(A, "{\n\"messages\":[{\"id\":1,\"text\":\"a\"}]}x",
           "E 2 id=1 text=a platform=telegram\nX format text after the end of the export\n.\n");
    EXPECT(A, "{\n\"a\":1}", "X format no messages in this export\n.\n");
    EXPECT(A, "{\n\"a\"}", "X format a key has no value\n.\n");
    EXPECT(FEED_FORMAT_TELEGRAM, "", "X format the export ends in the middle\n.\n");
    EXPECT(FEED_FORMAT_TELEGRAM, "[]", "X format expected an object\n.\n");
}

static void splits_change_nothing(void **state)
{
    (void)state;
    feed_case_split(A, str_of(SINGLE));
    feed_case_split(A, str_of(FULL));
    feed_case_split(
        A, str_of("{\n\"x\":[[{\"a\\\"]\":\"}\"}]],\"messages\":[{\"id\":1},7,{\"id\":2,}]}"));
}

/* Every prefix of an export gives a prefix of its messages, then the error. */
static void truncation_loses_only_the_tail(void **state)
{
    (void)state;
    struct buf whole;
    struct buf part;
    buf_init(&whole, 1 << 20);
    buf_init(&part, 1 << 20);
    struct feed_case feed_case = {.input = str_of(FULL),
                                  .options = {.format = FEED_FORMAT_TELEGRAM}};
    feed_case_run(&feed_case, &whole);
    for (size_t len = 0; len < sizeof FULL - 1; len++) {
        static const char tail[] = "X format the export ends in the middle\n.\n";
        feed_case.input.len = len;
        buf_clear(&part);
        feed_case_run(&feed_case, &part);
        assert_true(part.len >= sizeof tail - 1);
        const size_t kept = part.len - (sizeof tail - 1);
        assert_memory_equal(part.data + kept, tail, sizeof tail - 1);
        assert_memory_equal(part.data, whole.data, kept);
    }
    buf_release(&whole);
    buf_release(&part);
}

/* 40 MiB of unwanted values around messages pass without being held. */
static void large_unwanted_values_are_not_held(void **state)
{
    (void)state;
    struct buf input;
    struct buf out;
    buf_init(&input, (size_t)64 << 20);
    buf_init(&out, 1 << 20);
    buf_put_text(&input, "{\n\"stories\":[\"");
    for (size_t i = 0; i < 20u << 16; i++)
        buf_put_text(&input, "0123456789abcdef");
    buf_put_text(&input, "\"],\"messages\":[{\"id\":1,\"x\":\"");
    for (size_t i = 0; i < 20u << 16; i++)
        buf_put_text(&input, "0123456789abcdef");
    buf_put_text(&input, "\"},{\"id\":2,\"text\":\"b\"}]}");
    struct feed_memory memory = {.input = buf_str(&input)};
    struct feed_batch batch;
    struct feed *feed;
    struct ward_error err;
    feed_batch_init(&batch);
    assert_int_equal(feed_open_stream(feed_memory_stream(&memory), "m", NULL, &feed, &err),
                     WARD_OK);
    size_t events = 0;
    size_t faults = 0;
    do {
        assert_int_equal(feed_read(feed, &batch, &err), WARD_OK);
        events += batch.event_count;
        faults += batch.fault_count;
        assert_true(batch.arena.held_bytes < (4u << 20));
    } while (!batch.is_end);
    assert_int_equal(events, 1);
    assert_int_equal(faults, 1);
    feed_close(feed);
    feed_batch_release(&batch);
    buf_release(&input);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_single_chat),
        cmocka_unit_test(a_full_export),
        cmocka_unit_test(bad_messages_hide_nothing),
        cmocka_unit_test(a_broken_export_ends_with_an_error),
        cmocka_unit_test(splits_change_nothing),
        cmocka_unit_test(truncation_loses_only_the_tail),
        cmocka_unit_test(large_unwanted_values_are_not_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
