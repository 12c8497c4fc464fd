/**
 * Users, sessions and keys as JSON texts of records, there and back.
 *
 * A user's `epoch` grows when his password, role or state changes; a session holds the epoch it
 * began in and ends when the user's is another one.
 */
#ifndef WARD_ACCESS_ACCOUNT_ROWS_H
#define WARD_ACCESS_ACCOUNT_ROWS_H

#include "access/secret.h"
#include "base/json_pen.h"

#define KIND_USER "user"
#define KIND_SESSION "session"
#define KIND_KEY "key"
#define KIND_LINK "link"
#define KIND_LOCK "lock-out"
#define ROW_JSON_MAX 4096u

struct user_row {
    char user[ACCESS_USER_MAX + 1];
    char name[ACCESS_NAME_MAX + 1];
    char hash[crypto_pwhash_STRBYTES]; /**< of the password */
    enum access_role role;
    bool is_disabled;
    uint64_t epoch;
    uint64_t etag;
    int64_t created_ms, changed_ms;
};

struct session_row {
    unsigned char hash[SECRET_HASH_BYTES];
    char user[ACCESS_USER_MAX + 1];
    uint64_t epoch;
    int64_t begun_ms, seen_ms, expires_ms;
    uint64_t etag;
};

struct key_row {
    char id[ACCESS_KEY_ID_TEXT];
    char name[ACCESS_NAME_MAX + 1];
    char made_by[ACCESS_USER_MAX + 8];
    unsigned char hash[SECRET_HASH_BYTES];
    uint32_t scopes;
    int64_t created_ms, expires_ms;
};

/** Folds capitals; false unless [a-z0-9._@+-]{1,64}, beginning with a letter or digit. */
bool user_name_fold(struct ward_str given, char out[ACCESS_USER_MAX + 1]);
/** WARD_ERR_ARGUMENT for a name to be shown that is too long or has control characters. */
enum ward_status shown_name_check(struct ward_str name, struct ward_error *err) WARD_MUST_USE;

/* The JSON, into an empty buffer; failures stay in it. */
void user_row_write(const struct user_row *row, struct buf *out);
void session_row_write(const struct session_row *row, struct buf *out);
void key_row_write(const struct key_row *row, struct buf *out);
/* WARD_ERR_FORMAT when a record is not one of ward's. */
enum ward_status user_row_read(const struct store_record *record, struct user_row *out,
                               struct ward_error *err) WARD_MUST_USE;
enum ward_status session_row_read(const struct store_record *record, struct session_row *out,
                                  struct ward_error *err) WARD_MUST_USE;
enum ward_status key_row_read(const struct store_record *record, struct key_row *out,
                              struct ward_error *err) WARD_MUST_USE;

/** A new user, checked, the password hashed. WARD_ERR_ARGUMENT. */
enum ward_status user_row_make(const struct access_user *user, struct ward_str password,
                               const struct access_cost *cost, struct user_row *row,
                               struct ward_error *err) WARD_MUST_USE;

/** The names of the scopes in a set, as a JSON array. */
void scopes_put(uint32_t scopes, struct json_pen *pen);

/** Reads one user by his folded name. WARD_ERR_NOT_FOUND. */
enum ward_status user_row_find(struct store *store, const char *user, struct user_row *out,
                               struct ward_error *err) WARD_MUST_USE;

#endif
