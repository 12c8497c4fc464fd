#include "store/state_seal.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

static const struct db_sql sql_forget = {"DELETE FROM ward_seal WHERE kind = $1", "i", ""};
/* A key of bytes and one of text are told apart by SQLite: a statement for each. */
#define INSERT_SEAL                                                                                \
    "INSERT INTO ward_seal (kind, entry, " SEAL_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)"
static const struct db_sql sql_text_key = {INSERT_SEAL, "iiisib", ""};
static const struct db_sql sql_byte_key = {INSERT_SEAL, "iiibib", ""};

void state_seal_digest_start(struct digest *digest, enum state_table table, uint64_t entry)
{
    digest_start(digest, "ward-seals-1");
    digest_number(digest, (int64_t)table);
    digest_number(digest, (int64_t)entry);
}

void state_seal_digest_add(struct digest *digest, const struct db_value *row)
{
    digest_number(digest, row[0].integer);
    digest_text(digest, row[1].text);
    digest_number(digest, row[2].integer);
    digest_text(digest, row[3].text);
}

void state_seals_start(struct state_seals *seals)
{
    memset(seals, 0, sizeof *seals);
}

static enum ward_status put_seal(struct store *store, struct state_seals *seals,
                                 enum state_table table, const struct db_value row[3],
                                 struct ward_error *err)
{
    const struct db_value values[] = {db_int((int64_t)table),
                                      db_int((int64_t)store->entries + 1),
                                      db_int(seals->places[table]++),
                                      row[0],
                                      row[1],
                                      row[2]};
    const struct db_sql *sql = state_rows[table].key == 'b' ? &sql_byte_key : &sql_text_key;
    state_seal_digest_add(&seals->digest[table], values + 2);
    return db_run(store->db, sql, values, NULL, NULL, err);
}

/* ---- whole tables ---------------------------------------------------------------------------- */

struct block {
    enum state_table table;
    struct db_value last; /* key of the last row; text in `key` */
    struct buf key;
    size_t rows;
    unsigned char digests[STATE_BLOCK * DIGEST_BYTES];
};

static enum ward_status take_row(void *context, size_t index, const struct db_value *columns,
                                 struct ward_error *err)
{
    struct block *block = context;
    (void)index;
    state_digest(block->table, columns, block->digests + block->rows++ * DIGEST_BYTES);
    block->last = columns[0];
    buf_clear(&block->key);
    if (state_rows[block->table].key != 'i')
        buf_put_str(&block->key, columns[0].text);
    return block->key.failed == WARD_OK ? WARD_OK
                                        : error_set(err, block->key.failed, "out of memory");
}

static enum ward_status seal_blocks(struct store *store, struct state_seals *seals,
                                    struct block *block, struct ward_error *err)
{
    const struct state_rows *rows = &state_rows[block->table];
    char key[STORE_ID_MAX]; /* the parameter must outlive the reading of the next key */
    enum ward_status status;
    block->last = state_first_key(block->table);
    do {
        struct db_value params[] = {block->last, db_int(STATE_BLOCK)};
        if (block->key.len > sizeof key)
            return error_set(err, WARD_ERR_FORMAT, "a key in %s is damaged", rows->table);
        if (rows->key != 'i' && block->key.len) {
            memcpy(key, block->key.data, block->key.len);
            params[0] = db_text((struct ward_str){key, block->key.len});
        }
        block->rows = 0;
        status = db_run(store->db, &rows->page, params, take_row, block, err);
        const struct db_value row[] = {
            db_text((struct ward_str){NULL, 0}), db_int(0),
            db_text(bytes_of(block->digests, block->rows * DIGEST_BYTES))};
        if (status == WARD_OK && (block->rows || !seals->places[block->table]))
            status = put_seal(store, seals, block->table, row, err);
    } while (status == WARD_OK && block->rows == STATE_BLOCK);
    return status;
}

enum ward_status state_seal_table(struct store *store, struct state_seals *seals,
                                  enum state_table table, struct ward_error *err)
{
    const struct db_value kind = db_int((int64_t)table);
    struct block *block = malloc(sizeof *block);
    if (!block)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    block->table = table;
    buf_init(&block->key, 1u << 20);
    seals->sign[table] = '=';
    seals->places[table] = 0;
    state_seal_digest_start(&seals->digest[table], table, store->entries + 1);
    enum ward_status status = db_run(store->db, &sql_forget, &kind, NULL, NULL, err);
    if (status == WARD_OK)
        status = seal_blocks(store, seals, block, err);
    buf_release(&block->key);
    free(block);
    return status;
}

enum ward_status state_seal_tables(struct store *store, struct state_seals *seals, unsigned tables,
                                   struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (unsigned i = 0; i < STATE_TABLES && status == WARD_OK; i++)
        if (tables >> i & 1u)
            status = state_seal_table(store, seals, (enum state_table)i, err);
    return status;
}

/* ---- single rows ----------------------------------------------------------------------------- */

struct one {
    enum state_table table;
    unsigned char digest[DIGEST_BYTES];
};

static enum ward_status take_one(void *context, size_t index, const struct db_value *columns,
                                 struct ward_error *err)
{
    struct one *one = context;
    (void)index;
    (void)err;
    state_digest(one->table, columns, one->digest);
    return WARD_OK;
}

enum ward_status state_seal_row(struct store *store, struct state_seals *seals,
                                enum state_table table, struct ward_str key, bool is_new,
                                struct ward_error *err)
{
    const struct db_value param = db_text(key);
    struct one one = {.table = table};
    const enum ward_status status =
        db_run(store->db, &state_rows[table].one, &param, take_one, &one, err);
    if (status != WARD_OK)
        return status;
    if (!seals->sign[table]) {
        seals->sign[table] = '+';
        state_seal_digest_start(&seals->digest[table], table, store->entries + 1);
    }
    const struct db_value row[] = {db_text(key), db_int(is_new),
                                   db_text(bytes_of(one.digest, sizeof one.digest))};
    return put_seal(store, seals, table, row, err);
}

/* ---- into the entry -------------------------------------------------------------------------- */

void state_seals_put(struct state_seals *seals, struct buf *body)
{
    const char *before = ",\"seals\":{";
    for (int i = 0; i < STATE_TABLES; i++) {
        unsigned char hash[DIGEST_BYTES];
        char hex[2 * DIGEST_BYTES + 1];
        if (!seals->sign[i])
            continue;
        digest_end(&seals->digest[i], hash);
        hex_write(hash, sizeof hash, hex);
        buf_printf(body, "%s\"%s\":\"%c%s\"", before, state_rows[i].name, seals->sign[i], hex);
        before = ",";
    }
    if (before[1] == '\0')
        buf_put_char(body, '}');
}
