/**
 * Names of files and folders of the local overlay, and the few steps on disk it is made of.
 */
#ifndef WARD_PACK_OVERLAY_PATH_H
#define WARD_PACK_OVERLAY_PATH_H

#include "pack/overlay.h"

/** Folders that a pack may have. */
#define OVERLAY_FOLDERS 4
extern const char *const overlay_folders[OVERLAY_FOLDERS];

/** printf into a path; false if it does not fit. */
bool overlay_join(char out[OVERLAY_FOLDER_BYTES], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/** The folder of a version or of the draft, there or not. */
bool overlay_base(const char *root, uint32_t version, char out[OVERLAY_FOLDER_BYTES]);
/** Makes one folder; there already is fine. */
enum ward_status overlay_make_folder(const char *path, struct ward_error *err) WARD_MUST_USE;
/** Syncs a folder, so that names in it are durable. */
enum ward_status overlay_sync_folder(const char *path, struct ward_error *err) WARD_MUST_USE;
/** Removes a pack folder of this room: its files, its folders, itself. Missing is fine. */
enum ward_status overlay_clear_folder(const char *path, struct ward_error *err) WARD_MUST_USE;
/** The greatest number that names a folder in `path`, below `below`; 0: none. */
uint32_t overlay_greatest(const char *path, uint32_t below);

#endif
