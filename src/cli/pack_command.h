/**
 * What the files of `ward pack` share: the request and the three things it can ask for.
 */
#ifndef WARD_CLI_PACK_COMMAND_H
#define WARD_CLI_PACK_COMMAND_H

#include "base/buf.h"
#include "cli/command.h"
#include "pack/pack.h"
#include "pack/pack_cache.h"
#include "pack/pack_dirs.h"

struct pack_request {
    const char *const *dirs; /**< folders to read, later ones overlay earlier ones */
    uint32_t dir_count;
    const char *cache; /**< value of --cache, or NULL */
    bool json;
    bool verbose;
    bool quiet;
};

/**
 * Shows an error of the packs with its line and a caret on standard error; returns EXIT_ERROR for
 * what could not be checked (missing folder, memory) and EXIT_FOUND for a pack that is wrong.
 */
int pack_request_fail(const struct ward_error *err);

/** `ward pack test`: 0 all examples hold, 1 some do not or the packs are wrong, 2 not checked. */
int pack_test_run(const struct pack_request *request);
/** `ward pack show`: what is in the packs, as text or one JSON object. */
int pack_show_run(const struct pack_request *request);
/** `ward pack build`: checks and compiles the packs, writes the cache and says how big it is. */
int pack_build_run(const struct pack_request *request);

/** `$XDG_CACHE_HOME/ward`, else `$HOME/.cache/ward`; false when neither is known. */
bool pack_cache_folder(char out[PACK_CACHE_PATH_BYTES]);

/** Appends the packs as one JSON object. */
void pack_show_json(const struct pack *pack, struct buf *out);
/** Appends the packs as text; `verbose` adds every term and example. */
void pack_show_text(const struct pack *pack, bool verbose, struct buf *out);

#endif
