/**
 * The parts of the API that are about who may do what.
 */
#ifndef WARD_API_ACCESS_PARTS_H
#define WARD_API_ACCESS_PARTS_H

#include "api/api.h"

extern const struct api_part session_part, user_part, key_part;

/** Who sends the request, for the lock-out: the peer, or the client that a believed proxy names. */
struct ward_str request_client(const struct api_call *call);

#endif
