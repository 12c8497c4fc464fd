/**
 * The audit log: every write adds one entry in its own transaction.
 *
 * An entry's hash is SHA-256 over, in the form of digest.h: the label "ward-audit-1", the hash of
 * the entry before (32 zero bytes for the first), its number, time, kind, who, body, rows, nonce.
 * `rows` is the hash of the rows it wrote, empty if none: events as (seq, seal) each, a decision or
 * a setting as its fields. Rows that change later are hashed in the body, see state_seal.h. The
 * signature is Ed25519 over "ward-head-1", the store's id, the number and the hash, so that every
 * entry is a signed head of the log.
 */
#ifndef WARD_STORE_AUDIT_LOG_H
#define WARD_STORE_AUDIT_LOG_H

#include "store/open_store.h"

#define AUDIT_BODY_MAX 65536u
#define HEAD_MESSAGE_MAX 128u

struct audit_draft {
    int64_t time_ms;
    struct ward_str kind, who, body;
    struct ward_str rows; /**< DIGEST_BYTES or empty */
};

struct audit_row {
    uint64_t seq;
    struct audit_draft draft;
    struct ward_str nonce, prev, hash, signature;
};

extern const struct db_sql
    audit_sql_page; /**< rows with seq > $1, at most $2; see audit_row_read */

/** Adds the entry of the running transaction. */
enum ward_status audit_append(struct store *store, const struct audit_draft *draft,
                              struct ward_error *err) WARD_MUST_USE;
/** The hash that an entry must have. */
void audit_hash(const struct audit_row *row, unsigned char out[DIGEST_BYTES]);
/** What is signed; returns its length, at most HEAD_MESSAGE_MAX. */
size_t audit_head_message(const struct store *store, uint64_t count, struct ward_str hash,
                          unsigned char out[HEAD_MESSAGE_MAX]);
/** Columns of audit_sql_page -> row, borrowed. */
void audit_row_read(const struct db_value *columns, struct audit_row *out);
/** Reads number and hash of the last entry into the handle. */
enum ward_status audit_head_load(struct store *store, struct ward_error *err) WARD_MUST_USE;
/** Sets `*found` when the log has an entry with the handle's nonce. */
enum ward_status audit_find_nonce(struct store *store, bool *found,
                                  struct ward_error *err) WARD_MUST_USE;

#endif
