#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void error_clear(struct ward_error *err)
{
    if (err)
        memset(err, 0, sizeof *err);
}

enum ward_status error_set(struct ward_error *err, enum ward_status status, const char *format, ...)
{
    if (!err)
        return status;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    err->status = status;
    return status;
}

void error_at(struct ward_error *err, const char *source, uint32_t line, uint32_t column)
{
    if (!err)
        return;
    if (source)
        (void)snprintf(err->source, sizeof err->source, "%s", source);
    err->line = line;
    err->column = column;
}

const char *ward_status_name(enum ward_status status)
{
    static const char *const names[] = {"ok", "no-memory", "argument", "format", "limit",
                                        "io", "not-found", "stale",    "busy",   "refused"};
    const size_t at = (size_t)status;
    return at < sizeof names / sizeof names[0] ? names[at] : "unknown";
}
