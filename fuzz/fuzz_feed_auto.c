/* Detection, gzip, zstd and UTF-16 in front of every format. */
#include "feed_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    feed_input_check(FEED_FORMAT_AUTO, data, size);
    return 0;
}
