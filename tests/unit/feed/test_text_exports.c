/* QQ text exports and plain text: headers, sections, many lines, encodings. */
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
#define RULE "================================================================\n"

static void an_export_of_two_chats(void **state)
{
    (void)state;
    EXPECT(A,
           "消息记录（此消息记录为文本格式，不支持重新导入）\r\n\r\n" RULE
           "消息分组:我的群聊\r\n" RULE "消息对象:家长群\r\n" RULE
           "\r\n2020-04-01 12:39:40 【群主】红姐(12345)\r\n你好\r\n\r\n第三行\r\n\r\n"
           "2020-04-01 9:05:07 someone<a@b.com>\r\n[图片]\r\n\r\n" RULE "消息分组:我的好友\r\n" RULE
           "消息对象:小李\r\n" RULE "\r\n2020-04-02 00:00:00 小李\r\n在吗\r\n\r\n"
           "2020-04-02 00:00:01 系统消息(10000)\r\n小李 撤回了一条消息\r\n",
           "E 9 (zone assumed) id=in:9 text=你好<0A><0A>第三行 platform=qq group=家长群 "
           "group_name=家长群 account=12345 alias=【群主】红姐 time=1585715980000\n"
           "E 14 (zone assumed) id=in:14 text=[图片] platform=qq group=家长群 group_name=家长群 "
           "account=a@b.com alias=someone time=1585703107000\n"
           "E 23 (zone assumed) id=in:23 text=在吗 platform=qq group=小李 alias=小李 "
           "time=1585756800000\n"
           "E 26 (zone assumed) id=in:26 text=小李 撤回了一条消息 platform=qq group=小李 "
           "account=10000 alias=系统消息 author_kind=system time=1585756801000\n.\n");
}

static void what_looks_like_a_header_or_section_is_text(void **state)
{
    (void)state;
    EXPECT(A,
           "2020-04-01 12:39:40 a(1)\n2020-04-01 12:39:41 not a header\n" RULE "just a line\n"
           "2020-13-01 12:39:40 b(2)\n消息对象:nobody\n2020-04-01 12:39:42 c(3)\n",
           "E 1 (zone assumed) id=in:1 text=2020-04-01 12:39:41 not a header<0A>"
           "================================================================<0A>just a line<0A>"
           "2020-13-01 12:39:40 b(2)<0A>消息对象:nobody platform=qq account=1 alias=a "
           "time=1585715980000\nE 7 (zone assumed) id=in:7 platform=qq account=3 alias=c "
           "time=1585715982000\n.\n");
}

static void text_before_any_header_is_named(void **state)
{
    (void)state;
    EXPECT(
        FEED_FORMAT_QQ, "消息记录\nhello\n\n2020-04-01 12:39:40 a(1)\nx",
        "F 2:0 text before the first message header (2020-04-01 12:39:40 name(number))\n"
        "E 4 (zone assumed) id=in:4 text=x platform=qq account=1 alias=a time=1585715980000\n.\n");
}

static void places_cover_the_message(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 4096);
    const struct feed_case feed_case = {
        .input = str_of("2020-04-01 12:39:40 a(1)\nx\ny\n\n2020-04-01 12:39:41 b(2)\nz"),
        .options = {.zone_minutes = 0, .platform = "mine"},
        .with_place = true};
    feed_case_run(&feed_case, &out);
    buf_put_char(&out, '\0');
    assert_string_equal(out.data,
                        "E 1@0+28 (zone assumed) id=in:1 text=x<0A>y platform=mine account=1 "
                        "alias=a time=1585744780000\nE 5@30+26 (zone assumed) id=in:5 text=z "
                        "platform=mine account=2 alias=b time=1585744781000\n.\n");
    buf_release(&out);
}

static void gb18030_exports(void **state)
{
    (void)state;
    /* 消息记录 / 消息分组:我的群聊 / 消息对象:群 ; 2020... 小明(1) / 女宝 ; 模 (also valid UTF-8)
     */
    EXPECT(A,
           "\xCF\xFB\xCF\xA2\xBC\xC7\xC2\xBC\n" RULE
           "\xCF\xFB\xCF\xA2\xB7\xD6\xD7\xE9:\xCE\xD2\xB5\xC4\xC8\xBA\xC1\xC4\n" RULE
           "\xCF\xFB\xCF\xA2\xB6\xD4\xCF\xF3:\xC8\xBA\n" RULE
           "\n2020-04-01 12:39:40 \xD0\xA1\xC3\xF7(1)\n\xC5\xAE\xB1\xA6\n\n2020-04-01 12:39:41 "
           "a(2)\n\xC4\xA3",
           "E 8 (zone assumed) id=in:8 text=女宝 platform=qq group=群 group_name=群 account=1 "
           "alias=小明 time=1585715980000\nE 11 (zone assumed) id=in:11 text=模 platform=qq "
           "group=群 group_name=群 account=2 alias=a time=1585715981000\n.\n");
}

static void plain_lines(void **state)
{
    (void)state;
    EXPECT(A, "one\r\n\n  \t\n two \nthree",
           "E 1 id=in:1 text=one\nE 4 id=in:4 text= two \nE 5 id=in:5 text=three\n.\n");
    EXPECT(A, "", ".\n");
    EXPECT(A, "\n\n\n", ".\n");
    EXPECT(A, "女宝\n\xC5\xAE\xB1\xA6\nbad \xFF byte\n",
           "E 1 id=in:1 text=女宝\nE 2 id=in:2 text=\xC5\xAE\xB1\xA6\nE 3 id=in:3 text=bad \xFF "
           "byte\n.\n");
    EXPECT(A, "\xC5\xAE\xB1\xA6\xB3\xF6\xC9\xFA\nabc\n\xC5\xAE\n",
           "E 1 id=in:1 text=女宝出生\nE 2 id=in:2 text=abc\nE 3 id=in:3 text=女\n.\n");
    EXPECT(A, "caf\xE9 ol\xE9\n", "E 1 id=in:1 text=caf\xE9 ol\xE9\n.\n");
    EXPECT(A, "Привет\n\xC5\xAE\xB1\xA6\n",
           "E 1 id=in:1 text=Привет\nE 2 id=in:2 text=\xC5\xAE\xB1\xA6\n.\n");
}

static void forced_encodings(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 4096);
    struct feed_case feed_case = {.input = {"\xC4\xA3\n", 3},
                                  .options = {.encoding = FEED_ENCODING_GB18030}};
    feed_case_run(&feed_case, &out);
    feed_case.options.encoding = FEED_ENCODING_UTF8;
    feed_case_run(&feed_case, &out);
    feed_case.options.encoding = FEED_ENCODING_UTF16BE;
    feed_case.input = (struct ward_str){"\x59\x73\0\n", 4};
    feed_case_run(&feed_case, &out);
    feed_case.options.encoding = FEED_ENCODING_UTF16LE;
    feed_case.input = (struct ward_str){"\xFF\xFE\x73\x59", 4};
    feed_case_run(&feed_case, &out);
    buf_put_char(&out, '\0');
    assert_string_equal(out.data, "E 1 id=in:1 text=模\n.\nE 1 id=in:1 text=\xC4\xA3\n.\n"
                                  "E 1 id=in:1 text=女\n.\nE 1 id=in:1 text=女\n.\n");
    buf_release(&out);
}

static void utf16_by_its_mark(void **state)
{
    (void)state;
    /* 女, pair U+1F600, lone high, lone low, newline, odd byte */
    EXPECT(A, "\xFF\xFE\x73\x59\x3D\xD8\x00\xDE\x3D\xD8\x41\x00\x00\xDC\x0A\x00\x42\x00\x43",
           "E 1 id=in:1 text=女😀�A�\nE 2 id=in:2 text=B�\n.\n");
    EXPECT(A, "\xFE\xFF\x59\x73\x00\x0A", "E 1 id=in:1 text=女\n.\n");
    EXPECT(A, "\xFF", "E 1 id=in:1 text=\xFF\n.\n");
    EXPECT(A, "\xFF\xFE", ".\n");
}

static void splits_change_nothing(void **state)
{
    (void)state;
    feed_case_split(A, str_of("消息记录\r\n" RULE "消息对象:群\r\n" RULE
                              "\r\n2020-04-01 12:39:40 a(1)\r\nx\r\n\r\ny\r\n" RULE
                              "消息对象:b\r\n" RULE "2020-04-01 12:39:41 b\r\nz"));
    feed_case_split(A, str_of("\xEF\xBB\xBFone\r\n\ntwo\n\xE5\xA5"));
    feed_case_split(A, (struct ward_str){"\xFE\xFF\x59\x73\x00\x0A\xD8\x3D\xDE\x00\x00", 11});
    feed_case_split(A, str_of("\x28\xB5\x2F not zstd\nb"));
    feed_case_split(A, str_of("\x1F not gzip"));
}

static void long_lines(void **state)
{
    (void)state;
    struct buf input;
    struct buf out;
    buf_init(&input, (size_t)64 << 20);
    buf_init(&out, (size_t)64 << 20);
    buf_put_text(&input, "2020-04-01 12:39:40 a(1)\n");
    for (size_t i = 0; i < 18u << 16; i++)
        buf_put_text(&input, "0123456789abcde\n"); /* 18 MiB of one message in short lines */
    buf_put_text(&input, "2020-04-01 12:39:41 b(2)\nok\n");
    const struct feed_case feed_case = {.input = buf_str(&input)};
    feed_case_run(&feed_case, &out);
    buf_put_char(&out, '\0');
    assert_string_equal(out.data, "F 1:0 record is longer than 16 MiB\nE 1179650 (zone assumed) "
                                  "id=in:1179650 text=ok platform=qq account=2 alias=b "
                                  "time=1585744781000\n.\n");
    buf_release(&input);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_export_of_two_chats),
        cmocka_unit_test(what_looks_like_a_header_or_section_is_text),
        cmocka_unit_test(text_before_any_header_is_named),
        cmocka_unit_test(places_cover_the_message),
        cmocka_unit_test(gb18030_exports),
        cmocka_unit_test(plain_lines),
        cmocka_unit_test(forced_encodings),
        cmocka_unit_test(utf16_by_its_mark),
        cmocka_unit_test(splits_change_nothing),
        cmocka_unit_test(long_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
