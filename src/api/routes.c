/**
 * The list of parts: one line for each file of routes.
 */
#include "api/routes.h"

#include "api/access_parts.h"
#include "api/case_parts.h"
#include "api/check_routes.h"
#include "api/console_routes.h"
#include "api/coop_routes.h"
#include "api/health_routes.h"
#include "api/ingest_routes.h"
#include "api/pack_parts.h"
#include "api/query_routes.h"
#include "api/report_routes.h"

static const struct api_part *const parts[] = {
    &ingest_part, /* first: the others use what it keeps */
    &check_part,       &health_part,         &coop_part,     &query_part,     &report_part,
    &case_part,        &people_part,         &group_part,    &event_part,     &decision_part,
    &claim_part,       &referral_part,       &change_part,   &api_pack_part,  &api_overlay_part,
    &api_dry_run_part, &api_statistics_part, &api_term_part, &api_audit_part, &api_webhook_part,
    &api_about_part,   &export_part,         &session_part,  &user_part,      &key_part,
    &console_part,     &setting_part,        NULL,
};

const struct api_part *const *api_parts(size_t *count)
{
    *count = sizeof parts / sizeof parts[0] - 1;
    return parts;
}
