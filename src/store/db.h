/**
 * What the rest of the room needs of a database: statements with typed parameters, many at a time,
 * in transactions. store_sqlite.c and store_postgres.c provide it; nothing else knows which one
 * runs.
 *
 * Statements are static constants; each back end prepares them once a handle. SQL is the part both
 * back ends share: parameters $1, $2 ...; row values; ON CONFLICT; bigint, double and byte columns
 * only, so that ordering is by bytes everywhere and hostile text (NUL, invalid UTF-8) is plain
 * data.
 */
#ifndef WARD_STORE_DB_H
#define WARD_STORE_DB_H

#include "ward/ward.h"

#define DB_VALUES_MAX 40

/** One parameter or column; which member counts is said by the statement's letters. */
struct db_value {
    int64_t integer;      /**< 'i' */
    double real;          /**< 'r' */
    struct ward_str text; /**< 's' text, 'b' bytes */
};

struct db_sql {
    const char *text;
    const char *params;  /**< a letter each: i r s b */
    const char *columns; /**< likewise */
};

/** Fills the parameters of the `index`th run. */
typedef void (*db_binder)(void *context, size_t index, struct db_value *params);
/** Takes a row of the `index`th run; columns are borrowed for the call. */
typedef enum ward_status (*db_taker)(void *context, size_t index, const struct db_value *columns,
                                     struct ward_error *err);

/** `count` runs of one statement, in order. */
struct db_many {
    const struct db_sql *sql;
    size_t count;
    db_binder bind; /**< may be NULL without parameters */
    db_taker take;  /**< NULL: rows are not looked at */
    void *context;
};

struct db;

struct db_driver {
    void (*close)(struct db *db);
    /** Starts a transaction: a writing one shuts out other writers, a reading one sees a moment. */
    enum ward_status (*begin)(struct db *db, bool write, struct ward_error *err);
    enum ward_status (*commit)(struct db *db, struct ward_error *err);
    void (*rollback)(struct db *db);
    enum ward_status (*run)(struct db *db, const struct db_many *many, struct ward_error *err);
    /** Statements without parameters, separated by `;`. %i %r %s %b stand for the column types. */
    enum ward_status (*exec)(struct db *db, const char *script, struct ward_error *err);
    /** After the connection was lost: tries once to get it back. */
    enum ward_status (*reconnect)(struct db *db, struct ward_error *err);
    /** Makes erased content leave the places where old pages linger, as far as possible. */
    void (*scrub)(struct db *db);
};

/** The head that each back end's handle begins with. */
struct db {
    const struct db_driver *driver;
    bool is_lost;     /**< the connection is gone; what was not committed is undone */
    bool is_in_doubt; /**< it went while committing: the commit may or may not have happened */
    bool has_schema;  /**< there are tables of ward in it */
};

struct db_options {
    const char *path; /**< SQLite: file; PostgreSQL: url */
    bool writes;
    bool creates;
    uint32_t busy_ms;
};

enum ward_status db_open_sqlite(const struct db_options *options, struct db **out,
                                struct ward_error *err) WARD_MUST_USE;
enum ward_status db_open_postgres(const struct db_options *options, struct db **out,
                                  struct ward_error *err) WARD_MUST_USE;

/** Runs one statement once; `params` may be NULL when it has none. */
enum ward_status db_run(struct db *db, const struct db_sql *sql, const struct db_value *params,
                        db_taker take, void *context, struct ward_error *err) WARD_MUST_USE;
/** Replaces %i %r %s %b in a script by `types[0..3]`. NULL when memory is short; free() it. */
char *db_expand(const char *script, const char *const types[4]);

static inline struct db_value db_int(int64_t value)
{
    return (struct db_value){.integer = value};
}

static inline struct db_value db_text(struct ward_str value)
{
    return (struct db_value){.text = value};
}

static inline struct db_value db_real(double value)
{
    return (struct db_value){.real = value};
}

#endif
