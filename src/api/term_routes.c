/**
 * GET /v1/packs/terms: what ward knows, found by name, word or sentence.
 *
 * Signals first, then rules, in the order of the packs. The query is looked for as it is written,
 * without regard to the case of ASCII letters. Hits are stored events in which it was seen.
 */
#include <string.h>

#include "api/pack_parts.h"
#include "api/query_number.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/engine.h"

#define QUERY_BYTES_MAX 200u
#define TERMS_SHOWN 40u
#define EXAMPLES_SHOWN 8u

struct search {
    const struct pack_service *service;
    const struct api_engine *engine;
    const struct pack *pack;
    const struct tally *tally;
    struct ward_str query;
    struct json_pen pen;
    uint64_t limit, after;
    uint64_t count; /* found and shown */
    uint64_t last;  /* place of the last one shown: signals, then rules */
    bool more;
};

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool holds(struct ward_str text, struct ward_str part)
{
    if (part.len == 0)
        return true;
    for (size_t i = 0; i + part.len <= text.len; i++) {
        size_t j = 0;
        while (j < part.len && lower(text.data[i + j]) == lower(part.data[j]))
            j++;
        if (j == part.len)
            return true;
    }
    return false;
}

/* True when item number `place` (1, 2, ...) is to be shown on this page. */
static bool takes(struct search *s, uint64_t place)
{
    if (place <= s->after || s->more)
        return false;
    if (s->count == s->limit) {
        s->more = true;
        return false;
    }
    s->count++;
    s->last = place;
    return true;
}

static void put_says(struct json_pen *pen, struct ward_str zh, struct ward_str en)
{
    pen_key(pen, "says");
    pen_open(pen, '{');
    pen_key(pen, "zh");
    pen_string(pen, zh);
    pen_key(pen, "en");
    pen_string(pen, en);
    pen_close(pen, '}');
}

static void put_hits(struct search *s, char kind, struct ward_str name)
{
    pen_key(&s->pen, "hits");
    pen_integer(&s->pen, (int64_t)tally_hits(s->tally, kind, name));
}

/* ---- signals ---- */

static bool fits_signal(const struct search *s, uint32_t index)
{
    const struct pack_signal *signal = &s->pack->signals[index];
    if (holds(signal->name, s->query) || holds(signal->says_zh, s->query) ||
        holds(signal->says_en, s->query))
        return true;
    for (uint32_t i = 0; i < s->pack->term_count; i++)
        if (s->pack->terms[i].signal == index && holds(s->pack->terms[i].text, s->query))
            return true;
    return false;
}

/* Terms that the query is in come first, so that what was looked for is seen. */
static uint32_t put_terms(struct search *s, uint32_t index)
{
    uint32_t shown = 0;
    uint32_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < s->pack->term_count; i++) {
            const struct pack_term *term = &s->pack->terms[i];
            if (term->signal != index)
                continue;
            count += pass == 0;
            if (shown < TERMS_SHOWN && holds(term->text, s->query) == (pass == 0)) {
                pen_string(&s->pen, term->text);
                shown++;
            }
        }
    }
    return count;
}

static void put_signal(struct search *s, uint32_t index)
{
    const struct pack_signal *signal = &s->pack->signals[index];
    struct json_pen *pen = &s->pen;
    pen_open(pen, '{');
    pen_pair_text(pen, "kind", "signal");
    pen_key(pen, "name");
    pen_string(pen, signal->name);
    put_says(pen, signal->says_zh, signal->says_en);
    put_hits(s, 's', signal->name);
    pen_pair_text(pen, "slot", pack_slot_name(signal->slot));
    pen_pair(pen, "reading", signal->reading);
    pen_pair(pen, "source", signal->source);
    if (signal->reader != READER_NONE)
        pen_pair_text(pen, "reader", pack_reader_name(signal->reader));
    pen_key(pen, "terms");
    pen_open(pen, '[');
    const uint32_t count = put_terms(s, index);
    pen_close(pen, ']');
    pen_key(pen, "term_count");
    pen_integer(pen, count);
    pen_close(pen, '}');
}

/* ---- rules ---- */

static struct ward_str said(const struct ward_event *event)
{
    if (event->text.len)
        return event->text;
    if (event->alias.len)
        return event->alias;
    return event->group_name.len ? event->group_name : event->quoted;
}

static bool fits_rule(const struct search *s, uint32_t index)
{
    const struct pack_rule *rule = &s->pack->rules[index];
    if (holds(rule->name, s->query) || holds(rule->says_zh, s->query) ||
        holds(rule->says_en, s->query) || holds(rule->when_text, s->query))
        return true;
    for (uint32_t i = 0; i < s->pack->example_count; i++)
        if (s->pack->examples[i].rule == index &&
            holds(said(&s->pack->examples[i].event), s->query))
            return true;
    return false;
}

static void put_examples(struct search *s, uint32_t index)
{
    uint32_t shown = 0;
    pen_key(&s->pen, "examples");
    pen_open(&s->pen, '[');
    for (uint32_t i = 0; i < s->pack->example_count && shown < EXAMPLES_SHOWN; i++) {
        const struct pack_example *example = &s->pack->examples[i];
        if (example->rule != index)
            continue;
        shown++;
        pen_open(&s->pen, '{');
        pen_key(&s->pen, "text");
        pen_string(&s->pen, said(&example->event));
        pen_key(&s->pen, "fires");
        pen_bool(&s->pen, example->want);
        pen_close(&s->pen, '}');
    }
    pen_close(&s->pen, ']');
}

static void put_rule(struct search *s, uint32_t index)
{
    const struct pack_rule *rule = &s->pack->rules[index];
    struct json_pen *pen = &s->pen;
    struct buf path;
    buf_init(&path, 4096);
    pack_service_show_path(s->service, s->engine, rule->file, &path);
    pen_open(pen, '{');
    pen_pair_text(pen, "kind", "rule");
    pen_key(pen, "name");
    pen_string(pen, rule->name);
    put_says(pen, rule->says_zh, rule->says_en);
    put_hits(s, 'r', rule->name);
    pen_pair(pen, "when", rule->when_text);
    pen_key(pen, "weight");
    pen_number(pen, rule->weight, 4);
    pen_pair_text(pen, "role", ward_role_name((enum ward_role)rule->role));
    pen_pair(pen, "file", buf_str(&path));
    pen_key(pen, "line");
    pen_integer(pen, rule->line);
    put_examples(s, index);
    pen_close(pen, '}');
    buf_release(&path);
}

/* ---- the route ---- */

static void put_found(struct search *s)
{
    pen_key(&s->pen, "found");
    pen_open(&s->pen, '[');
    for (uint32_t i = 0; i < s->pack->signal_count && !s->more; i++)
        if (fits_signal(s, i) && takes(s, (uint64_t)i + 1))
            put_signal(s, i);
    for (uint32_t i = 0; i < s->pack->rule_count && !s->more; i++)
        if (fits_rule(s, i) && takes(s, (uint64_t)s->pack->signal_count + i + 1))
            put_rule(s, i);
    pen_close(&s->pen, ']');
}

static enum ward_status terms(struct api_call *call, struct ward_error *err)
{
    struct search s = {.service = pack_service_of(call->api),
                       .engine = call->worker->engine,
                       .pack = call->worker->engine->engine->pack,
                       .query = http_query(call->request, "query")};
    const struct query_range range = {0, UINT32_MAX, 0};
    bool is_complete;
    if (s.query.len > QUERY_BYTES_MAX)
        return error_set(err, WARD_ERR_ARGUMENT, "\"query\" has at most %u bytes", QUERY_BYTES_MAX);
    enum ward_status status = query_limit(call->request, &s.limit, err);
    if (status == WARD_OK)
        status = query_number(call->request, "after", range, &s.after, err);
    if (status == WARD_OK)
        status = tally_service_take(call, &s.tally, &is_complete, err);
    if (status != WARD_OK)
        return status;
    pen_init(&s.pen, &call->reply->body, false);
    pen_open(&s.pen, '{');
    put_found(&s);
    pen_key(&s.pen, "counted");
    pen_open(&s.pen, '{');
    pen_key(&s.pen, "events");
    pen_integer(&s.pen, (int64_t)s.tally->events);
    pen_key(&s.pen, "complete");
    pen_bool(&s.pen, is_complete);
    pen_close(&s.pen, '}');
    query_put_next(&s.pen, s.more, s.last);
    pen_close(&s.pen, '}');
    tally_service_drop(call);
    return WARD_OK;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/packs/terms", ACCESS_READ, API_LANE_READ, terms, 0},
};

const struct api_part api_term_part = {
    .name = "terms", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
