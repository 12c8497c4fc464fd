/**
 * What is said of a child: age, sex, weight, number, due date.
 *
 * Readers find *parts*; parts that stand together become one `child_fact`. A part that could as
 * well speak of something else ("3个月" may be any time, "五斤" any weight) asks for company unless
 * a word for a child stands near.
 */
#ifndef WARD_SIGNAL_CHILD_H
#define WARD_SIGNAL_CHILD_H

#include "signal/number.h"
#include "signal/signals.h"

enum child_part_kind { PART_AGE, PART_SEX, PART_WEIGHT, PART_DUE, PART_COUNT, PART_BIRTH };

struct child_part {
    uint8_t kind;    /**< enum child_part_kind; PART_BIRTH is a birth month of a born child */
    uint8_t sex;     /**< enum child_sex, PART_SEX */
    uint8_t support; /**< enum hit_support */
    int32_t low;     /**< age in days, weight in grams, or number of children */
    int32_t high;
    char due[11];         /**< PART_DUE and PART_BIRTH, see child_fact */
    uint32_t first, last; /**< tokens, half-open */
    uint32_t disguises;
};

#define CHILD_PARTS_MAX 64u
/** Units between two parts that still speak of one child. */
#define CHILD_PART_GAP_UNITS 14u

/** Reads all parts in order of position into `out` (room for `max`); returns their count. In an
 * alias a lone sex or month counts without company. */
uint32_t child_read_parts(const struct tokens *tokens, enum signal_field field,
                          struct child_part *out, uint32_t max);

/** Merges parts into facts, `out` with room for `max`; returns their count. */
uint32_t child_merge(const struct tokens *tokens, const struct child_part *parts, uint32_t count,
                     struct child_fact *out, uint32_t max);

/* The single readers, each: the part that begins at token `at`, or false. `number` is the number
 * that begins there, NULL if none does. */
bool child_age_at(const struct tokens *tokens, uint32_t at, const struct number *number,
                  struct child_part *out);
bool child_weight_at(const struct tokens *tokens, uint32_t at, const struct number *number,
                     struct child_part *out);
bool child_due_at(const struct tokens *tokens, uint32_t at, const struct number *number,
                  struct child_part *out);
bool child_sex_at(const struct tokens *tokens, uint32_t at, struct child_part *out);
bool child_count_at(const struct tokens *tokens, uint32_t at, const struct number *number,
                    struct child_part *out);

/** True if a word for a child stands within `reach` tokens of [first, last), on the same line. */
bool child_word_near(const struct tokens *tokens, uint32_t first, uint32_t last, uint32_t reach);

#endif
