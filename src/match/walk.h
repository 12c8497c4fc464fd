/**
 * Stage two: walks the lattice of readings of a text along one pattern and adds up what it costs.
 *
 * The walk keeps, for each unit of the pattern, the few cheapest ways to have come so far; it is a
 * beam search of fixed width, so its cost is bounded by pattern length times width times gap.
 */
#ifndef WARD_MATCH_WALK_H
#define WARD_MATCH_WALK_H

#include "match/plan.h"

/** The text as the walk sees it: units, or a selection of units (first characters of lines). */
struct walk_view {
    const uint32_t *code;
    const uint8_t *kind;
    const uint32_t *fold;
    uint32_t count;
};

/** What lies in the gaps of a hit, as bits. */
enum walk_gap {
    GAP_SPACE = 1,
    GAP_LINE = 2,
    GAP_MARK = 4,
    GAP_SYMBOL = 8,
    GAP_EMOJI = 16,
    GAP_FILLER = 32,
    GAP_REPEAT = 64
};

/** One way through, how its units were read, and its gaps. */
struct walk_path {
    uint32_t next; /**< unit behind the last one read */
    uint32_t last; /**< the last unit read begins here */
    uint32_t disguises;
    uint16_t cost_centi;
    uint8_t look;       /**< units read as they look (exact, folded, numeral) */
    uint8_t sound;      /**< by the same sound */
    uint8_t numeral;    /**< digits for numerals and the other way round; also in `look` */
    uint8_t split;      /**< put together from parts; also in `shape` */
    uint8_t said;       /**< by a digit or letter said aloud */
    uint8_t near;       /**< by a near sound */
    uint8_t spelled;    /**< by pinyin */
    uint8_t initial;    /**< by first letter */
    uint8_t shape;      /**< by shape or split */
    uint8_t gaps;       /**< enum walk_gap bits */
    uint8_t gap_count;  /**< gaps that hold something, repeats aside */
    uint8_t wide_gaps;  /**< gaps that hold a space, line end or sentence mark */
    uint8_t first_gap;  /**< pattern unit before which the first gap lies; 0 none */
    bool first_changed; /**< the first unit is another character than the term's */
    bool last_changed;  /**< so is the last unit read */
};

#define WALK_BEAM 6u

struct walk_beam {
    struct walk_path at[WALK_BEAM];
    uint32_t count;
};

/** One per thread; about 12 KB. */
struct walk_scratch {
    struct walk_beam beams[WARD_TERM_UNITS_MAX + 1u];
    uint32_t steps; /**< readings asked for by the last walk */
};

/** Dearest hit allowed for a pattern of `units` units. */
static inline uint32_t walk_limit(uint32_t limit_centi, uint32_t per_unit, uint32_t units)
{
    return limit_centi + (units > 2 ? (units - 2) * per_unit : 0);
}

/**
 * Walks `pattern` from unit `start` of `view`. True if there is a way within the limit; `*best` is
 * the cheapest (shortest on a tie).
 */
bool walk_pattern(const struct matcher *matcher, const struct pattern *pattern,
                  const struct walk_view *view, uint32_t start, struct walk_scratch *scratch,
                  struct walk_path *best);

#endif
