/**
 * The routes of check_routes.c.
 */
#ifndef WARD_API_CHECK_ROUTES_H
#define WARD_API_CHECK_ROUTES_H

#include "api/api.h"

extern const struct api_part check_part;

#endif
