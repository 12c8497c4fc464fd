#include "access/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

static const char *const kinds[] = {KIND_USER, KIND_SESSION, KIND_KEY};

struct loading {
    struct snapshot *snapshot;
    int64_t now_ms;
};

/* ---- filling --------------------------------------------------------------------------------- */

/* Room for one more of `size` bytes; the new one is zero. */
static void *push(void **array, size_t *count, size_t *room, size_t size)
{
    if (*count == *room) {
        const size_t more = *room ? *room * 2 : 16;
        void *grown = realloc(*array, more * size);
        if (!grown)
            return NULL;
        *array = grown;
        *room = more;
    }
    void *fresh = (char *)*array + *count * size;
    memset(fresh, 0, size);
    (*count)++;
    return fresh;
}

static enum ward_status no_room(const struct snapshot *s, struct ward_error *err)
{
    const bool full = s->user_count >= SNAPSHOT_MAX || s->session_count >= SNAPSHOT_MAX ||
                      s->key_count >= SNAPSHOT_MAX;
    return full ? error_set(err, WARD_ERR_LIMIT, "more than %u users, sessions or keys",
                            SNAPSHOT_MAX)
                : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

static enum ward_status take_user(void *context, const struct store_record *record,
                                  struct ward_error *err)
{
    struct snapshot *s = ((struct loading *)context)->snapshot;
    struct user_row row;
    void *array = s->users;
    if (user_row_read(record, &row, NULL) != WARD_OK)
        return WARD_OK;
    struct snap_user *user = s->user_count < SNAPSHOT_MAX
                                 ? push(&array, &s->user_count, &s->user_room, sizeof *user)
                                 : NULL;
    s->users = array;
    if (user) {
        memcpy(user->user, row.user, sizeof user->user);
        memcpy(user->name, row.name, sizeof user->name);
        user->role = row.role;
        user->is_disabled = row.is_disabled;
        user->epoch = row.epoch;
    }
    sodium_memzero(&row, sizeof row);
    return user ? WARD_OK : no_room(s, err);
}

static enum ward_status take_session(void *context, const struct store_record *record,
                                     struct ward_error *err)
{
    const struct loading *loading = context;
    struct snapshot *s = loading->snapshot;
    struct session_row row;
    void *array = s->sessions;
    if (session_row_read(record, &row, NULL) != WARD_OK || row.expires_ms <= loading->now_ms)
        return WARD_OK;
    const struct snap_user *user = snapshot_user(s, row.user);
    if (!user)
        return WARD_OK;
    struct snap_session *session =
        s->session_count < SNAPSHOT_MAX
            ? push(&array, &s->session_count, &s->session_room, sizeof *session)
            : NULL;
    s->sessions = array;
    if (!session)
        return no_room(s, err);
    memcpy(session->hash, row.hash, sizeof session->hash);
    session->user = (uint32_t)(user - s->users);
    session->is_live = !user->is_disabled && user->epoch == row.epoch;
    session->epoch = row.epoch;
    session->etag = row.etag;
    session->begun_ms = row.begun_ms;
    session->expires_ms = row.expires_ms;
    session->written_ms = row.seen_ms;
    atomic_init(&session->seen_ms, row.seen_ms);
    return WARD_OK;
}

static enum ward_status take_key(void *context, const struct store_record *record,
                                 struct ward_error *err)
{
    const struct loading *loading = context;
    struct snapshot *s = loading->snapshot;
    struct key_row row;
    void *array = s->keys;
    if (key_row_read(record, &row, NULL) != WARD_OK ||
        (row.expires_ms && row.expires_ms <= loading->now_ms))
        return WARD_OK;
    struct snap_key *key =
        s->key_count < SNAPSHOT_MAX ? push(&array, &s->key_count, &s->key_room, sizeof *key) : NULL;
    s->keys = array;
    if (!key)
        return no_room(s, err);
    memcpy(key->hash, row.hash, sizeof key->hash);
    memcpy(key->id, row.id, sizeof key->id);
    memcpy(key->name, row.name, sizeof key->name);
    key->scopes = row.scopes;
    key->expires_ms = row.expires_ms;
    return WARD_OK;
}

/* ---- looking up ------------------------------------------------------------------------------ */

static size_t place_of(const unsigned char *hash, size_t size)
{
    uint64_t word;
    memcpy(&word, hash, sizeof word);
    return (size_t)word & (size - 1);
}

/* `hashes` is the first hash, the others follow every `stride` bytes. */
static enum ward_status index_build(struct snap_index *index, const void *hashes, size_t stride,
                                    size_t count, struct ward_error *err)
{
    index->size = 16;
    while (index->size < 2 * count)
        index->size *= 2;
    index->slots = calloc(index->size, sizeof *index->slots);
    if (!index->slots)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        size_t at = place_of((const unsigned char *)hashes + i * stride, index->size);
        while (index->slots[at])
            at = (at + 1) & (index->size - 1);
        index->slots[at] = (uint32_t)i + 1;
    }
    return WARD_OK;
}

/* The place, or SIZE_MAX. */
static size_t index_find(const struct snap_index *index, const void *hashes, size_t stride,
                         const unsigned char *hash)
{
    size_t at = place_of(hash, index->size);
    for (; index->slots[at]; at = (at + 1) & (index->size - 1)) {
        const size_t place = index->slots[at] - 1;
        const unsigned char *other = (const unsigned char *)hashes + place * stride;
        if (sodium_memcmp(other, hash, SECRET_HASH_BYTES) == 0)
            return place;
    }
    return SIZE_MAX;
}

static int compare_user(const void *name, const void *user)
{
    return strcmp(name, ((const struct snap_user *)user)->user);
}

const struct snap_user *snapshot_user(const struct snapshot *s, const char *user)
{
    return s->user_count ? bsearch(user, s->users, s->user_count, sizeof *s->users, compare_user)
                         : NULL;
}

struct snap_session *snapshot_session(const struct snapshot *s,
                                      const unsigned char hash[SECRET_HASH_BYTES])
{
    const size_t place = index_find(&s->by_session, s->sessions, sizeof *s->sessions, hash);
    return place == SIZE_MAX ? NULL : &s->sessions[place];
}

const struct snap_key *snapshot_key(const struct snapshot *s,
                                    const unsigned char hash[SECRET_HASH_BYTES])
{
    const size_t place = index_find(&s->by_key, s->keys, sizeof *s->keys, hash);
    return place == SIZE_MAX ? NULL : &s->keys[place];
}

/* ---- all ------------------------------------------------------------------------------------- */

static enum ward_status read_stamps(struct store *store, uint64_t stamps[3], struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (int i = 0; i < 3 && status == WARD_OK; i++)
        status = store_records_stamp(store, str_of(kinds[i]), &stamps[i], err);
    return status;
}

enum ward_status snapshot_is_stale(const struct snapshot *snapshot, struct store *store,
                                   bool *stale, struct ward_error *err)
{
    uint64_t stamps[3] = {0};
    const enum ward_status status = read_stamps(store, stamps, err);
    *stale = status == WARD_OK && memcmp(stamps, snapshot->stamps, sizeof stamps) != 0;
    return status;
}

enum ward_status snapshot_load(struct store *store, int64_t now_ms, struct snapshot **out,
                               struct ward_error *err)
{
    static const store_record_taker takers[] = {take_user, take_session, take_key};
    struct loading loading = {calloc(1, sizeof *loading.snapshot), now_ms};
    struct snapshot *s = loading.snapshot;
    *out = NULL;
    if (!s)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    /* Stamps first: what changes meanwhile is seen the next time. */
    enum ward_status status = read_stamps(store, s->stamps, err);
    for (int i = 0; i < 3 && status == WARD_OK; i++) {
        const struct store_record_query query = {.kind = str_of(kinds[i])};
        status = store_records(store, &query, takers[i], &loading, err);
    }
    if (status == WARD_OK)
        status =
            index_build(&s->by_session, s->sessions, sizeof *s->sessions, s->session_count, err);
    if (status == WARD_OK)
        status = index_build(&s->by_key, s->keys, sizeof *s->keys, s->key_count, err);
    if (status != WARD_OK) {
        snapshot_free(s);
        return status;
    }
    *out = s;
    return WARD_OK;
}

void snapshot_free(struct snapshot *s)
{
    if (!s)
        return;
    free(s->users);
    free(s->sessions);
    free(s->keys);
    free(s->by_session.slots);
    free(s->by_key.slots);
    free(s);
}
