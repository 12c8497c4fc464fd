#include "store/store_records.h"

#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "store/audit_log.h"
#include "store/records_seal.h"

#define PAGE 100

#define RECORD_COLUMNS "kind, id, json, etag, created_ms, changed_ms, expires_ms"
#define RECORD_LETTERS "sssiiii"

static const struct db_sql sql_current = {
    "SELECT etag, created_ms, entry FROM ward_record WHERE kind = $1 AND id = $2", "ss", "iii"};
static const struct db_sql sql_serial = {
    "INSERT INTO ward_record_serial (kind, serial) VALUES ($1, 1)"
    " ON CONFLICT (kind) DO UPDATE SET serial = ward_record_serial.serial + 1 RETURNING serial",
    "s", "i"};
static const struct db_sql sql_stamp = {
    "INSERT INTO ward_record_serial (kind, serial) VALUES ($1, $2)"
    " ON CONFLICT (kind) DO UPDATE SET serial = excluded.serial",
    "si", ""};
static const struct db_sql sql_put = {
    "INSERT INTO ward_record (kind, id, etag, entry, digest, created_ms, changed_ms, expires_ms,"
    " json) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (kind, id) DO UPDATE SET"
    " etag = excluded.etag, entry = excluded.entry, digest = excluded.digest,"
    " changed_ms = excluded.changed_ms, expires_ms = excluded.expires_ms, json = excluded.json",
    "ssiibiiis", ""};
static const struct db_sql sql_delete = {"DELETE FROM ward_record WHERE kind = $1 AND id = $2",
                                         "ss", ""};
static const struct db_sql sql_find = {
    "SELECT " RECORD_COLUMNS " FROM ward_record WHERE kind = $1 AND id = $2", "ss", RECORD_LETTERS};
static const struct db_sql sql_up = {"SELECT " RECORD_COLUMNS
                                     " FROM ward_record WHERE kind = $1 AND id >= $2 AND id < $3"
                                     " ORDER BY id LIMIT $4",
                                     "sssi", RECORD_LETTERS};
static const struct db_sql sql_down = {"SELECT " RECORD_COLUMNS
                                       " FROM ward_record WHERE kind = $1 AND id >= $2 AND id < $3"
                                       " ORDER BY id DESC LIMIT $4",
                                       "sssi", RECORD_LETTERS};
static const struct db_sql sql_read_stamp = {
    "SELECT serial FROM ward_record_serial WHERE kind = $1", "s", "i"};
static const struct db_sql sql_expired = {
    "SELECT COUNT(*) FROM ward_record WHERE kind = $1 AND expires_ms > 0 AND expires_ms < $2"
    " AND entry = 0",
    "si", "i"};
static const struct db_sql sql_sweep = {
    "DELETE FROM ward_record WHERE kind = $1 AND expires_ms > 0 AND expires_ms < $2 AND entry = 0",
    "si", ""};

/* ---- changing -------------------------------------------------------------------------------- */

struct current {
    bool found;
    uint64_t etag, entry;
    int64_t created_ms;
};

static enum ward_status take_current(void *context, size_t index, const struct db_value *columns,
                                     struct ward_error *err)
{
    struct current *current = context;
    (void)index;
    (void)err;
    *current = (struct current){true, (uint64_t)columns[0].integer, (uint64_t)columns[2].integer,
                                columns[1].integer};
    return WARD_OK;
}

static enum ward_status check_expected(const struct store_record_change *change,
                                       const struct current *current, struct ward_error *err)
{
    const bool names_etag = change->expect != STORE_ETAG_ANY && change->expect != STORE_ETAG_NEW;
    if (change->expect == STORE_ETAG_NEW && current->found)
        return error_set(err, WARD_ERR_REFUSED, "there is one of that name already");
    if ((names_etag || change->deletes) && !current->found)
        return error_set(err, WARD_ERR_NOT_FOUND, "there is none of that name");
    if (names_etag && current->etag != change->expect)
        return error_set(err, WARD_ERR_STALE, "it was changed meanwhile");
    if (current->found && (current->entry > 0) != change->is_sealed)
        return error_set(err, WARD_ERR_ARGUMENT, "a record stays sealed or quiet");
    return WARD_OK;
}

/* The next etag, noted for the kind too. */
static enum ward_status next_serial(struct store *store, struct ward_str kind, int64_t *serial,
                                    struct ward_error *err)
{
    const struct db_value all = db_text(str_of(""));
    const enum ward_status status = db_run(store->db, &sql_serial, &all, take_integer, serial, err);
    const struct db_value stamp[] = {db_text(kind), db_int(*serial)};
    return status == WARD_OK ? db_run(store->db, &sql_stamp, stamp, NULL, NULL, err) : status;
}

static enum ward_status put(struct store *store, const struct store_record_change *change,
                            const struct store_record *record, struct ward_error *err)
{
    unsigned char hash[DIGEST_BYTES];
    record_digest(record, hash);
    const struct db_value row[] = {db_text(record->kind),
                                   db_text(record->id),
                                   db_int((int64_t)record->etag),
                                   db_int(change->is_sealed ? (int64_t)store->entries + 1 : 0),
                                   db_text(bytes_of(hash, change->is_sealed ? sizeof hash : 0)),
                                   db_int(record->created_ms),
                                   db_int(record->changed_ms),
                                   db_int(record->expires_ms),
                                   db_text(record->json)};
    return db_run(store->db, &sql_put, row, NULL, NULL, err);
}

static enum ward_status change_one(struct store *store, const struct store_record_batch *batch,
                                   struct store_record_change *change, struct ward_error *err)
{
    const struct db_value key[] = {db_text(change->kind), db_text(change->id)};
    struct current current = {0};
    int64_t serial = 0;
    enum ward_status status = db_run(store->db, &sql_current, key, take_current, &current, err);
    if (status == WARD_OK)
        status = check_expected(change, &current, err);
    if (status == WARD_OK)
        status = next_serial(store, change->kind, &serial, err);
    if (status != WARD_OK)
        return status;
    change->etag = change->deletes ? 0 : (uint64_t)serial;
    if (change->deletes)
        return db_run(store->db, &sql_delete, key, NULL, NULL, err);
    const struct store_record record = {
        change->kind,
        change->id,
        change->json,
        (uint64_t)serial,
        current.found ? current.created_ms : batch->time_ms,
        batch->time_ms,
        change->expires_ms,
    };
    return put(store, change, &record, err);
}

static enum ward_status change_work(struct store *store, void *context, struct ward_error *err)
{
    struct store_record_batch *batch = context;
    unsigned char rows[DIGEST_BYTES];
    enum ward_status status = WARD_OK;
    bool sealed = false;
    for (size_t i = 0; i < batch->count && status == WARD_OK; i++) {
        status = change_one(store, batch, &batch->changes[i], err);
        sealed |= batch->changes[i].is_sealed;
    }
    if (status == WARD_OK && sealed)
        status = records_seal(store, rows, err);
    if (status != WARD_OK || !batch->entry_kind.len)
        return status;
    const struct audit_draft draft = {batch->time_ms, batch->entry_kind, batch->who,
                                      batch->entry_json, bytes_of(rows, sealed ? sizeof rows : 0)};
    return audit_append(store, &draft, err);
}

static bool is_kind(struct ward_str kind)
{
    for (size_t i = 0; i < kind.len; i++)
        if (!((kind.data[i] >= 'a' && kind.data[i] <= 'z') || kind.data[i] == '-'))
            return false;
    return kind.len > 0 && kind.len <= STORE_RECORD_KIND_MAX;
}

static enum ward_status check_change(const struct store_record_batch *batch,
                                     const struct store_record_change *change,
                                     struct ward_error *err)
{
    if (!is_kind(change->kind) || !change->id.len || memchr(change->id.data, '\0', change->id.len))
        return error_set(err, WARD_ERR_ARGUMENT, "not the kind or name of a record");
    if (change->id.len > STORE_RECORD_ID_MAX)
        return error_set(err, WARD_ERR_LIMIT, "the name is longer than %u bytes",
                         STORE_RECORD_ID_MAX);
    if (change->json.len > STORE_RECORD_JSON_MAX)
        return error_set(err, WARD_ERR_LIMIT, "the record is larger than %u bytes",
                         STORE_RECORD_JSON_MAX);
    if (change->is_sealed && !batch->entry_kind.len)
        return error_set(err, WARD_ERR_ARGUMENT, "a sealed record needs an entry");
    return WARD_OK;
}

enum ward_status store_records_change(struct store *store, struct store_record_batch *batch,
                                      struct ward_error *err)
{
    const struct ward_str who = batch->entry_kind.len ? batch->who : str_of("ward");
    enum ward_status status = store_may_write(store, who, err);
    if (status == WARD_OK && batch->entry_kind.len)
        status = store_may_enter(batch->entry_kind, batch->entry_json, err);
    if (status == WARD_OK && (!batch->count || batch->count > STORE_RECORD_BATCH_MAX))
        status =
            error_set(err, WARD_ERR_ARGUMENT, "no change, or more than %u", STORE_RECORD_BATCH_MAX);
    for (size_t i = 0; i < batch->count && status == WARD_OK; i++)
        status = check_change(batch, &batch->changes[i], err);
    if (status == WARD_OK)
        status = store_write(store, change_work, batch, err);
    for (size_t i = 0; i < batch->count && status != WARD_OK; i++)
        batch->changes[i].etag = 0;
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

struct reading {
    const struct store_record_query *query;
    struct ward_str kind, id; /* of a reading of one */
    store_record_taker take;
    void *context;
    uint64_t given, left;
    char low[STORE_RECORD_ID_MAX + 1], high[STORE_RECORD_ID_MAX + 1];
    size_t low_len, high_len;
};

static enum ward_status take_record(void *context, size_t index, const struct db_value *c,
                                    struct ward_error *err)
{
    struct reading *r = context;
    const struct store_record record = {.kind = c[0].text,
                                        .id = c[1].text,
                                        .json = c[2].text,
                                        .etag = (uint64_t)c[3].integer,
                                        .created_ms = c[4].integer,
                                        .changed_ms = c[5].integer,
                                        .expires_ms = c[6].integer};
    (void)index;
    r->given++;
    if (r->query && r->query->backwards) {
        memcpy(r->high, record.id.data, record.id.len);
        r->high_len = record.id.len;
    } else if (r->query) { /* what follows an id at once is the id and a NUL */
        memcpy(r->low, record.id.data, record.id.len);
        r->low[record.id.len] = '\0';
        r->low_len = record.id.len + 1;
    }
    return r->take(r->context, &record, err);
}

static enum ward_status read_one(struct store *store, void *context, struct ward_error *err)
{
    struct reading *r = context;
    const struct db_value key[] = {db_text(r->kind), db_text(r->id)};
    return db_run(store->db, &sql_find, key, take_record, r, err);
}

enum ward_status store_record_find(struct store *store, struct ward_str kind, struct ward_str id,
                                   store_record_taker take, void *context, struct ward_error *err)
{
    struct reading r = {.kind = kind, .id = id, .take = take, .context = context};
    const enum ward_status status = store_read(store, read_one, &r, err);
    if (status == WARD_OK && !r.given)
        return error_set(err, WARD_ERR_NOT_FOUND, "there is none of that name");
    return status;
}

/* The first text behind all that begin with the prefix. */
static size_t end_of_prefix(struct ward_str prefix, char out[STORE_RECORD_ID_MAX + 1])
{
    size_t len = prefix.len;
    while (len && (unsigned char)prefix.data[len - 1] == 0xff)
        len--;
    if (!len) {
        memset(out, 0xff, STORE_RECORD_ID_MAX + 1);
        return STORE_RECORD_ID_MAX + 1;
    }
    memcpy(out, prefix.data, len);
    out[len - 1] = (char)((unsigned char)out[len - 1] + 1);
    return len;
}

static void set_ends(struct reading *r, const struct store_record_query *query)
{
    const struct ward_str after = query->after;
    if (query->prefix.len)
        memcpy(r->low, query->prefix.data, query->prefix.len);
    r->low_len = query->prefix.len;
    r->high_len = end_of_prefix(query->prefix, r->high);
    if (!after.len)
        return;
    if (query->backwards && str_compare(after, (struct ward_str){r->high, r->high_len}) < 0) {
        memcpy(r->high, after.data, after.len);
        r->high_len = after.len;
    } else if (!query->backwards && str_compare(after, query->prefix) >= 0) {
        memcpy(r->low, after.data, after.len);
        r->low[after.len] = '\0';
        r->low_len = after.len + 1;
    }
}

static enum ward_status read_many(struct store *store, void *context, struct ward_error *err)
{
    struct reading *r = context;
    const struct db_sql *sql = r->query->backwards ? &sql_down : &sql_up;
    enum ward_status status;
    do {
        char low[STORE_RECORD_ID_MAX + 1]; /* taking a row moves the ends */
        char high[STORE_RECORD_ID_MAX + 1];
        memcpy(low, r->low, r->low_len);
        memcpy(high, r->high, r->high_len);
        const struct db_value params[] = {db_text(r->query->kind),
                                          db_text((struct ward_str){low, r->low_len}),
                                          db_text((struct ward_str){high, r->high_len}),
                                          db_int(r->left < PAGE ? (int64_t)r->left : PAGE)};
        r->given = 0;
        status = db_run(store->db, sql, params, take_record, r, err);
        r->left -= r->given;
    } while (status == WARD_OK && r->given == PAGE && r->left);
    return status;
}

enum ward_status store_records(struct store *store, const struct store_record_query *query,
                               store_record_taker take, void *context, struct ward_error *err)
{
    struct reading r = {.query = query, .take = take, .context = context};
    if (query->prefix.len > STORE_RECORD_ID_MAX || query->after.len > STORE_RECORD_ID_MAX)
        return error_set(err, WARD_ERR_ARGUMENT, "not the name of a record");
    r.left = query->limit ? query->limit : UINT64_MAX;
    set_ends(&r, query);
    return store_read(store, read_many, &r, err);
}

struct stamping {
    struct ward_str kind;
    int64_t serial;
};

static enum ward_status read_stamp(struct store *store, void *context, struct ward_error *err)
{
    struct stamping *s = context;
    const struct db_value kind = db_text(s->kind);
    s->serial = 0;
    return db_run(store->db, &sql_read_stamp, &kind, take_integer, &s->serial, err);
}

enum ward_status store_records_stamp(struct store *store, struct ward_str kind, uint64_t *stamp,
                                     struct ward_error *err)
{
    struct stamping s = {kind, 0};
    const enum ward_status status = store_read(store, read_stamp, &s, err);
    *stamp = status == WARD_OK ? (uint64_t)s.serial : 0;
    return status;
}

/* ---- sweeping -------------------------------------------------------------------------------- */

struct sweeping {
    struct ward_str kind;
    int64_t now_ms, count;
};

static enum ward_status sweep_work(struct store *store, void *context, struct ward_error *err)
{
    struct sweeping *s = context;
    const struct db_value params[] = {db_text(s->kind), db_int(s->now_ms)};
    int64_t serial = 0;
    s->count = 0;
    enum ward_status status = db_run(store->db, &sql_expired, params, take_integer, &s->count, err);
    if (status != WARD_OK || !s->count)
        return status;
    status = next_serial(store, s->kind, &serial, err);
    return status == WARD_OK ? db_run(store->db, &sql_sweep, params, NULL, NULL, err) : status;
}

enum ward_status store_records_sweep(struct store *store, struct ward_str kind, int64_t now_ms,
                                     uint64_t *count, struct ward_error *err)
{
    struct sweeping s = {kind, now_ms, 0};
    enum ward_status status = store_may_write(store, str_of("ward"), err);
    if (status == WARD_OK)
        status = store_write(store, sweep_work, &s, err);
    if (count)
        *count = status == WARD_OK ? (uint64_t)s.count : 0;
    return status;
}
