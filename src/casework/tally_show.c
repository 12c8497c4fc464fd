/**
 * Counts over stored verdicts -> JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/time_text.h"
#include "casework/tally.h"

static bool in_range(const struct tally_day *day, struct tally_range range)
{
    return day->day >= range.from && day->day < range.to;
}

static void show_day(struct json_pen *pen, int32_t day)
{
    struct buf text;
    buf_init(&text, 64);
    time_put(&text, (int64_t)day * 24 * 60 * 60 * 1000);
    pen_string(pen, str_part(buf_str(&text), 0, 10));
    buf_release(&text);
}

static void show_volumes(const struct tally *t, struct tally_range range, struct json_pen *pen)
{
    pen_key(pen, "volumes");
    pen_open(pen, '[');
    for (uint32_t i = 0; i < t->day_count; i++) {
        const struct tally_day *day = &t->days[i];
        if (!in_range(day, range) ||
            day->levels[0] == day->levels[0] + day->levels[1] + day->levels[2] + day->levels[3])
            continue; /* only neighbours: nothing was flagged that day */
        pen_open(pen, '{');
        pen_key(pen, "day");
        show_day(pen, day->day);
        for (int level = WARD_LEVEL_WATCH; level <= WARD_LEVEL_URGENT; level++) {
            pen_key(pen, ward_level_name((enum ward_level)level));
            pen_integer(pen, (int64_t)day->levels[level]);
        }
        pen_close(pen, '}');
    }
    pen_close(pen, ']');
}

static void show_roles(const struct tally *t, struct tally_range range, struct json_pen *pen)
{
    pen_key(pen, "roles");
    pen_open(pen, '{');
    for (int role = 0; role < 4; role++) {
        uint64_t sum = 0;
        for (uint32_t i = 0; i < t->day_count; i++)
            sum += in_range(&t->days[i], range) ? t->days[i].roles[role] : 0;
        pen_key(pen, ward_role_name((enum ward_role)role));
        pen_integer(pen, (int64_t)sum);
    }
    pen_close(pen, '}');
}

struct counted {
    const char *name;
    uint64_t count;
};

static int by_count(const void *a, const void *b)
{
    const struct counted *x = a;
    const struct counted *y = b;
    return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
                                : strcmp(x->name, y->name);
}

static void show_disguises(const struct tally *t, struct tally_range range, struct json_pen *pen)
{
    struct counted sums[WARD_DISGUISE_COUNT];
    for (uint32_t bit = 0; bit < WARD_DISGUISE_COUNT; bit++) {
        sums[bit] = (struct counted){ward_disguise_name(1u << bit), 0};
        for (uint32_t i = 0; i < t->day_count; i++)
            sums[bit].count += in_range(&t->days[i], range) ? t->days[i].disguises[bit] : 0;
    }
    qsort(sums, WARD_DISGUISE_COUNT, sizeof sums[0], by_count);
    pen_key(pen, "disguises");
    pen_open(pen, '[');
    for (uint32_t i = 0; i < WARD_DISGUISE_COUNT && sums[i].count; i++) {
        pen_open(pen, '{');
        pen_pair_text(pen, "disguise", sums[i].name);
        pen_key(pen, "count");
        pen_integer(pen, (int64_t)sums[i].count);
        pen_close(pen, '}');
    }
    pen_close(pen, ']');
}

/* ---- sums of money ---- */

/* By place, month, sum; places by id, which is the order in which they were first seen. */
static int by_cell(const void *a, const void *b)
{
    const struct tally_price *x = a;
    const struct tally_price *y = b;
    if (x->place != y->place)
        return (x->place > y->place) - (x->place < y->place);
    if (x->month != y->month)
        return (x->month > y->month) - (x->month < y->month);
    return (x->fen > y->fen) - (x->fen < y->fen);
}

/* One place and month; `cell` is sorted. */
static void show_cell(const struct tally *t, const struct tally_price *cell, uint32_t count,
                      struct json_pen *pen)
{
    char month[24];
    (void)snprintf(month, sizeof month, "%04d-%02d", cell->month / 12, cell->month % 12 + 1);
    const int64_t middle = cell[(count - 1) / 2].fen / 2 + cell[count / 2].fen / 2 +
                           (cell[(count - 1) / 2].fen % 2 + cell[count / 2].fen % 2) / 2;
    pen_open(pen, '{');
    pen_key(pen, "place");
    pen_string(pen, t->places.names[cell->place]);
    pen_pair_text(pen, "month", month);
    pen_key(pen, "count");
    pen_integer(pen, count);
    pen_key(pen, "median_fen");
    pen_integer(pen, middle);
    pen_key(pen, "low_fen");
    pen_integer(pen, cell[0].fen);
    pen_key(pen, "high_fen");
    pen_integer(pen, cell[count - 1].fen);
    pen_close(pen, '}');
}

static enum ward_status show_prices(const struct tally *t, struct tally_range range,
                                    struct json_pen *pen)
{
    struct tally_price *sorted = malloc(((size_t)t->price_count + 1) * sizeof *sorted);
    uint32_t count = 0;
    if (!sorted)
        return WARD_ERR_NOMEM;
    const int32_t first = tally_month_of(range.from);
    const int32_t last = tally_month_of(range.to - 1);
    for (uint32_t i = 0; i < t->price_count; i++)
        if (t->prices[i].month >= first && t->prices[i].month <= last)
            sorted[count++] = t->prices[i];
    qsort(sorted, count, sizeof *sorted, by_cell);
    pen_key(pen, "prices");
    pen_open(pen, '[');
    for (uint32_t begin = 0; begin < count;) {
        uint32_t end = begin + 1;
        while (end < count && sorted[end].place == sorted[begin].place &&
               sorted[end].month == sorted[begin].month)
            end++;
        show_cell(t, sorted + begin, end - begin, pen);
        begin = end;
    }
    pen_close(pen, ']');
    free(sorted);
    return WARD_OK;
}

enum ward_status tally_show(const struct tally *tally, struct tally_range range,
                            struct json_pen *pen)
{
    show_volumes(tally, range, pen);
    show_roles(tally, range, pen);
    show_disguises(tally, range, pen);
    return show_prices(tally, range, pen);
}
