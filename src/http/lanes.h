/**
 * Lanes: bounded queues with their threads. They know nothing of HTTP.
 */
#ifndef WARD_HTTP_LANES_H
#define WARD_HTTP_LANES_H

#include "ward/ward.h"

/** A piece of work; `worker` belongs to the thread that runs it. */
typedef void (*lane_work)(void *context, void *worker);

struct lane;

/** `workers`: one for each of `threads` threads, borrowed. Starts them. */
enum ward_status lane_new(unsigned threads, unsigned queue_max, void **workers, struct lane **out,
                          struct ward_error *err) WARD_MUST_USE;
/** Does what is queued, then ends the threads. NULL allowed. */
void lane_free(struct lane *lane);
/** False when the lane is full, or (`forced` false) closed. `forced`: beyond the limit too, for
 * work that was let in before. */
bool lane_put(struct lane *lane, lane_work work, void *context, bool forced) WARD_MUST_USE;
/** Takes no more work but forced one. */
void lane_close(struct lane *lane);
/** Waiting, and running now. */
uint64_t lane_load(struct lane *lane);
uint64_t lane_refused(struct lane *lane);

#endif
