/**
 * Users and keys as they are stored, for routes and commands alike. A running server sees a change
 * made here at its next access_refresh().
 */
#ifndef WARD_ACCESS_ACCOUNTS_H
#define WARD_ACCESS_ACCOUNTS_H

#include "access/access.h"
#include "store/store_records.h"

/** Cost of a hash; zeros: 3 passes over 32 MiB. */
struct access_cost {
    uint64_t passes, bytes;
};

struct access_user {
    struct ward_str user; /**< [a-z0-9._@+-]{1,64}; capitals are folded when given */
    struct ward_str name; /**< to be shown; 0..ACCESS_NAME_MAX bytes of UTF-8 */
    enum access_role role;
    bool is_disabled;
    int64_t created_ms, changed_ms;
    uint64_t etag;
};
typedef enum ward_status (*access_user_taker)(void *context, const struct access_user *user,
                                              struct ward_error *err);

/** Adds a user. WARD_ERR_REFUSED: there is one of that name; WARD_ERR_ARGUMENT: name, role or
 * password will not do. Hashes the password. */
enum ward_status access_user_add(struct store *store, const struct store_act *act,
                                 const struct access_user *user, struct ward_str password,
                                 const struct access_cost *cost,
                                 struct ward_error *err) WARD_MUST_USE;

struct access_user_change {
    enum access_role role;    /**< ACCESS_ROLE_NONE: as it is */
    int disabled;             /**< 1, 0, or -1: as it is */
    struct ward_str password; /**< empty: as it is */
    uint64_t expect;          /**< etag, or STORE_ETAG_ANY */
};
/**
 * Changes a user; ends his sessions. WARD_ERR_NOT_FOUND; WARD_ERR_STALE; WARD_ERR_REFUSED: it would
 * leave no administrator; WARD_ERR_ARGUMENT. `*etag` may be NULL.
 */
enum ward_status access_user_change(struct store *store, const struct store_act *act,
                                    struct ward_str user, const struct access_user_change *change,
                                    const struct access_cost *cost, uint64_t *etag,
                                    struct ward_error *err) WARD_MUST_USE;
/** Users by name, from `after` on (empty: all), at most `limit` (0: all). */
enum ward_status access_users(struct store *store, struct ward_str after, size_t limit,
                              access_user_taker take, void *context,
                              struct ward_error *err) WARD_MUST_USE;
/** One user; WARD_ERR_NOT_FOUND. */
enum ward_status access_user_find(struct store *store, struct ward_str user, access_user_taker take,
                                  void *context, struct ward_error *err) WARD_MUST_USE;

struct access_key {
    struct ward_str id;   /**< made by access_key_add() */
    struct ward_str name; /**< 1..ACCESS_NAME_MAX bytes */
    uint32_t scopes;
    struct ward_str made_by;
    int64_t created_ms, expires_ms; /**< 0: never */
};
#define ACCESS_KEY_ID_TEXT 24u
typedef enum ward_status (*access_key_taker)(void *context, const struct access_key *key,
                                             struct ward_error *err);

/** Adds a key. `id` and `secret` are written; the secret cannot be had again. WARD_ERR_ARGUMENT. */
enum ward_status access_key_add(struct store *store, const struct store_act *act,
                                const struct access_key *key, char id[ACCESS_KEY_ID_TEXT],
                                char secret[ACCESS_TOKEN_TEXT],
                                struct ward_error *err) WARD_MUST_USE;
/** WARD_ERR_NOT_FOUND. */
enum ward_status access_key_revoke(struct store *store, const struct store_act *act,
                                   struct ward_str id, struct ward_error *err) WARD_MUST_USE;
/** Keys by id, from `after` on, at most `limit` (0: all). */
enum ward_status access_keys(struct store *store, struct ward_str after, size_t limit,
                             access_key_taker take, void *context,
                             struct ward_error *err) WARD_MUST_USE;

/** Overwrites a secret so that the compiler keeps it. */
void access_forget(void *secret, size_t bytes);

#endif
