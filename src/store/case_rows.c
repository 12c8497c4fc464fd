/**
 * Reading cases, people, groups and ties.
 */
#include "store/case_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

#define PAGE 500
/* Merges followed one after the other; more is damage. */
#define CHAIN_MAX 1000

#define CASE_COLUMNS                                                                               \
    "id, urgency, points, score, says_zh, says_en, has_time, first_ms, last_ms, detail_json,"      \
    " state, assignee, is_held, is_current, merged_into, event_count"
#define CASE_LETTERS "sirrssiiisisiisi"

static const struct db_sql sql_page = {
    "SELECT " CASE_COLUMNS " FROM ward_case WHERE ($1 = 0 OR urgency < $2 OR (urgency = $2 AND"
    " (points < $3 OR (points = $3 AND id > $4)))) AND urgency >= $5 AND ($6 & (CASE state"
    " WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 4 WHEN 3 THEN 8 ELSE 16 END)) <> 0"
    " AND ($7 = 0 OR assignee = $8) AND (is_current = 1 OR $9 = 1)"
    " AND ($11 & (CASE urgency WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 4 ELSE 8 END)) <> 0"
    " ORDER BY urgency DESC, points DESC, id LIMIT $10",
    "iirsiiisiii", CASE_LETTERS};
static const struct db_sql sql_one = {"SELECT " CASE_COLUMNS " FROM ward_case WHERE id = $1", "s",
                                      CASE_LETTERS};
static const struct db_sql sql_next = {"SELECT merged_into FROM ward_case WHERE id = $1", "s", "s"};
static const struct db_sql sql_people = {
    "SELECT id, case_id, role, confidence, detail_json, accounts FROM ward_person"
    " WHERE (case_id = $1 OR $2 = 1) AND id > $3 ORDER BY id LIMIT $4",
    "sisi", "ssirsb"};
static const struct db_sql sql_person = {
    "SELECT id, case_id, role, confidence, detail_json, accounts FROM ward_person WHERE id = $1",
    "s", "ssirsb"};
static const struct db_sql sql_groups = {
    "SELECT group_key, name, score, messages, flagged, case_id, detail_json FROM ward_group"
    " WHERE (case_id = $1 OR $2 = 1) ORDER BY score DESC, group_key, number",
    "si", "ssriiss"};
static const struct db_sql sql_ties = {
    "SELECT a, b, kind, weight, case_id, has_time, first_ms, last_ms, detail_json FROM ward_tie"
    " WHERE case_id = $1 ORDER BY a, b, kind, number",
    "s", "sssrsiiis"};
static const struct db_sql sql_all_ties = {
    "SELECT a, b, kind, weight, case_id, has_time, first_ms, last_ms, detail_json FROM ward_tie"
    " ORDER BY a, b, kind, number",
    "", "sssrsiiis"};

const char *store_case_state_name(enum store_case_state state)
{
    static const char *const names[STORE_CASE_STATES] = {"open", "dismissed", "confirmed",
                                                         "escalated", "referred"};
    return (unsigned)state < STORE_CASE_STATES ? names[state] : "unknown";
}

/* ---- cases ----------------------------------------------------------------------------------- */

struct case_reading {
    const struct store_case_query *query;
    store_case_taker take;
    void *context;
    size_t left;  /* rows still wanted */
    size_t given; /* of the page */
    bool has_last;
    int64_t urgency;
    double points;
    struct buf id; /* last one given, or the one that is looked for */
};

static enum ward_status give_case(struct case_reading *r, const struct db_value *c,
                                  struct ward_error *err)
{
    const struct store_case row = {.id = c[0].text,
                                   .urgency = (uint32_t)c[1].integer,
                                   .points = c[2].real,
                                   .score = c[3].real,
                                   .says_zh = c[4].text,
                                   .says_en = c[5].text,
                                   .has_time = c[6].integer != 0,
                                   .first_ms = c[7].integer,
                                   .last_ms = c[8].integer,
                                   .detail_json = c[9].text,
                                   .state = (enum store_case_state)c[10].integer,
                                   .assignee = c[11].text,
                                   .is_held = c[12].integer != 0,
                                   .is_current = c[13].integer != 0,
                                   .merged_into = c[14].text,
                                   .event_count = (uint64_t)c[15].integer};
    return r->take(r->context, &row, err);
}

static enum ward_status take_case(void *context, size_t index, const struct db_value *c,
                                  struct ward_error *err)
{
    struct case_reading *r = context;
    (void)index;
    r->given++;
    r->left--;
    r->has_last = true;
    r->urgency = c[1].integer;
    r->points = c[2].real;
    buf_clear(&r->id);
    buf_put_str(&r->id, c[0].text);
    if (r->id.failed != WARD_OK)
        return error_set(err, r->id.failed, "out of memory");
    return give_case(r, c, err);
}

static enum ward_status read_cases(struct store *store, void *context, struct ward_error *err)
{
    struct case_reading *r = context;
    const struct store_case_query *q = r->query;
    enum ward_status status;
    size_t page;
    do {
        char id[STORE_ID_MAX]; /* the parameter must outlive the writing of the next id */
        const size_t len = r->id.len < sizeof id ? r->id.len : sizeof id;
        if (len)
            memcpy(id, r->id.data, len);
        page = r->left < PAGE ? r->left : PAGE;
        const struct db_value params[] = {
            db_int(r->has_last),
            db_int(r->urgency),
            db_real(r->points),
            db_text((struct ward_str){id, len}),
            db_int(q->urgency_min),
            db_int(q->states ? q->states : (1 << STORE_CASE_STATES) - 1),
            db_int(q->unassigned || q->assignee.len),
            db_text(q->unassigned ? (struct ward_str){NULL, 0} : q->assignee),
            db_int(q->with_former),
            db_int((int64_t)page),
            db_int(q->urgencies ? q->urgencies : 15)};
        r->given = 0;
        status = db_run(store->db, &sql_page, params, take_case, r, err);
    } while (status == WARD_OK && r->given == page && r->left > 0);
    return status;
}

enum ward_status store_cases(struct store *store, const struct store_case_query *query,
                             store_case_taker take, void *context, struct ward_error *err)
{
    struct case_reading r = {.query = query,
                             .take = take,
                             .context = context,
                             .left = query->limit ? query->limit : SIZE_MAX};
    buf_init(&r.id, STORE_ID_MAX);
    if (query->after) {
        r.has_last = true;
        r.urgency = query->after->urgency;
        r.points = query->after->points;
        buf_put_str(&r.id, query->after->id);
    }
    const enum ward_status status = r.id.failed == WARD_OK
                                        ? store_read(store, read_cases, &r, err)
                                        : error_set(err, WARD_ERR_ARGUMENT, "not an id of a case");
    buf_release(&r.id);
    return status;
}

struct step {
    struct buf *out;
    bool found, ends;
};

static enum ward_status take_step(void *context, size_t index, const struct db_value *columns,
                                  struct ward_error *err)
{
    struct step *step = context;
    (void)index;
    step->found = true;
    step->ends = columns[0].text.len == 0;
    if (step->ends)
        return WARD_OK;
    buf_clear(step->out);
    buf_put_str(step->out, columns[0].text);
    return step->out->failed == WARD_OK ? WARD_OK
                                        : error_set(err, step->out->failed, "out of memory");
}

enum ward_status case_resolve(struct store *store, struct ward_str id, struct buf *out,
                              struct ward_error *err)
{
    struct step step = {out, false, false};
    enum ward_status status = WARD_OK;
    buf_clear(out);
    buf_put_str(out, id);
    if (out->failed != WARD_OK)
        return error_set(err, WARD_ERR_NOT_FOUND, "the store has no such case");
    for (int i = 0; i < CHAIN_MAX && status == WARD_OK && !step.ends; i++) {
        char now[STORE_ID_MAX];
        const size_t len = out->len < sizeof now ? out->len : sizeof now;
        if (len)
            memcpy(now, out->data, len);
        const struct db_value param = db_text((struct ward_str){now, len});
        step.found = false;
        status = db_run(store->db, &sql_next, &param, take_step, &step, err);
        if (status == WARD_OK && !step.found)
            return error_set(err, WARD_ERR_NOT_FOUND, "the store has no such case");
    }
    if (status == WARD_OK && !step.ends)
        return error_set(err, WARD_ERR_FORMAT, "merged cases go round in a circle");
    return status;
}

struct asking {
    struct ward_str id;
    struct buf *out;
};

static enum ward_status read_id(struct store *store, void *context, struct ward_error *err)
{
    struct asking *asking = context;
    return case_resolve(store, asking->id, asking->out, err);
}

enum ward_status store_case_id(struct store *store, struct ward_str id, struct buf *out,
                               struct ward_error *err)
{
    struct asking asking = {id, out};
    return store_read(store, read_id, &asking, err);
}

static enum ward_status take_found(void *context, size_t index, const struct db_value *columns,
                                   struct ward_error *err)
{
    (void)index;
    return give_case(context, columns, err);
}

struct finding {
    struct case_reading reading;
    struct ward_str id;
};

static enum ward_status read_found(struct store *store, void *context, struct ward_error *err)
{
    struct finding *f = context;
    const enum ward_status status = case_resolve(store, f->id, &f->reading.id, err);
    const struct db_value param = db_text(buf_str(&f->reading.id));
    return status == WARD_OK ? db_run(store->db, &sql_one, &param, take_found, &f->reading, err)
                             : status;
}

enum ward_status store_case_find(struct store *store, struct ward_str id, store_case_taker take,
                                 void *context, struct ward_error *err)
{
    struct finding f = {.reading = {.take = take, .context = context}, .id = id};
    buf_init(&f.reading.id, STORE_ID_MAX);
    const enum ward_status status = store_read(store, read_found, &f, err);
    buf_release(&f.reading.id);
    return status;
}

/* ---- people, groups, ties ----------------------------------------------------------------------
 */

struct row_reading {
    struct ward_str case_id;
    store_person_taker take_person;
    store_group_taker take_group;
    store_tie_taker take_tie;
    void *context;
    struct ward_str *accounts; /* owned; room for the accounts of one person */
    size_t account_cap;
    size_t given, left;      /* people of the page; still wanted */
    char last[STORE_ID_MAX]; /* id of the last person given */
    size_t last_len;
};

/* Cuts the packed accounts of a person into r->accounts. */
static enum ward_status unpack(struct row_reading *r, struct ward_str packed, size_t *count,
                               struct ward_error *err)
{
    *count = 0;
    while (packed.len >= 4) {
        const unsigned char *head = (const unsigned char *)packed.data;
        const size_t len =
            (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | (size_t)head[3];
        if (len > packed.len - 4)
            break;
        if (*count == r->account_cap) {
            const size_t cap = r->account_cap ? r->account_cap * 2 : 16;
            struct ward_str *more = realloc(r->accounts, cap * sizeof *more);
            if (!more)
                return error_set(err, WARD_ERR_NOMEM, "out of memory");
            r->accounts = more;
            r->account_cap = cap;
        }
        r->accounts[(*count)++] = (struct ward_str){packed.data + 4, len};
        packed = str_part(packed, 4 + len, packed.len);
    }
    return packed.len == 0 ? WARD_OK
                           : error_set(err, WARD_ERR_FORMAT, "a person's accounts are damaged");
}

static enum ward_status take_person(void *context, size_t index, const struct db_value *c,
                                    struct ward_error *err)
{
    struct row_reading *r = context;
    size_t count;
    const enum ward_status status = unpack(r, c[5].text, &count, err);
    (void)index;
    if (status != WARD_OK)
        return status;
    const struct store_person row = {.id = c[0].text,
                                     .case_id = c[1].text,
                                     .role = (enum ward_role)c[2].integer,
                                     .confidence = c[3].real,
                                     .detail_json = c[4].text,
                                     .accounts = r->accounts,
                                     .account_count = count};
    r->given++;
    r->left--;
    r->last_len = row.id.len < sizeof r->last ? row.id.len : sizeof r->last;
    memcpy(r->last, row.id.data, r->last_len);
    return r->take_person(r->context, &row, err);
}

static enum ward_status read_people(struct store *store, void *context, struct ward_error *err)
{
    struct row_reading *r = context;
    enum ward_status status;
    size_t page;
    do {
        char last[STORE_ID_MAX];
        memcpy(last, r->last, sizeof last);
        page = r->left < PAGE ? r->left : PAGE;
        const struct db_value params[] = {db_text(r->case_id), db_int(r->case_id.len == 0),
                                          db_text((struct ward_str){last, r->last_len}),
                                          db_int((int64_t)page)};
        r->given = 0;
        status = db_run(store->db, &sql_people, params, take_person, r, err);
    } while (status == WARD_OK && r->given == page && r->left > 0);
    return status;
}

enum ward_status store_people(struct store *store, struct ward_str case_id, store_person_taker take,
                              void *context, struct ward_error *err)
{
    struct row_reading r = {
        .case_id = case_id, .take_person = take, .context = context, .left = SIZE_MAX};
    const enum ward_status status = store_read(store, read_people, &r, err);
    free(r.accounts);
    return status;
}

enum ward_status store_people_page(struct store *store, struct ward_str after, size_t limit,
                                   store_person_taker take, void *context, struct ward_error *err)
{
    struct row_reading r = {.take_person = take, .context = context, .left = limit};
    if (after.len > sizeof r.last)
        return error_set(err, WARD_ERR_ARGUMENT, "not an id of a person");
    if (after.len)
        memcpy(r.last, after.data, after.len);
    r.last_len = after.len;
    const enum ward_status status = limit ? store_read(store, read_people, &r, err) : WARD_OK;
    free(r.accounts);
    return status;
}

static enum ward_status read_person(struct store *store, void *context, struct ward_error *err)
{
    struct row_reading *r = context;
    const struct db_value param = db_text(r->case_id); /* holds the person's id here */
    return db_run(store->db, &sql_person, &param, take_person, r, err);
}

enum ward_status store_person_find(struct store *store, struct ward_str id, store_person_taker take,
                                   void *context, struct ward_error *err)
{
    struct row_reading r = {.case_id = id, .take_person = take, .context = context, .left = 1};
    const enum ward_status status = store_read(store, read_person, &r, err);
    free(r.accounts);
    if (status == WARD_OK && !r.given)
        return error_set(err, WARD_ERR_NOT_FOUND, "the store has no such person");
    return status;
}

static enum ward_status take_group(void *context, size_t index, const struct db_value *c,
                                   struct ward_error *err)
{
    struct row_reading *r = context;
    const struct store_group row = {.key = c[0].text,
                                    .name = c[1].text,
                                    .score = c[2].real,
                                    .messages = (uint64_t)c[3].integer,
                                    .flagged = (uint64_t)c[4].integer,
                                    .case_id = c[5].text,
                                    .detail_json = c[6].text};
    (void)index;
    return r->take_group(r->context, &row, err);
}

static enum ward_status read_groups(struct store *store, void *context, struct ward_error *err)
{
    struct row_reading *r = context;
    const struct db_value params[] = {db_text(r->case_id), db_int(r->case_id.len == 0)};
    return db_run(store->db, &sql_groups, params, take_group, r, err);
}

enum ward_status store_groups(struct store *store, struct ward_str case_id, store_group_taker take,
                              void *context, struct ward_error *err)
{
    struct row_reading r = {.case_id = case_id, .take_group = take, .context = context};
    return store_read(store, read_groups, &r, err);
}

static enum ward_status take_tie(void *context, size_t index, const struct db_value *c,
                                 struct ward_error *err)
{
    struct row_reading *r = context;
    const struct store_tie row = {.a = c[0].text,
                                  .b = c[1].text,
                                  .kind = c[2].text,
                                  .weight = c[3].real,
                                  .case_id = c[4].text,
                                  .has_time = c[5].integer != 0,
                                  .first_ms = c[6].integer,
                                  .last_ms = c[7].integer,
                                  .detail_json = c[8].text};
    (void)index;
    return r->take_tie(r->context, &row, err);
}

static enum ward_status read_ties(struct store *store, void *context, struct ward_error *err)
{
    struct row_reading *r = context;
    const struct db_value param = db_text(r->case_id);
    return r->case_id.len ? db_run(store->db, &sql_ties, &param, take_tie, r, err)
                          : db_run(store->db, &sql_all_ties, NULL, take_tie, r, err);
}

enum ward_status store_ties(struct store *store, struct ward_str case_id, store_tie_taker take,
                            void *context, struct ward_error *err)
{
    struct row_reading r = {.case_id = case_id, .take_tie = take, .context = context};
    return store_read(store, read_ties, &r, err);
}
