/**
 * Failed logins: counted at once in memory, written down by access_note() each second, so that a
 * failure costs the same whether or not there is such a user, and guessing adds one entry a second
 * to the audit log at most.
 */
#include <string.h>

#include <jansson.h>

#include "access/core.h"
#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"

/* Lock-outs written at one tidying. */
#define WRITE_MAX 64u
#define KEEP_MS (60LL * 60 * 1000)

bool hashing_begin(struct access *a)
{
    if (atomic_fetch_add(&a->hashing, 1) < a->hashing_max)
        return true;
    (void)atomic_fetch_sub(&a->hashing, 1);
    return false;
}

void hashing_end(struct access *a)
{
    (void)atomic_fetch_sub(&a->hashing, 1);
}

uint32_t tries_wait(struct access *a, const struct lock_keys *keys, int64_t now_ms)
{
    (void)pthread_mutex_lock(&a->tries);
    const int64_t wait = lockout_wait(&a->lockout, keys, now_ms);
    (void)pthread_mutex_unlock(&a->tries);
    return (uint32_t)((wait + 999) / 1000);
}

static void note_failures(struct failures *f, const char *user, uint64_t failures)
{
    size_t i = 0;
    while (i < f->count && strcmp(f->notes[i].user, user) != 0)
        i++;
    if (!user[0] || i == FAILURE_NOTES) {
        f->others += failures;
        return;
    }
    if (i == f->count) {
        memcpy(f->notes[i].user, user, strlen(user) + 1);
        f->notes[f->count++].failures = 0;
    }
    f->notes[i].failures += failures;
}

void tries_failed(struct access *a, const struct lock_keys *keys, const char *user, int64_t now_ms)
{
    (void)pthread_mutex_lock(&a->tries);
    const bool begins = lockout_failed(&a->lockout, keys, now_ms);
    note_failures(&a->failures, user, 1);
    a->failures.lock_outs += begins;
    (void)pthread_mutex_unlock(&a->tries);
    (void)atomic_fetch_add(&a->failed_logins, 1);
    if (begins)
        (void)atomic_fetch_add(&a->lock_outs, 1);
}

void tries_succeeded(struct access *a, const struct lock_keys *keys)
{
    (void)pthread_mutex_lock(&a->tries);
    lockout_succeeded(&a->lockout, keys);
    (void)pthread_mutex_unlock(&a->tries);
    (void)atomic_fetch_add(&a->logins, 1);
}

/* ---- the audit log --------------------------------------------------------------------------- */

static void write_failures(const struct failures *f, struct buf *out)
{
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_key(&pen, "users");
    pen_open(&pen, '[');
    for (size_t i = 0; i < f->count; i++) {
        pen_open(&pen, '{');
        pen_pair_text(&pen, "user", f->notes[i].user);
        pen_key(&pen, "failures");
        pen_integer(&pen, (int64_t)f->notes[i].failures);
        pen_close(&pen, '}');
    }
    pen_close(&pen, ']');
    pen_key(&pen, "others");
    pen_integer(&pen, (int64_t)f->others);
    pen_key(&pen, "lock_outs");
    pen_integer(&pen, (int64_t)f->lock_outs);
    pen_close(&pen, '}');
}

static enum ward_status enter(struct store *store, const struct failures *f, int64_t now_ms,
                              struct ward_error *err)
{
    const struct store_act act = {str_of("ward"), now_ms, {0}};
    struct buf body;
    buf_init(&body, 32768);
    write_failures(f, &body);
    const enum ward_status status =
        body.failed == WARD_OK ? store_audit_add(store, &act, str_of("login-failed"),
                                                 str_part(buf_str(&body), 0, body.len - 1), err)
                               : error_set(err, body.failed, "out of memory");
    buf_release(&body);
    return status;
}

/* What could not be written is written the next time. */
static void put_back(struct access *a, const struct failures *f)
{
    (void)pthread_mutex_lock(&a->tries);
    for (size_t i = 0; i < f->count; i++)
        note_failures(&a->failures, f->notes[i].user, f->notes[i].failures);
    a->failures.others += f->others;
    a->failures.lock_outs += f->lock_outs;
    (void)pthread_mutex_unlock(&a->tries);
}

static enum ward_status enter_failures(struct access *a, struct store *store, int64_t now_ms,
                                       struct ward_error *err)
{
    (void)pthread_mutex_lock(&a->tries);
    const struct failures taken = a->failures;
    memset(&a->failures, 0, sizeof a->failures);
    (void)pthread_mutex_unlock(&a->tries);
    if (!taken.count && !taken.others)
        return WARD_OK;
    const enum ward_status status = enter(store, &taken, now_ms, err);
    if (status != WARD_OK)
        put_back(a, &taken);
    return status;
}

/* ---- lock-outs that outlive a restart -------------------------------------------------------- */

struct lock_text {
    char id[2 * LOCK_KEY_BYTES + 1];
    char json[96];
};

static void write_entry(const struct lock_entry *entry, struct lock_text *out)
{
    (void)sodium_bin2hex(out->id, sizeof out->id, entry->key, sizeof entry->key);
    (void)snprintf(out->json, sizeof out->json, "{\"failures\":%u,\"last\":%lld,\"until\":%lld}",
                   entry->failures, (long long)entry->last_ms, (long long)entry->until_ms);
}

static enum ward_status write_locks(struct access *a, struct store *store, int64_t now_ms,
                                    struct ward_error *err)
{
    struct lock_text texts[WRITE_MAX];
    struct store_record_change changes[WRITE_MAX];
    size_t count = 0;
    (void)pthread_mutex_lock(&a->tries);
    for (size_t i = 0; i < (size_t)LOCKOUT_SETS * LOCKOUT_WAYS && count < WRITE_MAX; i++) {
        struct lock_entry *entry = &a->lockout.entries[i];
        if (entry->is_written || entry->until_ms <= now_ms)
            continue;
        write_entry(entry, &texts[count]);
        changes[count] = (struct store_record_change){.kind = str_of(KIND_LOCK),
                                                      .id = str_of(texts[count].id),
                                                      .json = str_of(texts[count].json),
                                                      .expires_ms = entry->until_ms + KEEP_MS,
                                                      .expect = STORE_ETAG_ANY};
        entry->is_written = true;
        count++;
    }
    (void)pthread_mutex_unlock(&a->tries);
    struct store_record_batch batch = {.time_ms = now_ms, .changes = changes, .count = count};
    return count ? store_records_change(store, &batch, err) : WARD_OK;
}

enum ward_status tries_write(struct access *a, struct store *store, int64_t now_ms,
                             struct ward_error *err)
{
    const enum ward_status status = enter_failures(a, store, now_ms, err);
    return status == WARD_OK ? write_locks(a, store, now_ms, err) : status;
}

enum ward_status access_note(struct access *a, struct store *store, int64_t now_ms,
                             struct ward_error *err)
{
    (void)pthread_mutex_lock(&a->tries);
    const bool any = a->failures.count || a->failures.others;
    (void)pthread_mutex_unlock(&a->tries);
    return any ? tries_write(a, store, now_ms, err) : WARD_OK;
}

struct restoring {
    struct access *access;
    int64_t now_ms;
};

static enum ward_status take_lock(void *context, const struct store_record *record,
                                  struct ward_error *err)
{
    const struct restoring *r = context;
    struct lock_entry entry = {.is_written = true};
    size_t len = 0;
    json_t *json = json_loadb(record->json.data, record->json.len, 0, NULL);
    (void)err;
    entry.failures = (uint32_t)json_integer_value(json_object_get(json, "failures"));
    entry.last_ms = json_integer_value(json_object_get(json, "last"));
    entry.until_ms = json_integer_value(json_object_get(json, "until"));
    json_decref(json);
    const bool read = sodium_hex2bin(entry.key, sizeof entry.key, record->id.data, record->id.len,
                                     NULL, &len, NULL) == 0;
    if (read && len == sizeof entry.key && entry.failures && entry.until_ms > r->now_ms - KEEP_MS)
        lockout_restore(&r->access->lockout, &entry);
    return WARD_OK;
}

enum ward_status tries_load(struct access *a, struct store *store, int64_t now_ms,
                            struct ward_error *err)
{
    struct restoring restoring = {a, now_ms};
    const struct store_record_query query = {.kind = str_of(KIND_LOCK),
                                             .limit = (size_t)LOCKOUT_SETS * LOCKOUT_WAYS};
    return store_records(store, &query, take_lock, &restoring, err);
}
