/**
 * Numbers in the query of a request.
 */
#ifndef WARD_API_QUERY_NUMBER_H
#define WARD_API_QUERY_NUMBER_H

#include "base/json_pen.h"
#include "http/http.h"

#define QUERY_LIMIT_DEFAULT 50u
#define QUERY_LIMIT_MAX 200u

/** Reads a decimal number in [low, high]; `fallback` when the parameter is missing.
 * WARD_ERR_ARGUMENT names it. */
struct query_range {
    uint64_t low, high, fallback;
};
enum ward_status query_number(const struct http_request *request, const char *name,
                              struct query_range range, uint64_t *out,
                              struct ward_error *err) WARD_MUST_USE;
/** `limit`: 1..QUERY_LIMIT_MAX. */
enum ward_status query_limit(const struct http_request *request, uint64_t *out,
                             struct ward_error *err) WARD_MUST_USE;
/** A whole decimal number, at most `high`, nothing else; false otherwise. */
bool query_digits(struct ward_str text, uint64_t high, uint64_t *out);

/** `"next"`: the number as a cursor, or null. */
void query_put_next(struct json_pen *pen, bool more, uint64_t last);

#endif
