/**
 * See the header. Bodies are judged by the packs that were in force when they began: a reload makes
 * a new judge (pipeline and session), and the old one goes with its last body.
 */
#include "api/intake.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/content_id.h"
#include "api/relinker.h"
#include "api/repeats.h"
#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"
#include "base/time_text.h"

/* Counts of groups alone wait so long for events to be written with. */
#define COUNTS_WAIT_MS 1000
#define SOURCE_BYTES 96u

/* What judges while one load of the packs is in force. */
struct judge {
    const struct api_engine *engine; /* held */
    struct ward_session *session;    /* owned */
    struct pipeline *pipeline;       /* owned */
    struct buf pack_names;           /* space between */
    unsigned users;                  /* bodies at work, and one while it is the current one */
};

struct intake {
    struct api *api;
    struct store *store;          /* owned */
    struct ingest *ingest;        /* owned; NULL until first needed */
    struct pipeline_order *order; /* owned */
    struct repeats repeats;       /* touched in turns only */
    struct ingest_totals totals;  /* of `ingest` at the end of the last turn */
    uint32_t sources;             /* begun since the start */
    char source[SOURCE_BYTES];    /* of events that came in since the start */
    char nameless[SOURCE_BYTES];  /* begins the ids that the feed makes up */
    pthread_mutex_t lock;         /* of `judge` and its `users` */
    struct judge *judge;          /* the current one; NULL until first needed */
};

/* ---- judges ---------------------------------------------------------------------------------- */

static void judge_free(struct judge *judge)
{
    if (!judge)
        return;
    pipeline_free(judge->pipeline);
    ward_session_free(judge->session);
    buf_release(&judge->pack_names);
    free(judge);
}

static int thread_count(void)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > PIPELINE_THREADS_MAX ? PIPELINE_THREADS_MAX : (int)cores;
}

static enum ward_status judge_new(const struct intake *intake, const struct api_engine *engine,
                                  struct judge **out, struct ward_error *err)
{
    struct judge *judge = calloc(1, sizeof *judge);
    *out = NULL;
    if (!judge)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    size_t count;
    const struct ward_str *names = ward_engine_packs(engine->engine, &count);
    judge->engine = engine;
    judge->users = 1;
    buf_init(&judge->pack_names, SIZE_MAX / 2);
    for (size_t i = 0; i < count; i++) {
        buf_put_text(&judge->pack_names, i ? " " : "");
        buf_put_str(&judge->pack_names, names[i]);
    }
    const struct ward_session_options options = {.thread = str_of(intake->source)};
    enum ward_status status = judge->pack_names.failed;
    if (status == WARD_OK)
        status = ward_session_new(engine->engine, &options, &judge->session);
    if (status != WARD_OK)
        (void)error_set(err, status, "out of memory");
    struct ward_check_options check = engine->check;
    check.session = judge->session;
    const struct pipeline_setup setup = {.engine = engine->engine,
                                         .check = check,
                                         .order = intake->order,
                                         .ingest = intake->ingest,
                                         .fail_level = WARD_LEVEL_URGENT,
                                         .threads = thread_count()};
    if (status == WARD_OK)
        status = pipeline_new(&setup, &judge->pipeline, err);
    if (status != WARD_OK)
        judge_free(judge);
    else
        *out = judge;
    return status;
}

static void judge_drop(struct intake *intake, struct judge *judge)
{
    (void)pthread_mutex_lock(&intake->lock);
    const bool is_last = judge && --judge->users == 0;
    (void)pthread_mutex_unlock(&intake->lock);
    if (!is_last)
        return;
    const struct api_engine *engine = judge->engine;
    judge_free(judge);
    api_engine_drop(intake->api, engine);
}

static enum ward_status open_ingest(struct intake *intake, struct ward_error *err)
{
    const struct ingest_options options = {.store = intake->store,
                                           .neighbours = INGEST_NEIGHBOURS_DEFAULT,
                                           .zone_minutes = FEED_ZONE_MINUTES_DEFAULT,
                                           .now_ms = api_now_ms};
    enum ward_status status = ingest_new(&options, &intake->ingest, err);
    if (status == WARD_OK)
        status = ingest_source(intake->ingest, str_of(intake->source), (struct ward_str){0}, err);
    return status;
}

/* The judge for what begins now; give it back with judge_drop(). The lock is held. */
static enum ward_status choose_judge(struct intake *intake, struct judge **out,
                                     struct judge **former, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    const struct api_engine *engine = api_engine_hold(intake->api);
    if (!intake->ingest)
        status = open_ingest(intake, err);
    if (status == WARD_OK &&
        (!intake->judge || intake->judge->engine->generation != engine->generation)) {
        struct judge *fresh;
        status = judge_new(intake, engine, &fresh, err);
        if (status == WARD_OK) {
            *former = intake->judge;
            intake->judge = fresh;
            engine = NULL; /* the judge's now */
        }
    }
    if (engine)
        api_engine_drop(intake->api, engine);
    if (status != WARD_OK)
        return status;
    intake->judge->users++;
    *out = intake->judge;
    return WARD_OK;
}

static enum ward_status judge_hold(struct intake *intake, struct judge **out,
                                   struct ward_error *err)
{
    struct judge *former = NULL;
    *out = NULL;
    (void)pthread_mutex_lock(&intake->lock);
    const enum ward_status status = choose_judge(intake, out, &former, err);
    (void)pthread_mutex_unlock(&intake->lock);
    if (!former)
        return status;
    pipeline_order_enter(intake->order);
    repeats_clear(&intake->repeats); /* what comes again is to be judged by the new packs */
    pipeline_order_leave(intake->order);
    judge_drop(intake, former);
    return status;
}

/* ---- one body -------------------------------------------------------------------------------- */

struct body {
    struct intake *intake;
    struct judge *judge;
    struct ward_str who;
    struct intake_result *result;
    char id[CONTENT_ID_BYTES]; /* made for an event without */
    struct buf content;
};

static void use(struct intake *intake, const struct judge *judge, struct ward_str who)
{
    const struct ingest_by by = {.packs = buf_str(&judge->pack_names),
                                 .json = {SAYS_BOTH, judge->engine->packs},
                                 .who = who};
    ingest_use(intake->ingest, &by);
}

static void begin_turn(void *user)
{
    struct body *body = user;
    use(body->intake, body->judge, body->who);
}

/* Groups are counted from a new name on when the table of them is full. */
static enum ward_status begin_source(struct intake *intake, struct ward_error *err)
{
    char name[SOURCE_BYTES + 16];
    (void)snprintf(name, sizeof name, "%s.%u", intake->source, ++intake->sources);
    return ingest_source(intake->ingest, str_of(name), (struct ward_str){0}, err);
}

/* What was taken is made durable. */
static enum ward_status settle(struct intake *intake, struct intake_result *result,
                               struct ward_error *err)
{
    enum ward_status status = ingest_settle(intake->ingest, COUNTS_WAIT_MS, err);
    if (status == WARD_OK && ingest_group_count(intake->ingest) >= INGEST_GROUPS_MAX)
        status = begin_source(intake, err);
    const struct ingest_totals *now = ingest_totals(intake->ingest);
    const struct ingest_totals *before = &intake->totals;
    const uint64_t stored = now->fresh + now->edited + now->judged_again - before->fresh -
                            before->edited - before->judged_again;
    result->stored += stored;
    result->duplicate += now->duplicate - before->duplicate;
    intake->totals = *now;
    if (stored)
        api_relink_due(intake->api);
    return status;
}

static enum ward_status end_turn(void *user, enum ward_status status, struct ward_error *err)
{
    struct body *body = user;
    const enum ward_status settled = settle(body->intake, body->result, err);
    if (status != WARD_OK || settled != WARD_OK)
        repeats_clear(&body->intake->repeats); /* the client will send again: nothing is known */
    return settled;
}

static struct ward_str named_or(struct ward_str made_up, struct ward_str name)
{
    return name.len ? name : made_up;
}

static bool admit(void *user, struct ward_event *event)
{
    struct body *body = user;
    const struct ward_str nameless = str_of(body->intake->nameless);
    if (event->id.len > nameless.len && memcmp(event->id.data, nameless.data, nameless.len) == 0)
        event->id = named_or(event->id, content_id(event, &body->content, body->id));
    if (!repeats_knows(&body->intake->repeats, event))
        return true;
    body->result->duplicate++;
    return false;
}

static enum ward_status note_fault(void *user, const struct ward_error *fault)
{
    struct body *body = user;
    const uint64_t at = body->result->faulty++;
    if (at >= INTAKE_ERRORS_MAX)
        return WARD_OK;
    struct intake_fault *to = &body->result->faults[at];
    to->line = fault->line;
    (void)snprintf(to->detail, sizeof to->detail, "%s", fault->message);
    return WARD_OK;
}

static enum ward_status read_body(struct body *body, const struct intake_body *from,
                                  struct ward_error *err)
{
    const struct pipeline_hooks hooks = {
        .user = body, .fault = note_fault, .admit = admit, .begin = begin_turn, .settle = end_turn};
    struct feed_options options = feed_options_default();
    struct pipeline_stream *stream_in = NULL;
    struct feed *feed;
    options.format = FEED_FORMAT_JSONL;
    options.unpacked_max = from->unpacked_max;
    enum ward_status status =
        feed_open_stream(from->stream, body->intake->nameless, &options, &feed, err);
    if (status == WARD_OK)
        status = pipeline_stream_new(body->judge->pipeline, &hooks, &stream_in, err);
    if (status == WARD_OK) {
        const struct pipeline_source source = {.feed = feed,
                                               .is_ready = from->is_ready,
                                               .context = from->stream.context,
                                               .reads_outside = from->is_ready != NULL};
        status = pipeline_read(stream_in, &source, err);
        body->result->received = pipeline_totals(stream_in)->events;
        body->result->flagged = pipeline_totals(stream_in)->flagged;
    }
    pipeline_stream_free(stream_in);
    feed_close(feed);
    return status;
}

enum ward_status intake_take(struct intake *intake, const struct api_call *call,
                             const struct intake_body *from, struct intake_result *result,
                             struct ward_error *err)
{
    struct body body = {.intake = intake, .who = str_of(call->who->who), .result = result};
    *result = (struct intake_result){0};
    enum ward_status status = judge_hold(intake, &body.judge, err);
    if (status != WARD_OK) {
        if (from->stream.close)
            from->stream.close(from->stream.context);
        return status;
    }
    buf_init(&body.content, SIZE_MAX / 2);
    status = read_body(&body, from, err);
    buf_release(&body.content);
    judge_drop(intake, body.judge);
    return status;
}

enum ward_status intake_run(struct intake *intake, const struct api_call *call,
                            enum ward_status (*work)(void *context, struct ingest *ingest,
                                                     struct ward_error *err),
                            void *context, struct ward_error *err)
{
    struct intake_result result = {0};
    struct judge *judge;
    enum ward_status status = judge_hold(intake, &judge, err);
    if (status != WARD_OK)
        return status;
    pipeline_order_enter(intake->order);
    use(intake, judge, str_of(call->who->who));
    status = work(context, intake->ingest, err);
    if (status == WARD_OK)
        status = settle(intake, &result, err);
    pipeline_order_leave(intake->order);
    judge_drop(intake, judge);
    return status;
}

void intake_put(struct buf *out, const struct intake_result *result)
{
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_key(&pen, "received");
    pen_integer(&pen, (int64_t)result->received);
    pen_key(&pen, "flagged");
    pen_integer(&pen, (int64_t)result->flagged);
    pen_key(&pen, "stored");
    pen_integer(&pen, (int64_t)result->stored);
    pen_key(&pen, "duplicate");
    pen_integer(&pen, (int64_t)result->duplicate);
    pen_key(&pen, "errors");
    pen_open(&pen, '[');
    const uint64_t listed = result->faulty < INTAKE_ERRORS_MAX ? result->faulty : INTAKE_ERRORS_MAX;
    for (uint64_t i = 0; i < listed; i++) {
        pen_open(&pen, '{');
        pen_key(&pen, "line");
        pen_integer(&pen, (int64_t)result->faults[i].line);
        pen_pair_text(&pen, "detail", result->faults[i].detail);
        pen_close(&pen, '}');
    }
    pen_close(&pen, ']');
    pen_key(&pen, "errors_left_out");
    pen_integer(&pen, (int64_t)(result->faulty - listed));
    pen_close(&pen, '}');
}

/* ---- life ------------------------------------------------------------------------------------ */

/* A name that no start before had and no client can guess. */
static void name_source(struct intake *intake)
{
    struct buf at;
    unsigned char random[8];
    char hex[2 * sizeof random + 1];
    buf_init(&at, 64);
    time_put(&at, api_now_ms());
    buf_put_char(&at, '\0');
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(hex, sizeof hex, random, sizeof random);
    (void)snprintf(intake->source, sizeof intake->source, "live %s %.6s", at.failed ? "" : at.data,
                   hex);
    (void)snprintf(intake->nameless, sizeof intake->nameless, "body-%s", hex);
    buf_release(&at);
}

enum ward_status intake_new(struct api *api, struct intake **out, struct ward_error *err)
{
    const struct api_place place = api_place(api);
    const struct store_options options = {.url = place.store_url,
                                          .mode = STORE_WRITE,
                                          .key_path = place.key_path,
                                          .now_ms = api_now_ms()};
    struct intake *intake = calloc(1, sizeof *intake);
    *out = NULL;
    if (!intake)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    intake->api = api;
    repeats_init(&intake->repeats);
    (void)pthread_mutex_init(&intake->lock, NULL);
    name_source(intake);
    enum ward_status status = store_open(&options, &intake->store, err);
    if (status == WARD_OK && pipeline_order_new(0, &intake->order) != WARD_OK)
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (status != WARD_OK)
        intake_free(intake);
    else
        *out = intake;
    return status;
}

void intake_free(struct intake *intake)
{
    if (!intake)
        return;
    if (intake->ingest && intake->judge) {
        use(intake, intake->judge, str_of("ward"));
        const enum ward_status status = ingest_finish(intake->ingest, NULL);
        if (status != WARD_OK)
            api_log(intake->api, API_LOG_ERROR, "events-not-stored", ward_status_name(status));
    }
    judge_drop(intake, intake->judge);
    ingest_free(intake->ingest);
    pipeline_order_free(intake->order);
    store_close(intake->store);
    repeats_release(&intake->repeats);
    (void)pthread_mutex_destroy(&intake->lock);
    free(intake);
}
