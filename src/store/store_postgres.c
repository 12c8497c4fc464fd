/**
 * PostgreSQL behind db.h, through libpq.
 *
 * Many runs of one statement go through pipeline mode, CHUNK at a time: few enough that the answers
 * fit the socket's buffers, so that neither side waits for the other. Writers take an advisory lock
 * first, which makes numbers and the audit chain as serial as SQLite's. All strings are bytea and
 * all parameters binary: NUL and invalid UTF-8 are plain data, and order is by bytes.
 *
 * A lost connection marks the handle; what was not committed is undone by the server, and the
 * caller decides (see transaction.c) whether to connect again and repeat.
 *
 * Sources: postgresql.org/docs/15: libpq-pipeline-mode, explicit-locking (advisory), errcodes.
 */
#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "store/db.h"

#define STATEMENTS_MAX 160
#define CHUNK 256u
#define WRITER_LOCK "7023458113542117" /* any constant that is ours */

/* pg_type.dat */
enum { OID_BYTEA = 17, OID_INT8 = 20, OID_FLOAT8 = 701 };

struct postgres {
    struct db base;
    PGconn *link;
    char *url;
    bool writes;
    uint32_t busy_ms;
    const struct db_sql *statements[STATEMENTS_MAX];
    size_t statement_count;
};

static struct postgres *of(struct db *db)
{
    return (struct postgres *)db;
}

/* ---- errors ---------------------------------------------------------------------------------- */

static enum ward_status fail_lost(struct postgres *p, struct ward_error *err)
{
    p->base.is_lost = true;
    return error_set(err, WARD_ERR_IO, "the connection to PostgreSQL was lost");
}

static bool in_class(const char *state, const char *start)
{
    return strncmp(state, start, strlen(start)) == 0;
}

/* The server's own sentences may quote data, so only the code and what we know of it are told. */
static enum ward_status fail_state(struct postgres *p, const char *state, struct ward_error *err)
{
    if (in_class(state, "57P0") || in_class(state, "08"))
        return fail_lost(p, err);
    if (in_class(state, "55P03"))
        return error_set(err, WARD_ERR_BUSY, "another process is writing to the store; try again");
    if (in_class(state, "53100"))
        return error_set(err, WARD_ERR_IO,
                         "the server's disk is full; nothing of this write was kept");
    if (in_class(state, "53200"))
        return error_set(err, WARD_ERR_IO, "the server is out of memory");
    if (in_class(state, "25006"))
        return error_set(err, WARD_ERR_IO, "the server takes no writes (read-only)");
    if (in_class(state, "42501"))
        return error_set(err, WARD_ERR_IO, "the user may not do this on the server");
    if (in_class(state, "42P01") || in_class(state, "42703"))
        return error_set(err, WARD_ERR_FORMAT, "tables of the store are missing or not ours");
    if (in_class(state, "XX001") || in_class(state, "XX002"))
        return error_set(err, WARD_ERR_FORMAT, "the server reports damaged data (%s)", state);
    return error_set(err, WARD_ERR_IO, "PostgreSQL refused (SQLSTATE %s)", state);
}

static enum ward_status fail_result(struct postgres *p, const PGresult *result,
                                    struct ward_error *err)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (PQstatus(p->link) != CONNECTION_OK)
        return fail_lost(p, err);
    if (!result)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (!state) /* made by libpq itself: memory, or a broken connection seen above */
        return error_set(err, WARD_ERR_NOMEM, "libpq could not take the answer: out of memory");
    return fail_state(p, state, err);
}

static bool is_fine(const PGresult *result)
{
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_SYNC;
}

static enum ward_status command(struct postgres *p, const char *text, struct ward_error *err)
{
    if (p->base.is_lost)
        return fail_lost(p, err);
    PGresult *result = PQexec(p->link, text);
    const enum ward_status status =
        result && is_fine(result) ? WARD_OK : fail_result(p, result, err);
    PQclear(result);
    return status;
}

/* ---- statements ------------------------------------------------------------------------------ */

static enum ward_status prepare(struct postgres *p, const struct db_sql *sql, size_t *out,
                                struct ward_error *err)
{
    char name[16];
    Oid types[DB_VALUES_MAX];
    int count = 0;
    for (size_t i = 0; i < p->statement_count; i++)
        if (p->statements[i] == sql) {
            *out = i;
            return WARD_OK;
        }
    if (p->statement_count == STATEMENTS_MAX)
        return error_set(err, WARD_ERR_LIMIT, "more statements than the store prepares");
    for (; sql->params[count]; count++)
        types[count] = sql->params[count] == 'i'   ? OID_INT8
                       : sql->params[count] == 'r' ? OID_FLOAT8
                                                   : OID_BYTEA;
    (void)snprintf(name, sizeof name, "w%zu", p->statement_count);
    PGresult *result = PQprepare(p->link, name, sql->text, count, types);
    const enum ward_status status =
        result && is_fine(result) ? WARD_OK : fail_result(p, result, err);
    PQclear(result);
    if (status == WARD_OK) {
        *out = p->statement_count;
        p->statements[p->statement_count++] = sql;
    }
    return status;
}

static bool send_run(struct postgres *p, size_t statement, const struct db_many *many, size_t index)
{
    struct db_value values[DB_VALUES_MAX];
    uint64_t numbers[DB_VALUES_MAX];
    const char *data[DB_VALUES_MAX];
    int lengths[DB_VALUES_MAX];
    int formats[DB_VALUES_MAX];
    char name[16];
    int count = 0;
    if (many->bind)
        many->bind(many->context, index, values);
    for (; many->sql->params[count]; count++) {
        const char letter = many->sql->params[count];
        formats[count] = 1;
        if (letter == 'i' || letter == 'r') {
            memcpy(&numbers[count],
                   letter == 'i' ? (const void *)&values[count].integer
                                 : (const void *)&values[count].real,
                   sizeof numbers[count]);
            numbers[count] = htobe64(numbers[count]);
            data[count] = (const char *)&numbers[count];
            lengths[count] = (int)sizeof numbers[count];
        } else {
            data[count] = values[count].text.len ? values[count].text.data : "";
            lengths[count] = (int)values[count].text.len;
        }
    }
    (void)snprintf(name, sizeof name, "w%zu", statement);
    return PQsendQueryPrepared(p->link, name, count, data, lengths, formats, 1) == 1;
}

static void read_column(const PGresult *result, int row, int at, char letter, struct db_value *out)
{
    memset(out, 0, sizeof *out);
    if (PQgetisnull(result, row, at))
        return;
    const char *data = PQgetvalue(result, row, at);
    const size_t len = (size_t)PQgetlength(result, row, at);
    if (letter == 's' || letter == 'b') {
        out->text = (struct ward_str){data, len};
    } else if (len == sizeof(uint64_t)) {
        uint64_t number;
        memcpy(&number, data, sizeof number);
        number = be64toh(number);
        memcpy(letter == 'i' ? (void *)&out->integer : (void *)&out->real, &number, sizeof number);
    }
}

static enum ward_status take_rows(const struct db_many *many, size_t index, const PGresult *result,
                                  struct ward_error *err)
{
    struct db_value columns[DB_VALUES_MAX];
    enum ward_status status = WARD_OK;
    const int rows = PQntuples(result);
    for (int row = 0; row < rows && many->take && status == WARD_OK; row++) {
        for (int i = 0; many->sql->columns[i]; i++)
            read_column(result, row, i, many->sql->columns[i], &columns[i]);
        status = many->take(many->context, index, columns, err);
    }
    return status;
}

/* Takes the answer of one run; what follows until the NULL that ends it is drained. */
static enum ward_status take_answer(struct postgres *p, const struct db_many *many, size_t index,
                                    struct ward_error *err)
{
    PGresult *result = PQgetResult(p->link);
    enum ward_status status = result && is_fine(result) ? take_rows(many, index, result, err)
                                                        : fail_result(p, result, err);
    while (result) {
        PQclear(result);
        result = PQgetResult(p->link);
    }
    return status;
}

/* Ends a pipeline whatever state it is in: takes all that is still to come. */
static void leave_pipeline(struct postgres *p)
{
    bool synced = false;
    while (PQstatus(p->link) == CONNECTION_OK && !synced) {
        PGresult *result = PQgetResult(p->link);
        if (!result)
            continue;
        synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        PQclear(result);
    }
}

static enum ward_status run_chunk(struct postgres *p, size_t statement, const struct db_many *many,
                                  size_t begin, size_t end, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (size_t i = begin; i < end; i++)
        if (!send_run(p, statement, many, i))
            return fail_result(p, NULL, err);
    if (!PQpipelineSync(p->link))
        return fail_result(p, NULL, err);
    for (size_t i = begin; i < end && status == WARD_OK; i++)
        status = take_answer(p, many, i, err);
    leave_pipeline(p);
    return p->base.is_lost || PQstatus(p->link) == CONNECTION_OK ? status : fail_lost(p, err);
}

static enum ward_status postgres_run(struct db *db, const struct db_many *many,
                                     struct ward_error *err)
{
    struct postgres *p = of(db);
    size_t statement = 0;
    if (p->base.is_lost)
        return fail_lost(p, err);
    enum ward_status status = prepare(p, many->sql, &statement, err);
    if (status != WARD_OK)
        return status;
    if (many->count == 1)
        return send_run(p, statement, many, 0) ? take_answer(p, many, 0, err)
                                               : fail_result(p, NULL, err);
    if (!PQenterPipelineMode(p->link))
        return fail_result(p, NULL, err);
    for (size_t at = 0; at < many->count && status == WARD_OK; at += CHUNK) {
        const size_t end = many->count - at < CHUNK ? many->count : at + CHUNK;
        status = run_chunk(p, statement, many, at, end, err);
    }
    if (!PQexitPipelineMode(p->link)) {
        /* Something is still under way that cannot be waited for: the connection is given up. */
        p->base.is_lost = true;
        if (status == WARD_OK)
            status = fail_lost(p, err);
    }
    return status;
}

static enum ward_status postgres_exec(struct db *db, const char *script, struct ward_error *err)
{
    static const char *const types[] = {"bigint", "double precision", "bytea", "bytea"};
    char *text = db_expand(script, types);
    if (!text)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    const enum ward_status status = command(of(db), text, err);
    free(text);
    return status;
}

/* ---- transactions ---------------------------------------------------------------------------- */

static enum ward_status postgres_begin(struct db *db, bool write, struct ward_error *err)
{
    if (!write)
        return command(of(db), "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
    const enum ward_status status = command(of(db), "BEGIN", err);
    return status == WARD_OK ? command(of(db), "SELECT pg_advisory_xact_lock(" WRITER_LOCK ")", err)
                             : status;
}

/* COMMIT of a transaction that failed earlier answers ROLLBACK and no error. */
static enum ward_status postgres_commit(struct db *db, struct ward_error *err)
{
    struct postgres *p = of(db);
    if (p->base.is_lost)
        return fail_lost(p, err);
    PGresult *result = PQexec(p->link, "COMMIT");
    enum ward_status status = WARD_OK;
    if (!result || !is_fine(result)) {
        status = fail_result(p, result, err);
        p->base.is_in_doubt = p->base.is_lost;
    } else if (strcmp(PQcmdStatus(result), "COMMIT") != 0) {
        status = error_set(err, WARD_ERR_IO, "PostgreSQL rolled the write back");
    }
    PQclear(result);
    return status;
}

static void postgres_rollback(struct db *db)
{
    struct postgres *p = of(db);
    if (p->base.is_lost || PQtransactionStatus(p->link) == PQTRANS_IDLE)
        return;
    if (command(p, "ROLLBACK", NULL) != WARD_OK)
        p->base.is_lost = true;
}

/* ---- connecting ------------------------------------------------------------------------------ */

static void be_quiet(void *context, const char *message)
{
    (void)context;
    (void)message;
}

static enum ward_status fail_connect(struct postgres *p, struct ward_error *err)
{
    const char *why = p->link ? PQerrorMessage(p->link) : "out of memory\n";
    const char *missing = strstr(why, "does not exist");
    const size_t len = strcspn(why, "\n");
    return error_set(err, missing && strstr(why, "database") ? WARD_ERR_NOT_FOUND : WARD_ERR_IO,
                     "cannot connect: %.*s", (int)len, why);
}

/* Plans are kept with the prepared statements. One made while a table was still empty would read
 * the whole table for ever, so an index is taken wherever there is one. */
static enum ward_status set_up(struct postgres *p, struct ward_error *err)
{
    char text[256];
    (void)snprintf(text, sizeof text,
                   "SET enable_seqscan = off; SET lock_timeout = %u; SET synchronous_commit = on; "
                   "SET client_encoding = "
                   "'UTF8'; SET client_min_messages = warning; SET application_name = 'ward'",
                   p->busy_ms);
    return command(p, text, err);
}

static enum ward_status connect_once(struct postgres *p, struct ward_error *err)
{
    static const char *const keys[] = {"dbname", "connect_timeout", NULL};
    const char *const values[] = {p->url, "10", NULL};
    PQfinish(p->link);
    p->statement_count = 0;
    p->base.is_lost = false;
    p->link = PQconnectdbParams(keys, values, 1);
    if (PQstatus(p->link) != CONNECTION_OK) {
        p->base.is_lost = true;
        return fail_connect(p, err);
    }
    (void)PQsetNoticeProcessor(p->link, be_quiet, NULL);
    return set_up(p, err);
}

static enum ward_status postgres_reconnect(struct db *db, struct ward_error *err)
{
    return connect_once(of(db), err);
}

/* Dead rows are pruned; what the server's own log and backups keep is its administrator's. */
static void postgres_scrub(struct db *db)
{
    (void)command(of(db), "VACUUM ward_event", NULL);
    (void)command(of(db), "VACUUM ward_tie", NULL);
    (void)command(of(db), "VACUUM ward_person", NULL);
}

static void postgres_close(struct db *db)
{
    struct postgres *p = of(db);
    PQfinish(p->link);
    free(p->url);
    free(p);
}

static const struct db_driver driver = {postgres_close,     postgres_begin, postgres_commit,
                                        postgres_rollback,  postgres_run,   postgres_exec,
                                        postgres_reconnect, postgres_scrub};

static enum ward_status take_int(void *context, size_t index, const struct db_value *columns,
                                 struct ward_error *err)
{
    (void)index;
    (void)err;
    *(int64_t *)context = columns[0].integer;
    return WARD_OK;
}

static const struct db_sql sql_has_tables = {
    "SELECT CAST(COUNT(*) AS bigint) FROM pg_catalog.pg_class WHERE oid = to_regclass('ward_meta')",
    "", "i"};

enum ward_status db_open_postgres(const struct db_options *options, struct db **out,
                                  struct ward_error *err)
{
    int64_t tables = 0;
    *out = NULL;
    struct postgres *p = calloc(1, sizeof *p);
    if (!p)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    p->base.driver = &driver;
    p->busy_ms = options->busy_ms;
    p->writes = options->writes;
    p->url = strdup(options->path);
    enum ward_status status =
        p->url ? connect_once(p, err) : error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (status == WARD_OK)
        status = db_run(&p->base, &sql_has_tables, NULL, take_int, &tables, err);
    if (status != WARD_OK) {
        postgres_close(&p->base);
        return status;
    }
    p->base.has_schema = tables > 0;
    *out = &p->base;
    return WARD_OK;
}
