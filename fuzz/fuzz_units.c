/* Any bytes decode into units whose spans keep their place. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "text/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ward_str text = {(const char *)data, size};
    struct text_units units;
    text_units_init(&units);
    const enum ward_status status = text_units_decode(&units, text);
    assert(status == (size > WARD_TEXT_WINDOW_BYTES ? WARD_ERR_LIMIT : WARD_OK));
    for (uint32_t i = 0; i < units.count; i++) {
        assert(units.begin[i] < units.end[i] && units.end[i] <= size);
        assert(i == 0 || units.begin[i] >= units.end[i - 1] ||
               units.begin[i] == units.begin[i - 1]);
    }
    text_units_release(&units);
    return 0;
}
