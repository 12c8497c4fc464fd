/**
 * The packs in force as JSON: names, versions, files, how much is in them, where it is known from.
 */
#ifndef WARD_API_PACK_CATALOGUE_H
#define WARD_API_PACK_CATALOGUE_H

#include "api/pack_service.h"

/**
 * Appends the array of the packs in force. Made once a load. Errors of reading the folders.
 */
enum ward_status pack_catalogue_put(struct pack_service *service, const struct api_engine *engine,
                                    struct buf *out, struct ward_error *err) WARD_MUST_USE;

/**
 * Reads one file of the pack `name` as it stands on disk. Only what the listing of packs has can be
 * named. `out` is initialised by this call. WARD_ERR_NOT_FOUND.
 */
struct pack_file_name {
    struct ward_str pack, path;
};
enum ward_status pack_catalogue_read(struct pack_service *service, const struct api_engine *engine,
                                     const struct pack_file_name *name, struct buf *out,
                                     struct ward_error *err) WARD_MUST_USE;

/** Appends the array of the different sources of signals and procedures, in order of text. */
enum ward_status pack_catalogue_sources(const struct api_engine *engine,
                                        struct buf *out) WARD_MUST_USE;

#endif
