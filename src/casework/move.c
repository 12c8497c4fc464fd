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

static enum ward_status not_found(struct ward_error *err, const char *what, struct ward_str id)
{
    return error_set(err, WARD_ERR_NOT_FOUND, "there is no %s %.*s", what, (int)id.len, id.data);
}

/* One side of a move: a case, and the person in it that the move is about. */
struct side {
    struct link_loaded loaded; /* that case only */
    const struct link_case *in;
    const struct link_person *person; /* NULL: the case itself */
};

struct moving {
    const struct casework_request *request;
    struct judgements judgements;
    struct side a, b;
};

/* ---- sides ----------------------------------------------------------------------------------- */

static enum ward_status load_case(struct store *store, struct ward_str id, struct side *side,
                                  struct ward_error *err)
{
    const struct link_rows_query query = {.case_id = id};
    link_loaded_release(&side->loaded);
    const enum ward_status status = link_rows_load(store, &query, &side->loaded, err);
    if (status == WARD_ERR_NOT_FOUND)
        return not_found(err, "case", id);
    side->in = status == WARD_OK ? &side->loaded.link.cases[0] : NULL;
    return status;
}

static enum ward_status take_case_id(void *context, const struct store_person *row,
                                     struct ward_error *err)
{
    struct buf *id = context;
    buf_put_str(id, row->case_id);
    return id->failed == WARD_OK ? WARD_OK : error_set(err, id->failed, "out of memory");
}

static enum ward_status load_person(struct store *store, struct ward_str id, struct side *side,
                                    struct ward_error *err)
{
    struct buf case_id;
    buf_init(&case_id, 1u << 16);
    enum ward_status status = store_person_find(store, id, take_case_id, &case_id, err);
    if (status == WARD_ERR_NOT_FOUND)
        status = not_found(err, "person", id);
    if (status == WARD_OK)
        status = load_case(store, buf_str(&case_id), side, err);
    buf_release(&case_id);
    if (status != WARD_OK)
        return status;
    for (size_t i = 0; i < side->in->person_count; i++)
        if (str_equal(side->loaded.link.people[side->in->people[i]].id, id))
            side->person = &side->loaded.link.people[side->in->people[i]];
    return side->person ? WARD_OK : not_found(err, "person", id);
}

static struct ward_str first_account(const struct side *side, size_t person)
{
    return side->loaded.link.people[side->in->people[person]].accounts[0].key;
}

/* ---- moves ----------------------------------------------------------------------------------- */

static enum ward_status merge_cases(struct store *store, struct moving *m, struct ward_error *err)
{
    enum ward_status status = load_case(store, m->request->a, &m->a, err);
    if (status == WARD_OK)
        status = load_case(store, m->request->b, &m->b, err);
    if (status != WARD_OK)
        return status;
    if (str_equal(m->a.in->id, m->b.in->id) || !m->a.in->person_count || !m->b.in->person_count)
        return error_set(err, WARD_ERR_ARGUMENT, "these two cases cannot be joined");
    return judgements_add(&m->judgements, LINK_JUDGE_SAME_CASE, first_account(&m->a, 0),
                          first_account(&m->b, 0));
}

static enum ward_status merge_people(struct store *store, struct moving *m, struct ward_error *err)
{
    enum ward_status status = load_person(store, m->request->a, &m->a, err);
    if (status == WARD_OK)
        status = load_person(store, m->request->b, &m->b, err);
    if (status != WARD_OK)
        return status;
    if (str_equal(m->a.person->id, m->b.person->id))
        return error_set(err, WARD_ERR_ARGUMENT, "these are one person already");
    return judgements_add(&m->judgements, LINK_JUDGE_SAME_PERSON, m->a.person->accounts[0].key,
                          m->b.person->accounts[0].key);
}

static enum ward_status split_person(struct store *store, struct moving *m, struct ward_error *err)
{
    enum ward_status status = load_person(store, m->request->a, &m->a, err);
    if (status != WARD_OK)
        return status;
    if (m->a.in->person_count < 2)
        return error_set(err, WARD_ERR_ARGUMENT, "the person is alone in its case");
    for (size_t i = 0; i < m->a.in->person_count && status == WARD_OK; i++)
        if (&m->a.loaded.link.people[m->a.in->people[i]] != m->a.person)
            status = judgements_add(&m->judgements, LINK_JUDGE_DIFFERENT_CASES,
                                    m->a.person->accounts[0].key, first_account(&m->a, i));
    return status;
}

static enum ward_status split_account(struct store *store, struct moving *m, struct ward_error *err)
{
    enum ward_status status = load_person(store, m->request->a, &m->a, err);
    const struct link_person *a = m->a.person;
    if (status != WARD_OK)
        return status;
    bool is_his = false;
    for (size_t i = 0; i < a->account_count; i++)
        is_his |= str_equal(a->accounts[i].key, m->request->b);
    if (!is_his)
        return not_found(err, "such account of this person:", m->request->b);
    if (a->account_count < 2)
        return error_set(err, WARD_ERR_ARGUMENT, "it is the only account of the person");
    for (size_t i = 0; i < a->account_count && status == WARD_OK; i++)
        if (!str_equal(a->accounts[i].key, m->request->b))
            status = judgements_add(&m->judgements, LINK_JUDGE_DIFFERENT_PEOPLE, a->accounts[i].key,
                                    m->request->b);
    return status;
}

/* ---- writing --------------------------------------------------------------------------------- */

static enum ward_status decide(struct store *store, const struct store_act *act,
                               const struct moving *m, uint64_t *seq, struct ward_error *err)
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
        .case_id = m->a.in->id,
        .reason = m->request->b,
        .note = m->request->note,
        .extra_json = buf_str(&extra),
        .only_if = m->request->only_if};
    const enum ward_status status = extra.failed ? error_set(err, extra.failed, "out of memory")
                                                 : store_decide(store, &decision, seq, NULL, err);
    buf_release(&extra);
    return status;
}

/* The person must be where the request says. */
static enum ward_status check_case(const struct moving *m, struct ward_error *err)
{
    const struct ward_str wanted = m->request->case_id;
    return !wanted.len || str_equal(wanted, m->a.in->id)
               ? WARD_OK
               : error_set(err, WARD_ERR_NOT_FOUND, "the person is in another case: %.*s",
                           (int)m->a.in->id.len, m->a.in->id.data);
}

enum ward_status casework_move_decide(struct store *store, const struct store_act *act,
                                      const struct casework_request *request, uint64_t *seq,
                                      struct ward_error *err)
{
    static enum ward_status (*const moves[])(struct store *, struct moving *,
                                             struct ward_error *) = {
        [CASEWORK_MERGE_CASES] = merge_cases,
        [CASEWORK_MERGE_PEOPLE] = merge_people,
        [CASEWORK_SPLIT_PERSON] = split_person,
        [CASEWORK_SPLIT_ACCOUNT] = split_account,
    };
    struct moving m = {.request = request};
    judgements_init(&m.judgements);
    enum ward_status status = moves[request->move](store, &m, err);
    if (status == WARD_ERR_NOMEM)
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (status == WARD_OK)
        status = check_case(&m, err);
    if (status == WARD_OK)
        status = decide(store, act, &m, seq, err);
    judgements_release(&m.judgements);
    link_loaded_release(&m.a.loaded);
    link_loaded_release(&m.b.loaded);
    return status;
}

enum ward_status casework_move(struct store *store, const struct store_act *act,
                               const struct casework_request *request, struct ward_error *err)
{
    const enum ward_status status = casework_move_decide(store, act, request, NULL, err);
    return status == WARD_OK ? casework_relink(store, act, err) : status;
}
