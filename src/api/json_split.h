/**
 * Cuts a JSON object into its members, or an array into its elements, without reading the values.
 *
 * For bodies that hold many events: each is handed on as the bytes it came in. Nesting and strings
 * are followed; whether a value is sound JSON is its reader's to say.
 */
#ifndef WARD_API_JSON_SPLIT_H
#define WARD_API_JSON_SPLIT_H

#include "ward/ward.h"

#define JSON_SPLIT_DEPTH_MAX 512u

struct json_split {
    struct ward_str text;
    size_t at;
    char close; /**< '}' or ']' */
    bool is_first;
    bool is_wrong; /**< the text is not what it should be, at byte `at` */
};

/** Starts on an object ('{') or an array ('['); false if `text` is something else. */
bool json_split_begin(struct json_split *split, struct ward_str text, char open);
/**
 * The next value, blanks around it dropped; for an object also its key, as written between the
 * quotes. False at the end, which must be the end of the text too, and when something is wrong.
 */
bool json_split_next(struct json_split *split, struct ward_str *key, struct ward_str *value);

#endif
