/**
 * Joining and parting: a move becomes judgements on pairs of accounts, because accounts stay what
 * they are while people and cases are made anew at every linking.
 */
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/casework.h"
#include "casework/judgements.h"
#include "casework/link_rows.h"

static const struct link_case *find_case(const struct link *link, struct ward_str id)
{
    for (size_t i = 0; i < link->case_count; i++)
        if (str_equal(link->cases[i].id, id))
            return &link->cases[i];
    return NULL;
}

static const struct link_person *find_person(const struct link *link, struct ward_str id)
{
    for (size_t i = 0; i < link->person_count; i++)
        if (str_equal(link->people[i].id, id))
            return &link->people[i];
    return NULL;
}

static enum ward_status not_found(struct ward_error *err, const char *what, struct ward_str id)
{
    return error_set(err, WARD_ERR_NOT_FOUND, "there is no %s %.*s", what, (int)id.len, id.data);
}

struct moving {
    const struct link *link;
    const struct casework_request *request;
    struct judgements judgements;
    const struct link_case *in; /* the case that the decision stands in */
};

static enum ward_status merge_cases(struct moving *m, struct ward_error *err)
{
    const struct link_case *a = find_case(m->link, m->request->a);
    const struct link_case *b = find_case(m->link, m->request->b);
    if (!a || !b)
        return not_found(err, "case", a ? m->request->b : m->request->a);
    if (a == b || !a->person_count || !b->person_count)
        return error_set(err, WARD_ERR_ARGUMENT, "these two cases cannot be joined");
    m->in = a;
    return judgements_add(&m->judgements, LINK_JUDGE_SAME_CASE,
                          m->link->people[a->people[0]].accounts[0].key,
                          m->link->people[b->people[0]].accounts[0].key);
}

static enum ward_status merge_people(struct moving *m, struct ward_error *err)
{
    const struct link_person *a = find_person(m->link, m->request->a);
    const struct link_person *b = find_person(m->link, m->request->b);
    if (!a || !b)
        return not_found(err, "person", a ? m->request->b : m->request->a);
    if (a == b)
        return error_set(err, WARD_ERR_ARGUMENT, "these are one person already");
    m->in = &m->link->cases[a->case_index];
    return judgements_add(&m->judgements, LINK_JUDGE_SAME_PERSON, a->accounts[0].key,
                          b->accounts[0].key);
}

static enum ward_status split_person(struct moving *m, struct ward_error *err)
{
    const struct link_person *a = find_person(m->link, m->request->a);
    if (!a)
        return not_found(err, "person", m->request->a);
    m->in = &m->link->cases[a->case_index];
    if (m->in->person_count < 2)
        return error_set(err, WARD_ERR_ARGUMENT, "the person is alone in its case");
    enum ward_status status = WARD_OK;
    for (size_t i = 0; i < m->in->person_count && status == WARD_OK; i++) {
        const struct link_person *other = &m->link->people[m->in->people[i]];
        if (other != a)
            status = judgements_add(&m->judgements, LINK_JUDGE_DIFFERENT_CASES, a->accounts[0].key,
                                    other->accounts[0].key);
    }
    return status;
}

static enum ward_status split_account(struct moving *m, struct ward_error *err)
{
    const struct link_person *a = find_person(m->link, m->request->a);
    if (!a)
        return not_found(err, "person", m->request->a);
    m->in = &m->link->cases[a->case_index];
    bool is_his = false;
    for (size_t i = 0; i < a->account_count; i++)
        is_his |= str_equal(a->accounts[i].key, m->request->b);
    if (!is_his)
        return not_found(err, "such account of this person:", m->request->b);
    if (a->account_count < 2)
        return error_set(err, WARD_ERR_ARGUMENT, "it is the only account of the person");
    enum ward_status status = WARD_OK;
    for (size_t i = 0; i < a->account_count && status == WARD_OK; i++)
        if (!str_equal(a->accounts[i].key, m->request->b))
            status = judgements_add(&m->judgements, LINK_JUDGE_DIFFERENT_PEOPLE, a->accounts[i].key,
                                    m->request->b);
    return status;
}

static enum ward_status decide(struct store *store, const struct store_act *act,
                               const struct moving *m, struct ward_error *err)
{
    struct buf extra;
    const enum casework_move move = m->request->move;
    const bool joins = move == CASEWORK_MERGE_CASES || move == CASEWORK_MERGE_PEOPLE;
    buf_init(&extra, SIZE_MAX / 2);
    judgements_write(&m->judgements, &extra);
    const struct store_decision decision = {
        .time_ms = act->time_ms,
        .who = act->who,
        .kind = joins ? STORE_MERGE : STORE_SPLIT,
        .subject_kind = str_of(move == CASEWORK_MERGE_CASES ? "case" : "person"),
        .subject = m->request->a,
        .case_id = m->in->id,
        .reason = m->request->b,
        .note = m->request->note,
        .extra_json = buf_str(&extra)};
    const enum ward_status status = extra.failed ? error_set(err, extra.failed, "out of memory")
                                                 : store_decide(store, &decision, NULL, NULL, err);
    buf_release(&extra);
    return status;
}

enum ward_status casework_move(struct store *store, const struct store_act *act,
                               const struct casework_request *request, struct ward_error *err)
{
    static enum ward_status (*const moves[])(struct moving *, struct ward_error *) = {
        [CASEWORK_MERGE_CASES] = merge_cases,
        [CASEWORK_MERGE_PEOPLE] = merge_people,
        [CASEWORK_SPLIT_PERSON] = split_person,
        [CASEWORK_SPLIT_ACCOUNT] = split_account,
    };
    const struct link_rows_query current = {0};
    struct link_loaded loaded;
    enum ward_status status = link_rows_load(store, &current, &loaded, err);
    struct moving m = {.link = &loaded.link, .request = request};
    judgements_init(&m.judgements);
    if (status == WARD_OK)
        status = moves[request->move](&m, err);
    if (status == WARD_OK)
        status = decide(store, act, &m, err);
    judgements_release(&m.judgements);
    link_loaded_release(&loaded);
    return status == WARD_OK ? casework_relink(store, act, err) : status;
}
