/**
 * Which pack folders a program reads: what the user said, or the first place that has some.
 */
#ifndef WARD_PACK_PACK_DIRS_H
#define WARD_PACK_PACK_DIRS_H

#include "base/arena.h"
#include "ward/ward.h"

#define PACK_DIRS_MAX 64u

struct pack_dirs {
    const char *at[PACK_DIRS_MAX]; /**< NUL-terminated, in the arena */
    uint32_t count;
};

/**
 * Splits "a:b" at colons into `out` (appending); empty parts are skipped. WARD_ERR_LIMIT beyond
 * PACK_DIRS_MAX folders, WARD_ERR_NOMEM.
 */
enum ward_status pack_dirs_split(struct pack_dirs *out, const char *list, struct arena *arena,
                                 struct ward_error *err) WARD_MUST_USE;

/**
 * The folders to read when the command line names none: `environment` (the value of WARD_PACKS, or
 * NULL), else the installed folder, else ./packs. WARD_ERR_NOT_FOUND when none of them is there;
 * `err` then names all three.
 */
enum ward_status pack_default_dirs(struct pack_dirs *out, const char *environment,
                                   struct arena *arena, struct ward_error *err) WARD_MUST_USE;

#endif
