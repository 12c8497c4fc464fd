/**
 * An event in ward's own form, one JSON object: what is stored of an event, and what the feed reads
 * back as the same event.
 */
#ifndef WARD_FEED_EVENT_WRITE_H
#define WARD_FEED_EVENT_WRITE_H

#include "base/buf.h"

/**
 * Appends the object, no newline. Absent fields are left out; the time is written in UTC. JSON
 * cannot hold invalid UTF-8: it becomes U+FFFD, and the field's bytes stand beside it in hex
 * ("text_hex"), for the offsets of a verdict count them.
 */
void event_write_json(struct buf *out, const struct ward_event *event);

#endif
