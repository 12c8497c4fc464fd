/**
 * The first chapters: summary, people, groups, timeline, ways of hiding.
 */
#include <inttypes.h>

#include "base/str.h"
#include "evidence/report_parts.h"

#define NAME_UNITS 40
#define KEY_UNITS 60
#define LIST_MAX 12u /* accounts, handles or ties listed for one person */
#define PEOPLE_MAX 200u
#define GROUPS_MAX 100u

static void heading(struct page *page, const char *zh, const char *en)
{
    buf_put_text(page->out, "<h2>");
    page_say(page, zh, en);
    buf_put_text(page->out, "</h2>\n");
}

/* One decimal. */
static void put_points(struct buf *out, double value)
{
    buf_printf(out, "%s%.1f", value < 0 ? "−" : "+", value < 0 ? -value : value);
}

/* ---- summary --------------------------------------------------------------------------------- */

static void put_urgency(struct page *page, const struct link_case *c)
{
    buf_put_text(page->out, "<h3>");
    page_say(page, "为什么紧急", "Why it is urgent");
    buf_put_text(page->out, "</h3>\n<table>\n");
    for (size_t i = 0; i < c->reason_count; i++) {
        buf_put_text(page->out, "<tr><td>");
        page_says(page, c->reasons[i].says_zh, c->reasons[i].says_en);
        buf_put_text(page->out, "</td><td class=\"n\">");
        put_points(page->out, c->reasons[i].points);
        buf_put_text(page->out, "</td></tr>\n");
    }
    buf_put_text(page->out, "</table>\n");
}

static void put_figure(struct page *page, uint64_t figure, const char *zh, const char *en)
{
    buf_printf(page->out, "<div><b>%" PRIu64 "</b><span>", figure);
    page_say(page, zh, en);
    buf_put_text(page->out, "</span></div>\n");
}

static void put_figures(struct page *page, const struct dossier *d)
{
    buf_put_text(page->out, "<div class=\"f\">\n");
    put_figure(page, d->the_case->person_count, "人", "people");
    put_figure(page, d->the_case->group_count, "群", "groups");
    put_figure(page, d->flagged, "被标记的消息", "flagged messages");
    put_figure(page, d->neighbours, "前后相邻的消息", "messages around them");
    if (d->the_case->has_time) {
        buf_put_text(page->out, "<div><b>");
        page_day(page->out, d->the_case->first_ms, d->zone_minutes);
        buf_put_text(page->out, " – ");
        page_day(page->out, d->the_case->last_ms, d->zone_minutes);
        buf_put_text(page->out, "</b><span>");
        page_say(page, "起止日期", "first and last day");
        buf_put_text(page->out, "</span></div>\n");
    }
    buf_put_text(page->out, "</div>\n");
}

static void put_state(struct page *page, const struct dossier *d)
{
    const struct case_file *file = d->file;
    buf_put_text(page->out, "<p class=\"q\">");
    if (file->state.len) {
        page_say(page, "状态：", "State: ");
        page_text(page, page_state(page->lang, file->state), NAME_UNITS);
    }
    if (file->assignee.len) {
        page_say(page, " · 负责人：", " · assigned to ");
        page_text(page, file->assignee, NAME_UNITS);
    }
    if (file->on_hold)
        page_say(page, " · 已依法保全，不得删除", " · under legal hold, nothing may be erased");
    for (size_t i = 0; i < d->the_case->merged_count && i < LIST_MAX; i++) {
        if (i == 0)
            page_say(page, " · 已并入：", " · merged from ");
        else
            buf_put_text(page->out, ", ");
        page_text(page, d->the_case->merged[i], NAME_UNITS);
    }
    buf_put_text(page->out, "</p>\n");
}

void report_put_summary(struct page *page, const struct dossier *d)
{
    const struct link_case *c = d->the_case;
    buf_put_text(page->out, "<p class=\"k\">");
    page_say(page, "疑似买卖儿童线索 · <b>", "Suspected trade in children · <b>");
    page_text(page, c->id, NAME_UNITS);
    buf_put_text(page->out, "</b></p>\n<h1>");
    page_say(page, "线索报告", "Case report");
    buf_printf(page->out, " <span class=\"b u%d\">", (int)c->urgency);
    page_say(page, "紧急程度：", "urgency: ");
    buf_printf(page->out, "%s</span></h1>\n<p class=\"lead\">",
               page_urgency(page->lang, c->urgency));
    page_says(page, c->says_zh, c->says_en);
    buf_put_text(page->out, "</p>\n<p class=\"note\">");
    page_say(page,
             "本报告由程序根据聊天文字整理，是「值得查看」的理由，不是结论，也不是证据的全部。"
             "人员、角色与数字均未经核实；请对照原始消息判断。",
             "Put together by a program from what was written. It is a reason to look, not a "
             "finding. People, roles and figures are not verified; judge by the messages as "
             "written.");
    buf_put_text(page->out, "</p>\n");
    put_figures(page, d);
    if (c->reason_count)
        put_urgency(page, c);
    put_state(page, d);
}

/* ---- people ---------------------------------------------------------------------------------- */

static void put_term(struct page *page, const char *zh, const char *en)
{
    buf_put_text(page->out, "<tr><th>");
    page_say(page, zh, en);
    buf_put_text(page->out, "</th><td>");
}

static void put_more(struct page *page, size_t count)
{
    if (count > LIST_MAX)
        page_figures(page, " 另有 # 项", " and # more", count - LIST_MAX, 0);
}

static void put_accounts(struct page *page, const struct link_person *p)
{
    put_term(page, "账号", "Accounts");
    for (size_t i = 0; i < p->account_count && i < LIST_MAX; i++) {
        buf_put_text(page->out, i ? "<br>" : "");
        page_text(page, p->accounts[i].key, KEY_UNITS);
        if (!p->accounts[i].alias.len)
            continue;
        page_say(page, "（昵称「", " (“");
        page_text(page, p->accounts[i].alias, NAME_UNITS);
        page_say(page, "」）", "”)");
    }
    put_more(page, p->account_count);
    buf_put_text(page->out, "</td></tr>\n");
}

static void put_handles(struct page *page, const struct link_person *p)
{
    if (!p->handle_count)
        return;
    put_term(page, "联系方式", "Contacts given");
    for (size_t i = 0; i < p->handle_count && i < LIST_MAX; i++) {
        buf_put_text(page->out, i ? "<br>" : "");
        page_text(page, str_of(p->handles[i].kind), 20);
        buf_put_char(page->out, ' ');
        buf_put_text(page->out, "<b>");
        page_text(page, p->handles[i].value, KEY_UNITS);
        buf_put_text(page->out, "</b>");
    }
    put_more(page, p->handle_count);
    buf_put_text(page->out, "</td></tr>\n");
}

static void put_role_shares(struct page *page, const struct link_person *p)
{
    put_term(page, "角色依据", "Role, by evidence");
    bool first = true;
    for (int role = WARD_ROLE_OFFER; role <= WARD_ROLE_AGENT; role++) {
        if (p->role_share[role] < 0.005)
            continue;
        buf_printf(page->out, "%s%s ", first ? "" : " · ",
                   page_role(page->lang, (enum ward_role)role));
        page_percent(page->out, p->role_share[role]);
        first = false;
    }
    if (first)
        page_say(page, "不足以判断", "not enough to tell");
    buf_put_text(page->out, "</td></tr>\n");
}

static void put_messages_of(struct page *page, const struct dossier *d, const uint32_t *events,
                            size_t count)
{
    for (size_t i = 0; i < count && i < LIST_MAX; i++) {
        buf_put_text(page->out, i ? ", " : "");
        report_put_reference(page, events[i], report_is_shown(d, events[i]));
    }
    put_more(page, count);
}

static void put_why_one(struct page *page, const struct dossier *d, const struct link_person *p)
{
    if (p->account_count < 2)
        return;
    put_term(page, "为何视为一人", "Why one person");
    buf_put_text(page->out, "<b>");
    page_percent(page->out, p->confidence);
    buf_put_text(page->out, "</b>");
    for (size_t i = 0; i < p->tie_count && i < LIST_MAX; i++) {
        const struct link_tie *tie = &d->file->link->ties[p->ties[i]];
        buf_printf(page->out, "<br>%s", page_tie(page->lang, tie->kind));
        page_say(page, "：", ": ");
        page_says(page, tie->says_zh, tie->says_en);
        if (tie->event_count) {
            page_say(page, "（见 ", " (see ");
            put_messages_of(page, d, tie->events, tie->event_count);
            page_say(page, "）", ")");
        }
    }
    put_more(page, p->tie_count);
    buf_put_text(page->out, "</td></tr>\n");
}

static void put_person_groups(struct page *page, const struct link_person *p)
{
    put_term(page, "所在群", "Groups");
    for (size_t i = 0; i < p->group_count && i < LIST_MAX; i++)
        buf_printf(page->out, "%sG%u", i ? ", " : "", p->groups[i] + 1);
    put_more(page, p->group_count);
    buf_put_text(page->out, "</td></tr>\n");
}

static void put_person(struct page *page, const struct dossier *d, size_t index)
{
    const struct link_person *p = &d->file->link->people[index];
    buf_printf(page->out, "<div class=\"card who\" id=\"p%zu\"><h3>P%zu ", index + 1, index + 1);
    if (p->account_count)
        page_text(page, p->accounts[0].alias.len ? p->accounts[0].alias : p->accounts[0].key,
                  NAME_UNITS);
    buf_printf(page->out, " <span class=\"b r%d\">%s</span></h3>\n<table class=\"kv\">",
               (int)p->role <= 3 ? (int)p->role : 0, page_role(page->lang, p->role));
    put_accounts(page, p);
    put_handles(page, p);
    put_role_shares(page, p);
    put_why_one(page, d, p);
    put_person_groups(page, p);
    put_term(page, "消息", "Messages");
    put_messages_of(page, d, p->events, p->event_count);
    buf_put_text(page->out, "</td></tr>\n");
    if (p->brokerage >= 0.3) {
        put_term(page, "位置", "Position");
        page_say(page, "多数联系经过此人", "most contacts run through this person");
        buf_put_text(page->out, "</td></tr>\n");
    }
    put_term(page, "编号", "Id");
    page_text(page, p->id, NAME_UNITS);
    buf_put_text(page->out, "</td></tr></table></div>\n");
}

void report_put_people(struct page *page, const struct dossier *d)
{
    const size_t count = d->file->link->person_count;
    heading(page, "人员", "People");
    if (count > PEOPLE_MAX) {
        buf_put_text(page->out, "<p class=\"note\">");
        page_figures(page, "共 # 人，此处列出证据最多的 # 人；其余见 data/people.jsonl。",
                     "# people in all; the # with most evidence are listed, the others "
                     "are in data/people.jsonl.",
                     count, PEOPLE_MAX);
        buf_put_text(page->out, "</p>\n");
    }
    for (size_t i = 0; i < count && i < PEOPLE_MAX; i++)
        put_person(page, d, i);
}

/* ---- groups ---------------------------------------------------------------------------------- */

static void put_group(struct page *page, const struct dossier *d, size_t index)
{
    const struct link_group *g = &d->file->link->groups[index];
    buf_printf(page->out, "<tr><td class=\"c\">G%zu</td><td>", index + 1);
    page_text(page, g->name, NAME_UNITS);
    buf_put_text(page->out, g->name.len ? "<br><span class=\"q\">" : "<span class=\"q\">");
    page_text(page, g->key, KEY_UNITS);
    buf_printf(page->out,
               "</span></td><td class=\"n\">%" PRIu64 "</td><td class=\"n\">%" PRIu64 "</td><td>",
               g->messages, g->flagged);
    bool first = true;
    for (int role = WARD_ROLE_AGENT; role >= WARD_ROLE_OFFER; role--) {
        if (!g->people[role])
            continue;
        buf_printf(page->out, "%s%s %u", first ? "" : " · ",
                   page_role(page->lang, (enum ward_role)role), g->people[role]);
        first = false;
    }
    buf_put_text(page->out, "</td><td class=\"n\">");
    page_percent(page->out, g->score);
    buf_put_text(page->out, "</td></tr>\n");
}

void report_put_groups(struct page *page, const struct dossier *d)
{
    const size_t count = d->file->link->group_count;
    if (!count)
        return;
    heading(page, "群", "Groups");
    buf_put_text(page->out, "<table><thead><tr><th></th><th>");
    page_say(page, "群名与编号", "Name and id");
    buf_put_text(page->out, "</th><th class=\"n\">");
    page_say(page, "读取消息", "Read");
    buf_put_text(page->out, "</th><th class=\"n\">");
    page_say(page, "被标记", "Flagged");
    buf_put_text(page->out, "</th><th>");
    page_say(page, "人员", "People");
    buf_put_text(page->out, "</th><th class=\"n\">");
    page_say(page, "像交易群的程度", "Like a trading group");
    buf_put_text(page->out, "</th></tr></thead>\n");
    for (size_t i = 0; i < count && i < GROUPS_MAX; i++)
        put_group(page, d, i);
    buf_put_text(page->out, "</table>\n");
    if (count > GROUPS_MAX)
        page_figures(page, "<p class=\"q\">另有 # 个群，见 data/groups.jsonl。</p>\n",
                     "<p class=\"q\"># more groups are in data/groups.jsonl.</p>\n",
                     count - GROUPS_MAX, 0);
}

/* ---- timeline -------------------------------------------------------------------------------- */

#define BAR_REM_MAX 9u

static void put_day(struct page *page, const struct dossier *d, const struct dossier_day *day,
                    uint32_t most)
{
    const struct link_event *event = &d->file->events[day->strongest];
    buf_put_text(page->out, "<tr><td class=\"n\">");
    page_day(page->out, day->begin_ms, d->zone_minutes);
    if (d->by_month)
        buf_put_text(page->out, " +30");
    const unsigned tenths = day->flagged * BAR_REM_MAX * 10 / (most ? most : 1);
    buf_printf(page->out,
               "</td><td><span class=\"bar\" style=\"width:%u.%urem\"></span> %u</td><td>",
               (tenths < 2 ? 2 : tenths) / 10, (tenths < 2 ? 2 : tenths) % 10, day->flagged);
    report_put_reference(page, day->strongest, report_is_shown(d, day->strongest));
    buf_printf(page->out, " <span class=\"b l%d\">%s</span> ", (int)event->level,
               page_level(page->lang, event->level));
    if (d->file->entries[day->strongest].person < d->file->link->person_count)
        buf_printf(page->out, "P%u ", d->file->entries[day->strongest].person + 1);
    page_text(page, event->text, 60);
    buf_put_text(page->out, "</td></tr>\n");
}

void report_put_timeline(struct page *page, const struct dossier *d)
{
    uint32_t most = 0;
    if (!d->day_count)
        return;
    for (size_t i = 0; i < d->day_count; i++)
        if (d->days[i].flagged > most)
            most = d->days[i].flagged;
    heading(page, "时间线", "Timeline");
    buf_put_text(page->out, "<table><thead><tr><th class=\"n\">");
    page_say(page, "日期", "Day");
    buf_put_text(page->out, "</th><th>");
    page_say(page, "被标记的消息", "Flagged messages");
    buf_put_text(page->out, "</th><th>");
    page_say(page, "其中最强的一条", "The strongest of them");
    buf_put_text(page->out, "</th></tr></thead>\n");
    for (size_t i = 0; i < d->day_count; i++)
        put_day(page, d, &d->days[i], most);
    buf_put_text(page->out, "</table>\n");
    if (d->days_left_out)
        page_figures(page, "<p class=\"q\">之后还有 # 条消息未列入。</p>\n",
                     "<p class=\"q\"># later messages are not in this table.</p>\n",
                     d->days_left_out, 0);
}

/* ---- disguises ------------------------------------------------------------------------------- */

void report_put_disguises(struct page *page, const struct dossier *d)
{
    uint32_t total = 0;
    for (unsigned i = 0; i < WARD_DISGUISE_COUNT; i++)
        total += d->disguises[i];
    if (!total)
        return;
    heading(page, "词语如何被隐藏", "How words were hidden");
    buf_put_text(page->out, "<p>");
    page_say(page, "以下写法用来躲过关键词过滤；程序已还原，还原结果写在每条消息下面。",
             "These ways of writing get past word filters. They were undone; what was read stands "
             "under each message.");
    buf_put_text(page->out, "</p>\n<table>\n");
    for (unsigned i = 0; i < WARD_DISGUISE_COUNT; i++) {
        if (!d->disguises[i])
            continue;
        const unsigned tenths = (unsigned)((uint64_t)d->disguises[i] * 120 / (total ? total : 1));
        buf_printf(page->out,
                   "<tr><td>%s</td><td><span class=\"bar m\" style=\"width:%u.%urem\"></span> ",
                   page_disguise(page->lang, i), tenths / 10, tenths % 10);
        page_figures(page, "# 条消息", "# messages", d->disguises[i], 0);
        buf_put_text(page->out, "</td></tr>\n");
    }
    buf_put_text(page->out, "</table>\n");
}
