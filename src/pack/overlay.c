#include "pack/overlay.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "pack/overlay_path.h"

static enum ward_status too_long(struct ward_error *err, const char *path)
{
    error_at(err, path, 0, 0);
    return error_set(err, WARD_ERR_LIMIT, "the path is too long");
}

static void put_etag(struct ward_str content, char out[OVERLAY_ETAG_BYTES])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256(hash, str_bytes(content), content.len);
    (void)sodium_bin2hex(out, OVERLAY_ETAG_BYTES, hash, (OVERLAY_ETAG_BYTES - 1) / 2);
}

enum ward_status overlay_open(const char *root, struct ward_error *err)
{
    char path[OVERLAY_FOLDER_BYTES];
    if (!overlay_join(path, "%s/versions", root))
        return too_long(err, root);
    enum ward_status status = overlay_make_folder(root, err);
    return status == WARD_OK ? overlay_make_folder(path, err) : status;
}

/* ---- listing ---- */

static enum ward_status add_file(struct overlay_list *list, const char *base, const char *path,
                                 struct ward_error *err)
{
    char full[OVERLAY_FOLDER_BYTES];
    struct buf content;
    if (!overlay_path_is_good(str_of(path)))
        return WARD_OK; /* a leftover of a write that was cut short, or not ours */
    if (list->count == OVERLAY_FILES_MAX)
        return error_set(err, WARD_ERR_LIMIT, "an overlay has at most %u files", OVERLAY_FILES_MAX);
    if (!overlay_join(full, "%s/%s", base, path))
        return too_long(err, base);
    const enum ward_status status = file_read(full, OVERLAY_FILE_BYTES_MAX, &content, err);
    if (status == WARD_OK) {
        struct overlay_file *file = &list->files[list->count++];
        (void)snprintf(file->path, sizeof file->path, "%s", path);
        file->bytes = content.len;
        put_etag(buf_str(&content), file->etag);
    }
    buf_release(&content);
    return status == WARD_ERR_NOT_FOUND ? WARD_OK : status; /* gone since it was listed */
}

/* Files of one folder of a pack; `folder` is "" for the pack's own. */
static enum ward_status add_folder(struct overlay_list *list, const char *base, const char *folder,
                                   struct ward_error *err)
{
    char path[OVERLAY_FOLDER_BYTES];
    if (!overlay_join(path, "%s/%s", base, folder))
        return too_long(err, base);
    DIR *dir = opendir(path);
    const struct dirent *entry;
    enum ward_status status = WARD_OK;
    while (dir && status == WARD_OK && (entry = readdir(dir)) != NULL) {
        char name[OVERLAY_FOLDER_BYTES];
        if (overlay_join(name, "%s%s%s", folder, *folder ? "/" : "", entry->d_name))
            status = add_file(list, base, name, err);
    }
    if (dir)
        (void)closedir(dir);
    return status;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct overlay_file *)a)->path, ((const struct overlay_file *)b)->path);
}

static void hash_list(struct overlay_list *list)
{
    crypto_hash_sha256_state state;
    unsigned char hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256_init(&state);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct overlay_file *file = &list->files[i];
        (void)crypto_hash_sha256_update(&state, (const unsigned char *)file->path,
                                        strlen(file->path) + 1);
        (void)crypto_hash_sha256_update(&state, (const unsigned char *)file->etag,
                                        sizeof file->etag);
    }
    (void)crypto_hash_sha256_final(&state, hash);
    (void)sodium_bin2hex(list->hash, sizeof list->hash, hash, sizeof hash);
}

enum ward_status overlay_list(const char *root, uint32_t version, struct overlay_list *out,
                              struct ward_error *err)
{
    char base[OVERLAY_FOLDER_BYTES];
    *out = (struct overlay_list){.count = 0};
    if (!overlay_base(root, version, base))
        return too_long(err, root);
    if (version != OVERLAY_DRAFT && access(base, F_OK) != 0)
        return error_set(err, WARD_ERR_NOT_FOUND, "there is no version %u of the overlay", version);
    enum ward_status status = add_folder(out, base, "", err);
    for (int i = 0; i < OVERLAY_FOLDERS && status == WARD_OK; i++)
        status = add_folder(out, base, overlay_folders[i], err);
    qsort(out->files, out->count, sizeof out->files[0], by_path);
    hash_list(out);
    return status;
}

/* ---- single files ---- */

/* The file's whole path; `path` must be good. */
static bool locate(const char *root, uint32_t version, struct ward_str path,
                   char out[OVERLAY_FOLDER_BYTES])
{
    char base[OVERLAY_FOLDER_BYTES];
    return overlay_base(root, version, base) &&
           overlay_join(out, "%s/%.*s", base, (int)path.len, path.data);
}

static enum ward_status no_file(struct ward_error *err)
{
    return error_set(err, WARD_ERR_NOT_FOUND, "the overlay has no such file");
}

enum ward_status overlay_read(const char *root, uint32_t version, struct ward_str path,
                              struct buf *out, char etag[OVERLAY_ETAG_BYTES],
                              struct ward_error *err)
{
    char full[OVERLAY_FOLDER_BYTES];
    buf_init(out, 0);
    etag[0] = '\0';
    if (!overlay_path_is_good(path) || !locate(root, version, path, full))
        return no_file(err);
    const enum ward_status status = file_read(full, OVERLAY_FILE_BYTES_MAX, out, err);
    if (status == WARD_ERR_NOT_FOUND)
        return no_file(err);
    if (status == WARD_OK)
        put_etag(buf_str(out), etag);
    return status;
}

/* Makes the draft with its pack.yaml, and the folder that `path` needs. */
static enum ward_status make_room(const char *root, struct ward_str path, const char *date,
                                  struct ward_error *err)
{
    char full[OVERLAY_FOLDER_BYTES];
    char content[128];
    if (!overlay_join(full, "%s/draft", root))
        return too_long(err, root);
    enum ward_status status = overlay_make_folder(full, err);
    if (status != WARD_OK)
        return status;
    const char *slash = memchr(path.data, '/', path.len);
    if (slash) {
        if (!overlay_join(full, "%s/draft/%.*s", root, (int)(slash - path.data), path.data))
            return too_long(err, root);
        status = overlay_make_folder(full, err);
    }
    if (!overlay_join(full, "%s/draft/pack.yaml", root))
        return too_long(err, root);
    if (status != WARD_OK || access(full, F_OK) == 0)
        return status;
    const int len =
        snprintf(content, sizeof content, "name: local\nversion: \"1\"\ndate: \"%.10s\"\n", date);
    return file_write_atomic(full, (struct ward_str){content, (size_t)len}, err);
}

static bool has_file(const struct overlay_list *list, const char *path)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (strcmp(list->files[i].path, path) == 0)
            return true;
    return false;
}

enum ward_status overlay_write(const char *root, struct ward_str path, struct ward_str content,
                               const char *date, struct ward_error *err)
{
    char full[OVERLAY_FOLDER_BYTES];
    struct overlay_list list;
    if (!overlay_path_is_good(path) || !locate(root, OVERLAY_DRAFT, path, full))
        return error_set(
            err, WARD_ERR_ARGUMENT,
            "a file of an overlay is pack.yaml, weights.yaml, or NAME.yaml in signals, "
            "rules, law or procedures");
    if (content.len > OVERLAY_FILE_BYTES_MAX)
        return error_set(err, WARD_ERR_LIMIT, "a file of an overlay has at most %u bytes",
                         OVERLAY_FILE_BYTES_MAX);
    enum ward_status status = overlay_list(root, OVERLAY_DRAFT, &list, err);
    const uint32_t more =
        (access(full, F_OK) != 0 ? 1u : 0u) + (has_file(&list, "pack.yaml") ? 0u : 1u);
    if (status == WARD_OK && list.count + more > OVERLAY_FILES_MAX)
        status =
            error_set(err, WARD_ERR_LIMIT, "an overlay has at most %u files", OVERLAY_FILES_MAX);
    if (status == WARD_OK)
        status = make_room(root, path, date, err);
    return status == WARD_OK ? file_write_atomic(full, content, err) : status;
}

enum ward_status overlay_remove(const char *root, struct ward_str path, struct ward_error *err)
{
    char full[OVERLAY_FOLDER_BYTES];
    struct overlay_list list;
    if (!overlay_path_is_good(path) || !locate(root, OVERLAY_DRAFT, path, full) ||
        access(full, F_OK) != 0)
        return no_file(err);
    const enum ward_status status = overlay_list(root, OVERLAY_DRAFT, &list, err);
    if (status != WARD_OK)
        return status;
    if (str_equal(path, str_of("pack.yaml")) && list.count > 1)
        return error_set(err, WARD_ERR_REFUSED, "pack.yaml goes last: it makes the folder a pack");
    if (unlink(full) != 0 && errno != ENOENT) {
        error_at(err, full, 0, 0);
        return error_set(err, WARD_ERR_IO, "this file cannot be removed");
    }
    return WARD_OK;
}

bool overlay_folder(const char *root, uint32_t version, char out[OVERLAY_FOLDER_BYTES])
{
    char file[OVERLAY_FOLDER_BYTES];
    return version != 0 && overlay_base(root, version, out) &&
           overlay_join(file, "%s/pack.yaml", out) && access(file, F_OK) == 0;
}
