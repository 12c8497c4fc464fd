/**
 * How ordinary a character or a pair of characters is.
 *
 * An exact table (ranks, sorted followers) instead of a Bloom filter: at about
 * 1 MB it has no false hits and holds a frequency class beside each pair.
 */
#include "text/chars.h"
#include "text/tables.h"

#define FUNCTION_BIT 0x80u
#define CLASS_MASK 15u

static uint32_t rank_of(uint32_t code)
{
    return TABLE_AT(table_rank, code);
}

static uint32_t pair_class(uint32_t a, uint32_t b)
{
    uint32_t low = table_pair_first[a];
    uint32_t high = table_pair_first[a + 1];
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (table_pair_second[middle] < b)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == table_pair_first[a + 1] || table_pair_second[low] != b)
        return 0;
    return (uint32_t)table_pair_class[low / 2] >> (low % 2 * 4) & CLASS_MASK;
}

uint32_t chars_pair_frequency(uint32_t a, uint32_t b)
{
    const uint32_t first = rank_of(a);
    const uint32_t second = rank_of(b);
    return first && second ? pair_class(first, second) : 0;
}

bool chars_pair_is_ordinary(uint32_t a, uint32_t b)
{
    const uint32_t first = rank_of(a);
    const uint32_t second = rank_of(b);
    if (!first || !second)
        return false;
    if ((table_frequency[first] | table_frequency[second]) & FUNCTION_BIT)
        return true;
    return pair_class(first, second) != 0;
}

bool chars_is_grammatical(uint32_t code)
{
    return table_frequency[rank_of(code)] & FUNCTION_BIT;
}

const uint64_t *chars_pair_filter(void)
{
    return table_pair_usual;
}

uint32_t chars_frequency(uint32_t code)
{
    return table_frequency[rank_of(code)] & CLASS_MASK;
}
