/**
 * Events that came in lately, so that a body sent again changes nothing: neither what groups are
 * remembered to have said nor any count.
 *
 * A keyed 64-bit hash stands for an event with all its fields; two generations of REPEATS_MAX are
 * kept, so that at least so many of the last events are known. Memory only: after a restart the
 * store alone tells duplicates. One thread at a time.
 */
#ifndef WARD_API_REPEATS_H
#define WARD_API_REPEATS_H

#include "base/buf.h"

#define REPEATS_MAX (512u * 1024u)

struct repeats_table {
    uint64_t *slots; /* owned; 0: free */
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

struct repeats {
    struct repeats_table young, old;
    unsigned char key[16];
    struct buf bytes; /* of the event being looked at */
};

/** Starts empty, with a key of its own. */
void repeats_init(struct repeats *repeats);
void repeats_release(struct repeats *repeats);
/** Forgets all. */
void repeats_clear(struct repeats *repeats);

/** True if the event is known; else it is from here on. When memory is short nothing is known. */
bool repeats_knows(struct repeats *repeats, const struct ward_event *event);

#endif
