/**
 * Linking in the background: soon after flagged events were stored or a judgement was made, never
 * more often than the store can bear.
 *
 * Marks are coalesced: a relink begins RELINK_SOON_MS after the first mark, and at the earliest
 * RELINK_EASE times as long after the end of the one before as that one took. It runs on the SLOW
 * lane. A relink that fails is due again. After a restart one is due when rows came in behind the
 * last linking.
 */
#ifndef WARD_API_RELINKER_H
#define WARD_API_RELINKER_H

#include "api/api.h"

#define RELINK_SOON_MS 500
#define RELINK_EASE 10
#define RELINK_PAUSE_MAX_MS (10 * 60 * 1000)

struct relinker;

/** Starts its clock. WARD_ERR_NOMEM, WARD_ERR_IO. */
enum ward_status relinker_new(struct api *api, struct relinker **out,
                              struct ward_error *err) WARD_MUST_USE;
/** No job may run any more. NULL allowed. */
void relinker_free(struct relinker *relinker);

/** Something was stored or judged that linking should see. Any thread; cheap. */
void relinker_mark(struct relinker *relinker);

/** The same, of the service: for handlers that decide. */
void api_relink_due(struct api *api);

struct relinker_state {
    bool is_due;
    uint64_t runs, failures;
    int64_t last_ms;      /**< when the last one ended; 0 none */
    int64_t last_took_ms; /**< how long it took */
};
struct relinker_state relinker_state(struct relinker *relinker);

#endif
