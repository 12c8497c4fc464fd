#include "casework/tally.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

#define DAY_MS (24LL * 60 * 60 * 1000)
#define PRICES_OF_ONE 8u

void tally_init(struct tally *tally)
{
    *tally = (struct tally){.is_whole = true};
    arena_init(&tally->arena, 65536, SIZE_MAX / 2);
    name_ids_init(&tally->places, &tally->arena);
    name_ids_init(&tally->names, &tally->arena);
}

void tally_release(struct tally *tally)
{
    name_ids_release(&tally->places);
    name_ids_release(&tally->names);
    arena_release(&tally->arena);
    free(tally->days);
    free(tally->prices);
    free(tally->hits);
    *tally = (struct tally){0};
}

/* ---- days ---- */

int32_t tally_month_of(int32_t day)
{
    /* civil_from_days of Howard Hinnant's date algorithms (public domain) */
    const int32_t shifted = day + 719468;
    const int32_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const int32_t of_era = shifted - era * 146097;
    const int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int32_t of_year = of_era - (365 * year + year / 4 - year / 100);
    const int32_t month = (5 * of_year + 2) / 153;
    const int32_t civil = month < 10 ? month + 3 : month - 9;
    return (year + era * 400 + (civil <= 2)) * 12 + civil - 1;
}

static int32_t day_of(int32_t year, int32_t month, int32_t day)
{
    const int32_t shifted = year - (month <= 2);
    const int32_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    const int32_t of_era = shifted - era * 400;
    const int32_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool tally_day_read(struct ward_str text, int32_t *day)
{
    int32_t parts[3] = {0, 0, 0};
    if (text.len != 10 || text.data[4] != '-' || text.data[7] != '-')
        return false;
    for (int i = 0, part = 0; i < 10; i++) {
        const char c = text.data[i];
        if (i == 4 || i == 7)
            part++;
        else if (c >= '0' && c <= '9')
            parts[part] = parts[part] * 10 + (c - '0');
        else
            return false;
    }
    if (parts[0] < 1970 || parts[1] < 1 || parts[1] > 12 || parts[2] < 1 || parts[2] > 31)
        return false;
    const int32_t found = day_of(parts[0], parts[1], parts[2]);
    if (tally_month_of(found) != parts[0] * 12 + parts[1] - 1)
        return false; /* the 30th of February */
    *day = found;
    return true;
}

/* The counters of a day, made if need be; NULL when memory or the ceiling is reached. */
static struct tally_day *take_day(struct tally *t, int32_t day)
{
    uint32_t low = 0;
    uint32_t high = t->day_count;
    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (t->days[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < t->day_count && t->days[low].day == day)
        return &t->days[low];
    if (t->day_count == TALLY_DAYS_MAX)
        return NULL;
    if (t->day_count == t->day_capacity) {
        const uint32_t capacity = t->day_capacity ? t->day_capacity * 2 : 64;
        struct tally_day *days = realloc(t->days, capacity * sizeof *days);
        if (!days)
            return NULL;
        t->days = days;
        t->day_capacity = capacity;
    }
    memmove(&t->days[low + 1], &t->days[low], (t->day_count - low) * sizeof *t->days);
    t->days[low] = (struct tally_day){.day = day};
    t->day_count++;
    return &t->days[low];
}

/* ---- one verdict ---- */

struct seen {
    struct tally *tally;
    uint32_t disguises;
    uint32_t ids[512]; /* names met in this event, each once */
    uint32_t id_count;
};

static struct ward_str text_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value)
               ? (struct ward_str){json_string_value(value), json_string_length(value)}
               : (struct ward_str){"", 0};
}

static bool grow_hits(struct tally *t, uint32_t id)
{
    if (id < t->hit_capacity)
        return true;
    const uint32_t capacity = t->hit_capacity ? t->hit_capacity * 2 : 1024;
    uint64_t *hits = realloc(t->hits, capacity * sizeof *hits);
    if (!hits)
        return false;
    memset(hits + t->hit_capacity, 0, (capacity - t->hit_capacity) * sizeof *hits);
    t->hits = hits;
    t->hit_capacity = capacity;
    return id < capacity;
}

/* A name longer than this is no name of a pack. */
#define NAME_BYTES 128u

static bool see_name(struct seen *seen, char kind, struct ward_str name)
{
    char key[NAME_BYTES + 2] = {kind, ':'};
    uint32_t id;
    if (!name.len || name.len > NAME_BYTES)
        return true;
    memcpy(key + 2, name.data, name.len);
    if (!name_ids_take(&seen->tally->names, (struct ward_str){key, name.len + 2}, &id) ||
        !grow_hits(seen->tally, id))
        return false;
    for (uint32_t i = 0; i < seen->id_count; i++)
        if (seen->ids[i] == id)
            return true;
    if (seen->id_count < sizeof seen->ids / sizeof seen->ids[0]) {
        seen->ids[seen->id_count++] = id;
        seen->tally->hits[id]++;
    }
    return true;
}

static uint32_t disguise_bit(const char *name)
{
    for (uint32_t i = 0; name && i < WARD_DISGUISE_COUNT; i++)
        if (strcmp(ward_disguise_name(1u << i), name) == 0)
            return 1u << i;
    return 0;
}

static bool see_reason(struct seen *seen, const json_t *reason)
{
    size_t i;
    size_t j;
    const json_t *span;
    const json_t *disguise;
    if (!see_name(seen, 'r', text_of(reason, "rule")))
        return false;
    json_array_foreach(json_object_get(reason, "spans"), i, span)
    {
        const struct ward_str signal = text_of(span, "signal");
        if (str_equal(signal, str_of(WARD_SIGNAL_WORDING)))
            continue; /* found by no signal */
        if (!see_name(seen, 's', signal))
            return false;
        json_array_foreach(json_object_get(span, "disguise"), j, disguise) seen->disguises |=
            disguise_bit(json_string_value(disguise));
    }
    return true;
}

static bool add_price(struct tally *t, const struct tally_price *price)
{
    if (t->price_count == TALLY_PRICES_MAX) {
        t->is_whole = false;
        return true;
    }
    if (t->price_count == t->price_capacity) {
        const uint32_t capacity = t->price_capacity ? t->price_capacity * 2 : 1024;
        struct tally_price *prices = realloc(t->prices, capacity * sizeof *prices);
        if (!prices)
            return false;
        t->prices = prices;
        t->price_capacity = capacity;
    }
    t->prices[t->price_count++] = *price;
    return true;
}

static bool see_prices(struct tally *t, const json_t *facts, int32_t day)
{
    size_t i;
    const json_t *price;
    const json_t *places = json_object_get(facts, "places");
    struct tally_price one = {.month = tally_month_of(day)};
    if (!name_ids_take(&t->places, text_of(json_array_get(places, 0), "code"), &one.place))
        return false;
    json_array_foreach(json_object_get(facts, "prices"), i, price)
    {
        const json_t *fen = json_object_get(price, "fen");
        one.fen = json_integer_value(fen);
        if (i < PRICES_OF_ONE && json_is_integer(fen) && one.fen > 0 && !add_price(t, &one))
            return false;
    }
    return true;
}

static bool count_verdict(struct tally *t, const struct store_event *event, const json_t *root)
{
    const int64_t time_ms = event->has_time ? event->time_ms : event->received_ms;
    const int64_t whole = time_ms / DAY_MS - (time_ms % DAY_MS < 0);
    if (whole < -700000 || whole > 2900000) { /* years 53 to 9909: no other can be written */
        t->is_whole = false;
        return true;
    }
    struct seen seen = {.tally = t};
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(root, "reasons"), i,
                       item) if (!see_reason(&seen, item)) return false;
    json_array_foreach(json_object_get(root, "help"), i,
                       item) if (!see_name(&seen, 'r', text_of(item, "rule"))) return false;
    const bool flagged = event->level != WARD_LEVEL_NONE;
    if (flagged && !see_prices(t, json_object_get(root, "facts"), (int32_t)whole))
        return false;
    struct tally_day *day = take_day(t, (int32_t)whole);
    if (!day) {
        t->is_whole = false;
        return t->day_count == TALLY_DAYS_MAX;
    }
    day->levels[event->level]++;
    day->roles[event->role] += flagged;
    for (uint32_t bit = 0; flagged && bit < WARD_DISGUISE_COUNT; bit++)
        day->disguises[bit] += seen.disguises >> bit & 1u;
    return true;
}

static enum ward_status take_row(void *context, const struct store_event_row *row,
                                 struct ward_error *err)
{
    struct tally *t = context;
    const struct ward_str json = row->event.verdict_json;
    t->seq = row->seq;
    if (row->is_erased)
        return WARD_OK;
    json_t *root = json.len ? json_loadb(json.data, json.len, JSON_ALLOW_NUL, NULL) : NULL;
    if (json.len && !json_is_object(root)) {
        json_decref(root);
        return error_set(err, WARD_ERR_FORMAT, "a stored verdict is damaged");
    }
    const bool good = count_verdict(t, &row->event, root);
    json_decref(root);
    t->events++;
    return good ? WARD_OK : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

enum ward_status tally_catch_up(struct tally *tally, struct store *store, uint64_t rows,
                                bool *behind, struct ward_error *err)
{
    const uint64_t before = tally->events;
    const struct store_event_query query = {.after_seq = tally->seq, .limit = (size_t)rows};
    const enum ward_status status = store_events(store, &query, take_row, tally, err);
    *behind = status == WARD_OK && tally->events - before >= rows;
    return status;
}

uint64_t tally_hits(const struct tally *tally, char kind, struct ward_str name)
{
    char key[NAME_BYTES + 2] = {kind, ':'};
    uint32_t id;
    if (!name.len || name.len > NAME_BYTES)
        return 0;
    memcpy(key + 2, name.data, name.len);
    return name_ids_find(&tally->names, (struct ward_str){key, name.len + 2}, &id) &&
                   id < tally->hit_capacity
               ? tally->hits[id]
               : 0;
}
