/**
 * One tally of the stored verdicts for all who ask, brought up to date as they do.
 */
#ifndef WARD_API_TALLY_SERVICE_H
#define WARD_API_TALLY_SERVICE_H

#include "api/api.h"
#include "casework/tally.h"

/** Time spent on counting for one request, and on every tick while it is behind. */
#define TALLY_REQUEST_MS 700
#define TALLY_TICK_MS 500
/** A tally this old is begun anew: events judged again were counted twice in it, erased ones are
 * still in it. */
#define TALLY_AGE_MS (30LL * 60 * 1000)

extern const struct api_part api_statistics_part;

/**
 * The tally, brought up to date and locked until tally_service_drop(). `*is_complete`: every stored
 * event is in it. Only for handlers with a store.
 */
enum ward_status tally_service_take(struct api_call *call, const struct tally **out,
                                    bool *is_complete, struct ward_error *err) WARD_MUST_USE;
void tally_service_drop(struct api_call *call);

#endif
