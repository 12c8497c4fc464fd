/**
 * Decisions from the terminal, and naming the case they are about.
 */
#ifndef WARD_CLI_CASE_DECIDE_H
#define WARD_CLI_CASE_DECIDE_H

#include "base/buf.h"
#include "store/store.h"

struct case_name {
    char id[64];
};

/**
 * Finds a case by id or by the beginning of one ("C-7f", "7f"), or by its place in the list of
 * current cases ("1"). WARD_ERR_NOT_FOUND; WARD_ERR_ARGUMENT when several begin so.
 */
enum ward_status case_name_find(struct store *store, const char *word, struct case_name *out,
                                struct ward_error *err) WARD_MUST_USE;

struct case_decide_request {
    const char *verb;         /**< "confirm", "dismiss" ... */
    const char *const *words; /**< what stands behind the verb */
    int word_count;
    const char *note;       /**< or NULL */
    const char *look_alike; /**< value of --as, or NULL */
};

/** Carries the decision out and says in `out` what was done. WARD_ERR_ARGUMENT for a decision that
 * is not understood or not complete; errors of the store. */
enum ward_status case_decide(struct store *store, const struct store_act *act,
                             const struct case_decide_request *request, struct buf *out,
                             struct ward_error *err) WARD_MUST_USE;

#endif
