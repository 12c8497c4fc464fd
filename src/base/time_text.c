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

void time_put(struct buf *out, int64_t time_ms)
{
    int64_t year;
    unsigned month;
    unsigned day;
    const int64_t ms_of_day = ((time_ms % 86400000) + 86400000) % 86400000;
    civil_of((time_ms - ms_of_day) / 86400000, &year, &month, &day);
    const unsigned s = (unsigned)(ms_of_day / 1000);
    buf_printf(out, "%04" PRId64 "-%02u-%02uT%02u:%02u:%02u", year, month, day, s / 3600,
               s / 60 % 60, s % 60);
    if (ms_of_day % 1000)
        buf_printf(out, ".%03u", (unsigned)(ms_of_day % 1000));
    buf_put_char(out, 'Z');
}
