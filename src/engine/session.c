/**
 * Memory of threads and accounts around the judge.
 *
 * 1. A thread lives in one shard, picked by its key alone; so the verdicts of a thread depend on
 * the order of its own events only.
 * 2. Accounts are read as of the last settling, plus what they said in the same thread.
 * 3. An event is kept with a note (its own bytes) only when memory could change its verdict; it is
 *    judged again when its thread learns a signal that some rule asks of threads, or one of its
 *    first flagged events. That bounds the work: a thread of one kind of message learns nothing
 * new.
 */
#include "engine/session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "context/context.h"
#include "engine/note.h"

#define SESSION_BYTES_DEFAULT (64u * 1024u * 1024u)
#define SESSION_THREAD_BYTES_MAX 256u
/** More flagged, or leaning, events than this in a thread say nothing new about it. */
#define STIR_EVENTS_MAX 8u

struct shard {
    struct context *context;
    struct context_log *log;
    bool stirred; /* the last event told something new about its thread */
    char note[CONTEXT_NOTE_BYTES_MAX];
};

struct ward_session {
    const struct ward_engine *engine;
    struct context_accounts *accounts;
    struct shard shards[WARD_SESSION_SHARDS];
    struct ward_str thread;
    char thread_bytes[SESSION_THREAD_BYTES_MAX];
};

/* ---- life ------------------------------------------------------------------------------------ */

static enum ward_status open_parts(struct ward_session *session, size_t max_bytes)
{
    const uint32_t signals = session->engine->pack->signal_count;
    const struct context_options options = {.max_bytes = max_bytes / 4u * 3u / WARD_SESSION_SHARDS,
                                            .signal_count = signals};
    enum ward_status status = context_accounts_new(signals, max_bytes / 4u, &session->accounts);
    for (uint32_t i = 0; i < WARD_SESSION_SHARDS && status == WARD_OK; i++) {
        status = context_new(&options, &session->shards[i].context);
        if (status == WARD_OK)
            status = context_log_new(signals, &session->shards[i].log);
    }
    return status;
}

enum ward_status ward_session_new(const struct ward_engine *engine,
                                  const struct ward_session_options *options,
                                  struct ward_session **out)
{
    if (!out)
        return WARD_ERR_ARGUMENT;
    *out = NULL;
    if (!engine)
        return WARD_ERR_ARGUMENT;
    struct ward_session *session = calloc(1, sizeof *session);
    if (!session)
        return WARD_ERR_NOMEM;
    session->engine = engine;
    if (options)
        session_name_thread(session, options->thread);
    const size_t max_bytes =
        options && options->max_bytes ? options->max_bytes : SESSION_BYTES_DEFAULT;
    const enum ward_status status = open_parts(session, max_bytes);
    if (status != WARD_OK) {
        ward_session_free(session);
        return status;
    }
    *out = session;
    return WARD_OK;
}

void ward_session_free(struct ward_session *session)
{
    if (!session)
        return;
    for (uint32_t i = 0; i < WARD_SESSION_SHARDS; i++) {
        context_free(session->shards[i].context);
        context_log_free(session->shards[i].log);
    }
    context_accounts_free(session->accounts);
    free(session);
}

void session_name_thread(struct ward_session *session, struct ward_str name)
{
    const struct ward_str kept = str_part(name, 0, SESSION_THREAD_BYTES_MAX);
    if (kept.len)
        memcpy(session->thread_bytes, kept.data, kept.len);
    session->thread = (struct ward_str){session->thread_bytes, kept.len};
}

/* ---- keys ------------------------------------------------------------------------------------ */

static uint64_t thread_key(const struct ward_session *session, const struct ward_event *event)
{
    const uint64_t key = event->group.len ? context_key(event->platform, event->group)
                                          : context_key(session->thread, str_of("\x01"
                                                                                "file"));
    return key;
}

static uint32_t shard_of(uint64_t key)
{
    return (uint32_t)(key >> 57) % WARD_SESSION_SHARDS;
}

uint32_t ward_session_shard(const struct ward_session *session, const struct ward_event *event)
{
    return shard_of(thread_key(session, event));
}

/* ---- recall ---------------------------------------------------------------------------------- */

static uint32_t words_of(const struct ward_scratch *scratch)
{
    return scratch->engine->pack->signal_words;
}

/* Signals of the thread, without those that only the event at `position` said. */
static void recall_thread(const struct shard *shard, const struct context_thread *thread,
                          struct ward_scratch *scratch, uint32_t position)
{
    struct verdict_context *context = &scratch->input.context;
    const struct context_sum sum = context_sum(shard->context, thread);
    memcpy(scratch->heard, sum.bits, words_of(scratch) * sizeof *scratch->heard);
    context->group_bits = scratch->heard;
    context->group_counts = sum.counts;
    context->group_events = sum.events;
    context->group_flagged = sum.flagged;
    context->group_leaning = sum.leaning;
    if (position == SESSION_NO_POSITION)
        return;
    const struct context_entry self = context_at(thread, position);
    context->group_events--;
    context->group_flagged -= self.level > 0;
    context->group_leaning -= self.score >= CONTEXT_LEANING;
    for (uint32_t w = 0; w < words_of(scratch); w++)
        for (uint64_t bits = self.bits[w]; bits; bits &= bits - 1) {
            const uint32_t signal = w * 64u + (uint32_t)__builtin_ctzll(bits);
            if (sum.counts[signal] == 1)
                scratch->heard[w] &= ~(bits & (~bits + 1u));
        }
}

static void recall_account(const struct ward_session *session, const struct context_thread *thread,
                           struct ward_scratch *scratch, uint64_t account, uint32_t position)
{
    struct verdict_context *context = &scratch->input.context;
    struct context_account known;
    (void)context_accounts_find(session->accounts, account, &known);
    memset(scratch->known, 0, words_of(scratch) * sizeof *scratch->known);
    if (known.bits)
        memcpy(scratch->known, known.bits, words_of(scratch) * sizeof *scratch->known);
    uint32_t flagged_here = 0;
    for (uint32_t i = 0; thread && i < context_count(thread); i++) {
        const struct context_entry entry = context_at(thread, i);
        if (entry.account != account || i == position)
            continue;
        flagged_here += entry.level > 0;
        for (uint32_t w = 0; w < words_of(scratch); w++)
            scratch->known[w] |= entry.bits[w];
    }
    context->account_bits = scratch->known;
    context->account_flagged = known.flagged > flagged_here ? known.flagged : flagged_here;
}

void session_recall(struct ward_session *session, struct ward_scratch *scratch,
                    const struct ward_event *event, uint32_t position)
{
    if (!engine_asks_memory(scratch))
        return;
    const uint64_t key = thread_key(session, event);
    const struct shard *shard = &session->shards[shard_of(key)];
    const struct context_thread *thread = context_find(shard->context, key);
    if (thread)
        recall_thread(shard, thread, scratch, position);
    if (event->account.len)
        recall_account(session, thread, scratch, context_key(event->platform, event->account),
                       position);
}

/* ---- remember -------------------------------------------------------------------------------- */

void session_said(const struct ward_scratch *scratch, uint64_t *said)
{
    const uint32_t words = words_of(scratch);
    memset(said, 0, words * sizeof *said);
    for (uint32_t f = 0; f < scratch->input.field_count; f++) {
        const struct verdict_field *field = &scratch->input.fields[f];
        if (!(field->scopes & (1u << SCOPE_TEXT | 1u << SCOPE_MEDIA)) || !field->signals->bits)
            continue;
        for (uint32_t w = 0; w < words; w++)
            said[w] |= field->signals->bits[w];
    }
}

/* Does the event tell something new about its thread? Asked before it is added. */
static bool stirs(const struct ward_session *session, const struct context_sum *sum,
                  struct ward_scratch *scratch, const struct session_event *what)
{
    if (!sum->events)
        return false; /* nobody there to judge again */
    if (what->level > WARD_LEVEL_NONE && sum->flagged < STIR_EVENTS_MAX)
        return true;
    if (what->log_odds >= CONTEXT_LEANING && sum->leaning < STIR_EVENTS_MAX)
        return true;
    bool news = false;
    for (uint32_t w = 0; w < words_of(scratch); w++) {
        scratch->heard[w] = what->said[w] & ~sum->bits[w];
        news |= scratch->heard[w] != 0;
    }
    return news && verdict_stirs_thread(session->engine->plan, scratch->heard);
}

enum ward_status session_remember(struct ward_session *session, struct ward_scratch *scratch,
                                  const struct session_event *what)
{
    const struct ward_event *event = what->event;
    const uint64_t key = thread_key(session, event);
    struct shard *shard = &session->shards[shard_of(key)];
    const struct context_sum sum = context_sum(shard->context, context_find(shard->context, key));
    struct context_entry entry = {
        .index = what->index,
        .id = event->id,
        .account = context_key(event->platform, event->account),
        .bits = what->said,
        .role = (uint8_t)what->role,
        .level = (uint8_t)what->level,
        .score = what->log_odds,
    };
    if (what->asks_memory)
        entry.note =
            (struct ward_str){shard->note, note_pack(event, shard->note, sizeof shard->note)};
    shard->stirred = stirs(session, &sum, scratch, what);
    const enum ward_status status = context_add(shard->context, key, &entry, NULL);
    if (status != WARD_OK || !verdict_uses_accounts(session->engine->plan))
        return status;
    return context_log_add(shard->log, key, &entry);
}

bool session_has_memory(const struct ward_session *session, const struct ward_event *event)
{
    const uint64_t key = thread_key(session, event);
    const struct shard *shard = &session->shards[shard_of(key)];
    const struct context_thread *thread = context_find(shard->context, key);
    const struct context_sum sum = context_sum(shard->context, thread);
    const struct verdict_plan *plan = session->engine->plan;
    if (sum.flagged || sum.leaning ||
        (sum.events && (verdict_counts_events(plan) || verdict_uses_accounts(plan))))
        return true;
    if (sum.events && verdict_stirs_thread(plan, sum.bits))
        return true;
    if (!event->account.len || !verdict_uses_accounts(plan))
        return false;
    const uint64_t account = context_key(event->platform, event->account);
    struct context_account known;
    return context_accounts_find(session->accounts, account, &known);
}

enum ward_status ward_session_settle(struct ward_session *session)
{
    if (!session)
        return WARD_ERR_ARGUMENT;
    struct context_log *logs[WARD_SESSION_SHARDS];
    for (uint32_t i = 0; i < WARD_SESSION_SHARDS; i++)
        logs[i] = session->shards[i].log;
    return context_accounts_apply(session->accounts, logs, WARD_SESSION_SHARDS);
}

/* ---- revise ---------------------------------------------------------------------------------- */

struct revision {
    struct ward_session *session;
    const struct verdict_options *how;
    ward_revision_fn *told;
    void *user;
};

static enum ward_status revise_one(struct ward_scratch *scratch, const struct revision *r,
                                   struct context_thread *thread, uint32_t position)
{
    const struct context_entry entry = context_at(thread, position);
    if (!entry.note.len || entry.level >= WARD_LEVEL_URGENT)
        return WARD_OK;
    struct ward_event event;
    struct ward_media media[NOTE_MEDIA_MAX];
    note_unpack(entry.note, &event, media, NOTE_MEDIA_MAX);
    enum ward_status status = fields_read(scratch, &event);
    if (status != WARD_OK)
        return status;
    session_recall(r->session, scratch, &event, position);
    const struct ward_verdict *verdict;
    status =
        verdict_judge(scratch->engine->plan, &scratch->input, r->how, scratch->judge, &verdict);
    if (status != WARD_OK || (uint8_t)verdict->level <= entry.level)
        return status;
    context_raise(thread, position, (uint8_t)verdict->level, (uint8_t)verdict->role,
                  engine_own_log_odds(scratch, verdict));
    scratch->revised = *verdict;
    scratch->revised.revision = entry.revision + 1u;
    r->told(r->user, &event, entry.index, (enum ward_level)entry.level, &scratch->revised);
    return WARD_OK;
}

enum ward_status ward_session_revise(const struct ward_engine *engine, struct ward_scratch *scratch,
                                     const struct ward_event *event,
                                     const struct ward_check_options *options,
                                     ward_revision_fn *told, void *user)
{
    if (!engine || !scratch || !event || !options || !options->session || !told)
        return WARD_ERR_ARGUMENT;
    struct ward_session *session = options->session;
    const uint64_t key = thread_key(session, event);
    struct shard *shard = &session->shards[shard_of(key)];
    if (!shard->stirred)
        return WARD_OK;
    shard->stirred = false;
    struct context_thread *thread = context_find(shard->context, key);
    const uint32_t count = thread ? context_count(thread) : 0;
    const struct verdict_options how = engine_options(engine, options);
    const struct revision r = {session, &how, told, user};
    enum ward_status status = WARD_OK;
    for (uint32_t i = 0; i + 1 < count && status == WARD_OK; i++)
        status = revise_one(scratch, &r, thread, i);
    return status;
}
