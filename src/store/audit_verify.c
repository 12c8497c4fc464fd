/**
 * Checking the audit log: the chain, its signatures, its head, heads kept outside, and every row it
 * speaks of. The first thing found wrong, in order of entries, is the answer.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "store/audit_log.h"
#include "store/records_seal.h"
#include "store/rows.h"
#include "store/state_check.h"

#define PAGE 500
#define ANCHOR_FILE_MAX (64u * 1024u * 1024u)
/* How far around its place a moved entry's own number is looked for. */
#define PLACES_MAX 4096u

static const struct db_sql sql_batch = {"SELECT " EVENT_COLUMNS
                                        ", e.mark, e.account_key" EVENT_TABLES
                                        "WHERE e.batch = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3",
                                        "iii", EVENT_LETTERS "bb"};
#define MARK_COLUMN (EVENT_COLUMN_COUNT + 2)
static const struct db_sql sql_erased = {
    "SELECT seq, seal FROM ward_event WHERE erased_by = $1 ORDER BY seq", "i", "ib"};
static const struct db_sql sql_decision = {
    "SELECT " DECISION_COLUMNS " FROM ward_decision WHERE seq = $1", "i", DECISION_LETTERS};
static const struct db_sql sql_setting = {"SELECT name, value FROM ward_setting WHERE seq = $1",
                                          "i", "ss"};
/* Rows in all, and the smallest entry number that rows claim but no entry of theirs has. */
static const struct db_sql sql_rows = {
    "SELECT (SELECT COUNT(*) FROM ward_event), (SELECT COUNT(*) FROM ward_event WHERE erased_by > "
    "0),"
    " (SELECT COUNT(*) FROM ward_decision), (SELECT COUNT(*) FROM ward_setting)",
    "", "iiii"};
static const struct db_sql sql_orphan = {
    "SELECT MIN(n) FROM (SELECT batch AS n FROM ward_event WHERE batch NOT IN"
    " (SELECT seq FROM ward_audit WHERE kind = $1)"
    " UNION SELECT erased_by FROM ward_event WHERE erased_by > 0 AND erased_by NOT IN"
    " (SELECT seq FROM ward_audit WHERE kind = $2 OR kind = $3)"
    " UNION SELECT seq FROM ward_decision WHERE seq NOT IN"
    " (SELECT seq FROM ward_audit WHERE kind = $4)"
    " UNION SELECT seq FROM ward_setting WHERE seq NOT IN"
    " (SELECT seq FROM ward_audit WHERE kind = $5)) orphans",
    "sssss", "i"};

enum rows_kind { ROWS_NONE, ROWS_EVENTS, ROWS_ERASED, ROWS_DECISION, ROWS_SETTING };

/** An entry whose rows are compared once its page is read. */
struct pending {
    uint64_t seq;
    enum rows_kind kind;
    unsigned char rows[DIGEST_BYTES];
    bool has_seals;
    struct entry_seals seals;
};

struct anchor_head {
    uint64_t count;
    unsigned char hash[DIGEST_BYTES];
};

struct verifier {
    struct store *store;
    struct store_audit_report *report;
    const char *anchor_path;
    struct anchor_head *anchors; /* owned; by count */
    size_t anchor_count, anchor_at;
    size_t given; /* entries of the page */
    uint64_t last;
    unsigned char prev[DIGEST_BYTES];
    struct pending pending[PAGE];
    size_t pending_count;
    /* Of the entry whose rows are read. */
    struct digest digest;
    uint64_t entry, at_seq, row_count, page_rows;
    bool is_wrong;
    unsigned char found[DIGEST_BYTES]; /* hash of its one row */
    uint64_t totals[5];                /* rows that entries speak of, by rows_kind */
    int64_t counted[4];
    struct state_check state;
    uint64_t sealing; /* the last entry that wrote sealed records; 0 none */
    unsigned char sealed[DIGEST_BYTES];
};

/* Keeps the first fault, by entry. */
static void report_fault(struct verifier *v, uint64_t entry, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void report_fault(struct verifier *v, uint64_t entry, const char *format, ...)
{
    struct store_audit_report *r = v->report;
    va_list args;
    if (!r->is_good && r->bad_entry <= entry)
        return;
    r->is_good = false;
    r->bad_entry = entry;
    va_start(args, format);
    (void)vsnprintf(r->what, sizeof r->what, format, args);
    va_end(args);
}

static bool same_hash(struct ward_str stored, const unsigned char *hash)
{
    return stored.len == DIGEST_BYTES && memcmp(stored.data, hash, DIGEST_BYTES) == 0;
}

/* ---- the chain ------------------------------------------------------------------------------- */

static bool is_signed(const struct store *store, uint64_t count, struct ward_str hash,
                      struct ward_str signature)
{
    unsigned char message[HEAD_MESSAGE_MAX];
    const size_t len = audit_head_message(store, count, hash, message);
    return signature.len == crypto_sign_BYTES &&
           crypto_sign_verify_detached((const unsigned char *)signature.data, message, len,
                                       store->public_key) == 0;
}

/* The number under which the row's content and hash agree, 0 if none near. */
static uint64_t own_number(const struct audit_row *row)
{
    unsigned char hash[DIGEST_BYTES];
    struct audit_row other = *row;
    for (uint64_t d = 1; d <= PLACES_MAX; d++)
        for (int side = 0; side < 2; side++) {
            if (side && row->seq <= d)
                continue;
            other.seq = side ? row->seq - d : row->seq + d;
            audit_hash(&other, hash);
            if (same_hash(row->hash, hash))
                return other.seq;
        }
    return 0;
}

static void check_entry(struct verifier *v, const struct audit_row *row)
{
    unsigned char hash[DIGEST_BYTES];
    audit_hash(row, hash);
    if (row->seq != v->last + 1) {
        report_fault(v, v->last + 1, "entry %" PRIu64 " is missing: it was removed", v->last + 1);
    } else if (!same_hash(row->hash, hash)) {
        const uint64_t own = own_number(row);
        if (own)
            report_fault(v, row->seq,
                         "in its place stands entry %" PRIu64 ": the order was changed", own);
        else
            report_fault(v, row->seq, "its content or hash was changed");
    } else if (!same_hash(row->prev, v->prev)) {
        report_fault(v, row->seq, "it does not follow entry %" PRIu64 ": one of them was replaced",
                     row->seq - 1);
    } else if (!is_signed(v->store, row->seq, row->hash, row->signature)) {
        report_fault(v, row->seq, "it is not signed with the store's key: forged");
    }
}

static void check_anchors(struct verifier *v, const struct audit_row *row)
{
    for (; v->anchor_at < v->anchor_count && v->anchors[v->anchor_at].count <= row->seq;
         v->anchor_at++)
        if (v->anchors[v->anchor_at].count == row->seq &&
            !same_hash(row->hash, v->anchors[v->anchor_at].hash))
            report_fault(v, row->seq,
                         "it is not the entry that the anchor holds: the log was"
                         " written anew");
}

static enum rows_kind rows_of(struct ward_str kind)
{
    if (str_equal(kind, str_of("ingest")))
        return ROWS_EVENTS;
    if (str_equal(kind, str_of("erase")) || str_equal(kind, str_of("purge")))
        return ROWS_ERASED;
    if (str_equal(kind, str_of("decision")))
        return ROWS_DECISION;
    return str_equal(kind, str_of("configure")) ? ROWS_SETTING : ROWS_NONE;
}

static bool seals_state(struct ward_str kind)
{
    return rows_of(kind) != ROWS_NONE || str_equal(kind, str_of("link")) ||
           str_equal(kind, str_of("create")) || str_equal(kind, str_of("migrate"));
}

/* Notes what is to be compared of an entry. */
static void keep_pending(struct verifier *v, const struct audit_row *row)
{
    struct pending *p = &v->pending[v->pending_count];
    p->seq = row->seq;
    p->kind = row->draft.rows.len == DIGEST_BYTES ? rows_of(row->draft.kind) : ROWS_NONE;
    p->has_seals = seals_state(row->draft.kind) && entry_seals_read(row->draft.body, &p->seals);
    if (p->kind != ROWS_NONE)
        memcpy(p->rows, row->draft.rows.data, DIGEST_BYTES);
    v->pending_count += p->kind != ROWS_NONE || p->has_seals;
}

static enum ward_status take_entry(void *context, size_t index, const struct db_value *columns,
                                   struct ward_error *err)
{
    struct verifier *v = context;
    struct audit_row row;
    (void)index;
    (void)err;
    audit_row_read(columns, &row);
    v->given++;
    if (v->report->is_good) {
        check_entry(v, &row);
        check_anchors(v, &row);
    }
    if (v->report->is_good)
        keep_pending(v, &row);
    if (row.draft.rows.len == DIGEST_BYTES && rows_of(row.draft.kind) == ROWS_NONE) {
        v->sealing = row.seq;
        memcpy(v->sealed, row.draft.rows.data, DIGEST_BYTES);
    }
    if (row.hash.len == DIGEST_BYTES)
        memcpy(v->prev, row.hash.data, DIGEST_BYTES);
    v->last = row.seq;
    v->report->entries++;
    return WARD_OK;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool is_as_sealed(const struct store *store, const struct event_row *row)
{
    unsigned char seal[DIGEST_BYTES];
    unsigned char name[NAME_BYTES];
    const struct store_event *e = &row->row.event;
    const struct store_event_key key = {e->platform, e->group, e->id};
    if (row->record_key.len != SECRET_BYTES || row->name.len != NAME_BYTES)
        return false;
    event_name(store, &key, name);
    event_seal(row, (const unsigned char *)row->record_key.data, seal);
    return same_hash(row->seal, seal) && memcmp(row->name.data, name, NAME_BYTES) == 0;
}

/* What erasure must have left empty. */
static bool is_bare(const struct event_row *row)
{
    const struct store_event *e = &row->row.event;
    return e->event_json.len + e->verdict_json.len + e->account.len + e->alias.len + e->id.len +
               row->record_key.len ==
           0;
}

/* What finds duplicates and an account's events is made from the rest; empty once erased. */
static bool has_derived_keys(const struct store *store, const struct event_row *row,
                             struct ward_str mark, struct ward_str account_key)
{
    const struct store_event *e = &row->row.event;
    unsigned char account[NAME_BYTES];
    unsigned char own[NAME_BYTES];
    if (row->row.is_erased)
        return mark.len + account_key.len == 0;
    event_mark(store, e, own);
    return str_equal(mark, bytes_of(own, sizeof own)) &&
           str_equal(account_key, account_name(store, e->platform, e->account, account));
}

static enum ward_status take_event(void *context, size_t index, const struct db_value *columns,
                                   struct ward_error *err)
{
    struct verifier *v = context;
    struct event_row row;
    (void)index;
    (void)err;
    event_row_read(columns, &row);
    const bool has_keys =
        has_derived_keys(v->store, &row, columns[MARK_COLUMN].text, columns[MARK_COLUMN + 1].text);
    v->page_rows++;
    v->row_count++;
    v->at_seq = row.row.seq;
    seals_add(&v->digest, row.row.seq, row.seal);
    if (!has_keys || (row.row.is_erased ? !is_bare(&row) : !is_as_sealed(v->store, &row))) {
        v->is_wrong = true;
        report_fault(v, v->entry, "the content of event row %" PRIu64 " is not what was stored",
                     row.row.seq);
    }
    return WARD_OK;
}

static enum ward_status take_erased(void *context, size_t index, const struct db_value *columns,
                                    struct ward_error *err)
{
    struct verifier *v = context;
    (void)index;
    (void)err;
    v->row_count++;
    seals_add(&v->digest, (uint64_t)columns[0].integer, columns[1].text);
    return WARD_OK;
}

static enum ward_status take_decision(void *context, size_t index, const struct db_value *columns,
                                      struct ward_error *err)
{
    struct verifier *v = context;
    struct store_decision row;
    (void)index;
    (void)err;
    decision_read(columns, &row);
    v->row_count++;
    decision_digest(&row, v->found);
    return WARD_OK;
}

static enum ward_status take_setting(void *context, size_t index, const struct db_value *columns,
                                     struct ward_error *err)
{
    struct verifier *v = context;
    (void)index;
    (void)err;
    v->row_count++;
    setting_digest(v->entry, columns[0].text, columns[1].text, v->found);
    return WARD_OK;
}

static enum ward_status read_batch(struct verifier *v, struct ward_error *err)
{
    enum ward_status status;
    v->at_seq = 0;
    do {
        const struct db_value params[] = {db_int((int64_t)v->entry), db_int((int64_t)v->at_seq),
                                          db_int(PAGE)};
        v->page_rows = 0;
        status = db_run(v->store->db, &sql_batch, params, take_event, v, err);
    } while (status == WARD_OK && v->page_rows == PAGE);
    return status;
}

static enum ward_status read_rows(struct verifier *v, enum rows_kind kind, struct ward_error *err)
{
    const struct db_value entry = db_int((int64_t)v->entry);
    switch (kind) {
    case ROWS_EVENTS:
        return read_batch(v, err);
    case ROWS_ERASED:
        return db_run(v->store->db, &sql_erased, &entry, take_erased, v, err);
    case ROWS_DECISION:
        return db_run(v->store->db, &sql_decision, &entry, take_decision, v, err);
    case ROWS_SETTING:
        return db_run(v->store->db, &sql_setting, &entry, take_setting, v, err);
    case ROWS_NONE:
        break;
    }
    return WARD_OK;
}

static enum ward_status check_rows(struct verifier *v, const struct pending *p,
                                   struct ward_error *err)
{
    static const char *const what[] = {"", "events", "erased events", "decision", "setting"};
    const bool many = p->kind == ROWS_EVENTS || p->kind == ROWS_ERASED;
    v->entry = p->seq;
    v->row_count = 0;
    v->is_wrong = false;
    memset(v->found, 0, sizeof v->found);
    seals_start(&v->digest);
    const enum ward_status status = read_rows(v, p->kind, err);
    if (status != WARD_OK)
        return status;
    if (many)
        digest_end(&v->digest, v->found);
    v->totals[p->kind] += v->row_count;
    v->report->rows += p->kind == ROWS_ERASED ? 0 : v->row_count;
    if (!v->is_wrong && memcmp(v->found, p->rows, DIGEST_BYTES) != 0)
        report_fault(v, p->seq, "its %s in the store %s: changed, added or removed since",
                     what[p->kind], many ? "are not those that it wrote" : "is not what it wrote");
    return WARD_OK;
}

static enum ward_status check_pending(struct verifier *v, const struct pending *p,
                                      struct ward_error *err)
{
    const enum ward_status status = p->kind == ROWS_NONE ? WARD_OK : check_rows(v, p, err);
    return status == WARD_OK && p->has_seals
               ? state_check_entry(&v->state, v->store, p->seq, &p->seals, err)
               : status;
}

/* Rows that change in their time, once the log itself is known to be right. */
static enum ward_status check_state(struct verifier *v, struct ward_error *err)
{
    struct state_fault fault;
    const enum ward_status status = state_check_tables(&v->state, v->store, &fault, err);
    v->report->rows += v->state.rows;
    if (status == WARD_OK && fault.entry)
        report_fault(v, fault.entry, "%s", fault.what);
    return status;
}

static enum ward_status take_totals(void *context, size_t index, const struct db_value *columns,
                                    struct ward_error *err)
{
    struct verifier *v = context;
    (void)index;
    (void)err;
    for (int i = 0; i < 4; i++)
        v->counted[i] = columns[i].integer;
    return WARD_OK;
}

/* Rows that no entry speaks of. */
static enum ward_status check_orphans(struct verifier *v, struct ward_error *err)
{
    const struct db_value kinds[] = {db_text(str_of("ingest")), db_text(str_of("erase")),
                                     db_text(str_of("purge")), db_text(str_of("decision")),
                                     db_text(str_of("configure"))};
    const enum ward_status status = db_run(v->store->db, &sql_rows, NULL, take_totals, v, err);
    int64_t orphan = 0;
    bool differ = false;
    for (int i = 0; i < 4; i++)
        differ |= (uint64_t)v->counted[i] != v->totals[i + 1];
    if (status != WARD_OK || !differ || !v->report->is_good)
        return status;
    const enum ward_status found =
        db_run(v->store->db, &sql_orphan, kinds, take_integer, &orphan, err);
    if (found == WARD_OK)
        report_fault(v, (uint64_t)orphan,
                     "rows in the store claim this entry, which the log does not have");
    return found;
}

/* Sealed records are all hashed together: the last entry that wrote one speaks of them all. */
static enum ward_status check_records(struct verifier *v, struct ward_error *err)
{
    unsigned char hash[DIGEST_BYTES];
    struct records_sealed sealed;
    const enum ward_status status = records_seal_check(v->store, &sealed, hash, err);
    if (status != WARD_OK)
        return status;
    v->report->rows += sealed.count;
    if (sealed.bad_entry)
        report_fault(v, sealed.bad_entry, "its record in the store was changed since");
    else if (v->sealing ? memcmp(hash, v->sealed, sizeof hash) != 0 : sealed.count > 0)
        report_fault(v, v->sealing ? v->sealing : 1,
                     "the records in the store are not those that stood after it: one was changed,"
                     " added, taken away or set back");
    return WARD_OK;
}

/* ---- the anchor ------------------------------------------------------------------------------ */

/* Next word of a line, blank-separated. */
static struct ward_str next_word(struct ward_str *line)
{
    size_t end = 0;
    while (line->len && line->data[0] == ' ')
        *line = str_part(*line, 1, line->len);
    while (end < line->len && line->data[end] != ' ')
        end++;
    const struct ward_str word = str_part(*line, 0, end);
    *line = str_part(*line, end, line->len);
    return word;
}

static bool read_count(struct ward_str word, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] < '0' || word.data[i] > '9' || i > 17)
            return false;
        *out = *out * 10 + (uint64_t)(word.data[i] - '0');
    }
    return word.len > 0 && *out > 0;
}

enum anchor_line { ANCHOR_BAD, ANCHOR_OTHER, ANCHOR_OURS };

static enum anchor_line read_anchor_line(const struct store *store, struct ward_str line,
                                         struct anchor_head *out)
{
    unsigned char id[STORE_ID_BYTES];
    unsigned char key[crypto_sign_PUBLICKEYBYTES];
    unsigned char signature[crypto_sign_BYTES];
    const bool heading = str_equal(next_word(&line), str_of("ward-anchor")) &&
                         str_equal(next_word(&line), str_of("1"));
    if (!heading || !hex_read(next_word(&line), id, sizeof id) ||
        !read_count(next_word(&line), &out->count) ||
        !hex_read(next_word(&line), out->hash, sizeof out->hash) ||
        !hex_read(next_word(&line), key, sizeof key) ||
        !hex_read(next_word(&line), signature, sizeof signature))
        return ANCHOR_BAD;
    if (memcmp(id, store->id, sizeof id) != 0)
        return ANCHOR_OTHER;
    const bool ours = memcmp(key, store->public_key, sizeof key) == 0 &&
                      is_signed(store, out->count, bytes_of(out->hash, sizeof out->hash),
                                bytes_of(signature, sizeof signature));
    return ours ? ANCHOR_OURS : ANCHOR_BAD;
}

static int by_count(const void *a, const void *b)
{
    const struct anchor_head *x = a;
    const struct anchor_head *y = b;
    return (x->count > y->count) - (x->count < y->count);
}

static enum ward_status keep_line(struct verifier *v, struct ward_str line, uint32_t number,
                                  struct ward_error *err)
{
    struct anchor_head head;
    if (!line.len)
        return WARD_OK;
    const enum anchor_line kind = read_anchor_line(v->store, line, &head);
    if (kind == ANCHOR_BAD) {
        error_at(err, v->anchor_path, number, 0);
        return error_set(err, WARD_ERR_FORMAT,
                         "not a head that the key of this store signed; the anchor cannot be used");
    }
    if (kind == ANCHOR_OURS)
        v->anchors[v->anchor_count++] = head;
    return WARD_OK;
}

static enum ward_status load_anchor(struct verifier *v, struct ward_error *err)
{
    struct buf text;
    uint32_t number = 0;
    size_t lines = 1;
    enum ward_status status = file_read(v->anchor_path, ANCHOR_FILE_MAX, &text, err);
    struct ward_str left = buf_str(&text);
    for (size_t i = 0; i < left.len && status == WARD_OK; i++)
        lines += left.data[i] == '\n';
    if (status == WARD_OK && !(v->anchors = calloc(lines, sizeof *v->anchors)))
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    while (left.len && status == WARD_OK) {
        const char *end = memchr(left.data, '\n', left.len);
        const size_t len = end ? (size_t)(end - left.data) : left.len;
        status = keep_line(v, str_part(left, 0, len), ++number, err);
        left = str_part(left, len + 1, left.len);
    }
    buf_release(&text);
    if (status == WARD_OK && v->anchor_count > 1)
        qsort(v->anchors, v->anchor_count, sizeof *v->anchors, by_count);
    return status;
}

/* ---- all together -----------------------------------------------------------------------------
 */

static void check_end(struct verifier *v)
{
    struct store *store = v->store;
    struct store_audit_report *r = v->report;
    if (store->entries > v->last)
        report_fault(v, v->last + 1,
                     "the tail was cut: the head counts %" PRIu64 " entries, %" PRIu64 " are left",
                     store->entries, v->last);
    else if (store->entries < v->last)
        report_fault(v, store->entries + 1,
                     "it stands behind the head of the log: added or forged");
    else if (memcmp(store->head, v->prev, DIGEST_BYTES) != 0)
        report_fault(v, v->last ? v->last : 1, "the head of the log is not its last entry");
    if (v->anchor_count && v->anchors[v->anchor_count - 1].count > v->last)
        report_fault(v, v->last + 1,
                     "the tail was cut: the anchor holds entry %" PRIu64 ", %" PRIu64 " are left",
                     v->anchors[v->anchor_count - 1].count, v->last);
    if (!v->last)
        report_fault(v, 1, "the log is empty");
    r->is_anchored = v->anchor_count > 0 && r->is_good;
    r->anchored = r->is_anchored ? v->anchors[v->anchor_count - 1].count : 0;
    r->is_key_pinned = store->is_pinned || v->anchor_count > 0;
    r->head.count = v->last;
    hex_write(v->prev, DIGEST_BYTES, r->head.hash);
    hex_write(store->public_key, sizeof store->public_key, r->head.key);
}

static enum ward_status verify_work(struct store *store, void *context, struct ward_error *err)
{
    struct verifier *v = context;
    enum ward_status status;
    store->entries = 0; /* a missing head is a finding, not a failure */
    memset(store->head, 0, sizeof store->head);
    status = audit_head_load(store, err);
    if (status == WARD_ERR_FORMAT) {
        report_fault(v, 1, "the head of the log is missing or damaged");
        status = WARD_OK;
    }
    do {
        const struct db_value params[] = {db_int((int64_t)v->last), db_int(PAGE)};
        v->given = v->pending_count = 0;
        if (status == WARD_OK)
            status = db_run(store->db, &audit_sql_page, params, take_entry, v, err);
        for (size_t i = 0; i < v->pending_count && status == WARD_OK; i++)
            status = check_pending(v, &v->pending[i], err);
    } while (status == WARD_OK && v->given == PAGE);
    if (status != WARD_OK)
        return status;
    check_end(v);
    status = check_orphans(v, err);
    if (status == WARD_OK)
        status = check_records(v, err);
    return status == WARD_OK && v->report->is_good ? check_state(v, err) : status;
}

enum ward_status store_audit_verify(struct store *store, const char *anchor_path,
                                    struct store_audit_report *out, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    memset(out, 0, sizeof *out);
    struct verifier *v = calloc(1, sizeof *v);
    if (!v)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    v->store = store;
    v->report = out;
    v->anchor_path = anchor_path;
    out->is_good = true;
    if (anchor_path)
        status = load_anchor(v, err);
    if (status == WARD_OK)
        status = store_read(store, verify_work, v, err);
    free(v->anchors);
    free(v);
    return status;
}

/* ---- showing --------------------------------------------------------------------------------- */

struct showing {
    store_audit_taker take;
    void *context;
    uint64_t after;
    size_t given;
};

static enum ward_status show_entry(void *context, size_t index, const struct db_value *columns,
                                   struct ward_error *err)
{
    struct showing *s = context;
    struct audit_row row;
    char hex[2 * DIGEST_BYTES + 1] = "";
    (void)index;
    audit_row_read(columns, &row);
    if (row.hash.len == DIGEST_BYTES)
        hex_write((const unsigned char *)row.hash.data, DIGEST_BYTES, hex);
    s->given++;
    s->after = row.seq;
    const struct store_audit_entry entry = {row.seq,       row.draft.time_ms, row.draft.kind,
                                            row.draft.who, row.draft.body,    str_of(hex)};
    return s->take(s->context, &entry, err);
}

static enum ward_status show_work(struct store *store, void *context, struct ward_error *err)
{
    struct showing *s = context;
    enum ward_status status;
    do {
        const struct db_value params[] = {db_int((int64_t)s->after), db_int(PAGE)};
        s->given = 0;
        status = db_run(store->db, &audit_sql_page, params, show_entry, s, err);
    } while (status == WARD_OK && s->given == PAGE);
    return status;
}

enum ward_status store_audit_entries(struct store *store, uint64_t after, store_audit_taker take,
                                     void *context, struct ward_error *err)
{
    struct showing s = {take, context, after, 0};
    return store_read(store, show_work, &s, err);
}
