#include "casework/stored_events.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/verdict_read.h"

void stored_events_init(struct stored_events *events, bool with_entries)
{
    *events = (struct stored_events){.with_entries = with_entries};
    arena_init(&events->arena, 1024u * 1024u, SIZE_MAX / 2);
    event_restorer_init(&events->reader);
}

void stored_events_release(struct stored_events *events)
{
    free(events->events);
    free(events->seqs);
    free(events->entries);
    arena_release(&events->arena);
    event_restorer_release(&events->reader);
    *events = (struct stored_events){0};
}

static bool grow(struct stored_events *e)
{
    if (e->count < e->capacity)
        return true;
    const size_t capacity = e->capacity ? e->capacity * 2 : 256;
    struct link_event *events = realloc(e->events, capacity * sizeof *events);
    if (!events)
        return false;
    e->events = events;
    uint64_t *seqs = realloc(e->seqs, capacity * sizeof *seqs);
    if (!seqs)
        return false;
    e->seqs = seqs;
    if (e->with_entries) {
        struct case_entry *entries = realloc(e->entries, capacity * sizeof *entries);
        if (!entries)
            return false;
        e->entries = entries;
    }
    e->capacity = capacity;
    return true;
}

/* What the event's own JSON says. */
static void take_given(struct link_event *event, const struct ward_event *given)
{
    event->platform = given->platform;
    event->group = given->group;
    event->id = given->id;
    event->group_name = given->group_name;
    event->account = given->account;
    event->alias = given->alias;
    event->reply_to = given->reply_to;
    event->text = given->text;
    event->kind = given->kind;
    event->has_time = given->has_time;
    event->time_ms = given->time_ms;
    event->media = given->media;
    event->media_count = given->media_count;
}

static bool copy_to(struct arena *arena, struct ward_str *out, struct ward_str text)
{
    *out = arena_copy(arena, text);
    return out->data != NULL;
}

static bool fill_entry(struct stored_events *e, const struct store_event_row *row,
                       struct case_entry *entry)
{
    const struct store_custody *from = &row->event.custody;
    struct arena *arena = &e->arena;
    *entry = (struct case_entry){.revision = row->event.revision,
                                 .is_neighbour = row->event.is_neighbour,
                                 .is_erased = row->is_erased,
                                 .person = UINT32_MAX,
                                 .custody = {.offset = from->offset,
                                             .line = from->line,
                                             .bytes = from->bytes,
                                             .zone_minutes = from->zone_minutes,
                                             .zone_assumed = from->zone_assumed,
                                             .received_ms = row->event.received_ms,
                                             .batch = row->batch}};
    const struct ward_str hash = row->is_erased ? row->seal : row->event.event_sha256;
    return copy_to(arena, &entry->event_json, row->event.event_json) &&
           copy_to(arena, &entry->event_sha256, hash) &&
           copy_to(arena, &entry->verdict_json, row->event.verdict_json) &&
           copy_to(arena, &entry->packs, row->event.packs) &&
           copy_to(arena, &entry->custody.source, from->source) &&
           copy_to(arena, &entry->custody.source_sha256, from->source_sha256);
}

static enum ward_status take_row(void *context, const struct store_event_row *row,
                                 struct ward_error *err)
{
    struct stored_events *e = context;
    if (!grow(e))
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    struct link_event *event = &e->events[e->count];
    struct ward_event given = {0};
    *event = (struct link_event){0};
    enum ward_status status = WARD_OK;
    if (!row->is_erased) {
        status = event_restore(&e->reader, row->event.event_json, &e->arena, &given, err);
        take_given(event, &given);
        if (status == WARD_OK)
            status = verdict_read(row->event.verdict_json, &e->arena, event, err);
    }
    if (status != WARD_OK)
        return status;
    event->level = row->event.level;
    bool good = copy_to(&e->arena, &event->previous_case, row->case_id) &&
                copy_to(&e->arena, &event->previous_person, row->person_id);
    if (row->is_erased)
        good = good && copy_to(&e->arena, &event->id, row->name);
    if (e->with_entries)
        good = good && fill_entry(e, row, &e->entries[e->count]);
    if (!good)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    e->seqs[e->count++] = row->seq;
    return WARD_OK;
}

enum ward_status stored_events_read(struct stored_events *events, struct store *store,
                                    const struct store_event_query *query, struct ward_error *err)
{
    return store_events(store, query, take_row, events, err);
}
