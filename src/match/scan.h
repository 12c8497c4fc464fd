/**
 * One scan under way: shared by the scan as a whole (scan.c), the first stage (stream.c), the
 * search for detours (detour.c) and the gate (gate.c). Nobody outside this room includes it.
 *
 * Work is bounded by a budget of steps (one reading of one unit, or one edge of a detour): a burst
 * for each call, and a few more for every unit passed. Exact occurrences cost no steps, so hostile
 * text can never hide what a literal engine finds.
 */
#ifndef WARD_MATCH_SCAN_H
#define WARD_MATCH_SCAN_H

#include "match/walk.h"

/** Steps a call may always take: disguised messages need some hundreds. */
#define SCAN_STEPS_BURST 2500u
/** Further steps for each unit: bounds the time for hostile text of any length. */
#define SCAN_STEPS_PER_UNIT 6u
/** Places at which split characters may begin, remembered for one scan. */
#define SCAN_SPLITS_MAX 64u

/** A run of units with meaning, next to each other whatever stands between them in the text. */
struct stream {
    uint16_t *symbol; /**< and four zeros */
    uint8_t *flags;   /**< bits of symbol_entry above the symbol; and four zeros */
    uint32_t *at;     /**< view positions they stand at */
    uint32_t count;
};

struct matcher_scratch {
    struct stream units; /**< all units with meaning */
    struct stream other; /**< a selection of them, or the same read otherwise */
    uint32_t *index;     /**< for each unit: index of the first such symbol at or behind it */
    uint32_t *found;     /**< candidates of one pass: index and kinds of key */
    uint8_t *pairs;      /**< what is known of each pair of neighbours in a stream */
    uint32_t *line_code; /**< first characters of lines: code, fold, unit and kind */
    uint32_t *line_fold;
    uint32_t *line_unit;
    uint8_t *line_kind;
    uint32_t capacity; /**< units that fit */
    uint32_t splits[SCAN_SPLITS_MAX];
    uint32_t split_count;
    uint32_t spelled_at; /**< unit asked last by detours, plus one; 0 none */
    bool spelled;        /**< and the answer */
    uint64_t steps;      /**< taken in the last scan */
    struct walk_scratch walk;
};

struct scan {
    const struct matcher *matcher;
    struct ward_str text;
    const struct text_units *units;
    struct matcher_scratch *scratch;
    struct matcher_hits *hits;
    struct walk_view view;     /**< what is walked: the units, or first characters of lines */
    const uint32_t *view_unit; /**< unit of each view position; NULL: the same */
    uint32_t steps_left;
    enum ward_status status;
};

/** Takes `count` steps from the budget, which stops at nothing left. */
static inline void scan_spend(struct scan *scan, uint32_t count)
{
    scan->steps_left -= count < scan->steps_left ? count : scan->steps_left;
    scan->scratch->steps += count;
}

/** Walks every pattern under the key of this hash, from position `at` of the view. */
void scan_visit(struct scan *scan, const struct seed_table *table, uint64_t hash, uint32_t at);

/** The first stage and the detours: everything that is found through units. */
void streams_search(struct scan *scan);

/** Searches spelled, said, split and pictured readings around the units that allow them. */
void detours_search(struct scan *scan);

/* ---- Hits (hits.c) ---- */

/** Appends; sets scan->status on failure. */
void hits_push(struct scan *scan, const struct matcher_hit *hit);
/** Sorts, merges, drops what is dominated or inside an innocent phrase. */
void hits_settle(const struct matcher *matcher, struct matcher_hits *hits);

/* ---- Gate (gate.c) ---- */

/** Fills support and rare of a hit that was read by `path` from `begin`; false: not a hit at all.
 */
bool gate_hit(const struct scan *scan, const struct pattern *pattern, const struct walk_path *path,
              uint32_t begin, struct matcher_hit *hit);
/** Letters and digits do not touch the edges of the units [begin, end). */
bool gate_whole_word(const struct walk_view *view, uint32_t begin, uint32_t end);

#endif
