#include <stdlib.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "casework/link_rows.h"

/* All rows' JSON stands in one buffer; its places are taken when it no longer moves. */
struct saving {
    const struct link_made *made;
    struct buf json;
    size_t *begins; /* of each row's JSON, in order of writing; one more than rows */
    size_t row;
};

static void put_pair(struct buf *out, const char *key, struct ward_str zh, struct ward_str en)
{
    buf_printf(out, "\"%s\":[", key);
    json_put_string(out, zh);
    buf_put_char(out, ',');
    json_put_string(out, en);
    buf_put_char(out, ']');
}

static void put_events(struct saving *s, const uint32_t *events, size_t count)
{
    buf_put_text(&s->json, ",\"events\":[");
    for (size_t i = 0; i < count; i++) {
        buf_printf(&s->json, "%s[%llu,", i ? "," : "",
                   (unsigned long long)s->made->seqs[events[i]]);
        json_put_string(&s->json, s->made->events[events[i]].id);
        buf_put_char(&s->json, ']');
    }
    buf_put_char(&s->json, ']');
}

static void put_group_keys(struct saving *s, const uint32_t *groups, size_t count)
{
    buf_put_text(&s->json, ",\"groups\":[");
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_put_char(&s->json, ',');
        json_put_string(&s->json, s->made->link->groups[groups[i]].key);
    }
    buf_put_char(&s->json, ']');
}

static void put_shares(struct buf *out, const double shares[4])
{
    buf_put_text(out, ",\"shares\":[");
    for (int role = 0; role < 4; role++) {
        if (role)
            buf_put_char(out, ',');
        json_put_number(out, shares[role], 6);
    }
    buf_put_char(out, ']');
}

static void put_person(struct saving *s, uint32_t index)
{
    const struct link_person *p = &s->made->link->people[index];
    buf_put_text(&s->json, "{\"id\":");
    json_put_string(&s->json, p->id);
    buf_printf(&s->json, ",\"role\":%d,\"confidence\":", (int)p->role);
    json_put_number(&s->json, p->confidence, 6);
    put_shares(&s->json, p->role_share);
    buf_put_text(&s->json, ",\"brokerage\":");
    json_put_number(&s->json, p->brokerage, 6);
    buf_put_text(&s->json, ",\"accounts\":[");
    for (size_t i = 0; i < p->account_count; i++) {
        buf_put_text(&s->json, i ? ",{" : "{");
        put_pair(&s->json, "account", p->accounts[i].key, p->accounts[i].alias);
        buf_put_char(&s->json, '}');
    }
    buf_put_text(&s->json, "],\"handles\":[");
    for (size_t i = 0; i < p->handle_count; i++) {
        buf_put_text(&s->json, i ? ",{" : "{");
        put_pair(&s->json, "handle", str_of(p->handles[i].kind), p->handles[i].value);
        buf_put_char(&s->json, '}');
    }
    buf_put_char(&s->json, ']');
    put_group_keys(s, p->groups, p->group_count);
    put_events(s, p->events, p->event_count);
    buf_put_char(&s->json, '}');
}

static void put_group(struct saving *s, uint32_t index)
{
    const struct link_group *g = &s->made->link->groups[index];
    buf_put_char(&s->json, '{');
    put_pair(&s->json, "group", g->key, g->name);
    buf_put_text(&s->json, ",\"score\":");
    json_put_number(&s->json, g->score, 6);
    buf_printf(&s->json, ",\"messages\":%llu,\"flagged\":%llu,\"people\":[%u,%u,%u,%u]}",
               (unsigned long long)g->messages, (unsigned long long)g->flagged, g->people[0],
               g->people[1], g->people[2], g->people[3]);
}

/* The place of the person, within its case, that a tie makes one; -1: none. */
static int tie_person(const struct link *link, const struct link_case *c, uint32_t tie)
{
    for (size_t i = 0; i < c->person_count; i++) {
        const struct link_person *p = &link->people[c->people[i]];
        for (size_t t = 0; t < p->tie_count; t++)
            if (p->ties[t] == tie)
                return (int)i;
    }
    return -1;
}

static void put_tie(struct saving *s, const struct link_case *c, uint32_t index)
{
    const struct link_tie *t = &s->made->link->ties[index];
    buf_printf(&s->json, "{\"kind\":%d,\"person\":%d,", (int)t->kind,
               tie_person(s->made->link, c, index));
    put_pair(&s->json, "between", t->a, t->b);
    buf_put_char(&s->json, ',');
    put_pair(&s->json, "says", t->says_zh, t->says_en);
    buf_put_text(&s->json, ",\"weight\":");
    json_put_number(&s->json, t->weight, 6);
    if (t->has_time)
        buf_printf(&s->json, ",\"time\":[%lld,%lld]", (long long)t->first_ms,
                   (long long)t->last_ms);
    put_events(s, t->events, t->event_count);
    buf_put_char(&s->json, '}');
}

static void put_reasons(struct buf *out, const struct link_case *c)
{
    buf_put_text(out, "\"reasons\":[");
    for (size_t i = 0; i < c->reason_count; i++) {
        buf_put_text(out, i ? ",{" : "{");
        put_pair(out, "says", c->reasons[i].says_zh, c->reasons[i].says_en);
        buf_put_text(out, ",\"points\":");
        json_put_number(out, c->reasons[i].points, 4);
        buf_put_char(out, '}');
    }
    buf_put_text(out, "],\"merged\":[");
    for (size_t i = 0; i < c->merged_count; i++) {
        if (i)
            buf_put_char(out, ',');
        json_put_string(out, c->merged[i]);
    }
    buf_put_char(out, ']');
}

/* The law that verdicts of the case cite, each article once, in the order of mention. A case cites
 * a few dozen at most; what is beyond is in its verdicts. */
#define LAWS_MAX 256u

static void put_laws(struct saving *s, const struct link_case *c)
{
    const struct ward_str *seen[LAWS_MAX];
    size_t count = 0;
    buf_put_text(&s->json, ",\"laws\":[");
    for (size_t i = 0; i < c->event_count; i++) {
        const struct link_event *event = &s->made->events[c->events[i]];
        for (size_t k = 0; k < event->law_count && count < LAWS_MAX; k++) {
            size_t at = 0;
            while (at < count && !str_equal(*seen[at], event->laws[k]))
                at++;
            if (at < count)
                continue;
            if (count)
                buf_put_char(&s->json, ',');
            seen[count++] = &event->laws[k];
            json_put_string(&s->json, event->laws[k]);
        }
    }
    buf_put_char(&s->json, ']');
}

static void put_case(struct saving *s, const struct link_case *c)
{
    buf_put_char(&s->json, '{');
    put_reasons(&s->json, c);
    put_laws(s, c);
    put_events(s, c->events, c->event_count);
    buf_put_text(&s->json, ",\"groups\":[");
    for (size_t i = 0; i < c->group_count; i++) {
        buf_put_text(&s->json, i ? "," : "");
        put_group(s, c->groups[i]);
    }
    buf_put_text(&s->json, "],\"people\":[");
    for (size_t i = 0; i < c->person_count; i++) {
        buf_put_text(&s->json, i ? "," : "");
        put_person(s, c->people[i]);
    }
    buf_put_text(&s->json, "],\"ties\":[");
    for (size_t i = 0; i < c->tie_count; i++) {
        buf_put_text(&s->json, i ? "," : "");
        put_tie(s, c, c->ties[i]);
    }
    buf_put_text(&s->json, "]}");
}

/* ---- rows ------------------------------------------------------------------------------------ */

struct rows {
    struct store_case *cases;
    struct store_person *people;
    struct store_group *groups;
    struct store_tie *ties;
    struct store_membership *members;
    struct ward_str *accounts; /* keys of all people, one after the other */
    uint32_t *tie_case;        /* per tie: index of its case, UINT32_MAX none */
};

static bool rows_make(struct rows *rows, const struct link *link)
{
    size_t accounts = 0;
    for (size_t i = 0; i < link->person_count; i++)
        accounts += link->people[i].account_count;
    *rows = (struct rows){.cases = calloc(link->case_count + 1, sizeof *rows->cases),
                          .people = calloc(link->person_count + 1, sizeof *rows->people),
                          .groups = calloc(link->group_count + 1, sizeof *rows->groups),
                          .ties = calloc(link->tie_count + 1, sizeof *rows->ties),
                          .members = calloc(link->event_count + 1, sizeof *rows->members),
                          .accounts = calloc(accounts + 1, sizeof *rows->accounts),
                          .tie_case = malloc((link->tie_count + 1) * sizeof *rows->tie_case)};
    return rows->cases && rows->people && rows->groups && rows->ties && rows->members &&
           rows->accounts && rows->tie_case;
}

static void rows_free(struct rows *rows)
{
    free(rows->cases);
    free(rows->people);
    free(rows->groups);
    free(rows->ties);
    free(rows->members);
    free(rows->accounts);
    free(rows->tie_case);
}

static struct ward_str case_id(const struct link *link, uint32_t index)
{
    return index < link->case_count ? link->cases[index].id : (struct ward_str){"", 0};
}

/* Writes all details, noting where each begins. */
static void write_details(struct saving *s)
{
    const struct link *link = s->made->link;
    for (uint32_t i = 0; i < link->case_count; i++) {
        s->begins[s->row++] = s->json.len;
        put_case(s, &link->cases[i]);
    }
    for (uint32_t i = 0; i < link->group_count; i++) {
        s->begins[s->row++] = s->json.len;
        put_group(s, i);
    }
    s->begins[s->row] = s->json.len;
    s->row = 0;
}

static struct ward_str next_detail(struct saving *s)
{
    const size_t row = s->row++;
    return str_part(buf_str(&s->json), s->begins[row], s->begins[row + 1]);
}

static void fill_cases(struct saving *s, struct rows *rows)
{
    const struct link *link = s->made->link;
    for (size_t i = 0; i < link->case_count; i++) {
        const struct link_case *c = &link->cases[i];
        rows->cases[i] = (struct store_case){.id = c->id,
                                             .urgency = (uint32_t)c->urgency,
                                             .points = c->urgency_points,
                                             .score = c->score,
                                             .says_zh = c->says_zh,
                                             .says_en = c->says_en,
                                             .has_time = c->has_time,
                                             .first_ms = c->first_ms,
                                             .last_ms = c->last_ms,
                                             .merged = c->merged,
                                             .merged_count = c->merged_count,
                                             .detail_json = next_detail(s)};
    }
}

static void fill_people(const struct link *link, struct rows *rows)
{
    struct ward_str *accounts = rows->accounts;
    for (size_t i = 0; i < link->person_count; i++) {
        const struct link_person *p = &link->people[i];
        rows->people[i] = (struct store_person){.id = p->id,
                                                .case_id = case_id(link, p->case_index),
                                                .role = p->role,
                                                .confidence = p->confidence,
                                                .accounts = accounts,
                                                .account_count = p->account_count};
        for (size_t a = 0; a < p->account_count; a++)
            *accounts++ = p->accounts[a].key;
    }
}

static void fill_groups_and_ties(struct saving *s, struct rows *rows)
{
    const struct link *link = s->made->link;
    for (size_t i = 0; i < link->group_count; i++) {
        const struct link_group *g = &link->groups[i];
        rows->groups[i] = (struct store_group){.key = g->key,
                                               .name = g->name,
                                               .score = g->score,
                                               .messages = g->messages,
                                               .flagged = g->flagged,
                                               .case_id = case_id(link, g->case_index),
                                               .detail_json = next_detail(s)};
    }
    for (size_t i = 0; i < link->tie_count; i++)
        rows->tie_case[i] = UINT32_MAX;
    for (uint32_t c = 0; c < link->case_count; c++)
        for (size_t i = 0; i < link->cases[c].tie_count; i++)
            rows->tie_case[link->cases[c].ties[i]] = c;
    for (size_t i = 0; i < link->tie_count; i++) {
        const struct link_tie *t = &link->ties[i];
        rows->ties[i] = (struct store_tie){.a = t->a,
                                           .b = t->b,
                                           .kind = str_of(link_tie_name(t->kind)),
                                           .weight = t->weight,
                                           .case_id = case_id(link, rows->tie_case[i]),
                                           .has_time = t->has_time,
                                           .first_ms = t->first_ms,
                                           .last_ms = t->last_ms};
    }
}

static size_t fill_members(const struct link_made *made, struct rows *rows)
{
    const struct link *link = made->link;
    size_t count = 0;
    for (size_t i = 0; i < link->event_count; i++) {
        const uint32_t person = link->event_person[i];
        if (link->event_case[i] == UINT32_MAX)
            continue;
        rows->members[count++] = (struct store_membership){
            .seq = made->seqs[i],
            .case_id = case_id(link, link->event_case[i]),
            .person_id = person == UINT32_MAX ? (struct ward_str){"", 0} : link->people[person].id};
    }
    return count;
}

enum ward_status link_rows_save(struct store *store, const struct store_act *act,
                                const struct link_made *made, struct ward_error *err)
{
    const struct link *link = made->link;
    struct saving s = {.made = made,
                       .begins = calloc(link->case_count + link->group_count + 1, sizeof(size_t))};
    struct rows rows;
    buf_init(&s.json, SIZE_MAX / 2);
    const bool made_rows = rows_make(&rows, link);
    enum ward_status status = made_rows && s.begins ? WARD_OK : WARD_ERR_NOMEM;
    if (status == WARD_OK) {
        write_details(&s);
        status = s.json.failed;
    }
    if (status == WARD_OK) {
        fill_cases(&s, &rows);
        fill_people(link, &rows);
        fill_groups_and_ties(&s, &rows);
        const struct store_linking linking = {.who = act->who,
                                              .time_ms = act->time_ms,
                                              .cases = rows.cases,
                                              .case_count = link->case_count,
                                              .people = rows.people,
                                              .person_count = link->person_count,
                                              .groups = rows.groups,
                                              .group_count = link->group_count,
                                              .ties = rows.ties,
                                              .tie_count = link->tie_count,
                                              .members = rows.members,
                                              .member_count = fill_members(made, &rows)};
        status = store_link(store, &linking, err);
    } else {
        (void)error_set(err, status, "out of memory");
    }
    rows_free(&rows);
    free(s.begins);
    buf_release(&s.json);
    return status;
}
