/* Records: compare and set, order and pages, stamps, sweeping, the seal, and the way from an older
 * schema. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fresh_store.h"
#include "store/store_records.h"

static bool on_server;

static int open_store(void **state)
{
    struct fresh *fresh = calloc(1, sizeof *fresh);
    assert_non_null(fresh);
    fresh_open(fresh, on_server);
    *state = fresh;
    return 0;
}

static int close_store(void **state)
{
    fresh_close(*state);
    free(*state);
    return 0;
}

static struct store_record_change putting(const char *id, const char *json, uint64_t expect)
{
    return (struct store_record_change){.kind = str_of("thing"),
                                        .id = str_of(id),
                                        .json = str_of(json),
                                        .expect = expect,
                                        .is_sealed = true};
}

/* One batch with an entry. */
static enum ward_status change(struct store *store, struct store_record_change *changes,
                               size_t count)
{
    struct store_record_batch batch = {.who = str_of("ann"),
                                       .time_ms = NOW,
                                       .entry_kind = str_of("thing-change"),
                                       .entry_json = str_of("{}"),
                                       .changes = changes,
                                       .count = count};
    return store_records_change(store, &batch, NULL);
}

static uint64_t put(struct store *store, const char *id, const char *json)
{
    struct store_record_change c = putting(id, json, STORE_ETAG_ANY);
    assert_int_equal(change(store, &c, 1), WARD_OK);
    assert_true(c.etag > 0);
    return c.etag;
}

static enum ward_status drop(struct store *store, const char *id, uint64_t expect)
{
    struct store_record_change c = putting(id, "", expect);
    c.deletes = true;
    return change(store, &c, 1);
}

/* A quiet record without an entry. */
static enum ward_status put_quiet(struct store *store, const char *id, int64_t expires_ms)
{
    struct store_record_change c = {.kind = str_of("passing"),
                                    .id = str_of(id),
                                    .json = str_of("{}"),
                                    .expires_ms = expires_ms,
                                    .expect = STORE_ETAG_ANY};
    struct store_record_batch batch = {.time_ms = NOW, .changes = &c, .count = 1};
    return store_records_change(store, &batch, NULL);
}

static enum ward_status join(void *context, const struct store_record *row, struct ward_error *err)
{
    char *text = context;
    (void)err;
    (void)snprintf(text + strlen(text), 4096 - strlen(text), "%.*s=%.*s ", (int)row->id.len,
                   row->id.data, (int)row->json.len, row->json.data);
    return WARD_OK;
}

static const char *listed(struct store *store, const struct store_record_query *query)
{
    static char text[4096];
    text[0] = '\0';
    assert_int_equal(store_records(store, query, join, text, NULL), WARD_OK);
    return text;
}

static bool verifies(struct fresh *fresh)
{
    struct store_audit_report report;
    assert_int_equal(store_audit_verify(fresh->store, NULL, &report, NULL), WARD_OK);
    if (!report.is_good)
        print_message("# entry %llu: %s\n", (unsigned long long)report.bad_entry, report.what);
    return report.is_good;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void a_change_made_for_another_etag_is_refused(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    const uint64_t first = put(store, "a", "1");
    const uint64_t second = put(store, "a", "2");
    assert_true(second > first);
    struct store_record_change c = putting("a", "3", first);
    assert_int_equal(change(store, &c, 1), WARD_ERR_STALE);
    assert_int_equal(c.etag, 0);
    c = putting("a", "3", STORE_ETAG_NEW);
    assert_int_equal(change(store, &c, 1), WARD_ERR_REFUSED);
    c = putting("b", "3", second);
    assert_int_equal(change(store, &c, 1), WARD_ERR_NOT_FOUND);
    c = putting("a", "3", second);
    assert_int_equal(change(store, &c, 1), WARD_OK);
    assert_true(c.etag > second);
    assert_int_equal(drop(store, "a", second), WARD_ERR_STALE);
    assert_int_equal(drop(store, "a", c.etag), WARD_OK);
    assert_int_equal(drop(store, "a", STORE_ETAG_ANY), WARD_ERR_NOT_FOUND);
    char text[4096] = "";
    assert_int_equal(store_record_find(store, str_of("thing"), str_of("a"), join, text, NULL),
                     WARD_ERR_NOT_FOUND);
    assert_true(put(store, "a", "4") > c.etag);
}

static void a_batch_is_done_whole_or_not_at_all(void **state)
{
    struct fresh *fresh = *state;
    const struct store_record_query all = {.kind = str_of("thing")};
    put(fresh->store, "a", "1");
    struct store_record_change two[] = {putting("b", "1", STORE_ETAG_NEW),
                                        putting("a", "2", STORE_ETAG_NEW)};
    assert_int_equal(change(fresh->store, two, 2), WARD_ERR_REFUSED);
    assert_string_equal(listed(fresh->store, &all), "a=1 ");
    two[1].expect = STORE_ETAG_ANY;
    assert_int_equal(change(fresh->store, two, 2), WARD_OK);
    assert_string_equal(listed(fresh->store, &all), "a=2 b=1 ");
    fresh_reopen(fresh, STORE_READ);
    assert_string_equal(listed(fresh->store, &all), "a=2 b=1 ");
    assert_true(verifies(fresh));
}

static void records_are_listed_by_id_in_pages(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    char id[16];
    for (int i = 0; i < 250; i++) {
        (void)snprintf(id, sizeof id, "w1/%03d", i);
        assert_int_equal(put_quiet(store, id, 0), WARD_OK);
    }
    assert_int_equal(put_quiet(store, "w1", 0), WARD_OK);
    assert_int_equal(put_quiet(store, "w10/000", 0), WARD_OK);
    struct store_record_query q = {.kind = str_of("passing"), .prefix = str_of("w1/")};
    const char *text = listed(store, &q);
    assert_int_equal(strlen(text), 250 * strlen("w1/000={} "));
    assert_memory_equal(text, "w1/000={} w1/001={} ", 20);
    q.after = str_of("w1/247");
    assert_string_equal(listed(store, &q), "w1/248={} w1/249={} ");
    q.backwards = true;
    q.limit = 2;
    assert_string_equal(listed(store, &q), "w1/246={} w1/245={} ");
    q.after = str_of("");
    assert_string_equal(listed(store, &q), "w1/249={} w1/248={} ");
    q.limit = 240;
    text = listed(store, &q);
    assert_string_equal(text + strlen(text) - 10, "w1/010={} ");
    q = (struct store_record_query){.kind = str_of("passing"), .after = str_of("w1/249")};
    assert_string_equal(listed(store, &q), "w10/000={} ");
    q.kind = str_of("other");
    assert_string_equal(listed(store, &q), "");
}

static void ids_may_be_hostile(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    const char *const odd[] = {"\xff\xff", "'; DROP TABLE ward_record; --", "\xe5\xa5\xb3", "%",
                               "\n"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        put(store, odd[i], odd[i]);
    char text[4096] = "";
    assert_int_equal(
        store_record_find(store, str_of("thing"), str_of("\xff\xff"), join, text, NULL), WARD_OK);
    const struct store_record_query q = {.kind = str_of("thing"), .prefix = str_of("\xff")};
    assert_string_equal(listed(store, &q), "\xff\xff=\xff\xff ");
    struct store_record_change c = putting("a", "1", STORE_ETAG_ANY);
    c.id = (struct ward_str){"a\0b", 3};
    assert_int_equal(change(store, &c, 1), WARD_ERR_ARGUMENT);
    c.id = str_of("");
    assert_int_equal(change(store, &c, 1), WARD_ERR_ARGUMENT);
    char longer[STORE_RECORD_ID_MAX + 1];
    memset(longer, 'a', sizeof longer);
    c.id = (struct ward_str){longer, sizeof longer};
    assert_int_equal(change(store, &c, 1), WARD_ERR_LIMIT);
    c.id.len = STORE_RECORD_ID_MAX;
    assert_int_equal(change(store, &c, 1), WARD_OK);
    c.kind = str_of("Thing");
    assert_int_equal(change(store, &c, 1), WARD_ERR_ARGUMENT);
}

static void a_stamp_changes_with_its_kind_only(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    uint64_t none, first, next;
    assert_int_equal(store_records_stamp(store, str_of("thing"), &none, NULL), WARD_OK);
    put(store, "a", "1");
    assert_int_equal(store_records_stamp(store, str_of("thing"), &first, NULL), WARD_OK);
    assert_true(first != none);
    assert_int_equal(put_quiet(store, "x", 0), WARD_OK);
    assert_int_equal(store_records_stamp(store, str_of("thing"), &next, NULL), WARD_OK);
    assert_int_equal(first, next);
    assert_int_equal(drop(store, "a", STORE_ETAG_ANY), WARD_OK);
    assert_int_equal(store_records_stamp(store, str_of("thing"), &next, NULL), WARD_OK);
    assert_true(next > first);
}

static void what_has_expired_is_swept(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    const struct store_record_query all = {.kind = str_of("passing")};
    uint64_t count, before, after;
    assert_int_equal(put_quiet(store, "never", 0), WARD_OK);
    assert_int_equal(put_quiet(store, "now", NOW), WARD_OK);
    assert_int_equal(put_quiet(store, "past", NOW - 1), WARD_OK);
    assert_int_equal(store_records_stamp(store, all.kind, &before, NULL), WARD_OK);
    assert_int_equal(store_records_sweep(store, all.kind, NOW, &count, NULL), WARD_OK);
    assert_int_equal(count, 1);
    assert_string_equal(listed(store, &all), "never={} now={} ");
    assert_int_equal(store_records_stamp(store, all.kind, &after, NULL), WARD_OK);
    assert_true(after > before);
    assert_int_equal(store_records_sweep(store, all.kind, NOW, &count, NULL), WARD_OK);
    assert_int_equal(count, 0);
    assert_int_equal(store_records_stamp(store, all.kind, &before, NULL), WARD_OK);
    assert_int_equal(after, before);
}

static void quiet_and_sealed_do_not_mix(void **state)
{
    struct fresh *fresh = *state;
    struct store_record_change c = putting("a", "1", STORE_ETAG_ANY);
    struct store_record_batch batch = {.time_ms = NOW, .changes = &c, .count = 1};
    assert_int_equal(store_records_change(fresh->store, &batch, NULL), WARD_ERR_ARGUMENT);
    put(fresh->store, "a", "1");
    c.is_sealed = false;
    assert_int_equal(store_records_change(fresh->store, &batch, NULL), WARD_ERR_ARGUMENT);
    batch.entry_kind = str_of("decision");
    assert_int_equal(store_records_change(fresh->store, &batch, NULL), WARD_ERR_ARGUMENT);
    fresh_reopen(fresh, STORE_READ);
    c = putting("a", "1", STORE_ETAG_ANY);
    assert_int_equal(change(fresh->store, &c, 1), WARD_ERR_ARGUMENT);
}

static void tampering_with_a_sealed_record_shows(void **state)
{
    struct fresh *fresh = *state;
    put(fresh->store, "a", "1");
    put(fresh->store, "b", "1");
    assert_int_equal(put_quiet(fresh->store, "x", 0), WARD_OK);
    assert_true(verifies(fresh));
    fresh_tamper(fresh, "UPDATE ward_record SET json = kind WHERE kind <> 'thing'");
    assert_true(verifies(fresh)); /* quiet ones are nobody's evidence */
    fresh_tamper(fresh, "UPDATE ward_record SET json = kind WHERE id = 'a'");
    assert_false(verifies(fresh));
}

static void a_removed_record_shows(void **state)
{
    struct fresh *fresh = *state;
    put(fresh->store, "a", "1");
    put(fresh->store, "b", "1");
    fresh_tamper(fresh, "DELETE FROM ward_record WHERE id = 'a'");
    assert_false(verifies(fresh));
}

static void an_added_record_shows(void **state)
{
    struct fresh *fresh = *state;
    fresh_tamper(fresh, "INSERT INTO ward_record (kind, id, etag, entry, digest, created_ms,"
                        " changed_ms, expires_ms, json) VALUES"
                        " ('thing', 'c', 9, 1, '', 0, 0, 0, '1')");
    assert_false(verifies(fresh));
}

/* The row as it once was, with the digest that it had then. */
static void a_record_set_back_shows(void **state)
{
    struct fresh *fresh = *state;
    put(fresh->store, "a", "1");
    fresh_tamper(fresh, "CREATE TABLE kept AS SELECT * FROM ward_record");
    put(fresh->store, "a", "2");
    put(fresh->store, "b", "1");
    assert_true(verifies(fresh));
    fresh_tamper(fresh, "DELETE FROM ward_record WHERE id = 'a';"
                        " INSERT INTO ward_record SELECT * FROM kept; DROP TABLE kept");
    assert_false(verifies(fresh));
}

static void an_older_store_is_brought_up_to_date(void **state)
{
    struct fresh *fresh = *state;
    const struct store_event events[] = {fresh_event(1)};
    (void)fresh_ingest(fresh->store, events, 1);
    fresh_tamper(fresh, "DROP TABLE ward_record; DROP TABLE ward_record_serial;"
                        " DROP TABLE ward_seal; DROP INDEX ward_event_held;"
                        " UPDATE ward_meta SET value = '1' WHERE name = 'schema'");
    fresh_reopen(fresh, STORE_WRITE);
    put(fresh->store, "a", "1");
    fresh_reopen(fresh, STORE_READ);
    assert_true(verifies(fresh));
    const struct store_record_query all = {.kind = str_of("thing")};
    assert_string_equal(listed(fresh->store, &all), "a=1 ");
}

int main(int argc, char **argv)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, open_store, close_store)
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_change_made_for_another_etag_is_refused),
        STORE_TEST(a_batch_is_done_whole_or_not_at_all),
        STORE_TEST(records_are_listed_by_id_in_pages),
        STORE_TEST(ids_may_be_hostile),
        STORE_TEST(a_stamp_changes_with_its_kind_only),
        STORE_TEST(what_has_expired_is_swept),
        STORE_TEST(quiet_and_sealed_do_not_mix),
        STORE_TEST(tampering_with_a_sealed_record_shows),
        STORE_TEST(a_removed_record_shows),
        STORE_TEST(an_added_record_shows),
        STORE_TEST(a_record_set_back_shows),
        STORE_TEST(an_older_store_is_brought_up_to_date),
    };
    on_server = argc > 1 && strcmp(argv[1], "postgres") == 0;
    if (on_server && !fresh_has_server())
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
