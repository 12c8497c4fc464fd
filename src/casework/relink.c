#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/casework.h"
#include "casework/judgements.h"
#include "casework/link_rows.h"
#include "casework/stored_events.h"

/* Counts of groups, as linking wants them. */
struct counts {
    struct arena *arena;
    struct link_group_count *rows; /* owned */
    size_t count, capacity;
};

static enum ward_status take_count(void *context, const struct store_group_count *row,
                                   struct ward_error *err)
{
    struct counts *counts = context;
    if (counts->count == counts->capacity) {
        const size_t capacity = counts->capacity ? counts->capacity * 2 : 64;
        struct link_group_count *rows = realloc(counts->rows, capacity * sizeof *rows);
        if (!rows)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        counts->rows = rows;
        counts->capacity = capacity;
    }
    struct link_group_count *to = &counts->rows[counts->count++];
    *to = (struct link_group_count){.platform = arena_copy(counts->arena, row->platform),
                                    .group = arena_copy(counts->arena, row->group),
                                    .messages = row->messages};
    return to->platform.data && to->group.data ? WARD_OK
                                               : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

/* ---- neighbours ------------------------------------------------------------------------------ */

/* An event by its thread, then its time; those without time by their row. */
struct place {
    const struct link_event *event;
    uint64_t seq;
    uint32_t index;
};

static int by_thread(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;
    int order = str_compare(x->event->platform, y->event->platform);
    if (!order)
        order = str_compare(x->event->group, y->event->group);
    if (!order && x->event->has_time != y->event->has_time)
        order = x->event->has_time ? -1 : 1;
    if (!order && x->event->has_time && x->event->time_ms != y->event->time_ms)
        order = x->event->time_ms < y->event->time_ms ? -1 : 1;
    return order ? order : (x->seq > y->seq) - (x->seq < y->seq);
}

static bool same_thread(const struct place *x, const struct place *y)
{
    return str_equal(x->event->platform, y->event->platform) &&
           str_equal(x->event->group, y->event->group);
}

/* The case of the nearest event of the thread that is in one, `step` places at a time. */
static uint32_t nearest_case(const struct place *places, size_t count, size_t at, int step,
                             const uint32_t *cases, size_t *distance)
{
    *distance = 0;
    for (size_t i = at; step < 0 ? i-- > 0 : ++i < count;) {
        ++*distance;
        if (!same_thread(&places[i], &places[at]))
            break;
        if (cases[places[i].index] != UINT32_MAX)
            return cases[places[i].index];
        if (*distance == 64) /* no neighbour is stored farther off than half of this */
            break;
    }
    return UINT32_MAX;
}

/* Events of no case go with the nearest flagged one of their thread: they were kept for it. */
static enum ward_status place_neighbours(const struct stored_events *stored, struct link *link)
{
    struct place *places = calloc(stored->count + 1, sizeof *places);
    uint32_t *cases = malloc((stored->count + 1) * sizeof *cases);
    if (!places || !cases) {
        free(places);
        free(cases);
        return WARD_ERR_NOMEM;
    }
    for (uint32_t i = 0; i < stored->count; i++)
        places[i] = (struct place){&stored->events[i], stored->seqs[i], i};
    qsort(places, stored->count, sizeof *places, by_thread);
    memcpy(cases, link->event_case, stored->count * sizeof *cases);
    uint32_t *out = (uint32_t *)(uintptr_t)link->event_case; /* made by link_build for us */
    for (size_t at = 0; at < stored->count; at++) {
        size_t back;
        size_t ahead;
        if (cases[places[at].index] != UINT32_MAX || !places[at].event->group.len)
            continue;
        const uint32_t before = nearest_case(places, stored->count, at, -1, cases, &back);
        const uint32_t behind = nearest_case(places, stored->count, at, 1, cases, &ahead);
        out[places[at].index] =
            before == UINT32_MAX || (behind != UINT32_MAX && ahead < back) ? behind : before;
    }
    free(places);
    free(cases);
    return WARD_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static enum ward_status build(struct store *store, struct stored_events *stored,
                              struct judgements *judgements, int64_t now_ms, struct link **link,
                              struct ward_error *err)
{
    struct counts counts = {.arena = &stored->arena};
    const struct store_event_query everything = {0};
    enum ward_status status = stored_events_read(stored, store, &everything, err);
    if (status == WARD_OK)
        status = store_group_counts(store, take_count, &counts, err);
    if (status == WARD_OK)
        status = judgements_read(judgements, store, err);
    if (status == WARD_OK) {
        const struct link_input input = {.events = stored->events,
                                         .event_count = stored->count,
                                         .groups = counts.rows,
                                         .group_count = counts.count,
                                         .judgements = judgements->rows,
                                         .judgement_count = judgements->count,
                                         .has_now = true,
                                         .now_ms = now_ms};
        status = link_build(&input, link, err);
    }
    free(counts.rows);
    return status;
}

enum ward_status casework_relink(struct store *store, const struct store_act *act,
                                 struct ward_error *err)
{
    struct stored_events stored;
    struct judgements judgements;
    struct link *link = NULL;
    stored_events_init(&stored, false);
    judgements_init(&judgements);
    enum ward_status status = build(store, &stored, &judgements, act->time_ms, &link, err);
    if (status == WARD_OK && place_neighbours(&stored, link) != WARD_OK)
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (status == WARD_OK) {
        const struct link_made made = {link, stored.events, stored.seqs};
        status = link_rows_save(store, act, &made, err);
    }
    link_free(link);
    judgements_release(&judgements);
    stored_events_release(&stored);
    return status;
}
