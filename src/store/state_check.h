/**
 * Comparing the tables that change with what the audit log says of them.
 *
 * While the log is walked, every entry's seals are compared with ward_seal; one that does not fit
 * is a fault unless a later entry sealed the table whole. Then each table is read once, beside its
 * last whole sealing and the rows sealed since. Memory does not grow with the store.
 */
#ifndef WARD_STORE_STATE_CHECK_H
#define WARD_STORE_STATE_CHECK_H

#include "store/state_rows.h"

struct state_fault {
    uint64_t entry; /**< 0: none */
    char what[200];
};

/** What an entry says it sealed. */
struct entry_seals {
    char sign[STATE_TABLES]; /**< as state_seals.sign */
    unsigned char hash[STATE_TABLES][DIGEST_BYTES];
};
/** Reads the seals of an entry's body; false when it has none. */
bool entry_seals_read(struct ward_str body, struct entry_seals *out);

struct state_check {
    struct {
        uint64_t whole;          /**< entry that sealed the table whole, last; 0 none */
        uint64_t seals, singles; /**< rows of ward_seal since then; those of single rows */
        struct state_fault fault;
    } tables[STATE_TABLES];
    uint64_t rows; /**< rows compared */
};

/** Compares the seals of one entry, in the order of the log. Inside a transaction. */
enum ward_status state_check_entry(struct state_check *check, struct store *store, uint64_t entry,
                                   const struct entry_seals *seals,
                                   struct ward_error *err) WARD_MUST_USE;
/** After the last entry: reads the tables; the first fault of all goes into `out`. */
enum ward_status state_check_tables(struct state_check *check, struct store *store,
                                    struct state_fault *out, struct ward_error *err) WARD_MUST_USE;

#endif
