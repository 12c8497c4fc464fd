/**
 * Coop's paths, bodies and status codes, for platforms that send to Coop today.
 */
#ifndef WARD_API_COOP_ROUTES_H
#define WARD_API_COOP_ROUTES_H

#include "api/api.h"

extern const struct api_part coop_part;

#endif
