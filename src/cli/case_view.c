#include "cli/case_view.h"

#include <inttypes.h>

#include "base/str.h"
#include "base/time_text.h"
#include "cli/safe_text.h"
#include "link/link_json.h"

enum paint { PLAIN, BOLD, DIM, RED };

static void paint(struct buf *out, const struct case_view *view, enum paint as)
{
    static const char *const codes[] = {"\033[0m", "\033[1m", "\033[2m", "\033[1;31m"};
    if (view->colour)
        buf_put_text(out, codes[as]);
}

static struct ward_str say(const struct case_view *view, struct ward_str zh, struct ward_str en)
{
    return view->zh && zh.len ? zh : en.len ? en : zh;
}

/* The day of a moment. */
static void put_day(struct buf *out, int64_t time_ms)
{
    const size_t begin = out->len;
    time_put(out, time_ms);
    if (!out->failed && out->len > begin + 10)
        out->len = begin + 10;
}

static void put_span(struct buf *out, bool has_time, int64_t first_ms, int64_t last_ms)
{
    if (!has_time)
        return;
    buf_put_text(out, "  ");
    put_day(out, first_ms);
    if (last_ms / 86400000 != first_ms / 86400000) {
        buf_put_text(out, " \xE2\x80\x93 ");
        put_day(out, last_ms);
    }
}

/* ---- cases ----------------------------------------------------------------------------------- */

static void put_case(struct buf *out, const struct case_view *view, const struct link_case *c,
                     struct ward_str state, struct ward_str assignee)
{
    paint(out, view, c->urgency >= LINK_URGENCY_HIGH ? RED : BOLD);
    safe_put(out, c->id);
    buf_printf(out, "  %s", link_urgency_name(c->urgency));
    paint(out, view, PLAIN);
    buf_printf(out, "  %.2f  ", c->score);
    safe_put(out, state);
    if (assignee.len) {
        buf_put_text(out, " (");
        safe_put(out, assignee);
        buf_put_char(out, ')');
    }
    put_span(out, c->has_time, c->first_ms, c->last_ms);
    buf_put_text(out, "\n  ");
    safe_put(out, say(view, c->says_zh, c->says_en));
    buf_printf(out, "\n  %zu people, %zu groups, %zu events\n", c->person_count, c->group_count,
               c->event_count);
}

static enum link_says says_of(const struct case_view *view)
{
    return view->zh ? LINK_SAYS_ZH : LINK_SAYS_EN;
}

void case_view_list(struct buf *out, const struct case_view *view, const struct link_loaded *loaded)
{
    const struct link_json how = {loaded->events, says_of(view)};
    for (uint32_t i = 0; i < loaded->link.case_count; i++) {
        const struct case_status *status = &loaded->status[i];
        const struct ward_str state = str_of(store_case_state_name(status->state));
        if (view->json)
            link_json_case(out, &how, &loaded->link, i, state, status->assignee);
        else
            put_case(out, view, &loaded->link.cases[i], state, status->assignee);
    }
    if (!view->json && !loaded->link.case_count)
        buf_put_text(out, "no cases\n");
}

/* ---- people ---------------------------------------------------------------------------------- */

static void put_names(struct buf *out, const struct link_person *p)
{
    for (size_t i = 0; i < p->account_count; i++) {
        buf_put_text(out, i ? ", " : "    ");
        safe_put(out, p->accounts[i].key);
        if (p->accounts[i].alias.len) {
            buf_put_text(out, " \xE2\x80\x9C");
            safe_put(out, p->accounts[i].alias);
            buf_put_text(out, "\xE2\x80\x9D");
        }
    }
    buf_put_char(out, '\n');
    for (size_t i = 0; i < p->handle_count; i++) {
        buf_printf(out, "%s%s ", i ? ", " : "    ", p->handles[i].kind);
        safe_put(out, p->handles[i].value);
    }
    if (p->handle_count)
        buf_put_char(out, '\n');
}

static void put_person(struct buf *out, const struct case_view *view, const struct link *link,
                       const struct link_person *p)
{
    buf_put_text(out, "  ");
    paint(out, view, BOLD);
    safe_put(out, p->id);
    paint(out, view, PLAIN);
    buf_printf(out, "  %s  %zu account%s", ward_role_name(p->role), p->account_count,
               p->account_count == 1 ? "" : "s");
    if (p->account_count > 1)
        buf_printf(out, " (%.2f one person)", p->confidence);
    buf_printf(out, ", %zu events, %zu groups", p->event_count, p->group_count);
    if (p->case_index < link->case_count) {
        buf_put_text(out, "  ");
        safe_put(out, link->cases[p->case_index].id);
    }
    buf_put_char(out, '\n');
    put_names(out, p);
    for (size_t i = 0; i < p->tie_count; i++) {
        const struct link_tie *t = &link->ties[p->ties[i]];
        buf_put_text(out, "    ");
        paint(out, view, DIM);
        safe_put(out, t->a);
        buf_put_text(out, " = ");
        safe_put(out, t->b);
        buf_put_text(out, ": ");
        safe_put(out, say(view, t->says_zh, t->says_en));
        buf_printf(out, " (%+.1f)", t->weight);
        paint(out, view, PLAIN);
        buf_put_char(out, '\n');
    }
}

void case_view_people(struct buf *out, const struct case_view *view,
                      const struct link_loaded *loaded)
{
    const struct link_json how = {loaded->events, says_of(view)};
    for (uint32_t i = 0; i < loaded->link.person_count; i++) {
        if (view->json)
            link_json_person(out, &how, &loaded->link, i);
        else
            put_person(out, view, &loaded->link, &loaded->link.people[i]);
    }
    if (!view->json && !loaded->link.person_count)
        buf_put_text(out, "no people\n");
}

/* ---- groups ---------------------------------------------------------------------------------- */

static void put_group(struct buf *out, const struct case_view *view, const struct link *link,
                      const struct link_group *g)
{
    buf_printf(out, "  %.2f  ", g->score);
    paint(out, view, BOLD);
    safe_put(out, g->key);
    paint(out, view, PLAIN);
    buf_put_text(out, "  ");
    safe_put(out, g->name);
    buf_printf(out, "  %" PRIu64 " of %" PRIu64 " messages flagged; %u offer, %u seek, %u agent",
               g->flagged, g->messages, g->people[WARD_ROLE_OFFER], g->people[WARD_ROLE_SEEK],
               g->people[WARD_ROLE_AGENT]);
    if (g->case_index < link->case_count) {
        buf_put_text(out, "  ");
        safe_put(out, link->cases[g->case_index].id);
    }
    buf_put_char(out, '\n');
}

void case_view_groups(struct buf *out, const struct case_view *view, const struct link *link)
{
    for (uint32_t i = 0; i < link->group_count; i++) {
        if (view->json)
            link_json_group(out, link, i);
        else
            put_group(out, view, link, &link->groups[i]);
    }
    if (!view->json && !link->group_count)
        buf_put_text(out, "no groups\n");
}

/* ---- a case whole ---------------------------------------------------------------------------- */

static void put_heading(struct buf *out, const struct case_view *view, const char *zh,
                        const char *en)
{
    buf_put_char(out, '\n');
    paint(out, view, BOLD);
    buf_put_text(out, view->zh ? zh : en);
    paint(out, view, PLAIN);
    buf_put_char(out, '\n');
}

static void put_messages(struct buf *out, const struct case_view *view,
                         const struct case_file *file)
{
    put_heading(out, view, "消息", "messages");
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct link_event *event = &file->events[i];
        buf_put_text(out, "  ");
        if (event->has_time)
            time_put(out, event->time_ms);
        buf_printf(out, "  %-6s ",
                   file->entries[i].is_erased ? "erased"
                   : event->level             ? ward_level_name(event->level)
                                              : "-");
        safe_put(out, event->alias.len ? event->alias : event->account);
        buf_put_text(out, ": ");
        paint(out, view, event->level ? PLAIN : DIM);
        safe_put(out, event->text);
        paint(out, view, PLAIN);
        buf_put_char(out, '\n');
    }
}

static void put_decisions(struct buf *out, const struct case_view *view,
                          const struct case_file *file)
{
    if (!file->decision_count)
        return;
    put_heading(out, view, "决定", "decisions");
    for (size_t i = 0; i < file->decision_count; i++) {
        const struct case_decision *d = &file->decisions[i];
        buf_put_text(out, "  ");
        time_put(out, d->time_ms);
        buf_put_text(out, "  ");
        safe_put(out, d->who);
        buf_put_text(out, ": ");
        safe_put(out, d->kind);
        buf_put_char(out, ' ');
        safe_put(out, d->reason);
        if (d->note.len) {
            buf_put_text(out, "  ");
            safe_put(out, d->note);
        }
        buf_put_char(out, '\n');
    }
}

static void put_whole(struct buf *out, const struct case_view *view, const struct case_file *file)
{
    const struct link *link = file->link;
    const struct link_case *c = &link->cases[0];
    put_case(out, view, c, file->state, file->assignee);
    for (size_t i = 0; i < c->reason_count; i++) {
        buf_printf(out, "  %+5.1f  ", c->reasons[i].points);
        safe_put(out, say(view, c->reasons[i].says_zh, c->reasons[i].says_en));
        buf_put_char(out, '\n');
    }
    put_heading(out, view, "人员", "people");
    for (size_t i = 0; i < c->person_count; i++)
        put_person(out, view, link, &link->people[c->people[i]]);
    put_heading(out, view, "群组", "groups");
    for (size_t i = 0; i < c->group_count; i++)
        put_group(out, view, link, &link->groups[c->groups[i]]);
    put_messages(out, view, file);
    put_decisions(out, view, file);
}

void case_view_show(struct buf *out, const struct case_view *view, const struct case_file *file)
{
    const struct link_json how = {file->events, says_of(view)};
    if (!view->json) {
        put_whole(out, view, file);
        return;
    }
    link_json_case(out, &how, file->link, 0, file->state, file->assignee);
    for (uint32_t i = 0; i < file->link->person_count; i++)
        link_json_person(out, &how, file->link, i);
    for (uint32_t i = 0; i < file->link->group_count; i++)
        link_json_group(out, file->link, i);
}
