#include "link/cluster_compare.h"

#include <assert.h>
#include <string.h>

void cluster_pattern_set(struct cluster_pattern *pattern, const uint16_t *ids, uint32_t count,
                         const bool *skipped)
{
    assert(count <= CLUSTER_TOKENS_MAX);
    for (uint32_t i = 0; i < pattern->id_count; i++)
        pattern->place[pattern->ids[i]] = 0;
    pattern->id_count = 0;
    pattern->length = count;
    pattern->words = (count + 63) / 64;
    for (uint32_t i = 0; i < count; i++) {
        if (skipped && skipped[i])
            continue;
        uint16_t place = pattern->place[ids[i]];
        if (!place) {
            pattern->ids[pattern->id_count++] = ids[i];
            place = (uint16_t)pattern->id_count;
            pattern->place[ids[i]] = place;
            memset(pattern->masks[place - 1], 0, pattern->words * sizeof(uint64_t));
        }
        pattern->masks[place - 1][i / 64] |= (uint64_t)1 << (i % 64);
    }
}

/* Bits of the row that fell among the first `length`: tokens of the pattern that are shared. */
static uint32_t fallen(const uint64_t *row, uint32_t length)
{
    uint32_t common = 0;
    for (uint32_t w = 0; w * 64 < length; w++) {
        const uint32_t left = length - w * 64;
        const uint64_t mine = left >= 64 ? UINT64_MAX : ((uint64_t)1 << left) - 1;
        common += (uint32_t)__builtin_popcountll(~row[w] & mine);
    }
    return common;
}

static uint64_t step_short(const struct cluster_pattern *pattern, uint64_t row, const uint16_t *ids,
                           uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t place = pattern->place[ids[i]];
        const uint64_t met = place ? row & pattern->masks[place - 1][0] : 0;
        row = (row + met) | (row - met);
    }
    return row;
}

static void step_long(const struct cluster_pattern *pattern, uint64_t *row, const uint16_t *ids,
                      uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t place = pattern->place[ids[i]];
        if (!place)
            continue;
        const uint64_t *mask = pattern->masks[place - 1];
        uint64_t carry = 0;
        for (uint32_t w = 0; w < pattern->words; w++) {
            const uint64_t met = row[w] & mask[w];
            uint64_t sum;
            const bool over = __builtin_add_overflow(row[w], met, &sum);
            const bool more = __builtin_add_overflow(sum, carry, &sum);
            carry = over || more;
            row[w] = sum | (row[w] - met);
        }
    }
}

struct cluster_common cluster_pattern_common(const struct cluster_pattern *pattern,
                                             const uint16_t *ids, uint32_t count)
{
    uint64_t row[CLUSTER_PATTERN_WORDS];
    struct cluster_common common;
    const uint32_t half = count / 2;
    memset(row, 0xFF, sizeof row);
    if (pattern->words <= 1) {
        row[0] = step_short(pattern, row[0], ids, half);
        common.other_half = fallen(row, pattern->length);
        row[0] = step_short(pattern, row[0], ids + half, count - half);
    } else {
        step_long(pattern, row, ids, half);
        common.other_half = fallen(row, pattern->length);
        step_long(pattern, row, ids + half, count - half);
    }
    common.total = fallen(row, pattern->length);
    common.pattern_half = fallen(row, pattern->length / 2);
    return common;
}
