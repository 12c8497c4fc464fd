/**
 * Loading with a compiled form kept on disk (*.wardc), so that a start need not read YAML.
 *
 * The form is only used when it was made by this very program (its linker build id), from the same
 * files with the same content under the same paths; otherwise, or when it is damaged, the packs are
 * compiled as always and the form is written anew, whole or not at all. Its checksum guards against
 * damage, not against an attacker who can write to the user's cache; such a file is still read
 * with every index checked.
 */
#ifndef WARD_PACK_PACK_CACHE_H
#define WARD_PACK_PACK_CACHE_H

#include "base/arena.h"
#include "base/buf.h"
#include "pack/pack.h"

#define PACK_CACHE_PATH_BYTES 1024u

/** Where the form is kept: in one file, or in a folder under a name of its own. */
struct pack_cache {
    const char *file; /**< path, or NULL */
    const char *dir;  /**< folder, made when missing; used when `file` is NULL; NULL: no cache */
};

/** What became of the cache in one load. */
struct pack_cache_report {
    char path[PACK_CACHE_PATH_BYTES]; /**< "" without a cache */
    bool hit;                         /**< the form was used */
    bool written;                     /**< the form was written */
    size_t bytes;                     /**< of the form */
};

/**
 * As pack_load, through the cache. A cache that cannot be read or written is no error. `cache` and
 * `report` may be NULL.
 */
enum ward_status pack_load_cached(const char *const *dirs, uint32_t dir_count,
                                  const struct pack_cache *cache, struct pack_cache_report *report,
                                  const struct pack **out, struct ward_error *err) WARD_MUST_USE;

#define PACK_CACHE_KEY_BYTES 64u

/** Appends a whole form: head, checksum, image. `key` is PACK_CACHE_KEY_BYTES characters. */
void pack_cache_encode(const struct pack *pack, const char *key, struct buf *out);
/**
 * Reads a whole form. WARD_ERR_STALE when the key differs or anything is wrong with it;
 * WARD_ERR_NOMEM. `bytes` must live as long as the pack; the matcher is left NULL.
 */
enum ward_status pack_cache_decode(struct ward_str bytes, const char *key, struct arena *arena,
                                   struct pack *pack) WARD_MUST_USE;

#endif
