/**
 * Putting a linking result in the place of the one before.
 *
 * Derived rows (people, groups, ties, membership) are replaced whole. Cases are kept for ever: what
 * people decided hangs on them. A case that went into another points to it and hands on its legal
 * hold, its assignee where there is none, and its state where people had gone further with it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "store/audit_log.h"
#include "store/changes.h"
#include "store/state_seal.h"

/* Bytes of one person's accounts; an account is in one of them. */
#define ACCOUNTS_MAX (64u * 1024u * 1024u)
/* Merges named in the audit entry before it only counts them. */
#define BODY_NAMES_MAX 60000u

static const char clear_script[] = "UPDATE ward_case SET is_current = 0, event_count = 0;"
                                   "DELETE FROM ward_member; DELETE FROM ward_person;"
                                   "DELETE FROM ward_group; DELETE FROM ward_tie";

static const struct db_sql sql_case = {
    "INSERT INTO ward_case (id, urgency, points, score, says_zh, says_en, has_time, first_ms,"
    " last_ms, detail_json, state, assignee, is_held, is_current, merged_into, event_count)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, 0, 1, $11, 0)"
    " ON CONFLICT (id) DO UPDATE SET urgency = excluded.urgency, points = excluded.points,"
    " score = excluded.score, says_zh = excluded.says_zh, says_en = excluded.says_en,"
    " has_time = excluded.has_time, first_ms = excluded.first_ms, last_ms = excluded.last_ms,"
    " detail_json = excluded.detail_json, is_current = 1, merged_into = excluded.merged_into",
    "sirrssiiiss", ""};
static const struct db_sql sql_former = {
    "SELECT state, is_held, is_current, merged_into, assignee FROM ward_case WHERE id = $1", "s",
    "iiiss"};
static const struct db_sql sql_stub = {
    "INSERT INTO ward_case (id, urgency, points, score, says_zh, says_en, has_time, first_ms,"
    " last_ms, detail_json, state, assignee, is_held, is_current, merged_into, event_count)"
    " VALUES ($1, 0, 0, 0, $2, $2, 0, 0, 0, $2, 0, $2, 0, 0, $3, 0)",
    "sss", ""};
static const struct db_sql sql_merge = {"UPDATE ward_case SET merged_into = $2 WHERE id = $1", "ss",
                                        ""};
static const struct db_sql sql_hand_on = {
    "UPDATE ward_case SET is_held = CASE WHEN $2 > 0 THEN 1 ELSE is_held END,"
    " state = CASE WHEN $3 >= 2 AND $3 > state THEN $3 ELSE state END,"
    " assignee = CASE WHEN length(assignee) = 0 THEN $4 ELSE assignee END WHERE id = $1",
    "siis", ""};
static const struct db_sql sql_person = {
    "INSERT INTO ward_person (id, case_id, role, confidence, detail_json, accounts)"
    " VALUES ($1, $2, $3, $4, $5, $6)",
    "ssirsb", ""};
static const struct db_sql sql_group = {
    "INSERT INTO ward_group (number, group_key, name, score, messages, flagged, case_id,"
    " detail_json) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    "issriiss", ""};
static const struct db_sql sql_tie = {
    "INSERT INTO ward_tie (number, a, b, kind, weight, case_id, has_time, first_ms, last_ms,"
    " detail_json) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    "isssrsiiis", ""};
static const struct db_sql sql_member = {
    "INSERT INTO ward_member (name, case_id, person_id, time_ms, seq)"
    " SELECT name, $2, $3, time_ms, seq FROM ward_event WHERE seq = $1 AND erased_by = 0"
    " ON CONFLICT (name) DO UPDATE SET case_id = excluded.case_id,"
    " person_id = excluded.person_id, time_ms = excluded.time_ms, seq = excluded.seq",
    "iss", ""};
static const char settle_script[] =
    "UPDATE ward_case SET event_count ="
    " (SELECT COUNT(*) FROM ward_member m WHERE m.case_id = ward_case.id) WHERE is_current = 1;"
    "UPDATE ward_event SET is_held = 1 WHERE is_held = 0 AND name IN (SELECT m.name FROM"
    " ward_member m JOIN ward_case c ON c.id = m.case_id WHERE c.is_held = 1)";

struct linker {
    const struct store_linking *linking;
    struct buf accounts; /* of the person being bound */
    struct buf body;     /* of the audit entry */
    uint64_t merges, unnamed;
};

/* ---- binding --------------------------------------------------------------------------------- */

static void bind_case(void *context, size_t index, struct db_value *p)
{
    const struct store_case *c = &((struct linker *)context)->linking->cases[index];
    const struct db_value values[] = {db_text(c->id),
                                      db_int(c->urgency),
                                      db_real(c->points),
                                      db_real(c->score),
                                      db_text(c->says_zh),
                                      db_text(c->says_en),
                                      db_int(c->has_time),
                                      db_int(c->has_time ? c->first_ms : 0),
                                      db_int(c->has_time ? c->last_ms : 0),
                                      db_text(c->detail_json),
                                      db_text((struct ward_str){NULL, 0})};
    memcpy(p, values, sizeof values);
}

static void bind_person(void *context, size_t index, struct db_value *p)
{
    struct linker *linker = context;
    const struct store_person *person = &linker->linking->people[index];
    buf_clear(&linker->accounts);
    for (size_t i = 0; i < person->account_count; i++) {
        const size_t len = person->accounts[i].len;
        const unsigned char head[] = {(unsigned char)(len >> 24), (unsigned char)(len >> 16),
                                      (unsigned char)(len >> 8), (unsigned char)len};
        buf_put(&linker->accounts, head, sizeof head);
        buf_put_str(&linker->accounts, person->accounts[i]);
    }
    const struct db_value values[] = {
        db_text(person->id),           db_text(person->case_id),
        db_int((int64_t)person->role), db_real(person->confidence),
        db_text(person->detail_json),  db_text(buf_str(&linker->accounts))};
    memcpy(p, values, sizeof values);
}

static void bind_group(void *context, size_t index, struct db_value *p)
{
    const struct store_group *g = &((struct linker *)context)->linking->groups[index];
    const struct db_value values[] = {db_int((int64_t)index),
                                      db_text(g->key),
                                      db_text(g->name),
                                      db_real(g->score),
                                      db_int((int64_t)g->messages),
                                      db_int((int64_t)g->flagged),
                                      db_text(g->case_id),
                                      db_text(g->detail_json)};
    memcpy(p, values, sizeof values);
}

static void bind_tie(void *context, size_t index, struct db_value *p)
{
    const struct store_tie *t = &((struct linker *)context)->linking->ties[index];
    const struct db_value values[] = {db_int((int64_t)index),
                                      db_text(t->a),
                                      db_text(t->b),
                                      db_text(t->kind),
                                      db_real(t->weight),
                                      db_text(t->case_id),
                                      db_int(t->has_time),
                                      db_int(t->has_time ? t->first_ms : 0),
                                      db_int(t->has_time ? t->last_ms : 0),
                                      db_text(t->detail_json)};
    memcpy(p, values, sizeof values);
}

static void bind_member(void *context, size_t index, struct db_value *p)
{
    const struct store_membership *m = &((struct linker *)context)->linking->members[index];
    p[0] = db_int((int64_t)m->seq);
    p[1] = db_text(m->case_id);
    p[2] = db_text(m->person_id);
}

/* ---- merges ---------------------------------------------------------------------------------- */

/** A case that may be part of another now, as the store has it. */
struct former {
    bool found, is_held, is_current, is_merged;
    int64_t state;
    struct ward_str into; /* in: the case it goes into */
    struct buf assignee;
};

static enum ward_status take_former(void *context, size_t index, const struct db_value *columns,
                                    struct ward_error *err)
{
    struct former *f = context;
    (void)index;
    (void)err;
    f->found = true;
    f->state = columns[0].integer;
    f->is_held = columns[1].integer != 0;
    f->is_current = columns[2].integer != 0;
    f->is_merged = str_equal(columns[3].text, f->into);
    buf_put_str(&f->assignee, columns[4].text);
    return f->assignee.failed;
}

static enum ward_status hand_on(struct store *store, struct ward_str id, const struct former *f,
                                struct ward_error *err)
{
    const struct db_value pair[] = {db_text(id), db_text(f->into)};
    const struct db_value gift[] = {db_text(f->into), db_int(f->is_held), db_int(f->state),
                                    db_text(buf_str(&f->assignee))};
    const struct db_value stub[] = {db_text(id), db_text((struct ward_str){NULL, 0}),
                                    db_text(f->into)};
    if (!f->found)
        return db_run(store->db, &sql_stub, stub, NULL, NULL, err);
    const enum ward_status status = db_run(store->db, &sql_merge, pair, NULL, NULL, err);
    return status == WARD_OK ? db_run(store->db, &sql_hand_on, gift, NULL, NULL, err) : status;
}

static void name_merge(struct linker *linker, struct ward_str id, struct ward_str into)
{
    struct buf *body = &linker->body;
    if (body->len > BODY_NAMES_MAX) {
        linker->unnamed++;
        return;
    }
    buf_put_text(body, linker->merges++ ? ",{\"case\":" : "{\"case\":");
    json_put_string(body, id);
    buf_put_text(body, ",\"into\":");
    json_put_string(body, into);
    buf_put_char(body, '}');
}

static enum ward_status merge_one(struct store *store, struct linker *linker, struct ward_str id,
                                  struct ward_str into, struct ward_error *err)
{
    const struct db_value param = db_text(id);
    struct former f = {.into = into};
    buf_init(&f.assignee, 1u << 20);
    enum ward_status status = db_run(store->db, &sql_former, &param, take_former, &f, err);
    if (status == WARD_OK && !f.is_current && !f.is_merged && !str_equal(id, into)) {
        status = hand_on(store, id, &f, err);
        name_merge(linker, id, into);
    }
    buf_release(&f.assignee);
    return status;
}

static enum ward_status write_merges(struct store *store, struct linker *linker,
                                     struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (size_t i = 0; i < linker->linking->case_count; i++) {
        const struct store_case *c = &linker->linking->cases[i];
        for (size_t j = 0; j < c->merged_count && status == WARD_OK; j++)
            status = merge_one(store, linker, c->merged[j], c->id, err);
    }
    return status;
}

/* ---- all together -----------------------------------------------------------------------------
 */

static enum ward_status write_rows(struct store *store, struct linker *linker,
                                   struct ward_error *err)
{
    const struct store_linking *l = linker->linking;
    const struct db_many tables[] = {{&sql_case, l->case_count, bind_case, NULL, linker},
                                     {&sql_person, l->person_count, bind_person, NULL, linker},
                                     {&sql_group, l->group_count, bind_group, NULL, linker},
                                     {&sql_tie, l->tie_count, bind_tie, NULL, linker},
                                     {&sql_member, l->member_count, bind_member, NULL, linker}};
    enum ward_status status = store->db->driver->exec(store->db, clear_script, err);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && status == WARD_OK; i++)
        if (tables[i].count)
            status = store->db->driver->run(store->db, &tables[i], err);
    if (status == WARD_OK && linker->accounts.failed != WARD_OK)
        return error_set(err, linker->accounts.failed, "a person's accounts take too much memory");
    return status;
}

static enum ward_status link_work(struct store *store, void *context, struct ward_error *err)
{
    struct linker *linker = context;
    const struct store_linking *l = linker->linking;
    struct buf *body = &linker->body;
    struct state_seals seals;
    buf_clear(body);
    linker->merges = linker->unnamed = 0;
    buf_printf(body,
               "{\"cases\":%zu,\"people\":%zu,\"groups\":%zu,\"ties\":%zu,\"members\":%zu,"
               "\"merged\":[",
               l->case_count, l->person_count, l->group_count, l->tie_count, l->member_count);
    enum ward_status status = write_rows(store, linker, err);
    if (status == WARD_OK)
        status = write_merges(store, linker, err);
    if (status == WARD_OK)
        status = store->db->driver->exec(store->db, settle_script, err);
    state_seals_start(&seals);
    if (status == WARD_OK)
        status = state_seal_tables(store, &seals, (1u << STATE_TABLES) - 1, err);
    if (status != WARD_OK)
        return status;
    buf_printf(body, "],\"more\":%" PRIu64, linker->unnamed);
    state_seals_put(&seals, body);
    buf_put_char(body, '}');
    if (body->failed != WARD_OK)
        return error_set(err, body->failed, "out of memory");
    const struct audit_draft draft = {l->time_ms, str_of("link"), l->who, buf_str(body), {0}};
    status = audit_append(store, &draft, err);
    return status == WARD_OK ? changes_note(store, err) : status;
}

static bool is_id(struct ward_str id)
{
    return id.len > 0 && id.len <= STORE_ID_MAX;
}

static bool ids_fit(const struct store_linking *l)
{
    for (size_t i = 0; i < l->case_count; i++) {
        if (!is_id(l->cases[i].id))
            return false;
        for (size_t j = 0; j < l->cases[i].merged_count; j++)
            if (!is_id(l->cases[i].merged[j]))
                return false;
    }
    for (size_t i = 0; i < l->person_count; i++)
        if (!is_id(l->people[i].id) || l->people[i].case_id.len > STORE_ID_MAX)
            return false;
    for (size_t i = 0; i < l->member_count; i++)
        if (!is_id(l->members[i].case_id) || l->members[i].person_id.len > STORE_ID_MAX)
            return false;
    return true;
}

enum ward_status store_link(struct store *store, const struct store_linking *linking,
                            struct ward_error *err)
{
    struct linker linker = {.linking = linking};
    enum ward_status status = store_may_write(store, linking->who, err);
    if (status != WARD_OK)
        return status;
    if (!ids_fit(linking))
        return error_set(err, WARD_ERR_ARGUMENT, "ids of cases and people have 1 to %u bytes",
                         STORE_ID_MAX);
    buf_init(&linker.accounts, ACCOUNTS_MAX);
    buf_init(&linker.body, AUDIT_BODY_MAX);
    status = store_write(store, link_work, &linker, err);
    buf_release(&linker.accounts);
    buf_release(&linker.body);
    return status;
}
