/**
 * Finds and reads the files of pack folders, in the order they are compiled, and hashes them.
 *
 * A folder with a pack.yaml is a pack. A folder without one stands for the packs in it, in name
 * order, and may have a weights.yaml of its own that is read after them. Hidden files, other
 * folders and files that do not end in .yaml are left alone; a .yaml file in a place where it would
 * have no effect is an error, since its author believes it has one.
 */
#ifndef WARD_PACK_PACK_FILES_H
#define WARD_PACK_PACK_FILES_H

#include "base/arena.h"
#include "pack/name_map.h"
#include "ward/ward.h"

enum pack_file_kind {
    PACK_FILE_PACK,
    PACK_FILE_LAW,
    PACK_FILE_PROCEDURES,
    PACK_FILE_SIGNALS,
    PACK_FILE_RULES,
    PACK_FILE_WEIGHTS,
    PACK_FILE_WORDING
};

struct pack_file {
    struct ward_str path; /**< as shown in errors: the folder as given, a slash, the rest */
    struct ward_str name; /**< within its pack folder, as hashed */
    struct ward_str bytes;
    enum pack_file_kind kind;
    uint32_t folder; /**< 0-based number of the pack folder */
};

struct pack_files {
    struct arena *arena; /**< borrowed; holds paths and bytes */
    struct rows files;   /**< struct pack_file */
    struct rows hashes;  /**< char[65] a pack folder: SHA-256 of its names and bytes, hex */
    char hash[65];       /**< SHA-256 of the folders' hashes in order, hex */
    size_t total_bytes;
};

/** Starts empty. */
void pack_files_init(struct pack_files *files, struct arena *arena);
/** Frees the rows; paths and bytes stay in the arena. */
void pack_files_release(struct pack_files *files);

/**
 * Lists and reads all files of `dirs`. WARD_ERR_NOT_FOUND, WARD_ERR_IO, WARD_ERR_LIMIT,
 * WARD_ERR_FORMAT (not a pack folder, a misplaced file) or WARD_ERR_NOMEM; `err` names the path.
 */
enum ward_status pack_files_read(struct pack_files *files, const char *const *dirs,
                                 uint32_t dir_count, struct ward_error *err) WARD_MUST_USE;

#endif
