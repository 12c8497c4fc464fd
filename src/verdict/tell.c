/**
 * A settled judgement -> what a person or program reads: reasons with spans and law, help, facts.
 *
 * Everything is laid out in the scratch's arena; strings are borrowed from event and pack.
 */
#include "verdict/judge.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static void *take(struct judgement *j, size_t count, size_t size)
{
    void *at = arena_calloc(&j->scratch->arena, count + 1, size);
    if (!at)
        j->failed = true;
    return at;
}

static struct ward_place place_of(const struct verdict_field *field, uint32_t begin, uint32_t end)
{
    return (struct ward_place){field->field, field->media, field->offset + begin,
                               field->offset + end};
}

static bool owns(const struct verdict_field *field, uint32_t begin)
{
    return begin >= field->own_begin && begin < field->own_end;
}

/* ---- spans ----------------------------------------------------------------------------------- */

/* A reader's finding has no term: a sum is told as a number, a handle by its value. */
static struct ward_str read_by_reader(struct judgement *j, const struct verdict_field *field,
                                      const struct signal_hit *hit)
{
    const struct signals *s = field->signals;
    for (uint32_t i = 0; i < s->handle_count; i++)
        if (s->handles[i].begin >= hit->begin && s->handles[i].end <= hit->end)
            return s->handles[i].value;
    for (uint32_t i = 0; i < s->price_count; i++) {
        const struct price_fact *price = &s->prices[i];
        if (price->begin != hit->begin || price->end != hit->end)
            continue;
        char text[64];
        const int len = snprintf(text, sizeof text, "%.10g %s", (double)price->low_minor / 100.0,
                                 price->currency);
        assert(len > 0 && (size_t)len < sizeof text);
        const struct ward_str copy =
            arena_copy(&j->scratch->arena, (struct ward_str){text, (size_t)len});
        j->failed |= !copy.data;
        return copy;
    }
    return str_part(field->text, hit->begin, hit->end);
}

static struct ward_span span_of(struct judgement *j, const struct hit_ref *ref)
{
    const struct pack *pack = j->plan->pack;
    const struct verdict_field *field = &j->input->fields[ref->field];
    const struct signal_hit *hit = &field->signals->hits[ref->hit];
    return (struct ward_span){
        .at = place_of(field, hit->begin, hit->end),
        .signal = pack->signals[hit->signal].name,
        .written = str_part(field->text, hit->begin, hit->end),
        .read = hit->term == SIGNAL_NO_TERM ? read_by_reader(j, field, hit)
                                            : pack->terms[hit->term].text,
        .disguises = hit->disguises,
    };
}

static int compare_u32(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* By place, longer first, then signal: so a span that adds nothing follows the one it repeats. */
static int span_order(const void *a, const void *b)
{
    const struct ward_span *x = a;
    const struct ward_span *y = b;
    int order = compare_u32(x->at.field, y->at.field);
    if (!order)
        order = compare_u32(x->at.media, y->at.media);
    if (!order)
        order = compare_u32(x->at.begin, y->at.begin);
    if (!order)
        order = compare_u32(y->at.end, x->at.end);
    if (!order)
        order = str_compare(x->signal, y->signal);
    return order ? order : str_compare(x->read, y->read);
}

static bool span_repeats(const struct ward_span *kept, const struct ward_span *span)
{
    return kept->at.field == span->at.field && kept->at.media == span->at.media &&
           span->at.begin >= kept->at.begin && span->at.end <= kept->at.end &&
           str_equal(kept->signal, span->signal);
}

static uint32_t drop_repeats(struct ward_span *spans, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count && kept < REASON_SPANS_MAX; i++) {
        bool repeats = false;
        for (uint32_t k = 0; k < kept && !repeats; k++)
            repeats = span_repeats(&spans[k], &spans[i]);
        if (!repeats)
            spans[kept++] = spans[i];
    }
    return kept;
}

/* Words that the wording was judged by: no signal of the packs, so nothing is read there. */
static struct ward_span span_of_word(const struct judgement *j, const struct wording_word *word)
{
    const struct verdict_field *field = &j->input->fields[0];
    return (struct ward_span){.at = place_of(field, word->begin, word->end),
                              .signal = str_of(WARD_SIGNAL_WORDING),
                              .written = str_part(field->text, word->begin, word->end)};
}

static void tell_spans(struct judgement *j, const struct fired *fired, struct ward_reason *reason)
{
    const struct evidence *evidence = &fired->evidence;
    const bool by_wording = j->plan->pack->rules[fired->rule].scaled;
    const uint32_t words = by_wording ? when_wording(j)->word_count : 0;
    const uint32_t count = evidence->count + words;
    struct ward_span *spans = take(j, count, sizeof *spans);
    if (!spans)
        return;
    for (uint32_t i = 0; i < evidence->count; i++)
        spans[i] = span_of(j, &evidence->refs[i]);
    for (uint32_t i = 0; i < words; i++)
        spans[evidence->count + i] = span_of_word(j, &j->wording.words[i]);
    if (count)
        qsort(spans, count, sizeof *spans, span_order);
    reason->spans = spans;
    reason->span_count = drop_repeats(spans, count);
}

/* ---- law ------------------------------------------------------------------------------------- */

static void tell_laws(struct judgement *j, const struct pack_rule *rule, int64_t date_ms,
                      struct ward_reason *reason)
{
    struct ward_law *laws = take(j, rule->law_count, sizeof *laws);
    if (!laws)
        return;
    for (uint32_t i = 0; i < rule->law_count; i++) {
        const struct pack_law *law = pack_law_at(j->plan->pack, rule->laws[i], date_ms);
        if (law)
            laws[reason->law_count++] = (struct ward_law){law->id, law->title_zh, law->title_en};
    }
    reason->laws = laws;
}

/* ---- reasons and help ------------------------------------------------------------------------ */

static bool reason_is_shown(const struct judgement *j, const struct fired *fired)
{
    const struct pack_rule *rule = &j->plan->pack->rules[fired->rule];
    return j->options->every_rule || fired->weight > 0 || fired->weight < 0 || rule->urgent;
}

static void tell_reason(struct judgement *j, const struct fired *fired, int64_t date_ms,
                        struct ward_reason *reason)
{
    const struct pack_rule *rule = &j->plan->pack->rules[fired->rule];
    *reason = (struct ward_reason){
        .rule = rule->name,
        .says_zh = says_fill(j, rule->says_zh, true, &fired->evidence),
        .says_en = says_fill(j, rule->says_en, false, &fired->evidence),
        .weight = fired->weight,
        .role = (enum ward_role)rule->role,
        .urgent = rule->urgent,
    };
    tell_spans(j, fired, reason);
    tell_laws(j, rule, date_ms, reason);
}

static void tell_reasons(struct judgement *j, struct ward_verdict *verdict)
{
    struct ward_reason *reasons = take(j, j->fired_count, sizeof *reasons);
    struct ward_help *help = take(j, j->fired_count, sizeof *help);
    if (!reasons || !help)
        return;
    for (uint32_t i = 0; i < j->fired_count; i++) {
        const struct fired *fired = &j->fired[i];
        const struct pack_rule *rule = &j->plan->pack->rules[fired->rule];
        if (reason_is_shown(j, fired))
            tell_reason(j, fired, verdict->law_date_ms, &reasons[verdict->reason_count++]);
        if (rule->help || rule->limit)
            help[verdict->help_count++] =
                (struct ward_help){rule->name, says_fill(j, rule->says_zh, true, &fired->evidence),
                                   says_fill(j, rule->says_en, false, &fired->evidence)};
    }
    verdict->reasons = reasons;
    verdict->help = help;
}

/* ---- facts ----------------------------------------------------------------------------------- */

struct fact_counts {
    size_t prices, children, places, handles;
};

static struct fact_counts count_facts(const struct judgement *j)
{
    struct fact_counts n = {0};
    for (uint32_t f = 0; f < j->whole->field_count; f++) {
        const struct signals *s = j->whole->fields[f].signals;
        if (!field_is_own(&j->whole->fields[f]))
            continue;
        n.prices += s->price_count;
        n.children += s->child_count;
        n.places += s->place_count;
        n.handles += s->handle_count;
    }
    return n;
}

static struct ward_child child_of(const struct verdict_field *field, const struct child_fact *from)
{
    struct ward_child child = {
        .sex = from->sex == SEX_FEMALE ? 'f'
               : from->sex == SEX_MALE ? 'm'
                                       : '?',
        .age_days_low = from->age_days_low,
        .age_days_high = from->age_days_high,
        .weight_grams = from->weight_grams,
        .count = from->count,
        .unborn = from->unborn,
        .at = place_of(field, from->begin, from->end),
    };
    memcpy(child.due, from->due, sizeof child.due);
    return child;
}

struct fact_lists {
    struct ward_price *prices;
    struct ward_child *children;
    struct ward_area *areas;
    struct ward_handle *handles;
};

static void tell_facts_of(const struct verdict_field *field, const struct fact_lists *to,
                          struct ward_verdict *verdict)
{
    const struct signals *s = field->signals;
    for (uint32_t i = 0; i < s->price_count; i++) {
        const struct price_fact *p = &s->prices[i];
        if (!owns(field, p->begin))
            continue;
        struct ward_price *price = &to->prices[verdict->price_count++];
        *price = (struct ward_price){.low_minor = p->low_minor,
                                     .high_minor = p->high_minor,
                                     .at = place_of(field, p->begin, p->end)};
        memcpy(price->currency, p->currency, sizeof price->currency);
    }
    for (uint32_t i = 0; i < s->child_count; i++)
        if (owns(field, s->children[i].begin))
            to->children[verdict->child_count++] = child_of(field, &s->children[i]);
    for (uint32_t i = 0; i < s->place_count; i++) {
        const struct place_fact *p = &s->places[i];
        if (!owns(field, p->begin))
            continue;
        struct ward_area *area = &to->areas[verdict->area_count++];
        area->at = place_of(field, p->begin, p->end);
        memcpy(area->code, p->code, sizeof area->code);
    }
    for (uint32_t i = 0; i < s->handle_count; i++)
        if (owns(field, s->handles[i].begin))
            to->handles[verdict->handle_count++] =
                (struct ward_handle){s->handles[i].kind, s->handles[i].value,
                                     place_of(field, s->handles[i].begin, s->handles[i].end)};
}

static void tell_facts(struct judgement *j, struct ward_verdict *verdict)
{
    const struct fact_counts n = count_facts(j);
    if (n.prices + n.children + n.places + n.handles == 0)
        return;
    const struct fact_lists to = {
        take(j, n.prices, sizeof *to.prices), take(j, n.children, sizeof *to.children),
        take(j, n.places, sizeof *to.areas), take(j, n.handles, sizeof *to.handles)};
    if (j->failed)
        return;
    for (uint32_t f = 0; f < j->whole->field_count; f++)
        if (field_is_own(&j->whole->fields[f]))
            tell_facts_of(&j->whole->fields[f], &to, verdict);
    verdict->prices = to.prices;
    verdict->children = to.children;
    verdict->areas = to.areas;
    verdict->handles = to.handles;
}

void tell_verdict(struct judgement *j, struct ward_verdict *verdict)
{
    const struct ward_event *event = j->input->event;
    verdict->law_date_assumed = !event->has_time;
    verdict->law_date_ms = event->has_time ? event->time_ms : j->plan->date_ms;
    if (j->fired_count)
        tell_reasons(j, verdict);
    tell_facts(j, verdict);
}
