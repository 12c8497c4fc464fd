/**
 * Seals of rows that change: what a change made behind ward's back shows by.
 *
 * ward_seal holds the hashes of the rows (not the rows) as the entries of the audit log left them,
 * and every such entry signs the hashes that it wrote, in "seals" of its body:
 *
 *   "=HASH"  the whole table was sealed anew; what was sealed of it before is gone. One row of
 *            ward_seal per STATE_BLOCK rows, their hashes one after the other, by key.
 *   "+HASH"  single rows were written; one row of ward_seal each.
 *
 * HASH covers the rows of ward_seal that the entry wrote for this table, by place. Tables are
 * sealed whole when they are made (creation, migration), linked or erased from; a decision seals
 * its case, an ingest its counts.
 */
#ifndef WARD_STORE_STATE_SEAL_H
#define WARD_STORE_STATE_SEAL_H

#include "base/buf.h"
#include "store/state_rows.h"

/** Rows in one row of ward_seal. */
#define STATE_BLOCK 1000u

/** What the entry that is about to be written seals. */
struct state_seals {
    struct digest digest[STATE_TABLES];
    int64_t places[STATE_TABLES];
    char sign[STATE_TABLES]; /**< '=' '+', 0: nothing of it */
};

/** Starts anew: nothing is sealed. */
void state_seals_start(struct state_seals *seals);
/** Seals all rows of a table as they stand in the running transaction. Linear in them. */
enum ward_status state_seal_table(struct store *store, struct state_seals *seals,
                                  enum state_table table, struct ward_error *err) WARD_MUST_USE;
/** state_seal_table() of those in `tables` (bits 1 << table), in order. */
enum ward_status state_seal_tables(struct store *store, struct state_seals *seals, unsigned tables,
                                   struct ward_error *err) WARD_MUST_USE;
/** Seals the row of that key; `is_new`: it was not there before. Of cases and counts. */
enum ward_status state_seal_row(struct store *store, struct state_seals *seals,
                                enum state_table table, struct ward_str key, bool is_new,
                                struct ward_error *err) WARD_MUST_USE;
/** Appends `,"seals":{...}` to an object without its `}`; nothing when nothing was sealed. */
void state_seals_put(struct state_seals *seals, struct buf *body);

/** Starts and continues the hash of what an entry wrote into ward_seal. */
void state_seal_digest_start(struct digest *digest, enum state_table table, uint64_t entry);
void state_seal_digest_add(struct digest *digest, const struct db_value *row);
/** Columns of state_seal_digest_add(). */
#define SEAL_COLUMNS "place, row_key, is_new, digests"
#define SEAL_LETTERS "isib"

#endif
