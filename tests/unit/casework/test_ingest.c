/*
 * A stream without end: what ties is stored once it does, counts alone wait, an event may be kept
 * whatever its level, and who hands in is written with each batch.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/str.h"
#include "casework/ingest.h"

static int64_t clock_now; /* what the ingest's clock says */

static int64_t read_clock(void)
{
    return clock_now;
}

struct fixture {
    char folder[64], url[96];
    struct store *store;
    struct ingest *ingest;
    uint64_t index;
};

static const struct ingest_by by = {
    .packs = {"p@1", 3}, .json = {SAYS_BOTH, {"[]", 2}}, .who = {"key:1", 5}};

static void open_fixture(struct fixture *f)
{
    *f = (struct fixture){.folder = "/tmp/ward-ingest-XXXXXX"};
    assert_non_null(mkdtemp(f->folder));
    (void)snprintf(f->url, sizeof f->url, "%s/case.db", f->folder);
    const struct store_options options = {.url = f->url, .mode = STORE_CREATE, .now_ms = 1};
    assert_int_equal(store_open(&options, &f->store, NULL), WARD_OK);
    clock_now = 1000000;
    const struct ingest_options how = {
        .store = f->store, .by = by, .neighbours = 1, .now_ms = read_clock};
    assert_int_equal(ingest_new(&how, &f->ingest, NULL), WARD_OK);
    assert_int_equal(ingest_source(f->ingest, str_of("live"), (struct ward_str){0}, NULL), WARD_OK);
}

static void close_fixture(struct fixture *f)
{
    static const char *const ends[] = {"", ".key", "-wal", "-shm", NULL};
    ingest_free(f->ingest);
    store_close(f->store);
    for (int i = 0; ends[i]; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", f->url, ends[i]);
        (void)unlink(path);
    }
    (void)rmdir(f->folder);
}

static void take(struct fixture *f, const char *account, enum ward_level level, const char *handle)
{
    char id[24];
    (void)snprintf(id, sizeof id, "m%d", (int)f->index);
    const struct ward_event event = {.id = str_of(id),
                                     .text = str_of("words"),
                                     .platform = str_of("qq"),
                                     .group = str_of(account),
                                     .account = str_of(account)};
    const struct ward_handle shown = {.kind = "wechat", .value = str_of(handle)};
    const struct ward_verdict verdict = {.level = level,
                                         .base = -4,
                                         .score = 0.018,
                                         .handles = &shown,
                                         .handle_count = *handle != '\0'};
    const struct feed_place place = {.line = f->index + 1};
    const struct ingest_item item = {
        .event = &event, .place = &place, .index = f->index++, .verdict = &verdict};
    assert_int_equal(ingest_take(f->ingest, &item, NULL), WARD_OK);
}

static uint64_t audit_count(struct fixture *f)
{
    struct store_audit_head head;
    assert_int_equal(store_audit_head(f->store, &head, NULL), WARD_OK);
    return head.count;
}

static void settle(struct fixture *f)
{
    assert_int_equal(ingest_settle(f->ingest, 1000, NULL), WARD_OK);
}

static void ties_are_stored_once_they_tie(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    take(&f, "bystander", WARD_LEVEL_NONE, "test_x1");
    take(&f, "another", WARD_LEVEL_NONE, "test_other");
    settle(&f);
    assert_int_equal(ingest_totals(f.ingest)->fresh, 0);
    take(&f, "trader", WARD_LEVEL_REVIEW, "test_x1");
    settle(&f);
    assert_int_equal(ingest_totals(f.ingest)->ties, 1); /* the one that came before */
    assert_int_equal(ingest_totals(f.ingest)->fresh, 2);
    take(&f, "third", WARD_LEVEL_NONE, "test_x1");
    settle(&f);
    settle(&f);
    assert_int_equal(ingest_totals(f.ingest)->ties, 2);
    assert_int_equal(ingest_totals(f.ingest)->fresh, 3);
    assert_int_equal(ingest_totals(f.ingest)->duplicate, 0);
    assert_int_equal(ingest_finish(f.ingest, NULL), WARD_OK);
    assert_int_equal(ingest_totals(f.ingest)->fresh, 3);
    close_fixture(&f);
}

static void counts_alone_wait(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    take(&f, "a", WARD_LEVEL_NONE, "");
    settle(&f); /* long since the last write */
    const uint64_t before = audit_count(&f);
    take(&f, "a", WARD_LEVEL_NONE, "");
    clock_now += 999;
    settle(&f);
    assert_int_equal(audit_count(&f), before);
    clock_now += 1;
    settle(&f);
    assert_int_equal(audit_count(&f), before + 1);
    settle(&f); /* nothing is left to be written */
    assert_int_equal(audit_count(&f), before + 1);
    take(&f, "a", WARD_LEVEL_NONE, "");
    take(&f, "a", WARD_LEVEL_REVIEW, ""); /* an event never waits */
    settle(&f);
    assert_int_equal(audit_count(&f), before + 2);
    assert_int_equal(ingest_group_count(f.ingest), 1);
    close_fixture(&f);
}

static enum ward_status count_rows(void *context, const struct store_event_row *row,
                                   struct ward_error *err)
{
    int *counts = context;
    (void)err;
    counts[row->event.is_neighbour]++;
    assert_true(str_equal(row->event.packs, str_of("p@1")));
    return WARD_OK;
}

static void an_event_is_kept_whatever_its_level(void **state)
{
    (void)state;
    struct fixture f;
    struct ward_event event = {.id = str_of("r1"), .text = str_of("words"), .group = str_of("g")};
    struct ward_verdict verdict = {.base = -4, .score = 0.018};
    const struct store_event_query all = {0};
    int counts[2] = {0};
    open_fixture(&f);
    assert_int_equal(ingest_keep(f.ingest, &event, &verdict, NULL), WARD_OK);
    event.id = str_of("r2");
    verdict.level = WARD_LEVEL_WATCH;
    assert_int_equal(ingest_keep(f.ingest, &event, &verdict, NULL), WARD_OK);
    assert_int_equal(ingest_flush(f.ingest, NULL), WARD_OK);
    assert_int_equal(store_events(f.store, &all, count_rows, counts, NULL), WARD_OK);
    assert_int_equal(counts[0], 1);
    assert_int_equal(counts[1], 1);
    assert_int_equal(ingest_group_count(f.ingest), 0);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties_are_stored_once_they_tie),
        cmocka_unit_test(counts_alone_wait),
        cmocka_unit_test(an_event_is_kept_whatever_its_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
