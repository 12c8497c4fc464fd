/**
 * What a thread and an account said before: bounded memory, no clock, no locks.
 *
 * A *thread* is (platform, group). Each keeps its last CONTEXT_WINDOW_EVENTS events as compact
 * records; threads are dropped least recently used first when the byte ceiling is reached. What has
 * left the window is never raised again. One `struct context` belongs to one shard, and shards are
 * fixed by (platform, group), so its content depends on the order of the events alone.
 *
 * *Accounts* cross groups and so cross shards: shards append to their own `context_log` and read a
 * shared `context_accounts` that nobody writes; at a point counted by input index the caller
 * applies all logs at once (in input order, whatever the shard count) and the next batch reads the
 * new state.
 *
 * Nothing here is written to disk or logs. All functions are deterministic.
 */
#ifndef WARD_CONTEXT_CONTEXT_H
#define WARD_CONTEXT_CONTEXT_H

#include "ward/ward.h"

#define CONTEXT_WINDOW_EVENTS 64u
#define CONTEXT_ROLES 4u /* none, offer, seek, agent */
/**
 * Log-odds from which an event by its own words leans to the trade (a score of 0.047): far below
 * any level, and far above ordinary chatter. Several such events in one thread are what gives talk
 * in code words away.
 */
#define CONTEXT_LEANING (-3.0)
/** Default ceiling of all shards together. */
#define CONTEXT_BYTES_DEFAULT (64u * 1024u * 1024u)
/** Longest id and opaque note kept for one event; a longer note is refused, a longer id cut off. */
#define CONTEXT_ID_BYTES_MAX 256u
#define CONTEXT_NOTE_BYTES_MAX 4096u

struct context;
struct context_thread;

struct context_options {
    size_t max_bytes;       /**< of this shard; 0 takes CONTEXT_BYTES_DEFAULT */
    uint32_t signal_count;  /**< of the pack */
    uint32_t window_events; /**< 1..CONTEXT_WINDOW_EVENTS; 0 takes the maximum */
};

/** One event to remember. Pointers are borrowed for the call and copied. */
struct context_entry {
    uint64_t index;       /**< input index, ascending within a shard */
    struct ward_str id;   /**< as given, for revisions */
    uint64_t account;     /**< context_key of the account, 0 if none */
    const uint64_t *bits; /**< counted signals of the text, (signal_count + 63) / 64 words */
    uint8_t role;         /**< 0..CONTEXT_ROLES-1 */
    uint8_t level;        /**< 0 none, 1 watch, 2 review, 3 urgent */
    double score;         /**< log-odds of its own words: without what memory added */
    uint32_t revision;    /**< 0 first verdict */
    struct ward_str note; /**< opaque bytes for the caller (to judge again without the text) */
};

/** Sums over a thread's window. `bits` has a signal that any event in the window said. */
struct context_sum {
    uint32_t events;
    uint32_t flagged;              /**< level >= 1 */
    uint32_t leaning;              /**< score >= CONTEXT_LEANING */
    uint32_t roles[CONTEXT_ROLES]; /**< of the flagged events */
    const uint64_t *bits;
    const uint8_t *counts; /**< per signal: events of the window that said it, 0..64 */
};

/** 64-bit key of (platform, name); 0 only for an empty name. */
uint64_t context_key(struct ward_str platform, struct ward_str name);

/** An empty shard. WARD_ERR_NOMEM; WARD_ERR_ARGUMENT if the ceiling cannot hold one thread. */
enum ward_status context_new(const struct context_options *options,
                             struct context **out) WARD_MUST_USE;
void context_free(struct context *context);
/** Forgets everything, keeps the options. */
void context_clear(struct context *context);
/** Bytes held now: never above max_bytes. */
size_t context_bytes(const struct context *context);
/** Threads held, and how many were dropped to keep the ceiling. */
uint32_t context_threads(const struct context *context);
uint64_t context_dropped(const struct context *context);

/** The thread of `key` (from context_key), or NULL. Does not change which thread is dropped next.
 */
struct context_thread *context_find(const struct context *context, uint64_t key);

/**
 * Remembers an event at the end of the thread `key`, making the thread if needed; the oldest event
 * leaves a full window; other threads may be dropped. `*thread` (NULL allowed) is valid until the
 * next context_add. WARD_ERR_NOMEM (nothing changed), WARD_ERR_LIMIT (note too long).
 */
enum ward_status context_add(struct context *context, uint64_t key,
                             const struct context_entry *entry,
                             struct context_thread **thread) WARD_MUST_USE;

/** Sums of the window; all zero with NULL pointers never: for `thread` NULL an empty sum. O(1). */
struct context_sum context_sum(const struct context *context, const struct context_thread *thread);
/** Events in the window; `context_at` 0 is the oldest. Borrowed until the next context_add. */
uint32_t context_count(const struct context_thread *thread);
struct context_entry context_at(const struct context_thread *thread, uint32_t position);

/** Changes the verdict kept for an event and counts its revision up. `score` in log-odds. */
void context_raise(struct context_thread *thread, uint32_t position, uint8_t level, uint8_t role,
                   double score);
/** Ors into `bits` what `account` said in this thread's window; returns its events there. */
uint32_t context_said_by(const struct context_thread *thread, uint64_t account, uint64_t *bits);

/* ---- accounts across groups ------------------------------------------------------------------ */

/** What an account did up to the last applied batch. */
struct context_account {
    uint32_t events; /**< remembered events (only those that said any signal or were flagged) */
    uint32_t flagged;
    uint32_t roles[CONTEXT_ROLES];
    uint32_t threads;     /**< different threads, counted up to 8 */
    const uint64_t *bits; /**< signals said; borrowed until the next apply */
};

struct context_accounts;
struct context_log; /* one per shard */

/** `signal_count` of the pack; ceiling in bytes, 0 takes CONTEXT_BYTES_DEFAULT / 4. */
enum ward_status context_accounts_new(uint32_t signal_count, size_t max_bytes,
                                      struct context_accounts **out) WARD_MUST_USE;
void context_accounts_free(struct context_accounts *accounts);
size_t context_accounts_bytes(const struct context_accounts *accounts);
/** Fills `out`; false and all zero (bits of zeros) for an unknown account. Safe to call from many
 * threads while nobody applies. O(1). */
bool context_accounts_find(const struct context_accounts *accounts, uint64_t account,
                           struct context_account *out);

enum ward_status context_log_new(uint32_t signal_count, struct context_log **out) WARD_MUST_USE;
void context_log_free(struct context_log *log);
/** Notes an event of `entry->account` in thread `key`; no account or nothing said: does nothing.
 * WARD_ERR_NOMEM. */
enum ward_status context_log_add(struct context_log *log, uint64_t key,
                                 const struct context_entry *entry) WARD_MUST_USE;
/** Applies the logs of all shards in order of input index and empties them. WARD_ERR_NOMEM: what
 * fitted is applied, the rest stays in the logs. The result does not depend on how events were
 * spread over logs. */
enum ward_status context_accounts_apply(struct context_accounts *accounts,
                                        struct context_log *const *logs,
                                        uint32_t log_count) WARD_MUST_USE;

#endif
