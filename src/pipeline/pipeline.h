/**
 * From records to verdicts, in parallel and in order: what `ward scan` and `ward serve` share.
 *
 * A pipeline holds the packs' engine, one scratch a thread and the crew that judges. A stream is
 * one input on its way through it: files one after the other, or one request body. A round is up to
 * PIPELINE_ROUND_BATCHES batches. While the crew judges the events of one round by themselves
 * (parse, read signals, judge), the calling thread finishes the round before: it judges in input
 * order the few events whose verdict depends on what was said before, stores, and writes. So what
 * is written depends on the input alone, never on the number of threads.
 *
 * Several streams, also of several pipelines, may feed one session or one ingest: they share a
 * `struct pipeline_order`, take turns of one round each in the order of asking, and wait for input
 * outside of their turns, so that a slow source holds up nobody.
 */
#ifndef WARD_PIPELINE_PIPELINE_H
#define WARD_PIPELINE_PIPELINE_H

#include "casework/ingest.h"
#include "engine/engine.h"
#include "engine/session.h"
#include "feed/feed.h"

#define PIPELINE_ROUND_BATCHES 8u
#define PIPELINE_THREADS_MAX 64
/** Accounts are settled after this many events: a point counted by input index, not by time. */
#define PIPELINE_SETTLE_EVENTS 4096u
/** Verdicts revised since the start and not yet written; beyond it they are written early. */
#define PIPELINE_REVISIONS_BYTES_MAX (32u * 1024u * 1024u)

/* ---- order ----------------------------------------------------------------------------------- */

/** Whose turn it is, and the number of the next event. */
struct pipeline_order;

/** `first`: the number of the first event. WARD_ERR_NOMEM. */
enum ward_status pipeline_order_new(uint64_t first, struct pipeline_order **out) WARD_MUST_USE;
/** No stream may be at work. NULL allowed. */
void pipeline_order_free(struct pipeline_order *order);

/** Waits for a turn, first come first served, for work on what the streams share. Not nested. */
void pipeline_order_enter(struct pipeline_order *order);
void pipeline_order_leave(struct pipeline_order *order);

/* ---- pipeline -------------------------------------------------------------------------------- */

struct pipeline_setup {
    const struct ward_engine *engine; /**< borrowed */
    struct ward_check_options check;  /**< session set when context is on; borrowed */
    struct pipeline_order *order;     /**< borrowed; may be shared */
    struct ingest *ingest;            /**< where verdicts are stored; NULL: nowhere; borrowed */
    enum ward_level fail_level;       /**< see pipeline_totals.failing */
    int threads;                      /**< 1 .. PIPELINE_THREADS_MAX, the caller's counted */
};

struct pipeline;

/** Starts threads and scratches. `setup` is copied. WARD_ERR_NOMEM, WARD_ERR_IO. */
enum ward_status pipeline_new(const struct pipeline_setup *setup, struct pipeline **out,
                              struct ward_error *err) WARD_MUST_USE;
/** Its streams must be freed before. NULL allowed. */
void pipeline_free(struct pipeline *pipeline);

/* ---- stream ---------------------------------------------------------------------------------- */

struct pipeline_totals {
    uint64_t events;
    uint64_t
        levels[4];    /**< last level of every event; of this stream's own, when it stands alone */
    uint64_t flagged; /**< events above level none, those raised in an earlier stream counted too */
    uint64_t repeats; /**< events that `admit` turned away; they count in `events` alone */
    uint64_t helped;
    uint64_t skipped; /**< bad records */
    bool failing;     /**< some event reached fail_level */
};

/** Who is told what. Every function may be NULL; `user` is handed to each. */
struct pipeline_hooks {
    void *user;
    /** Puts one verdict in the form in which it is written. Called by any thread of the crew. */
    void (*put)(void *user, struct buf *out, const struct ward_event *event,
                const struct ward_verdict *verdict);
    /** Writes what was put, in input order; false: nobody reads it any more, stop. */
    bool (*write)(void *user, struct ward_str bytes);
    /** A bad record, behind the verdicts of those before it in its batch. WARD_OK: go on. */
    enum ward_status (*fault)(void *user, const struct ward_error *fault);
    /** An event in its turn, before it counts; may give it an id, valid until the next call. False:
     * it was here before, pass over it. */
    bool (*admit)(void *user, struct ward_event *event);
    /** After each round that held something. */
    void (*progress)(void *user, const struct pipeline_totals *totals);
    /** In each turn, before anything of it is finished. */
    void (*begin)(void *user);
    /** In each turn, after `status` came of finishing; a failure of its own is the stream's. */
    enum ward_status (*settle)(void *user, enum ward_status status, struct ward_error *err);
};

struct pipeline_stream;

/** `hooks` are copied. WARD_ERR_NOMEM. */
enum ward_status pipeline_stream_new(struct pipeline *pipeline, const struct pipeline_hooks *hooks,
                                     struct pipeline_stream **out,
                                     struct ward_error *err) WARD_MUST_USE;
/** NULL allowed. */
void pipeline_stream_free(struct pipeline_stream *stream);

/** Where a stream reads. */
struct pipeline_source {
    struct feed *feed;
    /** False while reading may have to wait; NULL: a file, which never makes us wait. */
    bool (*is_ready)(void *context);
    void *context;
    /** Never read in a turn, so that nobody waits for this source's writer: a record may be there
     * in part only although `is_ready` says yes. */
    bool reads_outside;
    bool strict; /**< stop at the first bad record, which is then the error, not told to `fault` */
};

/**
 * Judges one feed to its end. Input that may have to be waited for is judged and written as soon as
 * a record is complete. Stops early when `write` or `fault` says so. What was complete before an
 * error of the feed is judged and stored. Errors of the feed, the store, `fault`, strictness,
 * memory. One thread a stream.
 */
enum ward_status pipeline_read(struct pipeline_stream *stream, const struct pipeline_source *source,
                               struct ward_error *err) WARD_MUST_USE;

/** Writes the verdicts that were revised, in input order. */
void pipeline_finish(struct pipeline_stream *stream);

const struct pipeline_totals *pipeline_totals(const struct pipeline_stream *stream);

#endif
