/**
 * Stores for tests: a new one a test, on SQLite in a temporary folder, or on the PostgreSQL server
 * that WARD_TEST_POSTGRES names.
 */
#ifndef WARD_TESTS_FRESH_STORE_H
#define WARD_TESTS_FRESH_STORE_H

#include "store/open_store.h"
#include "base/str.h"

#define NOW 1764000000000LL

/** Where a test's store is. */
struct fresh {
    char folder[64];
    char url[256];
    char key[128];
    bool server;
    struct store *store;
};

/** Makes a folder, an empty database and a store in it; `server` picks PostgreSQL. */
void fresh_open(struct fresh *fresh, bool server);
/** Closes and opens again. */
void fresh_reopen(struct fresh *fresh, enum store_mode mode);
/** Closes and removes everything. */
void fresh_close(struct fresh *fresh);
/** True when the environment asks for PostgreSQL. */
bool fresh_has_server(void);
/** Runs SQL behind the store's back, as somebody who tampers would. */
void fresh_tamper(struct fresh *fresh, const char *sql);

/** A flagged event with the text of `number`, key (qq, g1, m<number>); borrows static storage of
 * the `number`th of 64 slots. */
struct store_event fresh_event(unsigned number);
/** Ingests `count` events or fails the test. */
struct store_ingested fresh_ingest(struct store *store, const struct store_event *events,
                                   size_t count);

#endif
