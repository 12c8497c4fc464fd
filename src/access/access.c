/**
 * Opening, keeping up to date, tidying.
 */
#include "access/access.h"

#include <stdlib.h>
#include <string.h>

#include "access/core.h"
#include "base/error.h"
#include "base/str.h"

#define IDLE_MS_USUAL (30LL * 60 * 1000)
#define SESSION_MS_USUAL (12LL * 60 * 60 * 1000)
#define HASHING_USUAL 2u
/* A last use is written down when the store's is older than this. */
#define TOUCH_MS (5LL * 60 * 1000)
#define TOUCH_MAX 256u

/* ---- opening --------------------------------------------------------------------------------- */

static char *copy_of(const char *text)
{
    return text ? strdup(text) : NULL;
}

static enum ward_status take_options(struct access *a, const struct access_options *o,
                                     struct ward_error *err)
{
    a->proxy_header = copy_of(o->proxy_header);
    a->public_origin = copy_of(o->public_origin);
    a->nets = o->proxy_peer_count ? calloc(o->proxy_peer_count, sizeof *a->nets) : NULL;
    if ((o->proxy_header && !a->proxy_header) || (o->public_origin && !a->public_origin) ||
        (o->proxy_peer_count && !a->nets))
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < o->proxy_peer_count; i++)
        if (!peer_net_read(str_of(o->proxy_peers[i]), &a->nets[a->net_count++]))
            return error_set(err, WARD_ERR_ARGUMENT, "not an address or network: \"%.60s\"",
                             o->proxy_peers[i]);
    if (o->proxy_header && !o->proxy_peer_count)
        return error_set(err, WARD_ERR_ARGUMENT,
                         "a proxy's header is believed from named addresses only; none is named");
    a->is_secure = o->is_secure;
    a->idle_ms = o->idle_ms ? o->idle_ms : IDLE_MS_USUAL;
    a->session_ms = o->session_ms ? o->session_ms : SESSION_MS_USUAL;
    a->hashing_max = o->hashing ? o->hashing : HASHING_USUAL;
    a->cost = (struct access_cost){o->hash_passes, o->hash_bytes};
    return WARD_OK;
}

enum ward_status access_open(const struct access_options *options, struct store *store,
                             int64_t now_ms, struct access **out, struct ward_error *err)
{
    *out = NULL;
    if (sodium_init() < 0)
        return error_set(err, WARD_ERR_IO, "the system gives no random numbers");
    struct access *a = calloc(1, sizeof *a);
    if (!a)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    (void)pthread_mutex_init(&a->refreshing, NULL);
    (void)pthread_rwlock_init(&a->lock, NULL);
    (void)pthread_mutex_init(&a->tries, NULL);
    randombytes_buf(a->secret, sizeof a->secret);
    enum ward_status status = take_options(a, options, err);
    if (status == WARD_OK)
        status = lockout_open(&a->lockout, err);
    if (status == WARD_OK)
        status = tries_load(a, store, now_ms, err);
    if (status == WARD_OK)
        status = access_reload(a, store, now_ms, err);
    if (status != WARD_OK) {
        access_close(a);
        return status;
    }
    *out = a;
    return WARD_OK;
}

void access_close(struct access *a)
{
    if (!a)
        return;
    snapshot_free(a->snapshot);
    lockout_close(&a->lockout);
    (void)pthread_mutex_destroy(&a->refreshing);
    (void)pthread_rwlock_destroy(&a->lock);
    (void)pthread_mutex_destroy(&a->tries);
    free(a->proxy_header);
    free(a->public_origin);
    free(a->nets);
    sodium_memzero(a, sizeof *a);
    free(a);
}

/* ---- keeping up to date ---------------------------------------------------------------------- */

/* Last uses that are newer than what the store has go along. */
static void carry_uses(const struct snapshot *from, const struct snapshot *to)
{
    for (size_t i = 0; i < to->session_count; i++) {
        struct snap_session *session = &to->sessions[i];
        struct snap_session *before = snapshot_session(from, session->hash);
        if (!before)
            continue;
        const int64_t seen = atomic_load_explicit(&before->seen_ms, memory_order_relaxed);
        if (seen > atomic_load_explicit(&session->seen_ms, memory_order_relaxed))
            atomic_store_explicit(&session->seen_ms, seen, memory_order_relaxed);
    }
}

static enum ward_status reload_held(struct access *a, struct store *store, int64_t now_ms,
                                    struct ward_error *err)
{
    struct snapshot *fresh;
    const enum ward_status status = snapshot_load(store, now_ms, &fresh, err);
    if (status != WARD_OK)
        return status;
    (void)pthread_rwlock_wrlock(&a->lock);
    struct snapshot *before = a->snapshot;
    if (before)
        carry_uses(before, fresh);
    a->snapshot = fresh;
    (void)pthread_rwlock_unlock(&a->lock);
    snapshot_free(before);
    return WARD_OK;
}

enum ward_status access_reload(struct access *a, struct store *store, int64_t now_ms,
                               struct ward_error *err)
{
    (void)pthread_mutex_lock(&a->refreshing);
    const enum ward_status status = reload_held(a, store, now_ms, err);
    (void)pthread_mutex_unlock(&a->refreshing);
    return status;
}

enum ward_status access_refresh(struct access *a, struct store *store, int64_t now_ms,
                                struct ward_error *err)
{
    bool stale = false;
    (void)pthread_mutex_lock(&a->refreshing);
    enum ward_status status = snapshot_is_stale(a->snapshot, store, &stale, err);
    if (status == WARD_OK && stale)
        status = reload_held(a, store, now_ms, err);
    (void)pthread_mutex_unlock(&a->refreshing);
    return status;
}

/* ---- tidying --------------------------------------------------------------------------------- */

struct touch {
    struct session_row row;
    bool ends; /* idle for too long */
};

static void make_touch(const struct access *a, const struct snap_session *s, int64_t seen,
                       struct touch *out)
{
    const struct snap_user *user = &a->snapshot->users[s->user];
    memcpy(out->row.hash, s->hash, sizeof out->row.hash);
    memcpy(out->row.user, user->user, sizeof out->row.user);
    out->row.epoch = s->epoch;
    out->row.begun_ms = s->begun_ms;
    out->row.seen_ms = seen;
    out->row.expires_ms = s->expires_ms;
    out->row.etag = s->etag;
}

/* Sessions to be written down or ended, at most TOUCH_MAX. */
static size_t collect_touches(struct access *a, int64_t now_ms, struct touch *out)
{
    size_t count = 0;
    (void)pthread_rwlock_rdlock(&a->lock);
    for (size_t i = 0; i < a->snapshot->session_count && count < TOUCH_MAX; i++) {
        struct snap_session *s = &a->snapshot->sessions[i];
        const int64_t seen = atomic_load_explicit(&s->seen_ms, memory_order_relaxed);
        const bool ends = !s->is_live || now_ms - seen > a->idle_ms;
        if (!ends && seen - s->written_ms < TOUCH_MS)
            continue;
        make_touch(a, s, seen, &out[count]);
        out[count++].ends = ends;
    }
    (void)pthread_rwlock_unlock(&a->lock);
    return count;
}

static enum ward_status write_touch(struct store *store, const struct touch *touch, int64_t now_ms,
                                    struct ward_error *err)
{
    char id[SECRET_HASH_TEXT];
    struct buf json;
    buf_init(&json, ROW_JSON_MAX);
    secret_hash_text(touch->row.hash, id);
    session_row_write(&touch->row, &json);
    struct store_record_change change = {.kind = str_of(KIND_SESSION),
                                         .id = str_of(id),
                                         .json = buf_str(&json),
                                         .expires_ms = touch->row.expires_ms,
                                         .expect = touch->row.etag,
                                         .deletes = touch->ends};
    struct store_record_batch batch = {.time_ms = now_ms, .changes = &change, .count = 1};
    enum ward_status status = json.failed == WARD_OK ? store_records_change(store, &batch, err)
                                                     : error_set(err, json.failed, "out of memory");
    buf_release(&json);
    /* It ended, or another process touched it: nothing is lost. */
    return status == WARD_ERR_STALE || status == WARD_ERR_NOT_FOUND ? WARD_OK : status;
}

enum ward_status access_tidy(struct access *a, struct store *store, int64_t now_ms,
                             struct ward_error *err)
{
    static const char *const swept[] = {KIND_SESSION, KIND_LINK, KIND_LOCK};
    enum ward_status status = tries_write(a, store, now_ms, err);
    struct touch *touches = calloc(TOUCH_MAX, sizeof *touches);
    if (!touches)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    const size_t count = collect_touches(a, now_ms, touches);
    for (size_t i = 0; i < count && status == WARD_OK; i++)
        status = write_touch(store, &touches[i], now_ms, err);
    free(touches);
    for (size_t i = 0; i < sizeof swept / sizeof swept[0] && status == WARD_OK; i++)
        status = store_records_sweep(store, str_of(swept[i]), now_ms, NULL, err);
    return status == WARD_OK ? access_refresh(a, store, now_ms, err) : status;
}

void access_counts(struct access *a, struct access_counts *out)
{
    for (int i = 0; i < 4; i++)
        out->answers[i] = atomic_load_explicit(&a->answers[i], memory_order_relaxed);
    out->logins = atomic_load_explicit(&a->logins, memory_order_relaxed);
    out->failed_logins = atomic_load_explicit(&a->failed_logins, memory_order_relaxed);
    out->lock_outs = atomic_load_explicit(&a->lock_outs, memory_order_relaxed);
    (void)pthread_rwlock_rdlock(&a->lock);
    out->users = a->snapshot->user_count;
    out->sessions = a->snapshot->session_count;
    out->keys = a->snapshot->key_count;
    (void)pthread_rwlock_unlock(&a->lock);
}
