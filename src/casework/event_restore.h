/**
 * A stored event -> `struct ward_event`, to the byte as it was received.
 */
#ifndef WARD_CASEWORK_EVENT_RESTORE_H
#define WARD_CASEWORK_EVENT_RESTORE_H

#include "base/arena.h"
#include "feed/feed.h"

/** Reads events one after the other; holds only working memory. */
struct event_restorer {
    struct feed_batch batch;
};

void event_restorer_init(struct event_restorer *reader);
void event_restorer_release(struct event_restorer *reader);

/**
 * Reads what event_write_json() wrote. Strings and media of `out` go to `arena`.
 * WARD_ERR_FORMAT when the JSON is not an event, WARD_ERR_NOMEM.
 */
enum ward_status event_restore(struct event_restorer *reader, struct ward_str json,
                               struct arena *arena, struct ward_event *out,
                               struct ward_error *err) WARD_MUST_USE;

#endif
