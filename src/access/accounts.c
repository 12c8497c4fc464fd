#include "access/accounts.h"

#include <string.h>

#include "access/account_rows.h"
#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"

static void copy(char *out, size_t size, struct ward_str text)
{
    const size_t len = text.len < size ? text.len : size - 1;
    if (len)
        memcpy(out, text.data, len);
    out[len] = '\0';
}

/* One sealed record and its entry. `detail` is the entry's body. */
static enum ward_status write_one(struct store *store, const struct store_act *act,
                                  const char *entry, const struct buf *detail,
                                  struct store_record_change *change, struct ward_error *err)
{
    struct ward_str body = buf_str(detail);
    if (body.len && body.data[body.len - 1] == '\n') /* the pen ends what it writes */
        body.len--;
    struct store_record_batch batch = {act->who, act->time_ms, str_of(entry), body, change, 1};
    if (detail->failed != WARD_OK)
        return error_set(err, detail->failed, "out of memory");
    change->is_sealed = true;
    return store_records_change(store, &batch, err);
}

/* ---- users ----------------------------------------------------------------------------------- */

static enum ward_status write_user(struct store *store, const struct store_act *act,
                                   const char *entry, struct user_row *row, uint64_t expect,
                                   struct ward_error *err)
{
    struct buf json, detail;
    struct json_pen pen;
    buf_init(&json, ROW_JSON_MAX);
    buf_init(&detail, ROW_JSON_MAX);
    user_row_write(row, &json);
    pen_init(&pen, &detail, false);
    pen_open(&pen, '{');
    pen_pair_text(&pen, "user", row->user);
    pen_pair_text(&pen, "role", access_role_name(row->role));
    pen_key(&pen, "disabled");
    pen_bool(&pen, row->is_disabled);
    pen_pair(&pen, "reason", act->reason);
    pen_close(&pen, '}');
    struct store_record_change change = {.kind = str_of(KIND_USER),
                                         .id = str_of(row->user),
                                         .json = buf_str(&json),
                                         .expect = expect};
    enum ward_status status = json.failed == WARD_OK
                                  ? write_one(store, act, entry, &detail, &change, err)
                                  : error_set(err, json.failed, "out of memory");
    row->etag = change.etag;
    buf_release(&json);
    buf_release(&detail);
    return status;
}

enum ward_status user_row_make(const struct access_user *user, struct ward_str password,
                               const struct access_cost *cost, struct user_row *row,
                               struct ward_error *err)
{
    memset(row, 0, sizeof *row);
    row->role = user->role;
    row->is_disabled = user->is_disabled;
    row->epoch = 1;
    if (!user_name_fold(user->user, row->user))
        return error_set(err, WARD_ERR_ARGUMENT,
                         "a user's name is 1 to %u of a-z 0-9 . _ @ + - and begins with a letter"
                         " or digit",
                         ACCESS_USER_MAX);
    if (!access_role_scopes(user->role))
        return error_set(err, WARD_ERR_ARGUMENT,
                         "a role is viewer, reviewer, lead or administrator");
    enum ward_status status = shown_name_check(user->name, err);
    if (status == WARD_OK)
        status = password_check(str_of(row->user), password, err);
    copy(row->name, sizeof row->name, user->name);
    return status == WARD_OK ? password_hash(password, cost, row->hash, err) : status;
}

enum ward_status access_user_add(struct store *store, const struct store_act *act,
                                 const struct access_user *user, struct ward_str password,
                                 const struct access_cost *cost, struct ward_error *err)
{
    struct user_row row, other;
    char name[ACCESS_USER_MAX + 1];
    if (user_name_fold(user->user, name) && user_row_find(store, name, &other, NULL) == WARD_OK) {
        sodium_memzero(&other, sizeof other);
        return error_set(err, WARD_ERR_REFUSED, "there is a user of that name already");
    }
    enum ward_status status = user_row_make(user, password, cost, &row, err);
    if (status == WARD_OK)
        status = write_user(store, act, "user-add", &row, STORE_ETAG_NEW, err);
    sodium_memzero(&row, sizeof row);
    return status;
}

struct counting {
    const char *but;
    unsigned others;
};

static enum ward_status count_administrator(void *context, const struct access_user *user,
                                            struct ward_error *err)
{
    struct counting *counting = context;
    (void)err;
    if (user->role == ACCESS_ADMINISTRATOR && !user->is_disabled &&
        !str_equal(user->user, str_of(counting->but)))
        counting->others++;
    return WARD_OK;
}

/* Somebody must be left who can let people in. */
static enum ward_status check_administrators(struct store *store, const struct user_row *before,
                                             const struct user_row *after, struct ward_error *err)
{
    struct counting counting = {after->user, 0};
    const bool was = before->role == ACCESS_ADMINISTRATOR && !before->is_disabled;
    const bool is = after->role == ACCESS_ADMINISTRATOR && !after->is_disabled;
    if (!was || is)
        return WARD_OK;
    const enum ward_status status =
        access_users(store, str_of(""), 0, count_administrator, &counting, err);
    if (status == WARD_OK && !counting.others)
        return error_set(err, WARD_ERR_REFUSED, "this would leave no administrator");
    return status;
}

static const char *entry_of(const struct access_user_change *change)
{
    return change->password.len ? "user-password" : "user-change";
}

enum ward_status access_user_change(struct store *store, const struct store_act *act,
                                    struct ward_str user, const struct access_user_change *change,
                                    const struct access_cost *cost, uint64_t *etag,
                                    struct ward_error *err)
{
    struct user_row before, row;
    char name[ACCESS_USER_MAX + 1];
    if (etag)
        *etag = 0;
    if (!user_name_fold(user, name))
        return error_set(err, WARD_ERR_NOT_FOUND, "there is no such user");
    enum ward_status status = user_row_find(store, name, &before, err);
    if (status == WARD_OK && change->expect != STORE_ETAG_ANY && change->expect != before.etag)
        status = error_set(err, WARD_ERR_STALE, "the user was changed meanwhile");
    if (status == WARD_OK && change->password.len)
        status = password_check(str_of(name), change->password, err);
    row = before;
    row.epoch++;
    if (change->role != ACCESS_ROLE_NONE)
        row.role = change->role;
    if (change->disabled >= 0)
        row.is_disabled = change->disabled > 0;
    if (status == WARD_OK)
        status = check_administrators(store, &before, &row, err);
    if (status == WARD_OK && change->password.len)
        status = password_hash(change->password, cost, row.hash, err);
    if (status == WARD_OK)
        status = write_user(store, act, entry_of(change), &row, before.etag, err);
    if (status == WARD_OK && etag)
        *etag = row.etag;
    sodium_memzero(&before, sizeof before);
    sodium_memzero(&row, sizeof row);
    return status;
}

struct user_giving {
    access_user_taker take;
    void *context;
};

static enum ward_status give_user(void *context, const struct store_record *record,
                                  struct ward_error *err)
{
    const struct user_giving *giving = context;
    struct user_row row;
    enum ward_status status = user_row_read(record, &row, err);
    const struct access_user user = {str_of(row.user), str_of(row.name), row.role, row.is_disabled,
                                     row.created_ms,   row.changed_ms,   row.etag};
    if (status == WARD_OK)
        status = giving->take(giving->context, &user, err);
    sodium_memzero(&row, sizeof row);
    return status;
}

enum ward_status access_users(struct store *store, struct ward_str after, size_t limit,
                              access_user_taker take, void *context, struct ward_error *err)
{
    struct user_giving giving = {take, context};
    const struct store_record_query query = {
        .kind = str_of(KIND_USER), .after = after, .limit = limit};
    return store_records(store, &query, give_user, &giving, err);
}

enum ward_status access_user_find(struct store *store, struct ward_str user, access_user_taker take,
                                  void *context, struct ward_error *err)
{
    struct user_giving giving = {take, context};
    char name[ACCESS_USER_MAX + 1];
    if (!user_name_fold(user, name))
        return error_set(err, WARD_ERR_NOT_FOUND, "there is no such user");
    return store_record_find(store, str_of(KIND_USER), str_of(name), give_user, &giving, err);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static enum ward_status write_key(struct store *store, const struct store_act *act,
                                  const struct key_row *row, struct ward_error *err)
{
    struct buf json, detail;
    struct json_pen pen;
    buf_init(&json, ROW_JSON_MAX);
    buf_init(&detail, ROW_JSON_MAX);
    key_row_write(row, &json);
    pen_init(&pen, &detail, false);
    pen_open(&pen, '{');
    pen_pair_text(&pen, "key", row->id);
    pen_key(&pen, "scopes");
    scopes_put(row->scopes, &pen);
    pen_close(&pen, '}');
    struct store_record_change change = {.kind = str_of(KIND_KEY),
                                         .id = str_of(row->id),
                                         .json = buf_str(&json),
                                         .expires_ms = row->expires_ms,
                                         .expect = STORE_ETAG_NEW};
    const enum ward_status status = json.failed != WARD_OK
                                        ? error_set(err, json.failed, "out of memory")
                                        : write_one(store, act, "key-add", &detail, &change, err);
    buf_release(&json);
    buf_release(&detail);
    return status;
}

enum ward_status access_key_add(struct store *store, const struct store_act *act,
                                const struct access_key *key, char id[ACCESS_KEY_ID_TEXT],
                                char secret[ACCESS_TOKEN_TEXT], struct ward_error *err)
{
    struct key_row row = {.scopes = key->scopes, .expires_ms = key->expires_ms};
    unsigned char random[8];
    id[0] = secret[0] = '\0';
    if (!key->name.len)
        return error_set(err, WARD_ERR_ARGUMENT, "a key has a name: of what uses it");
    if (!key->scopes || key->scopes >> ACCESS_SCOPES)
        return error_set(err, WARD_ERR_ARGUMENT, "a key has one scope or more");
    if (key->expires_ms < 0 || (key->expires_ms && key->expires_ms <= act->time_ms))
        return error_set(err, WARD_ERR_ARGUMENT, "the key would have expired already");
    enum ward_status status = shown_name_check(key->name, err);
    if (status != WARD_OK)
        return status;
    randombytes_buf(random, sizeof random);
    memcpy(row.id, "K-", 2);
    (void)sodium_bin2hex(row.id + 2, sizeof row.id - 2, random, sizeof random);
    copy(row.name, sizeof row.name, key->name);
    copy(row.made_by, sizeof row.made_by, act->who);
    secret_make(SECRET_KEY, secret);
    secret_hash(SECRET_KEY, str_of(secret), row.hash);
    status = write_key(store, act, &row, err);
    if (status == WARD_OK)
        memcpy(id, row.id, sizeof row.id);
    else
        sodium_memzero(secret, ACCESS_TOKEN_TEXT);
    return status;
}

enum ward_status access_key_revoke(struct store *store, const struct store_act *act,
                                   struct ward_str id, struct ward_error *err)
{
    struct store_record_change change = {
        .kind = str_of(KIND_KEY), .id = id, .expect = STORE_ETAG_ANY, .deletes = true};
    struct buf detail;
    struct json_pen pen;
    if (!id.len || id.len >= ACCESS_KEY_ID_TEXT || memchr(id.data, '\0', id.len))
        return error_set(err, WARD_ERR_NOT_FOUND, "there is no such key");
    buf_init(&detail, ROW_JSON_MAX);
    pen_init(&pen, &detail, false);
    pen_open(&pen, '{');
    pen_pair(&pen, "key", id);
    pen_close(&pen, '}');
    const enum ward_status status = write_one(store, act, "key-revoke", &detail, &change, err);
    buf_release(&detail);
    return status;
}

struct key_giving {
    access_key_taker take;
    void *context;
};

static enum ward_status give_key(void *context, const struct store_record *record,
                                 struct ward_error *err)
{
    const struct key_giving *giving = context;
    struct key_row row;
    const enum ward_status status = key_row_read(record, &row, err);
    const struct access_key key = {str_of(row.id),      str_of(row.name), row.scopes,
                                   str_of(row.made_by), row.created_ms,   row.expires_ms};
    return status == WARD_OK ? giving->take(giving->context, &key, err) : status;
}

enum ward_status access_keys(struct store *store, struct ward_str after, size_t limit,
                             access_key_taker take, void *context, struct ward_error *err)
{
    struct key_giving giving = {take, context};
    const struct store_record_query query = {
        .kind = str_of(KIND_KEY), .after = after, .limit = limit};
    return store_records(store, &query, give_key, &giving, err);
}
