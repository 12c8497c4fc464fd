/**
 * Small helpers on borrowed text (`struct ward_str`). Nothing here allocates.
 */
#ifndef WARD_BASE_STR_H
#define WARD_BASE_STR_H

#include <string.h>

#include "ward/ward.h"

/** A borrowed view of a NUL-terminated literal or string. */
static inline struct ward_str str_of(const char *text)
{
    return (struct ward_str){text, strlen(text)};
}

static inline bool str_equal(struct ward_str a, struct ward_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/** Byte order, shorter first on a tie; for qsort-like use: <0, 0, >0. */
static inline int str_compare(struct ward_str a, struct ward_str b)
{
    const size_t common = a.len < b.len ? a.len : b.len;
    const int order = common ? memcmp(a.data, b.data, common) : 0;
    if (order)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

/** The bytes, never NULL: so that an end may be reckoned from an empty text too. */
static inline const unsigned char *str_bytes(struct ward_str s)
{
    return (const unsigned char *)(s.len ? s.data : "");
}

/** The part [begin, end); clamped to the text. */
static inline struct ward_str str_part(struct ward_str s, size_t begin, size_t end)
{
    if (end > s.len)
        end = s.len;
    if (begin > end)
        begin = end;
    return (struct ward_str){s.data ? s.data + begin : NULL, end - begin};
}

#endif
