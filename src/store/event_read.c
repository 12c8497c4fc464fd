/**
 * Reading events and counts back, in pages, so that memory does not grow with the store.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "store/rows.h"

/* Rows a page: enough to make the statement's cost vanish, few enough for memory. */
#define PAGE 1000

static const struct db_sql sql_page = {
    "SELECT " EVENT_COLUMNS EVENT_TABLES "WHERE e.seq > $1 AND e.batch > $2 AND"
    " (e.is_last = 1 OR $3 = 1) AND (e.erased_by = 0 OR $4 = 1) ORDER BY e.seq LIMIT $5",
    "iiiii", EVENT_LETTERS};
/* The first comparison lets the index start where the last page ended. */
static const struct db_sql sql_case_page = {
    "SELECT " EVENT_COLUMNS ", m.time_ms, m.seq"
    " FROM ward_member m JOIN ward_event e ON e.name = m.name"
    " WHERE m.case_id = $1 AND (m.time_ms, m.seq) >= ($2, $3) AND"
    " (m.time_ms, m.seq, e.seq) > ($2, $3, $4) AND"
    " (e.is_last = 1 OR $5 = 1) AND (e.erased_by = 0 OR $6 = 1) AND e.seq > $7 AND e.batch > $8"
    " ORDER BY m.time_ms, m.seq, e.seq LIMIT $9",
    "siiiiiiii", EVENT_LETTERS "ii"};
static const struct db_sql sql_history = {
    "SELECT " EVENT_COLUMNS EVENT_TABLES "WHERE e.name = $1 ORDER BY e.seq", "b", EVENT_LETTERS};
static const struct db_sql sql_counts = {
    "SELECT platform, group_id, CAST(SUM(messages) AS bigint) FROM ward_count"
    " GROUP BY platform, group_id ORDER BY platform, group_id",
    "", "ssi"};
/* The name that the last entry to count this group gave. */
static const struct db_sql sql_group_name = {
    "SELECT group_name FROM ward_count WHERE platform = $1 AND group_id = $2"
    " ORDER BY updated DESC, group_name LIMIT 1",
    "ss", "s"};

struct reading {
    const struct store_event_query *query;
    store_event_taker take;
    void *context;
    uint64_t given; /* rows of the page */
    uint64_t left;  /* rows still wanted */
    int64_t at_time, at_member, at_seq;
    bool by_case;
};

static enum ward_status take_event(void *context, size_t index, const struct db_value *columns,
                                   struct ward_error *err)
{
    struct reading *r = context;
    struct event_row row;
    (void)index;
    event_row_read(columns, &row);
    r->given++;
    r->left--;
    r->at_seq = (int64_t)row.row.seq;
    if (r->by_case) {
        r->at_time = columns[EVENT_COLUMN_COUNT + 2].integer;
        r->at_member = columns[EVENT_COLUMN_COUNT + 3].integer;
        row.row.place = (struct store_event_place){r->at_time, (uint64_t)r->at_member, row.row.seq};
    }
    return r->take(r->context, &row.row, err);
}

static enum ward_status read_page(struct store *store, struct reading *r, struct ward_error *err)
{
    const struct store_event_query *q = r->query;
    const int64_t page = r->left < PAGE ? (int64_t)r->left : PAGE;
    const struct db_value all[] = {db_int(r->at_seq), db_int((int64_t)q->after_batch),
                                   db_int(q->every_row), db_int(q->with_erased), db_int(page)};
    const struct db_value some[] = {db_text(q->case_id),
                                    db_int(r->at_time),
                                    db_int(r->at_member),
                                    db_int(r->at_seq),
                                    db_int(q->every_row),
                                    db_int(q->with_erased),
                                    db_int((int64_t)q->after_seq),
                                    db_int((int64_t)q->after_batch),
                                    db_int(page)};
    return r->by_case ? db_run(store->db, &sql_case_page, some, take_event, r, err)
                      : db_run(store->db, &sql_page, all, take_event, r, err);
}

static enum ward_status read_events(struct store *store, void *context, struct ward_error *err)
{
    struct reading *r = context;
    enum ward_status status;
    do {
        r->given = 0;
        status = read_page(store, r, err);
    } while (status == WARD_OK && r->given == PAGE && r->left > 0);
    return status;
}

enum ward_status store_events(struct store *store, const struct store_event_query *query,
                              store_event_taker take, void *context, struct ward_error *err)
{
    struct reading r = {.query = query,
                        .take = take,
                        .context = context,
                        .left = query->limit ? query->limit : UINT64_MAX,
                        .at_time = INT64_MIN,
                        .at_seq = (int64_t)query->after_seq,
                        .by_case = query->case_id.len > 0};
    if (r.by_case)
        r.at_seq = 0;
    if (r.by_case && query->after) {
        r.at_time = query->after->time_ms;
        r.at_member = (int64_t)query->after->member;
        r.at_seq = (int64_t)query->after->seq;
    }
    return store_read(store, read_events, &r, err);
}

struct history {
    struct reading reading;
    const struct store_event_key *key;
};

static enum ward_status read_history(struct store *store, void *context, struct ward_error *err)
{
    struct history *h = context;
    unsigned char name[NAME_BYTES];
    event_name(store, h->key, name);
    const struct db_value param = db_text(bytes_of(name, sizeof name));
    return db_run(store->db, &sql_history, &param, take_event, &h->reading, err);
}

enum ward_status store_event_history(struct store *store, const struct store_event_key *key,
                                     store_event_taker take, void *context, struct ward_error *err)
{
    struct history h = {{.take = take, .context = context, .left = UINT64_MAX}, key};
    const enum ward_status status = store_read(store, read_history, &h, err);
    if (status == WARD_OK && !h.reading.given)
        return error_set(err, WARD_ERR_NOT_FOUND, "the store has no such event");
    return status;
}

/* ---- messages read ----------------------------------------------------------------------------
 */

/** A group's count with its own copy of the strings: names are asked for after the first reading.
 */
struct group_total {
    char *text; /* owned: platform, then group */
    size_t platform_len, group_len;
    int64_t messages;
};

struct totals {
    struct group_total *rows; /* owned */
    size_t count, cap;
    store_count_taker take;
    void *context;
    struct store_group_count *now;
};

static enum ward_status take_total(void *context, size_t index, const struct db_value *columns,
                                   struct ward_error *err)
{
    struct totals *t = context;
    const struct ward_str platform = columns[0].text;
    const struct ward_str group = columns[1].text;
    (void)index;
    if (t->count == t->cap) {
        const size_t cap = t->cap ? t->cap * 2 : 64;
        struct group_total *more = realloc(t->rows, cap * sizeof *more);
        if (!more)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        t->rows = more;
        t->cap = cap;
    }
    char *text = malloc(platform.len + group.len + 1);
    if (!text)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (platform.len)
        memcpy(text, platform.data, platform.len);
    if (group.len)
        memcpy(text + platform.len, group.data, group.len);
    t->rows[t->count++] = (struct group_total){text, platform.len, group.len, columns[2].integer};
    return WARD_OK;
}

static enum ward_status take_name(void *context, size_t index, const struct db_value *columns,
                                  struct ward_error *err)
{
    struct totals *t = context;
    (void)index;
    t->now->group_name = columns[0].text;
    return t->take(t->context, t->now, err);
}

static enum ward_status read_totals(struct store *store, void *context, struct ward_error *err)
{
    struct totals *t = context;
    enum ward_status status = db_run(store->db, &sql_counts, NULL, take_total, t, err);
    for (size_t i = 0; i < t->count && status == WARD_OK; i++) {
        const struct group_total *row = &t->rows[i];
        struct store_group_count count = {.platform = {row->text, row->platform_len},
                                          .group = {row->text + row->platform_len, row->group_len},
                                          .messages = (uint64_t)row->messages};
        const struct db_value params[] = {db_text(count.platform), db_text(count.group)};
        t->now = &count;
        status = db_run(store->db, &sql_group_name, params, take_name, t, err);
    }
    return status;
}

enum ward_status store_group_counts(struct store *store, store_count_taker take, void *context,
                                    struct ward_error *err)
{
    struct totals t = {.take = take, .context = context};
    const enum ward_status status = store_read(store, read_totals, &t, err);
    for (size_t i = 0; i < t.count; i++)
        free(t.rows[i].text);
    free(t.rows);
    return status;
}
