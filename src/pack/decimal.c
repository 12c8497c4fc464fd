#include "pack/decimal.h"

#define NUMBER_DIGITS_MAX 15u

/* [-]digits[.digits], at most 15 digits: mantissa and power are exact, so is the quotient. */
bool decimal_parse(struct ward_str text, double *out)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const bool negative = text.len && text.data[0] == '-';
    int64_t mantissa = 0;
    uint32_t digits = 0;
    uint32_t decimals = 0;
    bool point = false;
    for (size_t i = negative; i < text.len; i++) {
        const char c = text.data[i];
        if (c == '.' && !point && digits) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9' || ++digits > NUMBER_DIGITS_MAX)
            return false;
        mantissa = mantissa * 10 + (c - '0');
        decimals += point;
    }
    if (!digits || (point && !decimals))
        return false;
    *out = (double)mantissa / powers[decimals];
    if (negative)
        *out = -*out;
    return true;
}
