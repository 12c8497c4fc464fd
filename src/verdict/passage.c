#include "verdict/passage.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/str.h"
#include "verdict/judge.h"

/* ---- where passages begin and end ------------------------------------------------------------ */

static bool is_word(uint8_t kind)
{
    return kind == UNIT_LETTER || kind == UNIT_DIGIT;
}

/* A word or number counts once, where it begins. */
static bool begins_token(const struct text_units *units, uint32_t at)
{
    const uint8_t kind = units->kind[at];
    if (is_word(kind))
        return at == 0 || units->kind[at - 1] != kind;
    return kind == UNIT_HAN || kind == UNIT_OTHER || kind == UNIT_EMOJI;
}

/* True when a clause may end before unit `at`. */
static bool parts_before(const struct text_units *units, uint32_t at)
{
    const uint8_t before = units->kind[at - 1];
    const uint8_t kind = units->kind[at];
    switch ((enum unit_kind)before) {
    case UNIT_NEWLINE:
    case UNIT_MARK:
    case UNIT_SYMBOL:
        return true;
    case UNIT_SPACE:
        return !is_word(kind) || at < 2 || !is_word(units->kind[at - 2]);
    case UNIT_EMOJI:
        return kind != UNIT_EMOJI;
    case UNIT_HAN:
    case UNIT_LETTER:
    case UNIT_DIGIT:
    case UNIT_OTHER:
    case UNIT_INVALID:
        break;
    }
    return kind == UNIT_EMOJI;
}

/* The end of the clause that begins at `from`, and how many tokens it has. */
static uint32_t clause_end(const struct text_units *units, uint32_t from, uint32_t *tokens)
{
    uint32_t at = from;
    *tokens = 0;
    do {
        *tokens += begins_token(units, at);
        at++;
    } while (at < units->count && !(*tokens && parts_before(units, at)) &&
             !(*tokens >= PASSAGE_TOKENS / 2 && begins_token(units, at)));
    return at;
}

bool passage_at(const struct text_units *units, uint32_t from, struct passage *out)
{
    uint32_t held = 0;
    *out = (struct passage){from, from};
    while (out->unit_end < units->count) {
        uint32_t tokens;
        const uint32_t end = clause_end(units, out->unit_end, &tokens);
        if (held && held + tokens > PASSAGE_TOKENS)
            break;
        held += tokens;
        out->unit_end = end;
    }
    return held >= PASSAGE_TOKENS_LEAST;
}

uint32_t passage_after(const struct text_units *units, const struct passage *passage)
{
    uint32_t tokens;
    return clause_end(units, passage->unit_begin, &tokens);
}

bool passage_parts(const struct text_units *units)
{
    uint32_t tokens = 0;
    for (uint32_t at = 0; at < units->count && tokens <= PASSAGE_WHOLE_TOKENS; at++)
        tokens += begins_token(units, at);
    return tokens > PASSAGE_WHOLE_TOKENS;
}

/* ---- the view -------------------------------------------------------------------------------- */

/* Where a hit or fact stands; its four members follow one another in every struct of them. */
struct stand {
    uint32_t unit_begin, unit_end, begin, end;
};
#define STAND_AT(type) offsetof(struct type, unit_begin)
static_assert(offsetof(struct signal_hit, end) - STAND_AT(signal_hit) == 12, "order of a hit");
static_assert(offsetof(struct price_fact, end) - STAND_AT(price_fact) == 12, "order of a price");
static_assert(offsetof(struct child_fact, end) - STAND_AT(child_fact) == 12, "order of a child");
static_assert(offsetof(struct place_fact, end) - STAND_AT(place_fact) == 12, "order of a place");
static_assert(offsetof(struct handle_fact, end) - STAND_AT(handle_fact) == 12, "order of a handle");

struct list {
    const void *items; /* ascending by unit_begin */
    uint32_t count;
    size_t size, stand_at;
};

struct cut {
    struct passage passage;
    uint32_t begin; /* byte of the field where the passage begins */
    struct arena *arena;
    bool failed;
};

static struct stand stand_of(const struct list *list, uint32_t at)
{
    struct stand stand;
    memcpy(&stand, (const char *)list->items + at * list->size + list->stand_at, sizeof stand);
    return stand;
}

/* The first item that begins at or after `unit`. */
static uint32_t first_from(const struct list *list, uint32_t unit)
{
    uint32_t low = 0;
    uint32_t high = list->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (stand_of(list, middle).unit_begin < unit)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Copies of the items inside the passage, their place told from where it begins. */
static void *cut_list(struct cut *cut, struct list list, uint32_t *count)
{
    const uint32_t first = first_from(&list, cut->passage.unit_begin);
    const uint32_t last = first_from(&list, cut->passage.unit_end);
    *count = 0;
    char *out = arena_alloc(cut->arena, (size_t)(last - first + 1u) * list.size);
    cut->failed |= !out;
    for (uint32_t i = first; out && i < last; i++) {
        struct stand stand = stand_of(&list, i);
        if (stand.unit_end > cut->passage.unit_end)
            continue;
        char *item = out + (size_t)(*count)++ * list.size;
        stand.unit_begin -= cut->passage.unit_begin;
        stand.unit_end -= cut->passage.unit_begin;
        stand.begin -= cut->begin;
        stand.end -= cut->begin;
        memcpy(item, (const char *)list.items + i * list.size, list.size);
        memcpy(item + list.stand_at, &stand, sizeof stand);
    }
    return out;
}

#define LIST(signals, which, counted, type)                                                        \
    ((struct list){(signals)->which, (signals)->counted, sizeof(struct type), STAND_AT(type)})

/* Clauses that begin inside, and the one that is open where the passage begins. */
static void cut_clauses(struct cut *cut, const struct signals *from, struct signals *out)
{
    const uint32_t first = signals_clause_of(from, cut->passage.unit_begin);
    out->clauses = arena_alloc(cut->arena, (from->clause_count - first + 1u) * sizeof(uint32_t));
    cut->failed |= !out->clauses;
    for (uint32_t i = first; out->clauses && i < from->clause_count; i++) {
        const uint32_t begin = from->clauses[i];
        if (i > first && begin >= cut->passage.unit_end)
            break;
        out->clauses[out->clause_count++] =
            begin > cut->passage.unit_begin ? begin - cut->passage.unit_begin : 0;
    }
}

static void count_up(const struct text_units *units, const struct passage *p, struct signals *out)
{
    out->line_count = 1;
    for (uint32_t u = p->unit_begin; u < p->unit_end; u++) {
        out->line_count += units->kind[u] == UNIT_NEWLINE && u + 1 < p->unit_end;
        out->unit_count += unit_has_meaning(units->kind[u]);
    }
    for (uint32_t h = 0; h < out->hit_count; h++) {
        const struct signal_hit *hit = &out->hits[h];
        if (hit->support != SUPPORT_NONE)
            continue;
        bits_set(out->bits, hit->signal);
        out->disguises |= hit->disguises;
        out->disguised_count += hit->disguises != 0;
    }
}

static const struct signals *cut_signals(struct cut *cut, const struct signals *from,
                                         const struct text_units *units)
{
    struct signals *out = arena_calloc(cut->arena, 1, sizeof *out);
    if (!out)
        return NULL;
    out->signal_words = from->signal_words;
    out->bits = arena_calloc(cut->arena, from->signal_words + 1u, sizeof *out->bits);
    cut->failed |= !out->bits;
    out->hits = cut_list(cut, LIST(from, hits, hit_count, signal_hit), &out->hit_count);
    out->prices = cut_list(cut, LIST(from, prices, price_count, price_fact), &out->price_count);
    out->children = cut_list(cut, LIST(from, children, child_count, child_fact), &out->child_count);
    out->places = cut_list(cut, LIST(from, places, place_count, place_fact), &out->place_count);
    out->handles =
        cut_list(cut, LIST(from, handles, handle_count, handle_fact), &out->handle_count);
    cut_clauses(cut, from, out);
    if (cut->failed)
        return NULL;
    count_up(units, &cut->passage, out);
    return out;
}

static struct verdict_field cut_field(struct cut *cut, const struct verdict_field *from,
                                      const struct text_units *units)
{
    const struct passage *p = &cut->passage;
    struct verdict_field out = *from;
    cut->begin = units->begin[p->unit_begin];
    out.text = str_part(from->text, cut->begin, units->end[p->unit_end - 1]);
    out.offset = from->offset + cut->begin;
    out.own_begin = 0;
    out.own_end = UINT32_MAX;
    out.signals = cut_signals(cut, from->signals, units);
    out.kinds = units->kind + p->unit_begin;
    out.unit_count = p->unit_end - p->unit_begin;
    return out;
}

enum ward_status passage_view(const struct verdict_input *whole, uint32_t field,
                              const struct text_units *units, const struct passage *passage,
                              struct arena *arena, struct verdict_input *out)
{
    assert(field < whole->field_count && passage->unit_begin < passage->unit_end);
    struct cut cut = {.passage = *passage, .arena = arena};
    *out = *whole;
    struct verdict_field *fields = arena_alloc(arena, whole->field_count * sizeof *fields);
    if (!fields)
        return WARD_ERR_NOMEM;
    out->fields = fields;
    out->field_count = 0;
    fields[out->field_count++] = cut_field(&cut, &whole->fields[field], units);
    for (uint32_t f = 0; f < whole->field_count; f++)
        if (!(whole->fields[f].scopes >> SCOPE_TEXT & 1u))
            fields[out->field_count++] = whole->fields[f];
    return fields[0].signals ? WARD_OK : WARD_ERR_NOMEM;
}
