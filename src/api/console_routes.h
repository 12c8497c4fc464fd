/**
 * The routes of console_routes.c.
 */
#ifndef WARD_API_CONSOLE_ROUTES_H
#define WARD_API_CONSOLE_ROUTES_H

#include "api/api.h"

extern const struct api_part console_part;

#endif
