/**
 * Two passes: the rows are read and counted, then all is put into arrays of the right size.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/link_rows.h"

struct case_row {
    struct link_case found;
    struct case_status status;
    json_t *detail; /* owned */
};

struct loading {
    struct link_loaded *out;
    const struct link_rows_query *query;
    struct case_row *rows; /* owned */
    size_t row_count, row_capacity;
    struct link_person *people;
    struct link_group *groups;
    struct link_tie *ties;
    size_t events_left; /* room for stubs */
    bool no_memory;
};

static void *take(struct loading *l, size_t count, size_t size)
{
    void *memory = arena_calloc(&l->out->arena, count + 1, size);
    l->no_memory |= !memory;
    return memory;
}

static struct ward_str copy(struct loading *l, struct ward_str text)
{
    const struct ward_str copied = arena_copy(&l->out->arena, text);
    l->no_memory |= !copied.data;
    return copied;
}

static struct ward_str copy_json(struct loading *l, const json_t *value)
{
    const char *text = json_string_value(value);
    return copy(l, (struct ward_str){text ? text : "", text ? json_string_length(value) : 0});
}

static void copy_pair(struct loading *l, const json_t *pair, struct ward_str *a, struct ward_str *b)
{
    *a = copy_json(l, json_array_get(pair, 0));
    *b = copy_json(l, json_array_get(pair, 1));
}

/* ---- pass one: rows -------------------------------------------------------------------------- */

static enum ward_status take_case(void *context, const struct store_case *row,
                                  struct ward_error *err)
{
    struct loading *l = context;
    if (l->row_count == l->row_capacity) {
        const size_t capacity = l->row_capacity ? l->row_capacity * 2 : 64;
        struct case_row *rows = realloc(l->rows, capacity * sizeof *rows);
        if (!rows)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        l->rows = rows;
        l->row_capacity = capacity;
    }
    struct case_row *r = &l->rows[l->row_count++];
    *r = (struct case_row){.found = {.id = copy(l, row->id),
                                     .urgency = (enum link_urgency)row->urgency,
                                     .urgency_points = row->points,
                                     .score = row->score,
                                     .says_zh = copy(l, row->says_zh),
                                     .says_en = copy(l, row->says_en),
                                     .has_time = row->has_time,
                                     .first_ms = row->first_ms,
                                     .last_ms = row->last_ms},
                           .status = {.state = row->state,
                                      .assignee = copy(l, row->assignee),
                                      .is_held = row->is_held},
                           .detail = row->detail_json.len
                                         ? json_loadb(row->detail_json.data, row->detail_json.len,
                                                      JSON_ALLOW_NUL, NULL)
                                         : json_object()};
    if (l->no_memory)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (!json_is_object(r->detail))
        return error_set(err, WARD_ERR_FORMAT, "the stored case %.*s is damaged", (int)row->id.len,
                         row->id.data);
    return WARD_OK;
}

static size_t size_of(const json_t *object, const char *key)
{
    return json_array_size(json_object_get(object, key));
}

static size_t events_in(const json_t *list)
{
    size_t count = 0;
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) count += size_of(item, "events");
    return count;
}

/* ---- pass two: parts ------------------------------------------------------------------------- */

/* Index of the event with this row number; UINT32_MAX if it is not among those given. */
static uint32_t find_seq(const struct link_rows_query *query, uint64_t seq)
{
    size_t low = 0;
    size_t high = query->seq_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (query->seqs[middle] < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low < query->seq_count && query->seqs[low] == seq ? query->indexes[low] : UINT32_MAX;
}

static uint32_t event_index(struct loading *l, const json_t *pair)
{
    if (l->query->seqs)
        return find_seq(l->query, (uint64_t)json_integer_value(json_array_get(pair, 0)));
    l->out->events[l->out->event_count].id = copy_json(l, json_array_get(pair, 1));
    return (uint32_t)l->out->event_count++;
}

static const uint32_t *read_events(struct loading *l, const json_t *object, size_t *count)
{
    size_t i;
    json_t *pair;
    const json_t *list = json_object_get(object, "events");
    uint32_t *events = take(l, json_array_size(list), sizeof *events);
    *count = 0;
    if (!events)
        return NULL;
    json_array_foreach(list, i, pair)
    {
        const uint32_t event = event_index(l, pair);
        if (event != UINT32_MAX)
            events[(*count)++] = event;
    }
    return events;
}

static uint32_t group_index(const struct link *link, const char *key)
{
    for (size_t i = link->group_count; key && i-- > 0;) /* those of this case come last */
        if (str_equal(link->groups[i].key, str_of(key)))
            return (uint32_t)i;
    return UINT32_MAX;
}

static void read_group(struct loading *l, const json_t *item, uint32_t case_index,
                       struct link_case *c)
{
    struct link *link = &l->out->link;
    const json_t *people = json_object_get(item, "people");
    const json_t *names = json_object_get(item, "group");
    uint32_t index = group_index(link, json_string_value(json_array_get(names, 0)));
    if (index == UINT32_MAX) {
        index = (uint32_t)link->group_count++;
        struct link_group *g = &l->groups[index];
        copy_pair(l, names, &g->key, &g->name);
        g->score = json_number_value(json_object_get(item, "score"));
        g->messages = (uint64_t)json_integer_value(json_object_get(item, "messages"));
        g->flagged = (uint64_t)json_integer_value(json_object_get(item, "flagged"));
        for (size_t role = 0; role < 4; role++)
            g->people[role] = (uint32_t)json_integer_value(json_array_get(people, role));
        g->case_index = case_index;
    }
    ((uint32_t *)(uintptr_t)c->groups)[c->group_count++] = index;
}

static void read_accounts(struct loading *l, const json_t *item, struct link_person *p)
{
    size_t i;
    json_t *part;
    struct link_account *accounts = take(l, size_of(item, "accounts"), sizeof *accounts);
    struct ward_handle *handles = take(l, size_of(item, "handles"), sizeof *handles);
    if (!accounts || !handles)
        return;
    json_array_foreach(json_object_get(item, "accounts"), i, part)
        copy_pair(l, json_object_get(part, "account"), &accounts[i].key, &accounts[i].alias);
    json_array_foreach(json_object_get(item, "handles"), i, part)
    {
        struct ward_str kind;
        copy_pair(l, json_object_get(part, "handle"), &kind, &handles[i].value);
        handles[i].kind = kind.data;
    }
    p->accounts = accounts;
    p->account_count = size_of(item, "accounts");
    p->handles = handles;
    p->handle_count = size_of(item, "handles");
}

static void read_person(struct loading *l, const json_t *item, uint32_t case_index)
{
    struct link *link = &l->out->link;
    struct link_person *p = &l->people[link->person_count++];
    size_t i;
    json_t *key;
    p->id = copy_json(l, json_object_get(item, "id"));
    p->role = (enum ward_role)(json_integer_value(json_object_get(item, "role")) & 3);
    p->confidence = json_number_value(json_object_get(item, "confidence"));
    p->brokerage = json_number_value(json_object_get(item, "brokerage"));
    for (size_t role = 0; role < 4; role++)
        p->role_share[role] =
            json_number_value(json_array_get(json_object_get(item, "shares"), role));
    p->case_index = case_index;
    read_accounts(l, item, p);
    uint32_t *groups = take(l, size_of(item, "groups"), sizeof *groups);
    json_array_foreach(json_object_get(item, "groups"), i, key)
    {
        const uint32_t index = group_index(link, json_string_value(key));
        if (groups && index != UINT32_MAX)
            groups[p->group_count++] = index;
    }
    p->groups = groups;
    p->events = read_events(l, item, &p->event_count);
}

static void read_tie(struct loading *l, const json_t *item, int *person)
{
    struct link_tie *t = &l->ties[l->out->link.tie_count++];
    const json_t *time = json_object_get(item, "time");
    const json_int_t kind = json_integer_value(json_object_get(item, "kind"));
    t->kind = kind >= 0 && kind < LINK_TIE_KINDS ? (enum link_tie_kind)kind : LINK_TIE_GROUP;
    copy_pair(l, json_object_get(item, "between"), &t->a, &t->b);
    copy_pair(l, json_object_get(item, "says"), &t->says_zh, &t->says_en);
    t->weight = json_number_value(json_object_get(item, "weight"));
    t->has_time = time != NULL;
    t->first_ms = json_integer_value(json_array_get(time, 0));
    t->last_ms = json_integer_value(json_array_get(time, 1));
    t->events = read_events(l, item, &t->event_count);
    const json_t *of = json_object_get(item, "person");
    *person = of ? (int)json_integer_value(of) : -1;
}

/* ---- a case ---------------------------------------------------------------------------------- */

static void read_laws(struct loading *l, const json_t *detail, struct case_status *status)
{
    size_t i;
    json_t *item;
    struct ward_str *laws = take(l, size_of(detail, "laws"), sizeof *laws);
    if (!laws)
        return;
    json_array_foreach(json_object_get(detail, "laws"), i, item) laws[i] = copy_json(l, item);
    status->laws = laws;
    status->law_count = size_of(detail, "laws");
    status->has_laws = json_is_array(json_object_get(detail, "laws"));
}

static void read_reasons(struct loading *l, const json_t *detail, struct link_case *c,
                         struct case_status *status)
{
    size_t i;
    json_t *item;
    struct link_urgency_reason *reasons = take(l, size_of(detail, "reasons"), sizeof *reasons);
    struct ward_str *merged = take(l, size_of(detail, "merged"), sizeof *merged);
    if (!reasons || !merged)
        return;
    json_array_foreach(json_object_get(detail, "reasons"), i, item)
    {
        copy_pair(l, json_object_get(item, "says"), &reasons[i].says_zh, &reasons[i].says_en);
        reasons[i].points = json_number_value(json_object_get(item, "points"));
    }
    json_array_foreach(json_object_get(detail, "merged"), i, item) merged[i] = copy_json(l, item);
    read_laws(l, detail, status);
    c->reasons = reasons;
    c->reason_count = size_of(detail, "reasons");
    c->merged = merged;
    c->merged_count = size_of(detail, "merged");
}

/* Ties, and for each person of the case those that make it one. */
static void read_ties(struct loading *l, const json_t *detail, struct link_case *c,
                      uint32_t first_person)
{
    const json_t *list = json_object_get(detail, "ties");
    const size_t count = json_array_size(list);
    uint32_t *ties = take(l, count, sizeof *ties);
    uint32_t *of_people = take(l, count, sizeof *of_people);
    int *person = take(l, count, sizeof *person);
    size_t i;
    json_t *item;
    if (!ties || !of_people || !person)
        return;
    json_array_foreach(list, i, item)
    {
        ties[i] = (uint32_t)l->out->link.tie_count;
        read_tie(l, item, &person[i]);
    }
    c->ties = ties;
    c->tie_count = count;
    for (size_t p = 0; p < c->person_count; p++) {
        struct link_person *whose = &l->people[first_person + p];
        whose->ties = of_people;
        for (i = 0; i < count; i++)
            if (person[i] == (int)p)
                of_people[whose->tie_count++] = ties[i];
        of_people += whose->tie_count;
    }
}

static void read_case(struct loading *l, const struct case_row *row, uint32_t index)
{
    struct link *link = &l->out->link;
    struct link_case *c = &((struct link_case *)(uintptr_t)link->cases)[index];
    const json_t *people_list = json_object_get(row->detail, "people");
    const uint32_t first_person = (uint32_t)link->person_count;
    size_t i;
    json_t *item;
    *c = row->found;
    l->out->status[index] = row->status;
    read_reasons(l, row->detail, c, &l->out->status[index]);
    c->events = read_events(l, row->detail, &c->event_count);
    c->groups = take(l, size_of(row->detail, "groups"), sizeof *c->groups);
    uint32_t *people = take(l, json_array_size(people_list), sizeof *people);
    if (!c->groups || !people)
        return;
    json_array_foreach(json_object_get(row->detail, "groups"), i, item)
        read_group(l, item, index, c);
    json_array_foreach(people_list, i, item)
    {
        people[i] = (uint32_t)link->person_count;
        read_person(l, item, index);
    }
    c->people = people;
    c->person_count = json_array_size(people_list);
    read_ties(l, row->detail, c, first_person);
}

static bool make_room(struct loading *l)
{
    struct link *link = &l->out->link;
    size_t people = 0;
    size_t groups = 0;
    size_t ties = 0;
    size_t events = 0;
    for (size_t i = 0; i < l->row_count; i++) {
        const json_t *detail = l->rows[i].detail;
        people += size_of(detail, "people");
        groups += size_of(detail, "groups");
        ties += size_of(detail, "ties");
        events += size_of(detail, "events") + events_in(json_object_get(detail, "people")) +
                  events_in(json_object_get(detail, "ties"));
    }
    link->cases = take(l, l->row_count, sizeof *link->cases);
    link->people = l->people = take(l, people, sizeof *l->people);
    link->groups = l->groups = take(l, groups, sizeof *l->groups);
    link->ties = l->ties = take(l, ties, sizeof *l->ties);
    l->out->status = take(l, l->row_count, sizeof *l->out->status);
    if (!l->query->seqs)
        l->out->events = take(l, events, sizeof *l->out->events);
    return !l->no_memory;
}

enum ward_status link_rows_load(struct store *store, const struct link_rows_query *query,
                                struct link_loaded *out, struct ward_error *err)
{
    static const struct store_case_query all = {0};
    struct loading l = {.out = out, .query = query};
    *out = (struct link_loaded){0};
    arena_init(&out->arena, 256u * 1024u, SIZE_MAX / 2);
    enum ward_status status =
        query->case_id.len
            ? store_case_find(store, query->case_id, take_case, &l, err)
            : store_cases(store, query->cases ? query->cases : &all, take_case, &l, err);
    if (status == WARD_OK && make_room(&l)) {
        out->link.case_count = l.row_count;
        for (uint32_t i = 0; i < l.row_count && !l.no_memory; i++)
            read_case(&l, &l.rows[i], i);
    }
    if (status == WARD_OK && l.no_memory)
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < l.row_count; i++)
        json_decref(l.rows[i].detail);
    free(l.rows);
    return status;
}

void link_loaded_release(struct link_loaded *loaded)
{
    arena_release(&loaded->arena);
    *loaded = (struct link_loaded){0};
}
