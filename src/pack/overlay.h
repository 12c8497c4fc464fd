/**
 * The local overlay: a pack that is edited while ward runs, kept as plain files in one folder.
 *
 *     ROOT/draft/{pack.yaml, signals/x.yaml, ...}      what is being written
 *     ROOT/versions/N/pack/...                         drafts that were put in force, never changed
 *     ROOT/versions/N/about.json                       who, when, why
 *     ROOT/active                                      the number in force; 0: none
 *
 * What always holds:
 *   1. A path is pack.yaml, weights.yaml, or one of the folders a pack has and one name; so nothing
 *      outside ROOT can be named.
 *   2. Every file is written beside itself, synced and renamed; a version is whole before its
 *      folder gets its name; `active` changes last. A crash leaves the former state.
 *   3. Versions count up and are never used again.
 *
 * One writer at a time (the caller's); readers may run beside it and see a file old or new.
 */
#ifndef WARD_PACK_OVERLAY_H
#define WARD_PACK_OVERLAY_H

#include "base/buf.h"

#define OVERLAY_FILES_MAX 64u
#define OVERLAY_FILE_BYTES_MAX (1024u * 1024u)
#define OVERLAY_PATH_BYTES 96u
#define OVERLAY_FOLDER_BYTES 1024u
#define OVERLAY_VERSIONS_MAX 100000u
/** Instead of a version: the draft. */
#define OVERLAY_DRAFT UINT32_MAX
#define OVERLAY_ETAG_BYTES 33u

struct overlay_file {
    char path[OVERLAY_PATH_BYTES];
    size_t bytes;
    char etag[OVERLAY_ETAG_BYTES]; /**< hex, half of the SHA-256 of the content */
};

struct overlay_list {
    struct overlay_file files[OVERLAY_FILES_MAX]; /**< by path */
    uint32_t count;
    char hash[65]; /**< SHA-256 over paths and contents, hex */
};

struct overlay_version {
    uint32_t version;
    int64_t time_ms;
    struct ward_str who, note; /**< borrowed for the call */
    char hash[65];
    uint32_t files;
};

/** True for a path that may stand in an overlay. */
bool overlay_path_is_good(struct ward_str path);

/** Makes the folders that are missing. WARD_ERR_IO. */
enum ward_status overlay_open(const char *root, struct ward_error *err) WARD_MUST_USE;

/**
 * The files of a version or of the draft; a missing draft has none. WARD_ERR_NOT_FOUND (version),
 * WARD_ERR_LIMIT, WARD_ERR_IO, WARD_ERR_NOMEM.
 */
enum ward_status overlay_list(const char *root, uint32_t version, struct overlay_list *out,
                              struct ward_error *err) WARD_MUST_USE;

/** Reads a file (`out` is initialised by this call; release it also on failure) and its etag.
 * WARD_ERR_NOT_FOUND, also for a path that is not good. */
enum ward_status overlay_read(const char *root, uint32_t version, struct ward_str path,
                              struct buf *out, char etag[OVERLAY_ETAG_BYTES],
                              struct ward_error *err) WARD_MUST_USE;

/**
 * Writes a file of the draft; `date` ("2026-11-01") dates the pack.yaml that is made with the first
 * file. WARD_ERR_ARGUMENT (path), WARD_ERR_LIMIT (bytes, number of files), WARD_ERR_IO.
 */
enum ward_status overlay_write(const char *root, struct ward_str path, struct ward_str content,
                               const char *date, struct ward_error *err) WARD_MUST_USE;
/** Takes a file out of the draft. WARD_ERR_NOT_FOUND; WARD_ERR_REFUSED for pack.yaml while other
 * files are there. */
enum ward_status overlay_remove(const char *root, struct ward_str path,
                                struct ward_error *err) WARD_MUST_USE;

/**
 * Keeps the draft as the next version; `about->time_ms`, `who` and `note` are written down.
 * `*version` is its number. The folder is whole and synced when the call returns.
 */
enum ward_status overlay_seal(const char *root, const struct overlay_version *about,
                              uint32_t *version, struct ward_error *err) WARD_MUST_USE;
/** Takes back the last sealed version, which turned out not to be good. */
enum ward_status overlay_unseal(const char *root, uint32_t version,
                                struct ward_error *err) WARD_MUST_USE;

/** The version in force; 0: none. WARD_ERR_FORMAT, WARD_ERR_IO. */
enum ward_status overlay_active(const char *root, uint32_t *version,
                                struct ward_error *err) WARD_MUST_USE;
/** Puts a version in force; 0: none. WARD_ERR_NOT_FOUND. */
enum ward_status overlay_set_active(const char *root, uint32_t version,
                                    struct ward_error *err) WARD_MUST_USE;

/** Fills the draft with the files of a version, in place of what it held. */
enum ward_status overlay_restore(const char *root, uint32_t version,
                                 struct ward_error *err) WARD_MUST_USE;

/** The folder to load as a pack: of a version, or the draft. False if there is none (an empty
 * draft, version 0) or the path is too long. */
bool overlay_folder(const char *root, uint32_t version, char out[OVERLAY_FOLDER_BYTES]);

typedef enum ward_status (*overlay_taker)(void *context, const struct overlay_version *version,
                                          struct ward_error *err);
/** Versions with a number below `before` (0: all), newest first, at most `limit`. */
enum ward_status overlay_versions(const char *root, uint32_t before, uint32_t limit,
                                  overlay_taker take, void *context,
                                  struct ward_error *err) WARD_MUST_USE;

#endif
