/**
 * Compiling files that have been read: the pure part of loading.
 */
#ifndef WARD_PACK_PACK_LOAD_H
#define WARD_PACK_PACK_LOAD_H

#include "base/arena.h"
#include "pack/pack.h"
#include "pack/pack_files.h"

/**
 * Compiles `files` in order into `pack` (matcher and whole hash left empty). Everything the pack
 * points to lies in `keep`; `scratch` is used for the trees. WARD_ERR_FORMAT with the place in
 * `err`, WARD_ERR_LIMIT, WARD_ERR_NOMEM.
 */
enum ward_status pack_compile_files(const struct pack_files *files, struct arena *keep,
                                    struct arena *scratch, struct pack *pack,
                                    struct ward_error *err) WARD_MUST_USE;

#endif
