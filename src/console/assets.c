/* Looks a file of the console up. The table is generated and sorted by the bytes of the path. */
#include "console/assets.h"

#include "console/assets_table.h"

const struct console_asset *console_find(struct ward_str path)
{
    if (!path.len)
        path = str_of("index.html");
    size_t low = 0;
    size_t high = console_asset_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = str_compare(path, str_of(console_assets[middle].path));
        if (order == 0)
            return &console_assets[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct console_asset *console_at(size_t index)
{
    return index < console_asset_count ? &console_assets[index] : NULL;
}
