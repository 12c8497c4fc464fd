/* Counts over stored verdicts and over decisions, against sums made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/str.h"
#include "casework/agreement.h"
#include "casework/tally.h"
#include "fresh_store.h"

#define DAY_MS (24LL * 60 * 60 * 1000)

static int open_fresh(void **state)
{
    struct fresh *fresh = calloc(1, sizeof *fresh);
    assert_non_null(fresh);
    fresh_open(fresh, false);
    *state = fresh;
    return 0;
}

static int close_fresh(void **state)
{
    fresh_close(*state);
    free(*state);
    return 0;
}

static void days_and_months(void **state)
{
    static const struct {
        const char *text;
        int32_t day, month; /* -1: no such day */
    } known[] = {{"1970-01-01", 0, 1970 * 12},
                 {"2000-02-29", 11016, 2000 * 12 + 1},
                 {"2026-11-24", 20781, 2026 * 12 + 10},
                 {"9999-12-31", 2932896, 9999 * 12 + 11},
                 {"1900-01-01", -1, 0},
                 {"2026-02-29", -1, 0},
                 {"2026-13-01", -1, 0},
                 {"2026-00-10", -1, 0},
                 {"2026-1-1", -1, 0},
                 {"2026-01-0x", -1, 0},
                 {"2026/01/01", -1, 0},
                 {"", -1, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        int32_t day = -1;
        const bool good = tally_day_read(str_of(known[i].text), &day);
        assert_int_equal(good, known[i].day >= 0);
        assert_int_equal(day, known[i].day);
        if (good)
            assert_int_equal(tally_month_of(day), known[i].month);
    }
    assert_int_equal(tally_month_of(-1), 1969 * 12 + 11);
}

struct told {
    const char *id;
    int64_t day;
    enum ward_level level;
    enum ward_role role;
    const char *verdict;
};

static void keep(struct store *store, const struct told *told)
{
    const struct store_event event = {.platform = str_of("qq"),
                                      .group = str_of("g"),
                                      .id = str_of(told->id),
                                      .level = told->level,
                                      .role = told->role,
                                      .has_time = told->day >= 0,
                                      .time_ms = told->day * DAY_MS + 1,
                                      .received_ms = 5 * DAY_MS,
                                      .is_neighbour = told->level == WARD_LEVEL_NONE,
                                      .event_json = str_of("{\"id\":\"x\"}"),
                                      .verdict_json = str_of(told->verdict),
                                      .packs = str_of("p@1")};
    const struct store_batch batch = {
        .who = str_of("ann"), .time_ms = DAY_MS, .events = &event, .event_count = 1};
    struct store_ingested done;
    assert_int_equal(store_ingest(store, &batch, &done, NULL), WARD_OK);
    assert_int_equal(done.fresh, 1);
}

#define REASON(rule, signal, disguise)                                                             \
    "{\"rule\":\"" rule "\",\"spans\":[{\"signal\":\"" signal "\",\"disguise\":[" disguise "]}]}"
#define PRICE(fen) "{\"fen\":" fen ",\"currency\":\"CNY\"}"

static const struct told verdicts[] = {
    {"a", 1, WARD_LEVEL_WATCH, WARD_ROLE_OFFER,
     "{\"reasons\":[" REASON("r1", "s1", "\"separator\",\"emoji\"") "," REASON(
         "r2", "s1",
         "\"emoji\"") "],\"facts\":{\"prices\":[" PRICE("300") "," PRICE("100") "],\"places\":[{"
                                                                                "\"code\":\"CN-"
                                                                                "44\"},{\"code\":"
                                                                                "\"CN-45\"}]}}"},
    {"b", 1, WARD_LEVEL_REVIEW, WARD_ROLE_SEEK,
     "{\"reasons\":[" REASON("r1", "s2", "") "],\"facts\":{\"prices\":[" PRICE(
         "200") ",{\"minor\":7,\"currency\":\"USD\"}],\"places\":[{\"code\":\"CN-44\"}]}}"},
    {"c", 40, WARD_LEVEL_URGENT, WARD_ROLE_OFFER,
     "{\"reasons\":[],\"facts\":{\"prices\":[" PRICE("50") "," PRICE("61") "]}}"},
    {"d", 2, WARD_LEVEL_NONE, WARD_ROLE_NONE,
     "{\"reasons\":[" REASON("r3", "s1",
                             "\"emoji\"") "],\"facts\":{\"prices\":[" PRICE("999") "]}}"},
    {"e", -1, WARD_LEVEL_WATCH, WARD_ROLE_NONE, "{\"reasons\":[]}"}, /* no time: received day 5 */
};

static json_t *show(const struct tally *tally, int32_t from, int32_t to)
{
    struct buf out;
    struct json_pen pen;
    buf_init(&out, 1 << 20);
    pen_init(&pen, &out, false);
    pen_open(&pen, '{');
    assert_int_equal(tally_show(tally, (struct tally_range){from, to}, &pen), WARD_OK);
    pen_close(&pen, '}');
    json_t *root = json_loadb(out.data, out.len, 0, NULL);
    assert_non_null(root);
    buf_release(&out);
    return root;
}

static void assert_shows(json_t *root, const char *key, const char *wanted)
{
    char *text = json_dumps(json_object_get(root, key), JSON_COMPACT | JSON_ENCODE_ANY);
    assert_string_equal(text, wanted);
    free(text);
}

static void sums_by_hand(void **state)
{
    struct fresh *fresh = *state;
    struct tally tally;
    bool behind;
    tally_init(&tally);
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        keep(fresh->store, &verdicts[i]); /* counted as they come */
        assert_int_equal(tally_catch_up(&tally, fresh->store, 100, &behind, NULL), WARD_OK);
        assert_false(behind);
        assert_int_equal(tally.events, i + 1);
    }
    json_t *root = show(&tally, 0, 100);
    assert_shows(root, "volumes",
                 "[{\"day\":\"1970-01-02\",\"watch\":1,\"review\":1,\"urgent\":0},"
                 "{\"day\":\"1970-01-06\",\"watch\":1,\"review\":0,\"urgent\":0},"
                 "{\"day\":\"1970-02-10\",\"watch\":0,\"review\":0,\"urgent\":1}]");
    assert_shows(root, "roles", "{\"none\":1,\"offer\":2,\"seek\":1,\"agent\":0}");
    assert_shows(root, "disguises",
                 "[{\"disguise\":\"emoji\",\"count\":1},{\"disguise\":\"separator\",\"count\":1}]");
    assert_shows(root, "prices",
                 "[{\"place\":\"CN-44\",\"month\":\"1970-01\",\"count\":3,\"median_fen\":200,"
                 "\"low_fen\":100,\"high_fen\":300},"
                 "{\"place\":\"\",\"month\":\"1970-02\",\"count\":2,\"median_fen\":55,"
                 "\"low_fen\":50,\"high_fen\":61}]");
    json_decref(root);
    root = show(&tally, 2, 41);
    assert_shows(root, "roles", "{\"none\":1,\"offer\":1,\"seek\":0,\"agent\":0}");
    json_decref(root);
    assert_int_equal(tally_hits(&tally, 'r', str_of("r1")), 2);
    assert_int_equal(tally_hits(&tally, 's', str_of("s1")), 2); /* a and d: once an event */
    assert_int_equal(tally_hits(&tally, 's', str_of("r1")), 0);
    assert_int_equal(tally_hits(&tally, 'r', str_of("")), 0);
    tally_release(&tally);
}

static void a_piece_at_a_time(void **state)
{
    struct fresh *fresh = *state;
    struct tally tally;
    bool behind = true;
    unsigned rounds = 0;
    tally_init(&tally);
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++)
        keep(fresh->store, &verdicts[i]);
    while (behind && rounds++ < 10)
        assert_int_equal(tally_catch_up(&tally, fresh->store, 2, &behind, NULL), WARD_OK);
    assert_int_equal(rounds, 3);
    assert_int_equal(tally.events, 5);
    tally_release(&tally);
}

/* ---- decisions ---- */

static void decide(struct store *store, const char *case_id, const char *who,
                   enum store_decision_kind kind, const char *reason)
{
    const struct store_decision decision = {.time_ms = 10 * DAY_MS,
                                            .who = str_of(who),
                                            .kind = kind,
                                            .subject_kind = str_of("case"),
                                            .subject = str_of(case_id),
                                            .case_id = str_of(case_id),
                                            .reason = str_of(reason)};
    assert_int_equal(store_decide(store, &decision, NULL, NULL, NULL), WARD_OK);
}

static void people_agree_or_not(void **state)
{
    struct fresh *fresh = *state;
    struct store_case cases[4];
    static const char *const ids[] = {"C-1", "C-2", "C-3", "C-4"};
    struct buf out;
    struct json_pen pen;
    for (size_t i = 0; i < 4; i++)
        cases[i] = (struct store_case){.id = str_of(ids[i]), .detail_json = str_of("{}")};
    const struct store_linking linking = {
        .who = str_of("ward"), .time_ms = 1, .cases = cases, .case_count = 4};
    assert_int_equal(store_link(fresh->store, &linking, NULL), WARD_OK);
    decide(fresh->store, "C-1", "ann", STORE_CONFIRM, "");
    decide(fresh->store, "C-1", "bob", STORE_ESCALATE, ""); /* alike: the trade */
    decide(fresh->store, "C-2", "ann", STORE_CONFIRM, "");
    decide(fresh->store, "C-2", "bob", STORE_DISMISS, "pets"); /* not alike */
    decide(fresh->store, "C-3", "ann", STORE_CONFIRM, "");
    decide(fresh->store, "C-3", "ann", STORE_REOPEN, "");
    decide(fresh->store, "C-3", "ann", STORE_DISMISS, "dolls");
    decide(fresh->store, "C-3", "bob", STORE_DISMISS, "pets"); /* alike: ann changed her mind */
    decide(fresh->store, "C-4", "ann", STORE_REFER, "police"); /* one person only */
    buf_init(&out, 1 << 20);
    pen_init(&pen, &out, false);
    pen_open(&pen, '{');
    assert_int_equal(agreement_show(fresh->store, 0, 20 * DAY_MS, &pen, NULL), WARD_OK);
    pen_close(&pen, '}');
    json_t *root = json_loadb(out.data, out.len, 0, NULL);
    json_t *agreement = json_object_get(root, "agreement");
    assert_int_equal(json_integer_value(json_object_get(agreement, "cases")), 3);
    assert_int_equal(json_integer_value(json_object_get(agreement, "alike")), 2);
    assert_shows(root, "look_alikes",
                 "[{\"reason\":\"pets\",\"count\":2},{\"reason\":\"dolls\",\"count\":1}]");
    assert_shows(root, "referrals", "{\"requested\":0,\"completed\":1}");
    assert_shows(root, "reopened", "1");
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(root, "decisions"), "dismissed")), 3);
    json_decref(root);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_months),
        cmocka_unit_test_setup_teardown(sums_by_hand, open_fresh, close_fresh),
        cmocka_unit_test_setup_teardown(a_piece_at_a_time, open_fresh, close_fresh),
        cmocka_unit_test_setup_teardown(people_agree_or_not, open_fresh, close_fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
