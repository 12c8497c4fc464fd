/**
 * The seal over records: what makes a sealed record changed behind ward's back show.
 *
 * Each sealed record has a digest of its fields; the entry of a batch that touches one holds the
 * hash over the digests of all sealed records, by kind and id, as they stand after it. So a record
 * that is changed, added, removed or set back to what it once was does not fit the last such entry.
 */
#ifndef WARD_STORE_RECORDS_SEAL_H
#define WARD_STORE_RECORDS_SEAL_H

#include "store/open_store.h"
#include "store/store_records.h"

void record_digest(const struct store_record *record, unsigned char out[DIGEST_BYTES]);

/** Hash over the digests as they stand in the running transaction. Linear in sealed records. */
enum ward_status records_seal(struct store *store, unsigned char out[DIGEST_BYTES],
                              struct ward_error *err) WARD_MUST_USE;

struct records_sealed {
    uint64_t count;
    uint64_t bad_entry; /**< entry of the first record that its digest does not fit; 0: all fit */
};
/** As records_seal(), with every digest made anew from the record. Inside a transaction. */
enum ward_status records_seal_check(struct store *store, struct records_sealed *out,
                                    unsigned char hash[DIGEST_BYTES],
                                    struct ward_error *err) WARD_MUST_USE;

#endif
