/**
 * Users, sessions and keys as they stood in the store at one time, for looking up.
 *
 * Immutable but for `seen_ms`, which any thread may set.
 */
#ifndef WARD_ACCESS_SNAPSHOT_H
#define WARD_ACCESS_SNAPSHOT_H

#include <stdatomic.h>

#include "access/account_rows.h"

/** Users, sessions, keys: each at most this many. */
#define SNAPSHOT_MAX 100000u

struct snap_user {
    char user[ACCESS_USER_MAX + 1];
    char name[ACCESS_NAME_MAX + 1];
    enum access_role role;
    bool is_disabled;
    uint64_t epoch;
};

struct snap_session {
    unsigned char hash[SECRET_HASH_BYTES];
    uint32_t user; /**< place among the users */
    bool is_live;  /**< the user is there, not disabled, and of the session's epoch */
    uint64_t epoch, etag;
    int64_t begun_ms, expires_ms;
    int64_t written_ms; /**< what the store has as last use */
    _Atomic int64_t seen_ms;
};

struct snap_key {
    unsigned char hash[SECRET_HASH_BYTES];
    char id[ACCESS_KEY_ID_TEXT];
    char name[ACCESS_NAME_MAX + 1];
    uint32_t scopes;
    int64_t expires_ms;
};

/** Places by hash: open addressing, 0 free, else place + 1. */
struct snap_index {
    uint32_t *slots; /**< owned */
    size_t size;     /**< a power of two */
};

struct snapshot {
    struct snap_user *users; /**< owned; by name */
    size_t user_count, user_room;
    struct snap_session *sessions; /**< owned */
    size_t session_count, session_room;
    struct snap_key *keys; /**< owned */
    size_t key_count, key_room;
    struct snap_index by_session, by_key;
    uint64_t stamps[3]; /**< of users, sessions, keys */
};

/** Sets `*stale` when the store has something else than the snapshot. */
enum ward_status snapshot_is_stale(const struct snapshot *snapshot, struct store *store,
                                   bool *stale, struct ward_error *err) WARD_MUST_USE;
/** Reads all; rows that are damaged or expired are left out. WARD_ERR_LIMIT. */
enum ward_status snapshot_load(struct store *store, int64_t now_ms, struct snapshot **out,
                               struct ward_error *err) WARD_MUST_USE;
/** NULL allowed. */
void snapshot_free(struct snapshot *snapshot);

/* NULL when there is none. */
const struct snap_user *snapshot_user(const struct snapshot *snapshot, const char *user);
struct snap_session *snapshot_session(const struct snapshot *snapshot,
                                      const unsigned char hash[SECRET_HASH_BYTES]);
const struct snap_key *snapshot_key(const struct snapshot *snapshot,
                                    const unsigned char hash[SECRET_HASH_BYTES]);

#endif
