/**
 * What is hashed of single rows, and the rows of events.
 */
#ifndef WARD_STORE_ROWS_H
#define WARD_STORE_ROWS_H

#include "store/open_store.h"

/** Hash of a setting, in its audit entry. */
void setting_digest(uint64_t seq, struct ward_str name, struct ward_str value,
                    unsigned char out[DIGEST_BYTES]);
/** Hash of a decision, in its audit entry; every field but `seq` as stored, `seq` as its number. */
void decision_digest(const struct store_decision *decision, unsigned char out[DIGEST_BYTES]);
/** Columns of the decision table in the order of DECISION_COLUMNS -> row, borrowed. */
void decision_read(const struct db_value *columns, struct store_decision *out);
#define DECISION_COLUMNS                                                                           \
    "seq, time_ms, who, kind, subject_kind, subject, case_id, reason, note, extra_json, outcome"
#define DECISION_LETTERS "iisissssssi"

/** Name of an event's key: keyed hash under the store's secret. */
void event_name(const struct store *store, const struct store_event_key *key,
                unsigned char out[NAME_BYTES]);
/** Name of an account, likewise; nothing is written for an empty account (`*len` 0). */
struct ward_str account_name(const struct store *store, struct ward_str platform,
                             struct ward_str account, unsigned char out[NAME_BYTES]);

/** What makes a row a duplicate: text (its event_sha256), packs, revision, neighbour; keyed. */
void event_mark(const struct store *store, const struct store_event *event,
                unsigned char out[NAME_BYTES]);

/** A stored row with what does not leave the room. Strings are borrowed. */
struct event_row {
    struct store_event_row row;
    struct ward_str name, seal, record_key; /**< bytes, not hex */
    uint64_t erased_by;
    char hex[2 * NAME_BYTES + 2 * DIGEST_BYTES + 2]; /**< where row.name and row.seal point */
};

/** All that event_row_read() takes, of table alias `e`, `m` the membership (may be missing). */
#define EVENT_COLUMNS                                                                              \
    "e.seq, e.name, e.edition, e.is_last, e.is_held, e.batch, e.erased_by, e.record_key, e.seal,"  \
    " e.revision, e.level, e.role, e.score, e.time_ms, e.is_neighbour, e.received_ms, e.platform," \
    " e.group_id, e.id, e.group_name, e.account, e.alias, e.reply_to, e.packs, e.source,"          \
    " e.source_sha256, e.source_offset, e.source_line, e.source_bytes, e.zone_minutes,"            \
    " e.zone_assumed, e.event_sha256, e.event_json, e.verdict_json,"                               \
    " m.case_id, m.person_id"
#define EVENT_LETTERS "ibiiiiibbiiiriiissssssssssiiiiisssss"
/** Number of columns before the membership. */
#define EVENT_COLUMN_COUNT 34
#define EVENT_TABLES " FROM ward_event e LEFT JOIN ward_member m ON m.name = e.name "

/** Columns -> row; `out` must stay in place, row.name points into it. */
void event_row_read(const struct db_value *columns, struct event_row *out);
/** Keyed hash of a row's content, by its record key. */
void event_seal(const struct event_row *row, const unsigned char key[SECRET_BYTES],
                unsigned char out[DIGEST_BYTES]);

/** Hash over (seq, seal) of rows, for the entries of ingests and erasures. */
void seals_start(struct digest *digest);
void seals_add(struct digest *digest, uint64_t seq, struct ward_str seal);

#endif
