/**
 * Opening, creating, bringing up to date; settings; entries without rows; the head outside.
 */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "store/audit_log.h"
#include "store/rows.h"
#include "store/schema.h"
#include "store/state_seal.h"

#define SETTING_MAX 65536u
#define SETTING_NAME_MAX 64u
#define KIND_MAX 32u

static const struct db_sql sql_meta = {"SELECT name, value FROM ward_meta", "", "sb"};
static const struct db_sql sql_put_meta = {
    "INSERT INTO ward_meta (name, value) VALUES ($1, $2)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    "sb", ""};
static const struct db_sql sql_put_head = {
    "INSERT INTO ward_head (id, entries, hash) VALUES (1, 0, $1)", "b", ""};
static const struct db_sql sql_put_setting = {
    "INSERT INTO ward_setting (seq, name, value) VALUES ($1, $2, $3)", "iss", ""};
static const struct db_sql sql_setting = {
    "SELECT value FROM ward_setting WHERE name = $1 ORDER BY seq DESC LIMIT 1", "s", "s"};

bool store_url_is_server(const char *url)
{
    return strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0;
}

/* ---- opening --------------------------------------------------------------------------------- */

struct meta {
    struct store *store;
    int64_t schema;
    int found;
};

static enum ward_status take_meta(void *context, size_t index, const struct db_value *columns,
                                  struct ward_error *err)
{
    struct meta *meta = context;
    struct store *s = meta->store;
    const struct ward_str value = columns[1].text;
    const struct {
        const char *name;
        unsigned char *out;
        size_t len;
    } parts[] = {{"store", s->id, sizeof s->id},
                 {"secret", s->secret, sizeof s->secret},
                 {"key", s->public_key, sizeof s->public_key}};
    (void)index;
    (void)err;
    if (str_equal(columns[0].text, str_of("schema")))
        for (size_t i = 0; i < value.len && i < 9; i++)
            meta->schema = meta->schema * 10 + (value.data[i] - '0');
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (str_equal(columns[0].text, str_of(parts[i].name)) && value.len == parts[i].len) {
            memcpy(parts[i].out, value.data, value.len);
            meta->found++;
        }
    return WARD_OK;
}

static enum ward_status put_meta(struct store *s, const char *name, struct ward_str value,
                                 struct ward_error *err)
{
    const struct db_value values[] = {db_text(str_of(name)), db_text(value)};
    return db_run(s->db, &sql_put_meta, values, NULL, NULL, err);
}

static enum ward_status put_schema(struct store *s, struct ward_error *err)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%d", STORE_SCHEMA);
    return put_meta(s, "schema", str_of(text), err);
}

static enum ward_status put_identity(struct store *s, struct ward_error *err)
{
    static const unsigned char zero[DIGEST_BYTES];
    const struct db_value head = db_text(bytes_of(zero, sizeof zero));
    enum ward_status status = put_schema(s, err);
    if (status == WARD_OK)
        status = put_meta(s, "store", bytes_of(s->id, sizeof s->id), err);
    if (status == WARD_OK)
        status = put_meta(s, "secret", bytes_of(s->secret, sizeof s->secret), err);
    if (status == WARD_OK)
        status = put_meta(s, "key", bytes_of(s->public_key, sizeof s->public_key), err);
    return status == WARD_OK ? db_run(s->db, &sql_put_head, &head, NULL, NULL, err) : status;
}

static enum ward_status note_creation(struct store *s, int64_t now_ms, const char *kind,
                                      struct ward_error *err)
{
    char id[2 * STORE_ID_BYTES + 1];
    char key[2 * crypto_sign_PUBLICKEYBYTES + 1];
    struct state_seals seals;
    struct buf body;
    hex_write(s->id, sizeof s->id, id);
    hex_write(s->public_key, sizeof s->public_key, key);
    state_seals_start(&seals);
    enum ward_status status = state_seal_tables(s, &seals, (1u << STATE_TABLES) - 1, err);
    if (status != WARD_OK)
        return status;
    buf_init(&body, AUDIT_BODY_MAX);
    buf_printf(&body, "{\"store\":\"%s\",\"schema\":%d,\"key\":\"%s\"", id, STORE_SCHEMA, key);
    state_seals_put(&seals, &body);
    buf_put_char(&body, '}');
    const struct audit_draft draft = {now_ms, str_of(kind), str_of("ward"), buf_str(&body), {0}};
    status = body.failed == WARD_OK ? audit_append(s, &draft, err)
                                    : error_set(err, body.failed, "out of memory");
    buf_release(&body);
    return status;
}

/* One transaction: a store is there whole or not at all. */
static enum ward_status create(struct store *s, int64_t now_ms, struct ward_error *err)
{
    enum ward_status status = s->db->driver->begin(s->db, true, err);
    randombytes_buf(s->id, sizeof s->id);
    randombytes_buf(s->secret, sizeof s->secret);
    randombytes_buf(s->nonce, sizeof s->nonce);
    memcpy(s->public_key, s->key.public_key, sizeof s->public_key);
    for (int step = 0; step < STORE_SCHEMA && status == WARD_OK; step++)
        status = s->db->driver->exec(s->db, schema_steps[step], err);
    if (status == WARD_OK)
        status = put_identity(s, err);
    if (status == WARD_OK)
        status = audit_head_load(s, err);
    if (status == WARD_OK)
        status = note_creation(s, now_ms, "create", err);
    if (status == WARD_OK)
        status = s->db->driver->commit(s->db, err);
    if (status != WARD_OK)
        s->db->driver->rollback(s->db);
    return status;
}

struct migration {
    int64_t from;
    int64_t now_ms;
};

static enum ward_status migrate(struct store *s, void *context, struct ward_error *err)
{
    const struct migration *migration = context;
    enum ward_status status = WARD_OK;
    for (int64_t step = migration->from; step < STORE_SCHEMA && status == WARD_OK; step++)
        status = s->db->driver->exec(s->db, schema_steps[step], err);
    if (status == WARD_OK)
        status = put_schema(s, err);
    return status == WARD_OK ? note_creation(s, migration->now_ms, "migrate", err) : status;
}

static enum ward_status load_meta(struct store *s, int64_t *schema, struct ward_error *err)
{
    struct meta meta = {s, 0, 0};
    const enum ward_status status = db_run(s->db, &sql_meta, NULL, take_meta, &meta, err);
    *schema = meta.schema;
    if (status != WARD_OK)
        return status;
    if (meta.schema > STORE_SCHEMA)
        return error_set(err, WARD_ERR_STALE,
                         "the store has schema %lld, newer than this ward knows (%d)",
                         (long long)meta.schema, STORE_SCHEMA);
    if (meta.found != 3 || meta.schema < 1)
        return error_set(err, WARD_ERR_FORMAT, "not a store of ward, or damaged: no identity");
    return WARD_OK;
}

static enum ward_status check_key(struct store *s, struct ward_error *err)
{
    struct sign_key key;
    if (!s->key_path)
        return WARD_OK;
    const enum ward_status status = sign_key_read(s->key_path, &key, s->writes ? err : NULL);
    if (status == WARD_OK) {
        s->is_pinned = sodium_memcmp(key.public_key, s->public_key, sizeof s->public_key) == 0;
        if (s->writes)
            s->key = key;
        sign_key_forget(&key);
        if (!s->is_pinned) {
            error_at(err, s->key_path, 0, 0);
            return error_set(err, WARD_ERR_REFUSED, "another key signs this store");
        }
    }
    return s->writes ? status : WARD_OK;
}

static enum ward_status open_content(struct store *s, const struct store_options *options,
                                     struct ward_error *err)
{
    struct migration migration = {0, options->now_ms};
    enum ward_status status;
    if (!s->db->has_schema) {
        if (options->mode != STORE_CREATE)
            return error_set(err, WARD_ERR_NOT_FOUND, "there is no store of ward in it");
        status = sign_key_make(s->key_path, &s->key, err);
        if (status == WARD_OK)
            status = create(s, options->now_ms, err);
        /* Another process may have made it meanwhile: then it is there to be opened. */
        if (status != WARD_OK && load_meta(s, &migration.from, NULL) != WARD_OK)
            return status;
    }
    status = load_meta(s, &migration.from, err);
    if (status == WARD_OK)
        status = check_key(s, err);
    if (status != WARD_OK || migration.from == STORE_SCHEMA)
        return status;
    return s->writes ? store_write(s, migrate, &migration, err)
                     : error_set(err, WARD_ERR_STALE,
                                 "the store has an older schema; open it once for writing");
}

static enum ward_status choose_key(struct store *s, const struct store_options *options,
                                   const char *path, struct ward_error *err)
{
    const bool server = store_url_is_server(options->url);
    if (!options->key_path && server)
        return s->writes ? error_set(err, WARD_ERR_ARGUMENT,
                                     "writing to PostgreSQL needs a file for the signing key")
                         : WARD_OK;
    const char *from = options->key_path ? options->key_path : path;
    const char *ending = options->key_path ? "" : ".key";
    const size_t len = strlen(from) + strlen(ending) + 1;
    s->key_path = malloc(len);
    if (!s->key_path)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    (void)snprintf(s->key_path, len, "%s%s", from, ending);
    return WARD_OK;
}

static enum ward_status open_db(struct store *s, const struct store_options *options,
                                struct ward_error *err)
{
    const bool server = store_url_is_server(options->url);
    const char *path = strncmp(options->url, "sqlite:", 7) == 0 ? options->url + 7 : options->url;
    const struct db_options db = {path, s->writes, options->mode == STORE_CREATE, s->busy_ms};
    enum ward_status status = choose_key(s, options, path, err);
    if (status != WARD_OK)
        return status;
    if (!server && (!*path || strstr(path, "://")))
        return error_set(err, WARD_ERR_ARGUMENT,
                         "a store is a file or postgresql://..., not what was given");
#ifdef WARD_WITH_POSTGRES
    return server ? db_open_postgres(&db, &s->db, err) : db_open_sqlite(&db, &s->db, err);
#else
    if (server)
        return error_set(err, WARD_ERR_ARGUMENT, "this ward was built without PostgreSQL");
    return db_open_sqlite(&db, &s->db, err);
#endif
}

enum ward_status store_open(const struct store_options *options, struct store **out,
                            struct ward_error *err)
{
    *out = NULL;
    if (!options->url)
        return error_set(err, WARD_ERR_ARGUMENT, "no store is given");
    if (sodium_init() < 0)
        return error_set(err, WARD_ERR_IO, "the system gives no random numbers");
    struct store *s = calloc(1, sizeof *s);
    if (!s)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    s->writes = options->mode != STORE_READ;
    s->busy_ms = options->busy_ms ? options->busy_ms : STORE_BUSY_MS_DEFAULT;
    enum ward_status status = open_db(s, options, err);
    if (status == WARD_OK)
        status = open_content(s, options, err);
    if (status != WARD_OK) {
        store_close(s);
        return status;
    }
    *out = s;
    return WARD_OK;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    if (store->db)
        store->db->driver->close(store->db);
    sign_key_forget(&store->key);
    sodium_memzero(store->secret, sizeof store->secret);
    free(store->key_path);
    free(store);
}

/* ---- settings and plain entries ---------------------------------------------------------------
 */

static bool is_word(struct ward_str text, size_t max)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
            return false;
    }
    return text.len > 0 && text.len <= max;
}

struct setting {
    const struct store_act *act;
    struct ward_str name, value;
};

static void put_reason(struct buf *body, struct ward_str reason)
{
    if (reason.len) {
        buf_put_text(body, ",\"reason\":");
        json_put_string(body, reason);
    }
}

static enum ward_status put_setting(struct store *s, void *context, struct ward_error *err)
{
    const struct setting *setting = context;
    unsigned char rows[DIGEST_BYTES];
    struct buf body;
    const struct db_value values[] = {db_int((int64_t)s->entries + 1), db_text(setting->name),
                                      db_text(setting->value)};
    enum ward_status status = db_run(s->db, &sql_put_setting, values, NULL, NULL, err);
    if (status != WARD_OK)
        return status;
    buf_init(&body, AUDIT_BODY_MAX);
    buf_put_text(&body, "{\"name\":");
    json_put_string(&body, setting->name);
    put_reason(&body, setting->act->reason);
    buf_put_char(&body, '}');
    setting_digest(s->entries + 1, setting->name, setting->value, rows);
    const struct audit_draft draft = {setting->act->time_ms, str_of("configure"), setting->act->who,
                                      buf_str(&body), bytes_of(rows, sizeof rows)};
    status = body.failed == WARD_OK ? audit_append(s, &draft, err)
                                    : error_set(err, body.failed, "the reason is too long");
    buf_release(&body);
    return status;
}

enum ward_status store_configure(struct store *store, const struct store_act *act,
                                 struct ward_str name, struct ward_str value,
                                 struct ward_error *err)
{
    struct setting setting = {act, name, value};
    const enum ward_status status = store_may_write(store, act->who, err);
    if (status != WARD_OK)
        return status;
    if (!is_word(name, SETTING_NAME_MAX) || value.len > SETTING_MAX)
        return error_set(err, WARD_ERR_ARGUMENT, "not a setting's name, or a value over 64 KB");
    return store_write(store, put_setting, &setting, err);
}

struct setting_reader {
    struct ward_str name;
    store_text_taker take;
    void *context;
    bool found;
};

static enum ward_status take_setting(void *context, size_t index, const struct db_value *columns,
                                     struct ward_error *err)
{
    struct setting_reader *reader = context;
    (void)index;
    reader->found = true;
    return reader->take(reader->context, columns[0].text, err);
}

static enum ward_status read_setting(struct store *s, void *context, struct ward_error *err)
{
    struct setting_reader *reader = context;
    const struct db_value name = db_text(reader->name);
    return db_run(s->db, &sql_setting, &name, take_setting, reader, err);
}

enum ward_status store_setting(struct store *store, struct ward_str name, store_text_taker take,
                               void *context, struct ward_error *err)
{
    struct setting_reader reader = {name, take, context, false};
    const enum ward_status status = store_read(store, read_setting, &reader, err);
    if (status == WARD_OK && !reader.found)
        return error_set(err, WARD_ERR_NOT_FOUND, "the setting was never made");
    return status;
}

static enum ward_status put_entry(struct store *s, void *context, struct ward_error *err)
{
    return audit_append(s, context, err);
}

enum ward_status store_may_enter(struct ward_str kind, struct ward_str body_json,
                                 struct ward_error *err)
{
    static const char *const ours[] = {"create",    "migrate",  "ingest", "link",
                                       "configure", "decision", "erase",  "purge"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (str_equal(kind, str_of(ours[i])))
            return error_set(err, WARD_ERR_ARGUMENT, "the store itself writes such entries");
    if (!is_word(kind, KIND_MAX) || body_json.len > AUDIT_BODY_MAX)
        return error_set(err, WARD_ERR_ARGUMENT, "not a kind of entry, or a body over 64 KB");
    return WARD_OK;
}

enum ward_status store_audit_add(struct store *store, const struct store_act *act,
                                 struct ward_str kind, struct ward_str body_json,
                                 struct ward_error *err)
{
    struct audit_draft draft = {act->time_ms, kind, act->who, body_json, {0}};
    enum ward_status status = store_may_write(store, act->who, err);
    if (status == WARD_OK)
        status = store_may_enter(kind, body_json, err);
    return status == WARD_OK ? store_write(store, put_entry, &draft, err) : status;
}

/* ---- the head -------------------------------------------------------------------------------- */

static enum ward_status read_head(struct store *s, void *context, struct ward_error *err)
{
    (void)context;
    return audit_head_load(s, err);
}

enum ward_status store_audit_head(struct store *store, struct store_audit_head *out,
                                  struct ward_error *err)
{
    memset(out, 0, sizeof *out);
    const enum ward_status status = store_read(store, read_head, NULL, err);
    if (status != WARD_OK)
        return status;
    out->count = store->entries;
    hex_write(store->head, sizeof store->head, out->hash);
    hex_write(store->public_key, sizeof store->public_key, out->key);
    return WARD_OK;
}

static enum ward_status append_line(const char *path, const char *line, struct ward_error *err)
{
    const size_t len = strlen(line);
    const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    error_at(err, path, 0, 0);
    if (fd < 0)
        return error_set(err, WARD_ERR_IO, "cannot open the anchor: %s", strerror(errno));
    const bool done = write(fd, line, len) == (ssize_t)len && fsync(fd) == 0;
    const int code = errno;
    if (close(fd) != 0 || !done)
        return error_set(err, WARD_ERR_IO, "cannot write the anchor: %s", strerror(code));
    error_at(err, "", 0, 0);
    return WARD_OK;
}

static enum ward_status take_signature(void *context, size_t index, const struct db_value *columns,
                                       struct ward_error *err)
{
    struct audit_row row;
    (void)index;
    audit_row_read(columns, &row);
    if (row.signature.len != crypto_sign_BYTES)
        return error_set(err, WARD_ERR_FORMAT, "the last entry of the audit log is damaged");
    memcpy(context, row.signature.data, row.signature.len);
    return WARD_OK;
}

static enum ward_status read_signed_head(struct store *s, void *context, struct ward_error *err)
{
    const enum ward_status status = audit_head_load(s, err);
    const struct db_value after[] = {db_int((int64_t)s->entries - 1), db_int(1)};
    return status == WARD_OK ? db_run(s->db, &audit_sql_page, after, take_signature, context, err)
                             : status;
}

enum ward_status store_anchor(struct store *store, const char *path, struct ward_error *err)
{
    unsigned char signature[crypto_sign_BYTES] = {0};
    char hex[4][2 * crypto_sign_BYTES + 1];
    char line[1024];
    const enum ward_status status = store_read(store, read_signed_head, signature, err);
    if (status != WARD_OK)
        return status;
    hex_write(store->id, sizeof store->id, hex[0]);
    hex_write(store->head, sizeof store->head, hex[1]);
    hex_write(store->public_key, sizeof store->public_key, hex[2]);
    hex_write(signature, sizeof signature, hex[3]);
    (void)snprintf(line, sizeof line, "ward-anchor 1 %s %llu %s %s %s\n", hex[0],
                   (unsigned long long)store->entries, hex[1], hex[2], hex[3]);
    return append_line(path, line, err);
}
