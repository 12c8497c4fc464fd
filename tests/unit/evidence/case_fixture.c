#include "case_fixture.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json_out.h"
#include "base/str.h"

#define FIXTURE_BYTES ((size_t)1024 * 1024 * 1024)

static void *zeroed(struct case_fixture *f, size_t count, size_t size)
{
    return arena_calloc(&f->arena, count + 1, size);
}

static struct ward_str kept(struct case_fixture *f, struct ward_str text)
{
    return text.len ? arena_copy(&f->arena, text) : (struct ward_str){NULL, 0};
}

static struct ward_str text_at(struct case_fixture *f, const json_t *object, const char *key)
{
    const json_t *node = json_object_get(object, key);
    if (!json_is_string(node))
        return (struct ward_str){NULL, 0};
    return kept(f, (struct ward_str){json_string_value(node), json_string_length(node)});
}

static double number_at(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static int name_at(const json_t *object, const char *key, const char *const *names, int count)
{
    const char *value = json_string_value(json_object_get(object, key));
    for (int i = 0; value && i < count; i++)
        if (strcmp(value, names[i]) == 0)
            return i;
    return 0;
}

static const char *const roles[] = {"none", "offer", "seek", "agent"};
static const char *const levels[] = {"none", "watch", "review", "urgent"};
static const char *const urgencies[] = {"low", "medium", "high", "critical"};
static const char *const kinds[] = {"handle", "media", "template", "alias",
                                    "reply",  "group", "judgement"};

/* "2026-11-06T03:10:00+08:00" or "...Z"; the fixture's own, so fixed places will do. */
static int64_t moment_of(const char *text)
{
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, zone = 0;
    if (!text || sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d+%2d", &y, &mo, &d, &h, &mi, &s, &zone) < 6)
        return 0;
    const int a = (14 - mo) / 12;
    const int64_t yy = y + 4800 - a;
    const int64_t mm = mo + 12 * a - 3;
    const int64_t day = d + (153 * mm + 2) / 5 + 365 * yy + yy / 4 - yy / 100 + yy / 400 - 32045;
    return ((((day - 2440588) * 24 + h - zone) * 60 + mi) * 60 + s) * 1000;
}

static struct ward_str hash_hex(struct case_fixture *f, struct ward_str text)
{
    unsigned char hash[32];
    char hex[65];
    (void)crypto_hash_sha256(hash, (const unsigned char *)text.data, text.len);
    (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return kept(f, str_of(hex));
}

static struct ward_str dumped(struct case_fixture *f, const json_t *node)
{
    char *text = json_is_object(node) ? json_dumps(node, JSON_COMPACT) : NULL;
    const struct ward_str copy = text ? kept(f, str_of(text)) : (struct ward_str){NULL, 0};
    free(text);
    return copy;
}

static const uint32_t *indexes(struct case_fixture *f, const json_t *list, size_t *count)
{
    uint32_t *out = zeroed(f, json_array_size(list), sizeof *out);
    *count = json_array_size(list);
    for (size_t i = 0; out && i < *count; i++)
        out[i] = (uint32_t)json_integer_value(json_array_get(list, i));
    return out;
}

/* ---- from JSON ------------------------------------------------------------------------------- */

static void load_event(struct case_fixture *f, const json_t *root, const json_t *node,
                       struct link_event *event, struct case_entry *entry)
{
    const json_t *e = json_object_get(node, "event");
    const json_t *v = json_object_get(node, "verdict");
    const char *time = json_string_value(json_object_get(e, "time"));
    event->platform = text_at(f, e, "platform");
    event->group = text_at(f, e, "group");
    event->id = text_at(f, e, "id");
    event->group_name = text_at(f, e, "group_name");
    event->account = text_at(f, e, "account");
    event->alias = text_at(f, e, "alias");
    event->text = text_at(f, e, "text");
    event->level = (enum ward_level)name_at(v, "level", levels, 4);
    event->role = (enum ward_role)name_at(v, "role", roles, 4);
    event->score = number_at(v, "score");
    event->has_time = time != NULL;
    event->time_ms = moment_of(time);
    entry->event_json = dumped(f, e);
    entry->event_sha256 = hash_hex(f, entry->event_json);
    entry->verdict_json = dumped(f, v);
    entry->packs = str_of("zh-trade@2026.11+8c0f2f6f4f3a");
    entry->is_neighbour = json_is_true(json_object_get(node, "neighbour"));
    const json_t *person = json_object_get(node, "person");
    entry->person = json_is_integer(person) ? (uint32_t)json_integer_value(person) : UINT32_MAX;
    entry->custody = (struct case_custody){
        .source = text_at(f, root, "source"),
        .source_sha256 = text_at(f, root, "source_sha256"),
        .offset = (uint64_t)json_integer_value(json_object_get(node, "offset")),
        .line = (uint64_t)json_integer_value(json_object_get(node, "line")),
        .bytes = (uint32_t)entry->event_json.len,
        .zone_minutes = 480,
        .received_ms = moment_of("2026-11-06T03:00:00Z"),
        .batch = 1};
}

static void load_person(struct case_fixture *f, const json_t *node, struct link_person *p)
{
    const json_t *accounts = json_object_get(node, "accounts");
    const json_t *handles = json_object_get(node, "handles");
    const json_t *shares = json_object_get(node, "role_share");
    struct link_account *list = zeroed(f, json_array_size(accounts), sizeof *list);
    struct ward_handle *ways = zeroed(f, json_array_size(handles), sizeof *ways);
    p->id = text_at(f, node, "id");
    p->role = (enum ward_role)name_at(node, "role", roles, 4);
    p->confidence = number_at(node, "confidence");
    p->brokerage = number_at(node, "brokerage");
    for (size_t i = 0; i < 4; i++)
        p->role_share[i] = json_number_value(json_array_get(shares, i));
    for (size_t i = 0; i < json_array_size(accounts); i++)
        list[i] = (struct link_account){text_at(f, json_array_get(accounts, i), "key"),
                                        text_at(f, json_array_get(accounts, i), "alias")};
    for (size_t i = 0; i < json_array_size(handles); i++)
        ways[i] = (struct ward_handle){.kind = "wechat",
                                       .value = text_at(f, json_array_get(handles, i), "value")};
    p->accounts = list;
    p->account_count = json_array_size(accounts);
    p->handles = ways;
    p->handle_count = json_array_size(handles);
    p->groups = indexes(f, json_object_get(node, "groups"), &p->group_count);
    p->events = indexes(f, json_object_get(node, "events"), &p->event_count);
    p->ties = indexes(f, json_object_get(node, "ties"), &p->tie_count);
}

static void load_group(struct case_fixture *f, const json_t *node, struct link_group *g)
{
    g->key = text_at(f, node, "key");
    g->name = text_at(f, node, "name");
    g->score = number_at(node, "score");
    g->messages = (uint64_t)number_at(node, "messages");
    g->flagged = (uint64_t)number_at(node, "flagged");
    for (size_t i = 0; i < 4; i++)
        g->people[i] =
            (uint32_t)json_integer_value(json_array_get(json_object_get(node, "people"), i));
}

static void load_tie(struct case_fixture *f, const json_t *node, struct link_tie *tie)
{
    const json_t *says = json_object_get(node, "says");
    tie->a = text_at(f, node, "a");
    tie->b = text_at(f, node, "b");
    tie->kind = (enum link_tie_kind)name_at(node, "kind", kinds, LINK_TIE_KINDS);
    tie->says_zh = text_at(f, says, "zh");
    tie->says_en = text_at(f, says, "en");
    tie->weight = number_at(node, "weight");
    tie->events = indexes(f, json_object_get(node, "events"), &tie->event_count);
}

static void load_case(struct case_fixture *f, const json_t *node, struct link_case *c)
{
    const json_t *reasons = json_object_get(node, "reasons");
    const json_t *merged = json_object_get(node, "merged");
    struct link_urgency_reason *list = zeroed(f, json_array_size(reasons), sizeof *list);
    struct ward_str *earlier = zeroed(f, json_array_size(merged), sizeof *earlier);
    c->id = text_at(f, node, "id");
    c->urgency = (enum link_urgency)name_at(node, "urgency", urgencies, 4);
    c->urgency_points = number_at(node, "urgency_points");
    c->score = number_at(node, "score");
    c->says_zh = text_at(f, json_object_get(node, "says"), "zh");
    c->says_en = text_at(f, json_object_get(node, "says"), "en");
    for (size_t i = 0; i < json_array_size(reasons); i++)
        list[i] = (struct link_urgency_reason){text_at(f, json_array_get(reasons, i), "zh"),
                                               text_at(f, json_array_get(reasons, i), "en"),
                                               number_at(json_array_get(reasons, i), "points")};
    for (size_t i = 0; i < json_array_size(merged); i++)
        earlier[i] = kept(f, str_of(json_string_value(json_array_get(merged, i))));
    c->reasons = list;
    c->reason_count = json_array_size(reasons);
    c->merged = earlier;
    c->merged_count = json_array_size(merged);
}

static uint32_t *count_up(struct case_fixture *f, size_t count)
{
    uint32_t *list = zeroed(f, count, sizeof *list);
    for (uint32_t i = 0; list && i < count; i++)
        list[i] = i;
    return list;
}

/* The one case holds everything of the link. */
static void fill_case(struct case_fixture *f, struct link *link, struct link_case *c)
{
    uint32_t *flagged = zeroed(f, f->file.entry_count, sizeof *flagged);
    c->people = count_up(f, link->person_count);
    c->person_count = link->person_count;
    c->groups = count_up(f, link->group_count);
    c->group_count = link->group_count;
    c->ties = count_up(f, link->tie_count);
    c->tie_count = link->tie_count;
    for (uint32_t i = 0; i < f->file.entry_count; i++) {
        const struct link_event *event = &f->file.events[i];
        if (!f->file.entries[i].is_neighbour)
            flagged[c->event_count++] = i;
        if (!event->has_time)
            continue;
        if (!c->has_time || event->time_ms < c->first_ms)
            c->first_ms = event->time_ms;
        if (!c->has_time || event->time_ms > c->last_ms)
            c->last_ms = event->time_ms;
        c->has_time = true;
    }
    c->events = flagged;
    link->cases = c;
    link->case_count = 1;
    link->event_count = f->file.entry_count;
    uint32_t *owner = zeroed(f, link->event_count, sizeof *owner);
    for (size_t i = 0; i < link->event_count; i++)
        owner[i] = f->file.entries[i].person;
    link->event_person = owner;
    link->event_case = zeroed(f, link->event_count, sizeof(uint32_t));
    f->file.link = link;
}

static void load_decisions(struct case_fixture *f, const json_t *list)
{
    struct case_decision *out = zeroed(f, json_array_size(list), sizeof *out);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *node = json_array_get(list, i);
        out[i] = (struct case_decision){
            .time_ms = moment_of(json_string_value(json_object_get(node, "time"))),
            .who = text_at(f, node, "who"),
            .kind = text_at(f, node, "kind"),
            .reason = text_at(f, node, "reason"),
            .note = text_at(f, node, "note"),
            .subject = text_at(f, node, "subject")};
    }
    f->file.decisions = out;
    f->file.decision_count = json_array_size(list);
}

static void load_all(struct case_fixture *f, const json_t *root)
{
    const json_t *list = json_object_get(root, "events");
    struct link_event *events = zeroed(f, json_array_size(list), sizeof *events);
    struct case_entry *entries = zeroed(f, json_array_size(list), sizeof *entries);
    struct link *link = zeroed(f, 1, sizeof *link);
    struct link_case *c = zeroed(f, 1, sizeof *c);
    for (size_t i = 0; i < json_array_size(list); i++)
        load_event(f, root, json_array_get(list, i), &events[i], &entries[i]);
    f->file.events = events;
    f->file.entries = entries;
    f->file.entry_count = json_array_size(list);
    list = json_object_get(root, "people");
    struct link_person *people = zeroed(f, json_array_size(list), sizeof *people);
    for (size_t i = 0; i < json_array_size(list); i++)
        load_person(f, json_array_get(list, i), &people[i]);
    link->people = people;
    link->person_count = json_array_size(list);
    list = json_object_get(root, "groups");
    struct link_group *groups = zeroed(f, json_array_size(list), sizeof *groups);
    for (size_t i = 0; i < json_array_size(list); i++)
        load_group(f, json_array_get(list, i), &groups[i]);
    link->groups = groups;
    link->group_count = json_array_size(list);
    list = json_object_get(root, "ties");
    struct link_tie *ties = zeroed(f, json_array_size(list), sizeof *ties);
    for (size_t i = 0; i < json_array_size(list); i++)
        load_tie(f, json_array_get(list, i), &ties[i]);
    link->ties = ties;
    link->tie_count = json_array_size(list);
    load_case(f, json_object_get(root, "case"), c);
    fill_case(f, link, c);
    load_decisions(f, json_object_get(root, "decisions"));
    f->file.state = text_at(f, root, "state");
    f->file.assignee = text_at(f, root, "assignee");
    f->file.on_hold = json_is_true(json_object_get(root, "on_hold"));
    f->file.audit_head = text_at(f, root, "audit_head");
    f->file.read_ms = moment_of(json_string_value(json_object_get(root, "read")));
    f->file.ward_version = str_of("0.1.0");
}

bool case_fixture_load(struct case_fixture *f, const char *path)
{
    json_error_t why;
    *f = (struct case_fixture){0};
    arena_init(&f->arena, 256u * 1024u, FIXTURE_BYTES);
    json_t *root = json_load_file(path, JSON_ALLOW_NUL, &why);
    if (!root) {
        (void)fprintf(stderr, "%s:%d: %s\n", path, why.line, why.text);
        return false;
    }
    load_all(f, root);
    json_decref(root);
    return true;
}

/* ---- hostile --------------------------------------------------------------------------------- */

#define NAME_BYTES 100000u

#define ATTACK(text)                                                                               \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

static const struct ward_str attacks[] = {
    ATTACK("<script>alert(1)</script><img src=x onerror=alert(2)>"),
    ATTACK("\"><svg/onload=alert(3)>' onmouseover='alert(4)"),
    ATTACK("\xE2\x80\xAE"
           "txt.exe \xE2\x81\xA6 turned \xE2\x80\xAC round"),
    ATTACK("NUL \0 inside, invalid \xFF\xC3 bytes, \xED\xA0\x80 surrogate"),
    ATTACK("=HYPERLINK(\"http://x.test\",\"A1\") +cmd|' /C calc'!A0 @SUM(1)"),
    ATTACK("]]> --> <!-- </style></title></textarea> &lt; &#60; \\u003cscript\\u003e"),
    ATTACK("\xE5\xA5\xB3\xE2\x80\x8B\xE5\xAE\x9D e\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81"),
    ATTACK("javascript:alert(5) url(http://x.test/a.png) @import 'http://x.test'"),
};
#define ATTACKS (sizeof attacks / sizeof *attacks)

static struct ward_str hostile_event(struct case_fixture *f, const struct link_event *event)
{
    struct buf out;
    buf_init(&out, FIXTURE_BYTES);
    buf_put_text(&out, "{\"id\":");
    json_put_string(&out, event->id);
    buf_put_text(&out, ",\"platform\":\"qq\",\"group\":\"<g>\",\"text\":");
    json_put_string(&out, event->text);
    buf_put_text(&out, ",\"alias\":");
    json_put_string(&out, event->alias);
    buf_put_char(&out, '}');
    const struct ward_str copy = kept(f, buf_str(&out));
    buf_release(&out);
    return copy;
}

static struct ward_str hostile_verdict(struct case_fixture *f, const struct link_event *event)
{
    struct buf out;
    buf_init(&out, FIXTURE_BYTES);
    buf_put_text(&out, "{\"id\":\"x\",\"level\":\"review\",\"base\":-4,\"score\":0.8,\"reasons\":[{"
                       "\"rule\":\"<b>\",\"says\":{\"zh\":\"<i>x</i>\",\"en\":\"<i>x</i>\"},"
                       "\"weight\":5.4,\"law\":[\"CN/<u>\"],\"spans\":["
                       "{\"field\":\"text\",\"begin\":1,\"end\":3,\"written\":");
    json_put_string(&out, str_part(event->text, 1, 3));
    buf_put_text(&out, ",\"read\":\"<em>\",\"disguise\":[\"separator\",\"<no>\"]},"
                       "{\"field\":\"text\",\"begin\":99999999,\"end\":3,\"written\":\"zz\"},"
                       "{\"field\":\"<f>\",\"begin\":-5,\"end\":\"x\",\"written\":7},null]},"
                       "{\"rule\":5,\"weight\":\"x\",\"spans\":{}},7]}");
    const struct ward_str copy = kept(f, buf_str(&out));
    buf_release(&out);
    return copy;
}

static void fill_hostile(struct case_fixture *f, size_t i, struct link_event *event,
                         struct case_entry *entry, struct link_person *person)
{
    char name[48];
    const struct ward_str attack = attacks[i % ATTACKS];
    (void)snprintf(name, sizeof name, "m<%zu>", i);
    event->id = kept(f, str_of(name));
    event->platform = str_of("qq");
    event->group = str_of("<g>");
    event->group_name = attacks[(i + 1) % ATTACKS];
    (void)snprintf(name, sizeof name, "u<&\"%zu", i);
    event->account = kept(f, str_of(name));
    event->alias = attacks[(i + 2) % ATTACKS];
    event->text = attack;
    event->level = i % 7 ? WARD_LEVEL_REVIEW : WARD_LEVEL_URGENT;
    event->role = (enum ward_role)(i % 4);
    event->score = 0.8;
    event->has_time = i % 5 != 0;
    event->time_ms = (int64_t)i * 40000000;
    entry->event_json = hostile_event(f, event);
    entry->event_sha256 = hash_hex(f, entry->event_json);
    entry->verdict_json = hostile_verdict(f, event);
    entry->packs = str_of("p@1+<hash>");
    entry->custody = (struct case_custody){.source = attack, .zone_assumed = true};
    entry->person = (uint32_t)i;
    (void)snprintf(name, sizeof name, "qq/u<&\"%zu", i);
    struct link_account *account = zeroed(f, 1, sizeof *account);
    *account = (struct link_account){kept(f, str_of(name)), event->alias};
    struct ward_handle *handle = zeroed(f, 1, sizeof *handle);
    *handle = (struct ward_handle){.kind = "url", .value = str_of("javascript:alert(6)")};
    uint32_t *own = zeroed(f, 1, sizeof *own);
    own[0] = (uint32_t)i;
    *person = (struct link_person){.id = kept(f, str_of(name)),
                                   .role = event->role,
                                   .confidence = 1,
                                   .accounts = account,
                                   .account_count = 1,
                                   .handles = handle,
                                   .handle_count = 1,
                                   .groups = zeroed(f, 1, sizeof(uint32_t)),
                                   .group_count = 1,
                                   .events = own,
                                   .event_count = 1};
}

/* Everybody tied to the next one. */
static void tie_hostile(struct case_fixture *f, struct link *link)
{
    struct link_tie *ties = zeroed(f, link->person_count, sizeof *ties);
    for (size_t i = 0; i + 1 < link->person_count; i++)
        ties[i] = (struct link_tie){.a = link->people[i].accounts[0].key,
                                    .b = link->people[i + 1].accounts[0].key,
                                    .kind = (enum link_tie_kind)(i % LINK_TIE_KINDS),
                                    .says_zh = str_of("</text><script>"),
                                    .says_en = str_of("</text><script>"),
                                    .weight = (double)(i % 9)};
    link->ties = ties;
    link->tie_count = link->person_count ? link->person_count - 1 : 0;
}

static void join_hostile(struct case_fixture *f, struct link_event *events,
                         struct case_entry *entries, struct link_person *people, size_t count)
{
    struct link *link = zeroed(f, 1, sizeof *link);
    struct link_case *c = zeroed(f, 1, sizeof *c);
    struct link_group *group = zeroed(f, 1, sizeof *group);
    char *name = zeroed(f, NAME_BYTES, 1);
    memset(name, '<', NAME_BYTES);
    if (count) {
        events[0].alias = (struct ward_str){name, NAME_BYTES};
        entries[0].event_json = hostile_event(f, &events[0]);
        entries[0].event_sha256 = hash_hex(f, entries[0].event_json);
    }
    *group = (struct link_group){.key = str_of("qq/<g>"),
                                 .name = {name, NAME_BYTES},
                                 .score = 0.5,
                                 .messages = count,
                                 .flagged = count};
    link->groups = group;
    link->group_count = 1;
    link->people = people;
    link->person_count = count;
    tie_hostile(f, link);
    *c = (struct link_case){.id = str_of("C-<script>\"*/}"),
                            .says_zh = attacks[0],
                            .says_en = attacks[0],
                            .urgency = LINK_URGENCY_HIGH};
    f->file.events = events;
    f->file.entries = entries;
    f->file.entry_count = count;
    f->file.state = attacks[1];
    f->file.assignee = attacks[2];
    fill_case(f, link, c);
}

bool case_fixture_hostile(struct case_fixture *f, size_t count)
{
    *f = (struct case_fixture){0};
    arena_init(&f->arena, 256u * 1024u, FIXTURE_BYTES);
    struct link_event *events = zeroed(f, count, sizeof *events);
    struct case_entry *entries = zeroed(f, count, sizeof *entries);
    struct link_person *people = zeroed(f, count, sizeof *people);
    struct case_decision *decision = zeroed(f, 1, sizeof *decision);
    if (!events || !entries || !people || !decision)
        return false;
    for (size_t i = 0; i < count; i++)
        fill_hostile(f, i, &events[i], &entries[i], &people[i]);
    join_hostile(f, events, entries, people, count);
    *decision = (struct case_decision){.who = attacks[0],
                                       .kind = attacks[1],
                                       .reason = attacks[5],
                                       .note = attacks[3],
                                       .subject = attacks[7]};
    f->file.decisions = decision;
    f->file.decision_count = 1;
    f->file.ward_version = str_of("0.1.0");
    return true;
}

void case_fixture_release(struct case_fixture *f)
{
    arena_release(&f->arena);
}
