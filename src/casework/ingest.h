/**
 * Judged events on their way into the store.
 *
 * Stored are: events that a verdict flags; their neighbours in the thread on each side; and events
 * of level none that tie, because their account is flagged elsewhere and they show a handle or a
 * picture, or because the handle or picture they show is one that a flagged account shows. Of
 * everything else only a count by group is kept.
 *
 * Memory is bounded: the last RECENT_EVENTS of each thread, and events that show a handle or a
 * picture, up to INGEST_CANDIDATE_BYTES. One thread at a time.
 */
#ifndef WARD_CASEWORK_INGEST_H
#define WARD_CASEWORK_INGEST_H

#include "engine/verdict_json.h"
#include "feed/feed.h"
#include "store/store.h"

/** Neighbours on each side of a flagged event, unless told otherwise. */
#define INGEST_NEIGHBOURS_DEFAULT 10u
#define INGEST_NEIGHBOURS_MAX 32u
/** Events of level none that may still turn out to tie; beyond it the oldest half is settled. */
#define INGEST_CANDIDATE_BYTES (32u * 1024u * 1024u)
/** Groups counted in one run; messages of further groups are not counted. */
#define INGEST_GROUPS_MAX (1u << 20)

/** Who hands events in, and what judged them. */
struct ingest_by {
    struct ward_str packs;    /**< names of the packs in force, space between; borrowed */
    struct verdict_json json; /**< how verdicts are written; borrowed */
    struct ward_str who;      /**< who ingests; borrowed */
};

struct ingest_options {
    struct store *store; /**< open for writing; borrowed */
    struct ingest_by by;
    uint32_t neighbours;     /**< 0 .. INGEST_NEIGHBOURS_MAX */
    int32_t zone_minutes;    /**< how times without zone are taken */
    int64_t (*now_ms)(void); /**< the clock */
};

struct ingest_totals {
    uint64_t flagged, neighbours, ties; /**< events handed to the store */
    uint64_t fresh, edited, judged_again, duplicate;
};

struct ingest;

/** Reads from the store which accounts and handles are known. Errors of the store; NOMEM. */
enum ward_status ingest_new(const struct ingest_options *options, struct ingest **out,
                            struct ward_error *err) WARD_MUST_USE;
/** What was not flushed is lost; NULL allowed. */
void ingest_free(struct ingest *ingest);

/**
 * A new source begins. `sha256` is hex, of the whole file; empty for a live stream. Both are
 * copied.
 */
enum ward_status ingest_source(struct ingest *ingest, struct ward_str name, struct ward_str sha256,
                               struct ward_error *err) WARD_MUST_USE;

/** What is taken and written from here on is so by these. */
void ingest_use(struct ingest *ingest, const struct ingest_by *by);

/** One event, in input order. */
struct ingest_item {
    const struct ward_event *event;
    const struct feed_place *place;
    uint64_t index; /**< of the event in the input; ascending */
    /** NULL only when the level is none and the event shows neither handle nor picture. */
    const struct ward_verdict *verdict;
};

/** Takes an event; now and then this writes a batch. Errors of the store; NOMEM. */
enum ward_status ingest_take(struct ingest *ingest, const struct ingest_item *item,
                             struct ward_error *err) WARD_MUST_USE;

/** An earlier event was raised by what came later. */
enum ward_status ingest_raise(struct ingest *ingest, const struct ward_event *event, uint64_t index,
                              const struct ward_verdict *verdict,
                              struct ward_error *err) WARD_MUST_USE;

/** Writes what is waiting: after it, everything taken is durable. */
enum ward_status ingest_flush(struct ingest *ingest, struct ward_error *err) WARD_MUST_USE;

/**
 * For streams without end: stores the candidates that tie by now, keeps the others, and writes what
 * is waiting. Counts of groups alone are written once `counts_wait_ms` have passed since the last
 * write, so that a crash loses no more of them.
 */
enum ward_status ingest_settle(struct ingest *ingest, int64_t counts_wait_ms,
                               struct ward_error *err) WARD_MUST_USE;

/**
 * Keeps an event whatever its level, outside of its thread and uncounted: one that somebody
 * reported, or a part of the thread around it. `verdict` must be given. Written by the next flush.
 */
enum ward_status ingest_keep(struct ingest *ingest, const struct ward_event *event,
                             const struct ward_verdict *verdict,
                             struct ward_error *err) WARD_MUST_USE;

/** Groups counted in the current source, at most INGEST_GROUPS_MAX. */
size_t ingest_group_count(const struct ingest *ingest);

/** Decides which candidates tie, and writes all. */
enum ward_status ingest_finish(struct ingest *ingest, struct ward_error *err) WARD_MUST_USE;

const struct ingest_totals *ingest_totals(const struct ingest *ingest);

#endif
