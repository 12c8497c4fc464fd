/**
 * JSON written value by value, commas and nesting kept by the pen. Two spaces of indentation when
 * `is_pretty`, else one line. Failures stay in the buffer.
 */
#ifndef WARD_BASE_JSON_PEN_H
#define WARD_BASE_JSON_PEN_H

#include "base/buf.h"

#define JSON_PEN_DEPTH 16u

struct json_pen {
    struct buf *out; /**< borrowed */
    bool is_pretty;
    bool after_key;
    unsigned depth;
    bool has_items[JSON_PEN_DEPTH];
};

void pen_init(struct json_pen *pen, struct buf *out, bool is_pretty);
/** '{' or '['. At most JSON_PEN_DEPTH deep. */
void pen_open(struct json_pen *pen, char bracket);
/** The matching '}' or ']'. */
void pen_close(struct json_pen *pen, char bracket);
void pen_key(struct json_pen *pen, const char *key);
/** Escaped; invalid UTF-8 becomes U+FFFD. */
void pen_string(struct json_pen *pen, struct ward_str value);
void pen_text(struct json_pen *pen, const char *value);
void pen_number(struct json_pen *pen, double value, int decimals);
void pen_integer(struct json_pen *pen, int64_t value);
void pen_bool(struct json_pen *pen, bool value);
/** RFC 3339 with milliseconds and Z, the form STIX and XML Schema both take. */
void pen_time(struct json_pen *pen, int64_t time_ms);
/** A value that is JSON already. */
void pen_raw(struct json_pen *pen, struct ward_str json);

/** Key and value; an empty string is left out. */
void pen_pair(struct json_pen *pen, const char *key, struct ward_str value);
void pen_pair_text(struct json_pen *pen, const char *key, const char *value);

#endif
