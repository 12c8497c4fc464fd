#include "fresh_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#ifdef WARD_WITH_POSTGRES
#include <libpq-fe.h>
#endif

bool fresh_has_server(void)
{
    return getenv("WARD_TEST_POSTGRES") != NULL;
}

static void empty_database(const char *url)
{
#ifdef WARD_WITH_POSTGRES
    PGconn *link = PQconnectdb(url);
    assert_int_equal(PQstatus(link), CONNECTION_OK);
    PGresult *result = PQexec(link, "SET client_min_messages = error; DROP SCHEMA public CASCADE;"
                                    " CREATE SCHEMA public");
    assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
    PQfinish(link);
#else
    (void)url;
    fail_msg("built without PostgreSQL");
#endif
}

void fresh_open(struct fresh *fresh, bool server)
{
    memset(fresh, 0, sizeof *fresh);
    (void)snprintf(fresh->folder, sizeof fresh->folder, "/tmp/ward-store-XXXXXX");
    assert_non_null(mkdtemp(fresh->folder));
    (void)snprintf(fresh->key, sizeof fresh->key, "%s/case.db.key", fresh->folder);
    fresh->server = server;
    if (server) {
        (void)snprintf(fresh->url, sizeof fresh->url, "%s", getenv("WARD_TEST_POSTGRES"));
        empty_database(fresh->url);
    } else {
        (void)snprintf(fresh->url, sizeof fresh->url, "sqlite:%s/case.db", fresh->folder);
    }
    fresh_reopen(fresh, STORE_CREATE);
}

void fresh_reopen(struct fresh *fresh, enum store_mode mode)
{
    struct ward_error err = {0};
    const struct store_options options = {fresh->url, mode, fresh->key, 2000, NOW};
    store_close(fresh->store);
    const enum ward_status status = store_open(&options, &fresh->store, &err);
    if (status != WARD_OK)
        fail_msg("%s", err.message);
}

void fresh_close(struct fresh *fresh)
{
    static const char *const names[] = {"case.db",     "case.db-wal", "case.db-shm",
                                        "case.db.key", "anchor",      "case.db-journal"};
    store_close(fresh->store);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", fresh->folder, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(fresh->folder), 0);
}

void fresh_tamper(struct fresh *fresh, const char *sql)
{
    struct ward_error err = {0};
    struct db *db = fresh->store->db;
    if (db->driver->exec(db, sql, &err) != WARD_OK)
        fail_msg("%s", err.message);
}

struct store_event fresh_event(unsigned number)
{
    static char ids[64][16];
    static char accounts[64][16];
    static char texts[64][160];
    const unsigned slot = number % 64;
    (void)snprintf(ids[slot], sizeof ids[slot], "m%u", number);
    (void)snprintf(accounts[slot], sizeof accounts[slot], "u%u", number % 7);
    (void)snprintf(texts[slot], sizeof texts[slot],
                   "{\"id\":\"m%u\",\"text\":\"secret words of event %u\"}", number, number);
    return (struct store_event){
        .platform = str_of("qq"),
        .group = str_of("g1"),
        .id = str_of(ids[slot]),
        .level = WARD_LEVEL_REVIEW,
        .role = WARD_ROLE_OFFER,
        .score = 0.5 + number * 0.001,
        .has_time = number % 5 != 0,
        .time_ms = NOW - 1000 * (int64_t)(number * 37 % 64),
        .group_name = str_of("group one"),
        .account = str_of(accounts[slot]),
        .alias = str_of("secret alias"),
        .reply_to = str_of("m0"),
        .event_json = str_of(texts[slot]),
        .verdict_json = str_of("{\"level\":\"review\",\"facts\":\"secret handle\"}"),
        .packs = str_of("zh-trade@1+abc"),
        .custody = {.source = str_of("secret-export.json"),
                    .source_sha256 =
                        str_of("ab00000000000000000000000000000000000000000000000000000000000000"),
                    .offset = number * 100u,
                    .line = number + 1u,
                    .bytes = 99,
                    .zone_minutes = 480,
                    .zone_assumed = true},
        .received_ms = NOW - 5000};
}

struct store_ingested fresh_ingest(struct store *store, const struct store_event *events,
                                   size_t count)
{
    struct store_ingested out;
    struct ward_error err = {0};
    const struct store_batch batch = {str_of("tester"), NOW, events, count, NULL, 0};
    if (store_ingest(store, &batch, &out, &err) != WARD_OK)
        fail_msg("%s", err.message);
    return out;
}
