/* Plain text in any encoding. */
#include "feed_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    feed_input_check(FEED_FORMAT_PLAIN, data, size);
    return 0;
}
