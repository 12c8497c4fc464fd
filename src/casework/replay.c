#include "casework/replay.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/event_restore.h"
#include "casework/name_ids.h"
#include "casework/verdict_read.h"
#include "engine/session.h"

/* As `ward scan`: accounts are settled every so many events, so that both see alike. */
#define SETTLE_EVENTS 4096u
#define TELL_EVENTS 256u
/* Verdicts show four decimals. */
#define SCORE_STEP 0.00005

struct judged {
    uint64_t first; /* in replay.rules: ids, ascending */
    uint32_t rule_count;
    float score;
    enum ward_level level;
    bool is_missing; /* stored without a verdict: of level none, and that is all that is known */
};

struct record {
    uint64_t seq;
    struct ward_str case_id;
    struct judged side[2]; /* before, after */
};

struct replay {
    struct arena names; /* case ids, names of rules */
    struct name_ids rules;
    struct record *records;
    uint64_t count, capacity;
    uint64_t *changes; /* indexes of records */
    struct replay_totals totals;
    struct ward_str *listed[2]; /* removed and added, of the change asked for last */
    size_t listed_count[2];
};

/* One engine at work. */
struct judge {
    const struct ward_engine *engine;
    struct ward_scratch *scratch;
    struct ward_session *session;
    struct run *run;
    unsigned side;
};

struct run {
    const struct replay_options *options;
    struct replay *replay;
    struct judge judges[2];
    struct event_restorer reader;
    struct arena arena; /* one event */
    uint64_t skip, found;
    enum ward_status failed; /* within a told revision */
};

static enum ward_status no_memory(struct ward_error *err)
{
    return error_set(err, WARD_ERR_NOMEM, "out of memory");
}

/* ---- what a verdict comes to ---- */

static enum ward_status note_verdict(struct replay *replay, const struct ward_verdict *verdict,
                                     struct judged *out)
{
    struct name_ids *rules = &replay->rules;
    const uint64_t first = rules->id_count;
    for (size_t i = 0; i < verdict->reason_count; i++)
        if (!name_ids_add(rules, verdict->reasons[i].rule))
            return WARD_ERR_NOMEM;
    for (size_t i = 0; i < verdict->help_count; i++)
        if (!name_ids_add(rules, verdict->help[i].rule))
            return WARD_ERR_NOMEM;
    *out = (struct judged){.first = first,
                           .rule_count = name_ids_sort(rules, first),
                           .score = (float)verdict->score,
                           .level = verdict->level};
    return WARD_OK;
}

static bool note_list(struct name_ids *rules, const json_t *list)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        const json_t *rule = json_object_get(item, "rule");
        if (json_is_string(rule) &&
            !name_ids_add(rules,
                          (struct ward_str){json_string_value(rule), json_string_length(rule)}))
            return false;
    }
    return true;
}

/* The verdict as it was given at the time. */
static enum ward_status note_stored(struct run *run, const struct store_event *event,
                                    struct judged *out, struct ward_error *err)
{
    struct name_ids *rules = &run->replay->rules;
    const uint64_t first = rules->id_count;
    if (event->verdict_json.len) {
        json_t *root =
            json_loadb(event->verdict_json.data, event->verdict_json.len, JSON_ALLOW_NUL, NULL);
        if (!json_is_object(root)) {
            json_decref(root);
            return error_set(err, WARD_ERR_FORMAT, "a stored verdict is damaged");
        }
        const bool good = note_list(rules, json_object_get(root, "reasons")) &&
                          note_list(rules, json_object_get(root, "help"));
        json_decref(root);
        if (!good)
            return no_memory(err);
    }
    *out = (struct judged){.first = first,
                           .rule_count = name_ids_sort(rules, first),
                           .score = (float)event->score,
                           .level = event->level,
                           .is_missing = !event->verdict_json.len};
    return WARD_OK;
}

/* ---- judging ---- */

static void take_revision(void *user, const struct ward_event *event, uint64_t index,
                          enum ward_level before, const struct ward_verdict *verdict)
{
    const struct judge *judge = user;
    struct replay *replay = judge->run->replay;
    (void)event;
    (void)before;
    if (judge->run->failed == WARD_OK && index < replay->count)
        judge->run->failed =
            note_verdict(replay, verdict, &replay->records[index].side[judge->side]);
}

static enum ward_status judge_event(struct judge *judge, const struct ward_event *event,
                                    struct ward_str thread, struct ward_error *err)
{
    struct replay *replay = judge->run->replay;
    const uint64_t index = replay->count - 1;
    struct ward_check_options options = judge->run->options->check;
    const struct ward_verdict *verdict;
    options.session = judge->session;
    options.index = index;
    session_name_thread(judge->session, thread);
    enum ward_status status = ward_check(judge->engine, judge->scratch, event, &options, &verdict);
    if (status == WARD_OK)
        status = note_verdict(replay, verdict, &replay->records[index].side[judge->side]);
    if (status == WARD_OK)
        status = ward_session_revise(judge->engine, judge->scratch, event, &options, take_revision,
                                     judge);
    if (status == WARD_OK)
        status = judge->run->failed;
    if (status == WARD_OK && (index + 1) % SETTLE_EVENTS == 0)
        status = ward_session_settle(judge->session);
    return status == WARD_OK ? status
                             : error_set(err, status, "a stored event cannot be judged: %s",
                                         ward_status_name(status));
}

static struct record *add_record(struct replay *replay, const struct store_event_row *row)
{
    if (replay->count == replay->capacity) {
        const uint64_t capacity = replay->capacity ? replay->capacity * 2 : 1024;
        struct record *records = realloc(replay->records, capacity * sizeof *records);
        if (!records)
            return NULL;
        replay->records = records;
        replay->capacity = capacity;
    }
    const struct ward_str case_id = arena_copy(&replay->names, row->case_id);
    if (!case_id.data)
        return NULL;
    struct record *record = &replay->records[replay->count++];
    *record = (struct record){.seq = row->seq, .case_id = case_id};
    return record;
}

static enum ward_status take_event(void *context, const struct store_event_row *row,
                                   struct ward_error *err)
{
    struct run *run = context;
    const struct replay_options *options = run->options;
    struct ward_event event;
    if (run->found++ < run->skip || row->is_erased)
        return WARD_OK;
    if (options->go_on && run->replay->count % TELL_EVENTS == 0 &&
        !options->go_on(options->user, run->replay->count))
        return error_set(err, WARD_ERR_BUSY, "stopped");
    arena_reset(&run->arena);
    enum ward_status status =
        event_restore(&run->reader, row->event.event_json, &run->arena, &event, err);
    if (status != WARD_OK)
        return status;
    struct record *record = add_record(run->replay, row);
    if (!record)
        return no_memory(err);
    if (!options->before)
        status = note_stored(run, &row->event, &record->side[0], err);
    for (unsigned side = options->before ? 0 : 1; side < 2 && status == WARD_OK; side++)
        status = judge_event(&run->judges[side], &event, row->event.custody.source, err);
    return status;
}

/* ---- comparing ---- */

/* Walks two ascending lists; tells ids that stand in one only. */
static void compare_rules(struct replay *replay, const struct record *record,
                          void (*tell)(struct replay *replay, uint32_t id, unsigned side))
{
    const struct judged *a = &record->side[0];
    const struct judged *b = &record->side[1];
    const uint32_t *ids = replay->rules.ids;
    uint32_t i = 0;
    uint32_t j = 0;
    while (i < a->rule_count || j < b->rule_count) {
        const uint32_t left = i < a->rule_count ? ids[a->first + i] : UINT32_MAX;
        const uint32_t right = j < b->rule_count ? ids[b->first + j] : UINT32_MAX;
        if (left != right)
            tell(replay, left < right ? left : right, left < right ? 0 : 1);
        i += left <= right;
        j += right <= left;
    }
}

static void count_rule(struct replay *replay, uint32_t id, unsigned side)
{
    struct replay_rule *rule = &replay->rules.counts[id];
    *(side ? &rule->added : &rule->removed) += 1;
}

static bool same_rules(const struct replay *replay, const struct record *record)
{
    const struct judged *a = &record->side[0];
    const struct judged *b = &record->side[1];
    const uint32_t *ids = replay->rules.ids;
    return a->rule_count == b->rule_count &&
           (!a->rule_count ||
            memcmp(ids + a->first, ids + b->first, a->rule_count * sizeof *ids) == 0);
}

static bool is_same(const struct replay *replay, const struct record *record)
{
    const struct judged *a = &record->side[0];
    const struct judged *b = &record->side[1];
    if (a->level != b->level)
        return false;
    return a->is_missing ||
           (fabs((double)a->score - (double)b->score) < SCORE_STEP && same_rules(replay, record));
}

static enum ward_status compare(struct replay *replay, struct ward_error *err)
{
    struct replay_totals *totals = &replay->totals;
    totals->judged = replay->count;
    replay->changes = calloc(replay->count + 1, sizeof *replay->changes);
    if (!replay->changes || !name_ids_count(&replay->rules))
        return no_memory(err);
    for (uint64_t i = 0; i < replay->count; i++) {
        const struct record *r = &replay->records[i];
        totals->moved[r->side[0].level][r->side[1].level]++;
        if (is_same(replay, r))
            continue;
        replay->changes[totals->changed++] = i;
        compare_rules(replay, r, count_rule);
    }
    name_ids_rank(&replay->rules);
    for (unsigned side = 0; side < 2; side++) {
        replay->listed[side] =
            calloc((size_t)replay->rules.name_count + 1, sizeof(struct ward_str));
        if (!replay->listed[side])
            return no_memory(err);
    }
    return WARD_OK;
}

static void list_rule(struct replay *replay, uint32_t id, unsigned side)
{
    replay->listed[side][replay->listed_count[side]++] = replay->rules.names[id];
}

static struct replay_side shown(const struct judged *judged)
{
    /* float holds seven digits: four decimals of a score come back as they were */
    return (struct replay_side){judged->level, round((double)judged->score * 1e4) / 1e4};
}

void replay_change_at(struct replay *replay, uint64_t index, struct replay_change *out)
{
    const struct record *record = &replay->records[replay->changes[index]];
    replay->listed_count[0] = replay->listed_count[1] = 0;
    compare_rules(replay, record, list_rule);
    *out = (struct replay_change){.seq = record->seq,
                                  .case_id = record->case_id,
                                  .before = shown(&record->side[0]),
                                  .after = shown(&record->side[1]),
                                  .added = replay->listed[1],
                                  .removed = replay->listed[0],
                                  .added_count = replay->listed_count[1],
                                  .removed_count = replay->listed_count[0]};
}

/* ---- the run ---- */

static enum ward_status count_row(void *context, const struct store_event_row *row,
                                  struct ward_error *err)
{
    (void)row;
    (void)err;
    (*(uint64_t *)context)++;
    return WARD_OK;
}

static enum ward_status start(struct run *run, struct ward_error *err)
{
    const struct replay_options *options = run->options;
    const struct ward_engine *engines[2] = {options->before, options->after};
    enum ward_status status = WARD_OK;
    for (unsigned side = 0; side < 2 && status == WARD_OK; side++) {
        struct judge *judge = &run->judges[side];
        *judge = (struct judge){.engine = engines[side], .run = run, .side = side};
        if (!judge->engine)
            continue;
        status = ward_scratch_new(judge->engine, &judge->scratch);
        if (status == WARD_OK)
            status = ward_session_new(judge->engine, NULL, &judge->session);
    }
    if (status != WARD_OK)
        return no_memory(err);
    uint64_t limit = options->limit;
    if (!limit || limit > REPLAY_EVENTS_MAX)
        limit = REPLAY_EVENTS_MAX;
    uint64_t rows = 0;
    const struct store_event_query query = {0};
    status = store_events(options->store, &query, count_row, &rows, err);
    run->skip = rows > limit ? rows - limit : 0;
    return status;
}

enum ward_status replay_run(const struct replay_options *options, struct replay **out,
                            struct ward_error *err)
{
    struct run run = {.options = options};
    const struct store_event_query query = {0};
    *out = NULL;
    run.replay = calloc(1, sizeof *run.replay);
    if (!run.replay)
        return no_memory(err);
    arena_init(&run.replay->names, 65536, SIZE_MAX / 2);
    name_ids_init(&run.replay->rules, &run.replay->names);
    arena_init(&run.arena, 65536, SIZE_MAX / 2);
    event_restorer_init(&run.reader);
    enum ward_status status = start(&run, err);
    if (status == WARD_OK)
        status = store_events(options->store, &query, take_event, &run, err);
    if (status == WARD_OK)
        status = compare(run.replay, err);
    for (unsigned side = 0; side < 2; side++) {
        ward_session_free(run.judges[side].session);
        ward_scratch_free(run.judges[side].scratch);
    }
    event_restorer_release(&run.reader);
    arena_release(&run.arena);
    if (status == WARD_OK)
        *out = run.replay;
    else
        replay_free(run.replay);
    return status;
}

void replay_free(struct replay *replay)
{
    if (!replay)
        return;
    name_ids_release(&replay->rules);
    arena_release(&replay->names);
    free(replay->records);
    free(replay->changes);
    free(replay->listed[0]);
    free(replay->listed[1]);
    free(replay);
}

const struct replay_totals *replay_totals(const struct replay *replay)
{
    return &replay->totals;
}

const struct replay_rule *replay_rules(const struct replay *replay, size_t *count)
{
    *count = replay->rules.ranked;
    return replay->rules.ranking;
}
