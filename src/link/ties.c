/**
 * Drafts from the four sources (shared things, answers, groups, judgements) -> one tie for each
 * pair of accounts and kind, strongest draft first.
 */
#include "link/ties.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/str.h"
#include "link/handle_key.h"

/* Weights of ties that speak of one case, not of one actor. */
#define WEIGHT_ANSWER 1.0
#define WEIGHT_GROUP 0.5
#define WEIGHT_JUDGEMENT 20.0
#define NAME_BYTES_MAX 96u

/* One reason, before drafts of one pair and kind are put together. */
struct draft {
    uint32_t a, b; /* accounts, a < b */
    uint8_t kind;  /* enum link_tie_kind */
    double weight;
    uint32_t source; /* thing, group, or index of an answer */
};

struct drafts {
    struct draft *all;
    uint32_t count, capacity;
};

struct drawing {
    const struct cast *cast;
    const struct group_view *groups;
    const struct cases *cases;
    struct drafts drafts;
    struct tie_list *list;
    struct arena *keep;
    struct buf zh, en;
};

static enum ward_status add(struct drafts *drafts, struct draft draft)
{
    if (drafts->count == drafts->capacity) {
        const uint32_t capacity = drafts->capacity ? drafts->capacity * 2 : 256;
        struct draft *all = realloc(drafts->all, capacity * sizeof *all);
        if (!all)
            return WARD_ERR_NOMEM;
        drafts->all = all;
        drafts->capacity = capacity;
    }
    if (draft.a > draft.b) {
        const uint32_t swap = draft.a;
        draft.a = draft.b;
        draft.b = swap;
    }
    drafts->all[drafts->count++] = draft;
    return WARD_OK;
}

/* ---- drafts ---------------------------------------------------------------------------------- */

static bool is_one_case(const struct drawing *d, uint32_t a, uint32_t b)
{
    const uint32_t p = d->cast->people->of[a], q = d->cast->people->of[b];
    return p != CENSUS_NONE && q != CENSUS_NONE && d->cases->of[p] == d->cases->of[q];
}

static enum ward_status draft_things(struct drawing *d)
{
    static const enum link_tie_kind kinds[THING_KINDS] = {LINK_TIE_HANDLE, LINK_TIE_MEDIA,
                                                          LINK_TIE_TEMPLATE, LINK_TIE_ALIAS};
    const struct pairs *pairs = d->cast->pairs;
    const uint32_t *of = d->cast->people->of;
    for (uint32_t i = 0; i < pairs->evidence_count; i++) {
        const struct evidence *e = &pairs->evidence[i];
        if (e->weight <= 0 || !is_one_case(d, e->a, e->b) ||
            (e->kind == THING_ALIAS && of[e->a] != of[e->b]))
            continue;
        if (add(&d->drafts, (struct draft){.a = e->a,
                                           .b = e->b,
                                           .kind = (uint8_t)kinds[e->kind],
                                           .weight = e->weight,
                                           .source = e->thing}))
            return WARD_ERR_NOMEM;
    }
    return WARD_OK;
}

static enum ward_status draft_answers(struct drawing *d)
{
    const struct census *census = d->cast->scene->census;
    for (uint32_t i = 0; i < d->cases->answer_count; i++) {
        const struct answer *answer = &d->cases->answers[i];
        const uint32_t a = census->account[answer->rank], b = census->account[answer->answered];
        if (is_one_case(d, a, b) &&
            add(&d->drafts,
                (struct draft){
                    .a = a, .b = b, .kind = LINK_TIE_REPLY, .weight = WEIGHT_ANSWER, .source = i}))
            return WARD_ERR_NOMEM;
    }
    return WARD_OK;
}

/* The account that stands for a person in a group: its first one with a flagged event there. Lists
 * one a person, `out` holds `room`; returns how many. */
static uint32_t members_of(const struct drawing *d, uint32_t group, uint32_t *out, uint32_t room)
{
    const struct census *census = d->cast->scene->census;
    const uint32_t *of = d->cast->people->of;
    uint32_t count = 0;
    for (uint32_t i = census->group_begin[group]; i < census->group_begin[group + 1]; i++) {
        const uint32_t rank = census->group_events[i], account = census->account[rank];
        if (account == CENSUS_NONE || of[account] == CENSUS_NONE ||
            !census_is_flagged(census, rank))
            continue;
        uint32_t k = 0;
        while (k < count && of[out[k]] != of[account])
            k++;
        if (k == count && count < room)
            out[count++] = account;
    }
    return count;
}

/* The busiest, brokers before others. */
static uint32_t centre_of(const struct drawing *d, const uint32_t *members, uint32_t count)
{
    uint32_t best = 0;
    double most = -1;
    for (uint32_t i = 0; i < count; i++) {
        const struct profile *p = &d->cast->profiles->of[d->cast->people->of[members[i]]];
        const double weight = p->weight * (p->role == WARD_ROLE_AGENT ? 3 : 1);
        if (weight > most) {
            most = weight;
            best = i;
        }
    }
    return best;
}

static enum ward_status draft_groups(struct drawing *d)
{
    const uint32_t n = d->cast->scene->census->group_count;
    for (uint32_t g = 0; g < n; g++) {
        uint32_t members[GROUP_CROWD];
        if (d->groups[g].is_crowd || d->groups[g].people_count < 2)
            continue;
        const uint32_t count = members_of(d, g, members, GROUP_CROWD);
        const uint32_t centre = centre_of(d, members, count);
        for (uint32_t i = 0; i < count; i++) {
            if (i == centre || !is_one_case(d, members[i], members[centre]))
                continue;
            if (add(&d->drafts, (struct draft){.a = members[i],
                                               .b = members[centre],
                                               .kind = LINK_TIE_GROUP,
                                               .weight = WEIGHT_GROUP,
                                               .source = g}))
                return WARD_ERR_NOMEM;
        }
    }
    return WARD_OK;
}

static enum ward_status draft_judgements(struct drawing *d)
{
    const struct census *census = d->cast->scene->census;
    for (size_t i = 0; i < census->input->judgement_count; i++) {
        const struct link_judgement *j = &census->input->judgements[i];
        if (j->kind != LINK_JUDGE_SAME_PERSON && j->kind != LINK_JUDGE_SAME_CASE)
            continue;
        const uint32_t a = census_account(census, j->a), b = census_account(census, j->b);
        if (a == CENSUS_NONE || b == CENSUS_NONE || a == b || !is_one_case(d, a, b))
            continue;
        if (add(&d->drafts, (struct draft){.a = a,
                                           .b = b,
                                           .kind = LINK_TIE_JUDGEMENT,
                                           .weight = WEIGHT_JUDGEMENT,
                                           .source = j->kind == LINK_JUDGE_SAME_PERSON}))
            return WARD_ERR_NOMEM;
    }
    return WARD_OK;
}

static int by_draft(const void *left, const void *right)
{
    const struct draft *x = left, *y = right;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    if (x->b != y->b)
        return x->b < y->b ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->weight < y->weight || x->weight > y->weight)
        return x->weight > y->weight ? -1 : 1;
    return (x->source > y->source) - (x->source < y->source);
}

/* ---- sentences ------------------------------------------------------------------------------- */

/* At most NAME_BYTES_MAX, on a code-point boundary. */
static struct ward_str shortened(struct ward_str text)
{
    size_t end = text.len < NAME_BYTES_MAX ? text.len : NAME_BYTES_MAX;
    while (end < text.len && end && ((unsigned char)text.data[end] & 0xc0) == 0x80)
        end--;
    return str_part(text, 0, end);
}

/* The handle as one of the events gives it; the key when none does. */
static struct ward_str handle_as_given(const struct drawing *d, uint32_t thing)
{
    const struct things *things = &d->cast->scene->things->of[THING_HANDLE];
    const struct link_event *event =
        d->cast->scene->census->events[things->ranks[things->begin[thing]]];
    for (size_t i = 0; i < event->handle_count; i++) {
        struct handle_key key;
        handle_key_make(&key, event->handles[i].kind, event->handles[i].value);
        if (str_equal((struct ward_str){key.text, key.len}, things->name[thing]))
            return event->handles[i].value;
    }
    return things->name[thing];
}

static struct ward_str group_name(const struct census *census, uint32_t group)
{
    for (uint32_t i = census->group_begin[group + 1]; i-- > census->group_begin[group];) {
        const struct ward_str name = census->events[census->group_events[i]]->group_name;
        if (name.len)
            return name;
    }
    return census->group_key[group];
}

static void say_handle(struct drawing *d, const struct draft *draft)
{
    const uint32_t owner = d->cast->scene->things->owner[draft->source];
    const bool is_own = owner == draft->a || owner == draft->b;
    buf_put_text(&d->zh, is_own ? "一方留的是另一方的账号 " : "都留了 ");
    buf_put_text(&d->en, is_own ? "one gives the other's own id " : "both gave ");
    const struct ward_str value = shortened(handle_as_given(d, draft->source));
    buf_put_str(&d->zh, value);
    buf_put_str(&d->en, value);
}

static void say_alias(struct drawing *d, const struct draft *draft)
{
    struct ward_str stem = d->cast->scene->things->of[THING_ALIAS].name[draft->source];
    if (stem.len && stem.data[0] == '=')
        stem = str_part(stem, 1, stem.len);
    buf_put_text(&d->zh, "昵称里都有“");
    buf_put_str(&d->zh, shortened(stem));
    buf_put_text(&d->zh, "”");
    buf_put_text(&d->en, "both aliases hold \"");
    buf_put_str(&d->en, shortened(stem));
    buf_put_text(&d->en, "\"");
}

static void say_group(struct drawing *d, const struct draft *draft)
{
    const struct ward_str name = shortened(group_name(d->cast->scene->census, draft->source));
    buf_put_text(&d->zh, "都在“");
    buf_put_str(&d->zh, name);
    buf_put_text(&d->zh, "”里交易");
    buf_put_text(&d->en, "both trade in ");
    buf_put_str(&d->en, name);
}

static void say(struct drawing *d, const struct draft *draft)
{
    buf_clear(&d->zh);
    buf_clear(&d->en);
    switch ((enum link_tie_kind)draft->kind) {
    case LINK_TIE_HANDLE:
        say_handle(d, draft);
        return;
    case LINK_TIE_MEDIA:
        buf_put_text(&d->zh, "发过同一张图");
        buf_put_text(&d->en, "both showed the same picture");
        return;
    case LINK_TIE_TEMPLATE:
        buf_put_text(&d->zh, "用过同样的文字");
        buf_put_text(&d->en, "both used the same wording");
        return;
    case LINK_TIE_ALIAS:
        say_alias(d, draft);
        return;
    case LINK_TIE_REPLY:
        buf_put_text(&d->zh, "一方回复了另一方");
        buf_put_text(&d->en, "one answered the other");
        return;
    case LINK_TIE_GROUP:
        say_group(d, draft);
        return;
    case LINK_TIE_JUDGEMENT:
        break;
    }
    buf_put_text(&d->zh, draft->source ? "人工认定为同一人" : "人工认定属同一案件");
    buf_put_text(&d->en, draft->source ? "a reviewer said they are one person"
                                       : "a reviewer said they belong in one case");
}

/* ---- events that show a tie ------------------------------------------------------------------ */

struct shown {
    uint32_t ranks[TIE_EVENTS_MAX * 2];
    uint32_t count;
};

/* Up to half of the room for each account, so that both sides are shown. */
static void show_list(struct shown *shown, const struct census *census, const uint32_t *ranks,
                      uint32_t count, uint32_t account)
{
    uint32_t taken = 0;
    for (uint32_t i = 0; i < count && taken < TIE_EVENTS_MAX / 2; i++) {
        if (census->account[ranks[i]] != account || shown->count == TIE_EVENTS_MAX)
            continue;
        shown->ranks[shown->count++] = ranks[i];
        taken++;
    }
}

static void show_both(struct shown *shown, const struct census *census, const uint32_t *ranks,
                      uint32_t count, const struct draft *draft)
{
    show_list(shown, census, ranks, count, draft->a);
    show_list(shown, census, ranks, count, draft->b);
}

/* Flagged events of the two in the group. */
static void show_group(struct shown *shown, const struct census *census, const struct draft *draft)
{
    const uint32_t accounts[2] = {draft->a, draft->b};
    for (int side = 0; side < 2; side++) {
        uint32_t taken = 0;
        for (uint32_t i = census->account_begin[accounts[side]];
             i < census->account_begin[accounts[side] + 1] && taken < 2; i++) {
            const uint32_t rank = census->account_events[i];
            if (census->group[rank] != draft->source || !census_is_flagged(census, rank))
                continue;
            shown->ranks[shown->count++] = rank;
            taken++;
        }
    }
}

static void show(struct drawing *d, struct shown *shown, const struct draft *draft)
{
    const struct census *census = d->cast->scene->census;
    const struct things *of = d->cast->scene->things->of;
    const struct things *things = &of[THING_HANDLE];
    shown->count = 0;
    switch ((enum link_tie_kind)draft->kind) {
    case LINK_TIE_HANDLE:
        break;
    case LINK_TIE_MEDIA:
        things = &of[THING_PICTURE];
        break;
    case LINK_TIE_TEMPLATE:
        things = &of[THING_TEXT];
        break;
    case LINK_TIE_ALIAS:
        things = &of[THING_ALIAS];
        break;
    case LINK_TIE_REPLY:
        shown->ranks[shown->count++] = d->cases->answers[draft->source].answered;
        shown->ranks[shown->count++] = d->cases->answers[draft->source].rank;
        return;
    case LINK_TIE_GROUP:
        show_group(shown, census, draft);
        return;
    case LINK_TIE_JUDGEMENT:
        return;
    }
    show_both(shown, census, things->ranks + things->begin[draft->source],
              things->begin[draft->source + 1] - things->begin[draft->source], draft);
}

static int by_number(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static enum ward_status put_events(struct drawing *d, struct link_tie *tie, struct shown *shown)
{
    const struct census *census = d->cast->scene->census;
    if (shown->count)
        qsort(shown->ranks, shown->count, sizeof *shown->ranks, by_number);
    uint32_t *events = arena_alloc(d->keep, (shown->count + 1u) * sizeof *events);
    if (!events)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < shown->count; i++) {
        const struct link_event *event = census->events[shown->ranks[i]];
        events[i] = census->input_index[shown->ranks[i]];
        if (!event->has_time)
            continue;
        if (!tie->has_time)
            tie->first_ms = event->time_ms;
        tie->last_ms = event->time_ms;
        tie->has_time = true;
    }
    tie->events = events;
    tie->event_count = shown->count;
    return WARD_OK;
}

/* ---- drafts -> ties -------------------------------------------------------------------------- */

static enum ward_status finish_tie(struct drawing *d, const struct draft *draft, double weight)
{
    struct tie_list *list = d->list;
    const uint32_t at = list->count++;
    struct link_tie *tie = &list->all[at];
    const struct census *census = d->cast->scene->census;
    *tie = (struct link_tie){.a = census->account_key[draft->a],
                             .b = census->account_key[draft->b],
                             .kind = (enum link_tie_kind)draft->kind,
                             .weight = weight};
    list->account_a[at] = draft->a;
    list->account_b[at] = draft->b;
    const uint32_t *of = d->cast->people->of;
    list->is_identity[at] = of[draft->a] == of[draft->b] && draft->kind != LINK_TIE_REPLY &&
                            draft->kind != LINK_TIE_GROUP;
    say(d, draft);
    if (d->zh.failed || d->en.failed)
        return WARD_ERR_NOMEM;
    tie->says_zh = arena_copy(d->keep, buf_str(&d->zh));
    tie->says_en = arena_copy(d->keep, buf_str(&d->en));
    if (!tie->says_zh.data || !tie->says_en.data)
        return WARD_ERR_NOMEM;
    struct shown shown;
    show(d, &shown, draft);
    return put_events(d, tie, &shown);
}

static enum ward_status finish(struct drawing *d)
{
    struct tie_list *list = d->list;
    const struct drafts *drafts = &d->drafts;
    list->all = arena_calloc(d->keep, drafts->count + 1u, sizeof *list->all);
    list->account_a = arena_calloc(d->keep, drafts->count + 1u, sizeof(uint32_t));
    list->account_b = arena_calloc(d->keep, drafts->count + 1u, sizeof(uint32_t));
    list->is_identity = arena_calloc(d->keep, drafts->count + 1u, sizeof(bool));
    if (!list->all || !list->account_a || !list->account_b || !list->is_identity)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < drafts->count;) {
        const struct draft *first = &drafts->all[i];
        double weight = 0, part = 1;
        for (; i < drafts->count && drafts->all[i].a == first->a && drafts->all[i].b == first->b &&
               drafts->all[i].kind == first->kind;
             i++, part = 0.3)
            weight += part * drafts->all[i].weight;
        const enum ward_status status = finish_tie(d, first, weight);
        if (status)
            return status;
    }
    return WARD_OK;
}

enum ward_status ties_list(struct tie_list *list, const struct cast *cast,
                           const struct group_view *groups, const struct cases *cases,
                           struct arena *keep)
{
    *list = (struct tie_list){0};
    struct drawing d = {.cast = cast, .groups = groups, .cases = cases, .list = list, .keep = keep};
    buf_init(&d.zh, 4096);
    buf_init(&d.en, 4096);
    enum ward_status status = draft_things(&d);
    if (!status)
        status = draft_answers(&d);
    if (!status)
        status = draft_groups(&d);
    if (!status)
        status = draft_judgements(&d);
    if (!status) {
        if (d.drafts.count)
            qsort(d.drafts.all, d.drafts.count, sizeof *d.drafts.all, by_draft);
        status = finish(&d);
    }
    free(d.drafts.all);
    buf_release(&d.zh);
    buf_release(&d.en);
    return status;
}
