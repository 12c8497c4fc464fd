#include "casework/agreement.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/name_ids.h"

/* Decisions that say what a case is; later ones are left out of the agreement. */
#define OPINIONS_MAX 1000000u

struct opinion {
    uint32_t case_id, who; /* ids */
    uint32_t order;
    bool is_trade;
};

struct counts {
    int64_t from_ms, to_ms;
    struct arena arena;
    struct name_ids names; /* "c" case, "w" who, "l" look-alike; the letter stands first */
    uint64_t *by_name;     /* how often, by id; owned */
    uint32_t by_name_capacity;
    uint64_t kinds[STORE_DECISION_KINDS];
    uint64_t requested, completed;
    struct opinion *opinions; /* owned */
    uint32_t count, capacity;
};

static bool take_name(struct counts *c, char kind, struct ward_str name, uint32_t *id)
{
    char key[257] = {kind};
    const size_t len = name.len < sizeof key - 1 ? name.len : sizeof key - 1;
    if (len)
        memcpy(key + 1, name.data, len);
    if (!name_ids_take(&c->names, (struct ward_str){key, len + 1}, id))
        return false;
    if (*id < c->by_name_capacity)
        return true;
    const uint32_t capacity = c->by_name_capacity ? c->by_name_capacity * 2 : 256;
    uint64_t *grown = realloc(c->by_name, capacity * sizeof *grown);
    if (!grown)
        return false;
    memset(grown + c->by_name_capacity, 0, (capacity - c->by_name_capacity) * sizeof *grown);
    c->by_name = grown;
    c->by_name_capacity = capacity;
    return true;
}

static bool add_opinion(struct counts *c, const struct store_decision *d)
{
    if (c->count == OPINIONS_MAX)
        return true;
    if (c->count == c->capacity) {
        const uint32_t capacity = c->capacity ? c->capacity * 2 : 256;
        struct opinion *grown = realloc(c->opinions, capacity * sizeof *grown);
        if (!grown)
            return false;
        c->opinions = grown;
        c->capacity = capacity;
    }
    struct opinion *o = &c->opinions[c->count];
    *o = (struct opinion){.order = c->count, .is_trade = d->kind != STORE_DISMISS};
    c->count++;
    return take_name(c, 'c', d->case_id.len ? d->case_id : d->subject, &o->case_id) &&
           take_name(c, 'w', d->who, &o->who);
}

static enum ward_status take_decision(void *context, const struct store_decision *d,
                                      struct ward_error *err)
{
    struct counts *c = context;
    uint32_t id;
    bool good = true;
    if (d->time_ms < c->from_ms || d->time_ms >= c->to_ms ||
        (unsigned)d->kind >= STORE_DECISION_KINDS)
        return WARD_OK;
    c->kinds[d->kind]++;
    if (d->kind == STORE_REFER)
        *(d->outcome == STORE_REQUESTED ? &c->requested : &c->completed) += 1;
    if (d->kind == STORE_DISMISS && (good = take_name(c, 'l', d->reason, &id)))
        c->by_name[id]++;
    if (d->kind == STORE_CONFIRM || d->kind == STORE_DISMISS || d->kind == STORE_ESCALATE ||
        d->kind == STORE_REFER)
        good = good && add_opinion(c, d);
    return good ? WARD_OK : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

/* ---- agreement ---- */

static int by_case(const void *a, const void *b)
{
    const struct opinion *x = a;
    const struct opinion *y = b;
    if (x->case_id != y->case_id)
        return (x->case_id > y->case_id) - (x->case_id < y->case_id);
    if (x->who != y->who)
        return (x->who > y->who) - (x->who < y->who);
    return (x->order > y->order) - (x->order < y->order);
}

static void show_agreement(struct counts *c, struct json_pen *pen)
{
    int64_t cases = 0;
    int64_t alike = 0;
    if (c->count)
        qsort(c->opinions, c->count, sizeof *c->opinions, by_case);
    for (uint32_t i = 0; i < c->count;) {
        const uint32_t case_id = c->opinions[i].case_id;
        unsigned people = 0;
        unsigned trade = 0;
        for (; i < c->count && c->opinions[i].case_id == case_id; i++) {
            const bool last = i + 1 == c->count || c->opinions[i + 1].case_id != case_id ||
                              c->opinions[i + 1].who != c->opinions[i].who;
            people += last;
            trade += last && c->opinions[i].is_trade;
        }
        cases += people > 1;
        alike += people > 1 && (trade == 0 || trade == people);
    }
    pen_key(pen, "agreement");
    pen_open(pen, '{');
    pen_key(pen, "cases");
    pen_integer(pen, cases);
    pen_key(pen, "alike");
    pen_integer(pen, alike);
    if (cases) {
        pen_key(pen, "share");
        pen_number(pen, (double)alike / (double)cases, 4);
    }
    pen_close(pen, '}');
}

/* ---- the rest ---- */

static void show_kinds(const struct counts *c, struct json_pen *pen)
{
    static const struct {
        enum store_decision_kind kind;
        const char *name;
    } shown[] = {
        {STORE_CONFIRM, "confirmed"}, {STORE_DISMISS, "dismissed"}, {STORE_ESCALATE, "escalated"},
        {STORE_REFER, "referred"},    {STORE_NOTE, "noted"},        {STORE_REOPEN, "reopened"},
        {STORE_MERGE, "merged"},      {STORE_SPLIT, "split"},       {STORE_HOLD, "held"},
        {STORE_RELEASE, "released"},  {STORE_EXPORT, "exported"},   {STORE_ASSIGN, "assigned"}};
    pen_key(pen, "decisions");
    pen_open(pen, '{');
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        pen_key(pen, shown[i].name);
        pen_integer(pen, (int64_t)c->kinds[shown[i].kind]);
    }
    pen_close(pen, '}');
}

/* Look-alikes, most often first; a selection sort over the few there are. */
static void show_look_alikes(struct counts *c, struct json_pen *pen)
{
    pen_key(pen, "look_alikes");
    pen_open(pen, '[');
    for (unsigned shown = 0; shown < 100; shown++) {
        uint32_t best = UINT32_MAX;
        for (uint32_t id = 0; id < c->names.name_count; id++)
            if (c->names.names[id].data[0] == 'l' && c->by_name[id] &&
                (best == UINT32_MAX || c->by_name[id] > c->by_name[best]))
                best = id;
        if (best == UINT32_MAX)
            break;
        const struct ward_str name = c->names.names[best];
        pen_open(pen, '{');
        pen_key(pen, "reason");
        pen_string(pen, str_part(name, 1, name.len));
        pen_key(pen, "count");
        pen_integer(pen, (int64_t)c->by_name[best]);
        pen_close(pen, '}');
        c->by_name[best] = 0;
    }
    pen_close(pen, ']');
}

enum ward_status agreement_show(struct store *store, int64_t from_ms, int64_t to_ms,
                                struct json_pen *pen, struct ward_error *err)
{
    struct counts c = {.from_ms = from_ms, .to_ms = to_ms};
    arena_init(&c.arena, 65536, SIZE_MAX / 2);
    name_ids_init(&c.names, &c.arena);
    const enum ward_status status =
        store_decisions(store, (struct ward_str){"", 0}, take_decision, &c, err);
    if (status == WARD_OK) {
        show_kinds(&c, pen);
        show_look_alikes(&c, pen);
        show_agreement(&c, pen);
        pen_key(pen, "referrals");
        pen_open(pen, '{');
        pen_key(pen, "requested");
        pen_integer(pen, (int64_t)c.requested);
        pen_key(pen, "completed");
        pen_integer(pen, (int64_t)c.completed);
        pen_close(pen, '}');
        pen_key(pen, "reopened");
        pen_integer(pen, (int64_t)c.kinds[STORE_REOPEN]);
    }
    name_ids_release(&c.names);
    arena_release(&c.arena);
    free(c.by_name);
    free(c.opinions);
    return status;
}
