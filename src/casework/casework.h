/**
 * Cases over a store: kept current by linking, opened whole, moved by what people decide.
 */
#ifndef WARD_CASEWORK_CASEWORK_H
#define WARD_CASEWORK_CASEWORK_H

#include "casework/case_file.h"
#include "store/store.h"

/**
 * Links all that is stored anew, with the judgements people made, and puts the result in the place
 * of the one before. Errors of the store; WARD_ERR_NOMEM. Cost: linear in the store.
 */
enum ward_status casework_relink(struct store *store, const struct store_act *act,
                                 struct ward_error *err) WARD_MUST_USE;

/**
 * Reads a case whole (or the one it was merged into). `*out` is freed with case_file_free().
 * WARD_ERR_NOT_FOUND; errors of the store.
 */
enum ward_status casework_open(struct store *store, struct ward_str case_id, int64_t now_ms,
                               struct case_file **out, struct ward_error *err) WARD_MUST_USE;

/** A decision that moves people between cases or accounts between people. */
enum casework_move {
    CASEWORK_MERGE_CASES,  /**< cases a and b are one */
    CASEWORK_MERGE_PEOPLE, /**< people a and b are one */
    CASEWORK_SPLIT_PERSON, /**< person a does not belong in its case; b is not used */
    CASEWORK_SPLIT_ACCOUNT /**< account b ("platform/account") is not person a */
};

struct casework_request {
    enum casework_move move;
    struct ward_str a, b;
    struct ward_str note;                  /**< or empty */
    struct ward_str case_id;               /**< where a must be now; empty: wherever it is */
    const struct store_condition *only_if; /**< see struct store_decision; NULL: none */
};

/**
 * Writes the decision down and links anew. WARD_ERR_NOT_FOUND: no such case, person or account;
 * WARD_ERR_ARGUMENT: there is nothing to part or join.
 */
enum ward_status casework_move(struct store *store, const struct store_act *act,
                               const struct casework_request *request,
                               struct ward_error *err) WARD_MUST_USE;
/** As casework_move(), without linking anew: that is left to the caller. Reads only the cases
 * concerned. `seq` (NULL allowed): number of the decision. */
enum ward_status casework_move_decide(struct store *store, const struct store_act *act,
                                      const struct casework_request *request, uint64_t *seq,
                                      struct ward_error *err) WARD_MUST_USE;

/** A package that was written and left the house. */
struct casework_package {
    struct ward_str case_id;
    const char *manifest_sha256, *key_sha256; /**< hex: what it is known by, and whose it is */
    uint32_t files;
    struct ward_str place; /**< where it was put */
};

/** Notes an export as a decision on its case. Errors of the store. */
enum ward_status casework_note_export(struct store *store, const struct store_act *act,
                                      const struct casework_package *package,
                                      struct ward_error *err) WARD_MUST_USE;

#endif
