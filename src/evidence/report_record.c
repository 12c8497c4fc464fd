/**
 * The last chapters: law, limits, decisions, custody.
 */
#include <inttypes.h>

#include "base/str.h"
#include "evidence/report_parts.h"

#define CUSTODY_ROWS_MAX 300u
#define DECISIONS_MAX 300u
#define NAME_UNITS 80
#define NOTE_UNITS 600

static void heading(struct page *page, const char *zh, const char *en)
{
    buf_put_text(page->out, "<h2>");
    page_say(page, zh, en);
    buf_put_text(page->out, "</h2>\n");
}

/* ---- law ------------------------------------------------------------------------------------- */

static void put_dates(struct page *page, const struct evidence_law *law)
{
    if (!law->from.len && !law->to.len)
        return;
    buf_put_text(page->out, " <span class=\"q\">");
    if (law->from.len) {
        page_text(page, law->from, 10);
        page_say(page, " 起施行", " in force");
    }
    if (law->to.len) {
        page_say(page, "，至 ", ", until ");
        page_text(page, law->to, 10);
    }
    buf_put_text(page->out, "</span>");
}

static void put_law(struct page *page, const struct dossier_law *cited,
                    const struct evidence_subject *subject)
{
    bool found = false;
    buf_put_text(page->out, "<tr><td>");
    for (size_t i = 0; i < subject->law_count; i++) {
        const struct evidence_law *law = &subject->laws[i];
        if (!str_equal(law->id, cited->id))
            continue;
        buf_put_text(page->out, found ? "<br><b>" : "<b>");
        page_says(page, law->title_zh, law->title_en);
        buf_put_text(page->out, "</b>");
        put_dates(page, law);
        buf_put_text(page->out, "<br>");
        page_says(page, law->text_zh, law->text_en);
        found = true;
    }
    buf_put_text(page->out, found ? "<br><span class=\"q\">" : "<span>");
    page_text(page, cited->id, NAME_UNITS);
    buf_printf(page->out, "</span></td><td class=\"n\">%u</td></tr>\n", cited->messages);
}

void report_put_laws(struct page *page, const struct dossier *d,
                     const struct evidence_subject *subject)
{
    if (!d->law_count)
        return;
    heading(page, "可能相关的法律", "Law that may apply");
    buf_put_text(page->out, "<p class=\"q\">");
    page_say(page, "条文为大意，供查找；是否适用由办案机关判断。",
             "Articles are given in short, to find them by; whether they apply is for the "
             "authorities to say.");
    buf_put_text(page->out, "</p>\n<table><thead><tr><th>");
    page_say(page, "条文", "Article");
    buf_put_text(page->out, "</th><th class=\"n\">");
    page_say(page, "涉及消息", "Messages");
    buf_put_text(page->out, "</th></tr></thead>\n");
    for (size_t i = 0; i < d->law_count; i++)
        put_law(page, &d->laws[i], subject);
    buf_put_text(page->out, "</table>\n");
    if (d->laws_left_out) {
        buf_put_text(page->out, "<p class=\"q\">");
        page_say(page, "另有条文未列出。", "More articles are cited than are listed.");
        buf_put_text(page->out, "</p>\n");
    }
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void put_limit(struct page *page, const char *zh, const char *en)
{
    buf_put_text(page->out, "<li>");
    page_say(page, zh, en);
    buf_put_text(page->out, "</li>\n");
}

static void put_counted(struct page *page, size_t count, const char *zh, const char *en)
{
    if (!count)
        return;
    buf_printf(page->out, "<li><b>%zu</b> ", count);
    page_say(page, zh, en);
    buf_put_text(page->out, "</li>\n");
}

void report_put_limits(struct page *page, const struct dossier *d)
{
    heading(page, "尚不清楚的事", "What is not known");
    buf_put_text(page->out, "<ul>\n");
    put_limit(page, "谁在使用这些账号，未经核实；昵称与自称可能是假的。",
              "Who uses these accounts was not verified; names and claims may be false.");
    put_limit(page, "是否真有孩子、是否已经付款或交接，文字本身不能证明。",
              "Whether there is a child, and whether anything was paid or handed over, words alone "
              "do not prove.");
    put_limit(page, "图片、语音与私聊内容没有查看，除非列在消息中。",
              "Pictures, voice and private chats were not looked at unless they stand among the "
              "messages.");
    put_limit(page, "可能性与「同一人」的百分比由模型估算，可能出错；被伪装的词可能有其他读法。",
              "Likelihoods and the percentages of one person are estimates and can be wrong; a "
              "disguised word may have another reading.");
    put_limit(page, "只保存了被标记的消息及其前后各数条，不是全部聊天记录。",
              "Only flagged messages and a few around each are kept, not the whole chat.");
    put_counted(page, d->zone_assumed, "条消息的时区是推定的，时刻可能相差数小时。",
                "messages have an assumed time zone; their times may be off by hours.");
    put_counted(page, d->without_time, "条消息没有时间。", "messages have no time.");
    put_counted(page, d->erased, "条消息的内容已被删除，仅余校验值。",
                "messages were erased; only their hashes remain.");
    put_counted(page, d->unreadable, "条判定记录损坏。", "records of verdicts are damaged.");
    buf_put_text(page->out, "</ul>\n<p class=\"q\">");
    page_say(page, "时间按 UTC", "Times are given at UTC");
    buf_printf(page->out, "%c%02d:%02d", d->zone_minutes < 0 ? '-' : '+',
               (d->zone_minutes < 0 ? -d->zone_minutes : d->zone_minutes) / 60 % 100,
               (d->zone_minutes < 0 ? -d->zone_minutes : d->zone_minutes) % 60);
    page_say(page, " 显示。", ".");
    buf_put_text(page->out, "</p>\n");
}

/* ---- decisions ------------------------------------------------------------------------------- */

static void put_decision(struct page *page, const struct dossier *d,
                         const struct case_decision *decision)
{
    buf_put_text(page->out, "<tr><td class=\"n\">");
    page_time(page->out, decision->time_ms, d->zone_minutes);
    buf_put_text(page->out, "</td><td>");
    page_text(page, decision->who, NAME_UNITS);
    buf_put_text(page->out, "</td><td>");
    page_text(page, page_decision(page->lang, decision->kind), NAME_UNITS);
    if (decision->reason.len) {
        page_say(page, "：", ": ");
        page_text(page, decision->reason, NAME_UNITS);
    }
    buf_put_text(page->out, "</td><td>");
    page_text(page, decision->subject, NAME_UNITS);
    if (decision->note.len) {
        buf_put_text(page->out, "<br>");
        page_text(page, decision->note, NOTE_UNITS);
    }
    buf_put_text(page->out, "</td></tr>\n");
}

void report_put_decisions(struct page *page, const struct dossier *d)
{
    const size_t count = d->file->decision_count;
    heading(page, "人工处理记录", "Decisions");
    if (!count) {
        buf_put_text(page->out, "<p>");
        page_say(page, "还没有人处理过这条线索。", "Nobody has decided anything yet.");
        buf_put_text(page->out, "</p>\n");
        return;
    }
    buf_put_text(page->out, "<table><thead><tr><th class=\"n\">");
    page_say(page, "时间", "Time");
    buf_put_text(page->out, "</th><th>");
    page_say(page, "何人", "Who");
    buf_put_text(page->out, "</th><th>");
    page_say(page, "处理", "What");
    buf_put_text(page->out, "</th><th>");
    page_say(page, "对象与说明", "Subject and note");
    buf_put_text(page->out, "</th></tr></thead>\n");
    const size_t first = count > DECISIONS_MAX ? count - DECISIONS_MAX : 0;
    for (size_t i = first; i < count; i++)
        put_decision(page, d, &d->file->decisions[i]);
    buf_put_text(page->out, "</table>\n");
    if (first)
        page_figures(page, "<p class=\"q\">更早的 # 条见 data/decisions.jsonl。</p>\n",
                     "<p class=\"q\"># earlier ones are in data/decisions.jsonl.</p>\n", first, 0);
}

/* ---- custody --------------------------------------------------------------------------------- */

static void put_custody_row(struct page *page, const struct dossier *d, uint32_t index)
{
    const struct case_entry *entry = &d->file->entries[index];
    const struct case_custody *custody = &entry->custody;
    buf_put_text(page->out, "<tr><td class=\"c\">");
    report_put_reference(page, index, report_is_shown(d, index));
    buf_put_text(page->out, "</td><td>");
    page_text(page, custody->source, NAME_UNITS);
    if (custody->line)
        page_figures(page, "，第 # 行", ", line #", custody->line, 0);
    page_figures(page, "，位置 #", ", offset #", custody->offset, 0);
    if (custody->received_ms) {
        buf_put_text(page->out, "<br><span class=\"q\">");
        page_say(page, "入库 ", "stored ");
        page_time(page->out, custody->received_ms, d->zone_minutes);
        buf_put_text(page->out, "</span>");
    }
    buf_put_text(page->out, "</td><td class=\"h\">");
    page_text(page, entry->event_sha256, 64);
    buf_put_text(page->out, "</td></tr>\n");
}

static void put_pair(struct page *page, const char *zh, const char *en, struct ward_str value)
{
    if (!value.len)
        return;
    buf_put_text(page->out, "<tr><td>");
    page_say(page, zh, en);
    buf_put_text(page->out, "</td><td class=\"h\">");
    page_text(page, value, 200);
    buf_put_text(page->out, "</td></tr>\n");
}

static void put_sources(struct page *page, const struct dossier *d)
{
    struct ward_str before = {NULL, 0};
    size_t told = 0;
    for (size_t i = 0; i < d->file->entry_count && told < 40; i++) {
        const struct case_custody *custody = &d->file->entries[i].custody;
        if (!custody->source_sha256.len || str_equal(custody->source_sha256, before))
            continue;
        put_pair(page, "来源文件 SHA-256", "Source file, SHA-256", custody->source_sha256);
        before = custody->source_sha256;
        told++;
    }
}

void report_put_custody(struct page *page, const struct dossier *d)
{
    heading(page, "保管记录", "Custody");
    buf_put_text(page->out, "<table>\n");
    put_sources(page, d);
    if (d->file->entry_count)
        put_pair(page, "规则包", "Packs", d->file->entries[0].packs);
    put_pair(page, "审计链末端", "Head of the audit chain", d->file->audit_head);
    put_pair(page, "ward 版本", "Version of ward", d->file->ward_version);
    buf_put_text(page->out, "</table>\n<table><thead><tr><th></th><th>");
    page_say(page, "出自何处", "Where it came from");
    buf_put_text(page->out, "</th><th>");
    page_say(page, "记录的 SHA-256", "SHA-256 of the record");
    buf_put_text(page->out, "</th></tr></thead>\n");
    uint32_t rows = 0;
    for (uint32_t i = 0; i < d->file->entry_count && rows < CUSTODY_ROWS_MAX; i++) {
        if (!report_is_shown(d, i))
            continue;
        put_custody_row(page, d, i);
        rows++;
    }
    buf_put_text(page->out, "</table>\n");
    if (rows < d->file->entry_count) {
        buf_put_text(page->out, "<p class=\"q\">");
        page_say(page, "此处列出上文所示的消息；全部记录见证据包中的 data/custody.jsonl。",
                 "Listed are the messages shown above; all records are in data/custody.jsonl of "
                 "the package.");
        buf_put_text(page->out, "</p>\n");
    }
}
