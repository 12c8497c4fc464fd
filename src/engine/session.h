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

/** Sets `said` (signal words) to the signals counted in the own words of the event read last. */
void session_said(const struct ward_scratch *scratch, uint64_t *said);

/** A judged event, as a thread remembers it. All borrowed for the call. */
struct session_event {
    const struct ward_event *event;
    uint64_t index;
    const uint64_t *said; /**< from session_said */
    enum ward_level level;
    enum ward_role role;
    double log_odds;  /**< of its own words */
    bool asks_memory; /**< engine_asks_memory: only such an event can be raised later */
};

/** Adds an event to its thread. The scratch is working memory only: the event may have been read
 * and judged with another one. WARD_ERR_NOMEM. */
enum ward_status session_remember(struct ward_session *session, struct ward_scratch *scratch,
                                  const struct session_event *what) WARD_MUST_USE;

/**
 * False when nothing that rules ask is remembered of the event's thread and account: then judging
 * it with this session gives what judging it by itself gave.
 */
bool session_has_memory(const struct ward_session *session, const struct ward_event *event);

/** The thread of events without group from here on: the name of their file. At most 256 bytes
 * count; copied. */
void session_name_thread(struct ward_session *session, struct ward_str name);

#endif
