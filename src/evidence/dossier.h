/**
 * What a report says of one case, gathered before a word is written: which messages are shown,
 * which law is cited, how words were hidden, what is missing.
 */
#ifndef WARD_EVIDENCE_DOSSIER_H
#define WARD_EVIDENCE_DOSSIER_H

#include "evidence/evidence.h"
#include "evidence/message.h"

struct dossier_law {
    struct ward_str id;
    uint32_t messages; /**< that cite it */
};

/** One day, or one month in a long case. */
struct dossier_day {
    int64_t begin_ms;   /**< its first moment, as the case's zone has it */
    uint32_t flagged;   /**< messages */
    uint32_t strongest; /**< entry with the highest level, then score */
};

#define DOSSIER_LAWS_MAX 64u
#define DOSSIER_DAYS_MAX 62u

struct dossier {
    const struct case_file *file;
    const struct link_case *the_case;
    int zone_minutes;
    uint32_t *shown; /**< entries shown in full, in the order of the file */
    size_t shown_count;
    size_t flagged, neighbours, erased, unreadable, zone_assumed, without_time;
    struct dossier_law laws[DOSSIER_LAWS_MAX]; /**< most cited first, then by id */
    size_t law_count;
    bool laws_left_out;
    uint32_t disguises[WARD_DISGUISE_COUNT]; /**< messages in which each was undone */
    struct dossier_day days[DOSSIER_DAYS_MAX];
    size_t day_count;
    bool by_month;
    size_t days_left_out; /**< events beyond the last row */
    struct arena arena;   /**< owns `shown` and the ids of laws */
};

/**
 * Gathers; reads every verdict once. `file->link` holds exactly one case (WARD_ERR_ARGUMENT
 * otherwise). WARD_ERR_NOMEM. Release also on failure. Cost: linear in the bytes of the verdicts,
 * n log n in events.
 */
enum ward_status dossier_init(struct dossier *dossier, const struct case_file *file,
                              struct ward_error *err) WARD_MUST_USE;
void dossier_release(struct dossier *dossier);

/** "P1" of person `index` as a number: 1-based place in the report. */
static inline uint32_t dossier_number(uint32_t index)
{
    return index + 1;
}

#endif
