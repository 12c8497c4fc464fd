/**
 * See ingest.h. Rows wait in an arena until a batch is full; the counts of groups are cumulative
 * within a source, as the store wants them.
 */
#include "casework/ingest.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "casework/event_restore.h"
#include "casework/group_counts.h"
#include "casework/known.h"
#include "casework/recent.h"
#include "casework/verdict_read.h"
#include "feed/event_write.h"

#define ROWS_MAX 4096u
#define ROW_BYTES_MAX (16u * 1024u * 1024u) /* strings of waiting rows; then a batch is written */
#define WINDOW_BYTES_MAX (64u * 1024u * 1024u)

/* An event of level none that shows a handle or a picture. */
struct candidate {
    struct candidate *next;
    struct store_event row; /* complete; strings in the same allocation's arena */
    struct ward_event event;
    const struct ward_handle *handles;
    size_t handle_count;
};

_Static_assert(INGEST_NEIGHBOURS_MAX <= RECENT_EVENTS / 2, "neighbours are among the last events");

struct ingest {
    struct ingest_options options;
    struct recent *recent; /* owned */
    struct group_counts counts;
    struct known known;
    struct event_restorer reader;
    struct arena rows_arena; /* strings of `rows`; reset at every flush */
    struct store_event *rows;
    size_t row_count;
    struct arena candidate_arena;
    struct candidate *candidates, **candidates_end;
    struct candidate **candidates_fresh; /* where those begin that were never looked at */
    size_t candidates_known;             /* what was known when they were looked at last */
    int64_t counts_ms;                   /* when counts were written last */
    struct buf json;                     /* the event being taken */
    struct buf verdict;                  /* its verdict */
    struct ward_str source, sha256;      /* in `source_text` */
    struct buf source_text;
    uint64_t source_number;
    struct ingest_totals totals;
};

/* ---- life ------------------------------------------------------------------------------------ */

static enum ward_status learn_known(void *context, const struct store_event_row *row,
                                    struct ward_error *err)
{
    struct ingest *ingest = context;
    struct link_event event = {0};
    struct ward_event given;
    enum ward_status status =
        verdict_read(row->event.verdict_json, &ingest->rows_arena, &event, err);
    if (status == WARD_OK && event.level > WARD_LEVEL_NONE) {
        status =
            event_restore(&ingest->reader, row->event.event_json, &ingest->rows_arena, &given, err);
        if (status == WARD_OK &&
            (!known_add_account(&ingest->known, &given) ||
             !known_add_shown(&ingest->known, &given, event.handles, event.handle_count)))
            status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    }
    arena_reset(&ingest->rows_arena);
    return status;
}

enum ward_status ingest_new(const struct ingest_options *options, struct ingest **out,
                            struct ward_error *err)
{
    assert(options->neighbours <= INGEST_NEIGHBOURS_MAX);
    *out = NULL;
    struct ingest *ingest = calloc(1, sizeof *ingest);
    if (!ingest)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    ingest->options = *options;
    ingest->candidates_end = ingest->candidates_fresh = &ingest->candidates;
    known_init(&ingest->known);
    group_counts_init(&ingest->counts, INGEST_GROUPS_MAX);
    event_restorer_init(&ingest->reader);
    arena_init(&ingest->rows_arena, 256u * 1024u, SIZE_MAX / 2);
    arena_init(&ingest->candidate_arena, 256u * 1024u, SIZE_MAX / 2);
    buf_init(&ingest->json, SIZE_MAX / 2);
    buf_init(&ingest->verdict, SIZE_MAX / 2);
    buf_init(&ingest->source_text, SIZE_MAX / 2);
    ingest->rows = calloc(ROWS_MAX, sizeof *ingest->rows);
    enum ward_status status =
        ingest->rows ? recent_new(WINDOW_BYTES_MAX, &ingest->recent) : WARD_ERR_NOMEM;
    if (status != WARD_OK)
        (void)error_set(err, status, "out of memory");
    const struct store_event_query everything = {0};
    if (status == WARD_OK)
        status = store_events(options->store, &everything, learn_known, ingest, err);
    if (status != WARD_OK) {
        ingest_free(ingest);
        return status;
    }
    *out = ingest;
    return WARD_OK;
}

void ingest_free(struct ingest *ingest)
{
    if (!ingest)
        return;
    recent_free(ingest->recent);
    group_counts_release(&ingest->counts);
    known_release(&ingest->known);
    event_restorer_release(&ingest->reader);
    arena_release(&ingest->rows_arena);
    arena_release(&ingest->candidate_arena);
    buf_release(&ingest->json);
    buf_release(&ingest->verdict);
    buf_release(&ingest->source_text);
    free(ingest->rows);
    free(ingest);
}

void ingest_use(struct ingest *ingest, const struct ingest_by *by)
{
    ingest->options.by = *by;
}

size_t ingest_group_count(const struct ingest *ingest)
{
    return ingest->counts.count;
}

const struct ingest_totals *ingest_totals(const struct ingest *ingest)
{
    return &ingest->totals;
}

enum ward_status ingest_source(struct ingest *ingest, struct ward_str name, struct ward_str sha256,
                               struct ward_error *err)
{
    const enum ward_status status = ingest_flush(ingest, err);
    if (status != WARD_OK)
        return status;
    buf_clear(&ingest->source_text);
    buf_put_str(&ingest->source_text, name);
    buf_put_str(&ingest->source_text, sha256);
    if (ingest->source_text.failed)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    ingest->source = str_part(buf_str(&ingest->source_text), 0, name.len);
    ingest->sha256 = str_part(buf_str(&ingest->source_text), name.len, name.len + sha256.len);
    ingest->source_number++;
    group_counts_clear(&ingest->counts);
    return WARD_OK;
}

/* ---- rows ------------------------------------------------------------------------------------ */

struct row_text {
    struct ward_str event_json, verdict_json;
};

/* Fills a row; all strings are copied to `arena`. */
static bool fill_row(const struct ingest *ingest, struct arena *arena, struct store_event *row,
                     const struct ward_event *event, const struct recent_event *kept,
                     const struct ward_verdict *verdict, struct row_text text)
{
    *row = (struct store_event){.platform = arena_copy(arena, event->platform),
                                .group = arena_copy(arena, event->group),
                                .id = arena_copy(arena, event->id),
                                .group_name = arena_copy(arena, event->group_name),
                                .account = arena_copy(arena, event->account),
                                .alias = arena_copy(arena, event->alias),
                                .reply_to = arena_copy(arena, event->reply_to),
                                .event_json = arena_copy(arena, text.event_json),
                                .verdict_json = arena_copy(arena, text.verdict_json),
                                .packs = arena_copy(arena, ingest->options.by.packs),
                                .has_time = event->has_time,
                                .time_ms = event->time_ms,
                                .is_neighbour = !verdict || verdict->level == WARD_LEVEL_NONE};
    if (verdict) {
        row->revision = verdict->revision;
        row->level = verdict->level;
        row->role = verdict->role;
        row->score = verdict->score;
    }
    row->custody.source = arena_copy(arena, ingest->source);
    row->custody.source_sha256 = arena_copy(arena, ingest->sha256);
    if (kept && kept->source == ingest->source_number) {
        row->custody.offset = kept->offset;
        row->custody.line = kept->line;
        row->custody.bytes = kept->bytes;
        row->custody.zone_assumed = kept->zone_assumed;
    }
    row->custody.zone_minutes = ingest->options.zone_minutes;
    return row->platform.data && row->group.data && row->id.data && row->group_name.data &&
           row->account.data && row->alias.data && row->reply_to.data && row->event_json.data &&
           row->verdict_json.data && row->packs.data && row->custody.source.data &&
           row->custody.source_sha256.data;
}

enum ward_status ingest_flush(struct ingest *ingest, struct ward_error *err)
{
    struct store_ingested done;
    const int64_t now = ingest->options.now_ms();
    for (size_t i = 0; i < ingest->row_count; i++)
        ingest->rows[i].received_ms = now;
    const struct group_counts_rows groups =
        group_counts_changed(&ingest->counts, ingest->source, ingest->sha256);
    if (!groups.rows && groups.count)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    const struct store_batch batch = {.who = ingest->options.by.who,
                                      .time_ms = now,
                                      .events = ingest->rows,
                                      .event_count = ingest->row_count,
                                      .groups = groups.rows,
                                      .group_count = groups.count};
    if (!batch.event_count && !batch.group_count)
        return WARD_OK;
    const enum ward_status status = store_ingest(ingest->options.store, &batch, &done, err);
    if (status != WARD_OK)
        return status;
    group_counts_written(&ingest->counts);
    ingest->counts_ms = now;
    ingest->totals.fresh += done.fresh;
    ingest->totals.edited += done.edited;
    ingest->totals.judged_again += done.judged_again;
    ingest->totals.duplicate += done.duplicate;
    ingest->row_count = 0;
    arena_reset(&ingest->rows_arena);
    return WARD_OK;
}

/* Also called before anything is taken: rows that could not be written before are still there. */
static enum ward_status flush_when_full(struct ingest *ingest, struct ward_error *err)
{
    if (ingest->row_count < ROWS_MAX && ingest->rows_arena.held_bytes < ROW_BYTES_MAX)
        return WARD_OK;
    const enum ward_status status = ingest_flush(ingest, err);
    if (status == WARD_OK &&
        ingest->rows_arena.held_bytes >= ROW_BYTES_MAX) { /* one huge event holds no memory */
        arena_release(&ingest->rows_arena);
        arena_init(&ingest->rows_arena, 256u * 1024u, SIZE_MAX / 2);
    }
    return status;
}

static enum ward_status put_row(struct ingest *ingest, const struct ward_event *event,
                                const struct recent_event *kept, const struct ward_verdict *verdict,
                                struct row_text text, struct ward_error *err)
{
    struct store_event *row = &ingest->rows[ingest->row_count];
    if (!fill_row(ingest, &ingest->rows_arena, row, event, kept, verdict, text))
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    ingest->row_count++;
    return flush_when_full(ingest, err);
}

static enum ward_status put_neighbour(struct ingest *ingest, struct recent_event *kept,
                                      struct ward_error *err)
{
    struct ward_event event;
    enum ward_status status =
        event_restore(&ingest->reader, recent_json(kept), &ingest->rows_arena, &event, err);
    if (status == WARD_OK)
        status = put_row(ingest, &event, kept, NULL,
                         (struct row_text){recent_json(kept), recent_verdict(kept)}, err);
    kept->is_stored = status == WARD_OK;
    ingest->totals.neighbours += kept->is_stored;
    return status;
}

/* The verdict as text, in ingest->verdict. */
static enum ward_status write_verdict(struct ingest *ingest, const struct ward_event *event,
                                      const struct ward_verdict *verdict, struct ward_error *err)
{
    buf_clear(&ingest->verdict);
    verdict_json_put(&ingest->verdict, &ingest->options.by.json, event, verdict);
    if (ingest->verdict.failed)
        return error_set(err, ingest->verdict.failed, "out of memory");
    ingest->verdict.len--; /* the line end */
    return WARD_OK;
}

/* A flagged event with those before it; those behind it are owed. */
static enum ward_status put_flagged(struct ingest *ingest, struct recent_thread *thread,
                                    const struct ward_event *event, struct recent_event *kept,
                                    const struct ward_verdict *verdict, struct ward_error *err)
{
    enum ward_status status = write_verdict(ingest, event, verdict, err);
    if (status == WARD_OK &&
        (!known_add_account(&ingest->known, event) ||
         !known_add_shown(&ingest->known, event, verdict->handles, verdict->handle_count)))
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (status == WARD_OK)
        status = put_row(ingest, event, kept, verdict,
                         (struct row_text){kept ? recent_json(kept) : buf_str(&ingest->json),
                                           buf_str(&ingest->verdict)},
                         err);
    if (status != WARD_OK)
        return status;
    ingest->totals.flagged++;
    if (!kept)
        return WARD_OK;
    kept->is_stored = true;
    uint32_t at = 0;
    while (recent_back(thread, at) != kept)
        at++;
    for (uint32_t i = 1; i <= ingest->options.neighbours && status == WARD_OK; i++) {
        struct recent_event *before = recent_back(thread, at + i);
        struct recent_event *behind = at >= i ? recent_back(thread, at - i) : NULL;
        if (before && !before->is_stored)
            status = put_neighbour(ingest, before, err);
        if (behind && !behind->is_stored && status == WARD_OK)
            status = put_neighbour(ingest, behind, err);
    }
    if (ingest->options.neighbours > at && thread->owed < ingest->options.neighbours - at)
        thread->owed = ingest->options.neighbours - at;
    return status;
}

/* ---- candidates ------------------------------------------------------------------------------ */

/* Keeps an event that may tie. */
static enum ward_status keep_candidate(struct ingest *ingest, const struct recent_event *kept,
                                       const struct ward_verdict *verdict, struct ward_error *err)
{
    struct arena *arena = &ingest->candidate_arena;
    struct link_event facts = {0};
    struct candidate *candidate = arena_calloc(arena, 1, sizeof *candidate);
    if (!candidate)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    enum ward_status status =
        event_restore(&ingest->reader, recent_json(kept), arena, &candidate->event, err);
    if (status == WARD_OK)
        status = verdict_read(recent_verdict(kept), arena, &facts, err);
    if (status != WARD_OK)
        return status;
    if (!fill_row(ingest, arena, &candidate->row, &candidate->event, kept, verdict,
                  (struct row_text){recent_json(kept), recent_verdict(kept)}))
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    candidate->handles = facts.handles;
    candidate->handle_count = facts.handle_count;
    *ingest->candidates_end = candidate;
    ingest->candidates_end = &candidate->next;
    return WARD_OK;
}

/* Hands a candidate's row on. */
static enum ward_status put_candidate(struct ingest *ingest, struct candidate *candidate,
                                      struct ward_error *err)
{
    const enum ward_status status = flush_when_full(ingest, err);
    if (status != WARD_OK)
        return status;
    ingest->rows[ingest->row_count++] = candidate->row;
    ingest->totals.ties++;
    candidate->row.id.data = NULL; /* stored */
    return flush_when_full(ingest, err);
}

/* First what flagged accounts show becomes known, then who else shows it. */
static enum ward_status put_ties(struct ingest *ingest, struct candidate *from,
                                 struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (struct candidate *c = from; c && status == WARD_OK; c = c->next) {
        if (!c->row.id.data || !known_has_account(&ingest->known, &c->event))
            continue;
        if (!known_add_shown(&ingest->known, &c->event, c->handles, c->handle_count))
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        status = put_candidate(ingest, c, err);
    }
    for (struct candidate *c = from; c && status == WARD_OK; c = c->next)
        if (c->row.id.data &&
            known_has_shown(&ingest->known, &c->event, c->handles, c->handle_count))
            status = put_candidate(ingest, c, err);
    return status;
}

static enum ward_status settle_candidates(struct ingest *ingest, struct ward_error *err)
{
    enum ward_status status = put_ties(ingest, ingest->candidates, err);
    if (status == WARD_OK)
        status = ingest_flush(ingest, err); /* the rows borrow from the candidates */
    if (status != WARD_OK)
        return status;
    ingest->candidates = NULL;
    ingest->candidates_end = ingest->candidates_fresh = &ingest->candidates;
    arena_release(&ingest->candidate_arena);
    arena_init(&ingest->candidate_arena, 256u * 1024u, SIZE_MAX / 2);
    return WARD_OK;
}

enum ward_status ingest_settle(struct ingest *ingest, int64_t counts_wait_ms,
                               struct ward_error *err)
{
    const bool knows_more = ingest->known.count != ingest->candidates_known;
    const enum ward_status status =
        put_ties(ingest, knows_more ? ingest->candidates : *ingest->candidates_fresh, err);
    if (status != WARD_OK)
        return status;
    ingest->candidates_known = ingest->known.count;
    ingest->candidates_fresh = ingest->candidates_end;
    if (!ingest->row_count && ingest->options.now_ms() - ingest->counts_ms < counts_wait_ms)
        return WARD_OK;
    return ingest_flush(ingest, err);
}

/* ---- taking ---------------------------------------------------------------------------------- */

static struct recent_thread *thread_of(struct ingest *ingest, const struct ward_event *event)
{
    return recent_thread(ingest->recent, event->platform,
                         event->group.len ? event->group : ingest->source);
}

static bool may_tie(const struct ward_event *event, const struct ward_verdict *verdict)
{
    return verdict && verdict->level == WARD_LEVEL_NONE && event->account.len &&
           (verdict->handle_count || event->media_count);
}

/* Puts the event into its thread; NULL when memory is short. */
static struct recent_event *remember(struct ingest *ingest, struct recent_thread *thread,
                                     const struct ingest_item *item)
{
    const struct recent_event fresh = {.index = item->index,
                                       .source = ingest->source_number,
                                       .offset = item->place->offset,
                                       .line = item->place->line,
                                       .bytes = item->place->bytes,
                                       .zone_assumed = item->place->zone_assumed};
    buf_clear(&ingest->json);
    buf_clear(&ingest->verdict);
    event_write_json(&ingest->json, item->event);
    if (may_tie(item->event, item->verdict) &&
        write_verdict(ingest, item->event, item->verdict, NULL) != WARD_OK)
        return NULL;
    if (ingest->json.failed)
        return NULL;
    return recent_add(ingest->recent, thread, &fresh, buf_str(&ingest->json),
                      buf_str(&ingest->verdict));
}

enum ward_status ingest_take(struct ingest *ingest, const struct ingest_item *item,
                             struct ward_error *err)
{
    const struct ward_event *event = item->event;
    enum ward_status status = flush_when_full(ingest, err);
    if (status != WARD_OK)
        return status;
    struct recent_thread *thread = thread_of(ingest, event);
    struct recent_event *kept = thread ? remember(ingest, thread, item) : NULL;
    if (!kept || !group_counts_add(&ingest->counts, event))
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    const bool owed = thread->owed > 0;
    thread->owed -= owed;
    if (item->verdict && item->verdict->level > WARD_LEVEL_NONE)
        return put_flagged(ingest, thread, event, kept, item->verdict, err);
    if (owed)
        status = put_neighbour(ingest, kept, err);
    if (status == WARD_OK && may_tie(event, item->verdict))
        status = keep_candidate(ingest, kept, item->verdict, err);
    if (status == WARD_OK && ingest->candidate_arena.held_bytes > INGEST_CANDIDATE_BYTES)
        status = settle_candidates(ingest, err);
    return status;
}

enum ward_status ingest_raise(struct ingest *ingest, const struct ward_event *event, uint64_t index,
                              const struct ward_verdict *verdict, struct ward_error *err)
{
    struct recent_thread *thread = thread_of(ingest, event);
    if (!thread)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    struct recent_event *kept = recent_find(thread, index);
    struct ward_event whole = *event;
    enum ward_status status = flush_when_full(ingest, err);
    if (status == WARD_OK && kept)
        status =
            event_restore(&ingest->reader, recent_json(kept), &ingest->rows_arena, &whole, err);
    buf_clear(&ingest->json);
    event_write_json(&ingest->json, &whole);
    if (ingest->json.failed)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    return status == WARD_OK ? put_flagged(ingest, thread, &whole, kept, verdict, err) : status;
}

enum ward_status ingest_keep(struct ingest *ingest, const struct ward_event *event,
                             const struct ward_verdict *verdict, struct ward_error *err)
{
    enum ward_status status = flush_when_full(ingest, err);
    if (status != WARD_OK)
        return status;
    buf_clear(&ingest->json);
    event_write_json(&ingest->json, event);
    if (ingest->json.failed)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (verdict->level > WARD_LEVEL_NONE)
        return put_flagged(ingest, NULL, event, NULL, verdict, err);
    status = write_verdict(ingest, event, verdict, err);
    if (status == WARD_OK)
        status = put_row(ingest, event, NULL, verdict,
                         (struct row_text){buf_str(&ingest->json), buf_str(&ingest->verdict)}, err);
    ingest->totals.neighbours += status == WARD_OK;
    return status;
}

enum ward_status ingest_finish(struct ingest *ingest, struct ward_error *err)
{
    return settle_candidates(ingest, err);
}
