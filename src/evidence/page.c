#include "evidence/page.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/str.h"
#include "base/time_text.h"
#include "base/utf8.h"

void page_say(struct page *page, const char *zh, const char *en)
{
    buf_put_text(page->out, page->lang == EVIDENCE_ZH ? zh : en);
}

void page_figures(struct page *page, const char *zh, const char *en, uint64_t first,
                  uint64_t second)
{
    uint64_t figure = first;
    for (const char *at = page->lang == EVIDENCE_ZH ? zh : en; *at; at++) {
        if (*at != '#') {
            buf_put_char(page->out, *at);
            continue;
        }
        buf_printf(page->out, "%" PRIu64, figure);
        figure = second;
    }
}

#define SENTENCE_UNITS 600

void page_says(struct page *page, struct ward_str zh, struct ward_str en)
{
    const bool first = page->lang == EVIDENCE_ZH ? zh.len > 0 : en.len == 0;
    page_text(page, first ? zh : en, SENTENCE_UNITS);
}

/* ---- hostile text ---------------------------------------------------------------------------- */

struct code_range {
    uint32_t first, last;
};

/* Controls, and default-ignorable or direction-changing code points (Unicode 15, DerivedCore-
 * Properties and Bidi_Control), noncharacters, private tags. Emoji selectors U+FE0E and U+FE0F are
 * left alone. Ascending. */
static const struct code_range revealed[] = {
    {0x00, 0x08},       {0x0B, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},
    {0x34F, 0x34F},     {0x61C, 0x61C},     {0x115F, 0x1160},   {0x17B4, 0x17B5},
    {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},
    {0x3164, 0x3164},   {0xFDD0, 0xFDEF},   {0xFE00, 0xFE0D},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},   {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0x1FFFE, 0x1FFFF}, {0xE0000, 0xE0FFF}, {0xF0000, 0xFFFFFFFF},
};

enum glyph_care page_care(uint32_t code)
{
    if (code == '&' || code == '<' || code == '>' || code == '"' || code == '\'')
        return GLYPH_ESCAPE;
    for (size_t i = 0; i < sizeof revealed / sizeof *revealed; i++)
        if (code >= revealed[i].first && code <= revealed[i].last)
            return GLYPH_REVEAL;
    return GLYPH_PLAIN;
}

static const char *entity(uint32_t code)
{
    switch (code) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return "&#39;";
    }
}

void page_glyph(struct page *page, const unsigned char *at, unsigned bytes, uint32_t code)
{
    switch (page_care(code)) {
    case GLYPH_PLAIN:
        buf_put(page->out, at, bytes);
        return;
    case GLYPH_ESCAPE:
        buf_put_text(page->out, entity(code));
        return;
    case GLYPH_REVEAL:
        if (code == UTF8_INVALID)
            buf_printf(page->out, "<span class=\"u\">%02X</span>", *at);
        else
            buf_printf(page->out, "<span class=\"u\">U+%04X</span>", code);
        return;
    }
}

void page_text(struct page *page, struct ward_str text, size_t units)
{
    if (!text.len)
        return;
    const unsigned char *at = str_bytes(text);
    const unsigned char *end = at + text.len;
    while (at < end) {
        uint32_t code;
        if (units-- == 0) {
            buf_put_text(page->out, "…");
            return;
        }
        const unsigned bytes = utf8_decode(at, end, &code);
        page_glyph(page, at, bytes, code);
        at += bytes;
    }
}

unsigned page_width(uint32_t code)
{
    const bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                      (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                      (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                      (code >= 0x1F000 && code <= 0x3FFFD);
    return wide ? 2 : 1;
}

void page_label(struct buf *out, struct ward_str text, size_t width)
{
    if (!text.len)
        return;
    const unsigned char *at = str_bytes(text);
    const unsigned char *end = at + text.len;
    while (at < end) {
        uint32_t code;
        const unsigned bytes = utf8_decode(at, end, &code);
        const enum glyph_care care = page_care(code);
        /* A combining mark takes no width but must not pile up: it costs one like any other. */
        const unsigned cost = care == GLYPH_REVEAL ? 1 : page_width(code);
        if (cost > width) {
            buf_put_text(out, "…");
            return;
        }
        width -= cost;
        if (care == GLYPH_PLAIN && code != '\n' && code != '\t')
            buf_put(out, at, bytes);
        else if (care == GLYPH_ESCAPE)
            buf_put_text(out, entity(code));
        else
            buf_put_text(out, care == GLYPH_REVEAL ? "▯" : " ");
        at += bytes;
    }
}

/* ---- times and shares ------------------------------------------------------------------------ */

static void put_moment(struct buf *out, int64_t time_ms, int zone_minutes, size_t keep)
{
    char text[40];
    struct buf full;
    int64_t local;
    buf_init(&full, 128);
    if (__builtin_add_overflow(time_ms, (int64_t)zone_minutes * 60000, &local))
        local = time_ms;
    time_put(&full, local);
    if (full.failed) {
        out->failed = full.failed;
    } else {
        (void)snprintf(text, sizeof text, "%.*s", (int)(full.len < 16 ? full.len : 16), full.data);
        if (text[0] && text[10] == 'T')
            text[10] = ' ';
        buf_printf(out, "%.*s", (int)keep, text);
    }
    buf_release(&full);
}

void page_time(struct buf *out, int64_t time_ms, int zone_minutes)
{
    put_moment(out, time_ms, zone_minutes, 16);
}

void page_day(struct buf *out, int64_t time_ms, int zone_minutes)
{
    put_moment(out, time_ms, zone_minutes, 10);
}

void page_percent(struct buf *out, double share)
{
    const int percent = (int)(share * 100.0 + 0.5);
    buf_printf(out, "%d%%", share < 1.0 && percent >= 100 ? 99 : percent < 0 ? 0 : percent);
}

int page_zone(const struct case_file *file)
{
    for (size_t i = 0; i < file->entry_count; i++)
        if (file->events[i].has_time)
            return file->entries[i].custody.zone_minutes;
    return 0;
}

/* ---- words ----------------------------------------------------------------------------------- */

const char *page_role(enum evidence_lang lang, enum ward_role role)
{
    static const char *const names[][EVIDENCE_LANGS] = {{"角色不明", "role not clear"},
                                                        {"送出方", "offers a child"},
                                                        {"求领方", "seeks a child"},
                                                        {"中间人", "go-between"}};
    return names[role <= WARD_ROLE_AGENT ? role : 0][lang];
}

const char *page_level(enum evidence_lang lang, enum ward_level level)
{
    static const char *const names[][EVIDENCE_LANGS] = {
        {"背景", "context"}, {"留意", "watch"}, {"应审查", "review"}, {"紧急", "urgent"}};
    return names[level <= WARD_LEVEL_URGENT ? level : 0][lang];
}

const char *page_urgency(enum evidence_lang lang, enum link_urgency urgency)
{
    static const char *const names[][EVIDENCE_LANGS] = {{"较低", "low"},
                                                        {"中等", "medium"},
                                                        {"高", "high"},
                                                        {"极高，请立即查看", "critical: look now"}};
    return names[urgency <= LINK_URGENCY_CRITICAL ? urgency : 0][lang];
}

const char *page_disguise(enum evidence_lang lang, unsigned index)
{
    static const char *const names[WARD_DISGUISE_COUNT][EVIDENCE_LANGS] = {
        {"全角或半角字符", "full-width letters"},
        {"大小写", "capitals"},
        {"花体或带圈字符", "styled letters"},
        {"繁体、异体或部首字", "variant characters"},
        {"插入看不见的字符", "invisible characters put in"},
        {"插入空格或标点", "spaces or marks put in"},
        {"插入表情或字母数字", "filler put in"},
        {"字符拉长重复", "characters repeated"},
        {"同音字", "same sound, other character"},
        {"近音字", "similar sound"},
        {"写成拼音", "written in pinyin"},
        {"拼音与汉字混写", "pinyin and characters mixed"},
        {"拼音首字母", "initials only"},
        {"拆字", "character taken apart"},
        {"形近字", "look-alike character"},
        {"用表情代字", "emoji for a word"},
        {"用数字谐音", "digits for sounds"},
        {"用数字或外文形近字母", "look-alike letters"},
        {"数字另写", "number written another way"},
        {"颠倒字序", "order turned round"},
        {"方言", "dialect word"}};
    return index < WARD_DISGUISE_COUNT ? names[index][lang] : "";
}

const char *page_tie(enum evidence_lang lang, enum link_tie_kind kind)
{
    static const char *const names[LINK_TIE_KINDS][EVIDENCE_LANGS] = {
        {"同一联系方式", "same contact"}, {"同一图片", "same picture"},
        {"同一文案", "same wording"},     {"相同昵称特征", "same kind of name"},
        {"一方回应另一方", "answered"},   {"同在一个群中交易", "same group"},
        {"人工认定", "set by a person"}};
    return (unsigned)kind < LINK_TIE_KINDS ? names[kind][lang] : "";
}

struct word_row {
    const char *word, *zh, *en;
};

static struct ward_str translate(const struct word_row *rows, enum evidence_lang lang,
                                 struct ward_str word)
{
    for (; rows->word; rows++)
        if (str_equal(word, str_of(rows->word)))
            return str_of(lang == EVIDENCE_ZH ? rows->zh : rows->en);
    return word;
}

struct ward_str page_decision(enum evidence_lang lang, struct ward_str kind)
{
    static const struct word_row rows[] = {{"confirm", "确认", "confirmed"},
                                           {"dismiss", "排除", "dismissed"},
                                           {"escalate", "升级处理", "escalated"},
                                           {"note", "备注", "note"},
                                           {"assign", "指派", "assigned"},
                                           {"merge", "合并", "merged"},
                                           {"split", "拆分", "split"},
                                           {"refer", "移送", "referred"},
                                           {"export", "导出", "exported"},
                                           {"hold", "依法保全", "legal hold"},
                                           {"release", "解除保全", "hold released"},
                                           {"erase", "删除", "erased"},
                                           {NULL, NULL, NULL}};
    return translate(rows, lang, kind);
}

struct ward_str page_state(enum evidence_lang lang, struct ward_str state)
{
    static const struct word_row rows[] = {
        {"open", "待审查", "open"},           {"confirmed", "已确认", "confirmed"},
        {"dismissed", "已排除", "dismissed"}, {"escalated", "已升级", "escalated"},
        {"referred", "已移送", "referred"},   {NULL, NULL, NULL}};
    return translate(rows, lang, state);
}

bool evidence_lang_parse(const char *name, enum evidence_lang *out)
{
    const struct ward_str word = str_of(name);
    if (str_equal(word, str_of("zh")))
        *out = EVIDENCE_ZH;
    else if (str_equal(word, str_of("en")))
        *out = EVIDENCE_EN;
    else
        return false;
    return true;
}
