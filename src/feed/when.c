/**
 * See when.h. Days from civil dates after H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"
 * (2013): proleptic Gregorian, exact for all years.
 */
#include "feed/when.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)
/* 9999-12-31T23:59:59.999Z */
#define UNIX_MS_MAX INT64_C(253402300799999)
/* From here a bare number is milliseconds. */
#define UNIX_MILLISECONDS_FROM INT64_C(100000000000)

struct cursor {
    const char *at;
    const char *end;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* `least` to `most` digits; false if fewer. */
static bool take_number(struct cursor *in, int least, int most, int *out)
{
    int value = 0;
    int count = 0;
    while (count < most && in->at < in->end && is_digit(*in->at)) {
        value = value * 10 + (*in->at++ - '0');
        count++;
    }
    *out = value;
    return count >= least;
}

static bool take_char(struct cursor *in, char c)
{
    if (in->at >= in->end || *in->at != c)
        return false;
    in->at++;
    return true;
}

static bool take_text(struct cursor *in, const char *text)
{
    const size_t len = strlen(text);
    if ((size_t)(in->end - in->at) < len || memcmp(in->at, text, len) != 0)
        return false;
    in->at += len;
    return true;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static int64_t days_since_epoch(int year, int month, int day)
{
    const int64_t y = month <= 2 ? year - 1 : year;
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t year_of_era = y - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

/* The date; leaves `in` on what follows. */
static bool take_date(struct cursor *in, int64_t *out_ms)
{
    int year;
    int month;
    int day;
    if (!take_number(in, 4, 4, &year))
        return false;
    const bool han = take_text(in, "年");
    const char mark = !han && in->at < in->end ? *in->at : '\0';
    if (!han && mark != '-' && mark != '/' && mark != '.')
        return false;
    in->at += han ? 0 : 1;
    if (!take_number(in, 1, 2, &month) || !(han ? take_text(in, "月") : take_char(in, mark)) ||
        !take_number(in, 1, 2, &day) || (han && !take_text(in, "日")))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > month_days(year, month))
        return false;
    *out_ms = days_since_epoch(year, month, day) * DAY_MS;
    return true;
}

/* ".123456": milliseconds, the rest cut. */
static bool take_fraction(struct cursor *in, int *out_ms)
{
    int scale = 100;
    *out_ms = 0;
    if (!take_char(in, '.'))
        return true;
    if (in->at >= in->end || !is_digit(*in->at))
        return false;
    for (; in->at < in->end && is_digit(*in->at); in->at++, scale /= 10)
        *out_ms += (*in->at - '0') * scale;
    return true;
}

/* "12:39", "9:05:07.5"; a leap second runs into the next minute. */
static bool take_clock(struct cursor *in, int64_t *out_ms)
{
    int hour;
    int minute;
    int second = 0;
    int fraction = 0;
    if (!take_number(in, 1, 2, &hour) || !take_char(in, ':') || !take_number(in, 2, 2, &minute))
        return false;
    if (take_char(in, ':') && (!take_number(in, 2, 2, &second) || !take_fraction(in, &fraction)))
        return false;
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    *out_ms += ((hour * INT64_C(60) + minute) * 60 + second) * 1000 + fraction;
    return true;
}

/* "Z", "+08:00", "-0330", "+8"; nothing there is no failure. */
static bool take_zone(struct cursor *in, int *minutes, bool *is_named)
{
    *is_named = true;
    if (take_char(in, 'Z') || take_char(in, 'z')) {
        *minutes = 0;
        return true;
    }
    const bool west = in->at < in->end && *in->at == '-';
    if (!west && !(in->at < in->end && *in->at == '+')) {
        *is_named = false;
        return true;
    }
    in->at++;
    int hours;
    int rest = 0;
    if (!take_number(in, 1, 2, &hours))
        return false;
    const bool colon = take_char(in, ':');
    if (!take_number(in, 2, 2, &rest) && (colon || rest))
        return false;
    if (hours > 23 || rest > 59)
        return false;
    *minutes = (hours * 60 + rest) * (west ? -1 : 1);
    return true;
}

static void skip_blanks(struct cursor *in)
{
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t'))
        in->at++;
}

bool when_parse_date(struct ward_str text, int zone_minutes, int64_t *out_ms, bool *is_zone_assumed)
{
    struct cursor in = {text.data, text.data + text.len};
    int64_t ms = 0;
    bool is_named = false;
    *out_ms = 0;
    *is_zone_assumed = false;
    skip_blanks(&in);
    if (!take_date(&in, &ms))
        return false;
    const bool marked = take_char(&in, 'T') || take_char(&in, 't');
    skip_blanks(&in);
    if (marked || (in.at < in.end && is_digit(*in.at))) {
        if (!take_clock(&in, &ms))
            return false;
        skip_blanks(&in);
        if (!take_zone(&in, &zone_minutes, &is_named))
            return false;
        skip_blanks(&in);
    }
    if (in.at != in.end)
        return false;
    *out_ms = ms - zone_minutes * INT64_C(60000);
    *is_zone_assumed = !is_named;
    return true;
}

/* A decimal number as digits * 10^exponent; digits beyond 18 only move the exponent. */
struct decimal {
    int64_t digits;
    int exponent;
    bool is_negative;
};

static void take_digits(struct cursor *in, struct decimal *number, int *seen, int step)
{
    for (; in->at < in->end && is_digit(*in->at); in->at++) {
        ++*seen;
        if (number->digits < INT64_C(100000000000000000)) {
            number->digits = number->digits * 10 + (*in->at - '0');
            number->exponent -= step;
        } else {
            number->exponent += 1 - step;
        }
    }
}

static bool take_decimal(struct cursor *in, struct decimal *out)
{
    int seen = 0;
    *out = (struct decimal){0, 0, take_char(in, '-')};
    take_digits(in, out, &seen, 0);
    if (take_char(in, '.'))
        take_digits(in, out, &seen, 1);
    if (!seen)
        return false;
    if (take_char(in, 'e') || take_char(in, 'E')) {
        int power;
        const bool negative = take_char(in, '-');
        if (!negative)
            (void)take_char(in, '+');
        if (!take_number(in, 1, 3, &power))
            return false;
        out->exponent += negative ? -power : power;
    }
    return in->at == in->end;
}

/* number * 10^shift, cut towards zero; false if it passes UNIX_MS_MAX. */
static bool decimal_scale(struct decimal number, int shift, int64_t *out)
{
    int64_t value = number.digits;
    int exponent = number.exponent + shift;
    for (; exponent < 0 && value; exponent++)
        value /= 10;
    for (; exponent > 0 && value; exponent--) {
        if (value > UNIX_MS_MAX)
            return false;
        value *= 10;
    }
    *out = value;
    return value <= UNIX_MS_MAX;
}

bool when_parse_unix(struct ward_str text, int64_t *out_ms)
{
    struct cursor in = {text.data, text.data + text.len};
    struct decimal number;
    int64_t whole;
    *out_ms = 0;
    if (!take_decimal(&in, &number) || !decimal_scale(number, 0, &whole))
        return false;
    const int shift = whole >= UNIX_MILLISECONDS_FROM ? 0 : 3;
    int64_t ms;
    if (!decimal_scale(number, shift, &ms))
        return false;
    *out_ms = number.is_negative ? -ms : ms;
    return true;
}
