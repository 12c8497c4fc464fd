/**
 * One message object of a Telegram Desktop export -> one event.
 */
#ifndef WARD_FEED_TELEGRAM_MESSAGE_H
#define WARD_FEED_TELEGRAM_MESSAGE_H

#include "base/arena.h"
#include "feed/json_scan.h"

struct telegram_message {
    struct ward_event *event; /**< zeroed by the caller */
    struct arena *arena;
    int zone_minutes;
    bool zone_assumed;
    bool is_wanted; /**< false for service messages that nobody wrote (joins, calls, pins) */
    enum ward_status status;
};

/**
 * Reads the object at `scan` in place. `text` may be a string or an array of strings and entities,
 * which are joined; a link hidden behind a text becomes a medium of kind "link", a shared contact
 * one of kind "contact", a poll one of kind "poll". A service message that names the group becomes
 * an event of kind group_name.
 * @return false with scan->cause; out->status FORMAT or NOMEM.
 */
bool telegram_message_read(struct json_scan *scan, struct telegram_message *out);

#endif
