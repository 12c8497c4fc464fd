/**
 * The chapter of messages: each as written, what was hidden in it, why it was flagged and how the
 * reasons add up.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "evidence/report_parts.h"

#define TEXT_BYTES_MAX 12000u /* of one message in the report; the rest is in the package */
#define NEIGHBOUR_UNITS 120
#define NAME_UNITS 24
#define HIDDEN_MAX 24u
#define REASONS_SHOWN_MAX 20u
#define NEIGHBOURS_SHOWN_MAX 3u /* on each side of a message shown */

/* How a byte of the text is marked; the highest that applies. */
enum { MARK_NONE = 0, MARK_INNOCENT, MARK_PLAIN, MARK_HIDDEN };

/* ---- the text with its marks ----------------------------------------------------------------- */

/* Where the span lies in the text as we have it, or false. A verdict's own words decide: if the
 * bytes there are others (a damaged record), the span is not drawn at all. */
static bool place_span(struct ward_str text, const struct message_span *span, size_t *begin,
                       size_t *end)
{
    if (!str_equal(span->field, str_of("text")) || span->begin >= span->end || span->end > text.len)
        return false;
    *begin = (size_t)span->begin;
    *end = (size_t)span->end;
    return str_equal(str_part(text, *begin, *end), span->written);
}

/* The same bytes were read as they stand too: then nothing is hidden there. */
static bool is_open_elsewhere(const struct message *m, const struct message_span *span)
{
    for (size_t i = 0; i < m->reason_count; i++)
        for (size_t j = 0; j < m->reasons[i].span_count; j++) {
            const struct message_span *other = &m->reasons[i].spans[j];
            if (!other->disguises && other->begin == span->begin && other->end == span->end &&
                str_equal(other->field, span->field) && str_equal(other->read, other->written))
                return true;
        }
    return false;
}

/* Only a likeness is doubted so: what was put in between is there for all to see. */
#define LIKENESSES (WARD_DISGUISE_HOMOPHONE | WARD_DISGUISE_NEAR_HOMOPHONE | WARD_DISGUISE_SHAPE)

static bool is_hidden(const struct message *m, const struct message_span *span)
{
    if (span->disguises & ~(uint32_t)LIKENESSES)
        return true;
    return span->disguises && !is_open_elsewhere(m, span);
}

static void paint(const struct message *m, struct ward_str text, unsigned char *marks)
{
    memset(marks, MARK_NONE, text.len);
    for (size_t i = 0; i < m->reason_count; i++)
        for (size_t j = 0; j < m->reasons[i].span_count; j++) {
            const struct message_span *span = &m->reasons[i].spans[j];
            size_t begin;
            size_t end;
            const unsigned char mark = m->reasons[i].weight < 0 ? MARK_INNOCENT
                                       : is_hidden(m, span)     ? MARK_HIDDEN
                                                                : MARK_PLAIN;
            if (!place_span(text, span, &begin, &end))
                continue;
            for (size_t at = begin; at < end; at++)
                if (marks[at] < mark)
                    marks[at] = mark;
        }
}

static void switch_mark(struct page *page, unsigned char from, unsigned char to)
{
    static const char *const open[] = {"", "<mark class=\"i\">", "<mark>", "<mark class=\"d\">"};
    if (from == to)
        return;
    if (from)
        buf_put_text(page->out, "</mark>");
    buf_put_text(page->out, open[to]);
}

static void put_marked(struct page *page, const struct message *m)
{
    unsigned char marks[TEXT_BYTES_MAX];
    const struct ward_str text = str_part(m->text, 0, TEXT_BYTES_MAX);
    const unsigned char *const start = str_bytes(text);
    unsigned char now = MARK_NONE;
    paint(m, text, marks);
    for (size_t at = 0; at < text.len;) {
        uint32_t code;
        const unsigned bytes = utf8_decode(start + at, start + text.len, &code);
        switch_mark(page, now, marks[at]);
        now = marks[at];
        page_glyph(page, start + at, bytes, code);
        at += bytes;
    }
    switch_mark(page, now, MARK_NONE);
}

static void put_text(struct page *page, const struct message *m, const struct case_entry *entry)
{
    if (entry->is_erased) {
        buf_put_text(page->out, "<p class=\"q\">");
        page_say(page, "此条内容已依法删除，仅保留校验值。",
                 "The content was erased; only its hash is kept.");
        buf_put_text(page->out, "</p>\n");
        return;
    }
    buf_put_text(page->out, "<div class=\"t\">");
    put_marked(page, m);
    buf_put_text(page->out, "</div>\n");
    if (m->text.len > TEXT_BYTES_MAX) {
        buf_put_text(page->out, "<p class=\"q\">");
        page_figures(page, "此处截断；全文 # 字节，见 data/events.jsonl。",
                     "Cut here; the whole text of # bytes is in data/events.jsonl.", m->text.len,
                     0);
        buf_put_text(page->out, "</p>\n");
    }
}

/* ---- what was hidden ------------------------------------------------------------------------- */

static bool is_same_span(const struct message_span *a, const struct message_span *b)
{
    return a->begin == b->begin && a->end == b->end && str_equal(a->field, b->field) &&
           str_equal(a->read, b->read);
}

/* Reasons share spans: each is told once. */
static bool told_before(const struct message *m, size_t reason, size_t span)
{
    for (size_t i = 0; i <= reason; i++)
        for (size_t j = 0; j < (i == reason ? span : m->reasons[i].span_count); j++)
            if (m->reasons[i].spans[j].disguises &&
                is_same_span(&m->reasons[i].spans[j], &m->reasons[reason].spans[span]))
                return true;
    return false;
}

static void put_disguise_names(struct page *page, uint32_t disguises)
{
    bool first = true;
    for (unsigned bit = 0; bit < WARD_DISGUISE_COUNT; bit++) {
        if (!(disguises >> bit & 1u))
            continue;
        if (!first)
            page_say(page, "、", ", ");
        buf_put_text(page->out, page_disguise(page->lang, bit));
        first = false;
    }
}

static void put_hidden_one(struct page *page, const struct message_span *span, bool *open)
{
    if (!*open)
        buf_put_text(page->out, "<ul class=\"hid\">\n");
    *open = true;
    buf_put_text(page->out, "<li>");
    page_say(page, "写作「", "written “");
    page_text(page, span->written, 60);
    page_say(page, "」，读作「<b>", "”, reads “<b>");
    page_text(page, span->read, 60);
    page_say(page, "</b>」：", "</b>”: ");
    put_disguise_names(page, span->disguises);
    buf_put_text(page->out, "</li>\n");
}

static void put_hidden(struct page *page, const struct message *m)
{
    size_t told = 0;
    bool open = false;
    for (size_t i = 0; i < m->reason_count; i++)
        for (size_t j = 0; j < m->reasons[i].span_count; j++) {
            const struct message_span *span = &m->reasons[i].spans[j];
            if (told == HIDDEN_MAX || !is_hidden(m, span) || told_before(m, i, j))
                continue;
            put_hidden_one(page, span, &open);
            told++;
        }
    if (open)
        buf_put_text(page->out, "</ul>\n");
}

/* ---- the sum --------------------------------------------------------------------------------- */

#define BAR_WEIGHT_MAX 6.0

/* Ends a row that was opened with the words for it. */
static void put_weight(struct page *page, double weight, bool with_bar)
{
    const double size = fabs(weight) > BAR_WEIGHT_MAX ? BAR_WEIGHT_MAX : fabs(weight);
    const unsigned tenths = (unsigned)(size / BAR_WEIGHT_MAX * 70.0 + 0.5);
    buf_printf(page->out, "</td><td class=\"n\">%s%.1f</td><td class=\"g\">",
               weight < 0 ? "−" : "+", fabs(weight));
    if (with_bar)
        buf_printf(page->out, "<span class=\"bar%s\" style=\"width:%u.%urem\"></span>",
                   weight < 0 ? " m" : "", tenths / 10, tenths % 10);
    buf_put_text(page->out, "</td></tr>\n");
}

static void put_reason(struct page *page, const struct message_reason *reason)
{
    buf_put_text(page->out, "<tr><td>");
    if (reason->says_zh.len || reason->says_en.len)
        page_says(page, reason->says_zh, reason->says_en);
    else
        page_text(page, reason->rule, 60);
    for (size_t i = 0; i < reason->law_count && i < 6; i++) {
        buf_put_text(page->out, " <span class=\"q\">");
        page_text(page, reason->laws[i], 60);
        buf_put_text(page->out, "</span>");
    }
    put_weight(page, reason->weight, true);
}

static void put_rest(struct page *page, const struct message *m)
{
    double rest = 0;
    if (m->reason_count <= REASONS_SHOWN_MAX)
        return;
    for (size_t i = REASONS_SHOWN_MAX; i < m->reason_count; i++)
        rest += m->reasons[i].weight;
    buf_put_text(page->out, "<tr><td>");
    page_figures(page, "另外 # 项较小的理由", "# smaller reasons",
                 m->reason_count - REASONS_SHOWN_MAX, 0);
    put_weight(page, rest, true);
}

static void put_sum(struct page *page, const struct message *m)
{
    double sum = m->base;
    if (!m->reason_count)
        return;
    buf_put_text(page->out, "<table class=\"s\">\n<tr><td>");
    page_say(page, "起点：一般消息很少涉及交易", "start: few messages are about the trade");
    put_weight(page, m->base, true);
    for (size_t i = 0; i < m->reason_count; i++) {
        sum += m->reasons[i].weight;
        if (i < REASONS_SHOWN_MAX)
            put_reason(page, &m->reasons[i]);
    }
    put_rest(page, m);
    buf_put_text(page->out, "<tr class=\"e\"><td>");
    page_say(page, "合计，即可能性约 ", "sum, a likelihood of about ");
    page_percent(page->out, m->score);
    put_weight(page, sum, false);
    buf_put_text(page->out, "</table>\n");
}

/* ---- one message ----------------------------------------------------------------------------- */

static void put_who(struct page *page, const struct dossier *d, uint32_t index)
{
    const struct link_event *event = &d->file->events[index];
    const uint32_t person = d->file->entries[index].person;
    if (person < d->file->link->person_count)
        buf_printf(page->out, "<a href=\"#p%u\">P%u</a> ", person + 1, person + 1);
    page_text(page, event->alias.len ? event->alias : event->account, NAME_UNITS);
}

static void put_when(struct page *page, const struct dossier *d, uint32_t index)
{
    const struct link_event *event = &d->file->events[index];
    if (!event->has_time) {
        page_say(page, "时间不详", "time not known");
        return;
    }
    page_time(page->out, event->time_ms, d->zone_minutes);
    if (d->file->entries[index].custody.zone_assumed)
        page_say(page, "（时区为推定）", " (time zone assumed)");
}

static void put_head(struct page *page, const struct dossier *d, uint32_t index)
{
    const struct link_event *event = &d->file->events[index];
    buf_printf(page->out, "<div class=\"msg x%d\" id=\"m%u\">\n<div class=\"mh\"><b>№%u</b><span>",
               (int)event->level, index + 1, index + 1);
    put_when(page, d, index);
    buf_put_text(page->out, "</span><span>");
    put_who(page, d, index);
    buf_put_text(page->out, "</span><span>");
    page_text(page, event->group_name.len ? event->group_name : event->group, NAME_UNITS);
    buf_printf(page->out, "</span> <span class=\"b l%d\">%s</span></div>\n", (int)event->level,
               page_level(page->lang, event->level));
}

static void put_neighbour(struct page *page, const struct dossier *d, uint32_t index)
{
    buf_put_text(page->out, "<p class=\"nb\">");
    buf_printf(page->out, "№%u ", index + 1);
    put_who(page, d, index);
    page_say(page, "：", ": ");
    if (d->file->entries[index].is_erased)
        page_say(page, "（已删除）", "(erased)");
    page_text(page, d->file->events[index].text, NEIGHBOUR_UNITS);
    buf_put_text(page->out, "</p>\n");
}

/* Neighbours between the message shown before and this one, those nearest to either. */
static void put_neighbours(struct page *page, const struct dossier *d, uint32_t from, uint32_t to)
{
    uint32_t seen = 0;
    uint32_t total = 0;
    for (uint32_t i = from; i < to; i++)
        total += d->file->entries[i].is_neighbour;
    for (uint32_t i = from; i < to; i++) {
        if (!d->file->entries[i].is_neighbour)
            continue;
        seen++;
        if (seen <= NEIGHBOURS_SHOWN_MAX || seen > total - NEIGHBOURS_SHOWN_MAX)
            put_neighbour(page, d, i);
        else if (seen == NEIGHBOURS_SHOWN_MAX + 1)
            buf_put_text(page->out, "<p class=\"nb\">…</p>\n");
    }
}

static enum ward_status put_message(struct page *page, const struct dossier *d, uint32_t index,
                                    struct arena *arena)
{
    struct message message;
    arena_reset(arena);
    const enum ward_status status = message_read(d->file, index, arena, &message);
    if (status != WARD_OK)
        return status;
    put_head(page, d, index);
    put_text(page, &message, &d->file->entries[index]);
    if (!message.is_readable) {
        buf_put_text(page->out, "<p class=\"note\">");
        page_say(page, "此条的判定记录已损坏，无法读出。",
                 "The record of its verdict is damaged and cannot be read.");
        buf_put_text(page->out, "</p>\n");
    }
    put_hidden(page, &message);
    put_sum(page, &message);
    buf_put_text(page->out, "</div>\n");
    return WARD_OK;
}

static void put_intro(struct page *page, const struct dossier *d)
{
    buf_put_text(page->out, "<h2>");
    page_say(page, "消息原文", "Messages as written");
    buf_put_text(page->out, "</h2>\n<p>");
    page_say(
        page,
        "文字与原文一字不差。<mark>黄色</mark>是支持判断的词，<mark class=\"d\">橙色下划线</mark>"
        "是经过伪装、还原后读出的词，<mark class=\"i\">绿色</mark>是表示无害的词；"
        "<span class=\"u\">U+200B</span> 这样的标记是原文中看不见的字符。"
        "每条理由的分数相加得出可能性，分数越大越可疑。编号 № 即 data/events.jsonl 的行号。",
        "The text stands as it was written. <mark>Yellow</mark> words support the verdict, "
        "<mark class=\"d\">underlined orange</mark> ones were disguised, <mark class=\"i\">"
        "green</mark> ones speak for an innocent meaning; a sign like <span class=\"u\">U+200B"
        "</span> stands for a character that cannot be seen. The points of the reasons add up "
        "to the likelihood. № is the line in data/events.jsonl.");
    buf_put_text(page->out, "</p>\n");
    if (d->shown_count < d->flagged) {
        buf_put_text(page->out, "<p class=\"note\">");
        page_figures(page,
                     "共 # 条被标记的消息，此处列出最强的 # 条；其余均在证据包的 "
                     "data/events.jsonl 与 data/verdicts.jsonl 中。",
                     "# messages were flagged; the # strongest are shown. All of them "
                     "are in data/events.jsonl and data/verdicts.jsonl of the package.",
                     d->flagged, d->shown_count);
        buf_put_text(page->out, "</p>\n");
    }
}

enum ward_status report_put_messages(struct page *page, const struct dossier *d)
{
    struct arena arena;
    enum ward_status status = WARD_OK;
    uint32_t from = 0;
    put_intro(page, d);
    arena_init(&arena, 64u * 1024u, 64u * 1024u * 1024u);
    for (size_t i = 0; status == WARD_OK && i < d->shown_count; i++) {
        put_neighbours(page, d, from, d->shown[i]);
        status = put_message(page, d, d->shown[i], &arena);
        from = d->shown[i] + 1;
    }
    put_neighbours(page, d, from, (uint32_t)d->file->entry_count);
    arena_release(&arena);
    return status;
}
