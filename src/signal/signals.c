/**
 * decode -> matcher -> readers -> hits -> company -> bits.
 *
 * Terms come from the matcher with their own need of company; readers add theirs: a private price
 * code, a duration with no child named. Which signal a finding feeds is said by the pack
 * (`reader:`), so the readers know no signal names.
 */
#include "signal/signals.h"

#include <stdlib.h>
#include <string.h>

#include "signal/company.h"
#include "signal/facts.h"
#include "signal/signals_store.h"

/** Disguises that replace a word by its sound. */
#define SOUND_DISGUISES                                                                            \
    (WARD_DISGUISE_HOMOPHONE | WARD_DISGUISE_NEAR_HOMOPHONE | WARD_DISGUISE_INITIALS |             \
     WARD_DISGUISE_DIGIT_SOUND)

struct signal_scratch {
    const struct pack *pack; /* borrowed */
    struct text_units units;
    struct matcher_scratch *matcher;
    struct matcher_hits hits;
    struct facts facts;
    uint16_t *fed;                        /* signals with a reader, grouped by reader */
    uint32_t fed_begin[READER_COUNT + 1]; /* range of each reader in `fed` */
};

/** Where reader findings go while they are collected. */
struct collect {
    const struct signal_scratch *scratch;
    struct signals *out;
};

struct finding {
    enum pack_reader reader;
    uint32_t unit_begin, unit_end, begin, end;
    uint32_t disguises;
    uint8_t support;
};

static enum ward_status index_readers(struct signal_scratch *scratch)
{
    const struct pack *pack = scratch->pack;
    uint32_t count = 0;
    scratch->fed = calloc(pack->signal_count + 1u, sizeof *scratch->fed);
    if (!scratch->fed)
        return WARD_ERR_NOMEM;
    for (uint32_t reader = 0; reader < READER_COUNT; reader++) {
        scratch->fed_begin[reader] = count;
        for (uint32_t i = 0; i < pack->signal_count && reader != READER_NONE; i++)
            if (pack->signals[i].reader == (enum pack_reader)reader)
                scratch->fed[count++] = (uint16_t)i;
    }
    scratch->fed_begin[READER_COUNT] = count;
    return WARD_OK;
}

enum ward_status signal_scratch_new(const struct pack *pack, struct signal_scratch **out)
{
    *out = NULL;
    struct signal_scratch *scratch = calloc(1, sizeof *scratch);
    if (!scratch)
        return WARD_ERR_NOMEM;
    scratch->pack = pack;
    text_units_init(&scratch->units);
    matcher_hits_init(&scratch->hits);
    facts_init(&scratch->facts);
    enum ward_status status = index_readers(scratch);
    if (!status && pack->matcher)
        status = matcher_scratch_new(pack->matcher, &scratch->matcher);
    if (status) {
        signal_scratch_free(scratch);
        return status;
    }
    *out = scratch;
    return WARD_OK;
}

void signal_scratch_free(struct signal_scratch *scratch)
{
    if (!scratch)
        return;
    text_units_release(&scratch->units);
    matcher_hits_release(&scratch->hits);
    facts_release(&scratch->facts);
    matcher_scratch_free(scratch->matcher);
    free(scratch->fed);
    free(scratch);
}

const struct text_units *signal_scratch_units(const struct signal_scratch *scratch)
{
    return &scratch->units;
}

/* ---- hits ------------------------------------------------------------------------------------ */

static void put_terms(const struct signal_scratch *scratch, struct signals *out)
{
    const struct pack *pack = scratch->pack;
    for (uint32_t i = 0; i < scratch->hits.count && out->hit_count < SIGNAL_HITS_MAX; i++) {
        const struct matcher_hit *hit = &scratch->hits.at[i];
        if (hit->term >= pack->term_count)
            continue;
        out->hits[out->hit_count++] =
            (struct signal_hit){.signal = pack->terms[hit->term].signal,
                                .term = hit->term,
                                .unit_begin = hit->unit_begin,
                                .unit_end = hit->unit_end,
                                .begin = hit->begin,
                                .end = hit->end,
                                .disguises = hit->disguises,
                                .cost_centi = hit->cost_centi,
                                .support = hit->support,
                                .rare = hit->rare,
                                .by_sound = (hit->disguises & SOUND_DISGUISES) != 0};
    }
}

static void put_finding(const struct collect *collect, struct finding finding)
{
    const struct signal_scratch *scratch = collect->scratch;
    struct signals *out = collect->out;
    const uint32_t last = scratch->fed_begin[finding.reader + 1];
    for (uint32_t i = scratch->fed_begin[finding.reader];
         i < last && out->hit_count < SIGNAL_HITS_MAX; i++)
        out->hits[out->hit_count++] = (struct signal_hit){.signal = scratch->fed[i],
                                                          .term = SIGNAL_NO_TERM,
                                                          .unit_begin = finding.unit_begin,
                                                          .unit_end = finding.unit_end,
                                                          .begin = finding.begin,
                                                          .end = finding.end,
                                                          .disguises = finding.disguises,
                                                          .support = finding.support};
}

static void put_prices(const struct collect *collect)
{
    static const enum pack_reader readers[] = {[PRICE_PLAUSIBLE] = READER_PRICE,
                                               [PRICE_SMALL] = READER_PRICE_SMALL,
                                               [PRICE_LARGE] = READER_NONE,
                                               [PRICE_CODED] = READER_PRICE_CODED};
    const struct facts *facts = &collect->scratch->facts;
    for (uint32_t i = 0; i < facts->price_count; i++) {
        const struct price_fact *price = &facts->prices[i];
        put_finding(collect,
                    (struct finding){readers[price->price_class], price->unit_begin,
                                     price->unit_end, price->begin, price->end, price->disguises,
                                     price->coded ? SUPPORT_ONE : SUPPORT_NONE});
    }
}

static enum pack_reader part_reader(const struct child_part *part)
{
    switch ((enum child_part_kind)part->kind) {
    case PART_AGE:
    case PART_BIRTH:
        return READER_CHILD_AGE;
    case PART_SEX:
        return part->support == SUPPORT_STRONG ? READER_NONE : READER_CHILD_SEX;
    case PART_WEIGHT:
        return READER_CHILD_WEIGHT;
    case PART_DUE:
        return READER_DUE;
    case PART_COUNT:
        return READER_NONE;
    }
    return READER_NONE;
}

static void put_parts(const struct collect *collect)
{
    const struct facts *facts = &collect->scratch->facts;
    const struct text_units *units = &collect->scratch->units;
    for (uint32_t i = 0; i < facts->part_count; i++) {
        const struct child_part *part = &facts->parts[i];
        const uint32_t begin = facts->tokens.at[part->first].unit_begin;
        const uint32_t end = facts->tokens.at[part->last - 1].unit_end;
        put_finding(collect, (struct finding){part_reader(part), begin, end, units->begin[begin],
                                              units->end[end - 1], part->disguises, part->support});
    }
}

static void put_places_and_handles(const struct collect *collect)
{
    const struct facts *facts = &collect->scratch->facts;
    for (uint32_t i = 0; i < facts->place_count; i++) {
        const struct place_fact *place = &facts->places[i];
        put_finding(collect, (struct finding){READER_PLACE, place->unit_begin, place->unit_end,
                                              place->begin, place->end, 0, SUPPORT_NONE});
    }
    for (uint32_t i = 0; i < facts->handle_count; i++) {
        const struct handle_fact *handle = &facts->handles[i];
        struct finding finding = {READER_HANDLE, handle->unit_begin, handle->unit_end,
                                  handle->begin, handle->end,        handle->disguises,
                                  SUPPORT_NONE};
        put_finding(collect, finding);
        finding.reader = READER_HANDLE_PHONE;
        if (strcmp(handle->kind, "phone") == 0)
            put_finding(collect, finding);
    }
    if (facts->has_role)
        put_finding(collect,
                    (struct finding){READER_ROLE_LETTER, facts->role.unit_begin,
                                     facts->role.unit_end, facts->role.begin, facts->role.end,
                                     facts->role.disguises, SUPPORT_NONE});
}

static int compare_hits(const void *left, const void *right)
{
    const struct signal_hit *a = left;
    const struct signal_hit *b = right;
    if (a->unit_begin != b->unit_begin)
        return a->unit_begin < b->unit_begin ? -1 : 1;
    if (a->unit_end != b->unit_end)
        return a->unit_end < b->unit_end ? -1 : 1;
    if (a->signal != b->signal)
        return a->signal < b->signal ? -1 : 1;
    return (a->term > b->term) - (a->term < b->term);
}

/** Few hits and mostly in order: insertion; many: the library's sort. */
static void sort_hits(struct signal_hit *hits, uint32_t count)
{
    if (count > 32) {
        qsort(hits, count, sizeof *hits, compare_hits);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        const struct signal_hit hit = hits[i];
        uint32_t at = i;
        for (; at && compare_hits(&hit, &hits[at - 1]) < 0; at--)
            hits[at] = hits[at - 1];
        hits[at] = hit;
    }
}

static void mark_bits(struct signals *out)
{
    for (uint32_t i = 0; i < out->hit_count; i++) {
        const struct signal_hit *hit = &out->hits[i];
        if (hit->support != SUPPORT_NONE)
            continue;
        out->bits[hit->signal / 64] |= 1ULL << (hit->signal % 64);
        out->disguises |= hit->disguises;
        out->disguised_count += hit->disguises != 0;
    }
}

/* ---- clauses --------------------------------------------------------------------------------- */

/** Commas and colons join what belongs together; these part it. */
static bool ends_clause(uint32_t code)
{
    switch (code) {
    case '.':
    case '!':
    case '?':
    case ';':
    case 0x3002: /* ideographic full stop */
    case 0x2026: /* ellipsis */
    case 0xFF61: /* half-width ideographic full stop */
        return true;
    default:
        return false;
    }
}

/** A line of one character is writing from top to bottom and parts nothing. */
static void cut_clauses(const struct text_units *units, struct signals *out)
{
    uint32_t line_units = 0;
    bool open = false; /* the clause has something in it */
    out->clauses[out->clause_count++] = 0;
    for (uint32_t i = 0; i < units->count; i++) {
        const uint8_t kind = units->kind[i];
        bool cut = kind == UNIT_MARK && ends_clause(units->code[i]);
        if (kind == UNIT_NEWLINE) {
            cut = line_units > 1;
            line_units = 0;
            out->line_count++;
        } else if (unit_has_meaning(kind)) {
            out->unit_count++;
            line_units++;
            open = true;
        }
        if (cut && open && i + 1 < units->count) {
            out->clauses[out->clause_count++] = i + 1;
            open = false;
        }
    }
}

uint32_t signals_clause_of(const struct signals *signals, uint32_t unit)
{
    uint32_t low = 0;
    uint32_t high = signals->clause_count;
    while (low + 1 < high) {
        const uint32_t middle = (low + high) / 2;
        if (signals->clauses[middle] <= unit)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static uint32_t clause_bound(const struct text_units *units)
{
    uint32_t bound = 1;
    for (uint32_t i = 0; i < units->count; i++)
        bound += units->kind[i] == UNIT_MARK || units->kind[i] == UNIT_NEWLINE;
    return bound;
}

static uint32_t hit_bound(const struct signal_scratch *scratch)
{
    const struct facts *facts = &scratch->facts;
    const uint32_t findings = facts->price_count + facts->part_count + facts->place_count +
                              2 * facts->handle_count + facts->has_role;
    const uint64_t all =
        scratch->hits.count + (uint64_t)findings * (scratch->fed_begin[READER_COUNT] + 1u);
    return all < SIGNAL_HITS_MAX ? (uint32_t)all : SIGNAL_HITS_MAX;
}

static enum ward_status read_text(struct signal_scratch *scratch, struct ward_str text,
                                  enum signal_field field)
{
    const struct pack *pack = scratch->pack;
    scratch->hits.count = 0;
    enum ward_status status = text_units_decode(&scratch->units, text);
    if (!status && pack->matcher)
        status =
            matcher_scan(pack->matcher, text, &scratch->units, scratch->matcher, &scratch->hits);
    return status ? status : facts_read(&scratch->facts, &scratch->units, field, FACTS_ALL);
}

enum ward_status signals_find(const struct pack *pack, struct ward_str text,
                              enum signal_field field, struct signal_scratch *scratch,
                              struct signals *out)
{
    signals_clear(out);
    enum ward_status status = read_text(scratch, text, field);
    if (!status)
        status = signals_reserve(out, hit_bound(scratch), clause_bound(&scratch->units),
                                 pack->signal_words);
    if (!status)
        status = signals_put_facts(out, &scratch->facts);
    if (status) {
        signals_clear(out);
        return status;
    }
    const struct collect collect = {scratch, out};
    put_terms(scratch, out);
    put_prices(&collect);
    put_parts(&collect);
    put_places_and_handles(&collect);
    sort_hits(out->hits, out->hit_count);
    company_settle(pack, out->hits, out->hit_count);
    mark_bits(out);
    cut_clauses(&scratch->units, out);
    return WARD_OK;
}
