/**
 * Retention and erasure.
 *
 * An erased row keeps its number, seal, level, role, score, times and name, so that the audit log
 * still holds and a replay does not bring it back. Its content and its record key are gone: without
 * that key the seal says nothing, not even to who guesses the content. The name is a keyed hash of
 * (platform, group, id); its key is the store's secret.
 *
 * What linking derived from the event (sentences, details, ties, accounts of people) is emptied
 * too, until the next linking makes it anew without the event.
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
#include "store/rows.h"
#include "store/state_seal.h"

static const struct db_sql sql_old = {
    "SELECT e.name, e.is_held, CASE WHEN c.state IS NULL THEN -1 ELSE c.state END"
    " FROM ward_event e LEFT JOIN ward_member m ON m.name = e.name"
    " LEFT JOIN ward_case c ON c.id = m.case_id WHERE e.is_last = 1 AND e.erased_by = 0"
    " AND e.received_ms < CASE WHEN e.is_neighbour = 1 OR e.level = 0 THEN $1"
    " WHEN e.level = 1 THEN $2 WHEN e.level = 2 THEN $3 ELSE $4 END ORDER BY e.seq",
    "iiii", "bii"};
static const struct db_sql sql_key = {
    "SELECT name, MAX(is_held), MIN(erased_by) FROM ward_event WHERE name = $1 GROUP BY name", "b",
    "bii"};
static const struct db_sql sql_account = {
    "SELECT name, MAX(is_held), MIN(erased_by) FROM ward_event WHERE name IN"
    " (SELECT name FROM ward_event WHERE account_key = $1) GROUP BY name",
    "b", "bii"};
static const struct db_sql sql_person = {
    "SELECT name, MAX(is_held), MIN(erased_by) FROM ward_event WHERE name IN"
    " (SELECT name FROM ward_member WHERE person_id = $1 UNION"
    " SELECT name FROM ward_event WHERE account_key IN (SELECT e.account_key FROM ward_event e"
    " JOIN ward_member m ON m.name = e.name WHERE m.person_id = $1 AND length(e.account_key) > 0))"
    " GROUP BY name",
    "s", "bii"};
static const struct db_sql sql_erase = {
    "UPDATE ward_event SET erased_by = $2, mark = $3, record_key = $3, group_id = $4, id = $4,"
    " group_name = $4, account_key = $3, account = $4, alias = $4, reply_to = $4, source = $4,"
    " source_sha256 = $4, source_offset = 0, source_line = 0, source_bytes = 0, event_sha256 = $4,"
    " event_json = $4, verdict_json = $4 WHERE name = $1 AND erased_by = 0",
    "bibs", ""};
static const struct db_sql sql_count = {
    "SELECT COUNT(*) FROM ward_event WHERE name = $1 AND erased_by = 0", "b", "i"};
static const struct db_sql sql_seals = {
    "SELECT seq, seal FROM ward_event WHERE erased_by = $1 ORDER BY seq", "i", "ib"};

/* Tables that lose what rests on an erased event. */
#define DERIVED                                                                                    \
    (1u << STATE_CASES | 1u << STATE_PEOPLE | 1u << STATE_GROUPS | 1u << STATE_TIES |              \
     1u << STATE_MEMBERS)
/* What rests on events that entry $1 erases. */
#define ERASED_MEMBERS                                                                             \
    "FROM ward_member m JOIN ward_event e ON e.name = m.name WHERE e.erased_by = $1"
static const struct db_sql sql_derived[] = {
    {"UPDATE ward_person SET detail_json = $2, accounts = $3 WHERE id IN"
     " (SELECT m.person_id " ERASED_MEMBERS ")",
     "isb", ""},
    {"UPDATE ward_group SET detail_json = $2 WHERE length(case_id) > 0 AND case_id IN"
     " (SELECT m.case_id " ERASED_MEMBERS ")",
     "isb", ""},
    {"DELETE FROM ward_tie WHERE case_id IN (SELECT m.case_id " ERASED_MEMBERS ")", "isb", ""},
    {"UPDATE ward_case SET detail_json = $2, says_zh = $2, says_en = $2 WHERE id IN"
     " (SELECT m.case_id " ERASED_MEMBERS ")",
     "isb", ""},
    {"DELETE FROM ward_member WHERE name IN (SELECT e.name FROM ward_event e"
     " WHERE e.erased_by = $1)",
     "isb", ""}};

struct eraser {
    const struct store_act *act;
    const char *kind; /* of the audit entry */
    const char *how;  /* what was asked for */
    const struct db_sql *find;
    const struct db_value *params;
    uint32_t case_states;               /* purge: which cases' events may go */
    unsigned char (*names)[NAME_BYTES]; /* owned */
    size_t count, cap;
    size_t met; /* keys found, erased ones too */
    struct digest seals;
    struct store_erased result;
};

static enum ward_status add_name(struct eraser *e, struct ward_str name, struct ward_error *err)
{
    if (name.len != NAME_BYTES)
        return error_set(err, WARD_ERR_FORMAT, "an event's name is damaged");
    if (e->count == e->cap) {
        const size_t cap = e->cap ? e->cap * 2 : 256;
        void *more = realloc(e->names, cap * NAME_BYTES);
        if (!more)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        e->names = more;
        e->cap = cap;
    }
    memcpy(e->names[e->count++], name.data, NAME_BYTES);
    return WARD_OK;
}

static enum ward_status take_old(void *context, size_t index, const struct db_value *columns,
                                 struct ward_error *err)
{
    struct eraser *e = context;
    const int64_t state = columns[2].integer;
    (void)index;
    const bool kept =
        state >= 0 && state != STORE_CASE_DISMISSED && !(e->case_states & 1u << (unsigned)state);
    if (columns[1].integer || kept) {
        e->result.skipped++;
        return WARD_OK;
    }
    return add_name(e, columns[0].text, err);
}

static enum ward_status take_asked(void *context, size_t index, const struct db_value *columns,
                                   struct ward_error *err)
{
    struct eraser *e = context;
    (void)index;
    e->met++;
    if (columns[2].integer)
        return WARD_OK;
    if (columns[1].integer)
        return error_set(err, WARD_ERR_REFUSED, "legal hold: nothing was erased");
    return add_name(e, columns[0].text, err);
}

static void bind_name(void *context, size_t index, struct db_value *p)
{
    const struct eraser *e = context;
    const struct ward_str nothing = {NULL, 0};
    p[0] = db_text(bytes_of(e->names[index], NAME_BYTES));
    p[1] = e->params[4]; /* number of the entry, see erase_work */
    p[2] = db_text(nothing);
    p[3] = db_text(nothing);
}

static enum ward_status take_seal(void *context, size_t index, const struct db_value *columns,
                                  struct ward_error *err)
{
    struct eraser *e = context;
    (void)index;
    (void)err;
    seals_add(&e->seals, (uint64_t)columns[0].integer, columns[1].text);
    e->result.rows++;
    return WARD_OK;
}

static enum ward_status erase_names(struct store *store, struct eraser *e, struct ward_error *err)
{
    const struct db_many many = {&sql_erase, e->count, bind_name, NULL, e};
    const struct ward_str nothing = {NULL, 0};
    const struct db_value derived[] = {e->params[4], db_text(nothing), db_text(nothing)};
    enum ward_status status = store->db->driver->run(store->db, &many, err);
    for (size_t i = 0; i < sizeof sql_derived / sizeof sql_derived[0] && status == WARD_OK; i++)
        status = db_run(store->db, &sql_derived[i], derived, NULL, NULL, err);
    seals_start(&e->seals);
    return status == WARD_OK ? db_run(store->db, &sql_seals, derived, take_seal, e, err) : status;
}

static void bind_counted(void *context, size_t index, struct db_value *p)
{
    const struct eraser *e = context;
    p[0] = db_text(bytes_of(e->names[index], NAME_BYTES));
}

static enum ward_status take_counted(void *context, size_t index, const struct db_value *columns,
                                     struct ward_error *err)
{
    struct eraser *e = context;
    (void)index;
    (void)err;
    e->result.rows += (uint64_t)columns[0].integer;
    return WARD_OK;
}

static enum ward_status count_names(struct store *store, struct eraser *e, struct ward_error *err)
{
    const struct db_many many = {&sql_count, e->count, bind_counted, take_counted, e};
    return store->db->driver->run(store->db, &many, err);
}

static enum ward_status note_erasure(struct store *store, struct eraser *e, struct ward_error *err)
{
    unsigned char rows[DIGEST_BYTES];
    struct state_seals seals;
    struct buf body;
    state_seals_start(&seals);
    enum ward_status status = state_seal_tables(store, &seals, DERIVED, err);
    if (status != WARD_OK)
        return status;
    digest_end(&e->seals, rows);
    buf_init(&body, AUDIT_BODY_MAX);
    buf_printf(&body, "{\"what\":\"%s\",\"events\":%" PRIu64 ",\"rows\":%" PRIu64, e->how,
               e->result.events, e->result.rows);
    if (e->act->reason.len) {
        buf_put_text(&body, ",\"reason\":");
        json_put_string(&body, e->act->reason);
    }
    state_seals_put(&seals, &body);
    buf_put_char(&body, '}');
    const struct audit_draft draft = {e->act->time_ms, str_of(e->kind), e->act->who, buf_str(&body),
                                      bytes_of(rows, sizeof rows)};
    status = body.failed == WARD_OK ? audit_append(store, &draft, err)
                                    : error_set(err, body.failed, "the reason is too long");
    buf_release(&body);
    return status == WARD_OK ? changes_note(store, err) : status;
}

static enum ward_status erase_work(struct store *store, void *context, struct ward_error *err)
{
    struct eraser *e = context;
    struct db_value params[5];
    const struct db_value *given = e->params;
    const bool purges = e->find == &sql_old;
    memcpy(params, given, 4 * sizeof params[0]);
    params[4] = db_int((int64_t)store->entries + 1);
    e->count = e->met = 0;
    memset(&e->result, 0, sizeof e->result);
    enum ward_status status =
        db_run(store->db, e->find, params, purges ? take_old : take_asked, e, err);
    if (status == WARD_OK && !purges && !e->met)
        status = error_set(err, WARD_ERR_NOT_FOUND, "the store has no such event or person");
    if (status != WARD_OK || !e->count)
        return status;
    e->result.events = e->count;
    if (store->is_on_trial)
        return count_names(store, e, err);
    e->params = params;
    status = erase_names(store, e, err);
    e->params = given;
    return status == WARD_OK ? note_erasure(store, e, err) : status;
}

static enum ward_status run_eraser(struct store *store, struct eraser *e, struct store_erased *out,
                                   struct ward_error *err)
{
    memset(out, 0, sizeof *out);
    enum ward_status status = WARD_OK;
    if (store->is_on_trial)
        status = store_read(store, erase_work, e, err);
    else if ((status = store_may_write(store, e->act->who, err)) == WARD_OK)
        status = store_write(store, erase_work, e, err);
    if (status == WARD_OK) {
        *out = e->result;
        if (e->count && !store->is_on_trial)
            store->db->driver->scrub(store->db);
    }
    free(e->names);
    return status;
}

void store_scrub(struct store *store)
{
    store->db->driver->scrub(store->db);
}

void store_erase_on_trial(struct store *store, bool on)
{
    store->is_on_trial = on;
}

enum ward_status store_purge(struct store *store, const struct store_act *act,
                             const struct store_purge *purge, struct store_erased *out,
                             struct ward_error *err)
{
    struct db_value before[4];
    struct eraser e = {.act = act,
                       .kind = "purge",
                       .how = "age",
                       .find = &sql_old,
                       .params = before,
                       .case_states = purge->case_states};
    for (int i = 0; i < 4; i++) {
        const int64_t keep = purge->keep_ms[i];
        const bool for_ever = keep < 0 || act->time_ms < INT64_MIN + keep;
        before[i] = db_int(for_ever ? INT64_MIN : act->time_ms - keep);
    }
    return run_eraser(store, &e, out, err);
}

enum ward_status store_erase_event(struct store *store, const struct store_act *act,
                                   const struct store_event_key *key, struct store_erased *out,
                                   struct ward_error *err)
{
    unsigned char name[NAME_BYTES];
    event_name(store, key, name);
    const struct db_value params[4] = {db_text(bytes_of(name, sizeof name))};
    struct eraser e = {
        .act = act, .kind = "erase", .how = "event", .find = &sql_key, .params = params};
    return run_eraser(store, &e, out, err);
}

enum ward_status store_erase_account(struct store *store, const struct store_act *act,
                                     struct ward_str platform, struct ward_str account,
                                     struct store_erased *out, struct ward_error *err)
{
    unsigned char name[NAME_BYTES];
    const struct db_value params[4] = {db_text(account_name(store, platform, account, name))};
    struct eraser e = {
        .act = act, .kind = "erase", .how = "account", .find = &sql_account, .params = params};
    memset(out, 0, sizeof *out);
    if (!account.len)
        return error_set(err, WARD_ERR_ARGUMENT, "no account is named");
    return run_eraser(store, &e, out, err);
}

enum ward_status store_erase_person(struct store *store, const struct store_act *act,
                                    struct ward_str person_id, struct store_erased *out,
                                    struct ward_error *err)
{
    const struct db_value params[4] = {db_text(person_id)};
    struct eraser e = {
        .act = act, .kind = "erase", .how = "person", .find = &sql_person, .params = params};
    memset(out, 0, sizeof *out);
    if (!person_id.len)
        return error_set(err, WARD_ERR_ARGUMENT, "no person is named");
    return run_eraser(store, &e, out, err);
}
