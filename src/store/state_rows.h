/**
 * The tables whose rows change: what is hashed of a row, and in which order rows are read.
 *
 * Events, decisions and settings are never changed and have their hash in the entry that wrote
 * them. Cases move, linking is written anew, counts grow, holds come and go: of these the audit log
 * holds what stands, see state_seal.h.
 */
#ifndef WARD_STORE_STATE_ROWS_H
#define WARD_STORE_STATE_ROWS_H

#include "store/open_store.h"

enum state_table {
    STATE_CASES = 0,
    STATE_PEOPLE,
    STATE_GROUPS,
    STATE_TIES,
    STATE_MEMBERS,
    STATE_COUNTS,
    STATE_HELD /**< numbers of the event rows under legal hold */
};
#define STATE_TABLES 7

struct state_rows {
    const char *name;    /**< in audit entries */
    const char *table;   /**< for people to read */
    char key;            /**< letter of the key, the first column: i s b */
    struct db_sql page;  /**< rows with a key > $1 by key, at most $2 */
    struct db_sql one;   /**< the row of key $1; only of tables whose rows change singly */
    struct db_sql count; /**< how many there are */
};
extern const struct state_rows state_rows[STATE_TABLES];

/** Hash of a row with the columns of `page`. */
void state_digest(enum state_table table, const struct db_value *columns,
                  unsigned char out[DIGEST_BYTES]);
/** Before the first key. */
struct db_value state_first_key(enum state_table table);

#endif
