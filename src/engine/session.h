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

/** Sets `said` (signal words) to the signals counted in the own words of the event read last. */
void session_said(const struct ward_scratch *scratch, uint64_t *said);

/**
 * Remembers an event that was quiet (engine_is_quiet) and so judged by itself, maybe elsewhere:
 * `said` is what session_said gave for it. WARD_ERR_NOMEM.
 */
enum ward_status session_remember_quiet(struct ward_session *session, struct ward_scratch *scratch,
                                        const struct ward_event *event, uint64_t index,
                                        const uint64_t *said) WARD_MUST_USE;

/** The thread of events without group from here on: the name of their file. At most 256 bytes
 * count; copied. */
void session_name_thread(struct ward_session *session, struct ward_str name);

#endif
