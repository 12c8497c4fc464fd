/**
 * Where the packs are: `--packs A:B`, else $WARD_PACKS, else the folder beside the program
 * (installed: ../share/ward/packs; in a build tree: the source's packs/).
 */
#ifndef WARD_CLI_PACK_PATHS_H
#define WARD_CLI_PACK_PATHS_H

#include "ward/ward.h"

#define PACK_PATHS_MAX 32u
#define PACK_PATHS_BYTES 8192u

struct pack_paths {
    char bytes[PACK_PATHS_BYTES];
    const char *dirs[PACK_PATHS_MAX]; /**< NUL-terminated, into `bytes` */
    uint32_t count;
};

/** `option` is the value of --packs or NULL. WARD_ERR_NOT_FOUND, WARD_ERR_LIMIT. */
enum ward_status pack_paths_find(const char *option, struct pack_paths *out,
                                 struct ward_error *err) WARD_MUST_USE;

#endif
