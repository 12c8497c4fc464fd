/* Any bytes give handles with bounded, NUL-ended ASCII values, in order and apart. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "signal/handle.h"
#include "text/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct handle_fact *handle, size_t size)
{
    assert(handle->begin < handle->end && handle->end <= size);
    assert(handle->value.len > 0 && handle->value.len <= HANDLE_VALUE_MAX);
    assert(handle->value.data[handle->value.len] == 0);
    for (size_t i = 0; i < handle->value.len; i++)
        assert(handle->value.data[i] > ' ' && handle->value.data[i] < 0x7F);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text_units units;
    struct tokens tokens;
    struct handle_values values;
    struct handle_fact found[SIGNAL_FACTS_MAX];
    uint32_t count = 0;
    text_units_init(&units);
    tokens_init(&tokens);
    handle_values_init(&values);
    if (text_units_decode(&units, (struct ward_str){(const char *)data, size}) == WARD_OK &&
        tokens_read(&tokens, &units) == WARD_OK &&
        handle_read(&tokens, &values, found, SIGNAL_FACTS_MAX, &count) == WARD_OK) {
        for (uint32_t i = 0; i < count; i++) {
            check(&found[i], size);
            assert(i == 0 || found[i - 1].unit_end <= found[i].unit_begin);
        }
    }
    handle_values_release(&values);
    tokens_release(&tokens);
    text_units_release(&units);
    return 0;
}
