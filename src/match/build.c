/**
 * Compiling a term list: folding terms to patterns, choosing where each is searched.
 *
 * A term goes to the literal search if its mode says so, or if units cannot spell it (it begins or
 * ends with a symbol, holds an emoji, or code points that fold to nothing); every other term
 * becomes patterns over units. Some do both; equal hits are merged by the scan.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "match/costs.h"
#include "match/plan.h"
#include "match/seeds.h"

#define SWAP_UNITS_MAX 8u

struct build {
    struct matcher *m;
    struct text_units units;
    struct literal_term *literals;
    uint32_t literal_count;
    uint32_t code_capacity;
    uint32_t pattern_capacity;
    struct ward_error *err;
};

/* What the units of a term are made of. */
struct spelling {
    uint32_t codes[WARD_TERM_UNITS_MAX];
    uint8_t breaks[WARD_TERM_UNITS_MAX];
    uint32_t count;
    uint32_t han;
    bool literal; /* also, or only, to be searched as bytes */
};

static bool kind_has_meaning(uint8_t kind)
{
    return kind == UNIT_HAN || kind == UNIT_LETTER || kind == UNIT_DIGIT || kind == UNIT_OTHER;
}

/* Folds a decoded term; count 0 when units cannot spell it. */
static void spell(const struct text_units *units, size_t len, struct spelling *out)
{
    *out = (struct spelling){0};
    bool strange = units->count == 0;
    uint32_t symbols = 0;
    uint32_t covered = 0;
    for (uint32_t i = 0; i < units->count; i++) {
        const uint8_t kind = units->kind[i];
        strange |= units->begin[i] > covered || (units->fold[i] & WARD_DISGUISE_INVISIBLE);
        covered = units->end[i];
        if (!kind_has_meaning(kind)) {
            strange |=
                kind == UNIT_EMOJI || kind == UNIT_INVALID || i == 0 || i + 1 == units->count;
            symbols += kind != UNIT_SPACE;
            if (out->count < WARD_TERM_UNITS_MAX)
                out->breaks[out->count] = 1;
            continue;
        }
        if (out->count == WARD_TERM_UNITS_MAX)
            return;
        out->han += kind == UNIT_HAN;
        out->codes[out->count++] = units->code[i];
    }
    strange |= covered != len;
    out->literal = strange || symbols;
    if (strange || (symbols && out->count < 3))
        out->count = 0;
}

static bool grow_codes(struct build *b, uint32_t more)
{
    if (b->m->code_count + more <= b->code_capacity)
        return true;
    const uint32_t capacity = (b->code_capacity + more) * 2 + 1024;
    uint32_t *codes = realloc(b->m->codes, capacity * sizeof(*codes));
    if (codes)
        b->m->codes = codes;
    uint8_t *breaks = realloc(b->m->breaks, capacity);
    if (breaks)
        b->m->breaks = breaks;
    if (!codes || !breaks)
        return false;
    b->code_capacity = capacity;
    return true;
}

static enum ward_status add_pattern(struct build *b, uint32_t term, const struct spelling *s,
                                    enum pattern_order order)
{
    struct matcher *m = b->m;
    if (m->pattern_count == b->pattern_capacity) {
        const uint32_t capacity = b->pattern_capacity * 2 + 256;
        struct pattern *patterns = realloc(m->patterns, capacity * sizeof(*patterns));
        if (!patterns)
            return WARD_ERR_NOMEM;
        m->patterns = patterns;
        b->pattern_capacity = capacity;
    }
    if (!grow_codes(b, s->count))
        return WARD_ERR_NOMEM;
    memcpy(m->codes + m->code_count, s->codes, s->count * sizeof(s->codes[0]));
    memcpy(m->breaks + m->code_count, s->breaks, s->count);
    m->patterns[m->pattern_count++] = (struct pattern){.term = term,
                                                       .at = m->code_count,
                                                       .count = (uint8_t)s->count,
                                                       .han = (uint8_t)s->han,
                                                       .order = (uint8_t)order,
                                                       .letter = s->han == 0};
    m->code_count += s->count;
    return WARD_OK;
}

static bool same_codes(const struct spelling *a, const struct spelling *b)
{
    return memcmp(a->codes, b->codes, a->count * sizeof(a->codes[0])) == 0;
}

/* Reversed and neighbour-swapped forms, without those equal to the term itself. */
static enum ward_status add_orders(struct build *b, uint32_t term, const struct spelling *s)
{
    struct spelling other = *s;
    memset(other.breaks, 0, sizeof(other.breaks));
    for (uint32_t i = 0; i < s->count; i++)
        other.codes[i] = s->codes[s->count - 1 - i];
    enum ward_status status = WARD_OK;
    if (!same_codes(s, &other))
        status = add_pattern(b, term, &other, PATTERN_REVERSED);
    if (s->count < 3 || s->count > SWAP_UNITS_MAX)
        return status;
    for (uint32_t i = 0; status == WARD_OK && i + 1 < s->count; i++) {
        if (s->codes[i] == s->codes[i + 1])
            continue;
        memcpy(other.codes, s->codes, sizeof(other.codes));
        other.codes[i] = s->codes[i + 1];
        other.codes[i + 1] = s->codes[i];
        status = add_pattern(b, term, &other, PATTERN_SWAPPED);
    }
    return status;
}

static enum ward_status refuse(const struct build *b, uint32_t index, const char *why)
{
    error_at(b->err, NULL, index + 1, 0);
    return error_set(b->err, WARD_ERR_ARGUMENT, "term %u %s", index + 1, why);
}

_Static_assert(WARD_TERM_UNITS_MAX == 64, "the sentence above names it");

static enum ward_status add_term(struct build *b, uint32_t index, const struct matcher_term *term)
{
    struct matcher *m = b->m;
    if (!term->text.len || !term->text.data || term->text.len > 4u * WARD_TERM_UNITS_MAX ||
        !utf8_valid(term->text))
        return refuse(b, index, "is empty, too long or not UTF-8");
    enum ward_status status = text_units_decode(&b->units, term->text);
    if (status != WARD_OK)
        return status;
    if (b->units.count > WARD_TERM_UNITS_MAX)
        return refuse(b, index, "is longer than 64 characters");
    struct spelling s;
    spell(&b->units, term->text.len, &s);
    if (term->mode == TERM_LITERAL || s.literal || !s.count)
        b->literals[b->literal_count++] = (struct literal_term){m->terms[index].text, index};
    m->needs_units |= term->mode != TERM_LITERAL || term->whole_word;
    if (term->mode == TERM_LITERAL || !s.count)
        return WARD_OK;
    m->has_units = true;
    m->has_letters |= !s.han && term->mode == TERM_FULL;
    m->has_sound |= s.han && s.count > 1 && term->mode == TERM_FULL;
    status = add_pattern(b, index, &s, PATTERN_PLAIN);
    if (status == WARD_OK && term->mode == TERM_FULL && s.han == s.count && s.count > 1 &&
        m->disguises & WARD_DISGUISE_ORDER)
        status = add_orders(b, index, &s);
    return status;
}

static enum ward_status copy_terms(struct matcher *m, const struct matcher_term *terms,
                                   uint32_t count)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++)
        bytes += terms[i].text.len;
    m->pool = malloc(bytes + 1);
    m->terms = calloc((size_t)count + 1, sizeof(*m->terms));
    m->pairs = calloc(SYMBOL_LIMIT * (size_t)SYMBOL_LIMIT / 32u, sizeof(uint64_t));
    m->ways = calloc(SYMBOL_LIMIT * (size_t)SYMBOL_LIMIT / 64u, sizeof(uint64_t));
    if (!m->pool || !m->terms || !m->pairs || !m->ways)
        return WARD_ERR_NOMEM;
    m->pool_bytes = bytes;
    m->term_count = count;
    size_t used = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (terms[i].text.len)
            memcpy(m->pool + used, terms[i].text.data, terms[i].text.len);
        m->terms[i] = (struct plan_term){.text = {m->pool + used, terms[i].text.len},
                                         .mode = (uint8_t)terms[i].mode,
                                         .whole_word = terms[i].whole_word,
                                         .allow = terms[i].allow};
        used += terms[i].text.len;
    }
    return WARD_OK;
}

static void set_options(struct matcher *m, const struct matcher_options *options)
{
    m->disguises = options ? options->disguises : WARD_DISGUISE_ALL;
    m->cost_limit_centi =
        options && options->cost_limit_centi ? options->cost_limit_centi : MATCH_COST_LIMIT;
}

static void mark_singles(struct matcher *m)
{
    for (uint32_t i = 0; i < m->pattern_count; i++) {
        const struct pattern *pattern = &m->patterns[i];
        const uint32_t code = m->codes[pattern->at];
        if (pattern->count == 1)
            m->symbols.of[code < SYMBOL_CODES ? code : 0] |= SYMBOL_SINGLE;
    }
}

static enum ward_status compile(struct build *b, const struct matcher_term *terms, uint32_t count)
{
    struct matcher *m = b->m;
    enum ward_status status = copy_terms(m, terms, count);
    for (uint32_t i = 0; status == WARD_OK && i < count; i++)
        status = add_term(b, i, &terms[i]);
    if (status != WARD_OK)
        return status;
    if (b->literal_count)
        status = literal_build(b->literals, b->literal_count, &m->literal);
    if (status != WARD_OK)
        return status;
    mark_singles(m);
    struct seeds seeds = {.matcher = m};
    for (uint32_t i = 0; i < m->pattern_count; i++)
        seeds_add_pattern(&seeds, i);
    status = seeds_finish(&seeds);
    seeds_release(&seeds);
    return status;
}

enum ward_status matcher_build(const struct matcher_term *terms, uint32_t count,
                               const struct matcher_options *options, struct matcher **out,
                               struct ward_error *err)
{
    assert(out && (terms || !count));
    *out = NULL;
    error_clear(err);
    struct build b = {.m = calloc(1, sizeof(struct matcher)), .err = err};
    b.literals = calloc((size_t)count + 1, sizeof(*b.literals));
    text_units_init(&b.units);
    enum ward_status status = WARD_ERR_NOMEM;
    if (!b.m || !b.literals)
        goto out;
    set_options(b.m, options);
    symbols_fill(&b.m->symbols);
    status = compile(&b, terms, count);
out:
    text_units_release(&b.units);
    free(b.literals);
    if (status == WARD_OK)
        *out = b.m;
    else
        matcher_free(b.m);
    if (status == WARD_ERR_NOMEM)
        error_set(err, status, "not enough memory for %u terms", count);
    return status;
}

void matcher_free(struct matcher *matcher)
{
    if (!matcher)
        return;
    literal_free(matcher->literal);
    free(matcher->terms);
    free(matcher->pool);
    free(matcher->patterns);
    free(matcher->codes);
    free(matcher->breaks);
    free(matcher->pairs);
    free(matcher->ways);
    free(matcher->plain.words);
    free(matcher->odd.words);
    free(matcher->looks.words);
    free(matcher->plain_table.entries);
    free(matcher->plain_table.buckets);
    free(matcher->odd_table.entries);
    free(matcher->odd_table.buckets);
    free(matcher);
}

bool matcher_is_literal(const struct matcher *matcher)
{
    return !matcher->needs_units;
}

size_t matcher_bytes(const struct matcher *matcher)
{
    return sizeof(*matcher) + matcher->held_bytes + matcher->pool_bytes +
           matcher->term_count * sizeof(struct plan_term) +
           matcher->pattern_count * sizeof(struct pattern) + matcher->code_count * 5u +
           SYMBOL_LIMIT * (size_t)SYMBOL_LIMIT / 8u * 3u +
           (matcher->literal ? literal_bytes(matcher->literal) : 0);
}
