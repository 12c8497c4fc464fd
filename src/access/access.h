/**
 * Who may do what: the answer to "who sends this request, and may they?" for every request.
 *
 * A `struct access` holds a snapshot of users, sessions and keys in memory, so that a check costs
 * one hash and one look-up and never touches the store. It is made anew after every change made
 * here, and access_refresh() sees what another process (`ward user`) changed. All functions may be
 * called from any thread; those that take a store use the caller's handle.
 *
 * What always holds:
 *   1. Only hashes of passwords (Argon2id), session tokens, keys and links are stored or kept.
 *   2. A disabled user, a revoked key, an ended session is out as soon as the snapshot is new.
 *      A changed password, role or state ends the user's other sessions (`epoch`).
 *   3. A failed login takes as long whether or not the user exists.
 *   4. No password, token, key or link is in an error, a log or the audit log; nor a name given at
 * a login that failed, for it may be a password typed into the wrong field.
 *
 * Time is the caller's (Unix milliseconds).
 */
#ifndef WARD_ACCESS_ACCESS_H
#define WARD_ACCESS_ACCESS_H

#include "access/scope.h"
#include "base/buf.h"
#include "store/store.h"

#define ACCESS_USER_MAX 64u
#define ACCESS_NAME_MAX 128u
/** Bytes of a token, key or CSRF token as text, with its NUL. */
#define ACCESS_TOKEN_TEXT 64u
#define ACCESS_COOKIE_NAME "ward_session"

struct access;

struct access_options {
    /** The header in which a trusted proxy names the user ("X-Remote-User"); NULL: none. */
    const char *proxy_header;
    /** Addresses or networks ("127.0.0.1", "10.0.0.0/8", "::1") of proxies that are believed. */
    const char *const *proxy_peers;
    size_t proxy_peer_count;
    /** Another origin that browsers may write from ("https://ward.example"); NULL: none. */
    const char *public_origin;
    bool is_secure;     /**< TLS, or a proxy speaks it: cookies are marked Secure */
    int64_t idle_ms;    /**< 0: 30 minutes */
    int64_t session_ms; /**< 0: 12 hours */
    uint32_t hashing;   /**< passwords hashed at once; 0: 2 */
    /** Cost of a password hash; 0: 3 passes over 32 MiB. For tests. */
    uint64_t hash_passes, hash_bytes;
};

enum ward_status access_open(const struct access_options *options, struct store *store,
                             int64_t now_ms, struct access **out,
                             struct ward_error *err) WARD_MUST_USE;
/** NULL allowed. */
void access_close(struct access *access);

/** Reads users, sessions and keys anew if they changed. Call it every two seconds. */
enum ward_status access_refresh(struct access *access, struct store *store, int64_t now_ms,
                                struct ward_error *err) WARD_MUST_USE;
/** Writes down failed logins and lock-outs, if there are new ones. Call it every second. */
enum ward_status access_note(struct access *access, struct store *store, int64_t now_ms,
                             struct ward_error *err) WARD_MUST_USE;
/** Writes down when sessions were last used and sweeps what has expired. Call it every minute. */
enum ward_status access_tidy(struct access *access, struct store *store, int64_t now_ms,
                             struct ward_error *err) WARD_MUST_USE;

/* ---- checking ---------------------------------------------------------------------------------
 */

enum access_means { ACCESS_BY_NOTHING = 0, ACCESS_BY_SESSION, ACCESS_BY_PROXY, ACCESS_BY_KEY };

/** Who sends a request. Plain data, safe to copy and keep. */
struct access_principal {
    enum access_means means;
    enum access_role role; /**< ACCESS_ROLE_NONE for keys */
    uint32_t scopes;       /**< bits of enum access_scope */
    /** What goes into decisions and the audit log: the user, or "key:ID". Never from the request.
     */
    char who[ACCESS_USER_MAX + 8];
    char name[ACCESS_NAME_MAX + 1]; /**< to be shown */
    char csrf[ACCESS_TOKEN_TEXT];   /**< for writes by session or proxy; "" for keys */
    unsigned char session[32];      /**< hash of the session's token */
    int64_t expires_ms;             /**< of session or key; 0: never */
};

/** A person, not a service: only a person may be one of the two that a referral needs. */
static inline bool access_is_person(const struct access_principal *who)
{
    return who->means == ACCESS_BY_SESSION || who->means == ACCESS_BY_PROXY;
}

/** What of a request matters here; all borrowed, empty when missing. */
struct access_request {
    struct ward_str cookie;        /**< value of ACCESS_COOKIE_NAME */
    struct ward_str authorization; /**< whole header */
    struct ward_str api_key;       /**< X-API-KEY */
    struct ward_str proxy_user;    /**< header `proxy_header`, whoever sent it */
    size_t proxy_users;            /**< how often that header is there: more than once is refused */
    struct ward_str peer;          /**< address of the connection's other end */
    struct ward_str csrf;          /**< X-CSRF-Token */
    struct ward_str origin, host;
    enum access_scope scope; /**< what the route needs; ACCESS_NONE: anybody */
    bool is_write;           /**< any method but GET and HEAD */
    bool is_passive;         /**< a wait for news: does not keep a session from going idle */
};

enum access_answer {
    ACCESS_ALLOWED = 0,
    ACCESS_UNKNOWN,   /**< 401: no credentials, or none that hold */
    ACCESS_FORBIDDEN, /**< 403: known, but not for this */
    ACCESS_FOREIGN    /**< 403: a write from another site, or without the session's CSRF token */
};
/** "unauthenticated", "forbidden" ...: slug of the problem document; static. */
const char *access_answer_slug(enum access_answer answer);

/**
 * Never blocks on the store, allocates nothing: for the event thread. `out` is filled with who it
 * is whenever that is known, also for ACCESS_FORBIDDEN and ACCESS_FOREIGN. With ACCESS_NONE the
 * answer is ACCESS_ALLOWED, but for ACCESS_FOREIGN when a write names a foreign origin.
 */
enum access_answer access_check(struct access *access, const struct access_request *request,
                                int64_t now_ms, struct access_principal *out) WARD_MUST_USE;

/**
 * Whom a connection's peer speaks for: the last address of `forwarded` (X-Forwarded-For) when the
 * peer is one of the proxies that are believed, else the peer itself. Borrowed from one of both.
 */
struct ward_str access_client(const struct access *access, struct ward_str peer,
                              struct ward_str forwarded);

/* ---- sessions ----------------------------------------------------------------------------------
 * These hash passwords (about 0.1 s): never on the event thread. WARD_ERR_BUSY when more than
 * `hashing` run already.
 */

struct access_login {
    struct ward_str user, password;
    struct ward_str peer;   /**< address, for the lock-out */
    struct ward_str cookie; /**< a session sent along: it ends */
};

/** A new session. Forget it with access_session_forget() after the reply is written. */
struct access_session {
    char token[ACCESS_TOKEN_TEXT]; /**< goes into the cookie, nowhere else */
    struct access_principal who;
    uint32_t retry_s; /**< with WARD_ERR_LIMIT: seconds until the lock-out ends */
};
void access_session_forget(struct access_session *session);

/** WARD_ERR_REFUSED: wrong user or password (401, the same whatever it was). WARD_ERR_LIMIT: locked
 * out (429, Retry-After `out->retry_s`). WARD_ERR_BUSY. */
enum ward_status access_login(struct access *access, struct store *store,
                              const struct access_login *login, int64_t now_ms,
                              struct access_session *out, struct ward_error *err) WARD_MUST_USE;
/** Ends the session; WARD_OK when it has ended already. */
enum ward_status access_logout(struct access *access, struct store *store,
                               const struct access_principal *who, int64_t now_ms,
                               struct ward_error *err) WARD_MUST_USE;
/** Changes the own password. All sessions of the user end, a new one begins. As access_login(); and
 * WARD_ERR_ARGUMENT: the new one is too weak. */
enum ward_status access_change_password(struct access *access, struct store *store,
                                        const struct access_principal *who,
                                        const struct access_login *old_login,
                                        struct ward_str new_password, int64_t now_ms,
                                        struct access_session *out,
                                        struct ward_error *err) WARD_MUST_USE;

/** The value of Set-Cookie that gives the session, or (`session` NULL) takes it away. */
void access_cookie_write(const struct access *access, const struct access_session *session,
                         int64_t now_ms, struct buf *out);

/* ---- the first administrator -------------------------------------------------------------------
 */

/** How long the link holds. */
#define ACCESS_LINK_MS (60 * 60 * 1000)

/**
 * When there are no users: makes a one-time token (one made before is void) and writes it as text;
 * "" when there are users. serve prints ADDRESS/console/#link=TOKEN (the part behind # is never
 * sent to a server).
 */
enum ward_status access_first_link(struct access *access, struct store *store, int64_t now_ms,
                                   char out[ACCESS_TOKEN_TEXT],
                                   struct ward_error *err) WARD_MUST_USE;

struct access_first {
    struct ward_str token, user, name, password, peer;
};
/** The first administrator, with a session. WARD_ERR_REFUSED: not the token, used, or expired. */
enum ward_status access_redeem_link(struct access *access, struct store *store,
                                    const struct access_first *first, int64_t now_ms,
                                    struct access_session *out,
                                    struct ward_error *err) WARD_MUST_USE;

/* ---- counters ---------------------------------------------------------------------------------*/

struct access_counts {
    uint64_t answers[4]; /**< by enum access_answer */
    uint64_t logins, failed_logins, lock_outs;
    uint64_t users, sessions, keys; /**< in the snapshot */
};
void access_counts(struct access *access, struct access_counts *out);

#endif
