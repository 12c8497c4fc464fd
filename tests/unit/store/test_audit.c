/* Every kind of tampering with the audit log or with what it speaks of is found, at its entry. */
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

/* Entries: 1 create, 2 and 3 ingests, 4 link, 5 decision, 6 setting, 7 a plain entry. */
static int open_filled(void **state)
{
    struct fresh *fresh = calloc(1, sizeof *fresh);
    assert_non_null(fresh);
    fresh_open(fresh, on_server);
    const struct store_event first[] = {fresh_event(1), fresh_event(2)};
    const struct store_event second[] = {fresh_event(3), fresh_event(4)};
    const struct store_act act = {str_of("ann"), NOW, str_of("why")};
    const struct store_case c = {.id = str_of("C-1")};
    const struct store_membership m = {1, str_of("C-1"), str_of("")};
    const struct store_linking l = {.who = str_of("ann"),
                                    .time_ms = NOW,
                                    .cases = &c,
                                    .case_count = 1,
                                    .members = &m,
                                    .member_count = 1};
    const struct store_decision d = {.time_ms = NOW,
                                     .who = str_of("ann"),
                                     .kind = STORE_CONFIRM,
                                     .subject_kind = str_of("case"),
                                     .subject = str_of("C-1")};
    (void)fresh_ingest(fresh->store, first, 2);
    (void)fresh_ingest(fresh->store, second, 2);
    assert_int_equal(store_link(fresh->store, &l, NULL), WARD_OK);
    assert_int_equal(store_decide(fresh->store, &d, NULL, NULL, NULL), WARD_OK);
    assert_int_equal(store_configure(fresh->store, &act, str_of("a"), str_of("b"), NULL), WARD_OK);
    assert_int_equal(store_audit_add(fresh->store, &act, str_of("read"), str_of("{}"), NULL),
                     WARD_OK);
    *state = fresh;
    return 0;
}

static int close_filled(void **state)
{
    fresh_close(*state);
    free(*state);
    return 0;
}

static void verify(struct fresh *fresh, const char *anchor, struct store_audit_report *report)
{
    struct ward_error err = {0};
    if (store_audit_verify(fresh->store, anchor, report, &err) != WARD_OK)
        fail_msg("%s", err.message);
}

static void expect_bad(struct fresh *fresh, uint64_t entry, const char *what)
{
    struct store_audit_report report;
    verify(fresh, NULL, &report);
    assert_false(report.is_good);
    assert_int_equal(report.bad_entry, entry);
    if (!strstr(report.what, what))
        fail_msg("\"%s\" does not say \"%s\"", report.what, what);
}

static void good_as_it_is(void **state)
{
    struct store_audit_report report;
    verify(*state, NULL, &report);
    assert_true(report.is_good);
    assert_int_equal(report.entries, 7);
    assert_int_equal(report.rows, 8); /* 4 events, decision, setting, case, membership */
    assert_false(report.is_anchored);
    assert_true(report.is_key_pinned);
}

static void byte_flipped(void **state)
{
    fresh_tamper(*state, "UPDATE ward_audit SET time_ms = time_ms + 1 WHERE seq = 5");
    expect_bad(*state, 5, "changed");
}

static void entry_removed(void **state)
{
    fresh_tamper(*state, "DELETE FROM ward_audit WHERE seq = 3");
    expect_bad(*state, 3, "removed");
}

static void two_swapped(void **state)
{
    fresh_tamper(*state, "UPDATE ward_audit SET seq = -3 WHERE seq = 3;"
                         "UPDATE ward_audit SET seq = 3 WHERE seq = 5;"
                         "UPDATE ward_audit SET seq = 5 WHERE seq = -3");
    expect_bad(*state, 3, "stands entry 5");
}

static void tail_cut(void **state)
{
    fresh_tamper(*state, "DELETE FROM ward_audit WHERE seq > 6");
    expect_bad(*state, 7, "tail was cut");
}

/* The head is put back too: only the anchor knows. */
static void tail_cut_with_its_head(void **state)
{
    struct fresh *fresh = *state;
    struct store_audit_report report;
    char anchor[128];
    (void)snprintf(anchor, sizeof anchor, "%s/anchor", fresh->folder);
    assert_int_equal(store_anchor(fresh->store, anchor, NULL), WARD_OK);
    verify(fresh, anchor, &report);
    assert_true(report.is_good && report.is_anchored);
    assert_int_equal(report.anchored, 7);
    fresh_tamper(fresh, "DELETE FROM ward_audit WHERE seq > 6; UPDATE ward_head SET entries = 6,"
                        " hash = (SELECT hash FROM ward_audit WHERE seq = 6)");
    verify(fresh, NULL, &report);
    assert_true(report.is_good && !report.is_anchored);
    verify(fresh, anchor, &report);
    assert_false(report.is_good);
    assert_int_equal(report.bad_entry, 7);
}

/* An entry with a right hash, in the right place, by somebody without the key. */
static void entry_forged(void **state)
{
    struct fresh *fresh = *state;
    const struct store_act act = {str_of("mallory"), NOW, str_of("")};
    randombytes_buf(fresh->store->key.secret, sizeof fresh->store->key.secret);
    assert_int_equal(store_audit_add(fresh->store, &act, str_of("read"), str_of("{}"), NULL),
                     WARD_OK);
    expect_bad(fresh, 8, "forged");
}

static void event_changed(void **state)
{
    fresh_tamper(*state, "UPDATE ward_event SET score = 0.9 WHERE seq = 3");
    expect_bad(*state, 3, "event row 3");
}

static void event_removed(void **state)
{
    fresh_tamper(*state, "DELETE FROM ward_event WHERE seq = 2");
    expect_bad(*state, 2, "not those");
}

static void event_added(void **state)
{
    fresh_tamper(*state, "UPDATE ward_event SET batch = 6 WHERE seq = 4");
    expect_bad(*state, 3, "not those");
}

static void decision_changed(void **state)
{
    fresh_tamper(*state, "UPDATE ward_decision SET kind = 1");
    expect_bad(*state, 5, "decision");
}

static void decision_added(void **state)
{
    fresh_tamper(*state, "INSERT INTO ward_decision SELECT 4, time_ms, who, kind, subject_kind,"
                         " subject, case_id, reason, note, extra_json, outcome FROM ward_decision");
    expect_bad(*state, 4, "does not have");
}

static void setting_changed(void **state)
{
    fresh_tamper(*state, "UPDATE ward_setting SET value = name");
    expect_bad(*state, 6, "setting");
}

/* Content taken away without an erasure in the log. */
static void erased_in_secret(void **state)
{
    fresh_tamper(*state, "UPDATE ward_event SET erased_by = 4, event_json = '', verdict_json = '',"
                         " account = '', alias = '', id = '', record_key = '', mark = '',"
                         " account_key = '' WHERE seq = 4");
    expect_bad(*state, 4, "does not have");
}

int main(int argc, char **argv)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_filled, close_filled)
    const struct CMUnitTest tests[] = {
        TEST(good_as_it_is),   TEST(byte_flipped),     TEST(entry_removed),
        TEST(two_swapped),     TEST(tail_cut),         TEST(tail_cut_with_its_head),
        TEST(entry_forged),    TEST(event_changed),    TEST(event_removed),
        TEST(event_added),     TEST(decision_changed), TEST(decision_added),
        TEST(setting_changed), TEST(erased_in_secret)};
    on_server = argc > 1 && strcmp(argv[1], "postgres") == 0;
    if (on_server && !fresh_has_server())
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
