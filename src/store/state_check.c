#include "store/state_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "store/state_seal.h"

/* Rows of ward_seal read at a time; a block of hashes is 32 KB. */
#define PAGE 64

static const struct db_sql sql_of_entry = {
    "SELECT " SEAL_COLUMNS " FROM ward_seal WHERE kind = $1 AND entry = $2 AND place > $3"
    " ORDER BY place LIMIT $4",
    "iiii", SEAL_LETTERS};
static const struct db_sql sql_block = {
    "SELECT digests FROM ward_seal WHERE kind = $1 AND entry = $2 AND place = $3", "iii", "b"};
#define SINGLES                                                                                    \
    "SELECT entry, is_new, digests FROM ward_seal WHERE kind = $1 AND row_key = $2 AND entry > $3" \
    " ORDER BY entry, place"
static const struct db_sql sql_text_singles = {SINGLES, "isi", "iib"};
static const struct db_sql sql_byte_singles = {SINGLES, "ibi", "iib"};
static const struct db_sql sql_totals = {
    "SELECT COUNT(*), COUNT(CASE WHEN is_new > 0 THEN 1 END) FROM ward_seal"
    " WHERE kind = $1 AND entry >= $2",
    "ii", "ii"};
/* The row that stands for a key is its last flagged one, or its last neighbour. */
static const struct db_sql sql_standing = {
    "SELECT e.batch, e.seq FROM ward_event e WHERE e.is_last <> (CASE WHEN e.seq ="
    " (SELECT x.seq FROM ward_event x WHERE x.name = e.name"
    " ORDER BY x.is_neighbour, x.seq DESC LIMIT 1) THEN 1 ELSE 0 END) ORDER BY e.seq LIMIT 1",
    "", "ii"};

/* Keeps the first fault, by entry. */
static void note_fault(struct state_fault *fault, uint64_t entry, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void note_fault(struct state_fault *fault, uint64_t entry, const char *format, ...)
{
    va_list args;
    if (fault->entry && fault->entry <= entry)
        return;
    fault->entry = entry;
    va_start(args, format);
    (void)vsnprintf(fault->what, sizeof fault->what, format, args);
    va_end(args);
}

/* ---- entries --------------------------------------------------------------------------------- */

static bool starts_with(struct ward_str text, const char *head)
{
    const size_t len = strlen(head);
    return text.len >= len && memcmp(text.data, head, len) == 0;
}

/* One `"name":"=HASH"` off the front of `text`. */
static bool read_seal(struct ward_str *text, struct entry_seals *out)
{
    for (int i = 0; i < STATE_TABLES; i++) {
        char head[32];
        (void)snprintf(head, sizeof head, "\"%s\":\"", state_rows[i].name);
        const size_t begin = strlen(head) + 1;
        const size_t end = begin + 2 * DIGEST_BYTES;
        if (!starts_with(*text, head) || text->len < end + 2)
            continue;
        out->sign[i] = text->data[begin - 1];
        const bool fits = hex_read(str_part(*text, begin, end), out->hash[i], DIGEST_BYTES);
        *text = str_part(*text, end + 1, text->len);
        return fits && (out->sign[i] == '=' || out->sign[i] == '+');
    }
    return false;
}

bool entry_seals_read(struct ward_str body, struct entry_seals *out)
{
    /* Quotes inside a JSON string are escaped: this can only be the member itself. */
    static const char head[] = ",\"seals\":{";
    memset(out, 0, sizeof *out);
    for (size_t at = 0; at + sizeof head <= body.len; at++) {
        struct ward_str text = str_part(body, at, body.len);
        if (!starts_with(text, head))
            continue;
        text = str_part(text, sizeof head - 1, text.len);
        while (read_seal(&text, out))
            if (starts_with(text, ","))
                text = str_part(text, 1, text.len);
        return starts_with(text, "}");
    }
    return false;
}

struct entry_reading {
    struct digest digest;
    int64_t last;
    uint64_t rows, singles;
    size_t given;
};

static enum ward_status take_seal(void *context, size_t index, const struct db_value *columns,
                                  struct ward_error *err)
{
    struct entry_reading *r = context;
    (void)index;
    (void)err;
    state_seal_digest_add(&r->digest, columns);
    r->last = columns[0].integer;
    r->singles += columns[1].text.len > 0;
    r->rows++;
    r->given++;
    return WARD_OK;
}

static enum ward_status check_one(struct state_check *check, struct store *store, uint64_t entry,
                                  const struct entry_seals *seals, enum state_table table,
                                  struct ward_error *err)
{
    struct entry_reading r = {.last = -1};
    unsigned char hash[DIGEST_BYTES];
    enum ward_status status;
    state_seal_digest_start(&r.digest, table, entry);
    do {
        const struct db_value params[] = {db_int((int64_t)table), db_int((int64_t)entry),
                                          db_int(r.last), db_int(PAGE)};
        r.given = 0;
        status = db_run(store->db, &sql_of_entry, params, take_seal, &r, err);
    } while (status == WARD_OK && r.given == PAGE);
    digest_end(&r.digest, hash);
    if (seals->sign[table] == '=') {
        memset(&check->tables[table], 0, sizeof check->tables[table]);
        check->tables[table].whole = entry;
    }
    check->tables[table].seals += r.rows;
    check->tables[table].singles += r.singles;
    if (status == WARD_OK && memcmp(hash, seals->hash[table], sizeof hash) != 0)
        note_fault(&check->tables[table].fault, entry,
                   "the hashes it keeps of rows of %s (in ward_seal) were changed",
                   state_rows[table].table);
    return status;
}

enum ward_status state_check_entry(struct state_check *check, struct store *store, uint64_t entry,
                                   const struct entry_seals *seals, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (int i = 0; i < STATE_TABLES && status == WARD_OK; i++)
        if (seals->sign[i])
            status = check_one(check, store, entry, seals, (enum state_table)i, err);
    return status;
}

/* ---- tables ---------------------------------------------------------------------------------- */

struct page_row {
    char key[STORE_ID_MAX];
    size_t key_len;
    int64_t number;
    unsigned char found[DIGEST_BYTES];
    unsigned char sealed[DIGEST_BYTES];
    uint64_t entry; /* that sealed it singly; 0: with the whole table */
    bool is_new;    /* since the table was sealed whole */
};

struct table_reading {
    struct state_check *check;
    struct store *store;
    enum state_table table;
    struct page_row page[STATE_BLOCK];
    size_t given;
    uint64_t seen, fresh; /* rows of the table; of them new since it was sealed whole */
    uint64_t block;       /* number of the block in `hashes` */
    size_t block_len;
    unsigned char hashes[STATE_BLOCK * DIGEST_BYTES];
    int64_t total, singles_new;
};

static enum ward_status take_row(void *context, size_t index, const struct db_value *columns,
                                 struct ward_error *err)
{
    struct table_reading *t = context;
    struct page_row *row = &t->page[t->given++];
    (void)index;
    memset(row, 0, sizeof *row);
    state_digest(t->table, columns, row->found);
    row->number = columns[0].integer;
    row->key_len = columns[0].text.len;
    if (row->key_len > sizeof row->key)
        return error_set(err, WARD_ERR_FORMAT, "a key in %s is damaged",
                         state_rows[t->table].table);
    if (row->key_len)
        memcpy(row->key, columns[0].text.data, row->key_len);
    return WARD_OK;
}

static struct ward_str key_of(const struct page_row *row)
{
    return (struct ward_str){row->key, row->key_len};
}

static void bind_single(void *context, size_t index, struct db_value *params)
{
    const struct table_reading *t = context;
    params[0] = db_int((int64_t)t->table);
    params[1] = db_text(key_of(&t->page[index]));
    params[2] = db_int((int64_t)t->check->tables[t->table].whole);
}

static enum ward_status take_single(void *context, size_t index, const struct db_value *columns,
                                    struct ward_error *err)
{
    struct page_row *row = &((struct table_reading *)context)->page[index];
    (void)err;
    row->entry = (uint64_t)columns[0].integer;
    row->is_new |= columns[1].integer > 0;
    memset(row->sealed, 0, sizeof row->sealed);
    if (columns[2].text.len == sizeof row->sealed)
        memcpy(row->sealed, columns[2].text.data, sizeof row->sealed);
    return WARD_OK;
}

static enum ward_status take_block(void *context, size_t index, const struct db_value *columns,
                                   struct ward_error *err)
{
    struct table_reading *t = context;
    (void)index;
    (void)err;
    t->block_len = columns[0].text.len < sizeof t->hashes ? columns[0].text.len : sizeof t->hashes;
    if (t->block_len)
        memcpy(t->hashes, columns[0].text.data, t->block_len);
    return WARD_OK;
}

/* The hash at a place of the last whole sealing; NULL behind its end. */
static enum ward_status find_hash(struct table_reading *t, uint64_t place,
                                  const unsigned char **out, struct ward_error *err)
{
    const uint64_t block = place / STATE_BLOCK;
    const size_t at = (size_t)(place % STATE_BLOCK) * DIGEST_BYTES;
    enum ward_status status = WARD_OK;
    if (block != t->block) {
        const struct db_value params[] = {db_int((int64_t)t->table),
                                          db_int((int64_t)t->check->tables[t->table].whole),
                                          db_int((int64_t)block)};
        t->block = block;
        t->block_len = 0;
        status = db_run(t->store->db, &sql_block, params, take_block, t, err);
    }
    *out = at + DIGEST_BYTES <= t->block_len ? t->hashes + at : NULL;
    return status;
}

static void name_row(const struct table_reading *t, const struct page_row *row, char out[80])
{
    const size_t len = row->key_len < 32 ? row->key_len : 32;
    if (state_rows[t->table].key == 'i')
        (void)snprintf(out, 80, "%" PRId64, row->number);
    else if (state_rows[t->table].key == 'b')
        hex_write((const unsigned char *)row->key, len, out);
    else
        (void)snprintf(out, 80, "%.*s", (int)row->key_len, row->key);
}

static enum ward_status compare_row(struct table_reading *t, const struct page_row *row,
                                    struct ward_error *err)
{
    const uint64_t whole = t->check->tables[t->table].whole;
    struct state_fault *fault = &t->check->tables[t->table].fault;
    const unsigned char *sealed = NULL;
    char name[80];
    const enum ward_status status = find_hash(t, t->seen - t->fresh, &sealed, err);
    t->seen++;
    t->fresh += row->is_new;
    if (row->entry)
        sealed = row->sealed;
    if (status != WARD_OK || fault->entry)
        return status;
    name_row(t, row, name);
    if (row->entry && memcmp(row->found, sealed, DIGEST_BYTES) != 0)
        note_fault(fault, row->entry, "row %s of %s is not as it left it: changed since", name,
                   state_rows[t->table].table);
    else if (!sealed || memcmp(row->found, sealed, DIGEST_BYTES) != 0)
        note_fault(fault, whole,
                   "row %s of %s is not as it left it: changed or added, or the row before it"
                   " taken away",
                   name, state_rows[t->table].table);
    return WARD_OK;
}

static enum ward_status read_page(struct table_reading *t, struct db_value after,
                                  struct ward_error *err)
{
    const struct state_rows *rows = &state_rows[t->table];
    const struct db_value params[] = {after, db_int(STATE_BLOCK)};
    t->given = 0;
    enum ward_status status = db_run(t->store->db, &rows->page, params, take_row, t, err);
    const struct db_many singles = {rows->key == 'b' ? &sql_byte_singles : &sql_text_singles,
                                    t->given, bind_single, take_single, t};
    if (status == WARD_OK && t->given && t->check->tables[t->table].singles)
        status = t->store->db->driver->run(t->store->db, &singles, err);
    for (size_t i = 0; i < t->given && status == WARD_OK; i++)
        status = compare_row(t, &t->page[i], err);
    return status;
}

static enum ward_status take_totals(void *context, size_t index, const struct db_value *columns,
                                    struct ward_error *err)
{
    struct table_reading *t = context;
    (void)index;
    (void)err;
    t->total = columns[0].integer;
    t->singles_new = columns[1].integer;
    return WARD_OK;
}

/* Rows that are missing at the end, and rows and seals nobody spoke of. */
static enum ward_status check_totals(struct table_reading *t, struct ward_error *err)
{
    const uint64_t whole = t->check->tables[t->table].whole;
    struct state_fault *fault = &t->check->tables[t->table].fault;
    const struct db_value params[] = {db_int((int64_t)t->table), db_int((int64_t)whole)};
    const char *table = state_rows[t->table].table;
    const unsigned char *more = NULL;
    int64_t rows = 0;
    enum ward_status status = find_hash(t, t->seen - t->fresh, &more, err);
    if (status == WARD_OK)
        status = db_run(t->store->db, &state_rows[t->table].count, NULL, take_integer, &rows, err);
    if (status == WARD_OK)
        status = db_run(t->store->db, &sql_totals, params, take_totals, t, err);
    if (status != WARD_OK || fault->entry)
        return status;
    if (more || (uint64_t)t->singles_new != t->fresh)
        note_fault(fault, whole, "rows of %s were taken away, the last one among them", table);
    else if ((uint64_t)rows != t->seen)
        note_fault(fault, whole, "rows of %s were added under a key that is none", table);
    else if ((uint64_t)t->total != t->check->tables[t->table].seals)
        note_fault(fault, whole, "hashes of rows of %s (in ward_seal) were added", table);
    return WARD_OK;
}

static enum ward_status check_table(struct table_reading *t, struct ward_error *err)
{
    char key[STORE_ID_MAX];
    struct db_value after = state_first_key(t->table);
    enum ward_status status;
    t->seen = t->fresh = 0;
    t->block = UINT64_MAX;
    t->block_len = 0;
    do {
        status = read_page(t, after, err);
        if (!t->given)
            break;
        const struct page_row *last = &t->page[t->given - 1];
        memcpy(key, last->key, sizeof key);
        after = (struct db_value){.integer = last->number, .text = {key, last->key_len}};
    } while (status == WARD_OK && t->given == STATE_BLOCK);
    t->check->rows += t->seen;
    return status == WARD_OK ? check_totals(t, err) : status;
}

static enum ward_status take_standing(void *context, size_t index, const struct db_value *columns,
                                      struct ward_error *err)
{
    (void)index;
    (void)err;
    note_fault(context, (uint64_t)columns[0].integer,
               "event row %" PRId64 " stands for its message and should not, or the other way"
               " round (ward_event, is_last)",
               columns[1].integer);
    return WARD_OK;
}

enum ward_status state_check_tables(struct state_check *check, struct store *store,
                                    struct state_fault *out, struct ward_error *err)
{
    memset(out, 0, sizeof *out);
    struct table_reading *t = calloc(1, sizeof *t);
    if (!t)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    t->check = check;
    t->store = store;
    enum ward_status status = db_run(store->db, &sql_standing, NULL, take_standing, out, err);
    for (int i = 0; i < STATE_TABLES && status == WARD_OK; i++) {
        const struct state_fault *fault = &check->tables[i].fault;
        t->table = (enum state_table)i;
        if (check->tables[i].whole)
            status = check_table(t, err);
        if (fault->entry)
            note_fault(out, fault->entry, "%s", fault->what);
    }
    free(t);
    return status;
}
