#include "evidence/dossier.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"
#include "evidence/page.h"

#define DAY_MS 86400000
/* One message at a time is parsed in here and forgotten. */
#define MESSAGE_ARENA_BYTES (64u * 1024u * 1024u)

/* ---- which messages -------------------------------------------------------------------------- */

struct ranked {
    uint32_t entry;
    enum ward_level level;
    double score;
};

static bool is_stronger(const struct link_event *a, const struct link_event *b)
{
    if (a->level != b->level)
        return a->level > b->level;
    return a->score > b->score;
}

static int by_strength(const void *a, const void *b)
{
    const struct ranked *x = a;
    const struct ranked *y = b;
    if (x->level != y->level)
        return x->level > y->level ? -1 : 1;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

static int by_entry(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static enum ward_status choose(struct dossier *d)
{
    const struct case_file *file = d->file;
    struct ranked *ranked = calloc(file->entry_count + 1, sizeof *ranked);
    size_t count = 0;
    d->shown = arena_calloc(&d->arena, EVIDENCE_MESSAGES_MAX, sizeof *d->shown);
    if (!ranked || !d->shown) {
        free(ranked);
        return WARD_ERR_NOMEM;
    }
    for (size_t i = 0; i < file->entry_count; i++)
        if (!file->entries[i].is_neighbour)
            ranked[count++] =
                (struct ranked){(uint32_t)i, file->events[i].level, file->events[i].score};
    qsort(ranked, count, sizeof *ranked, by_strength);
    d->shown_count = count < EVIDENCE_MESSAGES_MAX ? count : EVIDENCE_MESSAGES_MAX;
    for (size_t i = 0; i < d->shown_count; i++)
        d->shown[i] = ranked[i].entry;
    qsort(d->shown, d->shown_count, sizeof *d->shown, by_entry);
    free(ranked);
    return WARD_OK;
}

/* ---- counts ---------------------------------------------------------------------------------- */

static bool count_law(struct dossier *d, struct ward_str id)
{
    for (size_t i = 0; i < d->law_count; i++)
        if (str_equal(d->laws[i].id, id)) {
            d->laws[i].messages++;
            return true;
        }
    if (d->law_count == DOSSIER_LAWS_MAX) {
        d->laws_left_out = true;
        return true;
    }
    const struct ward_str copy = arena_copy(&d->arena, id);
    d->laws[d->law_count++] = (struct dossier_law){copy, 1};
    return copy.data != NULL;
}

static bool cites_before(const struct message *m, size_t reason, size_t law)
{
    const struct ward_str id = m->reasons[reason].laws[law];
    for (size_t i = 0; i <= reason; i++)
        for (size_t j = 0; j < (i == reason ? law : m->reasons[i].law_count); j++)
            if (str_equal(m->reasons[i].laws[j], id))
                return true;
    return false;
}

static bool count_message(struct dossier *d, const struct message *m)
{
    uint32_t disguises = 0;
    d->unreadable += !m->is_readable;
    for (size_t i = 0; i < m->reason_count; i++) {
        const struct message_reason *reason = &m->reasons[i];
        for (size_t j = 0; j < reason->span_count; j++)
            if (reason->weight > 0)
                disguises |= reason->spans[j].disguises;
        for (size_t j = 0; j < reason->law_count; j++)
            if (reason->laws[j].len && !cites_before(m, i, j) && !count_law(d, reason->laws[j]))
                return false;
    }
    for (unsigned bit = 0; bit < WARD_DISGUISE_COUNT; bit++)
        d->disguises[bit] += disguises >> bit & 1u;
    return true;
}

static int by_citations(const void *a, const void *b)
{
    const struct dossier_law *x = a;
    const struct dossier_law *y = b;
    if (x->messages != y->messages)
        return x->messages > y->messages ? -1 : 1;
    return str_compare(x->id, y->id);
}

static enum ward_status count_all(struct dossier *d)
{
    struct arena arena;
    enum ward_status status = WARD_OK;
    arena_init(&arena, 64u * 1024u, MESSAGE_ARENA_BYTES);
    for (size_t i = 0; status == WARD_OK && i < d->file->entry_count; i++) {
        const struct case_entry *entry = &d->file->entries[i];
        struct message message;
        d->flagged += !entry->is_neighbour;
        d->neighbours += entry->is_neighbour;
        d->erased += entry->is_erased;
        d->zone_assumed += entry->custody.zone_assumed && d->file->events[i].has_time;
        d->without_time += !d->file->events[i].has_time;
        if (entry->is_neighbour)
            continue;
        arena_reset(&arena);
        status = message_read(d->file, i, &arena, &message);
        if (status == WARD_OK && !count_message(d, &message))
            status = WARD_ERR_NOMEM;
    }
    arena_release(&arena);
    qsort(d->laws, d->law_count, sizeof *d->laws, by_citations);
    return status;
}

/* ---- days ------------------------------------------------------------------------------------ */

static int64_t floor_to(int64_t value, int64_t step)
{
    int64_t rest = value % step;
    if (rest < 0)
        rest += step;
    return value - rest;
}

/* Rows are days, or spans of 30 days when the case is long. */
static void add_day(struct dossier *d, size_t entry, int64_t step)
{
    const struct link_event *event = &d->file->events[entry];
    const int64_t zone = (int64_t)d->zone_minutes * 60000;
    const int64_t begin = floor_to(event->time_ms + zone, step) - zone;
    struct dossier_day *last = d->day_count ? &d->days[d->day_count - 1] : NULL;
    if (!last || last->begin_ms != begin) {
        if (d->day_count == DOSSIER_DAYS_MAX) {
            d->days_left_out++;
            return;
        }
        last = &d->days[d->day_count++];
        *last = (struct dossier_day){begin, 0, (uint32_t)entry};
    }
    last->flagged++;
    if (is_stronger(event, &d->file->events[last->strongest]))
        last->strongest = (uint32_t)entry;
}

static void lay_days(struct dossier *d, int64_t step)
{
    d->day_count = 0;
    d->days_left_out = 0;
    for (size_t i = 0; i < d->file->entry_count; i++)
        if (!d->file->entries[i].is_neighbour && d->file->events[i].has_time)
            add_day(d, i, step);
}

enum ward_status dossier_init(struct dossier *d, const struct case_file *file,
                              struct ward_error *err)
{
    *d = (struct dossier){.file = file};
    arena_init(&d->arena, 64u * 1024u, MESSAGE_ARENA_BYTES);
    if (!file->link || file->link->case_count != 1)
        return error_set(err, WARD_ERR_ARGUMENT, "a case file holds exactly one case");
    d->the_case = &file->link->cases[0];
    d->zone_minutes = page_zone(file);
    enum ward_status status = choose(d);
    if (status == WARD_OK)
        status = count_all(d);
    if (status != WARD_OK)
        return error_set(err, status, "out of memory");
    lay_days(d, DAY_MS);
    if (d->days_left_out) {
        d->by_month = true;
        lay_days(d, 30 * (int64_t)DAY_MS);
    }
    return WARD_OK;
}

void dossier_release(struct dossier *d)
{
    arena_release(&d->arena);
}
