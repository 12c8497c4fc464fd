/**
 * Transactions, and coming back after the server went away.
 */
#include <time.h>

#include "base/error.h"
#include "store/audit_log.h"

/* First and longest pause between two tries to connect. */
#define PAUSE_FIRST_MS 20u
#define PAUSE_LAST_MS 1000u

static void pause_ms(uint32_t ms)
{
    const struct timespec pause = {(time_t)(ms / 1000u), (long)(ms % 1000u) * 1000000L};
    (void)nanosleep(&pause, NULL);
}

/* Tries to connect until it works or the pauses add up to busy_ms. */
static enum ward_status come_back(struct store *store, struct ward_error *err)
{
    uint32_t waited = 0;
    uint32_t pause = PAUSE_FIRST_MS;
    for (;;) {
        const enum ward_status status = store->db->driver->reconnect(store->db, err);
        if (status == WARD_OK || status == WARD_ERR_NOMEM || waited >= store->busy_ms)
            return status;
        pause_ms(pause);
        waited += pause;
        pause = pause * 2 < PAUSE_LAST_MS ? pause * 2 : PAUSE_LAST_MS;
    }
}

static enum ward_status attempt(struct store *store, store_work work, void *context,
                                struct ward_error *err)
{
    struct db *db = store->db;
    enum ward_status status = db->driver->begin(db, true, err);
    if (status == WARD_OK)
        status = audit_head_load(store, err);
    if (status == WARD_OK)
        status = work(store, context, err);
    if (status == WARD_OK)
        status = db->driver->commit(db, err);
    if (status != WARD_OK)
        db->driver->rollback(db);
    return status;
}

enum ward_status store_write(struct store *store, store_work work, void *context,
                             struct ward_error *err)
{
    struct db *db = store->db;
    enum ward_status status = WARD_OK;
    bool done = false;
    randombytes_buf(store->nonce, sizeof store->nonce);
    /* The server may go away again while a write is repeated: a few times, not for ever. */
    for (int tries = 0; tries < 5 && !done; tries++) {
        if (db->is_lost && come_back(store, err) != WARD_OK)
            return err ? err->status : WARD_ERR_IO;
        if (db->is_in_doubt) {
            status = audit_find_nonce(store, &done, err);
            db->is_in_doubt = status != WARD_OK && db->is_lost;
            if (done || (status != WARD_OK && !db->is_lost))
                break;
            if (db->is_in_doubt)
                continue;
        }
        status = attempt(store, work, context, err);
        done = !db->is_lost;
    }
    db->is_in_doubt = false;
    return status;
}

enum ward_status store_read(struct store *store, store_work work, void *context,
                            struct ward_error *err)
{
    struct db *db = store->db;
    enum ward_status status = WARD_OK;
    if (db->is_lost)
        status = come_back(store, err);
    if (status == WARD_OK)
        status = db->driver->begin(db, false, err);
    if (status != WARD_OK && db->is_lost) { /* found out only now: nothing was read yet */
        status = come_back(store, err);
        if (status == WARD_OK)
            status = db->driver->begin(db, false, err);
    }
    if (status == WARD_OK)
        status = work(store, context, err);
    db->driver->rollback(db);
    return status;
}

enum ward_status take_integer(void *context, size_t index, const struct db_value *columns,
                              struct ward_error *err)
{
    (void)index;
    (void)err;
    *(int64_t *)context = columns[0].integer;
    return WARD_OK;
}

enum ward_status store_may_write(const struct store *store, struct ward_str who,
                                 struct ward_error *err)
{
    if (!store->writes)
        return error_set(err, WARD_ERR_ARGUMENT, "the store was opened for reading only");
    if (!who.len)
        return error_set(err, WARD_ERR_ARGUMENT, "a write must say who makes it");
    return WARD_OK;
}
