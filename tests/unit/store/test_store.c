/* The store's promises, one after the other, on the back end named by the first argument. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "fresh_store.h"

static bool on_server;

static int open_fresh(void **state)
{
    struct fresh *fresh = calloc(1, sizeof *fresh);
    assert_non_null(fresh);
    fresh_open(fresh, on_server);
    *state = fresh;
    return 0;
}

static int close_fresh(void **state)
{
    fresh_close(*state);
    free(*state);
    return 0;
}

/* ---- what is read, as one line a row -----------------------------------------------------------
 */

static enum ward_status list_event(void *context, const struct store_event_row *row,
                                   struct ward_error *err)
{
    (void)err;
    buf_printf(context, "%llu:%.*s/%u/%u%s%s%s%s ", (unsigned long long)row->seq,
               (int)row->event.id.len, row->event.id.data, row->edition, row->event.revision,
               row->is_last ? "" : "-", row->event.is_neighbour ? "n" : "",
               row->is_erased ? "x" : "", row->is_held ? "h" : "");
    return WARD_OK;
}

static void list_events(struct store *store, const struct store_event_query *query, struct buf *out)
{
    buf_init(out, 1u << 20);
    assert_int_equal(store_events(store, query, list_event, out, NULL), WARD_OK);
    buf_put_char(out, '\0');
}

static void expect_events(struct store *store, const struct store_event_query *query,
                          const char *expected)
{
    struct buf out;
    list_events(store, query, &out);
    assert_string_equal(out.data, expected);
    buf_release(&out);
}

static enum ward_status list_case(void *context, const struct store_case *row,
                                  struct ward_error *err)
{
    (void)err;
    buf_printf(context, "%.*s:%s%s%s%s/%.*s/%llu ", (int)row->id.len, row->id.data,
               store_case_state_name(row->state), row->is_held ? "+hold" : "",
               row->is_current ? "" : "-", row->merged_into.len ? ">" : "", (int)row->assignee.len,
               row->assignee.data, (unsigned long long)row->event_count);
    return WARD_OK;
}

static void expect_cases(struct store *store, const struct store_case_query *query,
                         const char *expected)
{
    struct buf out;
    buf_init(&out, 1u << 20);
    assert_int_equal(store_cases(store, query, list_case, &out, NULL), WARD_OK);
    buf_put_char(&out, '\0');
    assert_string_equal(out.data, expected);
    buf_release(&out);
}

static void expect_good(struct store *store)
{
    struct store_audit_report report;
    assert_int_equal(store_audit_verify(store, NULL, &report, NULL), WARD_OK);
    assert_string_equal(report.what, "");
    assert_true(report.is_good);
}

static enum ward_status decide(struct store *store, const char *who, enum store_decision_kind kind,
                               const char *id, const char *reason)
{
    const struct store_decision d = {.time_ms = NOW,
                                     .who = str_of(who),
                                     .kind = kind,
                                     .subject_kind = str_of("case"),
                                     .subject = str_of(id),
                                     .case_id = str_of(id),
                                     .reason = str_of(reason),
                                     .note = str_of("a note")};
    return store_decide(store, &d, NULL, NULL, NULL);
}

/* Links the first `count` rows: odd ones to C-1, even ones to C-2 (or all to C-1). */
static void link_rows(struct store *store, unsigned count, bool one_case)
{
    const struct ward_str ids[] = {str_of("C-1"), str_of("C-2")};
    const struct ward_str accounts[] = {str_of("qq/u1"), str_of("qq/u2")};
    struct store_membership members[16];
    const struct store_case cases[] = {
        {.id = ids[0],
         .urgency = 2,
         .points = 5.5,
         .says_en = str_of("one"),
         .merged = &ids[1],
         .merged_count = one_case ? 1 : 0,
         .detail_json = str_of("{\"secret\":1}")},
        {.id = ids[1], .urgency = 2, .points = 1.5, .says_en = str_of("two")}};
    const struct store_person person = {
        str_of("P-1"), ids[0], WARD_ROLE_OFFER, 0.9, str_of("{\"handles\":\"secret\"}"),
        accounts,      2};
    const struct store_group group = {str_of("qq/g1"), str_of("group one"), 0.7, 100, 5,
                                      ids[0],          str_of("{}")};
    const struct store_tie tie = {accounts[0], accounts[1], str_of("handle"),
                                  4.0,         ids[0],      false,
                                  0,           0,           str_of("{\"says\":\"secret\"}")};
    assert_true(count <= 16);
    for (unsigned i = 0; i < count; i++)
        members[i] = (struct store_membership){i + 1, ids[one_case ? 0 : i % 2], str_of("P-1")};
    const struct store_linking linking = {
        str_of("tester"), NOW,  cases, one_case ? 1 : 2, &person, 1, &group, 1, &tie, 1,
        members,          count};
    assert_int_equal(store_link(store, &linking, NULL), WARD_OK);
}

/* ---- events ---------------------------------------------------------------------------------- */

/* What goes in comes out, hostile bytes included, after opening again too. */
static void keeps_every_field(void **state)
{
    struct fresh *fresh = *state;
    struct store_event e = fresh_event(3);
    e.account = (struct ward_str){"a\0b\xff'\"; --", 9};
    e.alias = (struct ward_str){"\xf0\x28\x8c", 3};
    (void)fresh_ingest(fresh->store, &e, 1);
    fresh_reopen(fresh, STORE_READ);
    struct buf out;
    list_events(fresh->store, &(struct store_event_query){0}, &out);
    assert_string_equal(out.data, "1:m3/0/0 ");
    buf_release(&out);
    expect_good(fresh->store);
}

static enum ward_status compare_event(void *context, const struct store_event_row *row,
                                      struct ward_error *err)
{
    const struct store_event *e = context;
    const struct store_event *r = &row->event;
    (void)err;
    assert_true(str_equal(e->account, r->account) && str_equal(e->alias, r->alias));
    assert_true(str_equal(e->event_json, r->event_json));
    assert_true(str_equal(e->verdict_json, r->verdict_json) && str_equal(e->packs, r->packs));
    assert_true(str_equal(e->custody.source, r->custody.source));
    assert_int_equal(e->custody.offset, r->custody.offset);
    assert_int_equal(e->custody.zone_minutes, r->custody.zone_minutes);
    assert_true(e->score == r->score && e->time_ms == r->time_ms && e->has_time == r->has_time);
    assert_int_equal(r->event_sha256.len, 64);
    assert_int_equal(row->seal.len, 64);
    assert_int_equal(row->name.len, 32);
    return WARD_OK;
}

static void gives_back_what_was_given(void **state)
{
    struct fresh *fresh = *state;
    struct store_event e = fresh_event(3);
    const struct store_event_key key = {e.platform, e.group, e.id};
    const struct store_event_key other = {e.platform, e.group, str_of("none")};
    e.account = (struct ward_str){"a\0b\xff'\"; --", 9};
    e.custody.zone_minutes = -300;
    (void)fresh_ingest(fresh->store, &e, 1);
    assert_int_equal(store_event_history(fresh->store, &key, compare_event, &e, NULL), WARD_OK);
    assert_int_equal(store_event_history(fresh->store, &other, compare_event, &e, NULL),
                     WARD_ERR_NOT_FOUND);
}

static void replays_change_nothing(void **state)
{
    struct fresh *fresh = *state;
    struct store_event events[6];
    struct store_audit_head before, after;
    for (unsigned i = 0; i < 5; i++)
        events[i] = fresh_event(i);
    events[5] = events[2]; /* twice in one batch */
    struct store_ingested out = fresh_ingest(fresh->store, events, 6);
    assert_int_equal(out.fresh, 5);
    assert_int_equal(out.duplicate, 1);
    assert_int_equal(out.batch, 2);
    assert_int_equal(store_audit_head(fresh->store, &before, NULL), WARD_OK);
    out = fresh_ingest(fresh->store, events, 6);
    assert_int_equal(out.duplicate, 6);
    assert_int_equal(out.batch, 0);
    assert_int_equal(store_audit_head(fresh->store, &after, NULL), WARD_OK);
    assert_memory_equal(&before, &after, sizeof before);
    expect_events(fresh->store, &(struct store_event_query){0},
                  "1:m0/0/0 2:m1/0/0 3:m2/0/0 4:m3/0/0 5:m4/0/0 ");
}

/* An edited text, a later verdict and an upgrade are rows of their own; the older are kept. */
static void keeps_what_came_before(void **state)
{
    struct fresh *fresh = *state;
    struct store_event e = fresh_event(1);
    struct store_event edited = e, later = e, neighbour = fresh_event(2), flagged;
    edited.event_json = str_of("{\"id\":\"m1\",\"text\":\"edited\"}");
    later.revision = 1;
    later.level = WARD_LEVEL_URGENT;
    flagged = neighbour;
    neighbour.is_neighbour = true;
    neighbour.level = WARD_LEVEL_NONE;
    (void)fresh_ingest(fresh->store, &e, 1);
    assert_int_equal(fresh_ingest(fresh->store, &edited, 1).edited, 1);
    assert_int_equal(fresh_ingest(fresh->store, &later, 1).judged_again, 1);
    assert_int_equal(fresh_ingest(fresh->store, &neighbour, 1).fresh, 1);
    assert_int_equal(fresh_ingest(fresh->store, &flagged, 1).upgraded, 1);
    assert_int_equal(fresh_ingest(fresh->store, &neighbour, 1).duplicate, 1);
    expect_events(fresh->store, &(struct store_event_query){0}, "3:m1/0/1 5:m2/0/0 ");
    expect_events(fresh->store, &(struct store_event_query){.every_row = true},
                  "1:m1/0/0- 2:m1/1/0- 3:m1/0/1 4:m2/0/0-n 5:m2/0/0 ");
    expect_events(fresh->store, &(struct store_event_query){.after_batch = 4}, "5:m2/0/0 ");
    expect_good(fresh->store);
}

/* A text edited into something innocent does not displace what was flagged. */
static void innocent_edit_does_not_hide(void **state)
{
    struct fresh *fresh = *state;
    struct store_event e = fresh_event(1);
    (void)fresh_ingest(fresh->store, &e, 1);
    e.event_json = str_of("{\"id\":\"m1\",\"text\":\"nothing\"}");
    e.is_neighbour = true;
    assert_int_equal(fresh_ingest(fresh->store, &e, 1).edited, 1);
    expect_events(fresh->store, &(struct store_event_query){0}, "1:m1/0/0 ");
}

static void refuses_a_wrong_hash(void **state)
{
    struct fresh *fresh = *state;
    struct store_event e = fresh_event(1);
    struct store_ingested out;
    const struct store_batch batch = {str_of("tester"), NOW, &e, 1, NULL, 0};
    const struct store_batch nobody = {str_of(""), NOW, &e, 1, NULL, 0};
    assert_int_equal(store_ingest(fresh->store, &nobody, &out, NULL), WARD_ERR_ARGUMENT);
    e.event_sha256 = str_of("ab00000000000000000000000000000000000000000000000000000000000000");
    assert_int_equal(store_ingest(fresh->store, &batch, &out, NULL), WARD_ERR_ARGUMENT);
    expect_events(fresh->store, &(struct store_event_query){0}, "");
}

static enum ward_status add_count(void *context, const struct store_group_count *row,
                                  struct ward_error *err)
{
    (void)err;
    buf_printf(context, "%.*s=%llu(%.*s) ", (int)row->group.len, row->group.data,
               (unsigned long long)row->messages, (int)row->group_name.len, row->group_name.data);
    return WARD_OK;
}

static void count_group(struct store *store, const char *source, const char *sha, uint64_t messages)
{
    struct store_ingested out;
    const struct store_group_count count = {
        str_of("qq"), str_of("g1"), str_of("name"), str_of(source), str_of(sha), 0, messages};
    const struct store_batch batch = {str_of("tester"), NOW, NULL, 0, &count, 1};
    assert_int_equal(store_ingest(store, &batch, &out, NULL), WARD_OK);
}

/* Counts of one source grow to the largest given; sources add up; a copy is the same source. */
static void counts_once(void **state)
{
    struct fresh *fresh = *state;
    struct buf out;
    count_group(fresh->store, "a", "ff", 100);
    count_group(fresh->store, "a", "ff", 250);
    count_group(fresh->store, "a", "ff", 100);
    count_group(fresh->store, "copy of a", "ff", 250);
    count_group(fresh->store, "live", "", 40);
    buf_init(&out, 4096);
    assert_int_equal(store_group_counts(fresh->store, add_count, &out, NULL), WARD_OK);
    buf_put_char(&out, '\0');
    assert_string_equal(out.data, "g1=290(name) ");
    buf_release(&out);
}

/* ---- cases ----------------------------------------------------------------------------------- */

static void links_and_lists(void **state)
{
    struct fresh *fresh = *state;
    struct store_event events[5];
    for (unsigned i = 0; i < 5; i++)
        events[i] = fresh_event(i);
    (void)fresh_ingest(fresh->store, events, 5);
    link_rows(fresh->store, 5, false);
    expect_cases(fresh->store, &(struct store_case_query){0}, "C-1:open//3 C-2:open//2 ");
    expect_cases(fresh->store, &(struct store_case_query){.limit = 1}, "C-1:open//3 ");
    const struct store_case after = {.id = str_of("C-1"), .urgency = 2, .points = 5.5};
    expect_cases(fresh->store, &(struct store_case_query){.after = &after}, "C-2:open//2 ");
    expect_cases(fresh->store, &(struct store_case_query){.urgency_min = 3}, "");
    /* m0 has no time and comes last; m2 is older than m4 */
    expect_events(fresh->store, &(struct store_event_query){.case_id = str_of("C-1")},
                  "5:m4/0/0 3:m2/0/0 1:m0/0/0 ");
    struct buf out;
    buf_init(&out, 4096);
    assert_int_equal(store_case_find(fresh->store, str_of("C-3"), list_case, &out, NULL),
                     WARD_ERR_NOT_FOUND);
    buf_release(&out);
}

/* A merged case hands on its hold and its state, and its decisions are found through the elder. */
static enum ward_status count_decision(void *context, const struct store_decision *row,
                                       struct ward_error *err)
{
    (void)row;
    (void)err;
    ++*(int *)context;
    return WARD_OK;
}

static void merging_keeps_what_was_decided(void **state)
{
    struct fresh *fresh = *state;
    struct store_event events[4];
    struct buf out;
    int decisions = 0;
    for (unsigned i = 0; i < 4; i++)
        events[i] = fresh_event(i);
    (void)fresh_ingest(fresh->store, events, 4);
    link_rows(fresh->store, 4, false);
    assert_int_equal(decide(fresh->store, "ann", STORE_HOLD, "C-2", ""), WARD_OK);
    assert_int_equal(decide(fresh->store, "ann", STORE_CONFIRM, "C-2", ""), WARD_OK);
    assert_int_equal(decide(fresh->store, "ann", STORE_ASSIGN, "C-2", "bob"), WARD_OK);
    link_rows(fresh->store, 4, true);
    expect_cases(fresh->store, &(struct store_case_query){.with_former = true},
                 "C-1:confirmed+hold/bob/4 C-2:confirmed+hold->/bob/0 ");
    buf_init(&out, 4096);
    assert_int_equal(store_case_find(fresh->store, str_of("C-2"), list_case, &out, NULL), WARD_OK);
    buf_put_char(&out, '\0');
    assert_string_equal(out.data, "C-1:confirmed+hold/bob/4 ");
    buf_release(&out);
    assert_int_equal(store_decisions(fresh->store, str_of("C-1"), count_decision, &decisions, NULL),
                     WARD_OK);
    assert_int_equal(decisions, 3);
    assert_int_equal(decide(fresh->store, "ann", STORE_RELEASE, "C-2", ""), WARD_OK);
    expect_cases(fresh->store, &(struct store_case_query){0}, "C-1:confirmed/bob/4 ");
    expect_good(fresh->store);
}

static void decides(void **state)
{
    struct fresh *fresh = *state;
    struct store_event e = fresh_event(0);
    int count = 0;
    (void)fresh_ingest(fresh->store, &e, 1);
    link_rows(fresh->store, 1, false);
    assert_int_equal(decide(fresh->store, "ann", STORE_NOTE, "C-9", ""), WARD_ERR_NOT_FOUND);
    assert_int_equal(decide(fresh->store, "", STORE_NOTE, "C-1", ""), WARD_ERR_ARGUMENT);
    assert_int_equal(decide(fresh->store, "ann", STORE_REFER, "C-1", ""), WARD_ERR_ARGUMENT);
    assert_int_equal(decide(fresh->store, "ann", STORE_DISMISS, "C-1", "pets"), WARD_OK);
    expect_cases(fresh->store, &(struct store_case_query){.states = 1u << STORE_CASE_DISMISSED},
                 "C-1:dismissed//1 ");
    assert_int_equal(decide(fresh->store, "ann", STORE_REOPEN, "C-1", ""), WARD_OK);
    assert_int_equal(decide(fresh->store, "ann", STORE_ESCALATE, "C-1", ""), WARD_OK);
    assert_int_equal(decide(fresh->store, "ann", STORE_REFER, "C-1", "police"), WARD_OK);
    expect_cases(fresh->store, &(struct store_case_query){.unassigned = true},
                 "C-1:referred//1 C-2:open//0 ");
    assert_int_equal(store_decisions(fresh->store, str_of(""), count_decision, &count, NULL),
                     WARD_OK);
    assert_int_equal(count, 4);
    expect_good(fresh->store);
}

static void referral_needs_two(void **state)
{
    struct fresh *fresh = *state;
    struct store_event e = fresh_event(0);
    const struct store_act act = {str_of("lead"), NOW, str_of("policy")};
    (void)fresh_ingest(fresh->store, &e, 1);
    link_rows(fresh->store, 1, false);
    assert_int_equal(
        store_configure(fresh->store, &act, str_of("refer-needs-two"), str_of("1"), NULL), WARD_OK);
    assert_int_equal(decide(fresh->store, "ann", STORE_REFER, "C-1", "police"), WARD_OK);
    expect_cases(fresh->store, &(struct store_case_query){.limit = 1}, "C-1:open//1 ");
    assert_int_equal(decide(fresh->store, " Ann ", STORE_REFER, "C-1", "police"), WARD_ERR_REFUSED);
    assert_int_equal(decide(fresh->store, "bob", STORE_REFER, "C-1", "ngo"), WARD_OK);
    expect_cases(fresh->store, &(struct store_case_query){.limit = 1}, "C-1:open//1 ");
    assert_int_equal(decide(fresh->store, "bob", STORE_REFER, "C-1", "police"), WARD_OK);
    expect_cases(fresh->store, &(struct store_case_query){.limit = 1}, "C-1:referred//1 ");
    expect_good(fresh->store);
}

/* ---- erasure --------------------------------------------------------------------------------- */

/* True when the bytes stand in the store's files. SQLite only. */
static bool files_hold(const struct fresh *fresh, const char *text)
{
    static const char *const names[] = {"case.db", "case.db-wal"};
    bool found = false;
    for (size_t i = 0; i < 2; i++) {
        char path[128];
        struct buf bytes;
        (void)snprintf(path, sizeof path, "%s/%s", fresh->folder, names[i]);
        const enum ward_status status = file_read(path, 1u << 26, &bytes, NULL);
        if (status == WARD_OK && bytes.len)
            found |= memmem(bytes.data, bytes.len, text, strlen(text)) != NULL;
        buf_release(&bytes);
    }
    return found;
}

static void erasing_leaves_hashes_only(void **state)
{
    struct fresh *fresh = *state;
    struct store_event events[3] = {fresh_event(1), fresh_event(2), fresh_event(8)};
    const struct store_event_key key = {events[0].platform, events[0].group, events[0].id};
    const struct store_act act = {str_of("officer"), NOW, str_of("asked for")};
    struct store_erased out;
    events[1].alias = str_of("");
    events[1].custody.source = str_of("other.json");
    events[1].verdict_json = str_of("{}");
    (void)fresh_ingest(fresh->store, events, 3);
    link_rows(fresh->store, 3, true);
    if (!on_server)
        assert_true(files_hold(fresh, "secret words of event 1"));
    /* m1 and m8 are of one account, u1 */
    assert_int_equal(
        store_erase_account(fresh->store, &act, str_of("qq"), str_of("u1"), &out, NULL), WARD_OK);
    assert_int_equal(out.events, 2);
    if (!on_server) {
        assert_false(files_hold(fresh, "secret words of event 1"));
        assert_false(files_hold(fresh, "secret words of event 8"));
        assert_false(files_hold(fresh, "secret alias"));
        assert_false(files_hold(fresh, "secret handle"));
        assert_false(files_hold(fresh, "secret-export"));
        assert_false(files_hold(fresh, "{\"secret\":1}"));
        assert_true(files_hold(fresh, "secret words of event 2"));
    }
    expect_events(fresh->store, &(struct store_event_query){.with_erased = true},
                  "1:/0/0x 2:m2/0/0 3:/0/0x ");
    assert_int_equal(fresh_ingest(fresh->store, events, 3).duplicate, 3);
    assert_int_equal(store_erase_event(fresh->store, &act, &key, &out, NULL), WARD_OK);
    assert_int_equal(out.events, 0);
    expect_good(fresh->store);
}

static void hold_stops_erasure(void **state)
{
    struct fresh *fresh = *state;
    struct store_event events[2] = {fresh_event(1), fresh_event(2)};
    const struct store_event_key key = {events[0].platform, events[0].group, events[0].id};
    const struct store_act act = {str_of("officer"), NOW, str_of("")};
    const struct store_purge purge = {{0, 0, 0, 0}, ~0u};
    struct store_erased out;
    (void)fresh_ingest(fresh->store, events, 2);
    link_rows(fresh->store, 2, true);
    assert_int_equal(decide(fresh->store, "ann", STORE_HOLD, "C-1", ""), WARD_OK);
    /* a further row under the key is held too */
    events[0].revision = 1;
    assert_int_equal(fresh_ingest(fresh->store, events, 1).judged_again, 1);
    assert_int_equal(store_erase_event(fresh->store, &act, &key, &out, NULL), WARD_ERR_REFUSED);
    assert_int_equal(store_erase_person(fresh->store, &act, str_of("P-1"), &out, NULL),
                     WARD_ERR_REFUSED);
    store_erase_on_trial(fresh->store, true);
    assert_int_equal(store_erase_person(fresh->store, &act, str_of("P-1"), &out, NULL),
                     WARD_ERR_REFUSED);
    store_erase_on_trial(fresh->store, false);
    assert_int_equal(store_purge(fresh->store, &act, &purge, &out, NULL), WARD_OK);
    assert_int_equal(out.events, 0);
    assert_int_equal(out.skipped, 2);
    assert_int_equal(decide(fresh->store, "ann", STORE_RELEASE, "C-1", ""), WARD_OK);
    assert_int_equal(store_erase_person(fresh->store, &act, str_of("P-1"), &out, NULL), WARD_OK);
    assert_int_equal(out.events, 2);
    assert_int_equal(out.rows, 3);
    expect_good(fresh->store);
}

static void purges_by_age_and_level(void **state)
{
    struct fresh *fresh = *state;
    const int64_t day = 86400000;
    const struct store_act act = {str_of("timer"), NOW, str_of("")};
    struct store_purge purge = {{1 * day, 10 * day, 100 * day, -1}, 0};
    struct store_event events[4];
    struct store_erased out;
    for (unsigned i = 0; i < 4; i++) {
        events[i] = fresh_event(i);
        events[i].level = (enum ward_level)i;
        events[i].is_neighbour = i == 0;
        events[i].received_ms = NOW - 50 * day;
    }
    (void)fresh_ingest(fresh->store, events, 4);
    link_rows(fresh->store, 1, true); /* m0 belongs to an open case */
    struct store_audit_head before;
    struct store_audit_head after;
    assert_int_equal(store_audit_head(fresh->store, &before, NULL), WARD_OK);
    store_erase_on_trial(fresh->store, true);
    assert_int_equal(store_purge(fresh->store, &act, &purge, &out, NULL), WARD_OK);
    assert_int_equal(out.events, 1);
    assert_int_equal(out.rows, 1);
    assert_int_equal(out.skipped, 1);
    assert_int_equal(store_audit_head(fresh->store, &after, NULL), WARD_OK);
    assert_string_equal(before.hash, after.hash);
    store_erase_on_trial(fresh->store, false);
    assert_int_equal(store_purge(fresh->store, &act, &purge, &out, NULL), WARD_OK);
    assert_int_equal(out.events, 1);
    assert_int_equal(out.rows, 1);
    assert_int_equal(out.skipped, 1);
    expect_events(fresh->store, &(struct store_event_query){0}, "1:m0/0/0n 3:m2/0/0 4:m3/0/0 ");
    purge.case_states = 1u << STORE_CASE_OPEN;
    assert_int_equal(store_purge(fresh->store, &act, &purge, &out, NULL), WARD_OK);
    assert_int_equal(out.events, 1);
    expect_good(fresh->store);
}

/* ---- opening --------------------------------------------------------------------------------- */

static void refuses_what_it_must(void **state)
{
    struct fresh *fresh = *state;
    struct store *other = NULL;
    struct ward_error err = {0};
    char path[160];
    struct store_options options = {fresh->url, STORE_WRITE, fresh->key, 500, NOW};
    (void)snprintf(path, sizeof path, "%s/anchor", fresh->folder);
    options.key_path = path; /* missing */
    assert_int_equal(store_open(&options, &other, &err), WARD_ERR_NOT_FOUND);
    struct sign_key key;
    assert_int_equal(sign_key_make(path, &key, NULL), WARD_OK);
    assert_int_equal(store_open(&options, &other, &err), WARD_ERR_REFUSED);
    options.key_path = fresh->key;
    assert_int_equal(chmod(fresh->key, 0644), 0);
    assert_int_equal(store_open(&options, &other, &err), WARD_ERR_REFUSED);
    assert_int_equal(chmod(fresh->key, 0600), 0);
    fresh_tamper(fresh, on_server ? "UPDATE ward_meta SET value = '999' WHERE name = 'schema'"
                                  : "UPDATE ward_meta SET value = X'393939' WHERE name = 'schema'");
    assert_int_equal(store_open(&options, &other, &err), WARD_ERR_STALE);
    assert_non_null(strstr(err.message, "999"));
}

static void reads_only_when_told(void **state)
{
    struct fresh *fresh = *state;
    struct store_event e = fresh_event(1);
    struct store_ingested out;
    const struct store_batch batch = {str_of("tester"), NOW, &e, 1, NULL, 0};
    fresh_reopen(fresh, STORE_READ);
    assert_int_equal(store_ingest(fresh->store, &batch, &out, NULL), WARD_ERR_ARGUMENT);
    expect_good(fresh->store);
}

int main(int argc, char **argv)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_fresh, close_fresh)
    const struct CMUnitTest tests[] = {TEST(keeps_every_field),
                                       TEST(gives_back_what_was_given),
                                       TEST(replays_change_nothing),
                                       TEST(keeps_what_came_before),
                                       TEST(innocent_edit_does_not_hide),
                                       TEST(refuses_a_wrong_hash),
                                       TEST(counts_once),
                                       TEST(links_and_lists),
                                       TEST(merging_keeps_what_was_decided),
                                       TEST(decides),
                                       TEST(referral_needs_two),
                                       TEST(erasing_leaves_hashes_only),
                                       TEST(hold_stops_erasure),
                                       TEST(purges_by_age_and_level),
                                       TEST(refuses_what_it_must),
                                       TEST(reads_only_when_told)};
    on_server = argc > 1 && strcmp(argv[1], "postgres") == 0;
    if (on_server && !fresh_has_server())
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
