#include "cli/scan_output.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

struct scan {
    const struct scan_setup *setup;
    struct output *output;
    struct pipeline_order *order;   /* owned */
    struct pipeline *pipeline;      /* owned */
    struct pipeline_stream *stream; /* owned */
};

/* ---- what the pipeline tells ----------------------------------------------------------------- */

static void put_verdict(void *user, struct buf *out, const struct ward_event *event,
                        const struct ward_verdict *verdict)
{
    const struct scan *scan = user;
    if (!scan->setup->all && verdict->level == WARD_LEVEL_NONE)
        return;
    if (scan->setup->json)
        verdict_json_put(out, &scan->setup->verdict_json, event, verdict);
    else
        view_put_text(out, &scan->setup->view, event, verdict);
}

static bool write_out(void *user, struct ward_str bytes)
{
    const struct scan *scan = user;
    return output_write(scan->output, bytes);
}

static enum ward_status tell_fault(void *user, const struct ward_error *fault)
{
    (void)user;
    (void)fprintf(stderr, "%s:%u: %s\n", fault->source, fault->line, fault->message);
    return WARD_OK;
}

static void show_progress(void *user, const struct pipeline_totals *totals)
{
    (void)user;
    (void)fprintf(stderr, "\r\033[Kscanned %llu events, %llu flagged",
                  (unsigned long long)totals->events, (unsigned long long)totals->flagged);
}

static bool is_readable(void *context)
{
    const int *fd = context;
    struct pollfd poll_fd = {.fd = *fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) > 0;
}

/* ---- running --------------------------------------------------------------------------------- */

enum ward_status scan_feed(struct scan *scan, struct feed *feed, int live_fd,
                           struct ward_error *err)
{
    const struct pipeline_source source = {.feed = feed,
                                           .is_ready = live_fd >= 0 ? is_readable : NULL,
                                           .context = &live_fd,
                                           .strict = scan->setup->strict};
    return pipeline_read(scan->stream, &source, err);
}

void scan_finish(struct scan *scan)
{
    pipeline_finish(scan->stream);
}

const struct pipeline_totals *scan_totals(const struct scan *scan)
{
    return pipeline_totals(scan->stream);
}

enum ward_status scan_new(const struct scan_setup *setup, struct output *output, struct scan **out,
                          struct ward_error *err)
{
    *out = NULL;
    struct scan *scan = calloc(1, sizeof *scan);
    if (!scan)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    scan->setup = setup;
    scan->output = output;
    struct pipeline_setup how = {.engine = setup->engine,
                                 .check = setup->check,
                                 .ingest = setup->ingest,
                                 .fail_level = setup->fail_level,
                                 .threads = setup->threads};
    const struct pipeline_hooks hooks = {.user = scan,
                                         .put = output ? put_verdict : NULL,
                                         .write = output ? write_out : NULL,
                                         .fault = tell_fault,
                                         .progress = setup->progress ? show_progress : NULL};
    enum ward_status status = pipeline_order_new(0, &scan->order);
    how.order = scan->order;
    if (status != WARD_OK)
        (void)error_set(err, status, "out of memory");
    if (status == WARD_OK)
        status = pipeline_new(&how, &scan->pipeline, err);
    if (status == WARD_OK)
        status = pipeline_stream_new(scan->pipeline, &hooks, &scan->stream, err);
    if (status != WARD_OK) {
        scan_free(scan);
        return status;
    }
    *out = scan;
    return WARD_OK;
}

void scan_free(struct scan *scan)
{
    if (!scan)
        return;
    pipeline_stream_free(scan->stream);
    pipeline_free(scan->pipeline);
    pipeline_order_free(scan->order);
    free(scan);
}
