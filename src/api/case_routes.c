/**
 * GET /v1/cases, /v1/cases/{id}, /v1/cases/{id}/events.
 *
 * Whoever reads a case or its messages stands in the audit log before a byte is sent. The answer
 * "not modified" shows nothing and is not noted.
 */
#include <inttypes.h>
#include <stdio.h>

#include "api/case_json.h"
#include "api/case_law.h"
#include "api/case_parts.h"
#include "api/case_request.h"
#include "api/claim.h"
#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "base/time_text.h"
#include "engine/engine.h"

#define LIST_CASES 'c'
#define LIST_EVENTS 'e'

/* ---- a list ---------------------------------------------------------------------------------- */

/* The names of `text`, comma between, as bits of their places. False: one is not known. */
static bool read_names(struct ward_str text, const char *(*name_of)(unsigned), unsigned count,
                       uint32_t *bits)
{
    while (text.len) {
        size_t len = 0;
        bool known = false;
        while (len < text.len && text.data[len] != ',')
            len++;
        for (unsigned i = 0; i < count; i++)
            if (str_equal(str_part(text, 0, len), str_of(name_of(i)))) {
                *bits |= 1u << i;
                known = true;
            }
        if (!known)
            return false;
        text = str_part(text, len + 1, text.len);
    }
    return true;
}

static const char *state_name(unsigned state)
{
    return store_case_state_name((enum store_case_state)state);
}

static const char *urgency_name(unsigned urgency)
{
    return link_urgency_name((enum link_urgency)urgency);
}

static enum ward_status read_filter(const struct api_call *call, struct store_case_query *query,
                                    struct ward_error *err)
{
    const struct ward_str state = http_query(call->request, "state");
    const struct ward_str urgency = http_query(call->request, "urgency");
    const struct ward_str assignee = http_query(call->request, "assignee");
    const uint32_t all = (1u << STORE_CASE_STATES) - 1;
    if (str_equal(state, str_of("all")))
        query->states = all;
    else if (!read_names(state, state_name, STORE_CASE_STATES, &query->states))
        return error_set(err, WARD_ERR_ARGUMENT,
                         "state is open, confirmed, dismissed, escalated, referred or all");
    if (!query->states)
        query->states = all & ~(1u << STORE_CASE_DISMISSED);
    if (!read_names(urgency, urgency_name, LINK_URGENCY_CRITICAL + 1, &query->urgencies))
        return error_set(err, WARD_ERR_ARGUMENT, "urgency is low, medium, high or critical");
    query->unassigned = str_equal(http_query(call->request, "unassigned"), str_of("1"));
    query->assignee = str_equal(assignee, str_of("me")) ? str_of(call->who->who) : assignee;
    return WARD_OK;
}

static void put_cases(const struct api_call *call, const struct link_loaded *loaded,
                      const struct list_page *page, enum link_says says)
{
    struct buf *out = &call->reply->body;
    const struct link_json how = {loaded->events, says};
    const size_t count =
        loaded->link.case_count < page->limit ? loaded->link.case_count : page->limit;
    struct cursor next = {.list = LIST_CASES};
    buf_put_text(out, "{\"cases\":[");
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            buf_put_char(out, ',');
        case_json_put(out, &how, loaded, i);
    }
    buf_put_char(out, ']');
    if (loaded->link.case_count > count) {
        const struct link_case *last = &loaded->link.cases[count - 1];
        next.numbers[0] = (uint64_t)last->urgency;
        next.numbers[1] = cursor_of_real(last->urgency_points);
        cursor_set_text(&next, last->id);
    }
    list_page_end(out, next.text_len ? &next : NULL);
}

static enum ward_status list_cases(struct api_call *call, struct ward_error *err)
{
    struct store_case_query which = {0};
    struct list_page page;
    struct link_loaded loaded;
    enum link_says says;
    bool known = false;
    enum ward_status status = list_page_read(call, LIST_CASES, &page, err);
    if (status == WARD_OK)
        status = read_filter(call, &which, err);
    if (status == WARD_OK)
        status = request_says(call, &says, err);
    if (status == WARD_OK)
        status = request_serial_known(call, &known, err);
    if (status != WARD_OK || known)
        return status;
    const struct store_case after = {.id = cursor_text(&page.cursor),
                                     .urgency = (uint32_t)page.cursor.numbers[0],
                                     .points = cursor_real(page.cursor.numbers[1])};
    which.after = page.has_after ? &after : NULL;
    which.limit = page.limit + 1;
    const struct link_rows_query query = {.cases = &which};
    status = link_rows_load(call->worker->store, &query, &loaded, err);
    if (status == WARD_OK)
        put_cases(call, &loaded, &page, says);
    link_loaded_release(&loaded);
    return status == WARD_OK ? request_written(call, err) : status;
}

/* ---- one case -------------------------------------------------------------------------------- */

struct showing {
    struct buf id; /* of the case, where the one asked for was merged into it */
    struct link_loaded loaded;
    struct case_law law;
    struct buf decisions; /* JSON, comma between */
    struct claim claim;
    enum link_says says;
};

static enum ward_status take_decision(void *context, const struct store_decision *row,
                                      struct ward_error *err)
{
    struct showing *s = context;
    if (s->decisions.len)
        buf_put_char(&s->decisions, ',');
    decision_json_put(&s->decisions, row);
    claim_see(&s->claim, row);
    return s->decisions.failed == WARD_OK ? WARD_OK
                                          : error_set(err, s->decisions.failed, "out of memory");
}

static void put_claim(struct buf *out, const struct claim *claim)
{
    buf_put_text(out, ",\"claim\":");
    if (!claim->holder.len) {
        buf_put_text(out, "null");
        return;
    }
    buf_put_text(out, "{\"who\":");
    json_put_string(out, claim->holder);
    buf_put_text(out, ",\"until\":\"");
    time_put(out, claim_until_ms(claim));
    buf_put_text(out, "\"}");
}

static void put_whole(const struct api_call *call, struct showing *s)
{
    struct buf *out = &call->reply->body;
    const struct link *link = &s->loaded.link;
    const struct link_json how = {s->loaded.events, s->says};
    const struct pack *pack = call->worker->engine->engine->pack;
    const int64_t law_day = link->cases[0].has_time ? link->cases[0].last_ms : call->now_ms;
    buf_put_text(out, "{\"case\":");
    case_json_put(out, &how, &s->loaded, 0);
    put_claim(out, &s->claim);
    buf_put_text(out, ",\"people\":");
    case_json_people(out, &how, link, 0);
    buf_put_text(out, ",\"groups\":");
    case_json_groups(out, link, 0);
    buf_put_text(out, ",\"ties\":");
    case_json_ties(out, &how, link, 0);
    buf_put_text(out, ",\"decisions\":[");
    buf_put_str(out, buf_str(&s->decisions));
    buf_put_text(out, "],\"law\":");
    case_law_put(out, &s->law, pack, law_day, s->says);
    buf_put_text(out, ",\"lawful\":");
    case_law_put_lawful(out, &s->law, pack, s->says);
    buf_put_text(out, "}\n");
}

/* The law as linking noted it; read out of the verdicts where it did not. */
static enum ward_status read_law(struct showing *s, struct store *store, struct ward_error *err)
{
    const struct case_status *status = &s->loaded.status[0];
    enum ward_status done = WARD_OK;
    if (!status->has_laws)
        return case_law_read(&s->law, store, buf_str(&s->id), err);
    for (size_t i = 0; i < status->law_count && done == WARD_OK; i++)
        done = case_law_add_id(&s->law, status->laws[i], err);
    return done;
}

static enum ward_status read_whole(const struct api_call *call, struct showing *s,
                                   struct ward_error *err)
{
    struct store *store = call->worker->store;
    const struct link_rows_query query = {.case_id = buf_str(&s->id)};
    enum ward_status status = link_rows_load(store, &query, &s->loaded, err);
    if (status != WARD_OK)
        return status;
    s->claim.holder = s->loaded.status[0].assignee;
    status = store_decisions(store, query.case_id, take_decision, s, err);
    if (status == WARD_OK)
        status = read_law(s, store, err);
    if (status == WARD_OK)
        status = request_note_reading(call, query.case_id, "case", 0, err);
    return status;
}

static enum ward_status show_case(struct api_call *call, struct ward_error *err)
{
    struct showing s = {.says = LINK_SAYS_BOTH};
    bool known = false;
    buf_init(&s.id, 256);
    buf_init(&s.decisions, HTTP_REPLY_BYTES_MAX);
    case_law_init(&s.law);
    enum ward_status status = request_says(call, &s.says, err);
    if (status == WARD_OK)
        status = request_case(call, http_part(call->request, 0), &s.id, err);
    if (status == WARD_OK)
        status = request_case_known(call, buf_str(&s.id), &known, err);
    if (status == WARD_OK && !known) {
        status = read_whole(call, &s, err);
        if (status == WARD_OK)
            put_whole(call, &s);
        if (status == WARD_OK)
            status = request_written(call, err);
    }
    link_loaded_release(&s.loaded);
    case_law_release(&s.law);
    buf_release(&s.decisions);
    buf_release(&s.id);
    return status;
}

/* ---- its messages ---------------------------------------------------------------------------- */

struct listing {
    struct buf *out;
    size_t limit, given;
    bool has_more;
    struct store_event_place last;
};

static enum ward_status take_event(void *context, const struct store_event_row *row,
                                   struct ward_error *err)
{
    struct listing *l = context;
    (void)err;
    l->has_more = l->given == l->limit;
    if (l->has_more)
        return WARD_OK;
    if (l->given++)
        buf_put_char(l->out, ',');
    event_json_put(l->out, row);
    l->last = row->place;
    return WARD_OK;
}

static enum ward_status put_events(const struct api_call *call, struct ward_str case_id,
                                   const struct list_page *page, struct ward_error *err)
{
    const struct store_event_place after = {(int64_t)page->cursor.numbers[0],
                                            page->cursor.numbers[1], page->cursor.numbers[2]};
    const struct store_event_query query = {.case_id = case_id,
                                            .with_erased = true,
                                            .after = page->has_after ? &after : NULL,
                                            .limit = page->limit + 1};
    struct listing l = {.out = &call->reply->body, .limit = page->limit};
    buf_put_text(l.out, "{\"events\":[");
    const enum ward_status status = store_events(call->worker->store, &query, take_event, &l, err);
    const struct cursor next = {.list = LIST_EVENTS,
                                .numbers = {(uint64_t)l.last.time_ms, l.last.member, l.last.seq}};
    buf_put_char(l.out, ']');
    list_page_end(l.out, l.has_more ? &next : NULL);
    return status == WARD_OK ? request_written(call, err) : status;
}

static enum ward_status list_events(struct api_call *call, struct ward_error *err)
{
    struct list_page page;
    struct buf id;
    buf_init(&id, 256);
    enum ward_status status = list_page_read(call, LIST_EVENTS, &page, err);
    if (status == WARD_OK)
        status = request_case(call, http_part(call->request, 0), &id, err);
    if (status == WARD_OK)
        status = request_note_reading(call, buf_str(&id), "events",
                                      page.has_after ? page.cursor.numbers[2] : 0, err);
    if (status == WARD_OK)
        status = put_events(call, buf_str(&id), &page, err);
    buf_release(&id);
    return status;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/cases", ACCESS_READ, API_LANE_READ, list_cases, 0},
    {HTTP_GET, "/v1/cases/{id}", ACCESS_READ, API_LANE_READ, show_case, 0},
    {HTTP_GET, "/v1/cases/{id}/events", ACCESS_READ, API_LANE_READ, list_events, 0},
};

const struct api_part case_part = {
    .name = "cases", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
