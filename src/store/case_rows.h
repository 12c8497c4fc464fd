/**
 * Finding the case that an id stands for now.
 */
#ifndef WARD_STORE_CASE_ROWS_H
#define WARD_STORE_CASE_ROWS_H

#include "base/buf.h"
#include "store/open_store.h"

/**
 * Follows merges from `id` to the case it is part of; the id goes into `out` (initialised by the
 * caller, cleared here). Inside a transaction. WARD_ERR_NOT_FOUND.
 */
enum ward_status case_resolve(struct store *store, struct ward_str id, struct buf *out,
                              struct ward_error *err) WARD_MUST_USE;

#endif
