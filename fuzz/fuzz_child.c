/* Any bytes, read as text and as alias, give facts about children with sane values. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "signal/facts.h"
#include "text/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct child_fact *child, size_t size)
{
    assert(child->begin < child->end && child->end <= size);
    assert(child->age_days_low >= -1 && child->age_days_low <= child->age_days_high);
    assert(child->age_days_high <= 18 * 366);
    assert(child->weight_grams >= 0 && child->weight_grams <= 15000);
    assert(child->count >= 1 && child->count <= 20);
    assert(strlen(child->due) <= 10);
}

static void check_field(const struct text_units *units, enum signal_field field, size_t size)
{
    static struct facts facts;
    facts_init(&facts);
    if (facts_read(&facts, units, field, FACTS_ALL) == WARD_OK) {
        for (uint32_t i = 0; i < facts.child_count; i++)
            check(&facts.children[i], size);
        for (uint32_t i = 0; i < facts.place_count; i++)
            assert(facts.places[i].begin < facts.places[i].end && facts.places[i].end <= size);
        assert(!facts.has_role || facts.role.end <= size);
    }
    facts_release(&facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text_units units;
    text_units_init(&units);
    if (text_units_decode(&units, (struct ward_str){(const char *)data, size}) == WARD_OK) {
        check_field(&units, SIGNAL_TEXT, size);
        check_field(&units, SIGNAL_ALIAS, size);
    }
    text_units_release(&units);
    return 0;
}
