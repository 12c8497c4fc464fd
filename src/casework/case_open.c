#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/casework.h"
#include "casework/link_rows.h"
#include "casework/stored_events.h"

/* A case file and what its parts stand in. */
struct opened {
    struct case_file file; /* first: the caller holds its address */
    struct stored_events stored;
    struct link_loaded loaded;
    struct case_decision *decisions; /* owned */
    size_t decision_count, decision_capacity;
    struct ward_str id; /* of the case, where the one asked for was merged into it */
    char audit_head[65];
};

static enum ward_status no_memory(struct ward_error *err)
{
    return error_set(err, WARD_ERR_NOMEM, "out of memory");
}

static enum ward_status take_decision(void *context, const struct store_decision *row,
                                      struct ward_error *err)
{
    struct opened *o = context;
    struct arena *arena = &o->stored.arena;
    if (o->decision_count == o->decision_capacity) {
        const size_t capacity = o->decision_capacity ? o->decision_capacity * 2 : 16;
        struct case_decision *decisions = realloc(o->decisions, capacity * sizeof *decisions);
        if (!decisions)
            return no_memory(err);
        o->decisions = decisions;
        o->decision_capacity = capacity;
    }
    struct case_decision *d = &o->decisions[o->decision_count++];
    *d = (struct case_decision){.time_ms = row->time_ms,
                                .who = arena_copy(arena, row->who),
                                .kind = str_of(store_decision_name(row->kind)),
                                .reason = arena_copy(arena, row->reason),
                                .note = arena_copy(arena, row->note),
                                .subject = arena_copy(arena, row->subject)};
    return d->who.data && d->reason.data && d->note.data && d->subject.data ? WARD_OK
                                                                            : no_memory(err);
}

struct numbered {
    uint64_t seq;
    uint32_t index;
};

static int by_seq(const void *a, const void *b)
{
    const struct numbered *x = a;
    const struct numbered *y = b;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

/* The case's people and ties, pointing to the events read. */
static enum ward_status load_link(struct opened *o, struct store *store, struct ward_error *err)
{
    const size_t count = o->stored.count;
    struct numbered *order = calloc(count + 1, sizeof *order);
    uint64_t *seqs = arena_calloc(&o->stored.arena, count + 1, sizeof *seqs);
    uint32_t *indexes = arena_calloc(&o->stored.arena, count + 1, sizeof *indexes);
    if (!order || !seqs || !indexes) {
        free(order);
        return no_memory(err);
    }
    for (size_t i = 0; i < count; i++)
        order[i] = (struct numbered){o->stored.seqs[i], (uint32_t)i};
    qsort(order, count, sizeof *order, by_seq);
    for (size_t i = 0; i < count; i++) {
        seqs[i] = order[i].seq;
        indexes[i] = order[i].index;
    }
    free(order);
    const struct link_rows_query query = {
        .case_id = o->id, .seqs = seqs, .indexes = indexes, .seq_count = count};
    return link_rows_load(store, &query, &o->loaded, err);
}

/* Which person wrote which entry. */
static void name_people(struct opened *o)
{
    const struct link *link = &o->loaded.link;
    for (uint32_t p = 0; p < link->person_count; p++)
        for (size_t i = 0; i < link->people[p].event_count; i++)
            o->stored.entries[link->people[p].events[i]].person = p;
}

static enum ward_status take_id(void *context, const struct store_case *row, struct ward_error *err)
{
    struct opened *o = context;
    o->id = arena_copy(&o->stored.arena, row->id);
    return o->id.data ? WARD_OK : no_memory(err);
}

static enum ward_status read_all(struct opened *o, struct store *store, struct ward_str case_id,
                                 struct ward_error *err)
{
    struct store_audit_head head;
    enum ward_status status = store_case_find(store, case_id, take_id, o, err);
    if (status == WARD_OK) {
        const struct store_event_query query = {.case_id = o->id, .with_erased = true};
        status = stored_events_read(&o->stored, store, &query, err);
    }
    if (status == WARD_OK)
        status = load_link(o, store, err);
    if (status == WARD_OK)
        status = store_decisions(store, o->id, take_decision, o, err);
    if (status == WARD_OK)
        status = store_audit_head(store, &head, err);
    if (status != WARD_OK)
        return status;
    memcpy(o->audit_head, head.hash, sizeof o->audit_head);
    name_people(o);
    return WARD_OK;
}

enum ward_status casework_open(struct store *store, struct ward_str case_id, int64_t now_ms,
                               struct case_file **out, struct ward_error *err)
{
    *out = NULL;
    struct opened *o = calloc(1, sizeof *o);
    if (!o)
        return no_memory(err);
    stored_events_init(&o->stored, true);
    const enum ward_status status = read_all(o, store, case_id, err);
    if (status != WARD_OK) {
        case_file_free(&o->file);
        return status;
    }
    const struct case_status *known = &o->loaded.status[0];
    o->file = (struct case_file){.events = o->stored.events,
                                 .entries = o->stored.entries,
                                 .entry_count = o->stored.count,
                                 .link = &o->loaded.link,
                                 .decisions = o->decisions,
                                 .decision_count = o->decision_count,
                                 .state = str_of(store_case_state_name(known->state)),
                                 .assignee = known->assignee,
                                 .on_hold = known->is_held,
                                 .audit_head = str_of(o->audit_head),
                                 .read_ms = now_ms,
                                 .ward_version = str_of(ward_version())};
    *out = &o->file;
    return WARD_OK;
}

void case_file_free(struct case_file *file)
{
    if (!file)
        return;
    struct opened *o = (struct opened *)(void *)file;
    link_loaded_release(&o->loaded);
    stored_events_release(&o->stored);
    free(o->decisions);
    free(o);
}
