/**
 * One JSON object -> one event: ward's own event object or the Osprey action envelope.
 */
#ifndef WARD_FEED_JSON_EVENT_H
#define WARD_FEED_JSON_EVENT_H

#include "base/arena.h"
#include "feed/json_scan.h"

/** What reading one record needs and tells beside the event. */
struct json_event {
    struct ward_event *event; /**< zeroed by the caller */
    struct arena *arena;      /**< media arrays and joined texts go here */
    int zone_minutes;
    bool zone_assumed; /**< set if the time named no zone */
    bool has_content;  /**< set if any field that can be judged was present, even empty */
    enum ward_status status;
};

/**
 * Reads the object at `scan`, which must be all that is left, into `out->event`.
 *
 * Fields: those of the event contract; null means absent; integers are taken for `id`, `account`,
 * `group`, `reply_to` as their digits; a hash of wrong length or not hex is left empty; other wrong
 * types fail. Unknown fields are checked as JSON and ignored.
 *
 * Osprey: an object whose `data` is an object. `data.action_id` is the id, `send_time` the time
 * unless the action has its own, `data.action_name` decides the kind, and `data.data` holds the
 * event's fields or their usual other names (content, user_id, username, channel_id ...), at top
 * level or inside `user`, `author`, `message`, `channel`.
 *
 * @return false with scan->cause, and out->status FORMAT, LIMIT or NOMEM.
 */
bool json_event_read(struct json_scan *scan, struct json_event *out);

/** "message", "post" ... -> kind; false if unknown. */
bool json_event_kind(struct ward_str name, enum ward_kind *out);
/** The other way; static storage. */
const char *json_event_kind_name(enum ward_kind kind);

#endif
