/**
 * See recent.h. A chained hash table of threads and a list in order of use; the JSON of each event
 * is one allocation, replaced in place where it fits.
 */
#include "casework/recent.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"

#define TABLE_SLOTS 16384u /* threads in use at once are bounded by bytes, not by this */

struct recent {
    struct recent_thread *table[TABLE_SLOTS];
    struct recent_thread *oldest, *newest;
    size_t bytes;
    size_t max_bytes;
};

enum ward_status recent_new(size_t max_bytes, struct recent **out)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return WARD_ERR_NOMEM;
    (*out)->max_bytes = max_bytes;
    return WARD_OK;
}

static void thread_free(struct recent_thread *thread)
{
    for (uint32_t i = 0; i < thread->count; i++)
        free(thread->events[i].json);
    free(thread);
}

void recent_free(struct recent *recent)
{
    if (!recent)
        return;
    while (recent->oldest) {
        struct recent_thread *next = recent->oldest->newer;
        thread_free(recent->oldest);
        recent->oldest = next;
    }
    free(recent);
}

/* ---- order of use ---------------------------------------------------------------------------- */

static void unlink_thread(struct recent *recent, struct recent_thread *thread)
{
    if (thread->older)
        thread->older->newer = thread->newer;
    else
        recent->oldest = thread->newer;
    if (thread->newer)
        thread->newer->older = thread->older;
    else
        recent->newest = thread->older;
    thread->older = thread->newer = NULL;
}

static void link_newest(struct recent *recent, struct recent_thread *thread)
{
    thread->older = recent->newest;
    if (recent->newest)
        recent->newest->newer = thread;
    else
        recent->oldest = thread;
    recent->newest = thread;
}

static void forget_oldest(struct recent *recent)
{
    struct recent_thread *thread = recent->oldest;
    struct recent_thread **at = &recent->table[thread->hash % TABLE_SLOTS];
    while (*at != thread)
        at = &(*at)->chain;
    *at = thread->chain;
    unlink_thread(recent, thread);
    recent->bytes -= thread->bytes;
    thread_free(thread);
}

static void shrink(struct recent *recent, const struct recent_thread *keep)
{
    while (recent->bytes > recent->max_bytes && recent->oldest != keep)
        forget_oldest(recent);
}

/* ---- threads --------------------------------------------------------------------------------- */

/* The key is the platform, a NUL, and the group. */
static bool key_is(const struct recent_thread *thread, struct ward_str platform,
                   struct ward_str group)
{
    return thread->key_len == platform.len + 1 + group.len &&
           str_equal((struct ward_str){thread->key, platform.len}, platform) &&
           thread->key[platform.len] == '\0' &&
           str_equal((struct ward_str){thread->key + platform.len + 1, group.len}, group);
}

static struct recent_thread *thread_new(struct recent *recent, struct ward_str platform,
                                        struct ward_str group, uint64_t hash)
{
    const size_t key_len = platform.len + 1 + group.len;
    struct recent_thread *thread = calloc(1, sizeof *thread + key_len);
    if (!thread)
        return NULL;
    if (platform.len)
        memcpy(thread->key, platform.data, platform.len);
    if (group.len)
        memcpy(thread->key + platform.len + 1, group.data, group.len);
    thread->key_len = key_len;
    thread->hash = hash;
    thread->bytes = sizeof *thread + key_len;
    thread->chain = recent->table[hash % TABLE_SLOTS];
    recent->table[hash % TABLE_SLOTS] = thread;
    recent->bytes += thread->bytes;
    return thread;
}

struct recent_thread *recent_thread(struct recent *recent, struct ward_str platform,
                                    struct ward_str group)
{
    const uint64_t hash = hash_str(group, hash_str(platform, 1));
    struct recent_thread *thread = recent->table[hash % TABLE_SLOTS];
    while (thread && !(thread->hash == hash && key_is(thread, platform, group)))
        thread = thread->chain;
    if (thread && thread == recent->newest)
        return thread;
    if (thread)
        unlink_thread(recent, thread);
    else
        thread = thread_new(recent, platform, group, hash);
    if (!thread)
        return NULL;
    link_newest(recent, thread);
    shrink(recent, thread);
    return thread;
}

/* ---- events ---------------------------------------------------------------------------------- */

/* Room for `len` bytes in the slot's own allocation, whatever it holds now; grown a little beyond,
 * so that a ring that has turned over once allocates hardly ever. NULL when memory is short. */
static char *slot_reserve(struct recent_event *slot, size_t len)
{
    if (slot->json && len <= slot->json_cap && slot->json_cap / 4 <= len + 64)
        return slot->json;
    const size_t cap = len + len / 4 + 16;
    char *grown = realloc(slot->json, cap);
    if (!grown)
        return NULL;
    slot->json = grown;
    slot->json_cap = cap;
    return grown;
}

struct recent_event *recent_add(struct recent *recent, struct recent_thread *thread,
                                const struct recent_event *event, struct ward_str json,
                                struct ward_str verdict)
{
    struct recent_event *slot = &thread->events[thread->next];
    const size_t before = slot->json_cap;
    char *copy = slot_reserve(slot, json.len + verdict.len);
    if (!copy)
        return NULL;
    const size_t cap = slot->json_cap;
    if (json.len)
        memcpy(copy, json.data, json.len);
    if (verdict.len)
        memcpy(copy + json.len, verdict.data, verdict.len);
    thread->count += thread->count < RECENT_EVENTS;
    *slot = *event;
    slot->json = copy;
    slot->json_cap = cap;
    slot->json_len = json.len;
    slot->verdict_len = verdict.len;
    thread->bytes += cap - before;
    recent->bytes += cap - before;
    thread->next = (thread->next + 1) % RECENT_EVENTS;
    shrink(recent, thread);
    return slot;
}

struct recent_event *recent_back(struct recent_thread *thread, uint32_t back)
{
    if (back >= thread->count)
        return NULL;
    return &thread->events[(thread->next + RECENT_EVENTS - 1 - back) % RECENT_EVENTS];
}

struct recent_event *recent_find(struct recent_thread *thread, uint64_t index)
{
    for (uint32_t back = 0; back < thread->count; back++) {
        struct recent_event *event = recent_back(thread, back);
        if (event->index == index)
            return event;
    }
    return NULL;
}
