/**
 * The packs of a running service and the local overlay beside them: what its routes share.
 *
 * The packs in force are the folders the service was started with and, behind them, the active
 * version of the overlay. An overlay that no longer fits the packs at a start is left out, said in
 * the log, and shown as not in force.
 */
#ifndef WARD_API_PACK_SERVICE_H
#define WARD_API_PACK_SERVICE_H

#include <pthread.h>
#include <stdatomic.h>

#include "api/api.h"
#include "pack/overlay.h"
#include "pack/pack_dirs.h"

struct pack_service {
    char root[OVERLAY_FOLDER_BYTES]; /**< of the overlay */
    _Atomic uint32_t active;         /**< version in force; 0: none */
    pthread_mutex_t validating;      /**< one validation at a time */
    pthread_mutex_t lock;            /**< guards what follows */
    struct buf catalogue;            /**< the packs in force as JSON */
    uint64_t generation;             /**< of which load; 0: not made yet */
};

extern const struct api_part api_pack_part;

/** As api_part.start and stop. */
enum ward_status pack_service_start(struct api *api, void **state,
                                    struct ward_error *err) WARD_MUST_USE;
void pack_service_stop(struct api *api, void *state);

struct pack_service *pack_service_of(struct api *api);

/** Folders to load: those the settings name, then the overlay's `version` (OVERLAY_DRAFT, or 0:
 * none). Valid while `engine` is held. */
struct pack_folders {
    const char *at[PACK_DIRS_MAX + 1];
    uint32_t count;
    bool has_overlay;
    char overlay[OVERLAY_FOLDER_BYTES];
};
void pack_service_folders(const struct pack_service *service, const struct api_engine *engine,
                          uint32_t version, struct pack_folders *out);

/**
 * How a path of a pack is shown: "overlay/signals/a.yaml", "zh-trade/rules/b.yaml". Never a path of
 * the machine.
 */
void pack_service_show_path(const struct pack_service *service, const struct api_engine *engine,
                            struct ward_str path, struct buf *out);

/** Which version to put in force, and what the audit log says of it. */
struct pack_switch {
    uint32_t version;
    const char *kind; /**< of the audit entry: "pack-activate" or "pack-rollback" */
    struct ward_str note;
};
/**
 * Puts a sealed version in force; what was in force stays when it does not load.
 * WARD_ERR_NOT_FOUND; WARD_ERR_REFUSED (does not load, `err` has the place); WARD_ERR_IO. On
 * API_LANE_WRITE.
 */
enum ward_status pack_service_switch(struct api_call *call, const struct pack_switch *to,
                                     struct ward_error *err) WARD_MUST_USE;

#endif
