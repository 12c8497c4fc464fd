/**
 * The report: what a reader must find in it, and that nothing written in a chat becomes markup.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/str.h"
#include "case_fixture.h"
#include "evidence/evidence.h"
#include "evidence/page.h"

#define REPORT_BYTES_MAX ((size_t)64 * 1024 * 1024)

static void make(const struct case_file *file, enum evidence_lang lang, struct buf *out)
{
    struct ward_error err = {0};
    const struct evidence_subject subject = {
        .files = &file, .file_count = 1, .made_ms = 1793939400000};
    buf_init(out, REPORT_BYTES_MAX);
    assert_int_equal(evidence_report_html(&subject, lang, out, &err), WARD_OK);
    buf_put_char(out, 0);
    assert_int_equal(out->failed, WARD_OK);
}

static void assert_has(const struct buf *page, const char *text)
{
    if (!strstr(page->data, text))
        fail_msg("the report lacks: %s", text);
}

static void assert_lacks(const struct buf *page, const char *text)
{
    if (strstr(page->data, text))
        fail_msg("the report has: %s", text);
}

/* An ordinary case: the message stands as written, what was hidden is marked and read. */
static void test_ordinary(void **state)
{
    struct case_fixture fixture;
    struct buf page;
    (void)state;
    assert_true(case_fixture_load(&fixture, FIXTURE));
    make(&fixture.file, EVIDENCE_ZH, &page);
    assert_has(&page, "<mark class=\"d\">女 宝宝</mark>");
    assert_has(&page, "写作「女 宝宝」，读作「<b>女宝宝</b>」：插入空格或标点");
    assert_has(&page, "一个孩子预计于2026-12-01出生，并已谈及定金");
    assert_has(&page, "同一联系方式：都留下 hongjie_01");
    assert_has(&page, "尚不清楚的事");
    assert_has(&page, "已依法保全");
    buf_release(&page);
    make(&fixture.file, EVIDENCE_EN, &page);
    assert_has(&page, "reads “<b>女宝宝</b>”: spaces or marks put in");
    assert_has(&page, "What is not known");
    buf_release(&page);
    case_fixture_release(&fixture);
}

/* A hostile case of 5,000 events: no markup of theirs, bounded, hidden characters shown. */
static void test_hostile(void **state)
{
    static const char *const never[] = {"<script", "<img", "<svg/",       "<textarea",    "<i>x",
                                        "<em>",    "<u>",  "href=\"java", "\xE2\x80\xAE", "\xFF"};
    struct case_fixture fixture;
    struct buf page;
    (void)state;
    assert_true(case_fixture_hostile(&fixture, 5000));
    make(&fixture.file, EVIDENCE_EN, &page);
    assert_int_equal(strlen(page.data), page.len - 1); /* no NUL inside */
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        assert_lacks(&page, never[i]);
    assert_has(&page, "<span class=\"u\">U+202E</span>");
    assert_has(&page, "5000 messages were flagged; the 120 strongest are shown.");
    assert_true(page.len < 2u * 1024 * 1024);
    buf_release(&page);
    case_fixture_release(&fixture);
}

/* Labels carry no markup and no control at all. */
static void test_label(void **state)
{
    struct buf out;
    (void)state;
    buf_init(&out, 256);
    page_label(&out,
               str_of("<b>\xE2\x80\xAE"
                      "x\n"),
               20);
    buf_put_char(&out, 0);
    assert_string_equal(out.data, "&lt;b&gt;▯x ");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ordinary),
                                       cmocka_unit_test(test_hostile),
                                       cmocka_unit_test(test_label)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
