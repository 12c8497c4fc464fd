/**
 * When a law's day begins.
 *
 * Laws name days, events name moments. The day is that of the place where the law holds, not that
 * of the writer and not UTC: half past midnight in Beijing on 2021-01-01 is still 2020 in UTC, yet
 * the Civil Code is in force. Packs keep days as midnight UTC; here the moment is moved instead.
 * Summer time is left out: none of the countries listed has had any since their laws began.
 *
 * Source: IANA time zone database 2022 (Asia/Shanghai, Asia/Manila, Asia/Jakarta, ...).
 */
#include <string.h>

#include "base/str.h"
#include "pack/pack.h"

#define MINUTE_MS INT64_C(60000)

struct clock_of {
    char country[3]; /* what the id begins with, ISO 3166-1 */
    int16_t east_minutes;
};

static const struct clock_of clocks[] = {
    {"CN", 480}, {"HK", 480}, {"MO", 480}, {"TW", 480}, {"PH", 480}, {"SG", 480}, {"MY", 480},
    {"ID", 420}, {"VN", 420}, {"TH", 420}, {"KH", 420}, {"LA", 420}, {"MM", 390}, {"IN", 330},
};

static int64_t east_of_utc_ms(struct ward_str id)
{
    if (id.len < 3 || id.data[2] != '/')
        return 0;
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        if (memcmp(id.data, clocks[i].country, 2) == 0)
            return clocks[i].east_minutes * MINUTE_MS;
    }
    return 0;
}

bool pack_law_holds(const struct pack_law *law, int64_t time_ms)
{
    const int64_t east_ms = east_of_utc_ms(law->id);
    return (law->from_ms == INT64_MIN || time_ms >= law->from_ms - east_ms) &&
           (law->to_ms == INT64_MAX || time_ms < law->to_ms - east_ms);
}

const struct pack_law *pack_law_at(const struct pack *pack, uint32_t law, int64_t time_ms)
{
    for (uint32_t i = law; i < pack->law_count; i++) {
        const struct pack_law *at = &pack->laws[i];
        if (!str_equal(at->id, pack->laws[law].id))
            return NULL;
        if (pack_law_holds(at, time_ms))
            return at;
    }
    return NULL;
}
