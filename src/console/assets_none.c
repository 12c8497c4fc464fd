/* A build without the console: an empty table. */
#include "console/assets_table.h"

const struct console_asset console_assets[1] = {{0}};
const size_t console_asset_count = 0;
