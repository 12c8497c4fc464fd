/**
 * The description of API v1 as served (made from openapi.yaml).
 */
#ifndef WARD_API_OPENAPI_H
#define WARD_API_OPENAPI_H

#include "ward/ward.h"

/** The whole document, JSON; static. */
struct ward_str openapi_json(void);

#endif
