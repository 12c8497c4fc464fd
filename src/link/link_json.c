/**
 * Field order follows the contract of ward(1), "Cases, people and groups".
 */
#include "link/link_json.h"

#include <inttypes.h>

#include "base/json_out.h"
#include "base/str.h"
#include "base/time_text.h"

/* As in verdicts; their room is above this one. */
static const char *role_name(enum ward_role role)
{
    static const char *const names[] = {"none", "offer", "seek", "agent"};
    return names[role];
}

static void put_says(struct buf *out, const struct link_json *how, struct ward_str zh,
                     struct ward_str en)
{
    buf_put_text(out, ",\"says\":");
    if (how->says == LINK_SAYS_BOTH) {
        buf_put_text(out, "{\"zh\":");
        json_put_string(out, zh);
        buf_put_text(out, ",\"en\":");
        json_put_string(out, en);
        buf_put_char(out, '}');
    } else {
        json_put_string(out, how->says == LINK_SAYS_ZH ? zh : en);
    }
}

static void put_times(struct buf *out, bool has_time, int64_t first_ms, int64_t last_ms)
{
    if (!has_time)
        return;
    buf_put_text(out, ",\"first\":\"");
    time_put(out, first_ms);
    buf_put_text(out, "\",\"last\":\"");
    time_put(out, last_ms);
    buf_put_char(out, '"');
}

static void put_text(struct buf *out, const char *key, struct ward_str text)
{
    if (!text.len)
        return;
    buf_put_char(out, ',');
    json_put_key(out, key);
    json_put_string(out, text);
}

/* ,"key":[ */
static void open_list(struct buf *out, const char *key)
{
    buf_put_char(out, ',');
    json_put_key(out, key);
    buf_put_char(out, '[');
}

static void put_item(struct buf *out, size_t i, struct ward_str text)
{
    if (i)
        buf_put_char(out, ',');
    json_put_string(out, text);
}

static void put_case_id(struct buf *out, const struct link *link, uint32_t index)
{
    if (index != UINT32_MAX)
        put_text(out, "case", link->cases[index].id);
}

static void put_groups(struct buf *out, const struct link *link, const uint32_t *groups,
                       size_t count)
{
    open_list(out, "groups");
    for (size_t i = 0; i < count; i++)
        put_item(out, i, link->groups[groups[i]].key);
    buf_put_char(out, ']');
}

static void put_reasons(struct buf *out, const struct link_json *how, const struct link_case *c)
{
    open_list(out, "reasons");
    for (size_t i = 0; i < c->reason_count; i++) {
        buf_put_text(out, i ? ",{\"points\":" : "{\"points\":");
        json_put_number(out, c->reasons[i].points, 2);
        put_says(out, how, c->reasons[i].says_zh, c->reasons[i].says_en);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

void link_json_case(struct buf *out, const struct link_json *how, const struct link *link,
                    uint32_t index, struct ward_str state, struct ward_str assignee)
{
    const struct link_case *c = &link->cases[index];
    buf_put_text(out, "{\"case\":");
    json_put_string(out, c->id);
    buf_printf(out, ",\"urgency\":\"%s\",\"score\":", link_urgency_name(c->urgency));
    json_put_number(out, c->score, 4);
    put_says(out, how, c->says_zh, c->says_en);
    put_reasons(out, how, c);
    open_list(out, "people");
    for (size_t i = 0; i < c->person_count; i++)
        put_item(out, i, link->people[c->people[i]].id);
    buf_put_char(out, ']');
    put_groups(out, link, c->groups, c->group_count);
    buf_printf(out, ",\"events\":%zu", c->event_count);
    put_times(out, c->has_time, c->first_ms, c->last_ms);
    if (c->merged_count) {
        open_list(out, "merged");
        for (size_t i = 0; i < c->merged_count; i++)
            put_item(out, i, c->merged[i]);
        buf_put_char(out, ']');
    }
    put_text(out, "state", state);
    put_text(out, "assignee", assignee);
    buf_put_text(out, "}\n");
}

void link_json_tie(struct buf *out, const struct link_json *how, const struct link *link,
                   uint32_t index)
{
    const struct link_tie *tie = &link->ties[index];
    buf_put_text(out, "{\"a\":");
    json_put_string(out, tie->a);
    buf_put_text(out, ",\"b\":");
    json_put_string(out, tie->b);
    buf_printf(out, ",\"kind\":\"%s\"", link_tie_name(tie->kind));
    put_says(out, how, tie->says_zh, tie->says_en);
    buf_put_text(out, ",\"weight\":");
    json_put_number(out, tie->weight, 2);
    put_times(out, tie->has_time, tie->first_ms, tie->last_ms);
    open_list(out, "events");
    for (size_t i = 0; i < tie->event_count; i++)
        put_item(out, i, how->events[tie->events[i]].id);
    buf_put_text(out, "]}");
}

static void put_role_shares(struct buf *out, const struct link_person *p)
{
    buf_put_text(out, ",\"roles\":{");
    bool is_first = true;
    for (int role = WARD_ROLE_OFFER; role <= WARD_ROLE_AGENT; role++) {
        if (p->role_share[role] < 0.005)
            continue;
        buf_printf(out, "%s\"%s\":", is_first ? "" : ",", role_name((enum ward_role)role));
        json_put_number(out, p->role_share[role], 2);
        is_first = false;
    }
    buf_put_char(out, '}');
}

static void put_handles(struct buf *out, const struct link_person *p)
{
    open_list(out, "handles");
    for (size_t i = 0; i < p->handle_count; i++) {
        buf_put_text(out, i ? ",{\"kind\":" : "{\"kind\":");
        json_put_string(out, str_of(p->handles[i].kind));
        put_text(out, "value", p->handles[i].value);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

void link_json_person(struct buf *out, const struct link_json *how, const struct link *link,
                      uint32_t index)
{
    const struct link_person *p = &link->people[index];
    buf_put_text(out, "{\"person\":");
    json_put_string(out, p->id);
    buf_printf(out, ",\"role\":\"%s\",\"confidence\":", role_name(p->role));
    json_put_number(out, p->confidence, 4);
    put_role_shares(out, p);
    open_list(out, "accounts");
    for (size_t i = 0; i < p->account_count; i++)
        put_item(out, i, p->accounts[i].key);
    buf_put_char(out, ']');
    open_list(out, "aliases");
    for (size_t i = 0; i < p->account_count; i++)
        put_item(out, i, p->accounts[i].alias);
    buf_put_char(out, ']');
    put_handles(out, p);
    put_groups(out, link, p->groups, p->group_count);
    put_case_id(out, link, p->case_index);
    buf_printf(out, ",\"events\":%zu,\"brokerage\":", p->event_count);
    json_put_number(out, p->brokerage, 4);
    open_list(out, "ties");
    for (size_t i = 0; i < p->tie_count; i++) {
        if (i)
            buf_put_char(out, ',');
        link_json_tie(out, how, link, p->ties[i]);
    }
    buf_put_text(out, "]}\n");
}

void link_json_group(struct buf *out, const struct link *link, uint32_t index)
{
    const struct link_group *g = &link->groups[index];
    buf_put_text(out, "{\"group\":");
    json_put_string(out, g->key);
    put_text(out, "name", g->name);
    buf_put_text(out, ",\"score\":");
    json_put_number(out, g->score, 4);
    buf_printf(out, ",\"messages\":%" PRIu64 ",\"flagged\":%" PRIu64, g->messages, g->flagged);
    buf_printf(out, ",\"roles\":{\"offer\":%u,\"seek\":%u,\"agent\":%u}",
               g->people[WARD_ROLE_OFFER], g->people[WARD_ROLE_SEEK], g->people[WARD_ROLE_AGENT]);
    put_case_id(out, link, g->case_index);
    buf_put_text(out, "}\n");
}
