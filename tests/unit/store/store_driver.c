/*
 * Works on a store and says what was acknowledged, for tests that kill it or break what it stands
 * on.
 *
 *     store_driver URL KEY ingest FIRST BATCHES   batches of 20 events from number FIRST, a
 * decision after each; prints "ack FIRST SEQ" once durable store_driver URL KEY hold SECONDS keeps
 * the writer's lock; prints "held" store_driver URL KEY check                  prints "events N
 * decisions N" after verifying
 *
 * Exit status: 0, or the store's status with its message on standard error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "store/open_store.h"

#define BATCH 20u
#define NOW 1764000000000LL

static int fail(enum ward_status status, const struct ward_error *err)
{
    (void)fprintf(stderr, "%s: %s\n", ward_status_name(status), err->message);
    return (int)status;
}

static enum ward_status ingest(struct store *store, unsigned long first, struct ward_error *err)
{
    static char ids[BATCH][32];
    static char texts[BATCH][600];
    struct store_event events[BATCH];
    struct store_ingested out;
    memset(events, 0, sizeof events);
    for (unsigned i = 0; i < BATCH; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "m%lu", first + i);
        (void)snprintf(texts[i], sizeof texts[i], "{\"id\":\"m%lu\",\"text\":\"%0500lu\"}",
                       first + i, first + i);
        events[i] = (struct store_event){.platform = str_of("qq"),
                                         .id = str_of(ids[i]),
                                         .level = WARD_LEVEL_REVIEW,
                                         .event_json = str_of(texts[i]),
                                         .account = str_of("u1"),
                                         .received_ms = NOW};
    }
    const struct store_batch batch = {str_of("driver"), NOW, events, BATCH, NULL, 0};
    return store_ingest(store, &batch, &out, err);
}

static int run_ingest(struct store *store, unsigned long first, unsigned long batches)
{
    struct ward_error err = {0};
    for (unsigned long i = 0; i < batches; i++, first += BATCH) {
        const struct store_decision d = {.time_ms = NOW,
                                         .who = str_of("driver"),
                                         .kind = STORE_NOTE,
                                         .subject_kind = str_of("event"),
                                         .subject = str_of("m1"),
                                         .note = str_of("seen")};
        uint64_t seq = 0;
        enum ward_status status = ingest(store, first, &err);
        if (status == WARD_OK)
            status = store_decide(store, &d, &seq, NULL, &err);
        if (status != WARD_OK)
            return fail(status, &err);
        (void)printf("ack %lu %llu\n", first, (unsigned long long)seq);
        (void)fflush(stdout);
    }
    return 0;
}

static enum ward_status count_event(void *context, const struct store_event_row *row,
                                    struct ward_error *err)
{
    (void)row;
    (void)err;
    ++*(unsigned long *)context;
    return WARD_OK;
}

static enum ward_status count_decision(void *context, const struct store_decision *row,
                                       struct ward_error *err)
{
    (void)row;
    (void)err;
    ++*(unsigned long *)context;
    return WARD_OK;
}

static int run_check(struct store *store)
{
    struct ward_error err = {0};
    struct store_audit_report report;
    const struct store_event_query all = {.every_row = true, .with_erased = true};
    unsigned long events = 0, decisions = 0;
    enum ward_status status = store_audit_verify(store, NULL, &report, &err);
    if (status == WARD_OK)
        status = store_events(store, &all, count_event, &events, &err);
    if (status == WARD_OK)
        status = store_decisions(store, str_of(""), count_decision, &decisions, &err);
    if (status != WARD_OK)
        return fail(status, &err);
    (void)printf("events %lu decisions %lu %s\n", events, decisions,
                 report.is_good ? "good" : report.what);
    return 0;
}

int main(int argc, char **argv)
{
    struct store *store = NULL;
    struct ward_error err = {0};
    if (argc < 4)
        return 99;
    const bool checks = strcmp(argv[3], "check") == 0;
    const struct store_options options = {argv[1], checks ? STORE_READ : STORE_CREATE, argv[2],
                                          argc > 6 ? 300u : 60000u, NOW};
    const enum ward_status status = store_open(&options, &store, &err);
    if (status != WARD_OK)
        return fail(status, &err);
    int code = 99;
    if (checks) {
        code = run_check(store);
    } else if (strcmp(argv[3], "ingest") == 0 && argc > 5) {
        code = run_ingest(store, strtoul(argv[4], NULL, 10), strtoul(argv[5], NULL, 10));
    } else if (strcmp(argv[3], "hold") == 0 && argc > 4) {
        code = (int)store->db->driver->begin(store->db, true, &err);
        (void)printf("held\n");
        (void)fflush(stdout);
        (void)sleep((unsigned)strtoul(argv[4], NULL, 10));
        store->db->driver->rollback(store->db);
    }
    store_close(store);
    return code;
}
