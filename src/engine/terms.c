/**
 * The term matcher behind ward.h: one call a text of any length, windows inside.
 *
 * Windows overlap by WARD_TEXT_OVERLAP_BYTES. A hit belongs to the window in whose own part it
 * begins: behind the first OWN_BEFORE bytes (which are there as left neighbours) and before the
 * last OWN_BEHIND bytes (which are there for hits that begin earlier); so each is told once.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/bounds.h"
#include "base/error.h"
#include "match/matcher.h"
#include "ward/ward.h"

#define OWN_BEFORE 256u
#define OWN_BEHIND (WARD_TEXT_OVERLAP_BYTES - OWN_BEFORE)
#define COST_CENTI_MAX 10000u
/* Literal lists need no units, so their windows may be large; offsets stay 32 bits inside. */
#define LITERAL_WINDOW_BYTES ((size_t)1 << 28)

struct ward_terms {
    struct matcher *matcher;
    bool report_weak;
};

struct ward_terms_scratch {
    struct matcher_scratch *matcher;
    struct matcher_hits hits;
    struct text_units units;
};

static enum term_mode mode_of(enum ward_term_mode mode)
{
    switch (mode) {
    case WARD_TERM_LITERAL:
        return TERM_LITERAL;
    case WARD_TERM_FOLD:
        return TERM_FOLD;
    case WARD_TERM_FULL:
        return TERM_FULL;
    }
    return TERM_FULL;
}

static enum ward_status build(const struct ward_term *terms, uint32_t count,
                              const struct matcher_options *options, struct matcher **out,
                              struct ward_error *err)
{
    struct matcher_term *inner = calloc((size_t)count + 1, sizeof(*inner));
    if (!inner)
        return error_set(err, WARD_ERR_NOMEM, "not enough memory for %u terms", count);
    for (uint32_t i = 0; i < count; i++)
        inner[i] = (struct matcher_term){.text = terms[i].text,
                                         .mode = mode_of(terms[i].mode),
                                         .whole_word = terms[i].whole_word,
                                         .allow = terms[i].allow};
    const enum ward_status status = matcher_build(inner, count, options, out, err);
    free(inner);
    return status;
}

enum ward_status ward_terms_open(const struct ward_term *terms, uint32_t count,
                                 const struct ward_terms_options *options, struct ward_terms **out,
                                 struct ward_error *err)
{
    error_clear(err);
    if (!out)
        return error_set(err, WARD_ERR_ARGUMENT, "no place for the result");
    *out = NULL;
    if ((!terms && count) || (options && options->cost_centi > COST_CENTI_MAX))
        return error_set(err, WARD_ERR_ARGUMENT, "terms missing or cost above %u", COST_CENTI_MAX);
    struct matcher_options inner = {.disguises = WARD_DISGUISE_ALL};
    if (options)
        inner = (struct matcher_options){.disguises = options->disguises & WARD_DISGUISE_ALL,
                                         .cost_limit_centi = (uint16_t)options->cost_centi};
    struct ward_terms *made = calloc(1, sizeof(*made));
    if (!made)
        return error_set(err, WARD_ERR_NOMEM, "not enough memory");
    made->report_weak = options && options->report_weak;
    const enum ward_status status = build(terms, count, &inner, &made->matcher, err);
    if (status == WARD_OK)
        *out = made;
    else
        free(made);
    return status;
}

void ward_terms_close(struct ward_terms *terms)
{
    if (!terms)
        return;
    matcher_free(terms->matcher);
    free(terms);
}

size_t ward_terms_bytes(const struct ward_terms *terms)
{
    return sizeof(*terms) + matcher_bytes(terms->matcher);
}

enum ward_status ward_terms_scratch_new(const struct ward_terms *terms,
                                        struct ward_terms_scratch **out)
{
    assert(terms && out);
    *out = NULL;
    struct ward_terms_scratch *made = calloc(1, sizeof(*made));
    if (!made)
        return WARD_ERR_NOMEM;
    matcher_hits_init(&made->hits);
    text_units_init(&made->units);
    const enum ward_status status = matcher_scratch_new(terms->matcher, &made->matcher);
    if (status == WARD_OK)
        *out = made;
    else
        free(made);
    return status;
}

void ward_terms_scratch_free(struct ward_terms_scratch *scratch)
{
    if (!scratch)
        return;
    text_units_release(&scratch->units);
    matcher_hits_release(&scratch->hits);
    matcher_scratch_free(scratch->matcher);
    free(scratch);
}

/* ---- Windows --------------------------------------------------------------------------------- */

struct window {
    size_t begin; /* bytes of the text */
    size_t end;
    size_t own_begin; /* hits that begin in [own_begin, own_end) are this window's */
    size_t own_end;
};

/* Moves a cut back to the start of a code point; malformed runs are cut where they are. */
static size_t cut_at(struct ward_str text, size_t at)
{
    for (size_t back = 0; back < 4 && back < at; back++)
        if (((unsigned char)text.data[at - back] & 0xC0u) != 0x80u)
            return at - back;
    return at;
}

static struct window window_at(struct ward_str text, size_t own_begin, size_t size)
{
    const size_t begin = own_begin ? cut_at(text, own_begin - OWN_BEFORE) : 0;
    struct window w = {begin, text.len, own_begin, text.len};
    if (text.len - begin > size) {
        w.end = cut_at(text, begin + size);
        w.own_end = w.end - OWN_BEHIND;
    }
    return w;
}

/* Tells the hits of one window; false when the user has had enough. */
static bool tell(const struct ward_terms *terms, const struct matcher_hits *hits,
                 const struct window *w, ward_terms_found found, void *user)
{
    for (uint32_t i = 0; i < hits->count; i++) {
        const struct matcher_hit *hit = &hits->at[i];
        const struct ward_term_hit told = {.term = hit->term,
                                           .begin = w->begin + hit->begin,
                                           .end = w->begin + hit->end,
                                           .disguises = hit->disguises,
                                           .cost_centi = hit->cost_centi,
                                           .alone = hit->support == SUPPORT_NONE,
                                           .rare = hit->rare};
        if (told.begin < w->own_begin || told.begin >= w->own_end)
            continue;
        if (!told.alone && !told.rare && !terms->report_weak)
            continue;
        if (!found(user, &told))
            return false;
    }
    return true;
}

enum ward_status ward_terms_scan(const struct ward_terms *terms, struct ward_terms_scratch *scratch,
                                 struct ward_str text, ward_terms_found found, void *user)
{
    assert(terms && scratch && found && (text.data || !text.len));
    const bool literal = matcher_is_literal(terms->matcher);
    const size_t size = literal ? LITERAL_WINDOW_BYTES : WARD_TEXT_WINDOW_BYTES;
    size_t own = 0;
    while (own < text.len) {
        const struct window w = window_at(text, own, size);
        const struct ward_str part = {text.data + w.begin, w.end - w.begin};
        enum ward_status status = WARD_OK;
        if (!literal)
            status = text_units_decode(&scratch->units, part);
        if (status == WARD_OK)
            status = matcher_scan(terms->matcher, part, literal ? NULL : &scratch->units,
                                  scratch->matcher, &scratch->hits);
        if (status != WARD_OK)
            return status;
        if (!tell(terms, &scratch->hits, &w, found, user))
            return WARD_OK;
        own = w.own_end;
    }
    return WARD_OK;
}
