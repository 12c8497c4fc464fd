#include "store/audit_log.h"

#include <string.h>

#include "base/error.h"
#include "base/str.h"

static const struct db_sql sql_head = {"SELECT entries, hash FROM ward_head WHERE id = 1", "",
                                       "ib"};
static const struct db_sql sql_set_head = {
    "UPDATE ward_head SET entries = $1, hash = $2 WHERE id = 1", "ib", ""};
static const struct db_sql sql_insert = {
    "INSERT INTO ward_audit (seq, time_ms, kind, who, body, rows, nonce, prev, hash, signature)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    "iisssbbbbb", ""};
static const struct db_sql sql_nonce = {"SELECT COUNT(*) FROM ward_audit WHERE nonce = $1", "b",
                                        "i"};
const struct db_sql audit_sql_page = {
    "SELECT seq, time_ms, kind, who, body, rows, nonce, prev, hash, signature FROM ward_audit"
    " WHERE seq > $1 ORDER BY seq LIMIT $2",
    "ii", "iisssbbbbb"};

void audit_row_read(const struct db_value *columns, struct audit_row *out)
{
    *out = (struct audit_row){
        (uint64_t)columns[0].integer,
        {columns[1].integer, columns[2].text, columns[3].text, columns[4].text, columns[5].text},
        columns[6].text,
        columns[7].text,
        columns[8].text,
        columns[9].text};
}

void audit_hash(const struct audit_row *row, unsigned char out[DIGEST_BYTES])
{
    struct digest digest;
    digest_start(&digest, "ward-audit-1");
    digest_text(&digest, row->prev);
    digest_number(&digest, (int64_t)row->seq);
    digest_number(&digest, row->draft.time_ms);
    digest_text(&digest, row->draft.kind);
    digest_text(&digest, row->draft.who);
    digest_text(&digest, row->draft.body);
    digest_text(&digest, row->draft.rows);
    digest_text(&digest, row->nonce);
    digest_end(&digest, out);
}

size_t audit_head_message(const struct store *store, uint64_t count, struct ward_str hash,
                          unsigned char out[HEAD_MESSAGE_MAX])
{
    struct digest digest;
    digest_start(&digest, "ward-head-1");
    digest_text(&digest, bytes_of(store->id, sizeof store->id));
    digest_number(&digest, (int64_t)count);
    digest_text(&digest, hash);
    digest_end(&digest, out);
    return DIGEST_BYTES;
}

static enum ward_status take_head(void *context, size_t index, const struct db_value *columns,
                                  struct ward_error *err)
{
    struct store *store = context;
    (void)index;
    if (columns[1].text.len != DIGEST_BYTES || columns[0].integer < 0)
        return error_set(err, WARD_ERR_FORMAT, "the head of the audit log is damaged");
    store->entries = (uint64_t)columns[0].integer;
    memcpy(store->head, columns[1].text.data, DIGEST_BYTES);
    return WARD_OK;
}

enum ward_status audit_head_load(struct store *store, struct ward_error *err)
{
    store->entries = UINT64_MAX;
    const enum ward_status status = db_run(store->db, &sql_head, NULL, take_head, store, err);
    if (status == WARD_OK && store->entries == UINT64_MAX)
        return error_set(err, WARD_ERR_FORMAT, "the head of the audit log is missing");
    return status;
}

enum ward_status audit_append(struct store *store, const struct audit_draft *draft,
                              struct ward_error *err)
{
    unsigned char message[HEAD_MESSAGE_MAX];
    unsigned char signature[crypto_sign_BYTES];
    unsigned char hash[DIGEST_BYTES];
    struct audit_row row = {store->entries + 1,
                            *draft,
                            bytes_of(store->nonce, sizeof store->nonce),
                            bytes_of(store->head, sizeof store->head),
                            bytes_of(hash, sizeof hash),
                            bytes_of(signature, sizeof signature)};
    if (draft->body.len > AUDIT_BODY_MAX)
        return error_set(err, WARD_ERR_LIMIT, "an entry of the audit log is larger than %u bytes",
                         AUDIT_BODY_MAX);
    audit_hash(&row, hash);
    const size_t len = audit_head_message(store, row.seq, row.hash, message);
    (void)crypto_sign_detached(signature, NULL, message, len, store->key.secret);
    const struct db_value values[] = {
        db_int((int64_t)row.seq), db_int(draft->time_ms), db_text(draft->kind), db_text(draft->who),
        db_text(draft->body),     db_text(draft->rows),   db_text(row.nonce),   db_text(row.prev),
        db_text(row.hash),        db_text(row.signature)};
    const struct db_value head[] = {values[0], db_text(row.hash)};
    enum ward_status status = db_run(store->db, &sql_insert, values, NULL, NULL, err);
    if (status == WARD_OK)
        status = db_run(store->db, &sql_set_head, head, NULL, NULL, err);
    if (status == WARD_OK) {
        store->entries++;
        memcpy(store->head, hash, sizeof hash);
    }
    return status;
}

enum ward_status audit_find_nonce(struct store *store, bool *found, struct ward_error *err)
{
    const struct db_value nonce = db_text(bytes_of(store->nonce, sizeof store->nonce));
    int64_t count = 0;
    const enum ward_status status =
        db_run(store->db, &sql_nonce, &nonce, take_integer, &count, err);
    *found = count > 0;
    return status;
}
