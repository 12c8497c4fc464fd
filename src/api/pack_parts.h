/**
 * The parts about packs, the log, statistics, webhooks and the service itself.
 */
#ifndef WARD_API_PACK_PARTS_H
#define WARD_API_PACK_PARTS_H

#include "api/pack_service.h"
#include "api/tally_service.h"

extern const struct api_part api_about_part;
extern const struct api_part api_audit_part;
extern const struct api_part api_dry_run_part;
extern const struct api_part api_overlay_part;
extern const struct api_part api_term_part;
extern const struct api_part api_webhook_part;

#endif
