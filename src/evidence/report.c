/**
 * The report, from title to last line, and its PDF.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/str.h"
#include "evidence/network.h"
#include "evidence/report_parts.h"
#include "evidence/run_tool.h"

#define PDF_SECONDS 240
#define PDF_MEMORY_BYTES ((size_t)4 * 1024 * 1024 * 1024)
#define HTML_BYTES_MAX ((size_t)256 * 1024 * 1024)

bool report_is_shown(const struct dossier *dossier, uint32_t index)
{
    size_t low = 0;
    size_t high = dossier->shown_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (dossier->shown[middle] < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < dossier->shown_count && dossier->shown[low] == index;
}

void report_put_reference(struct page *page, uint32_t index, bool is_shown)
{
    if (is_shown)
        buf_printf(page->out, "<a href=\"#m%u\">№%u</a>", index + 1, index + 1);
    else
        buf_printf(page->out, "№%u", index + 1);
}

static void put_head(struct page *page, const struct evidence_subject *subject)
{
    buf_printf(page->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
               page->lang == EVIDENCE_ZH ? "zh-CN" : "en");
    buf_put_text(page->out,
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                 "style-src 'unsafe-inline'\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    page_say(page, "线索报告", "Case report");
    if (subject->file_count == 1 && subject->files[0]->link &&
        subject->files[0]->link->case_count == 1) {
        buf_put_char(page->out, ' ');
        page_label(page->out, subject->files[0]->link->cases[0].id, 40);
    }
    buf_put_text(page->out, "</title>\n<style>\n");
    report_put_style(page->out);
    buf_put_text(page->out, "</style>\n</head>\n<body>\n");
}

static void put_made(struct page *page, const struct evidence_subject *subject)
{
    buf_put_text(page->out, "<p class=\"k\">");
    page_say(page, "制作时间 ", "Made ");
    page_time(page->out, subject->made_ms, 0);
    buf_put_text(page->out, " UTC");
    if (subject->events_read) {
        buf_put_text(page->out, " · ");
        page_figures(page, "共读取 # 条消息", "# messages read", subject->events_read, 0);
    }
    buf_put_text(page->out, "</p>\n");
}

static void put_sources(struct page *page, const struct evidence_subject *subject)
{
    if (!subject->source_count)
        return;
    buf_put_text(page->out, "<h2>");
    page_say(page, "读取的文件", "Files read");
    buf_put_text(page->out, "</h2>\n<table><thead><tr><th>");
    page_say(page, "文件", "File");
    buf_put_text(page->out, "</th><th>SHA-256</th></tr></thead>\n");
    for (size_t i = 0; i < subject->source_count; i++) {
        buf_put_text(page->out, "<tr><td>");
        page_text(page, subject->sources[i].name, 200);
        buf_put_text(page->out, "</td><td class=\"h\">");
        page_text(page, subject->sources[i].sha256, 64);
        buf_put_text(page->out, "</td></tr>\n");
    }
    buf_put_text(page->out, "</table>\n");
}

static void put_nothing(struct page *page, const struct evidence_subject *subject)
{
    buf_put_text(page->out, "<h1>");
    page_say(page, "未发现线索", "Nothing found");
    buf_put_text(page->out, "</h1>\n<p class=\"lead\">");
    page_say(page, "在读取的内容中没有消息达到留意级别。这不等于没有交易：未见过的说法可能被漏掉。",
             "No message reached the level of watch. This does not prove that there was no trade: "
             "ways of speaking not met before can be missed.");
    buf_put_text(page->out, "</p>\n");
    put_made(page, subject);
}

static void put_contents(struct page *page, const struct evidence_subject *subject)
{
    if (subject->file_count < 2)
        return;
    buf_put_text(page->out, "<h1>");
    page_figures(page, "# 条线索", "# cases", subject->file_count, 0);
    buf_put_text(page->out, "</h1>\n");
    put_made(page, subject);
    buf_put_text(page->out, "<table>\n");
    for (size_t i = 0; i < subject->file_count; i++) {
        const struct link *link = subject->files[i]->link;
        if (!link || link->case_count != 1)
            continue;
        buf_printf(page->out, "<tr><td><a href=\"#c%zu\">", i + 1);
        page_label(page->out, link->cases[0].id, 40);
        buf_put_text(page->out, "</a> ");
        page_says(page, link->cases[0].says_zh, link->cases[0].says_en);
        buf_printf(page->out, "</td><td class=\"n\"><span class=\"b u%d\">%s</span></td></tr>\n",
                   (int)link->cases[0].urgency, page_urgency(page->lang, link->cases[0].urgency));
    }
    buf_put_text(page->out, "</table>\n");
}

static enum ward_status put_network(struct page *page, const struct dossier *dossier,
                                    struct ward_error *err)
{
    buf_put_text(page->out, "<h2>");
    page_say(page, "关系图", "Network");
    buf_put_text(page->out, "</h2>\n<p class=\"q\">");
    page_say(page,
             "方框中的编号 P、G 与下文人员、群的编号相同；名称下方是角色与被标记的消息数。"
             "线条表示依据，不表示已经查实。",
             "Numbers P and G are those of the people and groups below; under each name stand the "
             "role and the number of flagged messages. A line is a ground to look, not a fact "
             "established.");
    buf_put_text(page->out, "</p>\n<figure>\n");
    const enum ward_status status =
        network_svg(dossier->file, page->lang, page->leave, page->out, err);
    buf_put_text(page->out, "</figure>\n");
    return status;
}

static enum ward_status put_case(struct page *page, const struct evidence_subject *subject,
                                 size_t index, struct ward_error *err)
{
    struct dossier dossier;
    enum ward_status status = dossier_init(&dossier, subject->files[index], err);
    if (status == WARD_OK) {
        buf_printf(page->out, "<section class=\"case\" id=\"c%zu\">\n", index + 1);
        report_put_summary(page, &dossier);
        if (subject->file_count == 1)
            put_made(page, subject);
        status = put_network(page, &dossier, err);
    }
    if (status == WARD_OK) {
        report_put_people(page, &dossier);
        report_put_groups(page, &dossier);
        report_put_timeline(page, &dossier);
        report_put_disguises(page, &dossier);
        status = report_put_messages(page, &dossier);
        if (status != WARD_OK)
            (void)error_set(err, status, "out of memory");
    }
    if (status == WARD_OK) {
        report_put_laws(page, &dossier, subject);
        report_put_limits(page, &dossier);
        report_put_decisions(page, &dossier);
        report_put_custody(page, &dossier);
        buf_put_text(page->out, "</section>\n");
    }
    dossier_release(&dossier);
    return status;
}

enum ward_status evidence_report_html(const struct evidence_subject *subject,
                                      enum evidence_lang lang, struct buf *out,
                                      struct ward_error *err)
{
    struct page page = {.out = out, .lang = lang, .leave = subject->leave};
    enum ward_status status = WARD_OK;
    put_head(&page, subject);
    if (!subject->file_count)
        put_nothing(&page, subject);
    put_contents(&page, subject);
    for (size_t i = 0; status == WARD_OK && i < subject->file_count; i++)
        status = put_case(&page, subject, i, err);
    if (status != WARD_OK)
        return status;
    put_sources(&page, subject);
    buf_put_text(out, "<footer>ward · ");
    page_say(&page, "本报告供有权查阅的人员使用，含个人信息，请妥善保管。",
             "For those entitled to read it. It holds personal data: keep it safe.");
    buf_put_text(out, "</footer>\n</body>\n</html>\n");
    return out->failed ? error_set(err, out->failed, "the report is too large") : WARD_OK;
}

static bool is_whole_pdf(struct ward_str pdf)
{
    const struct ward_str tail = str_part(pdf, pdf.len > 16 ? pdf.len - 16 : 0, pdf.len);
    return pdf.len > 64 && memcmp(pdf.data, "%PDF-", 5) == 0 &&
           memmem(tail.data, tail.len, "%%EOF", 5) != NULL;
}

enum ward_status evidence_report_pdf(const struct evidence_subject *subject,
                                     enum evidence_lang lang, struct buf *out,
                                     struct ward_error *err)
{
    static const char *const argv[] = {"weasyprint", "-q", "-e", "utf-8", "-", "-", NULL};
    struct buf html;
    const size_t before = out->len;
    buf_init(&html, HTML_BYTES_MAX);
    enum ward_status status = evidence_report_html(subject, lang, &html, err);
    if (status == WARD_OK) {
        const struct tool_call call = {.argv = argv,
                                       .package = "weasyprint",
                                       .input = buf_str(&html),
                                       .seconds = PDF_SECONDS,
                                       .memory_bytes = PDF_MEMORY_BYTES,
                                       .leave = subject->leave};
        status = tool_run(&call, out, err);
    }
    if (status == WARD_OK && !is_whole_pdf(str_part(buf_str(out), before, out->len)))
        status = error_set(err, WARD_ERR_IO, "weasyprint gave no whole PDF");
    buf_release(&html);
    return status;
}
