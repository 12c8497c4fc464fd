/* One random sequence of operations against SQLite and PostgreSQL: every answer and, after every
 * step, every list is the same. Another sequence: the number of its seed as second argument. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "fresh_store.h"
#include "store/store_records.h"

#define STEPS 80
#define CASES 6u
#define MESSAGES 40u
#define EVENTS_MAX 8

static uint64_t seed = 2;

/* ---- what a store says, as text: all but what is made from its secret --------------------------
 */

static void put(struct buf *out, struct ward_str text)
{
    buf_put_str(out, text);
    buf_put_char(out, '|');
}

static enum ward_status list_event(void *context, const struct store_event_row *row,
                                   struct ward_error *err)
{
    const struct store_event *e = &row->event;
    const struct ward_str texts[] = {e->platform,     e->group,          e->id,
                                     e->group_name,   e->account,        e->alias,
                                     e->reply_to,     e->event_json,     e->event_sha256,
                                     e->verdict_json, e->packs,          e->custody.source,
                                     row->case_id,    e->custody.source, e->custody.source_sha256,
                                     row->person_id};
    (void)err;
    buf_printf(context, "%llu %u %d%d%d %llu %u %d %d %a %d %lld %d %lld %llu %llu %u %d %d|",
               (unsigned long long)row->seq, row->edition, row->is_last, row->is_erased,
               row->is_held, (unsigned long long)row->batch, e->revision, (int)e->level,
               (int)e->role, e->score, e->has_time, (long long)e->time_ms, e->is_neighbour,
               (long long)e->received_ms, (unsigned long long)e->custody.offset,
               (unsigned long long)e->custody.line, e->custody.bytes, e->custody.zone_minutes,
               e->custody.zone_assumed);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        put(context, texts[i]);
    buf_put_char(context, '\n');
    return WARD_OK;
}

static enum ward_status list_count(void *context, const struct store_group_count *row,
                                   struct ward_error *err)
{
    (void)err;
    put(context, row->platform);
    put(context, row->group);
    put(context, row->group_name);
    buf_printf(context, "%llu\n", (unsigned long long)row->messages);
    return WARD_OK;
}

static enum ward_status list_case(void *context, const struct store_case *row,
                                  struct ward_error *err)
{
    (void)err;
    put(context, row->id);
    put(context, row->says_zh);
    put(context, row->detail_json);
    put(context, row->assignee);
    put(context, row->merged_into);
    buf_printf(context, "%u %a %a %d %lld %lld %d %d %d %llu\n", row->urgency, row->points,
               row->score, row->has_time, (long long)row->first_ms, (long long)row->last_ms,
               (int)row->state, row->is_held, row->is_current,
               (unsigned long long)row->event_count);
    return WARD_OK;
}

static enum ward_status list_person(void *context, const struct store_person *row,
                                    struct ward_error *err)
{
    (void)err;
    put(context, row->id);
    put(context, row->case_id);
    put(context, row->detail_json);
    for (size_t i = 0; i < row->account_count; i++)
        put(context, row->accounts[i]);
    buf_printf(context, "%d %a\n", (int)row->role, row->confidence);
    return WARD_OK;
}

static enum ward_status list_group(void *context, const struct store_group *row,
                                   struct ward_error *err)
{
    (void)err;
    put(context, row->key);
    put(context, row->name);
    put(context, row->case_id);
    put(context, row->detail_json);
    buf_printf(context, "%a %llu %llu\n", row->score, (unsigned long long)row->messages,
               (unsigned long long)row->flagged);
    return WARD_OK;
}

static enum ward_status list_tie(void *context, const struct store_tie *row, struct ward_error *err)
{
    (void)err;
    put(context, row->a);
    put(context, row->b);
    put(context, row->kind);
    put(context, row->case_id);
    put(context, row->detail_json);
    buf_printf(context, "%a %d %lld %lld\n", row->weight, row->has_time, (long long)row->first_ms,
               (long long)row->last_ms);
    return WARD_OK;
}

static enum ward_status list_decision(void *context, const struct store_decision *row,
                                      struct ward_error *err)
{
    (void)err;
    buf_printf(context, "%llu %lld %d %d|", (unsigned long long)row->seq, (long long)row->time_ms,
               (int)row->kind, (int)row->outcome);
    put(context, row->who);
    put(context, row->subject);
    put(context, row->case_id);
    put(context, row->reason);
    put(context, row->note);
    buf_put_char(context, '\n');
    return WARD_OK;
}

/* Bodies up to the hashes, which are made from names. */
static enum ward_status list_entry(void *context, const struct store_audit_entry *row,
                                   struct ward_error *err)
{
    (void)err;
    buf_printf(context, "%llu %lld|", (unsigned long long)row->seq, (long long)row->time_ms);
    put(context, row->kind);
    put(context, row->who);
    for (size_t i = 0; i < row->body_json.len && row->seq > 1; i++) {
        if (row->body_json.len - i > 9 && memcmp(row->body_json.data + i, ",\"seals\":", 9) == 0)
            break;
        buf_put_char(context, row->body_json.data[i]);
    }
    buf_put_char(context, '\n');
    return WARD_OK;
}

static enum ward_status list_record(void *context, const struct store_record *row,
                                    struct ward_error *err)
{
    (void)err;
    put(context, row->id);
    put(context, row->json);
    buf_printf(context, "%llu %lld\n", (unsigned long long)row->etag, (long long)row->expires_ms);
    return WARD_OK;
}

static void list_one_case(struct store *store, struct ward_str id, struct buf *out)
{
    const struct store_event_query in_case = {.case_id = id, .with_erased = true};
    buf_printf(out, "case %d:", (int)store_case_find(store, id, list_case, out, NULL));
    assert_int_equal(store_events(store, &in_case, list_event, out, NULL), WARD_OK);
    assert_int_equal(store_people(store, id, list_person, out, NULL), WARD_OK);
    assert_int_equal(store_groups(store, id, list_group, out, NULL), WARD_OK);
    assert_int_equal(store_ties(store, id, list_tie, out, NULL), WARD_OK);
    buf_printf(out, "%d\n", (int)store_decisions(store, id, list_decision, out, NULL));
}

/* Lists of everything, and of one case. */
static void list_all(struct store *store, int step, struct buf *out)
{
    static const char *const ids[CASES] = {"C-0", "C-1", "C-2", "C-3", "C-4", "C-5"};
    const struct ward_str none = {NULL, 0};
    const struct store_event_query every = {.every_row = true, .with_erased = true};
    const struct store_event_query standing = {.limit = 20};
    const struct store_case_query cases = {.with_former = true};
    const struct store_case_query open = {.states = 1, .unassigned = true, .limit = 3};
    const struct store_record_query records = {.kind = str_of("thing")};
    uint64_t serial = 0;
    assert_int_equal(store_events(store, &every, list_event, out, NULL), WARD_OK);
    assert_int_equal(store_events(store, &standing, list_event, out, NULL), WARD_OK);
    assert_int_equal(store_group_counts(store, list_count, out, NULL), WARD_OK);
    assert_int_equal(store_cases(store, &cases, list_case, out, NULL), WARD_OK);
    assert_int_equal(store_cases(store, &open, list_case, out, NULL), WARD_OK);
    assert_int_equal(store_people(store, none, list_person, out, NULL), WARD_OK);
    assert_int_equal(store_people_page(store, str_of("P-1"), 2, list_person, out, NULL), WARD_OK);
    assert_int_equal(store_groups(store, none, list_group, out, NULL), WARD_OK);
    assert_int_equal(store_ties(store, none, list_tie, out, NULL), WARD_OK);
    assert_int_equal(store_decisions(store, none, list_decision, out, NULL), WARD_OK);
    assert_int_equal(store_decisions_of(store, 1u << STORE_REFER, 0, list_decision, out, NULL),
                     WARD_OK);
    assert_int_equal(store_records(store, &records, list_record, out, NULL), WARD_OK);
    assert_int_equal(store_audit_entries(store, 0, list_entry, out, NULL), WARD_OK);
    list_one_case(store, str_of(ids[(unsigned)step % CASES]), out);
    assert_int_equal(store_serial(store, &serial, NULL), WARD_OK);
    buf_printf(out, "serial %llu\n", (unsigned long long)serial);
    assert_int_equal(out->failed, WARD_OK);
}

/* ---- operations: made from a random state, the same for both stores ----------------------------
 */

static unsigned pick(uint64_t *state, unsigned below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (unsigned)(*state >> 33) % below;
}

static struct ward_str pick_id(uint64_t *r, char letter, char out[8])
{
    (void)snprintf(out, 8, "%c-%u", letter, pick(r, CASES));
    return str_of(out);
}

static void do_ingest(struct store *store, uint64_t *r, struct buf *out)
{
    static const char *const texts[] = {"{\"t\":1}", "{\"t\":2}", "{\"t\":\"\xe5\xad\xa9\"}",
                                        "\xff"};
    struct store_event events[EVENTS_MAX];
    struct store_group_count groups[3];
    const size_t count = pick(r, EVENTS_MAX + 1);
    for (size_t i = 0; i < count; i++) {
        events[i] = fresh_event(pick(r, MESSAGES));
        events[i].revision = pick(r, 2);
        events[i].is_neighbour = pick(r, 3) == 0;
        events[i].level = (enum ward_level)pick(r, 4);
        events[i].received_ms = NOW - (int64_t)pick(r, 1000) * 100;
        if (pick(r, 2))
            events[i].event_json = str_of(texts[pick(r, 4)]);
    }
    for (size_t i = 0; i < 3; i++)
        groups[i] = (struct store_group_count){.platform = str_of("qq"),
                                               .group = str_of(pick(r, 2) ? "g1" : "g2"),
                                               .group_name = str_of(pick(r, 2) ? "" : "name"),
                                               .source = str_of(pick(r, 2) ? "a" : "b"),
                                               .begin = pick(r, 2),
                                               .messages = pick(r, 100)};
    const struct store_batch batch = {str_of("ann"), NOW, events, count, groups, pick(r, 4)};
    struct store_ingested made;
    const enum ward_status status = store_ingest(store, &batch, &made, NULL);
    buf_printf(out, "ingest %d %llu %llu %llu %llu %llu %llu\n", (int)status,
               (unsigned long long)made.batch, (unsigned long long)made.fresh,
               (unsigned long long)made.edited, (unsigned long long)made.judged_again,
               (unsigned long long)made.upgraded, (unsigned long long)made.duplicate);
}

/* Rows of one linking, with room for their ids. */
struct drawn {
    char ids[CASES][8], gone[CASES][8], people[CASES][8], names[CASES][8];
    struct ward_str merged[CASES], accounts[CASES];
    struct store_case cases[CASES];
    struct store_person person[CASES];
    struct store_group groups[CASES];
    struct store_tie ties[CASES];
    struct store_membership members[24];
};

static void draw_rows(struct drawn *d, uint64_t *r, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(d->ids[i], 8, "C-%u", (unsigned)i);
        (void)snprintf(d->people[i], 8, "P-%u", (unsigned)i);
        (void)snprintf(d->names[i], 8, "qq/u%u", pick(r, 7));
        d->merged[i] = pick_id(r, 'C', d->gone[i]);
        d->accounts[i] = str_of(d->names[i]);
        const struct ward_str id = str_of(d->ids[i]);
        d->cases[i] = (struct store_case){.id = id,
                                          .urgency = pick(r, 4),
                                          .points = pick(r, 10) / 4.0,
                                          .score = pick(r, 10) / 3.0,
                                          .says_zh = str_of("\xe4\xb8\xad"),
                                          .has_time = pick(r, 2),
                                          .first_ms = pick(r, 100),
                                          .last_ms = pick(r, 1000),
                                          .merged = &d->merged[i],
                                          .merged_count = pick(r, 2),
                                          .detail_json = str_of("{\"a\":[]}")};
        d->person[i] = (struct store_person){str_of(d->people[i]), id,           WARD_ROLE_SEEK,
                                             pick(r, 9) / 9.0,     str_of("{}"), &d->accounts[i],
                                             (size_t)pick(r, 2)};
        d->groups[i] =
            (struct store_group){d->accounts[i],   str_of("n"), pick(r, 3) / 3.0,
                                 pick(r, 9),       pick(r, 9),  pick(r, 2) ? id : str_of(""),
                                 str_of("{\"g\"}")};
        d->ties[i] = (struct store_tie){.a = d->accounts[i],
                                        .b = str_of("qq/u9"),
                                        .kind = str_of(pick(r, 2) ? "handle" : "alias"),
                                        .weight = pick(r, 9) / 7.0,
                                        .case_id = pick(r, 2) ? id : str_of("")};
    }
}

static void do_link(struct store *store, uint64_t *r, struct buf *out)
{
    struct drawn d;
    const size_t count = 1 + pick(r, CASES);
    size_t members = pick(r, 24);
    draw_rows(&d, r, count);
    for (size_t i = 0; i < members; i++) {
        const size_t at = pick(r, (unsigned)count);
        d.members[i] = (struct store_membership){1 + pick(r, 60), d.cases[at].id,
                                                 pick(r, 2) ? d.person[at].id : str_of("")};
    }
    const struct store_linking l = {str_of("bo"), NOW,   d.cases, count, d.person,  count,
                                    d.groups,     count, d.ties,  count, d.members, members};
    buf_printf(out, "link %d\n", (int)store_link(store, &l, NULL));
}

static void do_decide(struct store *store, uint64_t *r, struct buf *out)
{
    static const char *const who[] = {"ann", "bob", " ANN"};
    static const char *const reasons[] = {"", "ann", "police", "news"};
    static const char *const kinds[] = {"case", "case", "case", "person"};
    char id[8];
    uint64_t seq = 0;
    enum store_outcome outcome = STORE_DONE;
    const struct store_condition condition = {.is_free = pick(r, 2), .idle_ms = INT64_MIN};
    const struct store_decision d = {.time_ms = NOW + pick(r, 1000),
                                     .who = str_of(who[pick(r, 3)]),
                                     .kind =
                                         (enum store_decision_kind)pick(r, STORE_DECISION_KINDS),
                                     .subject_kind = str_of(kinds[pick(r, 4)]),
                                     .subject = str_of("s"),
                                     .case_id = pick_id(r, 'C', id),
                                     .reason = str_of(reasons[pick(r, 4)]),
                                     .note = str_of("n"),
                                     .only_if = pick(r, 3) ? NULL : &condition};
    const enum ward_status status = store_decide(store, &d, &seq, &outcome, NULL);
    buf_printf(out, "decide %d %llu %d\n", (int)status, (unsigned long long)seq, (int)outcome);
}

static void do_erase(struct store *store, uint64_t *r, struct buf *out)
{
    const struct store_act act = {str_of("dpo"), NOW, str_of("asked")};
    const struct store_event e = fresh_event(pick(r, MESSAGES));
    const struct store_event_key key = {e.platform, e.group, e.id};
    const int64_t keep = 90000 - (int64_t)pick(r, 3) * 1000;
    const struct store_purge purge = {{keep, keep, -1, keep}, pick(r, 2)};
    char id[8];
    struct store_erased done = {0};
    enum ward_status status;
    switch (pick(r, 8)) {
    case 0:
        status = store_purge(store, &act, &purge, &done, NULL);
        break;
    case 1:
        status = store_erase_account(store, &act, e.platform, e.account, &done, NULL);
        break;
    case 2:
        status = store_erase_person(store, &act, pick_id(r, 'P', id), &done, NULL);
        break;
    default:
        status = store_erase_event(store, &act, &key, &done, NULL);
    }
    buf_printf(out, "erase %d %llu %llu %llu\n", (int)status, (unsigned long long)done.events,
               (unsigned long long)done.rows, (unsigned long long)done.skipped);
}

static void do_other(struct store *store, uint64_t *r, struct buf *out)
{
    const struct store_act act = {str_of("ann"), NOW, str_of("")};
    char id[8];
    struct store_record_change change = {.kind = str_of("thing"),
                                         .id = pick_id(r, 'R', id),
                                         .json = str_of("{\"x\":1}"),
                                         .expect = pick(r, 2) ? STORE_ETAG_ANY : STORE_ETAG_NEW,
                                         .deletes = pick(r, 4) == 0};
    struct store_record_batch batch = {.time_ms = NOW, .changes = &change, .count = 1};
    switch (pick(r, 3)) {
    case 0:
        buf_printf(out, "set %d\n",
                   (int)store_configure(store, &act, str_of("refer-needs-two"),
                                        str_of(pick(r, 2) ? "1" : "0"), NULL));
        break;
    case 1:
        buf_printf(out, "add %d\n",
                   (int)store_audit_add(store, &act, str_of("read"), str_of("{}"), NULL));
        break;
    default:
        buf_printf(out, "record %d %llu\n", (int)store_records_change(store, &batch, NULL),
                   (unsigned long long)change.etag);
    }
}

static void do_step(struct store *store, uint64_t *r, struct buf *out)
{
    const unsigned what = pick(r, 20);
    if (what < 7)
        do_ingest(store, r, out);
    else if (what < 10)
        do_link(store, r, out);
    else if (what < 16)
        do_decide(store, r, out);
    else if (what < 18)
        do_erase(store, r, out);
    else
        do_other(store, r, out);
}

/* ---- both ------------------------------------------------------------------------------------ */

static void expect_same(const struct buf *a, const struct buf *b, int step)
{
    size_t at = 0;
    while (at < a->len && at < b->len && a->data[at] == b->data[at])
        at++;
    if (at == a->len && at == b->len)
        return;
    const size_t from = at > 80 ? at - 80 : 0;
    print_error("seed %llu, step %d\nSQLite:     %.*s\nPostgreSQL: %.*s\n",
                (unsigned long long)seed, step, (int)(a->len - from < 300 ? a->len - from : 300),
                a->data + from, (int)(b->len - from < 300 ? b->len - from : 300), b->data + from);
    fail_msg("the stores differ");
}

static void expect_verified(struct store *store, int step)
{
    struct store_audit_report report;
    assert_int_equal(store_audit_verify(store, NULL, &report, NULL), WARD_OK);
    if (!report.is_good)
        fail_msg("step %d: entry %llu: %s", step, (unsigned long long)report.bad_entry,
                 report.what);
}

static void same_answers(void **state)
{
    struct fresh stores[2];
    struct buf says[2];
    uint64_t random[2] = {seed * 0x9e3779b97f4a7c15u | 1u, seed * 0x9e3779b97f4a7c15u | 1u};
    (void)state;
    for (int s = 0; s < 2; s++) {
        fresh_open(&stores[s], s == 1);
        /* What a power cut leaves is tested elsewhere; here every write would wait for the disk. */
        fresh_tamper(&stores[s], s ? "SET synchronous_commit = off" : "PRAGMA synchronous = OFF");
        buf_init(&says[s], 64u << 20);
    }
    for (int step = 0; step < STEPS; step++) {
        for (int s = 0; s < 2; s++) {
            buf_clear(&says[s]);
            do_step(stores[s].store, &random[s], &says[s]);
            list_all(stores[s].store, step, &says[s]);
        }
        expect_same(&says[0], &says[1], step);
        for (int s = 0; s < 2 && step % 20 == 19; s++)
            expect_verified(stores[s].store, step);
    }
    for (int s = 0; s < 2; s++) {
        buf_release(&says[s]);
        fresh_close(&stores[s]);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_answers)};
    if (argc > 2)
        seed = strtoull(argv[2], NULL, 10);
    if (!fresh_has_server())
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
