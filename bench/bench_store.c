/*
 * bench_store URL KEY EVENTS: events a second into a new store in batches of 1,000, one durable
 * commit each; then the time to open a case of 10,000 events.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "store/store.h"

#define BATCH 1000u
#define CASE_EVENTS 10000u
#define NOW 1764000000000LL

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(enum ward_status status, const struct ward_error *err)
{
    if (status == WARD_OK)
        return;
    (void)fprintf(stderr, "%s\n", err->message);
    exit(2);
}

static void fill(struct store *store, unsigned first)
{
    static char ids[BATCH][32], texts[BATCH][512], verdicts[BATCH][1024], accounts[BATCH][16];
    static struct store_event events[BATCH];
    struct ward_error err = {0};
    struct store_ingested out;
    for (unsigned i = 0; i < BATCH; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "m%u", first + i);
        (void)snprintf(accounts[i], sizeof accounts[i], "u%u", (first + i) % 977);
        (void)snprintf(texts[i], sizeof texts[i], "{\"id\":\"m%u\",\"text\":\"%0260u\"}", first + i,
                       first + i);
        (void)snprintf(verdicts[i], sizeof verdicts[i], "{\"id\":\"m%u\",\"reasons\":\"%0760u\"}",
                       first + i, first + i);
        events[i] = (struct store_event){
            .platform = str_of("qq"),
            .group = str_of("g1"),
            .id = str_of(ids[i]),
            .level = WARD_LEVEL_REVIEW,
            .score = 0.9,
            .has_time = true,
            .time_ms = NOW + (int64_t)first + i,
            .group_name = str_of("a group"),
            .account = str_of(accounts[i]),
            .alias = str_of("an alias"),
            .event_json = str_of(texts[i]),
            .verdict_json = str_of(verdicts[i]),
            .packs = str_of("zh-trade@2026.11+0123456789abcdef"),
            .received_ms = NOW,
            .custody = {.source = str_of("chat.jsonl"), .offset = first + i, .line = first + i}};
    }
    const struct store_batch batch = {str_of("bench"), NOW, events, BATCH, NULL, 0};
    must(store_ingest(store, &batch, &out, &err), &err);
}

static enum ward_status take(void *context, const struct store_event_row *row,
                             struct ward_error *err)
{
    (void)err;
    *(size_t *)context += row->event.event_json.len + row->event.verdict_json.len;
    return WARD_OK;
}

int main(int argc, char **argv)
{
    struct store *store;
    struct ward_error err = {0};
    static struct store_membership members[CASE_EVENTS];
    if (argc < 4)
        return 2;
    const unsigned count = (unsigned)strtoul(argv[3], NULL, 10);
    const struct store_options options = {argv[1], STORE_CREATE, argv[2], 0, NOW};
    must(store_open(&options, &store, &err), &err);
    double begin = now_s();
    for (unsigned at = 0; at < count; at += BATCH)
        fill(store, at);
    (void)printf("ingest: %.0f events/s\n", count / (now_s() - begin));
    const struct store_case c = {.id = str_of("C-1")};
    for (unsigned i = 0; i < CASE_EVENTS; i++)
        members[i] = (struct store_membership){1u + i * (count / CASE_EVENTS), c.id, str_of("P-1")};
    const struct store_linking linking = {.who = str_of("bench"),
                                          .time_ms = NOW,
                                          .cases = &c,
                                          .case_count = 1,
                                          .members = members,
                                          .member_count = CASE_EVENTS};
    begin = now_s();
    must(store_link(store, &linking, &err), &err);
    (void)printf("link %u events: %.0f ms\n", CASE_EVENTS, 1e3 * (now_s() - begin));
    const struct store_event_query query = {.case_id = c.id};
    for (int turn = 0; turn < 3; turn++) {
        size_t bytes = 0;
        begin = now_s();
        must(store_events(store, &query, take, &bytes, &err), &err);
        (void)printf("open a case of %u events: %.0f ms (%zu bytes)\n", CASE_EVENTS,
                     1e3 * (now_s() - begin), bytes);
    }
    struct store_audit_report report;
    begin = now_s();
    must(store_audit_verify(store, NULL, &report, &err), &err);
    (void)printf("verify: %.0f ms, %s\n", 1e3 * (now_s() - begin), report.is_good ? "good" : "bad");
    store_close(store);
    return 0;
}
