/* Any bytes as the image of a pack: refused, or a pack whose every part can be walked and written
 * again to the same bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "pack/pack_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct pack pack;
    struct buf again;
    const struct ward_str bytes = {(const char *)data, size};
    arena_init(&arena, 4096, 1u << 26);
    buf_init(&again, 1u << 26);
    if (size && pack_image_read(bytes, &arena, &pack) == WARD_OK) {
        pack_image_write(&pack, &again);
        if (!str_equal(buf_str(&again), bytes))
            abort();
        for (uint32_t i = 0; i < pack.law_count; i++)
            (void)pack_law_at(&pack, i, 0);
    }
    buf_release(&again);
    arena_release(&arena);
    return 0;
}
