/**
 * Versions of the local overlay: sealed drafts, and which one is in force.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json_out.h"
#include "base/str.h"
#include "pack/overlay_path.h"
#include "pack/yaml_tree.h"

#define ABOUT_BYTES_MAX 65536u

static enum ward_status too_long(struct ward_error *err, const char *path)
{
    error_at(err, path, 0, 0);
    return error_set(err, WARD_ERR_LIMIT, "the path is too long");
}

/* Copies the files of a list from one pack folder to a fresh one. */
static enum ward_status copy_files(const char *root, uint32_t from, const struct overlay_list *list,
                                   const char *to, struct ward_error *err)
{
    char path[OVERLAY_FOLDER_BYTES];
    char etag[OVERLAY_ETAG_BYTES];
    enum ward_status status = overlay_make_folder(to, err);
    for (uint32_t i = 0; i < list->count && status == WARD_OK; i++) {
        const char *name = list->files[i].path;
        const char *slash = strchr(name, '/');
        struct buf content;
        if (slash && overlay_join(path, "%s/%.*s", to, (int)(slash - name), name))
            status = overlay_make_folder(path, err);
        if (status != WARD_OK)
            break;
        status = overlay_read(root, from, str_of(name), &content, etag, err);
        if (status == WARD_OK && !overlay_join(path, "%s/%s", to, name))
            status = too_long(err, to);
        if (status == WARD_OK)
            status = file_write_atomic(path, buf_str(&content), err);
        buf_release(&content);
    }
    return status == WARD_OK ? overlay_sync_folder(to, err) : status;
}

/* JSON that is YAML too, so that the reader of packs can read it back. */
static enum ward_status write_about(const char *folder, const struct overlay_version *about,
                                    struct ward_error *err)
{
    char path[OVERLAY_FOLDER_BYTES];
    struct buf out;
    if (!overlay_join(path, "%s/about.json", folder))
        return too_long(err, folder);
    buf_init(&out, ABOUT_BYTES_MAX);
    buf_printf(&out, "{\"version\": %u, \"time_ms\": %lld, \"files\": %u, \"hash\": \"%s\", ",
               about->version, (long long)about->time_ms, about->files, about->hash);
    buf_put_text(&out, "\"who\": ");
    json_put_string(&out, about->who);
    buf_put_text(&out, ", \"note\": ");
    json_put_string(&out, about->note);
    buf_put_text(&out, "}\n");
    enum ward_status status =
        out.failed ? error_set(err, out.failed, "the note is too long or memory is out") : WARD_OK;
    if (status == WARD_OK)
        status = file_write_atomic(path, buf_str(&out), err);
    buf_release(&out);
    return status;
}

static enum ward_status clear_version(const char *folder, struct ward_error *err)
{
    char path[OVERLAY_FOLDER_BYTES];
    if (!overlay_join(path, "%s/pack", folder))
        return too_long(err, folder);
    const enum ward_status status = overlay_clear_folder(path, err);
    return status == WARD_OK ? overlay_clear_folder(folder, err) : status;
}

static enum ward_status fill_version(const char *root, const char *folder,
                                     const struct overlay_version *about,
                                     const struct overlay_list *list, struct ward_error *err)
{
    char path[OVERLAY_FOLDER_BYTES];
    if (!overlay_join(path, "%s/pack", folder))
        return too_long(err, folder);
    enum ward_status status = overlay_make_folder(folder, err);
    if (status == WARD_OK)
        status = copy_files(root, OVERLAY_DRAFT, list, path, err);
    if (status == WARD_OK)
        status = write_about(folder, about, err);
    return status == WARD_OK ? overlay_sync_folder(folder, err) : status;
}

enum ward_status overlay_seal(const char *root, const struct overlay_version *about,
                              uint32_t *version, struct ward_error *err)
{
    char parent[OVERLAY_FOLDER_BYTES];
    char fresh[OVERLAY_FOLDER_BYTES];
    char final[OVERLAY_FOLDER_BYTES];
    struct overlay_list list;
    struct overlay_version told = *about;
    *version = 0;
    enum ward_status status = overlay_list(root, OVERLAY_DRAFT, &list, err);
    if (status != WARD_OK)
        return status;
    if (!list.count)
        return error_set(err, WARD_ERR_REFUSED, "the draft is empty");
    if (!overlay_join(parent, "%s/versions", root) || !overlay_join(fresh, "%s/.new", parent))
        return too_long(err, root);
    told.version = overlay_greatest(parent, UINT32_MAX) + 1;
    told.files = list.count;
    memcpy(told.hash, list.hash, sizeof told.hash);
    if (told.version > OVERLAY_VERSIONS_MAX || !overlay_join(final, "%s/%u", parent, told.version))
        return error_set(err, WARD_ERR_LIMIT, "there are too many versions of the overlay");
    status = clear_version(fresh, err); /* what a crash may have left */
    if (status == WARD_OK)
        status = fill_version(root, fresh, &told, &list, err);
    if (status != WARD_OK)
        return status;
    if (rename(fresh, final) != 0) {
        error_at(err, final, 0, 0);
        return error_set(err, WARD_ERR_IO, "this version cannot be kept");
    }
    *version = told.version;
    return overlay_sync_folder(parent, err);
}

enum ward_status overlay_unseal(const char *root, uint32_t version, struct ward_error *err)
{
    char parent[OVERLAY_FOLDER_BYTES];
    char folder[OVERLAY_FOLDER_BYTES];
    char fresh[OVERLAY_FOLDER_BYTES];
    if (!overlay_join(parent, "%s/versions", root) || !overlay_join(fresh, "%s/.new", parent) ||
        !overlay_join(folder, "%s/%u", parent, version))
        return too_long(err, root);
    enum ward_status status = clear_version(fresh, err);
    if (status == WARD_OK && rename(folder, fresh) != 0) {
        error_at(err, folder, 0, 0);
        return error_set(err, WARD_ERR_IO, "this version cannot be taken back");
    }
    return status == WARD_OK ? clear_version(fresh, err) : status;
}

enum ward_status overlay_active(const char *root, uint32_t *version, struct ward_error *err)
{
    char path[OVERLAY_FOLDER_BYTES];
    struct buf content;
    *version = 0;
    if (!overlay_join(path, "%s/active", root))
        return too_long(err, root);
    enum ward_status status = file_read(path, 64, &content, err);
    if (status == WARD_OK && content.len) {
        char text[64];
        char *end;
        const size_t len = content.len < sizeof text ? content.len : sizeof text - 1;
        memcpy(text, content.data, len);
        text[len] = '\0';
        const unsigned long number = strtoul(text, &end, 10);
        if (*end == '\n' && number <= OVERLAY_VERSIONS_MAX)
            *version = (uint32_t)number;
        else
            status = error_set(err, WARD_ERR_FORMAT, "%s is damaged", path);
    }
    buf_release(&content);
    return status == WARD_ERR_NOT_FOUND ? WARD_OK : status;
}

enum ward_status overlay_set_active(const char *root, uint32_t version, struct ward_error *err)
{
    char path[OVERLAY_FOLDER_BYTES];
    char text[16];
    if (version && !overlay_folder(root, version, path))
        return error_set(err, WARD_ERR_NOT_FOUND, "there is no version %u of the overlay", version);
    if (!overlay_join(path, "%s/active", root))
        return too_long(err, root);
    const int len = snprintf(text, sizeof text, "%u\n", version);
    return file_write_atomic(path, (struct ward_str){text, (size_t)len}, err);
}

/* In one step: at no moment is the draft gone. */
static bool swap_folders(const char *fresh, const char *draft)
{
    return renameat2(AT_FDCWD, fresh, AT_FDCWD, draft, RENAME_EXCHANGE) == 0 ||
           (errno == ENOENT && rename(fresh, draft) == 0);
}

enum ward_status overlay_restore(const char *root, uint32_t version, struct ward_error *err)
{
    char draft[OVERLAY_FOLDER_BYTES];
    char fresh[OVERLAY_FOLDER_BYTES];
    struct overlay_list list = {.count = 0};
    if (!overlay_join(draft, "%s/draft", root) || !overlay_join(fresh, "%s/.draft", root))
        return too_long(err, root);
    enum ward_status status = version ? overlay_list(root, version, &list, err) : WARD_OK;
    if (status == WARD_OK)
        status = overlay_clear_folder(fresh, err);
    if (status == WARD_OK)
        status = copy_files(root, version, &list, fresh, err);
    if (status == WARD_OK && !swap_folders(fresh, draft)) {
        error_at(err, draft, 0, 0);
        status = error_set(err, WARD_ERR_IO, "the draft cannot be replaced");
    }
    if (status == WARD_OK)
        status = overlay_sync_folder(root, err);
    return status == WARD_OK ? overlay_clear_folder(fresh, err) : status;
}

/* ---- telling of versions ---- */

static struct ward_str text_of(const struct tree *tree, const char *key)
{
    const struct tree_node *node = tree->root ? tree_get(tree->root, key) : NULL;
    return node && node->kind == TREE_TEXT ? node->text : (struct ward_str){"", 0};
}

static enum ward_status tell(const char *root, uint32_t version, struct arena *arena,
                             overlay_taker take, void *context, struct ward_error *err)
{
    char path[OVERLAY_FOLDER_BYTES];
    struct buf content;
    struct tree tree;
    if (!overlay_join(path, "%s/versions/%u/about.json", root, version))
        return too_long(err, root);
    enum ward_status status = file_read(path, ABOUT_BYTES_MAX, &content, err);
    arena_reset(arena);
    if (status == WARD_OK)
        status = tree_read(arena, path, buf_str(&content), &tree, err);
    if (status == WARD_OK) {
        struct overlay_version told = {
            .version = version, .who = text_of(&tree, "who"), .note = text_of(&tree, "note")};
        const struct ward_str hash = text_of(&tree, "hash");
        told.time_ms = strtoll(text_of(&tree, "time_ms").data, NULL, 10);
        told.files = (uint32_t)strtoul(text_of(&tree, "files").data, NULL, 10);
        if (hash.len < sizeof told.hash)
            memcpy(told.hash, hash.data, hash.len);
        status = take(context, &told, err);
    }
    buf_release(&content);
    return status;
}

enum ward_status overlay_versions(const char *root, uint32_t before, uint32_t limit,
                                  overlay_taker take, void *context, struct ward_error *err)
{
    char parent[OVERLAY_FOLDER_BYTES];
    struct arena arena;
    enum ward_status status = WARD_OK;
    if (!overlay_join(parent, "%s/versions", root))
        return too_long(err, root);
    arena_init(&arena, 4096, 4u << 20);
    uint32_t at = before ? before : UINT32_MAX;
    while (limit-- && status == WARD_OK && (at = overlay_greatest(parent, at)) != 0)
        status = tell(root, at, &arena, take, context, err);
    arena_release(&arena);
    return status;
}
