/**
 * A crew of threads that share out numbered tasks; the caller works too.
 */
#ifndef WARD_PIPELINE_CREW_H
#define WARD_PIPELINE_CREW_H

#include "ward/ward.h"

struct crew;

/** Does task `task` as thread `worker` (0 is the caller). */
typedef void crew_fn(void *context, uint32_t worker, uint32_t task);

/** `threads` in all, the caller counted: with 1 no thread is made. WARD_ERR_NOMEM, WARD_ERR_IO. */
enum ward_status crew_new(uint32_t threads, crew_fn *work, void *context,
                          struct crew **out) WARD_MUST_USE;
/** Ends the threads; no tasks may be open. */
void crew_free(struct crew *crew);

/** Gives out tasks 0 .. count-1 to the other threads; returns at once. */
void crew_start(struct crew *crew, uint32_t count);
/** Works on what is left and returns when all tasks are done. */
void crew_finish(struct crew *crew);

#endif
