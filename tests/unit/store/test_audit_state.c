/* A change by SQL to any column of a table that changes in its time is found, and the row named:
 * cases, what linking found, counts, holds, what stands for a message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fresh_store.h"

static bool on_server;

static void ingest(struct fresh *fresh, unsigned first, unsigned count, uint64_t messages)
{
    struct store_event events[16];
    struct store_ingested out;
    const struct store_group_count groups[] = {
        {str_of("qq"), str_of("g1"), str_of("one"), str_of("a.json"), str_of(""), 0, messages},
        {str_of("qq"), str_of("g2"), str_of("two"), str_of("a.json"), str_of(""), 0, messages}};
    const struct store_batch batch = {str_of("ann"), NOW, events, count, groups, 2};
    for (unsigned i = 0; i < count; i++)
        events[i] = fresh_event(first + i);
    assert_int_equal(store_ingest(fresh->store, &batch, &out, NULL), WARD_OK);
}

static void link_all(struct fresh *fresh)
{
    static const char *const ids[] = {"C-1", "C-2", "C-3"};
    struct store_case cases[3];
    struct store_person people[3];
    struct store_group groups[3];
    struct store_tie ties[3];
    struct store_membership members[6];
    const struct ward_str account = str_of("qq/u1");
    for (unsigned i = 0; i < 3; i++) {
        const struct ward_str id = str_of(ids[i]);
        cases[i] = (struct store_case){.id = id,
                                       .urgency = i,
                                       .points = 0.5 * i,
                                       .has_time = true,
                                       .first_ms = NOW - 5,
                                       .last_ms = NOW,
                                       .says_zh = str_of("z"),
                                       .says_en = str_of("e"),
                                       .detail_json = str_of("{}")};
        people[i] = (struct store_person){str_of(i == 0   ? "P-1"
                                                 : i == 1 ? "P-2"
                                                          : "P-3"),
                                          id,
                                          WARD_ROLE_OFFER,
                                          0.9,
                                          str_of("{}"),
                                          &account,
                                          1};
        groups[i] =
            (struct store_group){str_of("qq/g1"), str_of("one"), 0.5 + i, 9, 3, id, str_of("{}")};
        ties[i] = (struct store_tie){
            str_of("qq/u1"), str_of("qq/u2"), str_of("handle"), 2.5, id, true, NOW, NOW,
            str_of("{}")};
        members[2 * i] = (struct store_membership){2 * i + 1, id, people[i].id};
        members[2 * i + 1] = (struct store_membership){2 * i + 2, id, str_of("")};
    }
    const struct store_linking l = {str_of("ann"), NOW, cases, 3, people,  3,
                                    groups,        3,   ties,  3, members, 6};
    assert_int_equal(store_link(fresh->store, &l, NULL), WARD_OK);
}

static uint64_t decide(struct fresh *fresh, enum store_decision_kind kind, const char *id,
                       const char *reason)
{
    uint64_t seq = 0;
    const struct store_decision d = {.time_ms = NOW,
                                     .who = str_of("ann"),
                                     .kind = kind,
                                     .subject_kind = str_of("case"),
                                     .subject = str_of(id),
                                     .case_id = str_of(id),
                                     .reason = str_of(reason)};
    assert_int_equal(store_decide(fresh->store, &d, &seq, NULL, NULL), WARD_OK);
    return seq;
}

/* Entries: 1 create, 2 ingest, 3 link, 4 confirm C-1, 5 assign C-1, 6 hold C-2, 7 ingest (the
 * counts grow). */
static int open_filled(void **state)
{
    struct fresh *fresh = calloc(1, sizeof *fresh);
    assert_non_null(fresh);
    fresh_open(fresh, on_server);
    ingest(fresh, 1, 8, 20);
    link_all(fresh);
    assert_int_equal(decide(fresh, STORE_CONFIRM, "C-1", ""), 4);
    (void)decide(fresh, STORE_ASSIGN, "C-1", "bob");
    (void)decide(fresh, STORE_HOLD, "C-2", "");
    ingest(fresh, 9, 2, 30);
    *state = fresh;
    return 0;
}

static int close_filled(void **state)
{
    fresh_close(*state);
    free(*state);
    return 0;
}

static struct store_audit_report verify(struct fresh *fresh)
{
    struct store_audit_report report;
    struct ward_error err = {0};
    if (store_audit_verify(fresh->store, NULL, &report, &err) != WARD_OK)
        fail_msg("%s", err.message);
    return report;
}

static void expect_good(struct fresh *fresh)
{
    const struct store_audit_report report = verify(fresh);
    if (!report.is_good)
        fail_msg("entry %llu: %s", (unsigned long long)report.bad_entry, report.what);
}

static void good_through_everything(void **state)
{
    struct fresh *fresh = *state;
    const struct store_act act = {str_of("ann"), NOW, str_of("")};
    const struct store_event_key key = {str_of("qq"), str_of("g1"), str_of("m1")};
    struct store_erased erased;
    expect_good(fresh);
    (void)decide(fresh, STORE_RELEASE, "C-2", "");
    expect_good(fresh);
    assert_int_equal(store_erase_event(fresh->store, &act, &key, &erased, NULL), WARD_OK);
    expect_good(fresh);
    (void)decide(fresh, STORE_HOLD, "C-3", "");
    ingest(fresh, 20, 3, 40);
    expect_good(fresh);
    link_all(fresh);
    expect_good(fresh);
    fresh_reopen(fresh, STORE_READ);
    expect_good(fresh);
}

/* What stood when the store was brought up to date is what stands from then on. */
static void an_older_store_is_sealed_as_it_is(void **state)
{
    struct fresh *fresh = *state;
    fresh_tamper(fresh, on_server ? "DROP TABLE ward_seal; DROP INDEX ward_event_held;"
                                    " UPDATE ward_meta SET value = '2' WHERE name = 'schema'"
                                  : "DROP TABLE ward_seal; DROP INDEX ward_event_held;"
                                    " UPDATE ward_meta SET value = X'32' WHERE name = 'schema'");
    fresh_reopen(fresh, STORE_WRITE);
    expect_good(fresh);
    (void)decide(fresh, STORE_ESCALATE, "C-3", "");
    ingest(fresh, 30, 1, 50);
    expect_good(fresh);
    fresh_tamper(fresh, "UPDATE ward_case SET state = 1 WHERE id = 'C-2'");
    assert_non_null(strstr(verify(fresh).what, "row C-2 of ward_case"));
}

/** A column set to another value in one row. */
struct change {
    const char *table, *row, *column, *value; /* row: condition */
    const char *named;                        /* what verify must say */
    uint64_t entry;
};

#define CASE_1 "ward_case", "id = 'C-1'"
#define CASE_3 "ward_case", "id = 'C-3'"
#define PERSON "ward_person", "id = 'P-2'"
#define GROUP "ward_group", "number = 1"
#define TIE "ward_tie", "number = 2"
#define MEMBER "ward_member", "seq = 4"
#define COUNT "ward_count", "group_id = 'g2'"
static const struct change changes[] = {
    {CASE_1, "state", "1", "row C-1 of ward_case", 5},
    {CASE_1, "assignee", "'eve'", "row C-1 of ward_case", 5},
    {CASE_1, "is_held", "1", "row C-1 of ward_case", 5},
    {"ward_case", "id = 'C-2'", "is_held", "0", "row C-2 of ward_case", 6},
    {CASE_3, "state", "4", "row C-3 of ward_case", 3},
    {CASE_3, "assignee", "'eve'", "row C-3 of ward_case", 3},
    {CASE_3, "is_held", "1", "row C-3 of ward_case", 3},
    {CASE_3, "id", "'C-30'", "row C-30 of ward_case", 3},
    {CASE_3, "urgency", "0", "row C-3 of ward_case", 3},
    {CASE_3, "points", "7.5", "row C-3 of ward_case", 3},
    {CASE_3, "score", "7.5", "row C-3 of ward_case", 3},
    {CASE_3, "says_zh", "'x'", "row C-3 of ward_case", 3},
    {CASE_3, "says_en", "'x'", "row C-3 of ward_case", 3},
    {CASE_3, "has_time", "0", "row C-3 of ward_case", 3},
    {CASE_3, "first_ms", "1", "row C-3 of ward_case", 3},
    {CASE_3, "last_ms", "1", "row C-3 of ward_case", 3},
    {CASE_3, "detail_json", "'[]'", "row C-3 of ward_case", 3},
    {CASE_3, "is_current", "0", "row C-3 of ward_case", 3},
    {CASE_3, "merged_into", "'C-1'", "row C-3 of ward_case", 3},
    {CASE_3, "event_count", "9", "row C-3 of ward_case", 3},
    {PERSON, "id", "'P-20'", "row P-20 of ward_person", 3},
    {PERSON, "case_id", "'C-1'", "row P-2 of ward_person", 3},
    {PERSON, "role", "2", "row P-2 of ward_person", 3},
    {PERSON, "confidence", "0.1", "row P-2 of ward_person", 3},
    {PERSON, "detail_json", "'[]'", "row P-2 of ward_person", 3},
    {PERSON, "accounts", "''", "row P-2 of ward_person", 3},
    {GROUP, "number", "7", "row 2 of ward_group", 3},
    {GROUP, "group_key", "'x'", "row 1 of ward_group", 3},
    {GROUP, "name", "'x'", "row 1 of ward_group", 3},
    {GROUP, "score", "0.1", "row 1 of ward_group", 3},
    {GROUP, "messages", "1", "row 1 of ward_group", 3},
    {GROUP, "flagged", "1", "row 1 of ward_group", 3},
    {GROUP, "case_id", "'C-1'", "row 1 of ward_group", 3},
    {GROUP, "detail_json", "'[]'", "row 1 of ward_group", 3},
    {TIE, "number", "9", "row 9 of ward_tie", 3},
    {TIE, "a", "'x'", "row 2 of ward_tie", 3},
    {TIE, "b", "'x'", "row 2 of ward_tie", 3},
    {TIE, "kind", "'x'", "row 2 of ward_tie", 3},
    {TIE, "weight", "0.1", "row 2 of ward_tie", 3},
    {TIE, "case_id", "'C-1'", "row 2 of ward_tie", 3},
    {TIE, "has_time", "0", "row 2 of ward_tie", 3},
    {TIE, "first_ms", "1", "row 2 of ward_tie", 3},
    {TIE, "last_ms", "1", "row 2 of ward_tie", 3},
    {TIE, "detail_json", "'[]'", "row 2 of ward_tie", 3},
    {MEMBER, "case_id", "'C-1'", "of ward_member", 3},
    {MEMBER, "person_id", "'P-1'", "of ward_member", 3},
    {MEMBER, "time_ms", "1", "of ward_member", 3},
    {MEMBER, "seq", "1", "of ward_member", 3},
    {COUNT, "platform", "'x'", "of ward_count", 7},
    {COUNT, "group_id", "'x'", "of ward_count", 7},
    {COUNT, "group_name", "'x'", "of ward_count", 7},
    {COUNT, "messages", "29", "of ward_count", 7},
    {COUNT, "updated", "2", "of ward_count", 7},
    {"ward_event", "seq = 3", "is_held", "0", "ward_event (is_held)", 6},
    {"ward_event", "seq = 1", "is_held", "1", "row 1 of ward_event (is_held)", 6},
    {"ward_event", "seq = 9", "is_last", "0", "event row 9 stands", 7},
    {"ward_event", "seq = 2", "mark", "''", "event row 2", 2},
    {"ward_event", "seq = 2", "account_key", "''", "event row 2", 2},
};

/* Verifying opens a transaction of its own, so what was is kept in a table beside. */
static void every_column(void **state)
{
    struct fresh *fresh = *state;
    size_t bad = 0;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const struct change *c = &changes[i];
        char undo[128];
        char sql[512];
        (void)snprintf(sql, sizeof sql,
                       "CREATE TABLE kept AS SELECT * FROM %s; UPDATE %s SET %s = %s WHERE %s",
                       c->table, c->table, c->column, c->value, c->row);
        fresh_tamper(fresh, sql);
        const struct store_audit_report report = verify(fresh);
        (void)snprintf(undo, sizeof undo, "DELETE FROM %s; INSERT INTO %s SELECT * FROM kept",
                       c->table, c->table);
        fresh_tamper(fresh, undo);
        fresh_tamper(fresh, "DROP TABLE kept");
        if (report.is_good || report.bad_entry != c->entry || !strstr(report.what, c->named)) {
            print_error("%s.%s: entry %llu, \"%s\"\n", c->table, c->column,
                        (unsigned long long)report.bad_entry, report.what);
            bad++;
        }
    }
    expect_good(fresh);
    assert_int_equal(bad, 0);
}

static void rows_taken_away_and_added(void **state)
{
    static const char *const tampers[] = {
        "DELETE FROM ward_case WHERE id = 'C-2'",
        "DELETE FROM ward_case WHERE id = 'C-3'",
        "DELETE FROM ward_person",
        "DELETE FROM ward_group WHERE number = 2",
        "DELETE FROM ward_tie WHERE number = 0",
        "DELETE FROM ward_member WHERE seq = 6",
        "DELETE FROM ward_count WHERE group_id = 'g1'",
        "INSERT INTO ward_tie SELECT a, b, kind, weight, case_id, has_time, first_ms, last_ms,"
        " detail_json, 3 FROM ward_tie WHERE number = 1",
        "INSERT INTO ward_person SELECT 'P-0', case_id, role, confidence, detail_json, accounts"
        " FROM ward_person WHERE id = 'P-1'",
        "INSERT INTO ward_seal SELECT kind, entry, place + 1000, row_key, is_new, digests FROM"
        " ward_seal",
        "DELETE FROM ward_seal WHERE kind = 0 AND entry = 4",
        "UPDATE ward_seal SET is_new = 1 WHERE kind = 5 AND entry = 7 AND place = 0",
        "UPDATE ward_case SET state = 0 WHERE id = 'C-1'; DELETE FROM ward_seal WHERE kind = 0"
        " AND entry > 3"};
    struct fresh *fresh = *state;
    for (size_t i = 0; i < sizeof tampers / sizeof tampers[0]; i++) {
        static const char *const tables[] = {"ward_case",   "ward_person", "ward_group", "ward_tie",
                                             "ward_member", "ward_count",  "ward_seal"};
        char sql[256];
        for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
            (void)snprintf(sql, sizeof sql, "CREATE TABLE kept%zu AS SELECT * FROM %s", t,
                           tables[t]);
            fresh_tamper(fresh, sql);
        }
        fresh_tamper(fresh, tampers[i]);
        if (verify(fresh).is_good)
            fail_msg("not found: %s", tampers[i]);
        for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
            (void)snprintf(sql, sizeof sql,
                           "DELETE FROM %s; INSERT INTO %s SELECT * FROM kept%zu; DROP TABLE"
                           " kept%zu",
                           tables[t], tables[t], t, t);
            fresh_tamper(fresh, sql);
        }
    }
    expect_good(fresh);
}

/* More rows than one block holds; the middle one is named. */
static void large_tables(void **state)
{
    enum { TIES = 2500 };
    struct fresh *fresh = *state;
    struct store_tie *ties = calloc(TIES, sizeof *ties);
    const struct store_case c = {.id = str_of("C-1")};
    assert_non_null(ties);
    for (size_t i = 0; i < TIES; i++)
        ties[i] = (struct store_tie){.a = str_of("a"), .b = str_of("b"), .kind = str_of("k")};
    const struct store_linking l = {.who = str_of("ann"),
                                    .time_ms = NOW,
                                    .cases = &c,
                                    .case_count = 1,
                                    .ties = ties,
                                    .tie_count = TIES};
    assert_int_equal(store_link(fresh->store, &l, NULL), WARD_OK);
    free(ties);
    expect_good(fresh);
    fresh_tamper(fresh, "UPDATE ward_tie SET weight = 1.5 WHERE number = 1723");
    assert_non_null(strstr(verify(fresh).what, "row 1723 of ward_tie"));
    fresh_tamper(fresh, "UPDATE ward_tie SET weight = 0 WHERE number = 1723;"
                        "DELETE FROM ward_tie WHERE number = 2499");
    assert_non_null(strstr(verify(fresh).what, "ward_tie"));
}

int main(int argc, char **argv)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_filled, close_filled)
    const struct CMUnitTest tests[] = {TEST(good_through_everything),
                                       TEST(an_older_store_is_sealed_as_it_is), TEST(every_column),
                                       TEST(rows_taken_away_and_added), TEST(large_tables)};
    on_server = argc > 1 && strcmp(argv[1], "postgres") == 0;
    if (on_server && !fresh_has_server())
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
