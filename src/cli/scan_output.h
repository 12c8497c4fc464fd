/**
 * `ward scan`: what was asked for, and the pipeline with its verdicts written to standard output.
 */
#ifndef WARD_CLI_SCAN_OUTPUT_H
#define WARD_CLI_SCAN_OUTPUT_H

#include "cli/output.h"
#include "cli/verdict_view.h"
#include "pipeline/pipeline.h"

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

struct scan;

/** Starts threads and scratches; borrowed: setup, output. `output` NULL: nothing is written.
 * WARD_ERR_NOMEM. */
enum ward_status scan_new(const struct scan_setup *setup, struct output *output, struct scan **out,
                          struct ward_error *err) WARD_MUST_USE;
void scan_free(struct scan *scan);

/**
 * Scans one feed to its end, writing verdicts; bad records go to standard error. Input of
 * `live_fd` (-1: none) is written as soon as a record is complete. Stops early when the output is
 * gone. Errors of the feed, `strict`, the store, memory.
 */
enum ward_status scan_feed(struct scan *scan, struct feed *feed, int live_fd,
                           struct ward_error *err) WARD_MUST_USE;

/** Writes the verdicts that were revised, in input order. */
void scan_finish(struct scan *scan);

const struct pipeline_totals *scan_totals(const struct scan *scan);

#endif
