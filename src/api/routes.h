/**
 * All parts of the API, in one list.
 */
#ifndef WARD_API_ROUTES_H
#define WARD_API_ROUTES_H

#include "api/api.h"

/** Every part, in the order of their start; `*count` of them. Static. */
const struct api_part *const *api_parts(size_t *count);

#endif
