/**
 * See the header for the plan. A round moves through: filled -> judged (phase one, any thread) ->
 * finished (phase two, the calling thread). Two rounds exist; one is judged while the other is
 * finished and then filled again.
 *
 * Phase one judges every event by itself and puts its output into the batch's own buffer. That
 * verdict stands unless a rule that asks memory may hold for the event and its thread or account is
 * remembered for something such rules ask: then phase two judges it again.
 */
#include "cli/scan_pipeline.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/crew.h"
#include "cli/revisions.h"

/* One verdict's output never comes near this: spans and reasons are bounded. */
#define BATCH_OUTPUT_BYTES_MAX (1024u * 1024u * 1024u)

/* What phase one leaves of an event. */
struct trace {
    double log_odds;
    uint32_t end; /* of its output in the batch's buffer; it begins where the one before ends */
    uint8_t level;
    uint8_t role;
    bool asks_memory; /* what was said before may change the verdict */
    bool shows;       /* a handle or a picture: it may tie */
    bool helped;
};

struct slot {
    struct feed_batch batch;
    struct buf out;
    struct trace *traces; /* owned; one per event */
    uint64_t *said;       /* owned; signal words per event, when context is on */
    size_t capacity;
    enum ward_status status;
    struct ward_error err;
};

struct round {
    struct slot slots[SCAN_ROUND_BATCHES];
    uint32_t count;
    bool is_end; /* the feed ended in this round */
};

struct scan {
    const struct scan_setup *setup;
    struct output *output;
    struct crew *crew;
    struct ward_scratch **scratches; /* owned; one per thread */
    struct round rounds[2];
    struct round *judging; /* borrowed by the crew */
    struct buf out;        /* verdicts of the round being finished */
    struct revisions revisions;
    struct scan_totals totals;
    struct ward_error store_err; /* status != OK: why an event could not be stored */
};

/* ---- phase one ------------------------------------------------------------------------------- */

static size_t words_of(const struct scan *scan)
{
    return scan->setup->engine->pack->signal_words;
}

static bool slot_reserve(const struct scan *scan, struct slot *slot, size_t count)
{
    if (count <= slot->capacity)
        return true;
    struct trace *traces = realloc(slot->traces, count * sizeof *traces);
    if (!traces)
        return false;
    slot->traces = traces;
    if (scan->setup->check.session) {
        uint64_t *said = realloc(slot->said, count * words_of(scan) * sizeof *said + 8u);
        if (!said)
            return false;
        slot->said = said;
    }
    slot->capacity = count;
    return true;
}

static bool is_shown(const struct scan *scan, const struct ward_verdict *verdict)
{
    return scan->setup->all || verdict->level > WARD_LEVEL_NONE;
}

static void put_verdict(const struct scan *scan, struct buf *out, const struct ward_event *event,
                        const struct ward_verdict *verdict)
{
    if (!is_shown(scan, verdict))
        return;
    if (scan->setup->json)
        verdict_json_put(out, &scan->setup->verdict_json, event, verdict);
    else
        view_put_text(out, &scan->setup->view, event, verdict);
}

static enum ward_status judge_alone(const struct scan *scan, struct ward_scratch *scratch,
                                    struct slot *slot, size_t i)
{
    const struct ward_event *event = &slot->batch.events[i];
    const struct ward_verdict *verdict;
    struct ward_check_options options = scan->setup->check;
    options.session = NULL;
    const enum ward_status status =
        ward_check(scan->setup->engine, scratch, event, &options, &verdict);
    if (status != WARD_OK)
        return status;
    put_verdict(scan, &slot->out, event, verdict);
    slot->traces[i] = (struct trace){.end = (uint32_t)slot->out.len,
                                     .level = (uint8_t)verdict->level,
                                     .role = (uint8_t)verdict->role,
                                     .helped = verdict->help_count > 0,
                                     .shows = verdict->handle_count || event->media_count,
                                     .log_odds = engine_log_odds(verdict)};
    if (scan->setup->check.session) {
        slot->traces[i].asks_memory = engine_asks_memory(scratch);
        session_said(scratch, slot->said + i * words_of(scan));
    }
    return slot->out.failed;
}

/* A task of the crew: one batch. */
static void judge_batch(void *context, uint32_t worker, uint32_t task)
{
    struct scan *scan = context;
    struct slot *slot = &scan->judging->slots[task];
    buf_clear(&slot->out);
    slot->status = feed_batch_parse(&slot->batch, &slot->err);
    if (slot->status != WARD_OK)
        return;
    if (!slot_reserve(scan, slot, slot->batch.event_count)) {
        slot->status = error_set(&slot->err, WARD_ERR_NOMEM, "out of memory");
        return;
    }
    for (size_t i = 0; i < slot->batch.event_count && slot->status == WARD_OK; i++)
        slot->status = judge_alone(scan, scan->scratches[worker], slot, i);
    if (slot->status != WARD_OK)
        (void)error_set(&slot->err, slot->status, "cannot judge an event: %s",
                        ward_status_name(slot->status));
}

/* ---- phase two ------------------------------------------------------------------------------- */

static void count_verdict(struct scan *scan, uint8_t level, bool helped)
{
    scan->totals.levels[level]++;
    scan->totals.helped += helped;
    scan->totals.failing |= level >= (uint8_t)scan->setup->fail_level;
}

static enum ward_status store_event(struct scan *scan, const struct slot *slot, size_t i,
                                    uint64_t index, const struct ward_verdict *verdict)
{
    if (!scan->setup->ingest)
        return WARD_OK;
    const struct ingest_item item = {.event = &slot->batch.events[i],
                                     .place = &slot->batch.places[i],
                                     .index = index,
                                     .verdict = verdict};
    return ingest_take(scan->setup->ingest, &item, &scan->store_err);
}

/* Phase one left no verdict: where one is stored, the event is judged again, with the same end. */
static enum ward_status store_judged_alone(struct scan *scan, const struct slot *slot, size_t i,
                                           uint64_t index)
{
    const struct trace *trace = &slot->traces[i];
    const struct ward_verdict *verdict = NULL;
    struct ward_check_options options = scan->setup->check;
    enum ward_status status = WARD_OK;
    options.session = NULL;
    if (scan->setup->ingest && (trace->level > WARD_LEVEL_NONE || trace->shows))
        status = ward_check(scan->setup->engine, scan->scratches[0], &slot->batch.events[i],
                            &options, &verdict);
    return status == WARD_OK ? store_event(scan, slot, i, index, verdict) : status;
}

/* An earlier event's level has risen. */
static void take_revision(void *user, const struct ward_event *event, uint64_t index,
                          enum ward_level before, const struct ward_verdict *verdict)
{
    struct scan *scan = user;
    scan->totals.levels[before]--;
    count_verdict(scan, (uint8_t)verdict->level, false);
    struct buf *out = revisions_begin(&scan->revisions, index, verdict->revision);
    if (!out) {
        scan->out.failed = WARD_ERR_NOMEM;
        return;
    }
    put_verdict(scan, out, event, verdict);
    revisions_end(&scan->revisions);
    if (!scan->setup->ingest || scan->store_err.status != WARD_OK)
        return;
    if (ingest_raise(scan->setup->ingest, event, index, verdict, &scan->store_err) == WARD_OK)
        error_clear(&scan->store_err);
}

/* The verdict depends on what was said before: judge again, now knowing it. */
static enum ward_status judge_in_context(struct scan *scan, const struct slot *slot, size_t i,
                                         const struct ward_check_options *options)
{
    const struct ward_event *event = &slot->batch.events[i];
    const struct ward_verdict *verdict;
    const enum ward_status status =
        ward_check(scan->setup->engine, scan->scratches[0], event, options, &verdict);
    if (status != WARD_OK)
        return status;
    count_verdict(scan, (uint8_t)verdict->level, verdict->help_count > 0);
    put_verdict(scan, &scan->out, event, verdict);
    return store_event(scan, slot, i, options->index, verdict);
}

/* The verdict of phase one stands: take over its output. */
static void take_output(struct scan *scan, const struct slot *slot, size_t i)
{
    const struct trace *trace = &slot->traces[i];
    const uint32_t begin = i ? slot->traces[i - 1].end : 0;
    count_verdict(scan, trace->level, trace->helped);
    if (trace->end > begin)
        buf_put(&scan->out, slot->out.data + begin, trace->end - begin);
}

static enum ward_status finish_in_session(struct scan *scan, struct slot *slot, size_t i,
                                          uint64_t index)
{
    const struct ward_event *event = &slot->batch.events[i];
    const struct trace *trace = &slot->traces[i];
    struct ward_check_options options = scan->setup->check;
    enum ward_status status;
    options.index = index;
    if (trace->asks_memory && session_has_memory(options.session, event)) {
        status = judge_in_context(scan, slot, i, &options);
    } else {
        const struct session_event what = {.event = event,
                                           .index = index,
                                           .said = slot->said + i * words_of(scan),
                                           .level = (enum ward_level)trace->level,
                                           .role = (enum ward_role)trace->role,
                                           .log_odds = trace->log_odds,
                                           .asks_memory = trace->asks_memory};
        take_output(scan, slot, i);
        status = session_remember(options.session, scan->scratches[0], &what);
        if (status == WARD_OK)
            status = store_judged_alone(scan, slot, i, index);
    }
    if (status == WARD_OK)
        status = ward_session_revise(scan->setup->engine, scan->scratches[0], event, &options,
                                     take_revision, scan);
    if (status == WARD_OK)
        status = scan->store_err.status;
    if (status == WARD_OK && (index + 1) % SCAN_SETTLE_EVENTS == 0)
        status = ward_session_settle(options.session);
    return status;
}

static enum ward_status finish_event(struct scan *scan, struct slot *slot, size_t i)
{
    const uint64_t index = scan->totals.events++;
    enum ward_status status;
    if (scan->setup->check.session) {
        status = finish_in_session(scan, slot, i, index);
    } else {
        take_output(scan, slot, i);
        status = store_judged_alone(scan, slot, i, index);
    }
    return status != WARD_OK ? status : scan->out.failed;
}

static enum ward_status report_faults(struct scan *scan, const struct slot *slot,
                                      struct ward_error *err)
{
    for (size_t i = 0; i < slot->batch.fault_count; i++) {
        struct ward_error fault = {0};
        feed_fault_error(&slot->batch, i, &fault);
        scan->totals.skipped++;
        if (scan->setup->strict) {
            if (err)
                *err = fault;
            return fault.status;
        }
        (void)fprintf(stderr, "%s:%u: %s\n", fault.source, fault.line, fault.message);
    }
    return WARD_OK;
}

/* Events before the first bad record: all of them unless --strict stops there. */
static size_t events_to_finish(const struct scan *scan, const struct slot *slot)
{
    size_t count = slot->batch.event_count;
    if (!scan->setup->strict || !slot->batch.fault_count)
        return count;
    while (count && slot->batch.places[count - 1].line > slot->batch.faults[0].line)
        count--;
    return count;
}

static enum ward_status finish_slot(struct scan *scan, struct slot *slot, struct ward_error *err)
{
    if (slot->status != WARD_OK) {
        if (err)
            *err = slot->err;
        return slot->status;
    }
    const size_t count = events_to_finish(scan, slot);
    enum ward_status status = WARD_OK;
    for (size_t i = 0; i < count && status == WARD_OK; i++)
        status = finish_event(scan, slot, i);
    if (status != WARD_OK && scan->store_err.status == status) {
        if (err)
            *err = scan->store_err;
        return status;
    }
    if (status != WARD_OK)
        return error_set(err, status, "cannot judge an event: %s", ward_status_name(status));
    return report_faults(scan, slot, err);
}

static void show_progress(const struct scan *scan)
{
    const uint64_t flagged = scan->totals.events - scan->totals.levels[WARD_LEVEL_NONE];
    (void)fprintf(stderr, "\r\033[Kscanned %llu events, %llu flagged",
                  (unsigned long long)scan->totals.events, (unsigned long long)flagged);
}

static enum ward_status finish_round(struct scan *scan, struct round *round, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    buf_clear(&scan->out);
    for (uint32_t s = 0; s < round->count && status == WARD_OK; s++)
        status = finish_slot(scan, &round->slots[s], err);
    (void)output_write(scan->output, buf_str(&scan->out));
    if (revisions_bytes(&scan->revisions) > SCAN_REVISIONS_BYTES_MAX)
        scan_finish(scan);
    if (scan->setup->progress && round->count)
        show_progress(scan);
    round->count = 0;
    return status;
}

/* ---- rounds ---------------------------------------------------------------------------------- */

static bool is_waiting(int live_fd)
{
    if (live_fd < 0)
        return true; /* a file never makes us wait for its writer */
    struct pollfd poll_fd = {.fd = live_fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) > 0;
}

/* Fills batches until the round is full, the feed ends, or a live feed has no more at hand. */
static enum ward_status fill_round(struct round *round, struct feed *feed, int live_fd,
                                   bool may_wait, struct ward_error *err)
{
    round->count = 0;
    round->is_end = false;
    while (round->count < SCAN_ROUND_BATCHES && !round->is_end) {
        if (!(may_wait && round->count == 0) && !is_waiting(live_fd))
            return WARD_OK;
        struct slot *slot = &round->slots[round->count];
        const enum ward_status status = feed_fill(feed, &slot->batch, err);
        if (status != WARD_OK)
            return status;
        round->is_end = slot->batch.is_end;
        round->count++;
    }
    return WARD_OK;
}

static bool output_is_open(const struct scan *scan)
{
    return !scan->output->closed && !scan->output->error_code;
}

enum ward_status scan_feed(struct scan *scan, struct feed *feed, const char *name, int live_fd,
                           struct ward_error *err)
{
    assert(scan && feed && name);
    struct round *ready = &scan->rounds[0];  /* filled, to be judged */
    struct round *judged = &scan->rounds[1]; /* judged, to be finished */
    judged->count = 0;
    judged->is_end = false;
    bool is_end = false;
    enum ward_status status = WARD_OK;
    enum ward_status feed_status = fill_round(ready, feed, live_fd, true, err);
    while (status == WARD_OK && output_is_open(scan) &&
           (ready->count || judged->count || !is_end)) {
        scan->judging = ready;
        is_end |= ready->is_end || feed_status != WARD_OK;
        crew_start(scan->crew, ready->count);
        status = finish_round(scan, judged, err);
        if (status == WARD_OK && !is_end)
            feed_status = fill_round(judged, feed, live_fd, !ready->count, err);
        crew_finish(scan->crew);
        struct round *swap = ready;
        ready = judged;
        judged = swap;
    }
    return status != WARD_OK ? status : feed_status;
}

void scan_finish(struct scan *scan)
{
    buf_clear(&scan->out);
    revisions_write(&scan->revisions, scan->output);
}

const struct scan_totals *scan_totals(const struct scan *scan)
{
    return &scan->totals;
}

/* ---- life ------------------------------------------------------------------------------------ */

static void round_init(struct round *round)
{
    for (uint32_t i = 0; i < SCAN_ROUND_BATCHES; i++) {
        feed_batch_init(&round->slots[i].batch);
        buf_init(&round->slots[i].out, BATCH_OUTPUT_BYTES_MAX);
    }
}

static void round_release(struct round *round)
{
    for (uint32_t i = 0; i < SCAN_ROUND_BATCHES; i++) {
        feed_batch_release(&round->slots[i].batch);
        buf_release(&round->slots[i].out);
        free(round->slots[i].traces);
        free(round->slots[i].said);
    }
}

enum ward_status scan_new(const struct scan_setup *setup, struct output *output, struct scan **out,
                          struct ward_error *err)
{
    assert(setup && output && out && setup->threads >= 1 && setup->threads <= SCAN_THREADS_MAX);
    *out = NULL;
    struct scan *scan = calloc(1, sizeof *scan);
    if (!scan)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    scan->setup = setup;
    scan->output = output;
    round_init(&scan->rounds[0]);
    round_init(&scan->rounds[1]);
    buf_init(&scan->out, SIZE_MAX / 2);
    revisions_init(&scan->revisions);
    scan->scratches = calloc((size_t)setup->threads, sizeof(struct ward_scratch *));
    enum ward_status status = scan->scratches ? WARD_OK : WARD_ERR_NOMEM;
    for (int i = 0; i < setup->threads && status == WARD_OK; i++)
        status = ward_scratch_new(setup->engine, &scan->scratches[i]);
    if (status == WARD_OK)
        status = crew_new((uint32_t)setup->threads, judge_batch, scan, &scan->crew);
    if (status != WARD_OK) {
        scan_free(scan);
        return error_set(err, status, "cannot start: %s", ward_status_name(status));
    }
    *out = scan;
    return WARD_OK;
}

void scan_free(struct scan *scan)
{
    if (!scan)
        return;
    crew_free(scan->crew);
    for (int i = 0; scan->scratches && i < scan->setup->threads; i++)
        ward_scratch_free(scan->scratches[i]);
    free(scan->scratches);
    revisions_release(&scan->revisions);
    buf_release(&scan->out);
    round_release(&scan->rounds[0]);
    round_release(&scan->rounds[1]);
    free(scan);
}
