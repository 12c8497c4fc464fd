/**
 * Many terms, one pass, read through disguise.
 *
 * `matcher` is compiled once and immutable; `matcher_scratch` is one per thread. Terms of mode
 * LITERAL match bytes as written; FOLD matches folded units (width, case, styled, variant,
 * invisible undone); FULL walks the lattice of readings (sound, shape, split, emoji ...) with gaps,
 * up to a cost limit. Every mode reports the literal occurrences with cost 0.
 */
#ifndef WARD_MATCH_MATCHER_H
#define WARD_MATCH_MATCHER_H

#include "text/units.h"
#include "ward/ward.h"

enum term_mode { TERM_LITERAL, TERM_FOLD, TERM_FULL };

struct matcher_term {
    struct ward_str text; /**< UTF-8, 1..WARD_TERM_UNITS_MAX code points; borrowed for the build */
    enum term_mode mode;
    bool whole_word; /**< Latin edges must not touch another Latin letter or digit */
    bool allow;      /**< an innocent phrase: hits of other terms inside it are dropped */
};

struct matcher_options {
    uint32_t disguises;        /**< WARD_DISGUISE_* that FULL terms are read through */
    uint16_t cost_limit_centi; /**< dearest hit reported; 0 takes the default */
};

/** How much company a hit needs before it may count (design: sound is gated by length). */
enum hit_support {
    SUPPORT_NONE,  /* stands alone: as written, folded, gapped, or 4 and more syllables */
    SUPPORT_ONE,   /* by sound, 3 syllables: one other signal or a rare written combination */
    SUPPORT_STRONG /* by sound, 2 syllables, or initials: another signal close by */
};

struct matcher_hit {
    uint32_t term;       /**< index into the terms given to the build */
    uint32_t unit_begin; /**< half-open in units */
    uint32_t unit_end;
    uint32_t begin; /**< half-open in source bytes */
    uint32_t end;
    uint32_t disguises; /**< what was undone; 0 = as written */
    uint16_t cost_centi;
    uint8_t support; /**< enum hit_support */
    bool rare;       /**< the written combination is rare in ordinary text */
};

struct matcher_hits { /* owned array, grown by the scan, reused between calls */
    struct matcher_hit *at;
    uint32_t count;
    uint32_t capacity;
};

struct matcher;
struct matcher_scratch;

/** Builds; WARD_ERR_ARGUMENT names the term (1-based, also in err->line) that is empty, too long or
 * not UTF-8. `options` NULL: every disguise, default limit. */
enum ward_status matcher_build(const struct matcher_term *terms, uint32_t count,
                               const struct matcher_options *options, struct matcher **out,
                               struct ward_error *err) WARD_MUST_USE;
void matcher_free(struct matcher *matcher);
/** True if every term is searched as bytes only, so that texts need not be decoded to units. */
bool matcher_is_literal(const struct matcher *matcher);
/** Bytes held by the compiled form. */
size_t matcher_bytes(const struct matcher *matcher);

enum ward_status matcher_scratch_new(const struct matcher *matcher,
                                     struct matcher_scratch **out) WARD_MUST_USE;
void matcher_scratch_free(struct matcher_scratch *scratch);
/** Lattice steps of the last scan with this scratch: the work that hostile text may cause. */
uint64_t matcher_scratch_steps(const struct matcher_scratch *scratch);

void matcher_hits_init(struct matcher_hits *hits);
void matcher_hits_release(struct matcher_hits *hits);

/**
 * Finds the terms in one text, given both as written and as units decoded from the same bytes.
 * `units` may be NULL if matcher_is_literal; unit offsets are then 0.
 * `hits` is replaced: sorted by (unit_begin, unit_end, term, cost), best hit per (term, begin,
 * end). No allocation but growth of `hits` and scratch. WARD_ERR_NOMEM leaves `hits` empty. Cost:
 * bounded by O(units) steps with a fixed ceiling of lattice steps a unit.
 */
enum ward_status matcher_scan(const struct matcher *matcher, struct ward_str text,
                              const struct text_units *units, struct matcher_scratch *scratch,
                              struct matcher_hits *hits) WARD_MUST_USE;

#endif
