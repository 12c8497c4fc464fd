/**
 * The thread that tells webhooks what happened: looks for what is new, sends what is due.
 *
 * One thread, one delivery at a time, ten seconds at most each. A failed delivery is tried again
 * after a growing while, at most WEBHOOK_ATTEMPTS_MAX times; a webhook that just failed holds up
 * only its own. Redirects are not followed, nor proxies of the environment used: what was
 * registered is what is asked. Any 2xx is delivered; 410 ends the tries.
 */
#ifndef WARD_API_WEBHOOK_SENDER_H
#define WARD_API_WEBHOOK_SENDER_H

#include "api/api.h"

/** As api_part.start and stop. */
enum ward_status webhook_sender_start(struct api *api, void **state,
                                      struct ward_error *err) WARD_MUST_USE;
void webhook_sender_stop(struct api *api, void *state);

#endif
