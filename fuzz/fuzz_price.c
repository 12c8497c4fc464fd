/* Any bytes give sums with sane values, in order, inside the text, found twice alike. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "signal/price.h"
#include "text/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct price_fact *price, size_t size)
{
    assert(price->begin < price->end && price->end <= size);
    assert(price->unit_begin < price->unit_end);
    assert(price->low_minor >= 0 && price->low_minor <= price->high_minor);
    assert(strlen(price->currency) == 3);
    assert(price->price_class <= PRICE_CODED);
    assert(price->coded == (price->price_class == PRICE_CODED));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text_units units;
    struct tokens tokens;
    struct price_fact first[SIGNAL_FACTS_MAX];
    struct price_fact second[SIGNAL_FACTS_MAX];
    text_units_init(&units);
    tokens_init(&tokens);
    if (text_units_decode(&units, (struct ward_str){(const char *)data, size}) == WARD_OK &&
        tokens_read(&tokens, &units) == WARD_OK) {
        const enum price_language language = price_language_of(&tokens);
        const uint32_t count = price_read(&tokens, language, first, SIGNAL_FACTS_MAX);
        assert(count <= SIGNAL_FACTS_MAX);
        assert(price_read(&tokens, language, second, SIGNAL_FACTS_MAX) == count);
        for (uint32_t i = 0; i < count; i++) {
            check(&first[i], size);
            assert(i == 0 || first[i - 1].unit_begin <= first[i].unit_begin);
            assert(memcmp(&first[i], &second[i], sizeof first[i]) == 0);
        }
    }
    tokens_release(&tokens);
    text_units_release(&units);
    return 0;
}
