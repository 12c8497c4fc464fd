/**
 * The routes of health_routes.c.
 */
#ifndef WARD_API_HEALTH_ROUTES_H
#define WARD_API_HEALTH_ROUTES_H

#include "api/api.h"

extern const struct api_part health_part;

#endif
