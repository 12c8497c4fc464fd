/**
 * Who sends this request, and may they? On the event thread: no store, no allocation.
 *
 * A key comes first, then what a believed proxy says, then the session's cookie; the first means
 * that is there decides, also when it does not hold, so that nothing weaker stands in for it.
 */
#include <string.h>
#include <strings.h>

#include "access/core.h"
#include "base/str.h"

const char *access_answer_slug(enum access_answer answer)
{
    static const char *const slugs[] = {"allowed", "unauthenticated", "forbidden", "foreign"};
    return (unsigned)answer < 4 ? slugs[answer] : "forbidden";
}

/* ---- credentials ----------------------------------------------------------------------------- */

/* The key of "Bearer KEY"; empty for other schemes. */
static struct ward_str bearer(struct ward_str authorization)
{
    static const char scheme[] = "bearer ";
    const size_t len = sizeof scheme - 1;
    if (authorization.len <= len || strncasecmp(authorization.data, scheme, len) != 0)
        return (struct ward_str){0};
    struct ward_str key = str_part(authorization, len, authorization.len);
    while (key.len && key.data[0] == ' ')
        key = str_part(key, 1, key.len);
    while (key.len && key.data[key.len - 1] == ' ')
        key.len--;
    return key;
}

static bool take_key(const struct snapshot *s, struct ward_str secret, int64_t now_ms,
                     struct access_principal *out)
{
    unsigned char hash[SECRET_HASH_BYTES];
    if (secret.len >= ACCESS_TOKEN_TEXT)
        return false;
    secret_hash(SECRET_KEY, secret, hash);
    const struct snap_key *key = snapshot_key(s, hash);
    if (!key || (key->expires_ms && key->expires_ms <= now_ms))
        return false;
    out->means = ACCESS_BY_KEY;
    out->scopes = key->scopes | ACCESS_SELF;
    out->expires_ms = key->expires_ms;
    memcpy(out->who, "key:", 4);
    memcpy(out->who + 4, key->id, strlen(key->id) + 1);
    memcpy(out->name, key->name, sizeof key->name);
    return true;
}

static void take_user(const struct snap_user *user, struct access_principal *out)
{
    out->role = user->role;
    out->scopes = access_role_scopes(user->role);
    memcpy(out->who, user->user, sizeof user->user);
    memcpy(out->name, user->name, sizeof user->name);
}

static bool take_proxy(const struct access *a, const struct access_request *r,
                       struct access_principal *out)
{
    char name[ACCESS_USER_MAX + 1];
    char secret[sizeof a->secret + ACCESS_USER_MAX];
    if (r->proxy_users > 1 || !user_name_fold(r->proxy_user, name))
        return false;
    const struct snap_user *user = snapshot_user(a->snapshot, name);
    if (!user || user->is_disabled)
        return false;
    take_user(user, out);
    out->means = ACCESS_BY_PROXY;
    memcpy(secret, a->secret, sizeof a->secret);
    memcpy(secret + sizeof a->secret, name, strlen(name));
    secret_csrf((struct ward_str){secret, sizeof a->secret + strlen(name)}, out->csrf);
    return true;
}

static bool take_session(const struct access *a, const struct access_request *r, int64_t now_ms,
                         struct access_principal *out)
{
    unsigned char hash[SECRET_HASH_BYTES];
    if (r->cookie.len >= ACCESS_TOKEN_TEXT)
        return false;
    secret_hash(SECRET_SESSION, r->cookie, hash);
    struct snap_session *session = snapshot_session(a->snapshot, hash);
    if (!session || !session->is_live || session->expires_ms <= now_ms)
        return false;
    const int64_t seen = atomic_load_explicit(&session->seen_ms, memory_order_relaxed);
    if (now_ms - seen > a->idle_ms)
        return false;
    if (!r->is_passive && now_ms > seen)
        atomic_store_explicit(&session->seen_ms, now_ms, memory_order_relaxed);
    take_user(&a->snapshot->users[session->user], out);
    out->means = ACCESS_BY_SESSION;
    out->expires_ms = session->expires_ms;
    memcpy(out->session, hash, sizeof hash);
    secret_csrf(r->cookie, out->csrf);
    return true;
}

/* Fills who it is; false when credentials are missing or do not hold. */
static bool identify(const struct access *a, const struct access_request *r, int64_t now_ms,
                     struct access_principal *out)
{
    const struct ward_str key = bearer(r->authorization);
    if (key.len)
        return take_key(a->snapshot, key, now_ms, out);
    if (r->api_key.len)
        return take_key(a->snapshot, r->api_key, now_ms, out);
    if (a->proxy_header && (r->proxy_user.len || r->proxy_users) &&
        peer_is_in(r->peer, a->nets, a->net_count))
        return take_proxy(a, r, out);
    return r->cookie.len && take_session(a, r, now_ms, out);
}

struct ward_str access_client(const struct access *a, struct ward_str peer,
                              struct ward_str forwarded)
{
    if (!forwarded.len || !peer_is_in(peer, a->nets, a->net_count))
        return peer;
    size_t begin = forwarded.len;
    while (begin && forwarded.data[begin - 1] != ',')
        begin--;
    struct ward_str last = str_part(forwarded, begin, forwarded.len);
    while (last.len && last.data[0] == ' ')
        last = str_part(last, 1, last.len);
    while (last.len && last.data[last.len - 1] == ' ')
        last.len--;
    return last.len ? last : peer;
}

/* ---- from which site ------------------------------------------------------------------------- */

/* "https://host:port" -> "host:port". */
static struct ward_str host_of(struct ward_str origin)
{
    const char *slashes = origin.len ? memmem(origin.data, origin.len, "://", 3) : NULL;
    return slashes ? str_part(origin, (size_t)(slashes - origin.data) + 3, origin.len)
                   : (struct ward_str){0};
}

static bool same_text(struct ward_str a, struct ward_str b)
{
    return a.len && a.len == b.len && strncasecmp(a.data, b.data, a.len) == 0;
}

/* A browser names the origin of every write; programs name none, and have no cookies of others. */
static bool is_foreign(const struct access *a, const struct access_request *r)
{
    if (!r->origin.len)
        return false;
    if (a->public_origin && same_text(r->origin, str_of(a->public_origin)))
        return false;
    return !same_text(host_of(r->origin), r->host);
}

static enum access_answer decide(const struct access *a, const struct access_request *r,
                                 int64_t now_ms, struct access_principal *out)
{
    const bool known = identify(a, r, now_ms, out);
    if (!known)
        memset(out, 0, sizeof *out);
    const bool by_browser = out->means != ACCESS_BY_KEY;
    if (r->scope != ACCESS_NONE && !known)
        return ACCESS_UNKNOWN;
    if (r->is_write && by_browser && is_foreign(a, r))
        return ACCESS_FOREIGN;
    if (r->scope == ACCESS_NONE)
        return ACCESS_ALLOWED;
    if (r->is_write && by_browser && !secret_equal(r->csrf, str_of(out->csrf)))
        return ACCESS_FOREIGN;
    return out->scopes & (uint32_t)r->scope ? ACCESS_ALLOWED : ACCESS_FORBIDDEN;
}

enum access_answer access_check(struct access *a, const struct access_request *request,
                                int64_t now_ms, struct access_principal *out)
{
    memset(out, 0, sizeof *out);
    (void)pthread_rwlock_rdlock(&a->lock);
    const enum access_answer answer = decide(a, request, now_ms, out);
    (void)pthread_rwlock_unlock(&a->lock);
    (void)atomic_fetch_add_explicit(&a->answers[answer], 1, memory_order_relaxed);
    return answer;
}
