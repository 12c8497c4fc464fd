/**
 * A verdict as one line of JSON: the contract of ward(1), "Verdicts". Field order is fixed; absent
 * things are left out, except reasons, facts and packs, which programs expect.
 */
#include "engine/verdict_json.h"

#include <inttypes.h>
#include <string.h>

#include "base/json_out.h"
#include "base/str.h"
#include "base/time_text.h"

static void put_text_field(struct buf *out, const char *key, struct ward_str value)
{
    if (!value.len)
        return;
    buf_put_char(out, ',');
    json_put_key(out, key);
    json_put_string(out, value);
}

static void put_says(struct buf *out, const struct verdict_json *how, struct ward_str zh,
                     struct ward_str en)
{
    buf_put_text(out, ",\"says\":");
    if (how->lang == SAYS_BOTH) {
        buf_put_text(out, "{\"zh\":");
        json_put_string(out, zh);
        buf_put_text(out, ",\"en\":");
        json_put_string(out, en);
        buf_put_char(out, '}');
    } else {
        json_put_string(out, how->lang == SAYS_ZH && zh.len ? zh : en.len ? en : zh);
    }
}

static void put_place(struct buf *out, const struct ward_place *at)
{
    buf_printf(out, "\"field\":\"%s\"", ward_field_name(at->field));
    if (at->field == WARD_FIELD_MEDIA)
        buf_printf(out, ",\"media\":%u", at->media);
    buf_printf(out, ",\"begin\":%u,\"end\":%u", at->begin, at->end);
}

static void put_disguises(struct buf *out, uint32_t disguises)
{
    buf_put_text(out, ",\"disguise\":[");
    bool first = true;
    for (uint32_t bit = 1; bit <= WARD_DISGUISE_ALL; bit <<= 1) {
        if (!(disguises & bit))
            continue;
        buf_printf(out, "%s\"%s\"", first ? "" : ",", ward_disguise_name(bit));
        first = false;
    }
    buf_put_char(out, ']');
}

static void put_span(struct buf *out, const struct ward_span *span)
{
    buf_put_char(out, '{');
    put_place(out, &span->at);
    put_text_field(out, "signal", span->signal);
    put_text_field(out, "written", span->written);
    put_text_field(out, "read", span->read);
    put_disguises(out, span->disguises);
    buf_put_char(out, '}');
}

static void put_reason(struct buf *out, const struct verdict_json *how,
                       const struct ward_reason *reason)
{
    buf_put_text(out, "{\"rule\":");
    json_put_string(out, reason->rule);
    put_says(out, how, reason->says_zh, reason->says_en);
    buf_put_text(out, ",\"weight\":");
    json_put_number(out, reason->weight, 4);
    if (reason->role != WARD_ROLE_NONE)
        buf_printf(out, ",\"role\":\"%s\"", ward_role_name(reason->role));
    if (reason->urgent)
        buf_put_text(out, ",\"urgent\":true");
    buf_put_text(out, ",\"law\":[");
    for (size_t i = 0; i < reason->law_count; i++) {
        if (i)
            buf_put_char(out, ',');
        json_put_string(out, reason->laws[i].id);
    }
    buf_put_text(out, "],\"spans\":[");
    for (size_t i = 0; i < reason->span_count; i++) {
        if (i)
            buf_put_char(out, ',');
        put_span(out, &reason->spans[i]);
    }
    buf_put_text(out, "]}");
}

/* ---- facts ----------------------------------------------------------------------------------- */

static void put_fact_span(struct buf *out, const struct ward_place *at)
{
    buf_put_text(out, ",\"span\":{");
    put_place(out, at);
    buf_put_text(out, "}}");
}

static void put_price(struct buf *out, const struct ward_price *p)
{
    const bool yuan = strcmp(p->currency, "CNY") == 0;
    buf_printf(out,
               "{\"%s\":%" PRId64 ",\"currency\":\"%.3s\",\"low\":%" PRId64 ",\"high\":%" PRId64,
               yuan ? "fen" : "minor", p->low_minor, p->currency, p->low_minor, p->high_minor);
    put_fact_span(out, &p->at);
}

static void put_child(struct buf *out, const struct ward_child *c)
{
    const char *sex = c->sex == 'f' ? "female" : c->sex == 'm' ? "male" : "unknown";
    buf_printf(out, "{\"sex\":\"%s\"", sex);
    if (c->age_days_low >= 0)
        buf_printf(out, ",\"age_days\":[%d,%d]", c->age_days_low, c->age_days_high);
    if (c->count > 1)
        buf_printf(out, ",\"count\":%d", c->count);
    if (c->weight_grams)
        buf_printf(out, ",\"weight_grams\":%d", c->weight_grams);
    if (c->unborn)
        buf_put_text(out, ",\"unborn\":true");
    put_text_field(out, "due", str_of(c->due));
    put_fact_span(out, &c->at);
}

/* Opens the list of a kind of fact, with a comma unless it is the first. */
static void open_list(struct buf *out, const char *key, bool *first)
{
    buf_printf(out, "%s\"%s\":[", *first ? "" : ",", key);
    *first = false;
}

static void put_prices(struct buf *out, const struct ward_verdict *v, bool *first)
{
    if (!v->price_count)
        return;
    open_list(out, "prices", first);
    for (size_t i = 0; i < v->price_count; i++) {
        if (i)
            buf_put_char(out, ',');
        put_price(out, &v->prices[i]);
    }
    buf_put_char(out, ']');
}

static void put_children(struct buf *out, const struct ward_verdict *v, bool *first)
{
    if (!v->child_count)
        return;
    open_list(out, "children", first);
    for (size_t i = 0; i < v->child_count; i++) {
        if (i)
            buf_put_char(out, ',');
        put_child(out, &v->children[i]);
    }
    buf_put_char(out, ']');
}

static void put_areas(struct buf *out, const struct ward_verdict *v, bool *first)
{
    if (!v->area_count)
        return;
    open_list(out, "places", first);
    for (size_t i = 0; i < v->area_count; i++) {
        buf_put_text(out, i ? ",{\"code\":" : "{\"code\":");
        json_put_string(out, str_of(v->areas[i].code));
        put_fact_span(out, &v->areas[i].at);
    }
    buf_put_char(out, ']');
}

static void put_handles(struct buf *out, const struct ward_verdict *v, bool *first)
{
    if (!v->handle_count)
        return;
    open_list(out, "handles", first);
    for (size_t i = 0; i < v->handle_count; i++) {
        buf_put_text(out, i ? ",{\"kind\":" : "{\"kind\":");
        json_put_string(out, str_of(v->handles[i].kind));
        put_text_field(out, "value", v->handles[i].value);
        put_fact_span(out, &v->handles[i].at);
    }
    buf_put_char(out, ']');
}

static void put_facts(struct buf *out, const struct ward_verdict *v)
{
    bool first = true;
    buf_put_text(out, ",\"facts\":{");
    put_prices(out, v, &first);
    put_children(out, v, &first);
    put_areas(out, v, &first);
    put_handles(out, v, &first);
    buf_put_char(out, '}');
}

/* ---- the line -------------------------------------------------------------------------------- */

static void put_head(struct buf *out, const struct ward_event *event)
{
    buf_put_text(out, "{\"id\":");
    json_put_string(out, event->id);
    put_text_field(out, "platform", event->platform);
    put_text_field(out, "group", event->group);
    put_text_field(out, "account", event->account);
    if (event->has_time) {
        buf_put_text(out, ",\"time\":\"");
        time_put(out, event->time_ms);
        buf_put_char(out, '"');
    }
}

static void put_help(struct buf *out, const struct verdict_json *how,
                     const struct ward_verdict *verdict)
{
    if (!verdict->help_count)
        return;
    buf_put_text(out, ",\"help\":[");
    for (size_t i = 0; i < verdict->help_count; i++) {
        buf_put_text(out, i ? ",{\"rule\":" : "{\"rule\":");
        json_put_string(out, verdict->help[i].rule);
        put_says(out, how, verdict->help[i].says_zh, verdict->help[i].says_en);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

static bool cites_law(const struct ward_verdict *verdict)
{
    for (size_t i = 0; i < verdict->reason_count; i++)
        if (verdict->reasons[i].law_count)
            return true;
    return false;
}

/* The day whose law is cited, when it had to be assumed. */
static void put_law_day(struct buf *out, const struct ward_verdict *verdict)
{
    if (!verdict->law_date_assumed || !cites_law(verdict))
        return;
    struct buf day;
    buf_init(&day, 64);
    time_put(&day, verdict->law_date_ms);
    buf_printf(out, ",\"law_as_of\":\"%.10s\",\"law_as_of_packs\":true", day.data ? day.data : "");
    if (day.failed)
        out->failed = day.failed;
    buf_release(&day);
}

void verdict_json_packs(struct buf *out, const struct ward_engine *engine)
{
    size_t count;
    const struct ward_str *names = ward_engine_packs(engine, &count);
    buf_put_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_put_char(out, ',');
        json_put_string(out, names[i]);
    }
    buf_put_char(out, ']');
}

static void put_level(struct buf *out, const struct ward_verdict *verdict)
{
    buf_put_text(out, ",\"level\":\"");
    buf_put_text(out, ward_level_name(verdict->level));
    buf_put_text(out, "\",\"base\":");
    json_put_number(out, verdict->base, 4);
    buf_put_text(out, ",\"score\":");
    json_put_number(out, verdict->score, 4);
    buf_put_text(out, ",\"role\":\"");
    buf_put_text(out, ward_role_name(verdict->role));
}

void verdict_json_put(struct buf *out, const struct verdict_json *how,
                      const struct ward_event *event, const struct ward_verdict *verdict)
{
    put_head(out, event);
    put_level(out, verdict);
    buf_put_char(out, '"');
    if (verdict->is_passage) {
        buf_put_text(out, ",\"passage\":{");
        put_place(out, &verdict->passage);
        buf_put_char(out, '}');
    }
    buf_put_text(out, ",\"reasons\":[");
    for (size_t i = 0; i < verdict->reason_count; i++) {
        if (i)
            buf_put_char(out, ',');
        put_reason(out, how, &verdict->reasons[i]);
    }
    buf_put_char(out, ']');
    put_facts(out, verdict);
    put_help(out, how, verdict);
    put_law_day(out, verdict);
    buf_put_text(out, ",\"packs\":");
    buf_put_str(out, how->packs);
    if (verdict->revision)
        buf_printf(out, ",\"revision\":%u", verdict->revision);
    buf_put_text(out, "}\n");
}
