/**
 * Reports by users, and the list that reviewers work through.
 */
#ifndef WARD_API_REPORT_ROUTES_H
#define WARD_API_REPORT_ROUTES_H

#include "api/api.h"

extern const struct api_part report_part;

#endif
