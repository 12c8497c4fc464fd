/**
 * A stamp is made from what the case is, not from a count of writes: linking anew changes it only
 * when it finds something else, so that who works on a case is not disturbed by messages that have
 * nothing to do with it.
 */
#include "store/changes.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "store/case_rows.h"

static const struct db_sql sql_note = {"INSERT INTO ward_meta (name, value) VALUES ($1, $2)"
                                       " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                                       "sb", ""};
static const struct db_sql sql_serial = {"SELECT value FROM ward_meta WHERE name = $1", "s", "b"};
static const struct db_sql sql_case = {
    "SELECT id, urgency, points, score, says_zh, says_en, first_ms, last_ms, detail_json, state,"
    " assignee, is_held, is_current, event_count FROM ward_case WHERE id = $1",
    "s", "sirrssiisisiii"};
/* Of a case and of all that was merged into it. */
static const struct db_sql sql_last_decision = {
    "WITH RECURSIVE family (id) AS (SELECT c.id FROM ward_case c WHERE c.id = $1 UNION"
    " SELECT c.id FROM ward_case c JOIN family f ON c.merged_into = f.id)"
    " SELECT COALESCE(MAX(seq), 0) FROM ward_decision WHERE case_id IN (SELECT id FROM family)",
    "s", "i"};

static const char serial_name[] = "serial";

/* ---- serial ---------------------------------------------------------------------------------- */

enum ward_status changes_note(struct store *store, struct ward_error *err)
{
    unsigned char value[8];
    for (unsigned i = 0; i < sizeof value; i++)
        value[i] = (unsigned char)(store->entries >> (8 * (7 - i)));
    const struct db_value row[] = {db_text(str_of(serial_name)),
                                   db_text(bytes_of(value, sizeof value))};
    return db_run(store->db, &sql_note, row, NULL, NULL, err);
}

static enum ward_status take_serial(void *context, size_t index, const struct db_value *columns,
                                    struct ward_error *err)
{
    uint64_t *serial = context;
    const unsigned char *bytes = str_bytes(columns[0].text);
    (void)index;
    (void)err;
    *serial = 0;
    for (size_t i = 0; i < columns[0].text.len && i < 8; i++)
        *serial = *serial << 8 | bytes[i];
    return WARD_OK;
}

static enum ward_status read_serial(struct store *store, void *context, struct ward_error *err)
{
    const struct db_value name = db_text(str_of(serial_name));
    return db_run(store->db, &sql_serial, &name, take_serial, context, err);
}

enum ward_status store_serial(struct store *store, uint64_t *serial, struct ward_error *err)
{
    *serial = 0;
    return store_read(store, read_serial, serial, err);
}

/* ---- stamp ----------------------------------------------------------------------------------- */

struct stamping {
    struct keyed keyed;
    bool found;
};

static enum ward_status take_case(void *context, size_t index, const struct db_value *c,
                                  struct ward_error *err)
{
    struct stamping *s = context;
    (void)index;
    (void)err;
    s->found = true;
    for (const char *letter = sql_case.columns; *letter; letter++, c++) {
        if (*letter == 'i')
            keyed_number(&s->keyed, c->integer);
        else if (*letter == 'r')
            keyed_real(&s->keyed, c->real);
        else
            keyed_text(&s->keyed, c->text);
    }
    return WARD_OK;
}

enum ward_status case_stamp(struct store *store, struct ward_str id, char out[STORE_STAMP],
                            struct ward_error *err)
{
    const struct db_value param = db_text(id);
    unsigned char hash[(STORE_STAMP - 1) / 2];
    int64_t last = 0;
    struct stamping s = {.found = false};
    keyed_start(&s.keyed, store->secret, sizeof hash, "ward-stamp-1");
    enum ward_status status = db_run(store->db, &sql_case, &param, take_case, &s, err);
    if (status == WARD_OK && !s.found)
        return error_set(err, WARD_ERR_NOT_FOUND, "the store has no such case");
    if (status == WARD_OK)
        status = db_run(store->db, &sql_last_decision, &param, take_integer, &last, err);
    keyed_number(&s.keyed, last);
    keyed_end(&s.keyed, hash);
    hex_write(hash, sizeof hash, out);
    return status;
}

struct stamp_asked {
    struct ward_str id;
    char *out;
};

static enum ward_status read_stamp(struct store *store, void *context, struct ward_error *err)
{
    struct stamp_asked *asked = context;
    struct buf id;
    buf_init(&id, STORE_ID_MAX);
    enum ward_status status = case_resolve(store, asked->id, &id, err);
    if (status == WARD_OK)
        status = case_stamp(store, buf_str(&id), asked->out, err);
    buf_release(&id);
    return status;
}

enum ward_status store_case_stamp(struct store *store, struct ward_str id, char out[STORE_STAMP],
                                  struct ward_error *err)
{
    struct stamp_asked asked = {id, out};
    out[0] = '\0';
    return store_read(store, read_stamp, &asked, err);
}
