/**
 * Signing in and out, the own password, and the first administrator's link.
 */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "access/core.h"
#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"

/* Sessions of one user at a time; the oldest ends. */
#define SESSIONS_MAX 16u

static const char first_link[] = "first";

void access_session_forget(struct access_session *session)
{
    sodium_memzero(session, sizeof *session);
}

/* ---- sessions -------------------------------------------------------------------------------- */

/* Takes a session away without an entry; one that is gone already is as good. */
static enum ward_status end_session(struct store *store, const unsigned char *hash, int64_t now_ms,
                                    struct ward_error *err)
{
    char id[SECRET_HASH_TEXT];
    secret_hash_text(hash, id);
    struct store_record_change change = {
        .kind = str_of(KIND_SESSION), .id = str_of(id), .expect = STORE_ETAG_ANY, .deletes = true};
    struct store_record_batch batch = {.time_ms = now_ms, .changes = &change, .count = 1};
    const enum ward_status status = store_records_change(store, &batch, err);
    if (status == WARD_ERR_NOT_FOUND)
        error_clear(err);
    return status == WARD_ERR_NOT_FOUND ? WARD_OK : status;
}

/* The oldest session of a user who has SESSIONS_MAX; false when there is room. */
static bool find_oldest(struct access *a, const char *user, unsigned char out[SECRET_HASH_BYTES])
{
    size_t count = 0;
    int64_t oldest = INT64_MAX;
    (void)pthread_rwlock_rdlock(&a->lock);
    const struct snapshot *s = a->snapshot;
    for (size_t i = 0; i < s->session_count; i++) {
        if (strcmp(s->users[s->sessions[i].user].user, user) != 0)
            continue;
        count++;
        if (s->sessions[i].begun_ms < oldest) {
            oldest = s->sessions[i].begun_ms;
            memcpy(out, s->sessions[i].hash, SECRET_HASH_BYTES);
        }
    }
    (void)pthread_rwlock_unlock(&a->lock);
    return count >= SESSIONS_MAX;
}

static enum ward_status write_session(struct store *store, const struct session_row *row,
                                      const char *means, struct ward_error *err)
{
    char id[SECRET_HASH_TEXT];
    char body[64];
    struct buf json;
    buf_init(&json, ROW_JSON_MAX);
    secret_hash_text(row->hash, id);
    session_row_write(row, &json);
    (void)snprintf(body, sizeof body, "{\"by\":\"%s\"}", means);
    struct store_record_change change = {.kind = str_of(KIND_SESSION),
                                         .id = str_of(id),
                                         .json = buf_str(&json),
                                         .expires_ms = row->expires_ms,
                                         .expect = STORE_ETAG_NEW};
    struct store_record_batch batch = {str_of(row->user), row->begun_ms, str_of("login"),
                                       str_of(body),      &change,       1};
    const enum ward_status status = json.failed == WARD_OK
                                        ? store_records_change(store, &batch, err)
                                        : error_set(err, json.failed, "out of memory");
    buf_release(&json);
    return status;
}

static void fill_principal(const struct user_row *user, const struct session_row *row,
                           struct access_session *out)
{
    struct access_principal *who = &out->who;
    who->means = ACCESS_BY_SESSION;
    who->role = user->role;
    who->scopes = access_role_scopes(user->role);
    who->expires_ms = row->expires_ms;
    memcpy(who->who, user->user, sizeof user->user);
    memcpy(who->name, user->name, sizeof user->name);
    memcpy(who->session, row->hash, sizeof row->hash);
    secret_csrf(str_of(out->token), who->csrf);
}

static enum ward_status begin_session(struct access *a, struct store *store,
                                      const struct user_row *user, const char *means,
                                      int64_t now_ms, struct access_session *out,
                                      struct ward_error *err)
{
    struct session_row row = {.epoch = user->epoch,
                              .begun_ms = now_ms,
                              .seen_ms = now_ms,
                              .expires_ms = now_ms + a->session_ms};
    unsigned char oldest[SECRET_HASH_BYTES];
    enum ward_status status = WARD_OK;
    secret_make(SECRET_SESSION, out->token);
    secret_hash(SECRET_SESSION, str_of(out->token), row.hash);
    memcpy(row.user, user->user, sizeof row.user);
    if (find_oldest(a, user->user, oldest))
        status = end_session(store, oldest, now_ms, err);
    if (status == WARD_OK)
        status = write_session(store, &row, means, err);
    if (status == WARD_OK)
        status = access_reload(a, store, now_ms, err);
    if (status == WARD_OK)
        fill_principal(user, &row, out);
    else
        access_session_forget(out);
    return status;
}

/* ---- passwords ------------------------------------------------------------------------------- */

/*
 * True identity or nothing: reads the user, compares the password, counts a failure. `user` is
 * filled only on success.
 */
static enum ward_status authenticate(struct access *a, struct store *store,
                                     const struct access_login *login, int64_t now_ms,
                                     struct user_row *user, uint32_t *retry_s,
                                     struct ward_error *err)
{
    struct lock_keys keys;
    char name[ACCESS_USER_MAX + 1];
    const bool named = user_name_fold(login->user, name);
    lock_keys_make(named ? str_of(name) : login->user, login->peer, &keys);
    *retry_s = tries_wait(a, &keys, now_ms);
    if (*retry_s)
        return error_set(err, WARD_ERR_LIMIT, "too many failed tries; wait %u seconds", *retry_s);
    if (!hashing_begin(a))
        return error_set(err, WARD_ERR_BUSY, "others are signing in; try again");
    /* Always one look-up, by a name that nobody can have when this is none. */
    enum ward_status status = user_row_find(store, named ? name : "-", user, err);
    const bool found = status == WARD_OK;
    bool fits = false;
    if (found || status == WARD_ERR_NOT_FOUND) {
        fits = password_fits(login->password, found ? str_of(user->hash) : (struct ward_str){0},
                             &a->cost);
        status = WARD_OK;
    }
    hashing_end(a);
    if (status == WARD_OK && fits && !user->is_disabled) {
        tries_succeeded(a, &keys);
        error_clear(err);
        return WARD_OK;
    }
    sodium_memzero(user, sizeof *user);
    if (status != WARD_OK)
        return status;
    tries_failed(a, &keys, found ? name : "", now_ms);
    return error_set(err, WARD_ERR_REFUSED, "wrong user or password");
}

static enum ward_status end_cookie(struct store *store, struct ward_str cookie, int64_t now_ms,
                                   struct ward_error *err)
{
    unsigned char hash[SECRET_HASH_BYTES];
    if (!cookie.len || cookie.len >= ACCESS_TOKEN_TEXT)
        return WARD_OK;
    secret_hash(SECRET_SESSION, cookie, hash);
    return end_session(store, hash, now_ms, err);
}

enum ward_status access_login(struct access *a, struct store *store,
                              const struct access_login *login, int64_t now_ms,
                              struct access_session *out, struct ward_error *err)
{
    struct user_row user;
    uint32_t retry_s = 0;
    memset(out, 0, sizeof *out);
    enum ward_status status = authenticate(a, store, login, now_ms, &user, &retry_s, err);
    if (status == WARD_OK)
        status = end_cookie(store, login->cookie, now_ms, err);
    if (status == WARD_OK)
        status = begin_session(a, store, &user, "password", now_ms, out, err);
    out->retry_s = retry_s;
    sodium_memzero(&user, sizeof user);
    return status;
}

enum ward_status access_logout(struct access *a, struct store *store,
                               const struct access_principal *who, int64_t now_ms,
                               struct ward_error *err)
{
    const struct store_act act = {str_of(who->who), now_ms, {0}};
    if (who->means != ACCESS_BY_SESSION)
        return error_set(err, WARD_ERR_REFUSED, "there is no session to end");
    enum ward_status status = end_session(store, who->session, now_ms, err);
    if (status == WARD_OK)
        status = access_reload(a, store, now_ms, err);
    return status == WARD_OK ? store_audit_add(store, &act, str_of("logout"), str_of("{}"), err)
                             : status;
}

enum ward_status access_change_password(struct access *a, struct store *store,
                                        const struct access_principal *who,
                                        const struct access_login *old_login,
                                        struct ward_str new_password, int64_t now_ms,
                                        struct access_session *out, struct ward_error *err)
{
    const struct store_act act = {str_of(who->who), now_ms, {0}};
    struct access_login login = *old_login;
    struct user_row user;
    memset(out, 0, sizeof *out);
    if (who->means != ACCESS_BY_SESSION)
        return error_set(err, WARD_ERR_REFUSED, "only who signed in with a password changes it");
    login.user = str_of(who->who);
    uint32_t retry_s = 0;
    enum ward_status status = authenticate(a, store, &login, now_ms, &user, &retry_s, err);
    if (status == WARD_OK && secret_equal(login.password, new_password))
        status = error_set(err, WARD_ERR_ARGUMENT, "the new password is the old one");
    if (status == WARD_OK && !hashing_begin(a))
        status = error_set(err, WARD_ERR_BUSY, "others are signing in; try again");
    else if (status == WARD_OK) {
        const struct access_user_change change = {
            .disabled = -1, .password = new_password, .expect = user.etag};
        status = access_user_change(store, &act, login.user, &change, &a->cost, NULL, err);
        hashing_end(a);
    }
    if (status == WARD_OK)
        status = user_row_find(store, who->who, &user, err);
    if (status == WARD_OK)
        status = begin_session(a, store, &user, "password-change", now_ms, out, err);
    out->retry_s = retry_s;
    sodium_memzero(&user, sizeof user);
    return status;
}

void access_cookie_write(const struct access *a, const struct access_session *session,
                         int64_t now_ms, struct buf *out)
{
    const int64_t left = session ? (session->who.expires_ms - now_ms) / 1000 : 0;
    buf_printf(out, "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s", ACCESS_COOKIE_NAME,
               session ? session->token : "", (long long)left, a->is_secure ? "; Secure" : "");
}

/* ---- the first administrator ----------------------------------------------------------------- */

static enum ward_status note_any(void *context, const struct access_user *user,
                                 struct ward_error *err)
{
    (void)user;
    (void)err;
    *(bool *)context = true;
    return WARD_OK;
}

static enum ward_status has_users(struct store *store, bool *any, struct ward_error *err)
{
    *any = false;
    return access_users(store, str_of(""), 1, note_any, any, err);
}

enum ward_status access_first_link(struct access *a, struct store *store, int64_t now_ms,
                                   char out[ACCESS_TOKEN_TEXT], struct ward_error *err)
{
    unsigned char hash[SECRET_HASH_BYTES];
    char hex[SECRET_HASH_TEXT];
    char json[128];
    bool any;
    (void)a;
    out[0] = '\0';
    enum ward_status status = has_users(store, &any, err);
    if (status != WARD_OK || any)
        return status;
    secret_make(SECRET_LINK, out);
    secret_hash(SECRET_LINK, str_of(out), hash);
    secret_hash_text(hash, hex);
    (void)snprintf(json, sizeof json, "{\"hash\":\"%s\"}", hex);
    struct store_record_change change = {.kind = str_of(KIND_LINK),
                                         .id = str_of(first_link),
                                         .json = str_of(json),
                                         .expires_ms = now_ms + ACCESS_LINK_MS,
                                         .expect = STORE_ETAG_ANY};
    struct store_record_batch batch = {str_of("ward"), now_ms,  str_of("link-made"),
                                       str_of("{}"),   &change, 1};
    status = store_records_change(store, &batch, err);
    if (status != WARD_OK)
        sodium_memzero(out, ACCESS_TOKEN_TEXT);
    return status;
}

struct link_row {
    unsigned char hash[SECRET_HASH_BYTES];
    uint64_t etag;
    int64_t expires_ms;
    bool is_good;
};

static enum ward_status take_link(void *context, const struct store_record *record,
                                  struct ward_error *err)
{
    struct link_row *row = context;
    json_t *json = json_loadb(record->json.data, record->json.len, 0, NULL);
    const char *hash = json_string_value(json_object_get(json, "hash"));
    (void)err;
    row->is_good = hash && secret_hash_read(str_of(hash), row->hash);
    row->etag = record->etag;
    row->expires_ms = record->expires_ms;
    json_decref(json);
    return WARD_OK;
}

static enum ward_status check_link(struct store *store, struct ward_str token, int64_t now_ms,
                                   struct link_row *row, struct ward_error *err)
{
    unsigned char hash[SECRET_HASH_BYTES];
    bool any = false;
    memset(row, 0, sizeof *row);
    enum ward_status status =
        store_record_find(store, str_of(KIND_LINK), str_of(first_link), take_link, row, err);
    if (status != WARD_OK && status != WARD_ERR_NOT_FOUND)
        return status;
    status = has_users(store, &any, err);
    if (status != WARD_OK)
        return status;
    secret_hash(SECRET_LINK, token, hash);
    const bool fits = sodium_memcmp(hash, row->hash, sizeof hash) == 0;
    if (!row->is_good || !fits || any || row->expires_ms <= now_ms)
        return error_set(err, WARD_ERR_REFUSED, "the link does not hold (any more)");
    error_clear(err);
    return WARD_OK;
}

/* The user comes and the link goes, together. */
static enum ward_status write_first(struct store *store, const struct user_row *user,
                                    const struct link_row *link, int64_t now_ms,
                                    struct ward_error *err)
{
    struct buf json;
    char body[128];
    buf_init(&json, ROW_JSON_MAX);
    user_row_write(user, &json);
    (void)snprintf(body, sizeof body, "{\"user\":\"%s\",\"role\":\"%s\",\"by\":\"link\"}",
                   user->user, access_role_name(user->role));
    struct store_record_change changes[] = {{.kind = str_of(KIND_LINK),
                                             .id = str_of(first_link),
                                             .expect = link->etag,
                                             .deletes = true},
                                            {.kind = str_of(KIND_USER),
                                             .id = str_of(user->user),
                                             .json = buf_str(&json),
                                             .expect = STORE_ETAG_NEW,
                                             .is_sealed = true}};
    struct store_record_batch batch = {str_of(user->user), now_ms,  str_of("user-add"),
                                       str_of(body),       changes, 2};
    enum ward_status status = json.failed == WARD_OK ? store_records_change(store, &batch, err)
                                                     : error_set(err, json.failed, "out of memory");
    buf_release(&json);
    if (status == WARD_ERR_STALE || status == WARD_ERR_NOT_FOUND)
        status = error_set(err, WARD_ERR_REFUSED, "the link does not hold (any more)");
    return status;
}

enum ward_status access_redeem_link(struct access *a, struct store *store,
                                    const struct access_first *first, int64_t now_ms,
                                    struct access_session *out, struct ward_error *err)
{
    const struct access_user wanted = {
        .user = first->user, .name = first->name, .role = ACCESS_ADMINISTRATOR};
    struct link_row link;
    struct user_row user;
    memset(out, 0, sizeof *out);
    memset(&user, 0, sizeof user);
    enum ward_status status = check_link(store, first->token, now_ms, &link, err);
    if (status != WARD_OK)
        return status;
    if (!hashing_begin(a))
        return error_set(err, WARD_ERR_BUSY, "others are signing in; try again");
    status = user_row_make(&wanted, first->password, &a->cost, &user, err);
    hashing_end(a);
    if (status == WARD_OK)
        status = write_first(store, &user, &link, now_ms, err);
    if (status == WARD_OK)
        status = begin_session(a, store, &user, "link", now_ms, out, err);
    sodium_memzero(&user, sizeof user);
    return status;
}
