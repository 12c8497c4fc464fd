/* Who holds a case, what a condition refuses, stamps, pages and the serial, on the back end named
 * by the first argument. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "fresh_store.h"

static bool on_server;

static void link_to(struct store *store, const char *says, size_t members)
{
    struct store_membership rows[64];
    const struct store_case cases[] = {{.id = str_of("C-1"), .says_en = str_of(says)}};
    const struct ward_str accounts[] = {str_of("qq/a")};
    const struct store_person people[] = {
        {.id = str_of("P-1"), .case_id = str_of("C-1"), .accounts = accounts, .account_count = 1},
        {.id = str_of("P-2"), .case_id = str_of("C-1")},
        {.id = str_of("P-3"), .case_id = str_of("C-1")}};
    for (size_t i = 0; i < members; i++)
        rows[i] = (struct store_membership){.seq = i + 1, .case_id = str_of("C-1")};
    const struct store_linking linking = {.who = str_of("ann"),
                                          .time_ms = NOW,
                                          .cases = cases,
                                          .case_count = 1,
                                          .people = people,
                                          .person_count = 3,
                                          .members = rows,
                                          .member_count = members};
    assert_int_equal(store_link(store, &linking, NULL), WARD_OK);
}

static int open_case(void **state)
{
    struct fresh *fresh = calloc(1, sizeof *fresh);
    struct store_event events[40];
    assert_non_null(fresh);
    fresh_open(fresh, on_server);
    for (unsigned i = 0; i < 40; i++)
        events[i] = fresh_event(i);
    (void)fresh_ingest(fresh->store, events, 40);
    link_to(fresh->store, "two sellers", 40);
    *state = fresh;
    return 0;
}

static int close_case(void **state)
{
    fresh_close(*state);
    free(*state);
    return 0;
}

static enum ward_status assign(struct store *store, const char *who, const char *to, int64_t now,
                               const struct store_condition *only_if, struct ward_error *err)
{
    const struct store_decision decision = {.time_ms = now,
                                            .who = str_of(who),
                                            .kind = STORE_ASSIGN,
                                            .subject_kind = str_of("case"),
                                            .subject = str_of("C-1"),
                                            .reason = str_of(to),
                                            .only_if = only_if};
    return store_decide(store, &decision, NULL, NULL, err);
}

/* ---- claims ---------------------------------------------------------------------------------- */

static void a_held_case_is_refused_to_others(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    const struct store_condition is_free = {.is_free = true, .idle_ms = INT64_MIN};
    struct ward_error err = {0};
    assert_int_equal(assign(store, "ann", "ann", NOW, &is_free, NULL), WARD_OK);
    assert_int_equal(assign(store, "ann", "ann", NOW, &is_free, NULL), WARD_OK);
    assert_int_equal(assign(store, "bob", "bob", NOW, &is_free, &err), WARD_ERR_REFUSED);
    assert_non_null(strstr(err.message, "ann"));
}

static void only_the_holder_releases(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    const struct store_condition is_free = {.is_free = true, .idle_ms = INT64_MIN};
    const struct store_condition own = {.is_own = true};
    assert_int_equal(assign(store, "bob", "", NOW, &own, NULL), WARD_ERR_REFUSED);
    assert_int_equal(assign(store, "ann", "ann", NOW, &is_free, NULL), WARD_OK);
    assert_int_equal(assign(store, "bob", "", NOW, &own, NULL), WARD_ERR_REFUSED);
    assert_int_equal(assign(store, "ann", "", NOW, &own, NULL), WARD_OK);
    assert_int_equal(assign(store, "bob", "bob", NOW, &is_free, NULL), WARD_OK);
}

/* A holder who went away does not keep the case for ever; one who works on it does. */
static void an_idle_claim_lapses(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    const struct store_condition before = {.is_free = true, .idle_ms = NOW};
    const struct store_condition behind = {.is_free = true, .idle_ms = NOW + 2};
    const struct store_condition later = {.is_free = true, .idle_ms = NOW + 6};
    assert_int_equal(assign(store, "ann", "ann", NOW, &before, NULL), WARD_OK);
    assert_int_equal(assign(store, "bob", "bob", NOW + 1, &before, NULL), WARD_ERR_REFUSED);
    const struct store_decision note = {.time_ms = NOW + 5,
                                        .who = str_of("ann"),
                                        .kind = STORE_NOTE,
                                        .subject_kind = str_of("case"),
                                        .subject = str_of("C-1"),
                                        .note = str_of("at work")};
    assert_int_equal(store_decide(store, &note, NULL, NULL, NULL), WARD_OK);
    assert_int_equal(assign(store, "bob", "bob", NOW + 9, &behind, NULL), WARD_ERR_REFUSED);
    assert_int_equal(assign(store, "bob", "bob", NOW + 9, &later, NULL), WARD_OK);
    /* Bob was given it just now, and holds it. */
    assert_int_equal(assign(store, "ann", "ann", NOW + 9, &later, NULL), WARD_ERR_REFUSED);
}

/* ---- stamps ---------------------------------------------------------------------------------- */

static void stamp(struct store *store, char out[STORE_STAMP])
{
    assert_int_equal(store_case_stamp(store, str_of("C-1"), out, NULL), WARD_OK);
    assert_int_equal(strlen(out), STORE_STAMP - 1);
}

static void a_stamp_changes_with_its_case_only(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    char first[STORE_STAMP];
    char again[STORE_STAMP];
    stamp(store, first);
    link_to(store, "two sellers", 40);
    stamp(store, again);
    assert_string_equal(first, again);
    link_to(store, "three sellers", 40);
    stamp(store, again);
    assert_string_not_equal(first, again);
    assert_int_equal(assign(store, "ann", "ann", NOW, NULL, NULL), WARD_OK);
    stamp(store, first);
    assert_string_not_equal(first, again);
    assert_int_equal(store_case_stamp(store, str_of("C-2"), again, NULL), WARD_ERR_NOT_FOUND);
}

static void a_lost_update_is_refused(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    char read[STORE_STAMP];
    stamp(store, read);
    const struct store_condition unchanged = {.stamp = str_of(read)};
    assert_int_equal(assign(store, "ann", "ann", NOW, &unchanged, NULL), WARD_OK);
    assert_int_equal(assign(store, "bob", "bob", NOW, &unchanged, NULL), WARD_ERR_STALE);
}

/* ---- pages ----------------------------------------------------------------------------------- */

struct page {
    uint64_t seqs[64];
    size_t count;
    struct store_event_place last;
};

static enum ward_status take_event(void *context, const struct store_event_row *row,
                                   struct ward_error *err)
{
    struct page *page = context;
    (void)err;
    page->seqs[page->count++] = row->seq;
    page->last = row->place;
    return WARD_OK;
}

/* Pages of any size give every event once, in the order of one reading. */
static void pages_of_events_add_up(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    struct page whole = {.count = 0};
    const struct store_event_query all = {.case_id = str_of("C-1")};
    assert_int_equal(store_events(store, &all, take_event, &whole, NULL), WARD_OK);
    assert_int_equal(whole.count, 40);
    for (size_t size = 1; size <= 41; size += 7) {
        struct page paged = {.count = 0};
        size_t before;
        do {
            const struct store_event_place from = paged.last;
            const struct store_event_query query = {
                .case_id = str_of("C-1"), .after = paged.count ? &from : NULL, .limit = size};
            before = paged.count;
            assert_int_equal(store_events(store, &query, take_event, &paged, NULL), WARD_OK);
            assert_true(paged.count - before <= size);
        } while (paged.count - before == size);
        assert_int_equal(paged.count, 40);
        assert_memory_equal(paged.seqs, whole.seqs, 40 * sizeof whole.seqs[0]);
    }
}

static enum ward_status list_person(void *context, const struct store_person *row,
                                    struct ward_error *err)
{
    (void)err;
    buf_put_str(context, row->id);
    buf_printf(context, "/%zu ", row->account_count);
    return WARD_OK;
}

static void people_are_paged_and_found(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    struct buf out;
    buf_init(&out, 4096);
    assert_int_equal(store_people_page(store, (struct ward_str){"", 0}, 2, list_person, &out, NULL),
                     WARD_OK);
    buf_put_char(&out, '|');
    assert_int_equal(store_people_page(store, str_of("P-2"), 2, list_person, &out, NULL), WARD_OK);
    buf_put_char(&out, '|');
    assert_int_equal(store_person_find(store, str_of("P-1"), list_person, &out, NULL), WARD_OK);
    buf_put_char(&out, '\0');
    assert_string_equal(out.data, "P-1/1 P-2/0 |P-3/0 |P-1/1 ");
    assert_int_equal(store_person_find(store, str_of("P-9"), list_person, &out, NULL),
                     WARD_ERR_NOT_FOUND);
    buf_release(&out);
}

static enum ward_status list_decision(void *context, const struct store_decision *row,
                                      struct ward_error *err)
{
    (void)err;
    buf_put_text(context, store_decision_name(row->kind));
    buf_put_char(context, ' ');
    return WARD_OK;
}

static void decisions_of_some_kinds(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    static const enum store_decision_kind kinds[] = {STORE_NOTE, STORE_REFER, STORE_DISMISS,
                                                     STORE_REOPEN, STORE_REFER};
    struct buf out;
    buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct store_decision decision = {.time_ms = NOW,
                                                .who = str_of("ann"),
                                                .kind = kinds[i],
                                                .subject_kind = str_of("case"),
                                                .subject = str_of("C-1"),
                                                .reason = str_of("police")};
        assert_int_equal(store_decide(store, &decision, NULL, NULL, NULL), WARD_OK);
    }
    const uint32_t wanted = 1u << STORE_REFER | 1u << STORE_DISMISS;
    assert_int_equal(store_decisions_of(store, wanted, 0, list_decision, &out, NULL), WARD_OK);
    buf_put_char(&out, '\0');
    assert_string_equal(out.data, "refer dismiss refer ");
    buf_release(&out);
}

/* ---- serial ---------------------------------------------------------------------------------- */

static void the_serial_grows_with_changes_only(void **state)
{
    struct store *store = ((struct fresh *)*state)->store;
    const struct store_act act = {str_of("ann"), NOW, {"", 0}};
    uint64_t first;
    uint64_t next;
    assert_int_equal(store_serial(store, &first, NULL), WARD_OK);
    assert_true(first > 0);
    assert_int_equal(store_audit_add(store, &act, str_of("case-read"), str_of("{}"), NULL),
                     WARD_OK);
    assert_int_equal(store_serial(store, &next, NULL), WARD_OK);
    assert_int_equal(first, next);
    assert_int_equal(assign(store, "ann", "ann", NOW, NULL, NULL), WARD_OK);
    assert_int_equal(store_serial(store, &next, NULL), WARD_OK);
    assert_true(next > first);
    first = next;
    link_to(store, "two sellers", 40);
    assert_int_equal(store_serial(store, &next, NULL), WARD_OK);
    assert_true(next > first);
    struct store_audit_report report;
    assert_int_equal(store_audit_verify(store, NULL, &report, NULL), WARD_OK);
    assert_true(report.is_good);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_held_case_is_refused_to_others, open_case, close_case),
        cmocka_unit_test_setup_teardown(only_the_holder_releases, open_case, close_case),
        cmocka_unit_test_setup_teardown(an_idle_claim_lapses, open_case, close_case),
        cmocka_unit_test_setup_teardown(a_stamp_changes_with_its_case_only, open_case, close_case),
        cmocka_unit_test_setup_teardown(a_lost_update_is_refused, open_case, close_case),
        cmocka_unit_test_setup_teardown(pages_of_events_add_up, open_case, close_case),
        cmocka_unit_test_setup_teardown(people_are_paged_and_found, open_case, close_case),
        cmocka_unit_test_setup_teardown(decisions_of_some_kinds, open_case, close_case),
        cmocka_unit_test_setup_teardown(the_serial_grows_with_changes_only, open_case, close_case),
    };
    on_server = argc > 1 && strcmp(argv[1], "postgres") == 0;
    if (on_server && !fresh_has_server())
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
