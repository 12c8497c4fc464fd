/**
 * `ward scan`: what was asked for, and the pipeline that does it.
 *
 * A round is up to SCAN_ROUND_BATCHES batches. While worker threads judge the events of one round
 * by themselves (parse, read signals, judge), the calling thread finishes the round before: it
 * judges in input order the few events whose verdict depends on what was said before, and writes.
 * So the bytes written depend on the input alone, never on the number of threads.
 */
#ifndef WARD_CLI_SCAN_H
#define WARD_CLI_SCAN_H

#include "casework/ingest.h"
#include "cli/output.h"
#include "cli/verdict_view.h"
#include "engine/engine.h"
#include "engine/session.h"
#include "feed/feed.h"

#define SCAN_ROUND_BATCHES 8u
#define SCAN_THREADS_MAX 64
/** Accounts are settled after this many events: a point counted by input index, not by time. */
#define SCAN_SETTLE_EVENTS 4096u
/** Verdicts revised since the start and not yet written; beyond it they are written early. */
#define SCAN_REVISIONS_BYTES_MAX (32u * 1024u * 1024u)

struct scan_setup {
    const struct ward_engine *engine;
    struct ward_check_options check;  /**< session set when context is on */
    struct verdict_view view;         /**< of verdicts for people */
    struct verdict_json verdict_json; /**< of verdicts for programs */
    struct feed_options feed;
    struct ingest *ingest; /**< where verdicts are stored; NULL: nowhere */
    enum ward_level fail_level;
    int threads;
    bool json;
    bool all;    /**< print every verdict, not only flagged ones */
    bool strict; /**< stop at the first bad record */
    bool quiet;  /**< no summary, no progress */
    bool progress;
};

struct scan_totals {
    uint64_t events;
    uint64_t levels[4]; /**< last level of every event */
    uint64_t helped;
    uint64_t skipped; /**< bad records */
    bool failing;     /**< some event reached fail_level */
};

struct scan;

/** Starts threads and scratches; borrowed: setup, output. WARD_ERR_NOMEM. */
enum ward_status scan_new(const struct scan_setup *setup, struct output *output, struct scan **out,
                          struct ward_error *err) WARD_MUST_USE;
void scan_free(struct scan *scan);

/**
 * Scans one feed to its end, writing verdicts; bad records go to standard error. `name` names the
 * source in messages; `live` input is written as soon as a record is complete. Stops early when the
 * output is gone. Errors of the feed, `strict`, memory.
 */
enum ward_status scan_feed(struct scan *scan, struct feed *feed, const char *name, int live_fd,
                           struct ward_error *err) WARD_MUST_USE;

/** Writes the verdicts that were revised, in input order. */
void scan_finish(struct scan *scan);

const struct scan_totals *scan_totals(const struct scan *scan);

#endif
