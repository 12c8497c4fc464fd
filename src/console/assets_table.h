/** What the generated file defines: all files of the console, sorted by path bytes. */
#ifndef WARD_CONSOLE_ASSETS_TABLE_H
#define WARD_CONSOLE_ASSETS_TABLE_H

#include "console/assets.h"

extern const struct console_asset console_assets[];
extern const size_t console_asset_count;

#endif
