#include "access/lockout.h"

#include <stdlib.h>
#include <string.h>

#include "access/peers.h"
#include "access/secret.h"
#include "base/error.h"
#include "base/str.h"

#define FORGET_MS (60LL * 60 * 1000)
#define WAIT_FIRST_MS (30LL * 1000)
#define WAIT_LAST_MS (15LL * 60 * 1000)

/* Failures before the first wait. Many people may stand behind one address, and one user must not
 * be easy to shut out from everywhere. */
static const uint32_t limits[LOCK_KINDS] = {5, 50, 30};

enum ward_status lockout_open(struct lockout *out, struct ward_error *err)
{
    out->entries = calloc((size_t)LOCKOUT_SETS * LOCKOUT_WAYS, sizeof *out->entries);
    return out->entries ? WARD_OK : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

void lockout_close(struct lockout *lockout)
{
    free(lockout->entries);
    lockout->entries = NULL;
}

void lock_keys_make(struct ward_str user, struct ward_str peer, struct lock_keys *out)
{
    unsigned char text[LOCK_KINDS][1 + 16 + ACCESS_USER_MAX];
    unsigned char address[16];
    const size_t address_len = peer_key(peer, address);
    const size_t user_len = user.len < ACCESS_USER_MAX ? user.len : ACCESS_USER_MAX;
    for (unsigned i = 0; i < LOCK_KINDS; i++) {
        unsigned char hash[SECRET_HASH_BYTES];
        size_t len = 0;
        text[i][len++] = (unsigned char)i;
        memset(text[i] + len, 0, 16);
        if (i != LOCK_BY_USER)
            memcpy(text[i] + len, address, address_len);
        len += 16;
        if (i != LOCK_BY_PEER && user_len) {
            memcpy(text[i] + len, user.data, user_len);
            len += user_len;
        }
        secret_hash(SECRET_LOCK, (struct ward_str){(const char *)text[i], len}, hash);
        memcpy(out->key[i], hash, LOCK_KEY_BYTES);
    }
}

static struct lock_entry *set_of(const struct lockout *lockout, const unsigned char *key)
{
    const unsigned set = ((unsigned)key[0] << 8 | key[1]) % LOCKOUT_SETS;
    return lockout->entries + (size_t)set * LOCKOUT_WAYS;
}

static struct lock_entry *find(const struct lockout *lockout, const unsigned char *key)
{
    struct lock_entry *set = set_of(lockout, key);
    for (unsigned i = 0; i < LOCKOUT_WAYS; i++)
        if (set[i].failures && memcmp(set[i].key, key, LOCK_KEY_BYTES) == 0)
            return &set[i];
    return NULL;
}

/* The entry of the key, made in the place of the oldest if it is new. */
static struct lock_entry *obtain(struct lockout *lockout, const unsigned char *key)
{
    struct lock_entry *set = set_of(lockout, key);
    struct lock_entry *found = find(lockout, key);
    if (found)
        return found;
    found = &set[0];
    for (unsigned i = 1; i < LOCKOUT_WAYS && found->failures; i++)
        if (!set[i].failures || set[i].last_ms < found->last_ms)
            found = &set[i];
    memset(found, 0, sizeof *found);
    memcpy(found->key, key, LOCK_KEY_BYTES);
    return found;
}

int64_t lockout_wait(const struct lockout *lockout, const struct lock_keys *keys, int64_t now_ms)
{
    int64_t wait = 0;
    for (unsigned i = 0; i < LOCK_KINDS; i++) {
        const struct lock_entry *entry = find(lockout, keys->key[i]);
        if (entry && entry->until_ms - now_ms > wait)
            wait = entry->until_ms - now_ms;
    }
    return wait;
}

/* How long to wait after so many failures. */
static int64_t wait_after(uint32_t failures, uint32_t limit)
{
    int64_t wait = WAIT_FIRST_MS;
    if (failures < limit)
        return 0;
    for (uint32_t i = limit; i < failures && wait < WAIT_LAST_MS; i++)
        wait *= 2;
    return wait < WAIT_LAST_MS ? wait : WAIT_LAST_MS;
}

bool lockout_failed(struct lockout *lockout, const struct lock_keys *keys, int64_t now_ms)
{
    bool begins = false;
    for (unsigned i = 0; i < LOCK_KINDS; i++) {
        struct lock_entry *entry = obtain(lockout, keys->key[i]);
        const int64_t quiet =
            now_ms - (entry->until_ms > entry->last_ms ? entry->until_ms : entry->last_ms);
        if (quiet > FORGET_MS)
            entry->failures = 0;
        if (entry->failures < UINT32_MAX)
            entry->failures++;
        const int64_t wait = wait_after(entry->failures, limits[i]);
        entry->last_ms = now_ms;
        entry->until_ms = wait ? now_ms + wait : 0;
        entry->is_written = false;
        begins |= wait > 0;
    }
    return begins;
}

void lockout_succeeded(struct lockout *lockout, const struct lock_keys *keys)
{
    struct lock_entry *entry = find(lockout, keys->key[LOCK_BY_BOTH]);
    if (entry) {
        entry->failures = 0;
        entry->until_ms = 0;
    }
}

void lockout_restore(struct lockout *lockout, const struct lock_entry *entry)
{
    *obtain(lockout, entry->key) = *entry;
}
