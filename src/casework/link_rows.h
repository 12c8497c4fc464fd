/**
 * What linking found, into the store and back.
 *
 * A case's detail JSON is ward's own, read only here: it holds the case whole, with its people,
 * groups and ties. Events stand in it as [number of their row, id], so that cases and people can be
 * listed without reading a single event.
 */
#ifndef WARD_CASEWORK_LINK_ROWS_H
#define WARD_CASEWORK_LINK_ROWS_H

#include "base/arena.h"
#include "link/link.h"
#include "store/store.h"

/** A linking result and the events it was made from. */
struct link_made {
    const struct link *link;
    const struct link_event *events; /**< as given to link_build() */
    const uint64_t *seqs;            /**< number of each event's row */
};

/** Puts the result in the place of the one before. Errors of the store; WARD_ERR_NOMEM. */
enum ward_status link_rows_save(struct store *store, const struct store_act *act,
                                const struct link_made *made, struct ward_error *err) WARD_MUST_USE;

/** What a case is beside what linking found: what people decided. */
struct case_status {
    enum store_case_state state;
    struct ward_str assignee;
    bool is_held;
    bool has_laws; /**< false: linked by an earlier ward, which did not note the law */
    const struct ward_str *laws; /**< ids of the law that its verdicts cite */
    size_t law_count;
};

/** Cases as read back. All memory is the arena's. */
struct link_loaded {
    struct arena arena;
    struct link link;           /**< its groups: those of the cases; event_* are NULL */
    struct case_status *status; /**< one a case */
    struct link_event *events; /**< made from the rows: only id is set; NULL when seqs were given */
    size_t event_count;
};

struct link_rows_query {
    struct ward_str case_id;              /**< only this case (or what it was merged into) */
    const struct store_case_query *cases; /**< else those that this selects; NULL: all current */
    /** The events that indexes are to point to: row numbers, ascending, and the index of each.
     * NULL: made from the ids in the rows. Events not among them are left out. */
    const uint64_t *seqs;
    const uint32_t *indexes;
    size_t seq_count;
};

/** Reads cases with all that belongs to them. Release also after a failure.
 * WARD_ERR_NOT_FOUND: no such case; WARD_ERR_FORMAT: a damaged row; WARD_ERR_NOMEM. */
enum ward_status link_rows_load(struct store *store, const struct link_rows_query *query,
                                struct link_loaded *out, struct ward_error *err) WARD_MUST_USE;

/** Reads all groups, those of no case too, highest score first. Of the cases only ids are set.
 * Errors as above. */
enum ward_status link_rows_load_groups(struct store *store, struct link_loaded *out,
                                       struct ward_error *err) WARD_MUST_USE;
void link_loaded_release(struct link_loaded *loaded);

#endif
