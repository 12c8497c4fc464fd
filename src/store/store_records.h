/**
 * Records: everything ward keeps beside events, cases and decisions. Users, sessions, keys,
 * webhooks and their deliveries, exports, dry runs, versions of packs: each is a JSON text under
 * (kind, id), opaque to the store.
 *
 * What always holds:
 *   1. Every change gives the record a new etag, greater than any before in this store. A change
 *      may name the etag it was made for; when another came first it is refused whole.
 *   2. A batch of changes is one transaction: all of it is there, durable, or nothing.
 *   3. A record is sealed or quiet. The batch of a sealed one writes an entry in the audit log that
 *      holds the hash of the record, so that store_audit_verify() sees a row changed behind ward's
 *      back. Quiet ones (a session's last use, a try to deliver) come and go without an entry.
 *
 * After PostgreSQL went away while committing, a batch without an entry may be run a second time:
 * one that names an etag can then answer WARD_ERR_STALE although it was done.
 */
#ifndef WARD_STORE_STORE_RECORDS_H
#define WARD_STORE_STORE_RECORDS_H

#include "store/store.h"

/** Kinds are [a-z-]+, ids any bytes but NUL; both with a ceiling, for they are indexed. */
#define STORE_RECORD_KIND_MAX 32u
#define STORE_RECORD_ID_MAX 512u
#define STORE_RECORD_JSON_MAX (32u * 1024u * 1024u)
/** Changes of one batch. */
#define STORE_RECORD_BATCH_MAX 1024u

struct store_record {
    struct ward_str kind, id;
    struct ward_str json;
    uint64_t etag;
    int64_t created_ms, changed_ms;
    int64_t expires_ms; /**< 0: never */
};

typedef enum ward_status (*store_record_taker)(void *context, const struct store_record *row,
                                               struct ward_error *err);

/** For store_record_change.expect: whatever is there or is not. */
#define STORE_ETAG_ANY UINT64_MAX
/** The record must not be there yet. */
#define STORE_ETAG_NEW 0u

struct store_record_change {
    struct ward_str kind, id;
    struct ward_str json; /**< not for a deletion */
    int64_t expires_ms;   /**< 0: never */
    uint64_t expect;      /**< STORE_ETAG_ANY, STORE_ETAG_NEW, or the etag it was read with */
    bool deletes;
    bool is_sealed; /**< at most one of a batch */
    uint64_t etag;  /**< out: what it has now; 0 when deleted */
};

struct store_record_batch {
    struct ward_str who; /**< not empty when there is an entry */
    int64_t time_ms;     /**< now; becomes created_ms and changed_ms */
    /** Kind and body of the audit entry: as store_audit_add(), without personal data and secrets.
     * Empty: no entry, and then nothing of the batch is sealed. */
    struct ward_str entry_kind, entry_json;
    struct store_record_change *changes;
    size_t count; /**< 1..STORE_RECORD_BATCH_MAX */
};

/**
 * Makes the changes in order. Nothing is changed when it fails: WARD_ERR_REFUSED (STORE_ETAG_NEW,
 * but it is there), WARD_ERR_STALE (it has another etag), WARD_ERR_NOT_FOUND (an etag was named or
 * it should be deleted, and it is not there), WARD_ERR_LIMIT (too large), WARD_ERR_ARGUMENT.
 * Deleting with STORE_ETAG_ANY what is not there is WARD_ERR_NOT_FOUND too.
 */
enum ward_status store_records_change(struct store *store, struct store_record_batch *batch,
                                      struct ward_error *err) WARD_MUST_USE;

/** WARD_ERR_NOT_FOUND. Records that have expired are given until they are swept: look at
 * expires_ms. */
enum ward_status store_record_find(struct store *store, struct ward_str kind, struct ward_str id,
                                   store_record_taker take, void *context,
                                   struct ward_error *err) WARD_MUST_USE;

struct store_record_query {
    struct ward_str kind;
    struct ward_str prefix; /**< only ids that begin with it; empty: all */
    struct ward_str after;  /**< the last id seen, or empty */
    bool backwards;         /**< greatest ids first; `after` is then an upper end */
    size_t limit;           /**< 0: no limit */
};
/** By id, in the order of bytes: give ids that sort as they should be listed (padded numbers). */
enum ward_status store_records(struct store *store, const struct store_record_query *query,
                               store_record_taker take, void *context,
                               struct ward_error *err) WARD_MUST_USE;

/** A number that is another one after every change to a record of this kind. One index look-up. */
enum ward_status store_records_stamp(struct store *store, struct ward_str kind, uint64_t *stamp,
                                     struct ward_error *err) WARD_MUST_USE;

/** Deletes what expired before `now_ms`, without an entry; `*count` (may be NULL) how many. */
enum ward_status store_records_sweep(struct store *store, struct ward_str kind, int64_t now_ms,
                                     uint64_t *count, struct ward_error *err) WARD_MUST_USE;

#endif
