/**
 * Stored rows -> events as linking sees them.
 */
#ifndef WARD_CASEWORK_STORED_EVENTS_H
#define WARD_CASEWORK_STORED_EVENTS_H

#include "casework/case_file.h"
#include "casework/event_restore.h"
#include "store/store.h"

/** Events in the order the store gives them. All strings are the arena's. */
struct stored_events {
    struct arena arena;
    struct link_event *events;  /* owned */
    uint64_t *seqs;             /* owned */
    struct case_entry *entries; /* owned; NULL unless asked for */
    size_t count, capacity;
    bool with_entries;
    struct event_restorer reader;
};

/** Starts empty. `with_entries`: keep also what a case file holds of each. */
void stored_events_init(struct stored_events *events, bool with_entries);
void stored_events_release(struct stored_events *events);

/** Reads the rows of a query. Errors of the store; WARD_ERR_FORMAT for a damaged row. Erased rows
 * come as events without text, account or handle. */
enum ward_status stored_events_read(struct stored_events *events, struct store *store,
                                    const struct store_event_query *query,
                                    struct ward_error *err) WARD_MUST_USE;

#endif
