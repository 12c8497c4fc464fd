/**
 * What is stored, judged again with other packs: which verdicts would differ, and by which rules.
 *
 * Reads only. Events are judged in the order of their arrival, with the memory of threads and
 * accounts that a scan keeps, as far as the store holds the thread (flagged events and their
 * neighbours). With `before` given both packs judge the same stored events, so that every
 * difference is the packs'; without it the verdicts given at the time are compared, whose memory
 * was that of the whole stream. A neighbour stored without a verdict was of level none; it differs
 * only when it would be flagged.
 *
 * Memory: about 60 bytes and four a rule an event, at most REPLAY_EVENTS_MAX events.
 */
#ifndef WARD_CASEWORK_REPLAY_H
#define WARD_CASEWORK_REPLAY_H

#include "store/store.h"

/** Events judged in one run, at most. */
#define REPLAY_EVENTS_MAX (4u << 20)

struct replay_options {
    struct store *store;              /**< borrowed; read only */
    const struct ward_engine *after;  /**< borrowed for the call */
    const struct ward_engine *before; /**< likewise; NULL: the verdicts as stored */
    struct ward_check_options check;  /**< thresholds; without session */
    uint64_t limit;                   /**< only the newest so many; 0: REPLAY_EVENTS_MAX */
    /** Told now and then how many were judged; false ends the run with WARD_ERR_BUSY. NULL allowed.
     */
    bool (*go_on)(void *user, uint64_t judged);
    void *user;
};

struct replay_side {
    enum ward_level level;
    double score;
};

/** One event whose verdict differs. Strings live until replay_free(). */
struct replay_change {
    uint64_t seq;
    struct ward_str case_id; /**< or empty */
    struct replay_side before, after;
    const struct ward_str *added, *removed; /**< rules */
    size_t added_count, removed_count;
};

/** How often a rule came or went. */
struct replay_rule {
    struct ward_str name;
    uint64_t added, removed;
};

struct replay_totals {
    uint64_t judged;
    uint64_t changed;     /**< level, score or rules differ */
    uint64_t moved[4][4]; /**< events by level before and after */
};

struct replay;

/**
 * Judges and compares. `*out` is freed with replay_free(). Errors of the store; WARD_ERR_FORMAT (a
 * damaged row), WARD_ERR_BUSY (ended by go_on), WARD_ERR_NOMEM.
 */
enum ward_status replay_run(const struct replay_options *options, struct replay **out,
                            struct ward_error *err) WARD_MUST_USE;
/** NULL allowed. */
void replay_free(struct replay *replay);

const struct replay_totals *replay_totals(const struct replay *replay);
/** Change number `index` of totals.changed, by seq; `out` is valid until the next call. */
void replay_change_at(struct replay *replay, uint64_t index, struct replay_change *out);
/** Rules that came or went, most often first, then by name; `*count` of them. */
const struct replay_rule *replay_rules(const struct replay *replay, size_t *count);

#endif
