/**
 * Threads in an open-addressing table by key, in a list by last use; each with a ring of records
 * that grows from a few to the window.
 *
 * Invariants:
 *  1. `bytes` is the sum of everything allocated and never passes `max_bytes`: room is made, by
 *     dropping the thread used longest ago, before anything is allocated.
 *  2. A thread's sums (counts, bits, flagged, roles) describe exactly the records in its ring.
 *  3. One full thread always fits (checked by context_new), so the thread in use is never dropped.
 */
#include "context/context.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define RING_FIRST 4u
#define TABLE_FIRST 64u

struct record {
    uint64_t index;
    uint64_t account;
    double score;
    char *blob; /* owned: id, then note */
    uint32_t blob_capacity;
    uint32_t note_len;
    uint32_t revision;
    uint16_t id_len;
    uint8_t role;
    uint8_t level;
};

struct context_thread {
    uint64_t key;
    struct context_thread *newer, *older; /* order of use */
    struct record *records;               /* owned ring of `capacity` */
    uint64_t *record_bits;                /* owned, `words` a record */
    uint64_t *bits;                       /* owned: union over the window */
    uint8_t *counts;                      /* owned: events a signal */
    uint32_t capacity, first, count, words;
    uint32_t flagged, leaning;
    uint32_t roles[CONTEXT_ROLES];
};

struct context {
    struct context_thread **table; /* owned; NULL = free */
    uint32_t table_size;           /* power of two */
    uint32_t count;
    struct context_thread *newest, *oldest;
    size_t bytes, max_bytes;
    uint64_t dropped;
    uint32_t signal_count, words, window;
    uint64_t *no_bits;  /* owned zeros, for empty sums */
    uint8_t *no_counts; /* owned zeros */
};

uint64_t context_key(struct ward_str platform, struct ward_str name)
{
    if (!name.len)
        return 0;
    const uint64_t key = hash_str(name, hash_str(platform, 0));
    return key ? key : 1;
}

/* ---- sizes ----------------------------------------------------------------------------------- */

static size_t record_bytes(const struct context *context)
{
    return sizeof(struct record) + context->words * sizeof(uint64_t);
}

static size_t thread_bytes(const struct context *context)
{
    return sizeof(struct context_thread) + context->words * sizeof(uint64_t) +
           context->signal_count;
}

static size_t full_bytes(const struct context *context)
{
    return sizeof *context + TABLE_FIRST * sizeof(void *) + thread_bytes(context) +
           context->window *
               (record_bytes(context) + CONTEXT_ID_BYTES_MAX + CONTEXT_NOTE_BYTES_MAX) +
           context->words * sizeof(uint64_t) + context->signal_count;
}

static size_t held_bytes(const struct context *context, const struct context_thread *thread)
{
    size_t bytes = thread_bytes(context) + thread->capacity * record_bytes(context);
    for (uint32_t i = 0; i < thread->capacity; i++)
        bytes += thread->records[i].blob_capacity;
    return bytes;
}

/* ---- table and order of use ------------------------------------------------------------------ */

static uint32_t slot_of(const struct context *context, uint64_t key)
{
    uint32_t slot = (uint32_t)hash_u64(key) & (context->table_size - 1);
    while (context->table[slot] && context->table[slot]->key != key)
        slot = (slot + 1) & (context->table_size - 1);
    return slot;
}

static void unlink_thread(struct context *context, struct context_thread *thread)
{
    if (thread->newer)
        thread->newer->older = thread->older;
    else
        context->newest = thread->older;
    if (thread->older)
        thread->older->newer = thread->newer;
    else
        context->oldest = thread->newer;
    thread->newer = thread->older = NULL;
}

static void link_newest(struct context *context, struct context_thread *thread)
{
    thread->older = context->newest;
    thread->newer = NULL;
    if (context->newest)
        context->newest->newer = thread;
    context->newest = thread;
    if (!context->oldest)
        context->oldest = thread;
}

/** Empties a slot and moves up what was displaced past it. */
static void clear_slot(struct context *context, uint32_t slot)
{
    const uint32_t mask = context->table_size - 1;
    context->table[slot] = NULL;
    for (uint32_t next = (slot + 1) & mask; context->table[next]; next = (next + 1) & mask) {
        struct context_thread *moved = context->table[next];
        context->table[next] = NULL;
        context->table[slot_of(context, moved->key)] = moved;
    }
}

static void free_thread(struct context_thread *thread)
{
    for (uint32_t i = 0; i < thread->capacity; i++)
        free(thread->records[i].blob);
    free(thread->records);
    free(thread->record_bits);
    free(thread->bits);
    free(thread->counts);
    free(thread);
}

static void drop_thread(struct context *context, struct context_thread *thread)
{
    clear_slot(context, slot_of(context, thread->key));
    unlink_thread(context, thread);
    context->bytes -= held_bytes(context, thread);
    context->count--;
    free_thread(thread);
}

/** Drops the threads used longest ago, but not `keep`, until `more` bytes fit. */
static void make_room(struct context *context, size_t more, const struct context_thread *keep)
{
    while (context->bytes + more > context->max_bytes && context->oldest &&
           context->oldest != keep) {
        drop_thread(context, context->oldest);
        context->dropped++;
    }
}

static enum ward_status grow_table(struct context *context)
{
    const uint32_t size = context->table_size * 2;
    const size_t more = context->table_size * sizeof(void *);
    if (context->bytes + more > context->max_bytes) /* no room: one thread less instead */
        return drop_thread(context, context->oldest), context->dropped++, WARD_OK;
    struct context_thread **table = calloc(size, sizeof(struct context_thread *));
    if (!table)
        return WARD_ERR_NOMEM;
    struct context_thread **old = context->table;
    const uint32_t old_size = context->table_size;
    context->table = table;
    context->table_size = size;
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i])
            table[slot_of(context, old[i]->key)] = old[i];
    free(old);
    context->bytes += more;
    return WARD_OK;
}

/* ---- life ------------------------------------------------------------------------------------ */

enum ward_status context_new(const struct context_options *options, struct context **out)
{
    *out = NULL;
    struct context *context = calloc(1, sizeof *context);
    if (!context)
        return WARD_ERR_NOMEM;
    context->max_bytes = options->max_bytes ? options->max_bytes : CONTEXT_BYTES_DEFAULT;
    context->signal_count = options->signal_count;
    context->words = (options->signal_count + 63) / 64;
    context->window = options->window_events ? options->window_events : CONTEXT_WINDOW_EVENTS;
    if (context->window > CONTEXT_WINDOW_EVENTS || context->max_bytes < full_bytes(context)) {
        free(context);
        return WARD_ERR_ARGUMENT;
    }
    context->table_size = TABLE_FIRST;
    context->table = calloc(TABLE_FIRST, sizeof(struct context_thread *));
    context->no_bits = calloc(context->words + 1u, sizeof *context->no_bits);
    context->no_counts = calloc(context->signal_count + 1u, 1);
    if (!context->table || !context->no_bits || !context->no_counts) {
        context_free(context);
        return WARD_ERR_NOMEM;
    }
    context->bytes = sizeof *context + TABLE_FIRST * sizeof(void *) +
                     context->words * sizeof(uint64_t) + context->signal_count;
    *out = context;
    return WARD_OK;
}

void context_clear(struct context *context)
{
    while (context->oldest)
        drop_thread(context, context->oldest);
    context->dropped = 0;
}

void context_free(struct context *context)
{
    if (!context)
        return;
    if (context->table)
        context_clear(context);
    free(context->table);
    free(context->no_bits);
    free(context->no_counts);
    free(context);
}

size_t context_bytes(const struct context *context)
{
    return context->bytes;
}

uint32_t context_threads(const struct context *context)
{
    return context->count;
}

uint64_t context_dropped(const struct context *context)
{
    return context->dropped;
}

struct context_thread *context_find(const struct context *context, uint64_t key)
{
    return key ? context->table[slot_of(context, key)] : NULL;
}

/* ---- adding ---------------------------------------------------------------------------------- */

static enum ward_status make_thread(struct context *context, uint64_t key,
                                    struct context_thread **out)
{
    make_room(context, thread_bytes(context), NULL);
    if ((context->count + 1) * 4 > context->table_size * 3) {
        const enum ward_status status = grow_table(context);
        if (status)
            return status;
        make_room(context, thread_bytes(context), NULL);
    }
    struct context_thread *thread = calloc(1, sizeof *thread);
    if (!thread)
        return WARD_ERR_NOMEM;
    thread->key = key;
    thread->words = context->words;
    thread->bits = calloc(context->words + 1u, sizeof *thread->bits);
    thread->counts = calloc(context->signal_count + 1u, 1);
    if (!thread->bits || !thread->counts) {
        free_thread(thread);
        return WARD_ERR_NOMEM;
    }
    context->table[slot_of(context, key)] = thread;
    context->count++;
    context->bytes += thread_bytes(context);
    link_newest(context, thread);
    *out = thread;
    return WARD_OK;
}

static uint32_t at_ring(const struct context_thread *thread, uint32_t position)
{
    return (thread->first + position) % thread->capacity;
}

/** Doubles a full ring that has not reached the window; it is laid out anew from its first record.
 */
static enum ward_status grow_ring(struct context *context, struct context_thread *thread)
{
    if (thread->count < thread->capacity || thread->capacity >= context->window)
        return WARD_OK;
    uint32_t capacity = thread->capacity ? thread->capacity * 2 : RING_FIRST;
    if (capacity > context->window)
        capacity = context->window;
    const size_t more = (capacity - thread->capacity) * record_bytes(context);
    make_room(context, more, thread);
    struct record *records = calloc(capacity, sizeof *records);
    uint64_t *bits = calloc((size_t)capacity * context->words + 1, sizeof *bits);
    if (!records || !bits) {
        free(records);
        free(bits);
        return WARD_ERR_NOMEM;
    }
    for (uint32_t i = 0; i < thread->count; i++) {
        const uint32_t from = at_ring(thread, i);
        records[i] = thread->records[from];
        memcpy(bits + (size_t)i * context->words,
               thread->record_bits + (size_t)from * context->words, context->words * sizeof *bits);
    }
    free(thread->records);
    free(thread->record_bits);
    thread->records = records;
    thread->record_bits = bits;
    thread->capacity = capacity;
    thread->first = 0;
    context->bytes += more;
    return WARD_OK;
}

static void count_verdict(struct context_thread *thread, const struct record *record, bool add)
{
    if (record->score >= CONTEXT_LEANING)
        thread->leaning += add ? 1u : UINT32_MAX;
    if (record->level == 0)
        return;
    thread->flagged += add ? 1u : UINT32_MAX;
    thread->roles[record->role] += add ? 1u : UINT32_MAX;
}

/** Adds to or takes from the sums what one record said. */
static void count_bits(struct context_thread *thread, uint32_t slot, bool add)
{
    const uint64_t *bits = thread->record_bits + (size_t)slot * thread->words;
    for (uint32_t word = 0; word < thread->words; word++) {
        for (uint64_t rest = bits[word]; rest; rest &= rest - 1) {
            const uint32_t signal = word * 64 + (uint32_t)__builtin_ctzll(rest);
            thread->counts[signal] = (uint8_t)(thread->counts[signal] + (add ? 1 : -1));
            if (thread->counts[signal])
                thread->bits[word] |= rest & (~rest + 1);
            else
                thread->bits[word] &= ~(rest & (~rest + 1));
        }
    }
}

static void forget_oldest(struct context_thread *thread)
{
    const uint32_t slot = at_ring(thread, 0);
    count_verdict(thread, &thread->records[slot], false);
    count_bits(thread, slot, false);
    thread->first = (thread->first + 1) % thread->capacity;
    thread->count--;
}

static enum ward_status reserve_blob(struct context *context, struct context_thread *thread,
                                     struct record *record, uint32_t bytes)
{
    if (bytes <= record->blob_capacity)
        return WARD_OK;
    make_room(context, bytes - record->blob_capacity, thread);
    char *blob = realloc(record->blob, bytes);
    if (!blob)
        return WARD_ERR_NOMEM;
    context->bytes += bytes - record->blob_capacity;
    record->blob = blob;
    record->blob_capacity = bytes;
    return WARD_OK;
}

static void put_record(struct context_thread *thread, uint32_t slot,
                       const struct context_entry *entry)
{
    struct record *record = &thread->records[slot];
    record->index = entry->index;
    record->account = entry->account;
    record->score = entry->score;
    record->revision = entry->revision;
    record->role = entry->role < CONTEXT_ROLES ? entry->role : 0;
    record->level = entry->level;
    record->note_len = (uint32_t)entry->note.len;
    record->id_len =
        (uint16_t)(entry->id.len < CONTEXT_ID_BYTES_MAX ? entry->id.len : CONTEXT_ID_BYTES_MAX);
    if (record->id_len)
        memcpy(record->blob, entry->id.data, record->id_len);
    if (record->note_len)
        memcpy(record->blob + record->id_len, entry->note.data, record->note_len);
    if (thread->words)
        memcpy(thread->record_bits + (size_t)slot * thread->words, entry->bits,
               thread->words * sizeof *entry->bits);
    count_verdict(thread, record, true);
    count_bits(thread, slot, true);
}

static enum ward_status add_to(struct context *context, struct context_thread *thread,
                               const struct context_entry *entry)
{
    const size_t id_len =
        entry->id.len < CONTEXT_ID_BYTES_MAX ? entry->id.len : CONTEXT_ID_BYTES_MAX;
    enum ward_status status = grow_ring(context, thread);
    if (status)
        return status;
    const bool full = thread->count == thread->capacity;
    const uint32_t slot = at_ring(thread, full ? 0 : thread->count);
    status =
        reserve_blob(context, thread, &thread->records[slot], (uint32_t)(id_len + entry->note.len));
    if (status)
        return status;
    if (full)
        forget_oldest(thread);
    put_record(thread, slot, entry);
    thread->count++;
    return WARD_OK;
}

enum ward_status context_add(struct context *context, uint64_t key,
                             const struct context_entry *entry, struct context_thread **thread)
{
    assert(key);
    enum ward_status status = WARD_OK;
    struct context_thread *found = context_find(context, key);
    const bool made = !found;
    if (thread)
        *thread = NULL;
    if (entry->note.len > CONTEXT_NOTE_BYTES_MAX)
        return WARD_ERR_LIMIT;
    if (made) {
        status = make_thread(context, key, &found);
        if (status)
            return status;
    } else {
        unlink_thread(context, found);
        link_newest(context, found);
    }
    status = add_to(context, found, entry);
    if (status) {
        if (made)
            drop_thread(context, found);
        return status;
    }
    if (thread)
        *thread = found;
    return WARD_OK;
}

/* ---- asking ---------------------------------------------------------------------------------- */

struct context_sum context_sum(const struct context *context, const struct context_thread *thread)
{
    struct context_sum sum = {.bits = context->no_bits, .counts = context->no_counts};
    if (!thread)
        return sum;
    sum.events = thread->count;
    sum.flagged = thread->flagged;
    sum.leaning = thread->leaning;
    memcpy(sum.roles, thread->roles, sizeof sum.roles);
    sum.bits = thread->bits;
    sum.counts = thread->counts;
    return sum;
}

uint32_t context_count(const struct context_thread *thread)
{
    return thread ? thread->count : 0;
}

struct context_entry context_at(const struct context_thread *thread, uint32_t position)
{
    assert(position < thread->count);
    const uint32_t slot = at_ring(thread, position);
    const struct record *record = &thread->records[slot];
    return (struct context_entry){
        .index = record->index,
        .id = {record->blob, record->id_len},
        .account = record->account,
        .bits = thread->record_bits + (size_t)slot * thread->words,
        .role = record->role,
        .level = record->level,
        .score = record->score,
        .revision = record->revision,
        .note = {record->note_len ? record->blob + record->id_len : NULL, record->note_len}};
}

void context_raise(struct context_thread *thread, uint32_t position, uint8_t level, uint8_t role,
                   double score)
{
    assert(position < thread->count);
    struct record *record = &thread->records[at_ring(thread, position)];
    count_verdict(thread, record, false);
    record->level = level;
    record->role = role < CONTEXT_ROLES ? role : 0;
    record->score = score;
    record->revision++;
    count_verdict(thread, record, true);
}

uint32_t context_said_by(const struct context_thread *thread, uint64_t account, uint64_t *bits)
{
    uint32_t events = 0;
    for (uint32_t i = 0; thread && account && i < thread->count; i++) {
        const uint32_t slot = at_ring(thread, i);
        if (thread->records[slot].account != account)
            continue;
        events++;
        for (uint32_t word = 0; word < thread->words; word++)
            bits[word] |= thread->record_bits[(size_t)slot * thread->words + word];
    }
    return events;
}
