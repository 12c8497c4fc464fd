/**
 * Order of cases: urgency, then score, then id. Order of people: by case, then weight, then id.
 * Order of groups: score, then key. Lists by number are turned to lists by that order at the end.
 */
#include "link/result.h"

#include <stdlib.h>

#include "base/str.h"
#include "link/brokerage.h"
#include "link/case_says.h"
#include "link/handle_key.h"
#include "link/naming.h"

/* Handles listed for one person. */
#define HANDLES_MAX 64u

struct making {
    struct link *link;
    const struct finding *finding;
    const struct census *census;
    const struct people *people;
    const struct profiles *profiles;
    const struct cases *cases;
    struct arena *keep, *work;
    struct naming person_names, case_names;
    uint32_t *case_of_rank;                /* number of the case (not its index), CENSUS_NONE */
    struct urgency *urgency;               /* by case number */
    double *case_score;                    /* by case number */
    uint32_t *case_order, *case_index;     /* index -> number, number -> index */
    uint32_t *person_order, *person_index; /* likewise */
    uint32_t *group_order, *group_index;
    struct tie_list ties;
};

/* ---- ids ------------------------------------------------------------------------------------- */

static uint32_t person_of_rank(const struct making *m, uint32_t rank)
{
    const uint32_t account = m->census->account[rank];
    return account == CENSUS_NONE ? CENSUS_NONE : m->people->of[account];
}

static enum ward_status name_all(struct making *m)
{
    const uint32_t n = m->census->event_count;
    uint32_t *person_of = arena_calloc(m->work, n + 1u, sizeof *person_of);
    m->case_of_rank = arena_calloc(m->work, n + 1u, sizeof *m->case_of_rank);
    if (!person_of || !m->case_of_rank)
        return WARD_ERR_NOMEM;
    for (uint32_t rank = 0; rank < n; rank++) {
        const uint32_t person = person_of_rank(m, rank);
        const bool counts = person != CENSUS_NONE && census_is_flagged(m->census, rank);
        person_of[rank] = counts ? person : CENSUS_NONE;
        m->case_of_rank[rank] = counts ? m->cases->of[person] : CENSUS_NONE;
    }
    const struct naming_subject subjects[2] = {{'P', m->people->count, person_of},
                                               {'C', m->cases->count, m->case_of_rank}};
    if (naming_give(&m->person_names, &subjects[0], m->census, m->keep))
        return WARD_ERR_NOMEM;
    return naming_give(&m->case_names, &subjects[1], m->census, m->keep);
}

/* Unflagged events, and flagged ones of nobody, go to the case of the nearest event of one. */
static void adopt_neighbours(struct making *m)
{
    const struct census *census = m->census;
    for (uint32_t g = 0; g < census->group_count; g++) {
        const uint32_t begin = census->group_begin[g], end = census->group_begin[g + 1];
        uint32_t before = CENSUS_NONE; /* place of the last event that has a case of its own */
        for (uint32_t i = begin; i < end; i++) {
            const uint32_t rank = census->group_events[i], person = person_of_rank(m, rank);
            if (person != CENSUS_NONE && census_is_flagged(census, rank)) {
                before = i;
                continue;
            }
            uint32_t after = i + 1;
            while (after < end && after - i <= RESULT_NEIGHBOURS &&
                   m->case_of_rank[census->group_events[after]] == CENSUS_NONE)
                after++;
            const bool has_after = after < end && after - i <= RESULT_NEIGHBOURS;
            const bool has_before = before != CENSUS_NONE && i - before <= RESULT_NEIGHBOURS;
            if (has_before && (!has_after || i - before <= after - i))
                m->case_of_rank[rank] = m->case_of_rank[census->group_events[before]];
            else if (has_after)
                m->case_of_rank[rank] = m->case_of_rank[census->group_events[after]];
        }
    }
}

/* ---- cases ----------------------------------------------------------------------------------- */

static int by_number(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* Ranks of the flagged events of case number c, ascending. */
static uint32_t *case_events(struct making *m, uint32_t c, size_t *count, struct arena *arena)
{
    const struct profiles *profiles = m->profiles;
    size_t sum = 0;
    for (uint32_t i = m->cases->begin[c]; i < m->cases->begin[c + 1]; i++) {
        const uint32_t p = m->cases->people[i];
        sum += profiles->event_begin[p + 1] - profiles->event_begin[p];
    }
    uint32_t *events = arena_alloc(arena, (sum + 1) * sizeof *events);
    *count = sum;
    size_t at = 0;
    for (uint32_t i = m->cases->begin[c]; events && i < m->cases->begin[c + 1]; i++) {
        const uint32_t p = m->cases->people[i];
        const uint32_t own = profiles->event_begin[p + 1] - profiles->event_begin[p];
        if (own)
            memcpy(events + at, profiles->events + profiles->event_begin[p], own * sizeof *events);
        at += own;
    }
    if (events && sum)
        qsort(events, sum, sizeof *events, by_number);
    return events;
}

static bool deals_again(const struct making *m, uint32_t person)
{
    const struct profiles *profiles = m->profiles;
    return profiles->group_begin[person + 1] - profiles->group_begin[person] > 1 ||
           m->people->begin[person + 1] - m->people->begin[person] > 1;
}

static enum ward_status judge_case(struct making *m, uint32_t c)
{
    struct case_facts facts = {.people = m->cases->begin[c + 1] - m->cases->begin[c]};
    double doubt = 1;
    for (uint32_t i = m->cases->begin[c]; i < m->cases->begin[c + 1]; i++) {
        const uint32_t p = m->cases->people[i];
        facts.agents += m->profiles->of[p].role == WARD_ROLE_AGENT;
        facts.repeats |= deals_again(m, p);
        doubt *= 1 - m->profiles->of[p].probability;
    }
    m->case_score[c] = 1 - doubt;
    size_t count;
    facts.events = case_events(m, c, &count, m->work);
    facts.event_count = (uint32_t)count;
    if (!facts.events)
        return WARD_ERR_NOMEM;
    return urgency_judge(&m->urgency[c], m->census, &facts, m->keep);
}

static int by_case(const void *left, const void *right, void *making)
{
    const struct making *m = making;
    const uint32_t x = *(const uint32_t *)left, y = *(const uint32_t *)right;
    const double a = m->urgency[x].points, b = m->urgency[y].points;
    if (a < b || a > b)
        return a > b ? -1 : 1;
    if (m->case_score[x] < m->case_score[y] || m->case_score[x] > m->case_score[y])
        return m->case_score[x] > m->case_score[y] ? -1 : 1;
    return str_compare(m->case_names.id[x], m->case_names.id[y]);
}

static int by_person(const void *left, const void *right, void *making)
{
    const struct making *m = making;
    const uint32_t x = *(const uint32_t *)left, y = *(const uint32_t *)right;
    const uint32_t c = m->case_index[m->cases->of[x]], d = m->case_index[m->cases->of[y]];
    if (c != d)
        return c < d ? -1 : 1;
    const double a = m->profiles->of[x].weight, b = m->profiles->of[y].weight;
    if (a < b || a > b)
        return a > b ? -1 : 1;
    return str_compare(m->person_names.id[x], m->person_names.id[y]);
}

static int by_group(const void *left, const void *right, void *making)
{
    const struct making *m = making;
    const uint32_t x = *(const uint32_t *)left, y = *(const uint32_t *)right;
    const double a = m->finding->groups[x].score, b = m->finding->groups[y].score;
    if (a < b || a > b)
        return a > b ? -1 : 1;
    return (x > y) - (x < y); /* numbers ascend by key */
}

/* order[0..count) sorted by `compare`, and index as its inverse. */
static enum ward_status put_in_order(struct making *m, uint32_t count, uint32_t **order,
                                     uint32_t **index,
                                     int (*compare)(const void *, const void *, void *))
{
    *order = arena_calloc(m->work, count + 1u, sizeof **order);
    *index = arena_calloc(m->work, count + 1u, sizeof **index);
    if (!*order || !*index)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < count; i++)
        (*order)[i] = i;
    if (count)
        qsort_r(*order, count, sizeof **order, compare, m);
    for (uint32_t i = 0; i < count; i++)
        (*index)[(*order)[i]] = i;
    return WARD_OK;
}

static enum ward_status order_all(struct making *m)
{
    m->urgency = arena_calloc(m->work, m->cases->count + 1u, sizeof *m->urgency);
    m->case_score = arena_calloc(m->work, m->cases->count + 1u, sizeof *m->case_score);
    if (!m->urgency || !m->case_score)
        return WARD_ERR_NOMEM;
    for (uint32_t c = 0; c < m->cases->count; c++)
        if (judge_case(m, c))
            return WARD_ERR_NOMEM;
    if (put_in_order(m, m->cases->count, &m->case_order, &m->case_index, by_case) ||
        put_in_order(m, m->people->count, &m->person_order, &m->person_index, by_person))
        return WARD_ERR_NOMEM;
    return put_in_order(m, m->census->group_count, &m->group_order, &m->group_index, by_group);
}

/* ---- people ---------------------------------------------------------------------------------- */

static struct ward_str last_alias(const struct census *census, uint32_t account)
{
    for (uint32_t i = census->account_begin[account + 1]; i-- > census->account_begin[account];) {
        const struct ward_str alias = census->events[census->account_events[i]]->alias;
        if (alias.len)
            return alias;
    }
    return (struct ward_str){NULL, 0};
}

/* A copy; empty stays empty. */
static enum ward_status keep_str(struct making *m, struct ward_str *out, struct ward_str text)
{
    *out = (struct ward_str){NULL, 0};
    if (!text.len)
        return WARD_OK;
    *out = arena_copy(m->keep, text);
    return out->data ? WARD_OK : WARD_ERR_NOMEM;
}

static enum ward_status put_accounts(struct making *m, struct link_person *out, uint32_t person)
{
    const uint32_t begin = m->people->begin[person];
    const uint32_t count = m->people->begin[person + 1] - begin;
    struct link_account *accounts = arena_calloc(m->keep, count, sizeof *accounts);
    if (!accounts)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t account = m->people->accounts[begin + i];
        accounts[i].key = m->census->account_key[account];
        if (keep_str(m, &accounts[i].alias, last_alias(m->census, account)))
            return WARD_ERR_NOMEM;
    }
    out->accounts = accounts;
    out->account_count = count;
    return WARD_OK;
}

/* Handles found so far, told apart by key. */
struct handle_list {
    struct handle_key keys[HANDLES_MAX];
    const struct ward_handle *handles[HANDLES_MAX];
    uint32_t count;
};

static void note_handle(struct handle_list *list, const struct ward_handle *handle)
{
    struct handle_key key;
    handle_key_make(&key, handle->kind, handle->value);
    if (!key.len || list->count == HANDLES_MAX)
        return;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->keys[i].len == key.len && !memcmp(list->keys[i].text, key.text, key.len))
            return;
    list->keys[list->count] = key;
    list->handles[list->count++] = handle;
}

static enum ward_status put_handles(struct making *m, struct link_person *out, uint32_t person)
{
    struct handle_list list;
    list.count = 0;
    const struct census *census = m->census;
    for (uint32_t i = m->people->begin[person]; i < m->people->begin[person + 1]; i++) {
        const uint32_t account = m->people->accounts[i];
        for (uint32_t k = census->account_begin[account]; k < census->account_begin[account + 1];
             k++) {
            const struct link_event *event = census->events[census->account_events[k]];
            for (size_t h = 0; h < event->handle_count; h++)
                note_handle(&list, &event->handles[h]);
        }
    }
    struct ward_handle *handles = arena_calloc(m->keep, list.count + 1u, sizeof *handles);
    if (!handles)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < list.count; i++) {
        const struct ward_str kind =
            str_of(list.handles[i]->kind ? list.handles[i]->kind : "other");
        struct ward_str copy;
        if (keep_str(m, &handles[i].value, list.handles[i]->value) || keep_str(m, &copy, kind))
            return WARD_ERR_NOMEM;
        handles[i].kind = copy.data ? copy.data : "other";
    }
    out->handles = handles;
    out->handle_count = list.count;
    return WARD_OK;
}

/* Groups by their final index, ascending; events as indexes into the input. */
static enum ward_status put_lists(struct making *m, struct link_person *out, uint32_t person)
{
    const struct profiles *profiles = m->profiles;
    const uint32_t group_begin = profiles->group_begin[person];
    const uint32_t event_begin = profiles->event_begin[person];
    out->group_count = profiles->group_begin[person + 1] - group_begin;
    out->event_count = profiles->event_begin[person + 1] - event_begin;
    uint32_t *groups = arena_alloc(m->keep, (out->group_count + 1) * sizeof *groups);
    uint32_t *events = arena_alloc(m->keep, (out->event_count + 1) * sizeof *events);
    if (!groups || !events)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < out->group_count; i++)
        groups[i] = m->group_index[profiles->groups[group_begin + i]];
    if (out->group_count)
        qsort(groups, out->group_count, sizeof *groups, by_number);
    for (uint32_t i = 0; i < out->event_count; i++)
        events[i] = m->census->input_index[profiles->events[event_begin + i]];
    out->groups = groups;
    out->events = events;
    return WARD_OK;
}

static enum ward_status put_people(struct making *m)
{
    struct link_person *people = arena_calloc(m->keep, m->people->count + 1u, sizeof *people);
    if (!people)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < m->people->count; i++) {
        const uint32_t p = m->person_order[i];
        const struct profile *profile = &m->profiles->of[p];
        people[i].id = m->person_names.id[p];
        people[i].role = profile->role;
        people[i].confidence = m->people->confidence[p];
        memcpy(people[i].role_share, profile->share, sizeof profile->share);
        people[i].case_index = m->case_index[m->cases->of[p]];
        people[i].brokerage = m->finding->brokerage[p];
        if (put_accounts(m, &people[i], p) || put_handles(m, &people[i], p) ||
            put_lists(m, &people[i], p))
            return WARD_ERR_NOMEM;
    }
    m->link->people = people;
    m->link->person_count = m->people->count;
    return WARD_OK;
}

/* ---- groups ---------------------------------------------------------------------------------- */

/* The case with most flagged events in the group; the more urgent one on a tie. */
static uint32_t case_of_group(const struct making *m, uint32_t group)
{
    const struct census *census = m->census;
    uint32_t best = CENSUS_NONE, most = 0;
    for (uint32_t i = census->group_begin[group]; i < census->group_begin[group + 1]; i++) {
        const uint32_t rank = census->group_events[i], person = person_of_rank(m, rank);
        if (person == CENSUS_NONE || !census_is_flagged(census, rank))
            continue;
        /* A vote by majority in one pass (Boyer and Moore 1981), for cases seldom share a group. */
        const uint32_t index = m->case_index[m->cases->of[person]];
        if (most == 0 || best == index) {
            best = index;
            most++;
        } else {
            most--;
        }
    }
    return best;
}

static struct ward_str last_name(const struct census *census, uint32_t group)
{
    for (uint32_t i = census->group_begin[group + 1]; i-- > census->group_begin[group];) {
        const struct ward_str name = census->events[census->group_events[i]]->group_name;
        if (name.len)
            return name;
    }
    return (struct ward_str){NULL, 0};
}

static enum ward_status put_groups(struct making *m)
{
    const uint32_t n = m->census->group_count;
    struct link_group *groups = arena_calloc(m->keep, n + 1u, sizeof *groups);
    if (!groups)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t g = m->group_order[i];
        const struct group_view *view = &m->finding->groups[g];
        groups[i] = (struct link_group){.key = m->census->group_key[g],
                                        .score = view->score,
                                        .messages = m->census->group_messages[g],
                                        .flagged = view->flagged,
                                        .case_index = case_of_group(m, g)};
        memcpy(groups[i].people, view->people, sizeof view->people);
        if (keep_str(m, &groups[i].name, last_name(m->census, g)))
            return WARD_ERR_NOMEM;
    }
    m->link->groups = groups;
    m->link->group_count = n;
    return WARD_OK;
}

/* ---- cases and ties -------------------------------------------------------------------------- */

static enum ward_status put_case_members(struct making *m, struct link_case *out, uint32_t c)
{
    const uint32_t begin = m->cases->begin[c];
    out->person_count = m->cases->begin[c + 1] - begin;
    uint32_t *people = arena_alloc(m->keep, (out->person_count + 1) * sizeof *people);
    size_t group_max = 0;
    for (size_t i = 0; i < out->person_count; i++) {
        const uint32_t p = m->cases->people[begin + i];
        group_max += m->profiles->group_begin[p + 1] - m->profiles->group_begin[p];
    }
    uint32_t *groups = arena_alloc(m->keep, (group_max + 1) * sizeof *groups);
    if (!people || !groups)
        return WARD_ERR_NOMEM;
    size_t listed = 0;
    for (size_t i = 0; i < out->person_count; i++) {
        const uint32_t p = m->cases->people[begin + i];
        people[i] = m->person_index[p];
        for (uint32_t k = m->profiles->group_begin[p]; k < m->profiles->group_begin[p + 1]; k++)
            groups[listed++] = m->group_index[m->profiles->groups[k]];
    }
    qsort(people, out->person_count, sizeof *people, by_number);
    if (listed)
        qsort(groups, listed, sizeof *groups, by_number);
    for (size_t i = 0; i < listed; i++)
        if (!i || groups[i] != groups[i - 1])
            groups[out->group_count++] = groups[i];
    out->people = people;
    out->groups = groups;
    return WARD_OK;
}

static enum ward_status put_case_events(struct making *m, struct link_case *out, uint32_t c)
{
    uint32_t *events = case_events(m, c, &out->event_count, m->keep);
    if (!events)
        return WARD_ERR_NOMEM;
    for (size_t i = 0; i < out->event_count; i++) {
        const struct link_event *event = m->census->events[events[i]];
        events[i] = m->census->input_index[events[i]];
        if (!event->has_time)
            continue;
        if (!out->has_time)
            out->first_ms = event->time_ms;
        out->last_ms = event->time_ms;
        out->has_time = true;
    }
    out->events = events;
    return WARD_OK;
}

static enum ward_status put_sentence(struct making *m, struct link_case *out, uint32_t c,
                                     struct buf *zh, struct buf *en)
{
    struct case_count count = {.groups = (uint32_t)out->group_count};
    for (uint32_t i = m->cases->begin[c]; i < m->cases->begin[c + 1]; i++)
        count.people[m->profiles->of[m->cases->people[i]].role]++;
    buf_clear(zh);
    buf_clear(en);
    case_say(zh, en, &count, &m->urgency[c]);
    if (zh->failed || en->failed || keep_str(m, &out->says_zh, buf_str(zh)))
        return WARD_ERR_NOMEM;
    return keep_str(m, &out->says_en, buf_str(en));
}

static enum ward_status put_case(struct making *m, struct link_case *out, uint32_t c,
                                 struct buf *zh, struct buf *en)
{
    const struct urgency *urgency = &m->urgency[c];
    *out = (struct link_case){.id = m->case_names.id[c],
                              .merged = m->case_names.merged[c],
                              .merged_count = m->case_names.merged_count[c],
                              .urgency = urgency->level,
                              .urgency_points = urgency->points,
                              .reasons = urgency->reasons,
                              .reason_count = urgency->reason_count,
                              .score = m->case_score[c]};
    if (put_case_members(m, out, c) || put_case_events(m, out, c))
        return WARD_ERR_NOMEM;
    return put_sentence(m, out, c, zh, en);
}

static enum ward_status put_cases(struct making *m)
{
    struct link_case *cases = arena_calloc(m->keep, m->cases->count + 1u, sizeof *cases);
    if (!cases)
        return WARD_ERR_NOMEM;
    m->link->cases = cases;
    m->link->case_count = m->cases->count;
    struct buf zh, en;
    buf_init(&zh, 4096);
    buf_init(&en, 4096);
    enum ward_status status = WARD_OK;
    for (uint32_t i = 0; i < m->cases->count && !status; i++)
        status = put_case(m, &cases[i], m->case_order[i], &zh, &en);
    buf_release(&zh);
    buf_release(&en);
    return status;
}

/* Lists of ties by case, or by person (identity ties only): counted, then filled. */
static enum ward_status deal_ties(struct making *m, bool to_people)
{
    const uint32_t count = to_people ? m->people->count : m->cases->count;
    uint32_t *begin = arena_calloc(m->work, count + 3u, sizeof *begin);
    uint32_t *listed = arena_alloc(m->keep, (m->ties.count + 1u) * sizeof *listed);
    if (!begin || !listed)
        return WARD_ERR_NOMEM;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < m->ties.count; i++) {
            const uint32_t person = m->people->of[m->ties.account_a[i]];
            if (to_people && !m->ties.is_identity[i])
                continue;
            const uint32_t to =
                to_people ? m->person_index[person] : m->case_index[m->cases->of[person]];
            if (pass == 0)
                begin[to + 2]++;
            else
                listed[begin[to + 1]++] = i;
        }
        for (uint32_t k = 1; pass == 0 && k < count + 2; k++)
            begin[k] += begin[k - 1];
    }
    struct link_person *people =
        m->link->person_count ? (struct link_person *)(uintptr_t)m->link->people : NULL;
    struct link_case *cases =
        m->link->case_count ? (struct link_case *)(uintptr_t)m->link->cases : NULL;
    for (uint32_t k = 0; k < count; k++) {
        if (to_people) {
            people[k].ties = listed + begin[k];
            people[k].tie_count = begin[k + 1] - begin[k];
        } else {
            cases[k].ties = listed + begin[k];
            cases[k].tie_count = begin[k + 1] - begin[k];
        }
    }
    return WARD_OK;
}

static enum ward_status put_ties(struct making *m)
{
    if (ties_list(&m->ties, m->finding->cast, m->finding->groups, m->cases, m->keep))
        return WARD_ERR_NOMEM;
    m->link->ties = m->ties.all;
    m->link->tie_count = m->ties.count;
    if (deal_ties(m, false))
        return WARD_ERR_NOMEM;
    return deal_ties(m, true);
}

static enum ward_status put_events(struct making *m)
{
    const size_t n = m->census->input->event_count;
    uint32_t *person = arena_alloc(m->keep, (n + 1) * sizeof *person);
    uint32_t *in_case = arena_alloc(m->keep, (n + 1) * sizeof *in_case);
    if (!person || !in_case)
        return WARD_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const uint32_t rank = m->census->rank[i], p = person_of_rank(m, rank);
        const uint32_t c = m->case_of_rank[rank];
        person[i] = p == CENSUS_NONE ? UINT32_MAX : m->person_index[p];
        in_case[i] = c == CENSUS_NONE ? UINT32_MAX : m->case_index[c];
    }
    m->link->event_person = person;
    m->link->event_case = in_case;
    m->link->event_count = n;
    return WARD_OK;
}

enum ward_status result_make(struct link *link, const struct finding *finding, struct arena *keep,
                             struct arena *work)
{
    struct making m = {.link = link,
                       .finding = finding,
                       .census = finding->cast->scene->census,
                       .people = finding->cast->people,
                       .profiles = finding->cast->profiles,
                       .cases = finding->cases,
                       .keep = keep,
                       .work = work};
    if (name_all(&m))
        return WARD_ERR_NOMEM;
    adopt_neighbours(&m);
    if (order_all(&m) || put_people(&m) || put_groups(&m) || put_cases(&m) || put_ties(&m))
        return WARD_ERR_NOMEM;
    return put_events(&m);
}
