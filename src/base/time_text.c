#include "base/time_text.h"

#include <inttypes.h>

/* Days since the epoch -> year, month, day (Howard Hinnant, "chrono-compatible low-level date
 * algorithms", public domain). */
static void civil_of(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
    const int64_t z = days + 719468;
    const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const unsigned doe = (unsigned)(z - era * 146097);
    const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const unsigned mp = (5 * doy + 2) / 153;
    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = (int64_t)yoe + era * 400 + (*month <= 2);
}

/* `value` in `width` digits, and a mark behind; returns what follows. */
static char *put_digits(char *at, unsigned value, unsigned width, char mark)
{
    for (unsigned i = width; i-- > 0; value /= 10)
        at[i] = (char)('0' + value % 10);
    at[width] = mark;
    return at + width + 1;
}

/* By hand: this runs for every event that comes in. */
void time_put(struct buf *out, int64_t time_ms)
{
    int64_t year;
    unsigned month;
    unsigned day;
    char text[32];
    char *at = text;
    const int64_t ms_of_day = ((time_ms % 86400000) + 86400000) % 86400000;
    civil_of((time_ms - ms_of_day) / 86400000, &year, &month, &day);
    const unsigned s = (unsigned)(ms_of_day / 1000);
    const unsigned ms = (unsigned)(ms_of_day % 1000);
    if (year >= 0 && year <= 9999)
        at = put_digits(at, (unsigned)year, 4, '-');
    else
        buf_printf(out, "%04" PRId64 "-", year);
    at = put_digits(at, month, 2, '-');
    at = put_digits(at, day, 2, 'T');
    at = put_digits(at, s / 3600, 2, ':');
    at = put_digits(at, s / 60 % 60, 2, ':');
    at = put_digits(at, s % 60, 2, ms ? '.' : 'Z');
    if (ms)
        at = put_digits(at, ms, 3, 'Z');
    buf_put(out, text, (size_t)(at - text));
}
