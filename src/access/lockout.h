/**
 * Counting failed logins, by user, by address and by both, and shutting out who guesses.
 *
 * After `limit` failures under one key the next try must wait 30 s, after each further failure
 * twice as long, up to 15 minutes. A name that no user has is counted as any other, so that a
 * lock-out does not tell who exists. Failures are forgotten an hour after the last one.
 *
 * The table has a fixed size; where it is full the oldest of eight entries goes. Hashing a password
 * takes so long that nobody can push out an entry within the hour that it counts. Not locked: the
 * caller's.
 */
#ifndef WARD_ACCESS_LOCKOUT_H
#define WARD_ACCESS_LOCKOUT_H

#include "ward/ward.h"

#define LOCK_KEY_BYTES 16u
#define LOCKOUT_WAYS 8u
#define LOCKOUT_SETS 4096u

/** What tries are counted by. */
enum lock_by { LOCK_BY_BOTH = 0, LOCK_BY_USER, LOCK_BY_PEER };
#define LOCK_KINDS 3

struct lock_entry {
    unsigned char key[LOCK_KEY_BYTES];
    uint32_t failures; /**< 0: free */
    int64_t last_ms, until_ms;
    bool is_written; /**< the store has it as it is */
};

struct lockout {
    struct lock_entry *entries; /**< owned */
};

/** The keys of one try. */
struct lock_keys {
    unsigned char key[LOCK_KINDS][LOCK_KEY_BYTES];
};

enum ward_status lockout_open(struct lockout *out, struct ward_error *err) WARD_MUST_USE;
void lockout_close(struct lockout *lockout);

void lock_keys_make(struct ward_str user, struct ward_str peer, struct lock_keys *out);
/** Milliseconds until the next try may be made; 0: now. */
int64_t lockout_wait(const struct lockout *lockout, const struct lock_keys *keys, int64_t now_ms);
/** Counts a failure; true if this one began a lock-out. */
bool lockout_failed(struct lockout *lockout, const struct lock_keys *keys, int64_t now_ms);
/** Forgets the failures of the user from this address; those of the address stay. */
void lockout_succeeded(struct lockout *lockout, const struct lock_keys *keys);
/** Puts back an entry that was written down. */
void lockout_restore(struct lockout *lockout, const struct lock_entry *entry);

#endif
