#include "api/query_number.h"

#include <stdio.h>

#include "base/error.h"

bool query_digits(struct ward_str text, uint64_t high, uint64_t *out)
{
    uint64_t value = 0;
    if (text.len == 0 || text.len > 19)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    if (value > high)
        return false;
    *out = value;
    return true;
}

enum ward_status query_number(const struct http_request *request, const char *name,
                              struct query_range range, uint64_t *out, struct ward_error *err)
{
    *out = range.fallback;
    if (!http_query_has(request, name))
        return WARD_OK;
    uint64_t value;
    if (!query_digits(http_query(request, name), range.high, &value) || value < range.low)
        return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is a number from %llu to %llu", name,
                         (unsigned long long)range.low, (unsigned long long)range.high);
    *out = value;
    return WARD_OK;
}

enum ward_status query_limit(const struct http_request *request, uint64_t *out,
                             struct ward_error *err)
{
    const struct query_range range = {1, QUERY_LIMIT_MAX, QUERY_LIMIT_DEFAULT};
    return query_number(request, "limit", range, out, err);
}

void query_put_next(struct json_pen *pen, bool more, uint64_t last)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)last);
    pen_key(pen, "next");
    if (more)
        pen_text(pen, text);
    else
        pen_raw(pen, (struct ward_str){"null", 4});
}
