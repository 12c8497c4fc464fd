/**
 * Counts over stored verdicts, kept up to date row by row: volumes by day, roles, disguises, sums
 * of money by place and month, hits of rules and signals.
 *
 * Reads only rows behind the last one counted, so that asking again costs what came since. An event
 * that is judged again gets a further row and is then counted twice, until a new tally is begun.
 * Days are UTC, by the event's time, else by when it was received. Memory: TALLY_* at most.
 */
#ifndef WARD_CASEWORK_TALLY_H
#define WARD_CASEWORK_TALLY_H

#include "base/json_pen.h"
#include "casework/name_ids.h"

#define TALLY_DAYS_MAX 40000u
#define TALLY_PRICES_MAX 500000u

struct tally_day {
    int32_t day; /**< since the epoch */
    uint64_t levels[4];
    uint64_t roles[4];                       /**< of flagged events */
    uint64_t disguises[WARD_DISGUISE_COUNT]; /**< flagged events that used it */
};

struct tally_price {
    int32_t month;  /**< year * 12 + month - 1 */
    uint32_t place; /**< id in `places` */
    int64_t fen;
};

struct tally {
    struct arena arena;
    uint64_t seq;           /**< the last row counted */
    uint64_t events;        /**< rows counted */
    bool is_whole;          /**< nothing was left out */
    struct tally_day *days; /**< owned; ascending */
    uint32_t day_count, day_capacity;
    struct tally_price *prices; /**< owned; only yuan, of flagged events */
    uint32_t price_count, price_capacity;
    struct name_ids places, names; /**< names: "r:RULE" and "s:SIGNAL" */
    uint64_t *hits;                /**< owned; events by id in `names` */
    uint32_t hit_capacity;
};

void tally_init(struct tally *tally);
void tally_release(struct tally *tally);
/**
 * Counts rows that came since, at most `rows` of them; `*behind` is true when there may be more.
 * Errors of the store; WARD_ERR_FORMAT for a damaged row; WARD_ERR_NOMEM.
 */
enum ward_status tally_catch_up(struct tally *tally, struct store *store, uint64_t rows,
                                bool *behind, struct ward_error *err) WARD_MUST_USE;

/** Events in which the rule (kind 'r') or signal ('s') was seen. */
uint64_t tally_hits(const struct tally *tally, char kind, struct ward_str name);

/** Days [from, to), since the epoch. */
struct tally_range {
    int32_t from, to;
};
/** Members "volumes", "roles", "prices" and "disguises" of an open object. WARD_ERR_NOMEM. */
enum ward_status tally_show(const struct tally *tally, struct tally_range range,
                            struct json_pen *pen) WARD_MUST_USE;

/** "2026-11-01" -> days since the epoch; false if it is no such day. */
bool tally_day_read(struct ward_str text, int32_t *day);
/** The month (year * 12 + month - 1) of a day. */
int32_t tally_month_of(int32_t day);

#endif
