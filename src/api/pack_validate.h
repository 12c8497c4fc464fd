/**
 * Whether packs compile and their examples hold, as JSON.
 */
#ifndef WARD_API_PACK_VALIDATE_H
#define WARD_API_PACK_VALIDATE_H

#include "api/pack_service.h"

/** Failed examples told in full; more are counted. */
#define VALIDATE_FAILURES_SHOWN 50u

struct pack_validation {
    bool is_good;
    uint32_t passed, failed;
};

/**
 * Compiles the base with a version of the overlay (OVERLAY_DRAFT: the draft) and runs every
 * example. Appends {"ok","errors","tests"} to `out`. A pack that is wrong is no failure of the
 * call; WARD_ERR_NOMEM and WARD_ERR_IO are. Cost: about half a second.
 */
enum ward_status pack_validate(const struct pack_service *service, const struct api_engine *base,
                               uint32_t version, struct buf *out, struct pack_validation *found,
                               struct ward_error *err) WARD_MUST_USE;

#endif
