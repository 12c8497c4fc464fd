/**
 * What people decide: written once, never changed, and the case moves in the same transaction.
 */
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "store/audit_log.h"
#include "store/case_rows.h"
#include "store/changes.h"
#include "store/rows.h"
#include "store/state_seal.h"

#define PAGE 1000
#define TEXT_MAX (1024u * 1024u)

static const struct db_sql sql_insert = {"INSERT INTO ward_decision (" DECISION_COLUMNS ")"
                                         " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                                         DECISION_LETTERS, ""};
/* Of a case and of all that was merged into it. */
#define FAMILY                                                                                     \
    "WITH RECURSIVE family (id) AS (SELECT c.id FROM ward_case c WHERE c.id = $1 UNION"            \
    " SELECT c.id FROM ward_case c JOIN family f ON c.merged_into = f.id) "
static const struct db_sql sql_of_case = {
    FAMILY "SELECT " DECISION_COLUMNS " FROM ward_decision"
           " WHERE case_id IN (SELECT id FROM family) AND seq > $2 ORDER BY seq LIMIT $3",
    "sii", DECISION_LETTERS};
static const struct db_sql sql_all = {"SELECT " DECISION_COLUMNS " FROM ward_decision"
                                      " WHERE seq > $1 ORDER BY seq LIMIT $2",
                                      "ii", DECISION_LETTERS};
static const struct db_sql sql_state = {"UPDATE ward_case SET state = $2 WHERE id = $1", "si", ""};
static const struct db_sql sql_assign = {"UPDATE ward_case SET assignee = $2 WHERE id = $1", "ss",
                                         ""};
static const struct db_sql sql_hold = {"UPDATE ward_case SET is_held = $2 WHERE id = $1", "si", ""};
static const struct db_sql sql_hold_events = {"UPDATE ward_event SET is_held = $2 WHERE name IN"
                                              " (SELECT name FROM ward_member WHERE case_id = $1)",
                                              "si", ""};
static const struct db_sql sql_holder = {"SELECT assignee FROM ward_case WHERE id = $1", "s", "s"};
/* When the holder $2 last did something about the case, or was given it. */
static const struct db_sql sql_holder_active = {
    FAMILY "SELECT COALESCE(MAX(time_ms), 0) FROM ward_decision WHERE case_id IN"
           " (SELECT id FROM family) AND (who = $2 OR (kind = $3 AND reason = $2))",
    "ssi", "i"};
static const struct db_sql sql_of_kinds = {
    "SELECT " DECISION_COLUMNS " FROM ward_decision WHERE seq > $1 AND kind >= $2 AND kind <= $3"
    " ORDER BY seq LIMIT $4",
    "iiii", DECISION_LETTERS};
static const struct db_sql sql_needs_two = {
    "SELECT value FROM ward_setting WHERE name = $1 ORDER BY seq DESC LIMIT 1", "s", "s"};

static const char *const names[STORE_DECISION_KINDS] = {"confirm", "dismiss", "escalate", "note",
                                                        "assign",  "merge",   "split",    "refer",
                                                        "export",  "hold",    "release",  "reopen"};

const char *store_decision_name(enum store_decision_kind kind)
{
    return (unsigned)kind < STORE_DECISION_KINDS ? names[kind] : "unknown";
}

struct deciding {
    struct store_decision decision; /* case_id is resolved in here */
    struct buf case_id;
    /* Of a referral: who asked for it and waits for another person. */
    struct buf asked_by;
    bool is_asked, needs_two;
};

/* ---- referral by two ---------------------------------------------------------------------------
 */

static struct ward_str trim(struct ward_str who)
{
    while (who.len && (unsigned char)who.data[0] <= ' ')
        who = str_part(who, 1, who.len);
    while (who.len && (unsigned char)who.data[who.len - 1] <= ' ')
        who.len--;
    return who;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_person(struct ward_str a, struct ward_str b)
{
    a = trim(a);
    b = trim(b);
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

/* Follows the referrals to one body: a request stands until it is completed, or the case is
 * dismissed or opened again. */
static enum ward_status take_referral(void *context, size_t index, const struct db_value *columns,
                                      struct ward_error *err)
{
    struct deciding *d = context;
    struct store_decision row;
    (void)index;
    decision_read(columns, &row);
    const bool ends = row.kind == STORE_DISMISS || row.kind == STORE_REOPEN;
    if (ends && str_equal(row.subject_kind, str_of("case")))
        d->is_asked = false;
    if (row.kind != STORE_REFER || !str_equal(row.reason, d->decision.reason))
        return WARD_OK;
    d->is_asked = row.outcome == STORE_REQUESTED;
    buf_clear(&d->asked_by);
    buf_put_str(&d->asked_by, row.who);
    return d->asked_by.failed == WARD_OK ? WARD_OK
                                         : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

static enum ward_status take_needs_two(void *context, size_t index, const struct db_value *columns,
                                       struct ward_error *err)
{
    (void)index;
    (void)err;
    *(bool *)context = str_equal(columns[0].text, str_of("1"));
    return WARD_OK;
}

static enum ward_status settle_referral(struct store *store, struct deciding *d,
                                        struct ward_error *err)
{
    const struct db_value setting = db_text(str_of("refer-needs-two"));
    const struct db_value family[] = {db_text(d->decision.case_id), db_int(0), db_int(INT64_MAX)};
    d->needs_two = d->is_asked = false;
    enum ward_status status =
        db_run(store->db, &sql_needs_two, &setting, take_needs_two, &d->needs_two, err);
    if (status != WARD_OK || !d->needs_two)
        return status;
    status = db_run(store->db, &sql_of_case, family, take_referral, d, err);
    if (status != WARD_OK)
        return status;
    if (d->is_asked && same_person(buf_str(&d->asked_by), d->decision.who))
        return error_set(err, WARD_ERR_REFUSED,
                         "a referral needs two people; another one must complete it");
    d->decision.outcome = d->is_asked ? STORE_DONE : STORE_REQUESTED;
    return WARD_OK;
}

/* ---- conditions --------------------------------------------------------------------------------
 */

static enum ward_status take_holder(void *context, size_t index, const struct db_value *columns,
                                    struct ward_error *err)
{
    struct buf *holder = context;
    (void)index;
    buf_put_str(holder, columns[0].text);
    return holder->failed == WARD_OK ? WARD_OK : error_set(err, holder->failed, "out of memory");
}

/* Whose case it is, and whether that stands against what the condition wants. */
static enum ward_status check_holder(struct store *store, const struct store_decision *d,
                                     const struct buf *holder, struct ward_error *err)
{
    const struct store_condition *c = d->only_if;
    const struct db_value active[] = {db_text(d->case_id), db_text(buf_str(holder)),
                                      db_int(STORE_ASSIGN)};
    int64_t last_ms = INT64_MAX;
    if (holder->len && same_person(buf_str(holder), d->who))
        return WARD_OK;
    if (c->is_own)
        return error_set(err, WARD_ERR_REFUSED, "the case is not held by %.*s", (int)d->who.len,
                         d->who.data);
    if (!holder->len)
        return WARD_OK;
    if (c->idle_ms != INT64_MIN) {
        const enum ward_status status =
            db_run(store->db, &sql_holder_active, active, take_integer, &last_ms, err);
        if (status != WARD_OK)
            return status;
    }
    return c->idle_ms != INT64_MIN && last_ms < c->idle_ms
               ? WARD_OK
               : error_set(err, WARD_ERR_REFUSED, "the case is held by %.*s", (int)holder->len,
                           holder->data);
}

static enum ward_status check_condition(struct store *store, const struct store_decision *d,
                                        struct ward_error *err)
{
    const struct db_value id = db_text(d->case_id);
    char stamp[STORE_STAMP];
    struct buf holder;
    enum ward_status status = WARD_OK;
    if (d->only_if->stamp.len) {
        status = case_stamp(store, d->case_id, stamp, err);
        if (status == WARD_OK && !str_equal(d->only_if->stamp, str_of(stamp)))
            return error_set(err, WARD_ERR_STALE, "the case has changed since it was read");
    }
    if (status != WARD_OK || !(d->only_if->is_free || d->only_if->is_own))
        return status;
    buf_init(&holder, TEXT_MAX);
    status = db_run(store->db, &sql_holder, &id, take_holder, &holder, err);
    if (status == WARD_OK)
        status = check_holder(store, d, &holder, err);
    buf_release(&holder);
    return status;
}

/* ---- effect on the case ------------------------------------------------------------------------
 */

static enum ward_status set_state(struct store *store, struct ward_str id,
                                  enum store_case_state state, struct ward_error *err)
{
    const struct db_value params[] = {db_text(id), db_int((int64_t)state)};
    return db_run(store->db, &sql_state, params, NULL, NULL, err);
}

static enum ward_status set_hold(struct store *store, struct ward_str id, bool held,
                                 struct ward_error *err)
{
    const struct db_value params[] = {db_text(id), db_int(held)};
    const enum ward_status status = db_run(store->db, &sql_hold, params, NULL, NULL, err);
    return status == WARD_OK ? db_run(store->db, &sql_hold_events, params, NULL, NULL, err)
                             : status;
}

static enum ward_status move_case(struct store *store, const struct store_decision *d,
                                  struct ward_error *err)
{
    const struct db_value assign[] = {db_text(d->case_id), db_text(d->reason)};
    switch (d->kind) {
    case STORE_CONFIRM:
        return set_state(store, d->case_id, STORE_CASE_CONFIRMED, err);
    case STORE_DISMISS:
        return set_state(store, d->case_id, STORE_CASE_DISMISSED, err);
    case STORE_ESCALATE:
        return set_state(store, d->case_id, STORE_CASE_ESCALATED, err);
    case STORE_REOPEN:
        return set_state(store, d->case_id, STORE_CASE_OPEN, err);
    case STORE_REFER:
        return d->outcome == STORE_DONE ? set_state(store, d->case_id, STORE_CASE_REFERRED, err)
                                        : WARD_OK;
    case STORE_ASSIGN:
        return db_run(store->db, &sql_assign, assign, NULL, NULL, err);
    case STORE_HOLD:
    case STORE_RELEASE:
        return set_hold(store, d->case_id, d->kind == STORE_HOLD, err);
    case STORE_NOTE:
    case STORE_MERGE:
    case STORE_SPLIT:
    case STORE_EXPORT:
        break;
    }
    return WARD_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static enum ward_status note_decision(struct store *store, const struct store_decision *d,
                                      struct state_seals *seals, struct ward_error *err)
{
    unsigned char rows[DIGEST_BYTES];
    struct buf body;
    buf_init(&body, AUDIT_BODY_MAX);
    buf_put_text(&body, "{\"decision\":");
    json_put_string(&body, str_of(store_decision_name(d->kind)));
    buf_put_text(&body, ",\"case\":");
    json_put_string(&body, d->case_id);
    buf_put_text(&body, d->outcome == STORE_REQUESTED ? ",\"outcome\":\"requested\""
                                                      : ",\"outcome\":\"done\"");
    state_seals_put(seals, &body);
    buf_put_char(&body, '}');
    decision_digest(d, rows);
    const struct audit_draft draft = {d->time_ms, str_of("decision"), d->who, buf_str(&body),
                                      bytes_of(rows, sizeof rows)};
    const enum ward_status status = body.failed == WARD_OK
                                        ? audit_append(store, &draft, err)
                                        : error_set(err, body.failed, "out of memory");
    buf_release(&body);
    return status == WARD_OK ? changes_note(store, err) : status;
}

static enum ward_status write_decision(struct store *store, const struct store_decision *d,
                                       struct ward_error *err)
{
    const struct db_value row[] = {
        db_int((int64_t)d->seq),  db_int(d->time_ms),         db_text(d->who),
        db_int((int64_t)d->kind), db_text(d->subject_kind),   db_text(d->subject),
        db_text(d->case_id),      db_text(d->reason),         db_text(d->note),
        db_text(d->extra_json),   db_int((int64_t)d->outcome)};
    return db_run(store->db, &sql_insert, row, NULL, NULL, err);
}

/* The case as the decision left it; a hold is on its events too. */
static enum ward_status seal_case(struct store *store, const struct store_decision *d,
                                  struct state_seals *seals, struct ward_error *err)
{
    const bool holds = d->kind == STORE_HOLD || d->kind == STORE_RELEASE;
    const enum ward_status status =
        state_seal_row(store, seals, STATE_CASES, d->case_id, false, err);
    return status == WARD_OK && holds ? state_seal_table(store, seals, STATE_HELD, err) : status;
}

static enum ward_status decide_work(struct store *store, void *context, struct ward_error *err)
{
    struct deciding *d = context;
    struct store_decision *row = &d->decision;
    struct state_seals seals;
    enum ward_status status = WARD_OK;
    const bool on_case = str_equal(row->subject_kind, str_of("case"));
    row->seq = store->entries + 1;
    row->outcome = STORE_DONE;
    if (row->case_id.len) {
        char id[STORE_ID_MAX];
        const struct ward_str from = {id, row->case_id.len};
        memcpy(id, row->case_id.data, row->case_id.len);
        status = case_resolve(store, from, &d->case_id, err);
        row->case_id = buf_str(&d->case_id);
    }
    if (status == WARD_OK && row->only_if)
        status = check_condition(store, row, err);
    if (status == WARD_OK && row->kind == STORE_REFER)
        status = settle_referral(store, d, err);
    if (status == WARD_OK)
        status = write_decision(store, row, err);
    if (status == WARD_OK && on_case)
        status = move_case(store, row, err);
    state_seals_start(&seals);
    if (status == WARD_OK && on_case)
        status = seal_case(store, row, &seals, err);
    return status == WARD_OK ? note_decision(store, row, &seals, err) : status;
}

static bool needs_case(enum store_decision_kind kind)
{
    return kind == STORE_REFER || kind == STORE_ASSIGN || kind == STORE_HOLD ||
           kind == STORE_RELEASE || kind == STORE_REOPEN || kind == STORE_ESCALATE;
}

static enum ward_status check_decision(const struct store_decision *d, struct ward_error *err)
{
    const bool on_case = str_equal(d->subject_kind, str_of("case"));
    if ((unsigned)d->kind >= STORE_DECISION_KINDS)
        return error_set(err, WARD_ERR_ARGUMENT, "not a kind of decision");
    if (needs_case(d->kind) && !on_case)
        return error_set(err, WARD_ERR_ARGUMENT, "%s is for a case", store_decision_name(d->kind));
    if (on_case && !d->case_id.len && !d->subject.len)
        return error_set(err, WARD_ERR_ARGUMENT, "the decision names no case");
    if (d->kind == STORE_REFER && !d->reason.len)
        return error_set(err, WARD_ERR_ARGUMENT, "a referral names the body it goes to");
    if (d->reason.len > TEXT_MAX || d->note.len > TEXT_MAX || d->extra_json.len > TEXT_MAX ||
        d->subject.len > TEXT_MAX || d->who.len > STORE_ID_MAX)
        return error_set(err, WARD_ERR_LIMIT, "a decision's text is too long");
    if (d->only_if && !d->case_id.len)
        return error_set(err, WARD_ERR_ARGUMENT, "a condition is about a case");
    if (d->case_id.len > STORE_ID_MAX)
        return error_set(err, WARD_ERR_NOT_FOUND, "the store has no such case");
    return WARD_OK;
}

enum ward_status store_decide(struct store *store, const struct store_decision *decision,
                              uint64_t *seq, enum store_outcome *outcome, struct ward_error *err)
{
    struct deciding d = {.decision = *decision};
    if (seq)
        *seq = 0;
    if (outcome)
        *outcome = STORE_DONE;
    enum ward_status status = store_may_write(store, trim(decision->who), err);
    if (str_equal(decision->subject_kind, str_of("case")) && !decision->case_id.len)
        d.decision.case_id = decision->subject;
    if (status == WARD_OK)
        status = check_decision(&d.decision, err);
    if (status != WARD_OK)
        return status;
    buf_init(&d.case_id, STORE_ID_MAX);
    buf_init(&d.asked_by, TEXT_MAX);
    status = store_write(store, decide_work, &d, err);
    if (status == WARD_OK && seq)
        *seq = d.decision.seq;
    if (status == WARD_OK && outcome)
        *outcome = d.decision.outcome;
    buf_release(&d.case_id);
    buf_release(&d.asked_by);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

struct decision_reading {
    struct ward_str case_id;
    struct buf resolved;
    store_decision_taker take;
    void *context;
    size_t given;
    uint64_t last;
};

static enum ward_status take_decision(void *context, size_t index, const struct db_value *columns,
                                      struct ward_error *err)
{
    struct decision_reading *r = context;
    struct store_decision row;
    (void)index;
    decision_read(columns, &row);
    r->given++;
    r->last = row.seq;
    return r->take(r->context, &row, err);
}

static enum ward_status read_decisions(struct store *store, void *context, struct ward_error *err)
{
    struct decision_reading *r = context;
    enum ward_status status = WARD_OK;
    if (r->case_id.len)
        status = case_resolve(store, r->case_id, &r->resolved, err);
    do {
        const struct db_value all[] = {db_int((int64_t)r->last), db_int(PAGE)};
        const struct db_value some[] = {db_text(buf_str(&r->resolved)), all[0], all[1]};
        r->given = 0;
        if (status == WARD_OK)
            status = r->case_id.len ? db_run(store->db, &sql_of_case, some, take_decision, r, err)
                                    : db_run(store->db, &sql_all, all, take_decision, r, err);
    } while (status == WARD_OK && r->given == PAGE);
    return status;
}

enum ward_status store_decisions(struct store *store, struct ward_str case_id,
                                 store_decision_taker take, void *context, struct ward_error *err)
{
    struct decision_reading r = {.case_id = case_id, .take = take, .context = context};
    buf_init(&r.resolved, STORE_ID_MAX);
    const enum ward_status status = store_read(store, read_decisions, &r, err);
    buf_release(&r.resolved);
    return status;
}

struct kinds_reading {
    struct decision_reading reading;
    uint32_t kinds;
};

static enum ward_status take_of_kinds(void *context, size_t index, const struct db_value *columns,
                                      struct ward_error *err)
{
    struct kinds_reading *k = context;
    struct decision_reading *r = &k->reading;
    struct store_decision row;
    (void)index;
    decision_read(columns, &row);
    r->given++;
    r->last = row.seq;
    return k->kinds >> (unsigned)row.kind & 1u ? r->take(r->context, &row, err) : WARD_OK;
}

static enum ward_status read_of_kinds(struct store *store, void *context, struct ward_error *err)
{
    struct kinds_reading *k = context;
    int64_t low = 0;
    int64_t high = STORE_DECISION_KINDS - 1;
    enum ward_status status;
    while (low < high && !(k->kinds >> low & 1u))
        low++;
    while (high > low && !(k->kinds >> high & 1u))
        high--;
    do {
        const struct db_value params[] = {db_int((int64_t)k->reading.last), db_int(low),
                                          db_int(high), db_int(PAGE)};
        k->reading.given = 0;
        status = db_run(store->db, &sql_of_kinds, params, take_of_kinds, k, err);
    } while (status == WARD_OK && k->reading.given == PAGE);
    return status;
}

enum ward_status store_decisions_of(struct store *store, uint32_t kinds, uint64_t after,
                                    store_decision_taker take, void *context,
                                    struct ward_error *err)
{
    struct kinds_reading k = {.reading = {.take = take, .context = context, .last = after},
                              .kinds = kinds};
    return store_read(store, read_of_kinds, &k, err);
}
