#include "pack/pack_files.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <sys/stat.h>

#include "base/bounds.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "pack/pack_build.h"

#define INPUT_BYTES_MAX (64u * 1024u * 1024u) /* of all files together */

void pack_files_init(struct pack_files *files, struct arena *arena)
{
    *files = (struct pack_files){.arena = arena};
    rows_init(&files->files, sizeof(struct pack_file));
    rows_init(&files->hashes, 65);
}

void pack_files_release(struct pack_files *files)
{
    rows_release(&files->files);
    rows_release(&files->hashes);
}

static enum ward_status fail(struct ward_error *err, const char *path, enum ward_status status,
                             const char *message)
{
    error_at(err, path, 0, 0);
    return error_set(err, status, "%s", message);
}

/* ---- Paths ---- */

static bool path_join(char out[PATH_MAX], const char *dir, const char *name)
{
    const size_t len = strlen(dir);
    const char *slash = len && dir[len - 1] == '/' ? "" : "/";
    const int need = snprintf(out, PATH_MAX, "%s%s%s", dir, slash, name);
    return need > 0 && need < PATH_MAX;
}

static bool is_regular(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool ends_in(const char *name, const char *tail)
{
    const size_t len = strlen(name);
    const size_t tail_len = strlen(tail);
    return len > tail_len && memcmp(name + len - tail_len, tail, tail_len) == 0;
}

/* ---- Sorted listings ---- */

static int compare_names(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    return strcmp(*a, *b);
}

/* Names in `dir` without hidden ones, in byte order; rows of char *, in the arena. */
static enum ward_status list_folder(struct pack_files *files, const char *dir, struct rows *names,
                                    struct ward_error *err)
{
    rows_init(names, sizeof(char *));
    DIR *open = opendir(dir);
    if (!open) {
        const bool missing = errno == ENOENT;
        return errno == ENOMEM ? fail(err, dir, WARD_ERR_NOMEM, "out of memory")
                               : fail(err, dir, missing ? WARD_ERR_NOT_FOUND : WARD_ERR_IO,
                                      missing ? "no such folder" : "cannot read this folder");
    }
    enum ward_status status = WARD_OK;
    const struct dirent *entry;
    while (status == WARD_OK && (entry = readdir(open)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        const struct ward_str name = arena_copy(files->arena, str_of(entry->d_name));
        const char **row = name.data ? rows_add(names) : NULL;
        if (!row)
            status = fail(err, dir, WARD_ERR_NOMEM, "out of memory");
        else
            *row = name.data;
        if (status == WARD_OK && names->count > PACK_FILES_MAX)
            status = fail(err, dir, WARD_ERR_LIMIT, "too many files in one folder");
    }
    (void)closedir(open);
    if (status == WARD_OK && names->count)
        qsort(names->at, names->count, sizeof(char *), compare_names);
    return status;
}

/* ---- Reading ---- */

static enum ward_status file_add(struct pack_files *files, const char *path,
                                 const struct pack_file *shape, struct ward_error *err)
{
    struct buf bytes;
    if (files->files.count == PACK_FILES_MAX)
        return fail(err, path, WARD_ERR_LIMIT, "more than 4096 pack files");
    enum ward_status status = file_read(path, WARD_PACK_FILE_BYTES_MAX, &bytes, err);
    files->total_bytes += bytes.len;
    if (status == WARD_OK && files->total_bytes > INPUT_BYTES_MAX)
        status = fail(err, path, WARD_ERR_LIMIT, "the packs are larger than 64 MiB");
    if (status == WARD_OK) {
        struct pack_file file = *shape;
        file.path = arena_copy(files->arena, str_of(path));
        file.bytes = arena_copy(files->arena, buf_str(&bytes));
        struct pack_file *row = file.path.data && file.bytes.data ? rows_add(&files->files) : NULL;
        if (row)
            *row = file;
        else
            status = fail(err, path, WARD_ERR_NOMEM, "out of memory");
    }
    buf_release(&bytes);
    return status;
}

/* `name` of a pack folder, when it is there. */
static enum ward_status file_if_there(struct pack_files *files, const char *dir, const char *name,
                                      enum pack_file_kind kind, struct ward_error *err)
{
    char path[PATH_MAX];
    if (!path_join(path, dir, name))
        return fail(err, dir, WARD_ERR_LIMIT, "path is too long");
    if (!is_regular(path))
        return WARD_OK;
    const struct pack_file shape = {.name = arena_copy(files->arena, str_of(name)),
                                    .kind = kind,
                                    .folder = files->hashes.count};
    if (!shape.name.data)
        return fail(err, path, WARD_ERR_NOMEM, "out of memory");
    return file_add(files, path, &shape, err);
}

static enum ward_status read_subfolder(struct pack_files *files, const char *dir, const char *sub,
                                       enum pack_file_kind kind, struct ward_error *err)
{
    char path[PATH_MAX];
    struct rows names;
    if (!path_join(path, dir, sub))
        return fail(err, dir, WARD_ERR_LIMIT, "path is too long");
    if (!is_folder(path))
        return WARD_OK;
    enum ward_status status = list_folder(files, path, &names, err);
    for (uint32_t i = 0; i < names.count && status == WARD_OK; i++) {
        const char *name = ((const char **)names.at)[i];
        char inner[PATH_MAX];
        if (ends_in(name, ".yml"))
            status = fail(err, path, WARD_ERR_FORMAT, "holds a .yml file; pack files end in .yaml");
        else if (!ends_in(name, ".yaml"))
            continue;
        else if (!path_join(inner, sub, name))
            status = fail(err, path, WARD_ERR_LIMIT, "path is too long");
        else
            status = file_if_there(files, dir, inner, kind, err);
    }
    rows_release(&names);
    return status;
}

/* A .yaml file in a pack folder itself must be one of the two that are read. */
static enum ward_status check_strays(struct pack_files *files, const char *dir,
                                     struct ward_error *err)
{
    struct rows names;
    enum ward_status status = list_folder(files, dir, &names, err);
    for (uint32_t i = 0; i < names.count && status == WARD_OK; i++) {
        const char *name = ((const char **)names.at)[i];
        char path[PATH_MAX];
        if ((!ends_in(name, ".yaml") && !ends_in(name, ".yml")) || strcmp(name, "pack.yaml") == 0 ||
            strcmp(name, "weights.yaml") == 0)
            continue;
        status = fail(err, path_join(path, dir, name) ? path : dir, WARD_ERR_FORMAT,
                      "is not read: a pack holds pack.yaml, weights.yaml and the folders signals, "
                      "rules, law and procedures");
    }
    rows_release(&names);
    return status;
}

/* ---- Hashes ---- */

static void hash_part(crypto_hash_sha256_state *state, struct ward_str part)
{
    unsigned char len[8];
    for (unsigned i = 0; i < 8; i++)
        len[i] = (unsigned char)((uint64_t)part.len >> (8 * i));
    (void)crypto_hash_sha256_update(state, len, sizeof len);
    if (part.len)
        (void)crypto_hash_sha256_update(state, (const unsigned char *)part.data, part.len);
}

static void hash_finish(crypto_hash_sha256_state *state, char hex[65])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256_final(state, digest);
    (void)sodium_bin2hex(hex, 65, digest, sizeof digest);
}

static enum ward_status hash_folder(struct pack_files *files, uint32_t first,
                                    struct ward_error *err)
{
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    for (uint32_t i = first; i < files->files.count; i++) {
        const struct pack_file *file = (const struct pack_file *)files->files.at + i;
        hash_part(&state, file->name);
        hash_part(&state, file->bytes);
    }
    char *row = rows_add(&files->hashes);
    if (!row)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    hash_finish(&state, row);
    return WARD_OK;
}

/* ---- Folders ---- */

static enum ward_status read_pack(struct pack_files *files, const char *dir, struct ward_error *err)
{
    const uint32_t first = files->files.count;
    if (files->hashes.count == PACK_SOURCES_MAX)
        return fail(err, dir, WARD_ERR_LIMIT, "more than 256 pack folders");
    enum ward_status status = check_strays(files, dir, err);
    if (status == WARD_OK)
        status = file_if_there(files, dir, "pack.yaml", PACK_FILE_PACK, err);
    if (status == WARD_OK)
        status = read_subfolder(files, dir, "law", PACK_FILE_LAW, err);
    if (status == WARD_OK)
        status = read_subfolder(files, dir, "procedures", PACK_FILE_PROCEDURES, err);
    if (status == WARD_OK)
        status = read_subfolder(files, dir, "signals", PACK_FILE_SIGNALS, err);
    if (status == WARD_OK)
        status = read_subfolder(files, dir, "rules", PACK_FILE_RULES, err);
    if (status == WARD_OK)
        status = file_if_there(files, dir, "weights.yaml", PACK_FILE_WEIGHTS, err);
    if (status == WARD_OK)
        status = file_if_there(files, dir, "wording.tsv", PACK_FILE_WORDING, err);
    return status == WARD_OK ? hash_folder(files, first, err) : status;
}

static bool is_pack(const char *dir)
{
    char path[PATH_MAX];
    return path_join(path, dir, "pack.yaml") && is_regular(path);
}

/* A folder of pack folders. */
static enum ward_status read_collection(struct pack_files *files, const char *dir,
                                        struct ward_error *err)
{
    struct rows names;
    const uint32_t before = files->hashes.count;
    enum ward_status status = list_folder(files, dir, &names, err);
    for (uint32_t i = 0; i < names.count && status == WARD_OK; i++) {
        char path[PATH_MAX];
        if (path_join(path, dir, ((const char **)names.at)[i]) && is_pack(path))
            status = read_pack(files, path, err);
    }
    rows_release(&names);
    if (status != WARD_OK)
        return status;
    if (files->hashes.count == before)
        return fail(err, dir, WARD_ERR_FORMAT,
                    "is no pack: neither it nor a folder in it has a "
                    "pack.yaml");
    const uint32_t first = files->files.count;
    status = file_if_there(files, dir, "weights.yaml", PACK_FILE_WEIGHTS, err);
    if (status != WARD_OK || files->files.count == first)
        return status;
    /* These weights belong to no pack of their own: their hash counts in the whole only. */
    return hash_folder(files, first, err);
}

enum ward_status pack_files_read(struct pack_files *files, const char *const *dirs,
                                 uint32_t dir_count, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (uint32_t i = 0; i < dir_count && status == WARD_OK; i++)
        status = is_pack(dirs[i]) ? read_pack(files, dirs[i], err)
                                  : read_collection(files, dirs[i], err);
    if (status != WARD_OK)
        return status;
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    for (uint32_t i = 0; i < files->hashes.count; i++)
        hash_part(&state, (struct ward_str){(const char *)files->hashes.at + (size_t)i * 65, 64});
    hash_finish(&state, files->hash);
    return WARD_OK;
}
