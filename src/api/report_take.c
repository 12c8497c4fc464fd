#include "api/report_take.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/content_id.h"
#include "api/intake.h"
#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"
#include "store/store_records.h"

/* ---- judging --------------------------------------------------------------------------------- */

struct judging {
    struct api_call *call;
    struct ward_session *session;
    struct ingest *ingest;
    struct ward_event *events; /* owned; the thread, then what was reported */
    size_t count;
    char (*ids)[CONTENT_ID_BYTES]; /* owned; of events without */
    struct buf names;              /* of the packs */
    struct report_out *out;
    enum ward_status status; /* of what a revision wanted kept */
    struct ward_error *err;
};

static bool is_same(const struct ward_event *a, const struct ward_event *b)
{
    return str_equal(a->id, b->id) && str_equal(a->platform, b->platform) &&
           str_equal(a->group, b->group);
}

/* The last events of the thread, then the reported one; all with an id. */
static enum ward_status collect(struct judging *j, const struct report_in *in)
{
    const size_t skip =
        in->thread_count > REPORT_THREAD_MAX ? in->thread_count - REPORT_THREAD_MAX : 0;
    const size_t most = in->thread_count - skip + 1;
    struct buf scratch;
    j->events = calloc(most, sizeof *j->events);
    j->ids = calloc(most, sizeof *j->ids);
    if (!j->events || !j->ids)
        return WARD_ERR_NOMEM;
    buf_init(&scratch, SIZE_MAX / 2);
    for (size_t i = skip; i <= in->thread_count; i++) {
        const struct ward_event *from = i < in->thread_count ? &in->thread[i] : in->reported;
        if (from != in->reported && is_same(from, in->reported))
            continue;
        j->events[j->count] = *from;
        if (!from->id.len)
            j->events[j->count].id = content_id(from, &scratch, j->ids[j->count]);
        j->count++;
    }
    const enum ward_status status = scratch.failed;
    buf_release(&scratch);
    return status;
}

static void note_level(struct judging *j, size_t index, const struct ward_verdict *verdict)
{
    if (index + 1 != j->count)
        return;
    j->out->level = verdict->level;
    j->out->score = verdict->score;
}

static void keep_raised(void *user, const struct ward_event *event, uint64_t index,
                        enum ward_level before, const struct ward_verdict *verdict)
{
    struct judging *j = user;
    (void)event; /* a part of the one we have */
    (void)before;
    note_level(j, index, verdict);
    if (j->status == WARD_OK)
        j->status = ingest_keep(j->ingest, &j->events[index], verdict, j->err);
}

static enum ward_status judge_one(struct judging *j, size_t i)
{
    const struct api_worker *worker = j->call->worker;
    const struct ward_engine *engine = worker->engine->engine;
    struct ward_check_options options = worker->engine->check;
    const struct ward_verdict *verdict;
    options.session = j->session;
    options.index = i;
    enum ward_status status =
        ward_check(engine, worker->scratch, &j->events[i], &options, &verdict);
    if (status != WARD_OK)
        return error_set(j->err, status, "cannot judge: %s", ward_status_name(status));
    note_level(j, i, verdict);
    status = ingest_keep(j->ingest, &j->events[i], verdict, j->err);
    if (status == WARD_OK)
        status =
            ward_session_revise(engine, worker->scratch, &j->events[i], &options, keep_raised, j);
    return status == WARD_OK ? j->status : status;
}

/* In a turn of the intake. */
static enum ward_status judge_all(void *context, struct ingest *ingest, struct ward_error *err)
{
    struct judging *j = context;
    const struct ingest_by by = {.packs = buf_str(&j->names),
                                 .json = {SAYS_BOTH, j->call->worker->engine->packs},
                                 .who = str_of(j->call->who->who)};
    enum ward_status status = WARD_OK;
    j->ingest = ingest;
    j->err = err;
    ingest_use(ingest, &by);
    for (size_t i = 0; i < j->count && status == WARD_OK; i++)
        status = judge_one(j, i);
    return status;
}

static void put_names(struct buf *out, const struct ward_engine *engine)
{
    size_t count;
    const struct ward_str *names = ward_engine_packs(engine, &count);
    for (size_t i = 0; i < count; i++) {
        buf_put_text(out, i ? " " : "");
        buf_put_str(out, names[i]);
    }
}

static enum ward_status judge_and_keep(struct judging *j, const struct report_in *in,
                                       struct ward_error *err)
{
    const struct ward_engine *engine = j->call->worker->engine->engine;
    const struct ward_session_options options = {.thread = str_of("reported thread")};
    enum ward_status status = collect(j, in);
    buf_init(&j->names, SIZE_MAX / 2);
    put_names(&j->names, engine);
    if (status == WARD_OK)
        status = j->names.failed;
    if (status == WARD_OK)
        status = ward_session_new(engine, &options, &j->session);
    if (status == WARD_OK)
        status = intake_run(intake_of(j->call->api), j->call, judge_all, j, err);
    else
        (void)error_set(err, status, "out of memory");
    ward_session_free(j->session);
    buf_release(&j->names);
    return status;
}

/* ---- the record ------------------------------------------------------------------------------ */

static void hash_words(crypto_generichash_state *state, struct ward_str words)
{
    const uint64_t len = words.len;
    (void)crypto_generichash_update(state, (const unsigned char *)&len, sizeof len);
    if (words.len)
        (void)crypto_generichash_update(state, (const unsigned char *)words.data, words.len);
}

static void name_report(const struct report_in *in, const struct ward_event *reported,
                        char id[REPORT_ID_BYTES])
{
    const struct ward_str words[] = {in->via,     in->account,        in->reason,
                                     in->note,    reported->platform, reported->group,
                                     reported->id};
    crypto_generichash_state state;
    unsigned char hash[16]; /* the least that may be asked for; half of it is used */
    char hex[17];
    (void)crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        hash_words(&state, words[i]);
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    (void)sodium_bin2hex(hex, sizeof hex, hash, 8);
    (void)snprintf(id, REPORT_ID_BYTES, "R-%s", hex);
}

static void put_key(struct json_pen *pen, const struct ward_event *event)
{
    pen_open(pen, '{');
    pen_pair(pen, "platform", event->platform);
    pen_pair(pen, "group", event->group);
    pen_pair(pen, "id", event->id);
    pen_close(pen, '}');
}

static void put_record(struct buf *out, const struct report_in *in, const struct judging *j,
                       const char *place)
{
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_pair_text(&pen, "report", j->out->id);
    pen_key(&pen, "time");
    pen_time(&pen, j->call->now_ms);
    pen_pair_text(&pen, "state", "open");
    pen_pair_text(&pen, "place", place);
    pen_pair(&pen, "reason", in->reason);
    pen_key(&pen, "reporter");
    pen_open(&pen, '{');
    pen_pair(&pen, "account", in->account);
    pen_pair(&pen, "note", in->note);
    pen_close(&pen, '}');
    pen_pair(&pen, "via", in->via);
    pen_pair_text(&pen, "taken_by", j->call->who->who);
    pen_pair_text(&pen, "level", ward_level_name(j->out->level));
    pen_key(&pen, "score");
    pen_number(&pen, j->out->score, 4);
    pen_key(&pen, "reported");
    put_key(&pen, &j->events[j->count - 1]);
    pen_key(&pen, "thread");
    pen_open(&pen, '[');
    for (size_t i = 0; i + 1 < j->count; i++)
        put_key(&pen, &j->events[i]);
    pen_close(&pen, ']');
    pen_close(&pen, '}');
}

/* The report and its place in the list of open ones. A report that is there already stays. */
static enum ward_status write_record(const struct report_in *in, struct judging *j,
                                     struct ward_error *err)
{
    char place[48];
    struct buf json;
    struct buf entry;
    buf_init(&json, STORE_RECORD_JSON_MAX);
    buf_init(&entry, 256);
    buf_printf(&entry, "{\"report\":\"%s\"}", j->out->id);
    const int len =
        snprintf(place, sizeof place, "%015lld %s", (long long)j->call->now_ms, j->out->id);
    put_record(&json, in, j, place);
    struct store_record_change changes[] = {{.kind = str_of(REPORT_KIND),
                                             .id = str_of(j->out->id),
                                             .json = buf_str(&json),
                                             .expect = STORE_ETAG_NEW,
                                             .is_sealed = true},
                                            {.kind = str_of(REPORT_OPEN_KIND),
                                             .id = {place, (size_t)len},
                                             .json = str_of("{}"),
                                             .expect = STORE_ETAG_ANY}};
    struct store_record_batch batch = {.who = str_of(j->call->who->who),
                                       .time_ms = j->call->now_ms,
                                       .entry_kind = str_of("report"),
                                       .entry_json = buf_str(&entry),
                                       .changes = changes,
                                       .count = 2};
    enum ward_status status = json.failed ? json.failed : entry.failed;
    if (status != WARD_OK)
        (void)error_set(err, status, "the report is too large");
    else
        status = store_records_change(j->call->worker->store, &batch, err);
    j->out->is_new = status == WARD_OK;
    if (status == WARD_ERR_REFUSED) {
        error_clear(err);
        status = WARD_OK;
    }
    buf_release(&json);
    buf_release(&entry);
    return status;
}

enum ward_status report_take(struct api_call *call, const struct report_in *in,
                             struct report_out *out, struct ward_error *err)
{
    struct judging j = {.call = call, .out = out};
    *out = (struct report_out){0};
    if (in->reason.len > REPORT_WORDS_MAX || in->note.len > REPORT_WORDS_MAX ||
        in->account.len > REPORT_WORDS_MAX)
        return error_set(err, WARD_ERR_ARGUMENT, "reason, note and account have at most %u bytes",
                         REPORT_WORDS_MAX);
    enum ward_status status = judge_and_keep(&j, in, err);
    if (status == WARD_OK) {
        name_report(in, &j.events[j.count - 1], out->id);
        status = write_record(in, &j, err);
    }
    if (status == WARD_OK)
        api_changed(call->api);
    free(j.events);
    free(j.ids);
    return status;
}
