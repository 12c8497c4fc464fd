#include "api/case_json.h"

#include <inttypes.h>

#include "base/json_out.h"
#include "base/str.h"
#include "base/time_text.h"

void json_end_line(struct buf *out)
{
    if (!out->failed && out->len && out->data[out->len - 1] == '\n')
        out->len--;
}

/* Takes back the brace that ends an object, so that more can follow. */
static void reopen(struct buf *out)
{
    json_end_line(out);
    if (!out->failed && out->len && out->data[out->len - 1] == '}')
        out->len--;
}

void json_put_text_or_null(struct buf *out, struct ward_str text)
{
    if (text.len)
        json_put_string(out, text);
    else
        buf_put_text(out, "null");
}

static void put_time(struct buf *out, const char *key, int64_t time_ms)
{
    buf_put_char(out, ',');
    json_put_key(out, key);
    buf_put_char(out, '"');
    time_put(out, time_ms);
    buf_put_char(out, '"');
}

static void put_pair(struct buf *out, const char *key, struct ward_str text)
{
    buf_put_char(out, ',');
    json_put_key(out, key);
    json_put_string(out, text);
}

/* ---- cases ----------------------------------------------------------------------------------- */

void case_json_put(struct buf *out, const struct link_json *how, const struct link_loaded *loaded,
                   uint32_t index)
{
    const struct case_status *status = &loaded->status[index];
    link_json_case(out, how, &loaded->link, index, str_of(store_case_state_name(status->state)),
                   status->assignee);
    reopen(out);
    if (!status->assignee.len)
        buf_put_text(out, ",\"assignee\":null");
    buf_printf(out, ",\"held\":%s,\"points\":", status->is_held ? "true" : "false");
    json_put_number(out, loaded->link.cases[index].urgency_points, 4);
    buf_put_char(out, '}');
}

void case_json_people(struct buf *out, const struct link_json *how, const struct link *link,
                      uint32_t index)
{
    const struct link_case *c = &link->cases[index];
    buf_put_char(out, '[');
    for (size_t i = 0; i < c->person_count; i++) {
        if (i)
            buf_put_char(out, ',');
        link_json_person(out, how, link, c->people[i]);
        json_end_line(out);
    }
    buf_put_char(out, ']');
}

void case_json_groups(struct buf *out, const struct link *link, uint32_t index)
{
    const struct link_case *c = &link->cases[index];
    buf_put_char(out, '[');
    for (size_t i = 0; i < c->group_count; i++) {
        if (i)
            buf_put_char(out, ',');
        link_json_group(out, link, c->groups[i]);
        json_end_line(out);
    }
    buf_put_char(out, ']');
}

void case_json_ties(struct buf *out, const struct link_json *how, const struct link *link,
                    uint32_t index)
{
    const struct link_case *c = &link->cases[index];
    buf_put_char(out, '[');
    for (size_t i = 0; i < c->tie_count; i++) {
        if (i)
            buf_put_char(out, ',');
        link_json_tie(out, how, link, c->ties[i]);
    }
    buf_put_char(out, ']');
}

/* ---- decisions ------------------------------------------------------------------------------- */

void decision_json_put(struct buf *out, const struct store_decision *decision)
{
    buf_printf(out, "{\"seq\":%" PRIu64, decision->seq);
    put_time(out, "time", decision->time_ms);
    put_pair(out, "who", decision->who);
    put_pair(out, "kind", str_of(store_decision_name(decision->kind)));
    put_pair(out, "reason", decision->reason);
    put_pair(out, "note", decision->note);
    put_pair(out, "subject", decision->subject);
    buf_put_text(out, decision->outcome == STORE_REQUESTED ? ",\"outcome\":\"requested\"}"
                                                           : ",\"outcome\":\"done\"}");
}

/* ---- events ---------------------------------------------------------------------------------- */

static void put_custody(struct buf *out, const struct store_event_row *row)
{
    const struct store_custody *from = &row->event.custody;
    buf_put_text(out, "{\"source\":");
    json_put_text_or_null(out, from->source);
    buf_put_text(out, ",\"source_sha256\":");
    json_put_text_or_null(out, from->source_sha256);
    buf_printf(out, ",\"offset\":%" PRIu64 ",\"line\":%" PRIu64 ",\"bytes\":%u", from->offset,
               from->line, from->bytes);
    buf_printf(out, ",\"zone_minutes\":%d,\"zone_assumed\":%s", from->zone_minutes,
               from->zone_assumed ? "true" : "false");
    put_time(out, "received", row->event.received_ms);
    buf_printf(out, ",\"batch\":%" PRIu64 ",\"sha256\":", row->batch);
    json_put_text_or_null(out, row->event.event_sha256);
    put_pair(out, "seal", row->seal);
    put_pair(out, "packs", row->event.packs);
    buf_put_char(out, '}');
}

/* JSON that is there already, without the line break it may end with. */
static void put_stored(struct buf *out, struct ward_str json)
{
    while (json.len && (json.data[json.len - 1] == '\n' || json.data[json.len - 1] == ' '))
        json.len--;
    if (json.len)
        buf_put_str(out, json);
    else
        buf_put_text(out, "null");
}

static const char *truth(bool value)
{
    return value ? "true" : "false";
}

void event_json_put(struct buf *out, const struct store_event_row *row)
{
    buf_printf(out, "{\"seq\":%" PRIu64 ",\"event\":", row->seq);
    put_stored(out, row->event.event_json);
    buf_put_text(out, ",\"verdict\":");
    put_stored(out, row->event.verdict_json);
    buf_put_text(out, ",\"person\":");
    json_put_text_or_null(out, row->person_id);
    buf_put_text(out, ",\"case\":");
    json_put_text_or_null(out, row->case_id);
    buf_printf(out, ",\"neighbour\":%s,\"erased\":%s,\"held\":%s,\"last\":%s,\"edition\":%u",
               truth(row->event.is_neighbour), truth(row->is_erased), truth(row->is_held),
               truth(row->is_last), row->edition);
    buf_put_text(out, ",\"custody\":");
    put_custody(out, row);
    buf_put_char(out, '}');
}
