/* QQ text exports. */
#include "feed_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    feed_input_check(FEED_FORMAT_QQ, data, size);
    return 0;
}
