/**
 * The number by which readers see that something changed, and the stamp of a case.
 */
#ifndef WARD_STORE_CHANGES_H
#define WARD_STORE_CHANGES_H

#include "store/open_store.h"

/** Notes that the running transaction changed events, cases or decisions. After its audit entry. */
enum ward_status changes_note(struct store *store, struct ward_error *err) WARD_MUST_USE;

/** Stamp of the case with exactly this id, as store_case_stamp(). Inside a transaction. */
enum ward_status case_stamp(struct store *store, struct ward_str id, char out[STORE_STAMP],
                            struct ward_error *err) WARD_MUST_USE;

#endif
