/**
 * The part of the service that takes events in.
 */
#ifndef WARD_API_INGEST_ROUTES_H
#define WARD_API_INGEST_ROUTES_H

#include "api/intake.h"
#include "api/relinker.h"

extern const struct api_part ingest_part;

#endif
