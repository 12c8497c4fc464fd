/**
 * Taking in a batch of events, whole or not at all.
 *
 * Known rows of all keys are fetched first, many at a time; the batch is then settled in memory, in
 * its order, against them and against itself; what is new goes out in one run. A row is a duplicate
 * when its key has a row of the same mark (text, packs, revision, neighbour) or was erased. A new
 * row stands for its key unless it is a neighbour and a flagged one stands.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "store/audit_log.h"
#include "store/changes.h"
#include "store/rows.h"
#include "store/state_seal.h"

#define SHA_HEX (2u * DIGEST_BYTES)
#define NOWHERE UINT32_MAX

static const struct db_sql sql_known = {
    "SELECT seq, mark, edition, is_last, is_held, is_neighbour, erased_by, event_sha256"
    " FROM ward_event WHERE name = $1 ORDER BY seq",
    "b", "ibiiiiis"};
static const struct db_sql sql_last_seq = {"SELECT COALESCE(MAX(seq), 0) FROM ward_event", "", "i"};
static const struct db_sql sql_insert = {
    "INSERT INTO ward_event (seq, name, mark, edition, is_last, is_held, batch, erased_by,"
    " record_key, seal, revision, level, role, score, time_ms, is_neighbour, received_ms, platform,"
    " group_id, id, group_name, account_key, account, alias, reply_to, packs, source,"
    " source_sha256, source_offset, source_line, source_bytes, zone_minutes, zone_assumed,"
    " event_sha256, event_json, verdict_json) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10,"
    " $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28,"
    " $29, $30, $31, $32, $33, $34, $35)",
    "ibbiiiibbiiiriiissssbssssssiiiiisss", ""};
static const struct db_sql sql_unseat = {"UPDATE ward_event SET is_last = 0 WHERE seq = $1", "i",
                                         ""};
static const struct db_sql sql_count = {"SELECT messages, updated FROM ward_count"
                                        " WHERE count_key = $1",
                                        "b", "ii"};
static const struct db_sql sql_put_count = {
    "INSERT INTO ward_count (count_key, platform, group_id, group_name, messages, updated)"
    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (count_key) DO UPDATE SET"
    " group_name = CASE WHEN length(excluded.group_name) > 0 THEN excluded.group_name"
    " ELSE ward_count.group_name END, messages = excluded.messages, updated = excluded.updated",
    "bsssii", ""};

/** A row of a key that is in the store or will be. */
struct known {
    uint64_t seq;
    unsigned char mark[NAME_BYTES];
    char sha256[SHA_HEX];
    uint32_t edition;
    bool is_last, is_held, is_neighbour, is_erased;
    bool was_last; /* stood before this batch */
    uint32_t next; /* older one of the same key */
};

/** One event of the batch. */
struct incoming {
    const struct store_event *event;
    unsigned char name[NAME_BYTES];
    unsigned char mark[NAME_BYTES];
    unsigned char account[NAME_BYTES];
    unsigned char record_key[SECRET_BYTES];
    unsigned char seal[DIGEST_BYTES];
    char sha256[SHA_HEX + 1];
    struct ward_str account_key;
    uint32_t first; /* first event of the batch with this key; only its `rows` counts */
    uint32_t rows;  /* newest known row of the key */
    uint32_t made;  /* the row it became, NOWHERE for a duplicate */
};

struct ingest {
    const struct store_batch *batch;
    struct store *store;
    struct incoming *events; /* owned */
    uint32_t *slots;         /* owned; open addressing by name -> index of `first` */
    uint32_t slot_mask;
    uint32_t *unique; /* owned; indexes of firsts */
    size_t unique_count;
    struct known *known; /* owned */
    size_t known_count, known_cap;
    uint32_t *fresh; /* owned; indexes of events that became rows */
    size_t fresh_count;
    uint64_t *unseated; /* owned; seq of rows that stand no more */
    size_t unseated_count;
    size_t count_count;
    struct state_seals seals;
    uint64_t next_seq;
    struct store_ingested result;
};

/* ---- before the transaction -------------------------------------------------------------------
 */

static enum ward_status take_sha256(struct incoming *in, struct ward_error *err)
{
    unsigned char real[DIGEST_BYTES];
    unsigned char given[DIGEST_BYTES];
    const struct store_event *e = in->event;
    (void)crypto_hash_sha256(real, (const unsigned char *)e->event_json.data, e->event_json.len);
    hex_write(real, sizeof real, in->sha256);
    if (!e->event_sha256.len)
        return WARD_OK;
    if (!hex_read(e->event_sha256, given, sizeof given) || memcmp(given, real, sizeof real) != 0)
        return error_set(err, WARD_ERR_ARGUMENT, "an event's SHA-256 is not that of its text");
    return WARD_OK;
}

static void make_mark(const struct store *store, struct incoming *in)
{
    struct store_event event = *in->event;
    event.event_sha256 = (struct ward_str){in->sha256, SHA_HEX};
    event_mark(store, &event, in->mark);
}

/* Index of the first event of the batch with the same key. */
static uint32_t find_first(struct ingest *g, uint32_t index)
{
    uint64_t at;
    memcpy(&at, g->events[index].name, sizeof at); /* a keyed hash already: no need to hash again */
    for (;; at++) {
        uint32_t *slot = &g->slots[at & g->slot_mask];
        if (*slot == NOWHERE) {
            *slot = index;
            g->unique[g->unique_count++] = index;
            return index;
        }
        if (memcmp(g->events[*slot].name, g->events[index].name, NAME_BYTES) == 0)
            return *slot;
    }
}

static enum ward_status prepare_event(struct ingest *g, uint32_t index, struct ward_error *err)
{
    struct incoming *in = &g->events[index];
    const struct store_event *e = &g->batch->events[index];
    const struct store_event_key key = {e->platform, e->group, e->id};
    in->event = e;
    if ((unsigned)e->level > WARD_LEVEL_URGENT || (unsigned)e->role > WARD_ROLE_AGENT)
        return error_set(err, WARD_ERR_ARGUMENT, "an event of unknown level or role");
    event_name(g->store, &key, in->name);
    in->account_key = account_name(g->store, e->platform, e->account, in->account);
    const enum ward_status status = take_sha256(in, err);
    if (status != WARD_OK)
        return status;
    make_mark(g->store, in);
    randombytes_buf(in->record_key, sizeof in->record_key);
    in->first = find_first(g, index);
    return WARD_OK;
}

static enum ward_status ingest_init(struct ingest *g, struct store *store,
                                    const struct store_batch *batch, struct ward_error *err)
{
    const size_t n = batch->event_count;
    size_t slots = 16;
    memset(g, 0, sizeof *g);
    g->store = store;
    g->batch = batch;
    while (slots < 2 * n)
        slots *= 2;
    g->slot_mask = (uint32_t)(slots - 1);
    g->events = calloc(n + 1, sizeof *g->events);
    g->slots = malloc(slots * sizeof *g->slots);
    g->unique = calloc(n + 1, sizeof *g->unique);
    g->fresh = calloc(n + 1, sizeof *g->fresh);
    if (!g->events || !g->slots || !g->unique || !g->fresh)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    memset(g->slots, 0xff, slots * sizeof *g->slots);
    for (size_t i = 0; i < n; i++) {
        const enum ward_status status = prepare_event(g, (uint32_t)i, err);
        if (status != WARD_OK)
            return status;
    }
    return WARD_OK;
}

static void ingest_release(struct ingest *g)
{
    if (g->events) /* record keys are in there */
        sodium_memzero(g->events, g->batch->event_count * sizeof *g->events);
    free(g->events);
    free(g->slots);
    free(g->unique);
    free(g->known);
    free(g->fresh);
    free(g->unseated);
}

/* ---- what is known --------------------------------------------------------------------------- */

/* A new row in front of those of its key; NULL when memory is short. */
static struct known *add_known(struct ingest *g, struct incoming *first)
{
    if (g->known_count == g->known_cap) {
        const size_t cap = g->known_cap ? g->known_cap * 2 : 1024;
        struct known *more = realloc(g->known, cap * sizeof *more);
        if (!more)
            return NULL;
        g->known = more;
        g->known_cap = cap;
    }
    struct known *row = &g->known[g->known_count];
    memset(row, 0, sizeof *row);
    row->next = first->rows;
    first->rows = (uint32_t)g->known_count++;
    return row;
}

static void bind_unique(void *context, size_t index, struct db_value *params)
{
    const struct ingest *g = context;
    params[0] = db_text(bytes_of(g->events[g->unique[index]].name, NAME_BYTES));
}

static enum ward_status take_known(void *context, size_t index, const struct db_value *columns,
                                   struct ward_error *err)
{
    struct ingest *g = context;
    struct known *row = add_known(g, &g->events[g->unique[index]]);
    if (!row)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    row->seq = (uint64_t)columns[0].integer;
    row->edition = (uint32_t)columns[2].integer;
    row->is_last = row->was_last = columns[3].integer != 0;
    row->is_held = columns[4].integer != 0;
    row->is_neighbour = columns[5].integer != 0;
    row->is_erased = columns[6].integer != 0;
    if (columns[1].text.len == NAME_BYTES)
        memcpy(row->mark, columns[1].text.data, NAME_BYTES);
    if (columns[7].text.len == SHA_HEX)
        memcpy(row->sha256, columns[7].text.data, SHA_HEX);
    return WARD_OK;
}

static enum ward_status load_known(struct ingest *g, struct ward_error *err)
{
    const struct db_many many = {&sql_known, g->unique_count, bind_unique, take_known, g};
    int64_t last = 0;
    g->known_count = g->fresh_count = g->unseated_count = g->count_count = 0;
    for (size_t i = 0; i < g->batch->event_count; i++)
        g->events[i].rows = g->events[i].made = NOWHERE;
    enum ward_status status = db_run(g->store->db, &sql_last_seq, NULL, take_integer, &last, err);
    g->next_seq = (uint64_t)last + 1;
    if (status == WARD_OK && many.count)
        status = g->store->db->driver->run(g->store->db, &many, err);
    return status;
}

/* ---- settling -------------------------------------------------------------------------------- */

/** What the rows of a key say about one more. */
struct finding {
    struct known *last;
    bool is_duplicate, is_held, is_text_known;
    uint32_t edition, editions;
};

static struct finding look_at(struct ingest *g, const struct incoming *in, uint32_t rows)
{
    struct finding f = {0};
    for (uint32_t at = rows; at != NOWHERE; at = g->known[at].next) {
        struct known *row = &g->known[at];
        f.is_duplicate |= row->is_erased || memcmp(row->mark, in->mark, NAME_BYTES) == 0;
        f.is_held |= row->is_held;
        if (row->is_last)
            f.last = row;
        if (row->edition >= f.editions)
            f.editions = row->edition + 1;
        if (memcmp(row->sha256, in->sha256, SHA_HEX) == 0) {
            f.is_text_known = true;
            f.edition = row->edition;
        }
    }
    /* A flagged event met again as a neighbour of another says nothing new. */
    if (in->event->is_neighbour && f.is_text_known && f.last && !f.last->is_neighbour)
        f.is_duplicate = true;
    return f;
}

static void count_one(struct store_ingested *r, const struct incoming *in, const struct finding *f)
{
    if (!f->last) {
        r->fresh++;
    } else if (!f->is_text_known) {
        r->edited++;
    } else {
        r->judged_again++;
        r->upgraded += f->last->is_neighbour && !in->event->is_neighbour;
    }
}

static enum ward_status settle_one(struct ingest *g, uint32_t index, struct ward_error *err)
{
    struct incoming *in = &g->events[index];
    struct incoming *first = &g->events[in->first];
    const struct finding f = look_at(g, in, first->rows);
    if (f.is_duplicate) {
        g->result.duplicate++;
        return WARD_OK;
    }
    const bool stands = !f.last || f.last->is_neighbour || !in->event->is_neighbour;
    count_one(&g->result, in, &f);
    if (f.last && stands)
        f.last->is_last = false;
    struct known *row = add_known(g, first);
    if (!row)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    row->seq = g->next_seq++;
    row->edition = f.is_text_known ? f.edition : f.editions;
    row->is_last = stands;
    row->is_held = f.is_held;
    row->is_neighbour = in->event->is_neighbour;
    memcpy(row->mark, in->mark, NAME_BYTES);
    memcpy(row->sha256, in->sha256, SHA_HEX);
    in->made = (uint32_t)(row - g->known);
    g->fresh[g->fresh_count++] = index;
    return WARD_OK;
}

static enum ward_status settle(struct ingest *g, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    memset(&g->result, 0, sizeof g->result);
    for (size_t i = 0; i < g->batch->event_count && status == WARD_OK; i++)
        status = settle_one(g, (uint32_t)i, err);
    if (status != WARD_OK)
        return status;
    free(g->unseated);
    g->unseated = calloc(g->known_count + 1, sizeof *g->unseated);
    if (!g->unseated)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < g->known_count; i++)
        if (g->known[i].was_last && !g->known[i].is_last)
            g->unseated[g->unseated_count++] = g->known[i].seq;
    return WARD_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void seal_one(struct ingest *g, struct incoming *in)
{
    const struct known *made = &g->known[in->made];
    struct event_row row;
    memset(&row, 0, sizeof row);
    row.name = bytes_of(in->name, NAME_BYTES);
    row.row.event = *in->event;
    row.row.event.event_sha256 = (struct ward_str){in->sha256, SHA_HEX};
    row.row.seq = made->seq;
    row.row.edition = made->edition;
    row.row.batch = g->store->entries + 1;
    event_seal(&row, in->record_key, in->seal);
}

static void bind_custody(const struct store_custody *c, struct db_value *p)
{
    p[0] = db_text(c->source);
    p[1] = db_text(c->source_sha256);
    p[2] = db_int((int64_t)c->offset);
    p[3] = db_int((int64_t)c->line);
    p[4] = db_int(c->bytes);
    p[5] = db_int(c->zone_minutes);
    p[6] = db_int(c->zone_assumed);
}

static void bind_fresh(void *context, size_t index, struct db_value *p)
{
    const struct ingest *g = context;
    const struct incoming *in = &g->events[g->fresh[index]];
    const struct known *made = &g->known[in->made];
    const struct store_event *e = in->event;
    const struct db_value head[] = {db_int((int64_t)made->seq),
                                    db_text(bytes_of(in->name, NAME_BYTES)),
                                    db_text(bytes_of(in->mark, NAME_BYTES)),
                                    db_int(made->edition),
                                    db_int(made->is_last),
                                    db_int(made->is_held),
                                    db_int((int64_t)g->store->entries + 1),
                                    db_text(bytes_of(in->record_key, SECRET_BYTES)),
                                    db_text(bytes_of(in->seal, DIGEST_BYTES)),
                                    db_int(e->revision),
                                    db_int((int64_t)e->level),
                                    db_int((int64_t)e->role),
                                    db_real(e->score),
                                    db_int(e->has_time ? e->time_ms : NO_TIME),
                                    db_int(e->is_neighbour),
                                    db_int(e->received_ms),
                                    db_text(e->platform),
                                    db_text(e->group),
                                    db_text(e->id),
                                    db_text(e->group_name),
                                    db_text(in->account_key),
                                    db_text(e->account),
                                    db_text(e->alias),
                                    db_text(e->reply_to),
                                    db_text(e->packs)};
    memcpy(p, head, sizeof head);
    p += sizeof head / sizeof head[0];
    bind_custody(&e->custody, p);
    p[7] = db_text((struct ward_str){in->sha256, SHA_HEX});
    p[8] = db_text(e->event_json);
    p[9] = db_text(e->verdict_json);
}

static void bind_unseated(void *context, size_t index, struct db_value *p)
{
    const struct ingest *g = context;
    p[0] = db_int((int64_t)g->unseated[index]);
}

static enum ward_status write_events(struct ingest *g, struct ward_error *err)
{
    struct db *db = g->store->db;
    const struct db_many insert = {&sql_insert, g->fresh_count, bind_fresh, NULL, g};
    const struct db_many unseat = {&sql_unseat, g->unseated_count, bind_unseated, NULL, g};
    for (size_t i = 0; i < g->fresh_count; i++)
        seal_one(g, &g->events[g->fresh[i]]);
    enum ward_status status = insert.count ? db->driver->run(db, &insert, err) : WARD_OK;
    if (status == WARD_OK && unseat.count)
        status = db->driver->run(db, &unseat, err);
    return status;
}

/* ---- messages read ----------------------------------------------------------------------------
 */

static void count_key(const struct store *store, const struct store_group_count *c,
                      unsigned char out[NAME_BYTES])
{
    struct keyed keyed;
    keyed_start(&keyed, store->secret, NAME_BYTES, "ward-count-1");
    keyed_text(&keyed, c->source_sha256.len ? c->source_sha256 : c->source);
    keyed_number(&keyed, c->source_sha256.len > 0);
    keyed_number(&keyed, (int64_t)c->begin);
    keyed_text(&keyed, c->platform);
    keyed_text(&keyed, c->group);
    keyed_end(&keyed, out);
}

static enum ward_status count_group(struct ingest *g, const struct store_group_count *c,
                                    struct ward_error *err)
{
    unsigned char key[NAME_BYTES];
    int64_t before = -1;
    count_key(g->store, c, key);
    const struct db_value values[] = {db_text(bytes_of(key, sizeof key)),
                                      db_text(c->platform),
                                      db_text(c->group),
                                      db_text(c->group_name),
                                      db_int((int64_t)c->messages),
                                      db_int((int64_t)g->store->entries + 1)};
    enum ward_status status = db_run(g->store->db, &sql_count, values, take_integer, &before, err);
    if (status != WARD_OK || before >= (int64_t)c->messages)
        return status;
    g->count_count++;
    status = db_run(g->store->db, &sql_put_count, values, NULL, NULL, err);
    return status == WARD_OK
               ? state_seal_row(g->store, &g->seals, STATE_COUNTS, values[0].text, before < 0, err)
               : status;
}

static enum ward_status write_counts(struct ingest *g, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (size_t i = 0; i < g->batch->group_count && status == WARD_OK; i++)
        status = count_group(g, &g->batch->groups[i], err);
    return status;
}

/* A row that joins a key under hold is under hold too. */
static enum ward_status seal_held(struct ingest *g, struct ward_error *err)
{
    bool any = false;
    for (size_t i = 0; i < g->fresh_count && !any; i++)
        any = g->known[g->events[g->fresh[i]].made].is_held;
    return any ? state_seal_table(g->store, &g->seals, STATE_HELD, err) : WARD_OK;
}

/* ---- all together -----------------------------------------------------------------------------
 */

static enum ward_status note_ingest(struct ingest *g, struct ward_error *err)
{
    unsigned char rows[DIGEST_BYTES];
    struct buf body;
    struct digest digest;
    const struct store_ingested *r = &g->result;
    seals_start(&digest);
    for (size_t i = 0; i < g->fresh_count; i++) {
        const struct incoming *in = &g->events[g->fresh[i]];
        seals_add(&digest, g->known[in->made].seq, bytes_of(in->seal, DIGEST_BYTES));
    }
    digest_end(&digest, rows);
    buf_init(&body, AUDIT_BODY_MAX);
    buf_printf(&body,
               "{\"rows\":%zu,\"fresh\":%" PRIu64 ",\"edited\":%" PRIu64
               ",\"judged_again\":%" PRIu64 ",\"duplicate\":%" PRIu64 ",\"counts\":%zu",
               g->fresh_count, r->fresh, r->edited, r->judged_again, r->duplicate, g->count_count);
    state_seals_put(&g->seals, &body);
    buf_put_char(&body, '}');
    const struct audit_draft draft = {g->batch->time_ms, str_of("ingest"), g->batch->who,
                                      buf_str(&body), bytes_of(rows, sizeof rows)};
    const enum ward_status status = body.failed == WARD_OK
                                        ? audit_append(g->store, &draft, err)
                                        : error_set(err, body.failed, "out of memory");
    buf_release(&body);
    return status == WARD_OK ? changes_note(g->store, err) : status;
}

static enum ward_status ingest_work(struct store *store, void *context, struct ward_error *err)
{
    struct ingest *g = context;
    state_seals_start(&g->seals);
    enum ward_status status = load_known(g, err);
    if (status == WARD_OK)
        status = settle(g, err);
    if (status == WARD_OK)
        status = write_events(g, err);
    if (status == WARD_OK)
        status = write_counts(g, err);
    if (status == WARD_OK)
        status = seal_held(g, err);
    if (status != WARD_OK || (!g->fresh_count && !g->count_count))
        return status;
    g->result.batch = store->entries + 1;
    return note_ingest(g, err);
}

enum ward_status store_ingest(struct store *store, const struct store_batch *batch,
                              struct store_ingested *out, struct ward_error *err)
{
    struct ingest g;
    memset(out, 0, sizeof *out);
    enum ward_status status = store_may_write(store, batch->who, err);
    if (status != WARD_OK)
        return status;
    if (batch->event_count > STORE_BATCH_MAX || batch->group_count > STORE_BATCH_MAX)
        return error_set(err, WARD_ERR_ARGUMENT, "a batch holds at most %u events",
                         STORE_BATCH_MAX);
    status = ingest_init(&g, store, batch, err);
    if (status == WARD_OK)
        status = store_write(store, ingest_work, &g, err);
    if (status == WARD_OK)
        *out = g.result;
    ingest_release(&g);
    return status;
}
