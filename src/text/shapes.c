/**
 * What a character looks like, and what it is made of.
 *
 * Lists were measured and ordered when the tables were made (tools/tables/alikes.py, splits.py);
 * here are only look-ups. The walk over parts is a trie, so that a matcher may skip separators
 * between parts without asking again from the start.
 */
#include <assert.h>

#include "text/chars.h"
#include "text/tables.h"

uint32_t chars_shape_alikes(uint32_t code, const struct chars_alike **alikes)
{
    const uint32_t place = TABLE_AT(table_alike, code);
    *alikes = table_alike_pool + place;
    return place ? table_alike_pool[place - 1].code : 0;
}

uint32_t chars_shape_distance(uint32_t a, uint32_t b)
{
    const struct chars_alike *alikes;
    const uint32_t count = chars_shape_alikes(a, &alikes);
    if (a == b)
        return 0;
    for (uint32_t i = 0; i < count; i++)
        if (alikes[i].code == b)
            return alikes[i].distance;
    return UINT32_MAX;
}

uint32_t chars_split_step(uint32_t state, uint32_t code)
{
    if (state == CHARS_SPLIT_START)
        return TABLE_AT(table_split_root, code);
    if (state == 0)
        return 0;
    return table_trie_next(table_split_first, table_split_code, table_split_next, state, code);
}

uint32_t chars_split_result(uint32_t state, const uint32_t **codes)
{
    const uint32_t *list = table_split_whole_pool + table_split_whole[state];
    *codes = list + 1;
    return *list;
}

uint32_t chars_splits(uint32_t code, struct chars_parts *out, uint32_t max)
{
    const uint32_t *list = table_way_pool + TABLE_AT(table_way, code);
    const uint32_t *end = list + 1 + *list;
    uint32_t count = 0;
    for (list++; list < end && count < max; list += 1 + *list) {
        assert(*list <= 3);
        out[count].count = *list;
        for (uint32_t i = 0; i < 3; i++)
            out[count].code[i] = i < *list ? list[1 + i] : 0;
        count++;
    }
    return count;
}
