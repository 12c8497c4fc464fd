/**
 * SQLite behind db.h: one file, write-ahead log, one writer.
 *
 * Durability: synchronous=FULL, so a commit is on the disk when it returns. Erasure: secure_delete
 * overwrites freed content in the file; `scrub` then moves the log into the file and cuts it to
 * nothing, so that no old page keeps text (blocks the file system freed are beyond our reach).
 *
 * Sources: sqlite.org/wal.html, pragma.html#pragma_secure_delete, c3ref/busy_timeout.html.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "store/db.h"

#define STATEMENTS_MAX 160
/* "ward" in ASCII, see `file`(1) and pragma application_id. */
#define APPLICATION_ID 0x77617264

struct statement {
    const struct db_sql *sql;
    sqlite3_stmt *handle;
    int places[DB_VALUES_MAX]; /* SQLite's index of $1, $2 ... */
};

struct sqlite {
    struct db base;
    sqlite3 *file;
    char *path;
    struct statement statements[STATEMENTS_MAX];
    size_t statement_count;
};

static struct sqlite *of(struct db *db)
{
    return (struct sqlite *)db;
}

/* ---- errors ---------------------------------------------------------------------------------- */

static enum ward_status fail_io(struct sqlite *s, int code, struct ward_error *err)
{
    const int os = sqlite3_system_errno(s->file);
    if (os == ENOSPC || os == EDQUOT || os == EFBIG)
        return error_set(err, WARD_ERR_IO, "the disk is full; nothing of this write was kept");
    if (code == SQLITE_IOERR_WRITE)
        return error_set(err, WARD_ERR_IO,
                         "a write failed: the disk is full, or broken; nothing of it was kept");
    return error_set(err, WARD_ERR_IO, "the store's file cannot be read or written (%s, %d)",
                     os ? strerror(os) : "disk error", code);
}

/* Names what SQLite says without quoting data. */
static enum ward_status fail(struct sqlite *s, int code, struct ward_error *err)
{
    const int extended = s->file ? sqlite3_extended_errcode(s->file) : code;
    error_at(err, s->path, 0, 0);
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error_set(err, WARD_ERR_BUSY, "another process is writing to the store; try again");
    case SQLITE_READONLY:
        return error_set(err, WARD_ERR_IO, "the store is read-only (file, folder or disk)");
    case SQLITE_FULL:
        return error_set(err, WARD_ERR_IO, "the disk is full; nothing of this write was kept");
    case SQLITE_CORRUPT:
        return error_set(err, WARD_ERR_FORMAT, "the store's file is damaged (%d)", extended);
    case SQLITE_NOTADB:
        return error_set(err, WARD_ERR_FORMAT, "not a store of ward: the file is something else");
    case SQLITE_CANTOPEN:
        return error_set(err, WARD_ERR_IO, "cannot open the store: %s",
                         strerror(sqlite3_system_errno(s->file)));
    case SQLITE_IOERR:
        if (extended == SQLITE_IOERR_NOMEM)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        return fail_io(s, extended, err);
    default:
        return error_set(err, WARD_ERR_IO, "SQLite: %s (%d)", sqlite3_errstr(code), extended);
    }
}

/* ---- statements ------------------------------------------------------------------------------ */

static enum ward_status prepare(struct sqlite *s, const struct db_sql *sql, struct statement **out,
                                struct ward_error *err)
{
    for (size_t i = 0; i < s->statement_count; i++)
        if (s->statements[i].sql == sql) {
            *out = &s->statements[i];
            return WARD_OK;
        }
    if (s->statement_count == STATEMENTS_MAX)
        return error_set(err, WARD_ERR_LIMIT, "more statements than the store prepares");
    struct statement *new = &s->statements[s->statement_count];
    const int code =
        sqlite3_prepare_v3(s->file, sql->text, -1, SQLITE_PREPARE_PERSISTENT, &new->handle, NULL);
    if (code != SQLITE_OK)
        return fail(s, code, err);
    for (size_t i = 0; sql->params[i]; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "$%zu", i + 1);
        new->places[i] = sqlite3_bind_parameter_index(new->handle, name);
    }
    new->sql = sql;
    s->statement_count++;
    *out = new;
    return WARD_OK;
}

static int bind_value(sqlite3_stmt *handle, int place, char letter, const struct db_value *value)
{
    const char *data = value->text.len ? value->text.data : "";
    if (!place) /* the statement does not use it */
        return SQLITE_OK;
    switch (letter) {
    case 'i':
        return sqlite3_bind_int64(handle, place, value->integer);
    case 'r':
        return sqlite3_bind_double(handle, place, value->real);
    case 's':
        return sqlite3_bind_text64(handle, place, data, value->text.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    default:
        return sqlite3_bind_blob64(handle, place, data, value->text.len, SQLITE_STATIC);
    }
}

static void read_column(sqlite3_stmt *handle, int at, char letter, struct db_value *out)
{
    memset(out, 0, sizeof *out);
    if (letter == 'i') {
        out->integer = sqlite3_column_int64(handle, at);
    } else if (letter == 'r') {
        out->real = sqlite3_column_double(handle, at);
    } else {
        out->text.data = sqlite3_column_blob(handle, at);
        out->text.len = (size_t)sqlite3_column_bytes(handle, at);
    }
}

static enum ward_status run_once(struct sqlite *s, struct statement *st, const struct db_many *many,
                                 size_t index, struct ward_error *err)
{
    struct db_value values[DB_VALUES_MAX];
    enum ward_status status = WARD_OK;
    int code = SQLITE_OK;
    if (many->bind)
        many->bind(many->context, index, values);
    for (int i = 0; many->sql->params[i] && code == SQLITE_OK; i++)
        code = bind_value(st->handle, st->places[i], many->sql->params[i], &values[i]);
    if (code != SQLITE_OK)
        return fail(s, code, err);
    while (status == WARD_OK && (code = sqlite3_step(st->handle)) == SQLITE_ROW) {
        for (int i = 0; many->sql->columns[i]; i++)
            read_column(st->handle, i, many->sql->columns[i], &values[i]);
        if (many->take)
            status = many->take(many->context, index, values, err);
    }
    if (status == WARD_OK && code != SQLITE_DONE)
        status = fail(s, code, err);
    (void)sqlite3_reset(st->handle);
    return status;
}

static enum ward_status sqlite_run(struct db *db, const struct db_many *many,
                                   struct ward_error *err)
{
    struct sqlite *s = of(db);
    struct statement *st = NULL;
    enum ward_status status = prepare(s, many->sql, &st, err);
    for (size_t i = 0; i < many->count && status == WARD_OK; i++)
        status = run_once(s, st, many, i, err);
    return status;
}

static enum ward_status exec_text(struct sqlite *s, const char *text, struct ward_error *err)
{
    const int code = sqlite3_exec(s->file, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? WARD_OK : fail(s, code, err);
}

static enum ward_status sqlite_exec(struct db *db, const char *script, struct ward_error *err)
{
    static const char *const types[] = {"INTEGER", "REAL", "TEXT", "BLOB"};
    char *text = db_expand(script, types);
    if (!text)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    const enum ward_status status = exec_text(of(db), text, err);
    free(text);
    return status;
}

/* ---- transactions ---------------------------------------------------------------------------- */

static enum ward_status sqlite_begin(struct db *db, bool write, struct ward_error *err)
{
    return exec_text(of(db), write ? "BEGIN IMMEDIATE" : "BEGIN", err);
}

static enum ward_status sqlite_commit(struct db *db, struct ward_error *err)
{
    return exec_text(of(db), "COMMIT", err);
}

static void sqlite_rollback(struct db *db)
{
    if (!sqlite3_get_autocommit(of(db)->file))
        (void)sqlite3_exec(of(db)->file, "ROLLBACK", NULL, NULL, NULL);
}

static enum ward_status sqlite_reconnect(struct db *db, struct ward_error *err)
{
    (void)db;
    (void)err;
    return WARD_OK;
}

static void sqlite_scrub(struct db *db)
{
    (void)sqlite3_wal_checkpoint_v2(of(db)->file, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

static void sqlite_close(struct db *db)
{
    struct sqlite *s = of(db);
    for (size_t i = 0; i < s->statement_count; i++)
        (void)sqlite3_finalize(s->statements[i].handle);
    (void)sqlite3_close_v2(s->file);
    free(s->path);
    free(s);
}

static const struct db_driver driver = {sqlite_close,     sqlite_begin, sqlite_commit,
                                        sqlite_rollback,  sqlite_run,   sqlite_exec,
                                        sqlite_reconnect, sqlite_scrub};

/* ---- opening --------------------------------------------------------------------------------- */

static enum ward_status take_int(void *context, size_t index, const struct db_value *columns,
                                 struct ward_error *err)
{
    (void)index;
    (void)err;
    *(int64_t *)context = columns[0].integer;
    return WARD_OK;
}

static const struct db_sql sql_application = {"PRAGMA application_id", "", "i"};
static const struct db_sql sql_tables = {"SELECT COUNT(*) FROM sqlite_master", "", "i"};

/* An empty file is a store to be; anything else must carry our mark. */
static enum ward_status look_inside(struct sqlite *s, struct ward_error *err)
{
    int64_t application = 0;
    int64_t tables = 0;
    enum ward_status status = db_run(&s->base, &sql_application, NULL, take_int, &application, err);
    if (status == WARD_OK)
        status = db_run(&s->base, &sql_tables, NULL, take_int, &tables, err);
    if (status != WARD_OK)
        return status;
    s->base.has_schema = tables > 0;
    if (tables > 0 && application != APPLICATION_ID) {
        error_at(err, s->path, 0, 0);
        return error_set(err, WARD_ERR_FORMAT, "not a store of ward: another program's database");
    }
    return WARD_OK;
}

static enum ward_status open_file(struct sqlite *s, const struct db_options *options,
                                  const char *name, struct ward_error *err)
{
    const int flags = (options->creates  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                       : options->writes ? SQLITE_OPEN_READWRITE
                                         : SQLITE_OPEN_READONLY) |
                      SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    const int code = sqlite3_open_v2(name, &s->file, flags, NULL);
    if (code != SQLITE_OK)
        return fail(s, code, err);
    (void)sqlite3_extended_result_codes(s->file, 1);
    (void)sqlite3_busy_timeout(s->file, (int)options->busy_ms);
    return WARD_OK;
}

/* "file:" URI of the path, every byte that means something in a URI escaped; free() it. */
static char *uri_of(const char *path, const char *query)
{
    const size_t len = strlen(path);
    char *uri = malloc(len * 3u + strlen(query) + 8u);
    if (!uri)
        return NULL;
    size_t at = (size_t)snprintf(uri, 6, "file:");
    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)path[i];
        if (c == '%' || c == '?' || c == '#')
            at += (size_t)snprintf(uri + at, 4, "%%%02X", c);
        else
            uri[at++] = path[i];
    }
    memcpy(uri + at, query, strlen(query) + 1u);
    return uri;
}

static bool has_log(const char *path)
{
    struct stat info;
    char *log = malloc(strlen(path) + 5u);
    if (!log)
        return true;
    (void)snprintf(log, strlen(path) + 5u, "%s-wal", path);
    const bool found = stat(log, &info) == 0 && info.st_size > 0;
    free(log);
    return found;
}

/* Opens and reads the first page. On a read-only disk the log's index cannot be made: without a log
 * the file alone is the truth and may be read as it is. */
static enum ward_status open_and_look(struct sqlite *s, const struct db_options *options,
                                      struct ward_error *err)
{
    const bool plain_file =
        !options->writes && access(options->path, W_OK) != 0 && !has_log(options->path);
    char *uri = uri_of(options->path, plain_file ? "?immutable=1" : "");
    if (!uri)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    enum ward_status status = open_file(s, options, uri, err);
    free(uri);
    return status == WARD_OK ? look_inside(s, err) : status;
}

static enum ward_status prepare_file(struct sqlite *s, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    if (!s->base.has_schema) {
        char mark[64];
        (void)snprintf(mark, sizeof mark, "PRAGMA application_id = %d", APPLICATION_ID);
        status = exec_text(s, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL", err);
        if (status == WARD_OK)
            status = exec_text(s, mark, err);
    }
    return status == WARD_OK
               ? exec_text(s,
                           "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                           "PRAGMA secure_delete = ON; PRAGMA cache_size = -65536;"
                           "PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;"
                           "PRAGMA journal_size_limit = 67108864",
                           err)
               : status;
}

enum ward_status db_open_sqlite(const struct db_options *options, struct db **out,
                                struct ward_error *err)
{
    struct stat info;
    enum ward_status status;
    *out = NULL;
    error_at(err, options->path, 0, 0);
    if (!options->creates && stat(options->path, &info) != 0)
        return error_set(err, errno == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO,
                         "cannot open the store: %s", strerror(errno));
    struct sqlite *s = calloc(1, sizeof *s);
    if (!s)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    s->base.driver = &driver;
    s->path = strdup(options->path);
    if (!s->path) {
        free(s);
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    }
    status = open_and_look(s, options, err);
    if (status == WARD_OK && options->writes)
        status = prepare_file(s, err);
    if (status != WARD_OK) {
        sqlite_close(&s->base);
        return status;
    }
    *out = &s->base;
    return WARD_OK;
}
