/**
 * The files of the console (pages, scripts, styles), embedded into the program: nothing to install,
 * nothing to find at run time. Their source is the top folder `console/`; tools/embed_files.py
 * turns it and the few libraries named in console/vendor.txt into the table behind this interface.
 */
#ifndef WARD_CONSOLE_ASSETS_H
#define WARD_CONSOLE_ASSETS_H

#include <stddef.h>

#include "base/str.h"

/** One file. All memory is constant and lives as long as the program. */
struct console_asset {
    const char *path; /**< below /console/, "index.html" for the page itself */
    const char *type; /**< media type with charset */
    const char *tag;  /**< hash of the plain bytes in hex, for the ETag */
    const char *data;
    size_t size;
    const char *gzip; /**< the same, packed by gzip; NULL when packing does not help */
    size_t gzip_size;
};

/**
 * The file served under `path`, which is relative to /console/ ("main.js", "pages/queue.js"); the
 * empty path is index.html. NULL: there is no such file, or the console was left out of this build.
 * Binary search; no allocation.
 */
const struct console_asset *console_find(struct ward_str path);

/** The `index`th file in order of path, NULL past the last: for tests and listings. */
const struct console_asset *console_at(size_t index);

#endif
