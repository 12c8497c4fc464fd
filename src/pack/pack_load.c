/**
 * Files -> trees -> build -> frozen pack -> matcher. Nobody sees the pack before it is whole.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sodium.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "pack/pack_build.h"
#include "pack/pack_build_id.h"
#include "pack/pack_cache.h"
#include "pack/pack_files.h"
#include "pack/pack_load.h"
#include "pack/pack_owner.h"

#define CACHE_BYTES_MAX (64u * 1024u * 1024u)
#define SCRATCH_BLOCK_BYTES (256u * 1024u)

static void build_init(struct pack_build *build, struct arena *keep, struct arena *scratch,
                       struct ward_error *err)
{
    *build = (struct pack_build){.keep = keep,
                                 .scratch = scratch,
                                 .err = err,
                                 .base = -4.0,
                                 .watch = 0.2,
                                 .review = 0.5,
                                 .urgent = 0.9};
    rows_init(&build->sources, sizeof(struct pack_source));
    rows_init(&build->signals, sizeof(struct build_signal *));
    rows_init(&build->rules, sizeof(struct build_rule *));
    rows_init(&build->laws, sizeof(struct build_law));
    rows_init(&build->procedures, sizeof(struct pack_procedure));
    rows_init(&build->families, sizeof(struct pack_family));
    rows_init(&build->currencies, sizeof(struct pack_currency));
    name_map_init(&build->names);
}

static void build_release(struct pack_build *build)
{
    rows_release(&build->sources);
    rows_release(&build->signals);
    rows_release(&build->rules);
    rows_release(&build->laws);
    rows_release(&build->procedures);
    rows_release(&build->families);
    rows_release(&build->currencies);
    name_map_release(&build->names);
}

static enum ward_status build_file(struct pack_build *build, const struct pack_file *file)
{
    if (file->kind == PACK_FILE_WORDING)
        return wording_table_read(build->keep, file->path.data, file->bytes, &build->wording,
                                  build->err);
    struct tree *tree = arena_calloc(build->scratch, 1, sizeof *tree);
    if (!tree)
        return build_no_memory(build);
    const enum ward_status status =
        tree_read(build->scratch, file->path.data, file->bytes, tree, build->err);
    if (status != WARD_OK)
        return status;
    switch (file->kind) {
    case PACK_FILE_PACK:
        return build_pack_file(build, tree);
    case PACK_FILE_LAW:
        return build_law_file(build, tree);
    case PACK_FILE_PROCEDURES:
        return build_procedures_file(build, tree);
    case PACK_FILE_SIGNALS:
        return build_signals_file(build, tree);
    case PACK_FILE_RULES:
        return build_rules_file(build, tree);
    case PACK_FILE_WEIGHTS:
    case PACK_FILE_WORDING:
    default:
        return build_weights_file(build, tree);
    }
}

/* Each source row belongs to the pack folder whose pack.yaml was read last. */
static void keep_hashes(struct pack_build *build, const struct pack_files *files)
{
    uint32_t source = 0;
    for (uint32_t i = 0; i < files->files.count; i++) {
        const struct pack_file *file = (const struct pack_file *)files->files.at + i;
        if (file->kind != PACK_FILE_PACK)
            continue;
        struct pack_source *row = (struct pack_source *)build->sources.at + source++;
        memcpy(row->hash, (const char *)files->hashes.at + (size_t)file->folder * 65, 65);
    }
}

enum ward_status pack_compile_files(const struct pack_files *files, struct arena *keep,
                                    struct arena *scratch, struct pack *pack,
                                    struct ward_error *err)
{
    struct pack_build build;
    *pack = (struct pack){.base = 0.0};
    build_init(&build, keep, scratch, err);
    enum ward_status status = WARD_OK;
    for (uint32_t i = 0; i < files->files.count && status == WARD_OK; i++)
        status = build_file(&build, (const struct pack_file *)files->files.at + i);
    if (status == WARD_OK) {
        keep_hashes(&build, files);
        status = pack_freeze(&build, pack);
    }
    build_release(&build);
    return status;
}

/* ---- The cache ---- */

/* SHA-256 over the build, the paths (errors and examples name them) and the content. */
static bool cache_key(const struct pack_files *files, char key[PACK_CACHE_KEY_BYTES + 1])
{
    const struct ward_str build = pack_build_id();
    if (!build.len)
        return false;
    crypto_hash_sha256_state state;
    unsigned char digest[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, (const unsigned char *)build.data, build.len);
    for (uint32_t i = 0; i < files->files.count; i++) {
        const struct pack_file *file = (const struct pack_file *)files->files.at + i;
        (void)crypto_hash_sha256_update(&state, (const unsigned char *)file->path.data,
                                        file->path.len + 1); /* with its NUL */
    }
    (void)crypto_hash_sha256_update(&state, (const unsigned char *)files->hash, 64);
    (void)crypto_hash_sha256_final(&state, digest);
    (void)sodium_bin2hex(key, PACK_CACHE_KEY_BYTES + 1, digest, sizeof digest);
    return true;
}

/* Path of the form, or "" when there is no cache to use. */
static void cache_path(const struct pack_cache *cache, const char *key,
                       char out[PACK_CACHE_PATH_BYTES])
{
    int len = -1;
    if (cache && cache->file)
        len = snprintf(out, PACK_CACHE_PATH_BYTES, "%s", cache->file);
    else if (cache && cache->dir)
        len = snprintf(out, PACK_CACHE_PATH_BYTES, "%s/%.16s.wardc", cache->dir, key);
    if (len < 0 || (size_t)len >= PACK_CACHE_PATH_BYTES)
        out[0] = '\0';
}

static enum ward_status cache_read(struct pack_owner *owner, const char *path, const char *key,
                                   struct pack_cache_report *report)
{
    struct buf bytes;
    enum ward_status status = file_read(path, CACHE_BYTES_MAX, &bytes, NULL);
    if (status == WARD_OK) {
        const struct ward_str kept = arena_copy(&owner->arena, buf_str(&bytes));
        status =
            kept.data ? pack_cache_decode(kept, key, &owner->arena, &owner->pack) : WARD_ERR_NOMEM;
        report->bytes = bytes.len;
    }
    buf_release(&bytes);
    return status;
}

/* Makes a folder and, when that is missing too, the one it lies in (~/.cache/ward, ~/.cache). */
static bool folder_make(const char *dir)
{
    char parent[PACK_CACHE_PATH_BYTES];
    if (mkdir(dir, 0700) == 0 || errno == EEXIST)
        return true;
    const int len = snprintf(parent, sizeof parent, "%s", dir);
    char *slash = len > 0 && (size_t)len < sizeof parent ? strrchr(parent, '/') : NULL;
    if (errno != ENOENT || !slash || slash == parent)
        return false;
    *slash = '\0';
    return mkdir(parent, 0700) == 0 && mkdir(dir, 0700) == 0;
}

static void cache_write(const struct pack *pack, const struct pack_cache *cache, const char *key,
                        struct pack_cache_report *report)
{
    struct buf bytes;
    if (!cache->file && !folder_make(cache->dir))
        return;
    buf_init(&bytes, CACHE_BYTES_MAX);
    pack_cache_encode(pack, key, &bytes);
    if (bytes.failed == WARD_OK &&
        file_write_atomic(report->path, buf_str(&bytes), NULL) == WARD_OK) {
        report->written = true;
        report->bytes = bytes.len;
    }
    buf_release(&bytes);
}

/* ---- Loading ---- */

/* From the cache if it fits, else from the files. A half-read form leaves only used arena. */
static enum ward_status load_files(struct pack_owner *owner, struct arena *scratch,
                                   const struct pack_files *files, const struct pack_cache *cache,
                                   struct pack_cache_report *report, struct ward_error *err)
{
    char key[PACK_CACHE_KEY_BYTES + 1];
    if (cache && cache_key(files, key))
        cache_path(cache, key, report->path);
    if (report->path[0])
        report->hit = cache_read(owner, report->path, key, report) == WARD_OK;
    enum ward_status status = WARD_OK;
    if (!report->hit) {
        arena_reset(&owner->arena);
        status = pack_compile_files(files, &owner->arena, scratch, &owner->pack, err);
        memcpy(owner->pack.hash, files->hash, sizeof files->hash);
    }
    if (status == WARD_OK)
        status = pack_owner_match(owner, err);
    if (status == WARD_OK && report->path[0] && !report->hit)
        cache_write(&owner->pack, cache, key, report);
    return status;
}

enum ward_status pack_load_cached(const char *const *dirs, uint32_t dir_count,
                                  const struct pack_cache *cache, struct pack_cache_report *report,
                                  const struct pack **out, struct ward_error *err)
{
    struct pack_cache_report unread;
    *out = NULL;
    error_clear(err);
    if (!report)
        report = &unread;
    *report = (struct pack_cache_report){.bytes = 0};
    if (!dir_count)
        return error_set(err, WARD_ERR_ARGUMENT, "no pack folder given");
    struct pack_owner *owner = pack_owner_new();
    if (!owner)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    struct arena scratch;
    struct pack_files files;
    arena_init(&scratch, SCRATCH_BLOCK_BYTES, PACK_BYTES_MAX);
    pack_files_init(&files, &scratch);
    enum ward_status status = pack_files_read(&files, dirs, dir_count, err);
    if (status == WARD_OK)
        status = load_files(owner, &scratch, &files, cache, report, err);
    pack_files_release(&files);
    arena_release(&scratch);
    if (status == WARD_OK)
        *out = &owner->pack;
    else
        pack_owner_free(owner);
    return status;
}

enum ward_status pack_load(const char *const *dirs, uint32_t dir_count, const struct pack **out,
                           struct ward_error *err)
{
    return pack_load_cached(dirs, dir_count, NULL, NULL, out, err);
}
