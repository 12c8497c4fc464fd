/**
 * A BagIt 1.0 package (RFC 8493) built in a temporary folder beside its final place.
 *
 * bag_open -> bag_add ... -> bag_seal -> bag_check -> bag_publish_folder or bag_publish_zip.
 * bag_release() removes whatever was not published. File names are ours, never from an event.
 */
#ifndef WARD_EVIDENCE_BAG_H
#define WARD_EVIDENCE_BAG_H

#include "base/buf.h"
#include "evidence/seal.h"

#define BAG_FILES_MAX 48u
#define BAG_NAME_BYTES 64u
#define BAG_PATH_BYTES 1024u

struct bag_file {
    char name[BAG_NAME_BYTES]; /**< "data/events.jsonl" */
    char sha256[65], sha512[129];
    size_t bytes;
    bool is_payload;
    bool is_listed; /**< in a manifest; false for the tag manifests and signatures */
};

struct bag {
    char final_path[BAG_PATH_BYTES];
    char stage_path[BAG_PATH_BYTES + 16];
    int root; /**< descriptor of the stage, -1 */
    bool is_published;
    int64_t time_ms;
    struct bag_file files[BAG_FILES_MAX];
    size_t file_count;
};

/** A line of bag-info.txt. */
struct bag_info {
    const char *key;
    struct ward_str value; /**< line breaks become blanks */
};

/** Starts; `path` must not exist yet. WARD_ERR_IO. Release also on failure. */
enum ward_status bag_open(struct bag *bag, const char *path, int64_t time_ms,
                          struct ward_error *err) WARD_MUST_USE;
/** Writes one file, synced, and notes its hashes. Folders up to two deep are made. */
enum ward_status bag_add(struct bag *bag, const char *name, struct ward_str content,
                         struct ward_error *err) WARD_MUST_USE;
/** Writes bagit.txt, bag-info.txt, the manifests, the tag manifests and their signatures. */
enum ward_status bag_seal(struct bag *bag, const struct bag_info *info, size_t info_count,
                          const struct seal *seal, struct ward_error *err) WARD_MUST_USE;
/** Reads every file back and compares length, both hashes and the signatures. WARD_ERR_IO. */
enum ward_status bag_check(struct bag *bag, const struct seal *seal,
                           struct ward_error *err) WARD_MUST_USE;
/** Renames the folder to its final name; never over something that exists. */
enum ward_status bag_publish_folder(struct bag *bag, struct ward_error *err) WARD_MUST_USE;
/** Packs the folder into the final ZIP file, reads that back, and removes the folder. */
enum ward_status bag_publish_zip(struct bag *bag, struct ward_error *err) WARD_MUST_USE;
void bag_release(struct bag *bag);

/** Reads `name` of the stage into `out` (initialised by the caller). */
enum ward_status bag_read(const struct bag *bag, const char *name, struct buf *out,
                          struct ward_error *err) WARD_MUST_USE;
/** SHA-256 of a file added before, hex; "" if there is none of that name. */
const char *bag_sha256(const struct bag *bag, const char *name);

/** What a package weighs. */
void bag_payload(const struct bag *bag, uint64_t *bytes, uint32_t *files);

#endif
