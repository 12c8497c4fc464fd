/**
 * Members -> reference -> columns -> stretches that vary -> slots.
 *
 * A column is a token of the reference. It is weak when more than a quarter of the other members do
 * not have it; a run of weak columns, or a place where many members have more than the reference,
 * is a stretch. What each member has there is its filling. A stretch becomes a slot when that is
 * the shorter description:
 *
 *   fixed: the most usual filling once, then each other filling as a slip: where, what, its tokens
 *   slot:  a slot, then for each member a new filling or one used before
 *
 * in bits, with the constants below. A filling that a reader understands (a price, an age) is
 * cheaper to tell than free words, so that two members may do for a typed slot.
 *
 * Source of the idea: Lee et al., InfoShield, ICDE 2021 (templates by minimum description length);
 * the costs and the alignment to one reference are ours.
 */
#include "link/cluster_template.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "link/cluster_align.h"
#include "link/cluster_compare.h"
#include "link/cluster_facts.h"
#include "link/cluster_tokens.h"

/** Members among which the reference is chosen. */
#define REFERENCES_MAX 8u

/* Bits. A token of free text is about one of 500 (entropy of syllables in ordinary text). */
#define TOKEN_BITS 9.0
#define TYPED_TOKEN_BITS 4.0
#define LENGTH_BITS 2.0
#define SLIP_BITS 2.0 /* beside its place: changed, dropped or added */
#define SLOT_BITS 8.0
#define TYPED_SLOT_BITS 4.0
/** Share of fillings, in hundredths, that must be of one type. */
#define TYPE_CENTI 60u
#define KINDS (CLUSTER_SLOT_NUMBER + 1)

struct member {
    struct ward_str text;
    uint32_t index; /* among the members given */
    uint32_t count;
    uint16_t id[CLUSTER_TOKENS_MAX];
    uint16_t said[CLUSTER_TOKENS_MAX];
    uint32_t begin[CLUSTER_TOKENS_MAX];
    uint32_t end[CLUSTER_TOKENS_MAX];
    uint16_t partner[CLUSTER_TOKENS_MAX]; /* by column: index of its token */
    struct cluster_fact facts[CLUSTER_FACTS_MAX];
    uint32_t fact_count;
};

/* Columns [first, last) of the reference, or the place before `first` if both are equal. */
struct stretch {
    uint32_t first, last;
    enum cluster_part_kind kind;
};

/* Tokens [first, last) of a member. */
struct filling {
    uint32_t first, last;
    uint64_t hash;
};

struct work {
    struct member members[CLUSTER_TEMPLATE_MEMBERS_MAX];
    uint32_t count;
    struct member *reference;
    struct cluster_tokens tokens;
    struct cluster_pattern pattern;
    struct cluster_facts_reader facts;
    uint16_t table[CLUSTER_ALIGN_CELLS];
    struct stretch stretches[CLUSTER_TOKENS_MAX + 1];
    uint32_t stretch_count;
    struct filling fillings[CLUSTER_TEMPLATE_MEMBERS_MAX];
};

const char *cluster_part_name(enum cluster_part_kind kind)
{
    static const char *const names[KINDS] = {"fixed", "text",   "price", "sex",
                                             "place", "handle", "age",   "number"};
    assert((unsigned)kind < KINDS);
    return names[kind];
}

/* ---- Members --------------------------------------------------------------------------------- */

static enum ward_status read_member(struct work *w, struct ward_str text, uint32_t index)
{
    struct member *member = &w->members[w->count];
    enum ward_status status = cluster_tokens_read(&w->tokens, text);
    if (status == WARD_OK)
        status =
            cluster_facts_read(&w->facts, &w->tokens.units, member->facts, &member->fact_count);
    if (status != WARD_OK)
        return status;
    const size_t count = w->tokens.count;
    member->text = text;
    member->index = index;
    member->count = (uint32_t)count;
    memcpy(member->id, w->tokens.id, count * sizeof member->id[0]);
    memcpy(member->said, w->tokens.said, count * sizeof member->said[0]);
    memcpy(member->begin, w->tokens.begin, count * sizeof member->begin[0]);
    memcpy(member->end, w->tokens.end, count * sizeof member->end[0]);
    w->count++;
    return WARD_OK;
}

static enum ward_status read_members(struct work *w, const struct ward_str *members, uint32_t count)
{
    const uint32_t wanted =
        count < CLUSTER_TEMPLATE_MEMBERS_MAX ? count : CLUSTER_TEMPLATE_MEMBERS_MAX;
    for (uint32_t i = 0; i < wanted; i++) {
        const uint32_t index = (uint32_t)((uint64_t)i * count / wanted);
        const enum ward_status status = read_member(w, members[index], index);
        if (status != WARD_OK)
            return status;
    }
    return WARD_OK;
}

/* The member most like the others; of nearly equal ones that with the fewest bytes a token, which
 * is the least disguised. */
static void choose_reference(struct work *w)
{
    const uint32_t count = w->count < REFERENCES_MAX ? w->count : REFERENCES_MAX;
    double best = -1;
    for (uint32_t i = 0; i < count; i++) {
        const struct member *member = &w->members[i];
        uint32_t common = 0;
        cluster_pattern_set(&w->pattern, member->id, member->count, NULL);
        for (uint32_t k = 0; k < count; k++)
            common +=
                cluster_pattern_common(&w->pattern, w->members[k].id, w->members[k].count).total;
        const double bytes = (double)member->text.len / (member->count + 1.0);
        const double score = (double)common / (1.0 + 0.05 * bytes);
        if (score > best) {
            best = score;
            w->reference = &w->members[i];
        }
    }
}

/* ---- Stretches ------------------------------------------------------------------------------- */

static bool agrees(const struct work *w, const struct member *member, uint32_t column)
{
    const uint16_t partner = member->partner[column];
    return partner != CLUSTER_UNMATCHED && member->said[partner] == w->reference->said[column];
}

/* True if the member has tokens of its own between two columns that it shares. */
static bool adds_before(const struct work *w, const struct member *member, uint32_t column)
{
    uint32_t from = 0;
    uint32_t to = member->count;
    if (column > 0) {
        if (member->partner[column - 1] == CLUSTER_UNMATCHED)
            return false;
        from = member->partner[column - 1] + 1u;
    }
    if (column < w->reference->count) {
        if (member->partner[column] == CLUSTER_UNMATCHED)
            return false;
        to = member->partner[column];
    }
    return to > from;
}

static bool is_weak(const struct work *w, uint32_t column)
{
    uint32_t unlike = 0;
    for (uint32_t i = 0; column < w->reference->count && i < w->count; i++)
        unlike += !agrees(w, &w->members[i], column);
    return unlike * 4 > w->count - 1;
}

static bool is_weak_gap(const struct work *w, uint32_t column)
{
    uint32_t adding = 0;
    for (uint32_t i = 0; i < w->count; i++)
        adding += adds_before(w, &w->members[i], column);
    return adding * 4 > w->count - 1;
}

/* Tokens of `member` between the columns it shares around a stretch; columns beside the stretch
 * that it does not share take one token each. */
static struct filling filling_of(const struct work *w, const struct member *member,
                                 const struct stretch *stretch)
{
    struct filling filling = {0, member->count, 0};
    uint32_t before = stretch->first;
    uint32_t behind = stretch->last;
    while (before > 0 && member->partner[before - 1] == CLUSTER_UNMATCHED)
        before--;
    while (behind < w->reference->count && member->partner[behind] == CLUSTER_UNMATCHED)
        behind++;
    if (before > 0)
        filling.first = member->partner[before - 1] + 1u;
    if (behind < w->reference->count)
        filling.last = member->partner[behind];
    const uint32_t spare = filling.last - filling.first;
    const uint32_t left = stretch->first - before;
    const uint32_t right = behind - stretch->last;
    filling.first += left < spare ? left : spare;
    filling.last -= right < filling.last - filling.first ? right : filling.last - filling.first;
    filling.hash = hash_bytes(member->said + filling.first,
                              (filling.last - filling.first) * sizeof member->said[0], 3);
    return filling;
}

/* ---- Types ----------------------------------------------------------------------------------- */

static uint32_t overlap(const struct cluster_fact *fact, uint32_t begin, uint32_t end)
{
    const uint32_t from = fact->begin > begin ? fact->begin : begin;
    const uint32_t to = fact->end < end ? fact->end : end;
    return to > from ? to - from : 0;
}

/* The fact that covers most of [begin, end), NULL if none covers half. */
static const struct cluster_fact *fact_at(const struct member *member, uint32_t begin, uint32_t end)
{
    for (uint32_t i = 0; i < member->fact_count; i++)
        if (overlap(&member->facts[i], begin, end) * 2 >= end - begin)
            return &member->facts[i];
    return NULL;
}

static enum cluster_part_kind kind_of(const struct member *member, const struct filling *filling)
{
    if (filling->first == filling->last)
        return CLUSTER_FIXED;
    const struct cluster_fact *fact =
        fact_at(member, member->begin[filling->first], member->end[filling->last - 1]);
    if (fact)
        return (enum cluster_part_kind)fact->kind;
    for (uint32_t i = filling->first; i < filling->last; i++) {
        const char first = member->text.data[member->begin[i]];
        if (member->id[i] != CLUSTER_TOKEN_NUMBER && (first < '0' || first > '9'))
            return CLUSTER_SLOT_TEXT;
    }
    return CLUSTER_SLOT_NUMBER;
}

/* The type of most fillings; members with nothing there do not count. */
static enum cluster_part_kind type_of(const struct work *w)
{
    uint32_t votes[KINDS] = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->count; i++) {
        const enum cluster_part_kind kind = kind_of(&w->members[i], &w->fillings[i]);
        votes[kind]++;
        count += kind != CLUSTER_FIXED;
    }
    for (int kind = CLUSTER_SLOT_PRICE; kind < KINDS; kind++)
        if (count && votes[kind] * 100 >= count * TYPE_CENTI)
            return (enum cluster_part_kind)kind;
    return CLUSTER_SLOT_TEXT;
}

/* ---- Description length ---------------------------------------------------------------------- */

/* How many fillings equal filling `i`; `*is_new` if none before it does. */
static uint32_t uses_of(const struct work *w, uint32_t i, bool *is_new)
{
    uint32_t uses = 0;
    *is_new = true;
    for (uint32_t k = 0; k < w->count; k++) {
        if (w->fillings[k].hash != w->fillings[i].hash)
            continue;
        uses++;
        *is_new &= k >= i;
    }
    return uses;
}

/* Sets the kind of the stretch if a slot is the shorter description. */
static bool is_slot(struct work *w, struct stretch *stretch)
{
    uint32_t most = 0;
    uint32_t usual = 0;
    uint32_t variants = 0;
    double slips = 0;
    double fillings = 0;
    for (uint32_t i = 0; i < w->count; i++)
        w->fillings[i] = filling_of(w, &w->members[i], stretch);
    stretch->kind = type_of(w);
    const bool typed = stretch->kind != CLUSTER_SLOT_TEXT;
    const double place = log2(w->reference->count + 1.0) + SLIP_BITS + LENGTH_BITS;
    for (uint32_t i = 0; i < w->count; i++) {
        bool is_new;
        const double tokens = w->fillings[i].last - w->fillings[i].first;
        const uint32_t uses = uses_of(w, i, &is_new);
        if (is_new && uses > most) {
            most = uses;
            usual = i;
        }
        slips += place + TOKEN_BITS * tokens;
        if (is_new) {
            variants++;
            fillings += LENGTH_BITS + (typed ? TYPED_TOKEN_BITS : TOKEN_BITS) * tokens;
        }
    }
    const double one = TOKEN_BITS * (w->fillings[usual].last - w->fillings[usual].first);
    const double fixed = one + slips - most * (place + one);
    const double reuse = (w->count - variants) * log2(variants + 1.0);
    const double slot = (typed ? TYPED_SLOT_BITS : SLOT_BITS) + w->count + fillings + reuse;
    return slot < fixed;
}

static void try_stretch(struct work *w, uint32_t first, uint32_t last)
{
    struct stretch stretch = {first, last, CLUSTER_SLOT_TEXT};
    if (is_slot(w, &stretch))
        w->stretches[w->stretch_count++] = stretch;
}

static void find_slots(struct work *w)
{
    const uint32_t columns = w->reference->count;
    uint32_t column = 0;
    bool gap_taken = false; /* the stretch before took what stands before this column */
    w->stretch_count = 0;
    while (column <= columns) {
        uint32_t last = column;
        const bool gap = !gap_taken && is_weak_gap(w, column);
        while (last < columns && is_weak(w, last))
            last++;
        if (gap || last > column)
            try_stretch(w, column, last);
        gap_taken = last > column;
        column = last > column ? last : column + 1;
    }
}

/* ---- Parts ----------------------------------------------------------------------------------- */

static void put_part(struct cluster_template *out, enum cluster_part_kind kind,
                     struct ward_str text)
{
    if (kind == CLUSTER_FIXED && !text.len)
        return;
    out->slot_count += kind != CLUSTER_FIXED;
    out->parts[out->part_count++] = (struct cluster_part){kind, text};
}

static struct ward_str part_of(const struct member *member, size_t begin, size_t end)
{
    return str_part(member->text, begin, end);
}

/* Bytes of the reference that a slot takes: its columns, or all of the fact they belong to. */
static void slot_bytes(const struct member *reference, const struct stretch *stretch, size_t *begin,
                       size_t *end)
{
    if (stretch->first == stretch->last) {
        *begin = stretch->first < reference->count ? reference->begin[stretch->first]
                 : reference->count                ? reference->end[reference->count - 1]
                                                   : 0;
        *end = *begin;
        return;
    }
    *begin = reference->begin[stretch->first];
    *end = reference->end[stretch->last - 1];
    const struct cluster_fact *fact = fact_at(reference, (uint32_t)*begin, (uint32_t)*end);
    if (!fact || fact->kind != stretch->kind)
        return;
    *begin = fact->begin < *begin ? fact->begin : *begin;
    *end = fact->end > *end ? fact->end : *end;
}

static enum ward_status put_parts(const struct work *w, struct cluster_template *out)
{
    const struct member *reference = w->reference;
    out->parts = calloc(2 * w->stretch_count + (size_t)1, sizeof *out->parts);
    if (!out->parts)
        return WARD_ERR_NOMEM;
    size_t at = 0;
    out->reference = reference->index;
    out->fixed_tokens = reference->count;
    for (uint32_t i = 0; i < w->stretch_count; i++) {
        size_t begin;
        size_t end;
        slot_bytes(reference, &w->stretches[i], &begin, &end);
        begin = begin < at ? at : begin;
        end = end < begin ? begin : end;
        put_part(out, CLUSTER_FIXED, part_of(reference, at, begin));
        put_part(out, w->stretches[i].kind, part_of(reference, begin, end));
        out->fixed_tokens -= w->stretches[i].last - w->stretches[i].first;
        at = end;
    }
    size_t end = reference->text.len;
    if (reference->count == CLUSTER_TOKENS_MAX) /* what lies behind was not compared */
        end = reference->end[CLUSTER_TOKENS_MAX - 1];
    put_part(out, CLUSTER_FIXED, part_of(reference, at, end > at ? end : at));
    return WARD_OK;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static enum ward_status make(struct work *w, const struct ward_str *members, uint32_t count,
                             struct cluster_template *out)
{
    const enum ward_status status = read_members(w, members, count);
    if (status != WARD_OK)
        return status;
    choose_reference(w);
    for (uint32_t i = 0; i < w->count; i++)
        cluster_align(w->reference->id, w->reference->count, w->members[i].id, w->members[i].count,
                      w->table, w->members[i].partner);
    if (w->count > 1)
        find_slots(w);
    return put_parts(w, out);
}

enum ward_status cluster_template_make(const struct ward_str *members, uint32_t count,
                                       struct cluster_template *out)
{
    assert(members && count);
    *out = (struct cluster_template){0};
    struct work *w = malloc(sizeof *w);
    if (!w)
        return WARD_ERR_NOMEM;
    w->count = 0;
    w->stretch_count = 0;
    memset(w->pattern.place, 0, sizeof w->pattern.place);
    w->pattern.id_count = 0;
    cluster_tokens_init(&w->tokens);
    cluster_facts_init(&w->facts);
    const enum ward_status status = make(w, members, count, out);
    cluster_tokens_release(&w->tokens);
    cluster_facts_release(&w->facts);
    free(w);
    return status;
}

void cluster_template_release(struct cluster_template *template)
{
    free(template->parts);
    *template = (struct cluster_template){0};
}
