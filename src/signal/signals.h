/**
 * Typed signals found in one text: terms of the packs plus what the readers read (prices, children,
 * places, handles), each with its span as written.
 */
#ifndef WARD_SIGNAL_SIGNALS_H
#define WARD_SIGNAL_SIGNALS_H

#include "text/units.h"
#include "ward/ward.h"

/** One signal occurrence. `signal` is the pack's signal index (see pack/pack.h). */
struct signal_hit {
    uint16_t signal;
    uint32_t term;       /**< pack term index, or SIGNAL_NO_TERM for a reader's finding */
    uint32_t unit_begin; /**< half-open, units */
    uint32_t unit_end;
    uint32_t begin; /**< half-open, bytes of the field as received */
    uint32_t end;
    uint32_t disguises;
    uint16_t cost_centi;
    uint8_t support; /**< enum hit_support, after company was looked at: SUPPORT_NONE = counts */
    bool rare;
};
#define SIGNAL_NO_TERM 0xFFFFFFFFu

/** A sum of money. Minor units: fen, cents, sen ... of `currency` (ISO 4217). */
struct price_fact {
    int64_t low_minor;
    int64_t high_minor; /**< equal to low for a single sum */
    char currency[4];
    bool coded; /**< private code ("8个", 一个巴掌): a price only in company */
    uint32_t unit_begin, unit_end, begin, end;
    uint32_t disguises;
};

enum child_sex { SEX_UNKNOWN, SEX_FEMALE, SEX_MALE };

/** What is said of a child. Ages in days; unborn: due is set, ages 0. */
struct child_fact {
    enum child_sex sex;
    int32_t age_days_low; /**< -1 unknown */
    int32_t age_days_high;
    int32_t weight_grams; /**< 0 unknown */
    int32_t count;        /**< 1.. */
    bool unborn;
    char due[11]; /**< "YYYY-MM-DD", "YYYY-MM", "--MM", or "" */
    uint32_t unit_begin, unit_end, begin, end;
    uint32_t disguises;
};

struct place_fact {
    char code[16]; /**< "CN-44", "CN-4405", "CN-440507", "PH-MNL" ...*/
    uint32_t unit_begin, unit_end, begin, end;
};

struct handle_fact {
    const char
        *kind; /**< "phone", "wechat", "qq", "telegram", "email", "url", "line" ...; static */
    struct ward_str value; /**< normalised, NUL-terminated; in the scratch, until the next call */
    uint32_t unit_begin, unit_end, begin, end;
    uint32_t disguises;
};

#endif
