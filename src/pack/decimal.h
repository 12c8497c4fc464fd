/**
 * Decimal numbers of pack files, read alike whatever the locale of the host program.
 */
#ifndef WARD_PACK_DECIMAL_H
#define WARD_PACK_DECIMAL_H

#include "ward/ward.h"

/**
 * Reads [-]digits[.digits] with at most 15 digits, all of `text`; correctly rounded. False for
 * anything else (`*out` unchanged).
 */
bool decimal_parse(struct ward_str text, double *out);

#endif
