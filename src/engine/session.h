/**
 * Sessions inside the engine: recalling what a thread and an account said, and remembering events.
 */
#ifndef WARD_ENGINE_SESSION_H
#define WARD_ENGINE_SESSION_H

#include "engine/engine.h"

/** "Not in the window": a new event. */
#define SESSION_NO_POSITION UINT32_MAX

/**
 * Fills scratch->input.context for the event read last. `position` names the event itself in its
 * thread's window when it is judged again: what it said is then not counted as said by others.
 */
void session_recall(struct ward_session *session, struct ward_scratch *scratch,
                    const struct ward_event *event, uint32_t position);

/** Adds the event read last, with its verdict, to its thread. WARD_ERR_NOMEM. */
enum ward_status session_remember(struct ward_session *session, struct ward_scratch *scratch,
                                  uint64_t index, const struct ward_verdict *verdict) WARD_MUST_USE;

#endif
