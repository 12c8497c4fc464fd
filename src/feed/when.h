/**
 * Times as people and programs write them -> milliseconds since the Unix epoch. No clock, no
 * locale, no zone files.
 */
#ifndef WARD_FEED_WHEN_H
#define WARD_FEED_WHEN_H

#include "ward/ward.h"

/**
 * Reads a date with an optional time of day: RFC 3339, its variants with '/', '.' or 年月日, one or
 * two digits, blank for 'T', seconds and fraction optional, zone "Z", "+08:00", "+0800" or "+08".
 *
 * @param zone_minutes     east of UTC, taken when the text names no zone.
 * @param is_zone_assumed  set to whether it was.
 * @return false if `text` is anything else or out of range (years 1..9999).
 */
bool when_parse_date(struct ward_str text, int zone_minutes, int64_t *out_ms,
                     bool *is_zone_assumed);

/**
 * Reads a Unix time: seconds, or milliseconds from 100,000,000,000 up (as seconds that would be the
 * year 5138); fraction and exponent allowed. False if it is no number or beyond the year 9999.
 */
bool when_parse_unix(struct ward_str text, int64_t *out_ms);

#endif
