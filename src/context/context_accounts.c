/**
 * Accounts in one slab with an open-addressing index and an order of last use; logs are plain
 * arrays.
 *
 * Invariant: the state after context_accounts_apply is a function of the sequence of noted events
 * in input order, so it is the same for any number of shards and any cut into batches at the same
 * points. The account used longest ago (by input order) gives way when the slab is full.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "context/context.h"

#define THREADS_KEPT 8u
#define SLAB_FIRST 64u
#define NOBODY UINT32_MAX

struct account {
    uint64_t key;
    uint64_t threads[THREADS_KEPT];
    uint32_t newer, older; /* order of use */
    uint32_t events, flagged, thread_count;
    uint32_t roles[CONTEXT_ROLES];
};

struct context_accounts {
    struct account *slab; /* owned */
    uint64_t *bits;       /* owned: words an account, one more of zeros at the end of `no_bits` */
    uint64_t *no_bits;    /* owned */
    uint32_t *table;      /* owned: slab index + 1, 0 free */
    uint32_t capacity, count, max_count, table_size, words;
    uint32_t newest, oldest;
};

struct noted {
    uint64_t index, thread, account;
    uint8_t role, level;
};

struct context_log {
    struct noted *at; /* owned */
    uint64_t *bits;   /* owned */
    uint32_t count, capacity, words;
};

static size_t account_bytes(uint32_t words)
{
    return sizeof(struct account) + words * sizeof(uint64_t) + 4 * sizeof(uint32_t);
}

enum ward_status context_accounts_new(uint32_t signal_count, size_t max_bytes,
                                      struct context_accounts **out)
{
    *out = NULL;
    struct context_accounts *accounts = calloc(1, sizeof *accounts);
    if (!accounts)
        return WARD_ERR_NOMEM;
    const size_t limit = max_bytes ? max_bytes : CONTEXT_BYTES_DEFAULT / 4;
    accounts->words = (signal_count + 63) / 64;
    const size_t most = limit / account_bytes(accounts->words);
    accounts->max_count = most > UINT32_MAX / 8 ? UINT32_MAX / 8 : (uint32_t)most;
    accounts->newest = accounts->oldest = NOBODY;
    accounts->no_bits = calloc(accounts->words + 1u, sizeof *accounts->no_bits);
    if (!accounts->no_bits || accounts->max_count == 0) {
        const bool small = accounts->max_count == 0;
        context_accounts_free(accounts);
        return small ? WARD_ERR_ARGUMENT : WARD_ERR_NOMEM;
    }
    *out = accounts;
    return WARD_OK;
}

void context_accounts_free(struct context_accounts *accounts)
{
    if (!accounts)
        return;
    free(accounts->slab);
    free(accounts->bits);
    free(accounts->no_bits);
    free(accounts->table);
    free(accounts);
}

size_t context_accounts_bytes(const struct context_accounts *accounts)
{
    return accounts->capacity * (sizeof(struct account) + accounts->words * sizeof(uint64_t)) +
           accounts->table_size * sizeof *accounts->table;
}

static uint32_t slot_of(const struct context_accounts *accounts, uint64_t key)
{
    const uint32_t mask = accounts->table_size - 1;
    uint32_t slot = (uint32_t)hash_u64(key) & mask;
    while (accounts->table[slot] && accounts->slab[accounts->table[slot] - 1].key != key)
        slot = (slot + 1) & mask;
    return slot;
}

bool context_accounts_find(const struct context_accounts *accounts, uint64_t account,
                           struct context_account *out)
{
    *out = (struct context_account){.bits = accounts->no_bits};
    const uint32_t slot = account && accounts->table_size ? slot_of(accounts, account) : 0;
    if (!account || !accounts->table_size || !accounts->table[slot])
        return false;
    const uint32_t at = accounts->table[slot] - 1;
    const struct account *found = &accounts->slab[at];
    out->events = found->events;
    out->flagged = found->flagged;
    out->threads = found->thread_count;
    memcpy(out->roles, found->roles, sizeof out->roles);
    out->bits = accounts->bits + (size_t)at * accounts->words;
    return true;
}

/* ---- logs ------------------------------------------------------------------------------------ */

enum ward_status context_log_new(uint32_t signal_count, struct context_log **out)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return WARD_ERR_NOMEM;
    (*out)->words = (signal_count + 63) / 64;
    return WARD_OK;
}

void context_log_free(struct context_log *log)
{
    if (!log)
        return;
    free(log->at);
    free(log->bits);
    free(log);
}

static bool says_nothing(const struct context_entry *entry, uint32_t words)
{
    uint64_t any = 0;
    for (uint32_t i = 0; i < words; i++)
        any |= entry->bits[i];
    return !any && entry->level == 0;
}

static enum ward_status grow_log(struct context_log *log)
{
    const uint32_t capacity = log->capacity ? log->capacity * 2 : SLAB_FIRST;
    struct noted *at = realloc(log->at, capacity * sizeof *at);
    if (!at)
        return WARD_ERR_NOMEM;
    log->at = at;
    uint64_t *bits = realloc(log->bits, ((size_t)capacity * log->words + 1) * sizeof *bits);
    if (!bits)
        return WARD_ERR_NOMEM;
    log->bits = bits;
    log->capacity = capacity;
    return WARD_OK;
}

enum ward_status context_log_add(struct context_log *log, uint64_t key,
                                 const struct context_entry *entry)
{
    if (!entry->account || says_nothing(entry, log->words))
        return WARD_OK;
    if (log->count == log->capacity) {
        const enum ward_status status = grow_log(log);
        if (status)
            return status;
    }
    log->at[log->count] = (struct noted){.index = entry->index,
                                         .thread = key,
                                         .account = entry->account,
                                         .role = entry->role < CONTEXT_ROLES ? entry->role : 0,
                                         .level = entry->level};
    if (log->words)
        memcpy(log->bits + (size_t)log->count * log->words, entry->bits,
               log->words * sizeof *entry->bits);
    log->count++;
    return WARD_OK;
}

/* ---- applying -------------------------------------------------------------------------------- */

static void unlink_account(struct context_accounts *accounts, uint32_t at)
{
    const struct account *account = &accounts->slab[at];
    if (account->newer != NOBODY)
        accounts->slab[account->newer].older = account->older;
    else
        accounts->newest = account->older;
    if (account->older != NOBODY)
        accounts->slab[account->older].newer = account->newer;
    else
        accounts->oldest = account->newer;
}

static void link_newest(struct context_accounts *accounts, uint32_t at)
{
    accounts->slab[at].older = accounts->newest;
    accounts->slab[at].newer = NOBODY;
    if (accounts->newest != NOBODY)
        accounts->slab[accounts->newest].newer = at;
    accounts->newest = at;
    if (accounts->oldest == NOBODY)
        accounts->oldest = at;
}

static void clear_slot(struct context_accounts *accounts, uint32_t slot)
{
    const uint32_t mask = accounts->table_size - 1;
    accounts->table[slot] = 0;
    for (uint32_t next = (slot + 1) & mask; accounts->table[next]; next = (next + 1) & mask) {
        const uint32_t moved = accounts->table[next];
        accounts->table[next] = 0;
        accounts->table[slot_of(accounts, accounts->slab[moved - 1].key)] = moved;
    }
}

static enum ward_status grow_slab(struct context_accounts *accounts)
{
    uint32_t capacity = accounts->capacity ? accounts->capacity * 2 : SLAB_FIRST;
    if (capacity > accounts->max_count)
        capacity = accounts->max_count;
    uint32_t size = 16;
    while (size < capacity + capacity / 2)
        size *= 2;
    struct account *slab = realloc(accounts->slab, capacity * sizeof *slab);
    if (!slab)
        return WARD_ERR_NOMEM;
    accounts->slab = slab;
    uint64_t *bits =
        realloc(accounts->bits, ((size_t)capacity * accounts->words + 1) * sizeof *bits);
    if (!bits)
        return WARD_ERR_NOMEM;
    accounts->bits = bits;
    uint32_t *table = calloc(size, sizeof *table);
    if (!table)
        return WARD_ERR_NOMEM;
    free(accounts->table);
    accounts->table = table;
    accounts->table_size = size;
    accounts->capacity = capacity;
    for (uint32_t i = 0; i < accounts->count; i++)
        table[slot_of(accounts, slab[i].key)] = i + 1;
    return WARD_OK;
}

/** A fresh or given-way place for `key`. */
static enum ward_status take_place(struct context_accounts *accounts, uint64_t key, uint32_t *at)
{
    if (accounts->count == accounts->capacity && accounts->capacity < accounts->max_count) {
        const enum ward_status status = grow_slab(accounts);
        if (status)
            return status;
    }
    if (accounts->count < accounts->capacity) {
        *at = accounts->count++;
    } else {
        *at = accounts->oldest;
        clear_slot(accounts, slot_of(accounts, accounts->slab[*at].key));
        unlink_account(accounts, *at);
    }
    memset(&accounts->slab[*at], 0, sizeof accounts->slab[*at]);
    if (accounts->words)
        memset(accounts->bits + (size_t)*at * accounts->words, 0,
               accounts->words * sizeof *accounts->bits);
    accounts->slab[*at].key = key;
    accounts->table[slot_of(accounts, key)] = *at + 1;
    return WARD_OK;
}

static enum ward_status place_of(struct context_accounts *accounts, uint64_t key, uint32_t *at)
{
    const uint32_t slot = accounts->table_size ? slot_of(accounts, key) : 0;
    if (accounts->table_size && accounts->table[slot]) {
        *at = accounts->table[slot] - 1;
        unlink_account(accounts, *at);
    } else {
        const enum ward_status status = take_place(accounts, key, at);
        if (status)
            return status;
    }
    link_newest(accounts, *at);
    return WARD_OK;
}

static void note_thread(struct account *account, uint64_t thread)
{
    for (uint32_t i = 0; i < account->thread_count; i++)
        if (account->threads[i] == thread)
            return;
    if (account->thread_count < THREADS_KEPT)
        account->threads[account->thread_count++] = thread;
}

static enum ward_status apply_one(struct context_accounts *accounts, const struct noted *noted,
                                  const uint64_t *bits)
{
    uint32_t at;
    const enum ward_status status = place_of(accounts, noted->account, &at);
    if (status)
        return status;
    struct account *account = &accounts->slab[at];
    account->events++;
    if (noted->level) {
        account->flagged++;
        account->roles[noted->role]++;
    }
    note_thread(account, noted->thread);
    for (uint32_t word = 0; word < accounts->words; word++)
        accounts->bits[(size_t)at * accounts->words + word] |= bits[word];
    return WARD_OK;
}

/** Moves the events not yet applied to the front, for a later try. */
static void keep_rest(struct context_log *log, uint32_t applied)
{
    const uint32_t rest = log->count - applied;
    if (rest && applied) {
        memmove(log->at, log->at + applied, rest * sizeof *log->at);
        memmove(log->bits, log->bits + (size_t)applied * log->words,
                (size_t)rest * log->words * sizeof *log->bits);
    }
    log->count = rest;
}

enum ward_status context_accounts_apply(struct context_accounts *accounts,
                                        struct context_log *const *logs, uint32_t log_count)
{
    enum ward_status status = WARD_OK;
    uint32_t *applied = calloc(log_count + 1u, sizeof *applied);
    if (!applied)
        return WARD_ERR_NOMEM;
    while (!status) {
        uint32_t best = log_count;
        for (uint32_t i = 0; i < log_count; i++)
            if (applied[i] < logs[i]->count &&
                (best == log_count ||
                 logs[i]->at[applied[i]].index < logs[best]->at[applied[best]].index))
                best = i;
        if (best == log_count)
            break;
        const struct context_log *log = logs[best];
        status = apply_one(accounts, &log->at[applied[best]],
                           log->bits + (size_t)applied[best] * log->words);
        applied[best] += status == WARD_OK;
    }
    for (uint32_t i = 0; i < log_count; i++)
        keep_rest(logs[i], applied[i]);
    free(applied);
    return status;
}
