#include "access/account_rows.h"

#include <jansson.h>
#include <string.h>

#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '@' ||
           c == '+' || c == '-';
}

bool user_name_fold(struct ward_str given, char out[ACCESS_USER_MAX + 1])
{
    out[0] = '\0';
    if (!given.len || given.len > ACCESS_USER_MAX)
        return false;
    for (size_t i = 0; i < given.len; i++) {
        const char c = given.data[i];
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if (!is_name_char(out[i])) {
            out[0] = '\0';
            return false;
        }
    }
    out[given.len] = '\0';
    return (out[0] >= 'a' && out[0] <= 'z') || (out[0] >= '0' && out[0] <= '9');
}

enum ward_status shown_name_check(struct ward_str name, struct ward_error *err)
{
    if (name.len > ACCESS_NAME_MAX)
        return error_set(err, WARD_ERR_ARGUMENT, "a name has at most %u bytes", ACCESS_NAME_MAX);
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.data[i] < ' ' || name.data[i] == 0x7f)
            return error_set(err, WARD_ERR_ARGUMENT, "a name has no control characters");
    return WARD_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void pair_number(struct json_pen *pen, const char *key, int64_t value)
{
    pen_key(pen, key);
    pen_integer(pen, value);
}

static void pair_hash(struct json_pen *pen, const unsigned char hash[SECRET_HASH_BYTES])
{
    char text[SECRET_HASH_TEXT];
    secret_hash_text(hash, text);
    pen_pair_text(pen, "hash", text);
}

void user_row_write(const struct user_row *row, struct buf *out)
{
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_pair_text(&pen, "name", row->name);
    pen_pair_text(&pen, "role", access_role_name(row->role));
    pen_key(&pen, "disabled");
    pen_bool(&pen, row->is_disabled);
    pair_number(&pen, "epoch", (int64_t)row->epoch);
    pen_pair_text(&pen, "hash", row->hash);
    pen_close(&pen, '}');
}

void session_row_write(const struct session_row *row, struct buf *out)
{
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_pair_text(&pen, "user", row->user);
    pair_number(&pen, "epoch", (int64_t)row->epoch);
    pair_number(&pen, "begun", row->begun_ms);
    pair_number(&pen, "seen", row->seen_ms);
    pen_close(&pen, '}');
}

void scopes_put(uint32_t scopes, struct json_pen *pen)
{
    pen_open(pen, '[');
    for (unsigned i = 0; i < ACCESS_SCOPES; i++)
        if (scopes & 1u << i)
            pen_text(pen, access_scope_name((enum access_scope)(1u << i)));
    pen_close(pen, ']');
}

void key_row_write(const struct key_row *row, struct buf *out)
{
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_pair_text(&pen, "name", row->name);
    pair_number(&pen, "scopes", row->scopes);
    pen_pair_text(&pen, "by", row->made_by);
    pair_hash(&pen, row->hash);
    pen_close(&pen, '}');
}

/* ---- reading --------------------------------------------------------------------------------- */

static enum ward_status parse(const struct store_record *record, json_t **out,
                              struct ward_error *err)
{
    *out = json_loadb(record->json.data, record->json.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(*out)) {
        json_decref(*out);
        *out = NULL;
        return error_set(err, WARD_ERR_FORMAT, "a record of users or keys is damaged");
    }
    return WARD_OK;
}

/* Copies a member that is text; false when it is missing or too long. */
static bool copy_text(const json_t *object, const char *key, char *out, size_t size)
{
    const json_t *value = json_object_get(object, key);
    const size_t len = json_string_length(value);
    out[0] = '\0';
    if (!json_is_string(value) || len >= size)
        return false;
    memcpy(out, json_string_value(value), len + 1);
    return true;
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static struct ward_str text_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return (struct ward_str){json_string_value(value), json_string_length(value)};
}

enum ward_status user_row_read(const struct store_record *record, struct user_row *out,
                               struct ward_error *err)
{
    json_t *json;
    memset(out, 0, sizeof *out);
    const enum ward_status status = parse(record, &json, err);
    if (status != WARD_OK)
        return status;
    bool good = user_name_fold(record->id, out->user);
    (void)copy_text(json, "name", out->name, sizeof out->name);
    good &= access_role_read(text_of(json, "role"), &out->role);
    good &= copy_text(json, "hash", out->hash, sizeof out->hash);
    out->is_disabled = !json_is_false(json_object_get(json, "disabled"));
    out->epoch = (uint64_t)number_of(json, "epoch");
    out->etag = record->etag;
    out->created_ms = record->created_ms;
    out->changed_ms = record->changed_ms;
    json_decref(json);
    return good ? WARD_OK : error_set(err, WARD_ERR_FORMAT, "a user's record is damaged");
}

enum ward_status session_row_read(const struct store_record *record, struct session_row *out,
                                  struct ward_error *err)
{
    json_t *json;
    memset(out, 0, sizeof *out);
    const enum ward_status status = parse(record, &json, err);
    if (status != WARD_OK)
        return status;
    bool good = secret_hash_read(record->id, out->hash);
    good &= copy_text(json, "user", out->user, sizeof out->user);
    out->epoch = (uint64_t)number_of(json, "epoch");
    out->begun_ms = number_of(json, "begun");
    out->seen_ms = number_of(json, "seen");
    out->expires_ms = record->expires_ms;
    out->etag = record->etag;
    json_decref(json);
    return good ? WARD_OK : error_set(err, WARD_ERR_FORMAT, "a session's record is damaged");
}

enum ward_status key_row_read(const struct store_record *record, struct key_row *out,
                              struct ward_error *err)
{
    json_t *json;
    memset(out, 0, sizeof *out);
    const enum ward_status status = parse(record, &json, err);
    if (status != WARD_OK)
        return status;
    bool good = record->id.len < sizeof out->id;
    if (good)
        memcpy(out->id, record->id.data, record->id.len);
    good &= copy_text(json, "name", out->name, sizeof out->name);
    good &= copy_text(json, "by", out->made_by, sizeof out->made_by);
    good &= secret_hash_read(text_of(json, "hash"), out->hash);
    out->scopes = (uint32_t)number_of(json, "scopes") & ((1u << ACCESS_SCOPES) - 1u);
    out->created_ms = record->created_ms;
    out->expires_ms = record->expires_ms;
    json_decref(json);
    return good ? WARD_OK : error_set(err, WARD_ERR_FORMAT, "a key's record is damaged");
}

static enum ward_status take_user(void *context, const struct store_record *record,
                                  struct ward_error *err)
{
    return user_row_read(record, context, err);
}

enum ward_status user_row_find(struct store *store, const char *user, struct user_row *out,
                               struct ward_error *err)
{
    memset(out, 0, sizeof *out);
    return store_record_find(store, str_of(KIND_USER), str_of(user), take_user, out, err);
}
