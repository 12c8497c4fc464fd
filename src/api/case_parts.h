/**
 * The parts of the API that are about cases, one for each file of routes.
 */
#ifndef WARD_API_CASE_PARTS_H
#define WARD_API_CASE_PARTS_H

#include "api/api.h"

extern const struct api_part case_part, people_part, group_part, event_part, decision_part,
    claim_part, referral_part, change_part, export_part, setting_part;

#endif
