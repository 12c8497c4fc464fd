#include "evidence/data_lines.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/json_pen.h"

/* ---- events and verdicts, as they are -------------------------------------------------------- */

static enum ward_status check_json(struct ward_str text, const char *what, size_t line,
                                   struct ward_error *err)
{
    json_error_t why;
    if (text.len && memchr(text.data, '\n', text.len))
        return error_set(err, WARD_ERR_FORMAT, "%s %zu of the case is not one line", what, line);
    json_t *root = json_loadb(text.data ? text.data : "", text.len, JSON_ALLOW_NUL, &why);
    if (!root && json_error_code(&why) == json_error_out_of_memory)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    const bool is_object = json_is_object(root);
    json_decref(root);
    if (!is_object)
        return error_set(err, WARD_ERR_FORMAT, "%s %zu of the case is damaged: it is not JSON",
                         what, line);
    return WARD_OK;
}

static bool has_noted_hash(const struct case_entry *entry)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[65];
    (void)crypto_hash_sha256(hash, (const unsigned char *)entry->event_json.data,
                             entry->event_json.len);
    (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return str_equal(entry->event_sha256, str_of(hex));
}

/* What remains of an erased event still keeps its line. */
static void put_erased(const struct case_entry *entry, struct buf *out)
{
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_key(&pen, "erased");
    pen_bool(&pen, true);
    pen_pair(&pen, "sha256", entry->event_sha256);
    pen_close(&pen, '}');
}

enum ward_status lines_events(const struct case_file *file, struct buf *out, struct ward_error *err)
{
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct case_entry *entry = &file->entries[i];
        if (entry->is_erased && !entry->event_json.len) {
            put_erased(entry, out);
            continue;
        }
        const enum ward_status status = check_json(entry->event_json, "event", i + 1, err);
        if (status != WARD_OK)
            return status;
        if (!entry->is_erased && !has_noted_hash(entry))
            return error_set(err, WARD_ERR_FORMAT,
                             "event %zu of the case does not have the hash noted when it was "
                             "stored",
                             i + 1);
        buf_put_str(out, entry->event_json);
        buf_put_char(out, '\n');
    }
    return out->failed ? error_set(err, out->failed, "out of memory") : WARD_OK;
}

enum ward_status lines_verdicts(const struct case_file *file, struct buf *out,
                                struct ward_error *err)
{
    for (size_t i = 0; i < file->entry_count; i++) {
        struct ward_str text = file->entries[i].verdict_json;
        while (text.len && text.data[text.len - 1] == '\n')
            text.len--;
        if (!text.len && (file->entries[i].is_neighbour || file->entries[i].is_erased))
            continue;
        const enum ward_status status = check_json(text, "verdict of event", i + 1, err);
        if (status != WARD_OK)
            return status;
        buf_put_str(out, text);
        buf_put_char(out, '\n');
    }
    return out->failed ? error_set(err, out->failed, "out of memory") : WARD_OK;
}

/* Names as they stand in the data, by their enums. */
static const char *const role_names[] = {"none", "offer", "seek", "agent"};
static const char *const tie_names[LINK_TIE_KINDS] = {"handle", "media", "template", "alias",
                                                      "reply",  "group", "judgement"};
static const char *const urgency_names[] = {"low", "medium", "high", "critical"};

/* ---- what linking made of them --------------------------------------------------------------- */

static void put_says(struct json_pen *pen, struct ward_str zh, struct ward_str en)
{
    pen_key(pen, "says");
    pen_open(pen, '{');
    pen_pair(pen, "zh", zh);
    pen_pair(pen, "en", en);
    pen_close(pen, '}');
}

/* Lines of data/events.jsonl, from 1. */
static void put_lines(struct json_pen *pen, const uint32_t *events, size_t count)
{
    pen_key(pen, "event_lines");
    pen_open(pen, '[');
    for (size_t i = 0; i < count; i++)
        pen_integer(pen, (int64_t)events[i] + 1);
    pen_close(pen, ']');
}

static void put_times(struct json_pen *pen, bool has_time, int64_t first_ms, int64_t last_ms)
{
    if (!has_time)
        return;
    pen_key(pen, "first");
    pen_time(pen, first_ms);
    pen_key(pen, "last");
    pen_time(pen, last_ms);
}

static void put_tie(struct json_pen *pen, const struct link_tie *tie)
{
    pen_open(pen, '{');
    pen_pair(pen, "a", tie->a);
    pen_pair(pen, "b", tie->b);
    pen_pair_text(pen, "kind", tie_names[tie->kind]);
    put_says(pen, tie->says_zh, tie->says_en);
    pen_key(pen, "weight");
    pen_number(pen, tie->weight, 4);
    put_times(pen, tie->has_time, tie->first_ms, tie->last_ms);
    put_lines(pen, tie->events, tie->event_count);
    pen_close(pen, '}');
}

static void put_urgency(struct json_pen *pen, const struct link_case *c)
{
    pen_pair_text(pen, "urgency", urgency_names[c->urgency]);
    pen_key(pen, "urgency_reasons");
    pen_open(pen, '[');
    for (size_t i = 0; i < c->reason_count; i++) {
        pen_open(pen, '{');
        put_says(pen, c->reasons[i].says_zh, c->reasons[i].says_en);
        pen_key(pen, "points");
        pen_number(pen, c->reasons[i].points, 2);
        pen_close(pen, '}');
    }
    pen_close(pen, ']');
}

static void put_case_members(struct json_pen *pen, const struct link *link,
                             const struct link_case *c)
{
    pen_key(pen, "people");
    pen_open(pen, '[');
    for (size_t i = 0; i < link->person_count; i++)
        pen_string(pen, link->people[i].id);
    pen_close(pen, ']');
    pen_key(pen, "groups");
    pen_open(pen, '[');
    for (size_t i = 0; i < link->group_count; i++)
        pen_string(pen, link->groups[i].key);
    pen_close(pen, ']');
    pen_key(pen, "merged");
    pen_open(pen, '[');
    for (size_t i = 0; i < c->merged_count; i++)
        pen_string(pen, c->merged[i]);
    pen_close(pen, ']');
}

void lines_cases(const struct case_file *file, struct buf *out)
{
    const struct link_case *c = &file->link->cases[0];
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_pair(&pen, "case", c->id);
    put_urgency(&pen, c);
    pen_key(&pen, "score");
    pen_number(&pen, c->score, 4);
    put_says(&pen, c->says_zh, c->says_en);
    put_case_members(&pen, file->link, c);
    pen_key(&pen, "events");
    pen_integer(&pen, (int64_t)c->event_count);
    put_times(&pen, c->has_time, c->first_ms, c->last_ms);
    pen_pair(&pen, "state", file->state);
    pen_pair(&pen, "assignee", file->assignee);
    pen_key(&pen, "legal_hold");
    pen_bool(&pen, file->on_hold);
    pen_close(&pen, '}');
}

static void put_accounts(struct json_pen *pen, const struct link_person *p)
{
    pen_key(pen, "accounts");
    pen_open(pen, '[');
    for (size_t i = 0; i < p->account_count; i++)
        pen_string(pen, p->accounts[i].key);
    pen_close(pen, ']');
    pen_key(pen, "handles");
    pen_open(pen, '[');
    for (size_t i = 0; i < p->handle_count; i++) {
        pen_open(pen, '{');
        pen_pair_text(pen, "kind", p->handles[i].kind);
        pen_pair(pen, "value", p->handles[i].value);
        pen_close(pen, '}');
    }
    pen_close(pen, ']');
}

static void put_person(struct json_pen *pen, const struct case_file *file,
                       const struct link_person *p)
{
    const struct link *link = file->link;
    pen_open(pen, '{');
    pen_pair(pen, "person", p->id);
    pen_pair_text(pen, "role", role_names[p->role]);
    pen_key(pen, "confidence");
    pen_number(pen, p->confidence, 4);
    put_accounts(pen, p);
    pen_key(pen, "groups");
    pen_open(pen, '[');
    for (size_t i = 0; i < p->group_count; i++)
        pen_string(pen, link->groups[p->groups[i]].key);
    pen_close(pen, ']');
    pen_pair(pen, "case", link->cases[0].id);
    put_lines(pen, p->events, p->event_count);
    pen_key(pen, "brokerage");
    pen_number(pen, p->brokerage, 4);
    pen_key(pen, "ties");
    pen_open(pen, '[');
    for (size_t i = 0; i < p->tie_count; i++)
        put_tie(pen, &link->ties[p->ties[i]]);
    pen_close(pen, ']');
    pen_close(pen, '}');
}

void lines_people(const struct case_file *file, struct buf *out)
{
    struct json_pen pen;
    for (size_t i = 0; i < file->link->person_count; i++) {
        pen_init(&pen, out, false);
        put_person(&pen, file, &file->link->people[i]);
    }
}

void lines_groups(const struct case_file *file, struct buf *out)
{
    struct json_pen pen;
    for (size_t i = 0; i < file->link->group_count; i++) {
        const struct link_group *g = &file->link->groups[i];
        pen_init(&pen, out, false);
        pen_open(&pen, '{');
        pen_pair(&pen, "group", g->key);
        pen_pair(&pen, "name", g->name);
        pen_key(&pen, "score");
        pen_number(&pen, g->score, 4);
        pen_key(&pen, "messages");
        pen_integer(&pen, (int64_t)g->messages);
        pen_key(&pen, "flagged");
        pen_integer(&pen, (int64_t)g->flagged);
        pen_key(&pen, "roles");
        pen_open(&pen, '{');
        for (int role = WARD_ROLE_OFFER; role <= WARD_ROLE_AGENT; role++) {
            pen_key(&pen, role_names[role]);
            pen_integer(&pen, g->people[role]);
        }
        pen_close(&pen, '}');
        pen_close(&pen, '}');
    }
}

void lines_ties(const struct case_file *file, struct buf *out)
{
    struct json_pen pen;
    for (size_t i = 0; i < file->link->tie_count; i++) {
        pen_init(&pen, out, false);
        put_tie(&pen, &file->link->ties[i]);
    }
}

/* ---- what people and machines did ------------------------------------------------------------ */

void lines_decisions(const struct case_file *file, struct buf *out)
{
    struct json_pen pen;
    for (size_t i = 0; i < file->decision_count; i++) {
        const struct case_decision *decision = &file->decisions[i];
        pen_init(&pen, out, false);
        pen_open(&pen, '{');
        pen_key(&pen, "time");
        pen_time(&pen, decision->time_ms);
        pen_pair(&pen, "who", decision->who);
        pen_pair(&pen, "kind", decision->kind);
        pen_pair(&pen, "reason", decision->reason);
        pen_pair(&pen, "note", decision->note);
        pen_pair(&pen, "subject", decision->subject);
        pen_close(&pen, '}');
    }
}

static void put_source(struct json_pen *pen, const struct case_custody *custody)
{
    pen_pair(pen, "source", custody->source);
    pen_pair(pen, "source_sha256", custody->source_sha256);
    pen_key(pen, "offset");
    pen_integer(pen, (int64_t)custody->offset);
    if (custody->line) {
        pen_key(pen, "line");
        pen_integer(pen, (int64_t)custody->line);
    }
    pen_key(pen, "bytes");
    pen_integer(pen, custody->bytes);
    pen_key(pen, "zone_minutes");
    pen_integer(pen, custody->zone_minutes);
    pen_key(pen, "zone_assumed");
    pen_bool(pen, custody->zone_assumed);
    if (custody->received_ms) {
        pen_key(pen, "stored");
        pen_time(pen, custody->received_ms);
    }
    pen_key(pen, "audit_batch");
    pen_integer(pen, (int64_t)custody->batch);
}

void lines_custody(const struct case_file *file, struct buf *out)
{
    struct json_pen pen;
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct case_entry *entry = &file->entries[i];
        pen_init(&pen, out, false);
        pen_open(&pen, '{');
        pen_key(&pen, "event_line");
        pen_integer(&pen, (int64_t)i + 1);
        pen_pair(&pen, "platform", file->events[i].platform);
        pen_pair(&pen, "group", file->events[i].group);
        pen_pair(&pen, "id", file->events[i].id);
        pen_pair(&pen, "event_sha256", entry->event_sha256);
        pen_key(&pen, "flagged");
        pen_bool(&pen, !entry->is_neighbour);
        pen_key(&pen, "erased");
        pen_bool(&pen, entry->is_erased);
        pen_pair(&pen, "packs", entry->packs);
        pen_key(&pen, "verdict_revision");
        pen_integer(&pen, entry->revision);
        put_source(&pen, &entry->custody);
        pen_close(&pen, '}');
    }
}
