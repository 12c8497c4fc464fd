/**
 * What `struct access` is, for the files of this room.
 *
 * Locks: `lock` guards `snapshot` (held for reading while one request is checked); `refreshing`
 * lets one thread at a time read the store anew; `tries` guards the lock-outs and the notes of
 * failures. `refreshing` is taken before `lock`, `tries` alone.
 */
#ifndef WARD_ACCESS_CORE_H
#define WARD_ACCESS_CORE_H

#include <pthread.h>

#include "access/lockout.h"
#include "access/peers.h"
#include "access/snapshot.h"

/** Users whose failed logins are told one by one between two tidyings. */
#define FAILURE_NOTES 64u

struct failure_note {
    char user[ACCESS_USER_MAX + 1];
    uint64_t failures;
};

struct failures {
    struct failure_note notes[FAILURE_NOTES];
    size_t count;
    uint64_t others; /**< of names that no user has, and what found no room */
    uint64_t lock_outs;
};

struct access {
    char *proxy_header;  /**< owned; NULL none */
    char *public_origin; /**< owned; NULL none */
    struct peer_net *nets;
    size_t net_count;
    bool is_secure;
    int64_t idle_ms, session_ms;
    uint32_t hashing_max;
    struct access_cost cost;
    unsigned char secret[32]; /**< of this run: CSRF tokens of users that a proxy names */

    pthread_mutex_t refreshing;
    pthread_rwlock_t lock;
    struct snapshot *snapshot; /**< never NULL once open */

    pthread_mutex_t tries;
    struct lockout lockout;
    struct failures failures;

    _Atomic uint32_t hashing;
    _Atomic uint64_t answers[4], logins, failed_logins, lock_outs;
};

/** Reads the store anew whether or not it changed. */
enum ward_status access_reload(struct access *access, struct store *store, int64_t now_ms,
                               struct ward_error *err) WARD_MUST_USE;
/** False when too many passwords are hashed already; else give back by hashing_end(). */
bool hashing_begin(struct access *access);
void hashing_end(struct access *access);

/** Seconds to wait before the next try, 0: none. */
uint32_t tries_wait(struct access *access, const struct lock_keys *keys, int64_t now_ms);
/** Notes a failure; `user` empty when there is none of that name. */
void tries_failed(struct access *access, const struct lock_keys *keys, const char *user,
                  int64_t now_ms);
void tries_succeeded(struct access *access, const struct lock_keys *keys);
/** Writes failures and lock-outs down. */
enum ward_status tries_write(struct access *access, struct store *store, int64_t now_ms,
                             struct ward_error *err) WARD_MUST_USE;
/** Reads lock-outs that still hold. */
enum ward_status tries_load(struct access *access, struct store *store, int64_t now_ms,
                            struct ward_error *err) WARD_MUST_USE;

#endif
