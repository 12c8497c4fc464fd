/* CSV: quotes, delimiters, header names, what goes wrong and what must not be lost. */
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

#define C FEED_FORMAT_CSV

static void header_names_in_two_languages(void **state)
{
    (void)state;
    EXPECT(C,
           "id,Time,User ID,Nickname,Group-Name,Content,kind,whatever\n"
           "m1,2020-04-01 12:39:40,u1,小明,群,\"你好,\"\"世界\"\"\",post,x\r\n",
           "E 2 (zone assumed) id=m1 text=你好,\"世界\" group_name=群 account=u1 alias=小明 "
           "kind=post time=1585715980000\n.\n");
    EXPECT(C, "昵称;时间;内容\n红姐;2020/4/1 9:05;早;上好\n红姐;1585703100;早\n",
           "F 2:0 more fields than the header has\n"
           "E 3 id=in:3 text=早 alias=红姐 time=1585703100000\n.\n");
    EXPECT(C, "昵称\t内容\r\na\tb,c;d\r\n", "E 2 id=in:2 text=b,c;d alias=a\n.\n");
}

static void quotes_hold_anything(void **state)
{
    (void)state;
    EXPECT(
        C,
        "id,text\n1,\"line one\nline two\r\n\nline four\"\n2,\"\"\n3,\"\"\"\"\n4,a\"b\n5,\"a,b\"",
        "E 2 id=1 text=line one<0A>line two<0D><0A><0A>line four\nE 6 id=2\nE 7 id=3 text=\"\n"
        "E 8 id=4 text=a\"b\nE 9 id=5 text=a,b\n.\n");
    EXPECT(C, "\"id\",\"text\"\n\"1\",\"a\"\r\n\n\r\n\"2\",\"b\"\r\n",
           "E 2 id=1 text=a\nE 5 id=2 text=b\n.\n");
}

static void a_bad_quote_costs_one_line(void **state)
{
    (void)state;
    EXPECT(C, "id,text\n1,a\n2,\"open\n3,c\n4,\"d\"\n5,e\n",
           "E 2 id=1 text=a\nF 3:0 text between a closing quote and the next delimiter\n"
           "E 4 id=3 text=c\nE 5 id=4 text=d\nE 6 id=5 text=e\n.\n");
    EXPECT(C, "id,text\n1,\"open\n2,b\n3,c",
           "F 2:0 a quote is not closed\nE 3 id=2 text=b\nE 4 id=3 text=c\n.\n");
    EXPECT(C, "id,text\n1,\"a\" b\n2,\"c\"\r\"\n3,d\n",
           "F 2:0 text between a closing quote and the next delimiter\n"
           "F 3:0 text between a closing quote and the next delimiter\nE 4 id=3 text=d\n.\n");
}

static void short_records_and_stray_delimiters(void **state)
{
    (void)state;
    EXPECT(C, "text,id,alias\na\nb,2\nc,3,x,\nd,4,y,z\n,,\n",
           "E 2 id=in:2 text=a\nE 3 id=2 text=b\nE 4 id=3 text=c alias=x\n"
           "F 5:0 more fields than the header has\nE 6 id=in:6\n.\n");
    EXPECT(C, "text,kind\na,poem\nb,query\n",
           "F 2:0 kind must be message, post, listing, alias, group_name, query or report\n"
           "E 3 id=in:3 text=b kind=query\n.\n");
    EXPECT(C, "text,time\na,next week\nb,1585703100\n",
           "E 2 id=in:2 text=a\nE 3 id=in:3 text=b time=1585703100000\n.\n");
}

static void a_header_without_text_is_an_error(void **state)
{
    (void)state;
    EXPECT(C, "\nfoo,bar\n1,2\n",
           "X format the header names no column of text (text, content, message, 内容)\n.\n");
    EXPECT(C, "", ".\n");
    EXPECT(C, "text,id", ".\n");
}

static void too_many_columns_are_an_error(void **state)
{
    (void)state;
    struct buf input;
    buf_init(&input, 1 << 16);
    buf_put_text(&input, "text");
    for (int i = 0; i < 256; i++)
        buf_put_text(&input, ",x");
    feed_case_expect(C, input.data, input.len, "X limit the header has more than 256 columns\n.\n");
    buf_release(&input);
}

static void gb18030_is_recognised(void **state)
{
    (void)state;
    /* 昵称,内容 / 小明,你好，世界 in GBK */
    EXPECT(FEED_FORMAT_AUTO,
           "\xEA\xC7\xB3\xC6,\xC4\xDA\xC8\xDD\n\xD0\xA1\xC3\xF7,"
           "\xC4\xE3\xBA\xC3\xA3\xAC\xCA\xC0\xBD\xE7\n",
           "E 2 id=in:2 text=你好，世界 alias=小明\n.\n");
}

static void splits_change_nothing(void **state)
{
    (void)state;
    feed_case_split(
        FEED_FORMAT_AUTO,
        str_of("\xEF\xBB\xBFid,内容\r\n1,\"a\nb\"\"c\"\r\n2,\"x\" y\n\n3,\"open\n4,女宝\n5,e"));
}

/* Random quotes, delimiters and line ends: every split reads the same, and nothing breaks. */
static void random_marks_read_the_same(void **state)
{
    (void)state;
    static const char marks[] = "\"\",,\n\na;\r\t";
    uint32_t seed = 7;
    for (int round = 0; round < 150; round++) {
        char input[72] = "id,text\n";
        size_t len = strlen(input);
        while (len < 60) {
            seed = seed * 1664525u + 1013904223u;
            input[len++] = marks[(seed >> 16) % (sizeof marks - 1)];
        }
        feed_case_split(C, (struct ward_str){input, len});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_names_in_two_languages),
        cmocka_unit_test(quotes_hold_anything),
        cmocka_unit_test(a_bad_quote_costs_one_line),
        cmocka_unit_test(short_records_and_stray_delimiters),
        cmocka_unit_test(a_header_without_text_is_an_error),
        cmocka_unit_test(too_many_columns_are_an_error),
        cmocka_unit_test(gb18030_is_recognised),
        cmocka_unit_test(splits_change_nothing),
        cmocka_unit_test(random_marks_read_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
