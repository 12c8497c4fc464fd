/**
 * The last events of each thread while they are read, so that a flagged one is stored with its
 * neighbours and a raised one is found again. Memory only, bounded: the thread unused longest goes
 * first.
 */
#ifndef WARD_CASEWORK_RECENT_H
#define WARD_CASEWORK_RECENT_H

#include "ward/ward.h"

/** Events remembered of one thread: as many as a session may raise. */
#define RECENT_EVENTS 64u

/** One event, as kept. */
struct recent_event {
    uint64_t index; /**< of the event in the input */
    char *json;     /**< the event in ward's form; owned by the thread */
    size_t json_cap;
    size_t json_len;
    size_t verdict_len; /**< the verdict, or nothing, stands behind it */
    uint64_t source;    /**< number of its source */
    uint64_t offset, line;
    uint32_t bytes;
    bool zone_assumed;
    bool is_stored; /**< already handed to the store */
};

/** A ring of the last events; events[(next + i) % RECENT_EVENTS] is oldest first when full. */
struct recent_thread {
    struct recent_event events[RECENT_EVENTS];
    uint32_t count;
    uint32_t next; /**< where the next event goes */
    uint32_t owed; /**< events still to be stored as neighbours behind a flagged one */

    /* private */
    struct recent_thread *older, *newer; /* order of use */
    struct recent_thread *chain;         /* same slot of the table */
    uint64_t hash;
    size_t bytes;
    size_t key_len;
    char key[];
};

struct recent;

/** `max_bytes` bounds all threads together; one thread is always kept. WARD_ERR_NOMEM. */
enum ward_status recent_new(size_t max_bytes, struct recent **out) WARD_MUST_USE;
/** NULL allowed. */
void recent_free(struct recent *recent);

/**
 * The thread of (platform, group), made if it is new; NULL when memory is short. Valid until the
 * next call for another thread.
 */
struct recent_thread *recent_thread(struct recent *recent, struct ward_str platform,
                                    struct ward_str group);

/** Adds an event to the ring, over the oldest: `event` with copies of its JSON and its verdict's.
 * NULL when memory is short, else the event as kept. */
struct recent_event *recent_add(struct recent *recent, struct recent_thread *thread,
                                const struct recent_event *event, struct ward_str json,
                                struct ward_str verdict);

static inline struct ward_str recent_json(const struct recent_event *event)
{
    return (struct ward_str){event->json, event->json_len};
}

static inline struct ward_str recent_verdict(const struct recent_event *event)
{
    return (struct ward_str){event->json + event->json_len, event->verdict_len};
}

/** The event `back` places before the newest (0: the newest); NULL beyond what is kept. */
struct recent_event *recent_back(struct recent_thread *thread, uint32_t back);

/** The event with this index; NULL if it is not kept any more. */
struct recent_event *recent_find(struct recent_thread *thread, uint64_t index);

#endif
