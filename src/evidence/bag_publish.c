/**
 * The last step of a package: its final name, as a folder or a ZIP file, and tidying up.
 *
 * The ZIP is written under a temporary name, read back entry by entry against the hashes of the
 * manifest, synced, and then renamed without ever replacing anything.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "evidence/bag.h"

#define FILE_BYTES_MAX ((size_t)4 * 1024 * 1024 * 1024)
/* ZIP keeps the years 1980 to 2107; the time of the package stands in bag-info.txt anyway. */
#define ZIP_TIME_MIN 315619200
#define ZIP_TIME_MAX 4323456000

static enum ward_status rename_new(const char *from, const char *to, struct ward_error *err)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return WARD_OK;
    return error_set(err, WARD_ERR_IO, "cannot give the package its name %s: %s", to,
                     strerror(errno));
}

/* The new name must survive a power cut too. */
static void sync_parent(const char *path)
{
    char folder[BAG_PATH_BYTES];
    const char *slash = strrchr(path, '/');
    const size_t len = slash ? (size_t)(slash - path) : 0;
    memcpy(folder, path, len);
    memcpy(folder + len, len ? "" : slash ? "/" : ".", len ? 1 : 2);
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    (void)close(fd);
}

static void remove_stage(struct bag *bag)
{
    if (!bag->stage_path[0])
        return;
    if (bag->root >= 0) {
        for (size_t i = 0; i < bag->file_count; i++)
            (void)unlinkat(bag->root, bag->files[i].name, 0);
        /* Deepest first; those never made are no matter. */
        static const char *const folders[] = {"data/report", "data/stix", "data/misp",
                                              "data/case",   "data",      "signature"};
        for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
            (void)unlinkat(bag->root, folders[i], AT_REMOVEDIR);
    }
    (void)rmdir(bag->stage_path);
}

enum ward_status bag_publish_folder(struct bag *bag, struct ward_error *err)
{
    if (fchmod(bag->root, 0755) != 0 || fsync(bag->root) != 0)
        return error_set(err, WARD_ERR_IO, "%s: %s", bag->stage_path, strerror(errno));
    const enum ward_status status = rename_new(bag->stage_path, bag->final_path, err);
    if (status != WARD_OK)
        return status;
    bag->is_published = true;
    sync_parent(bag->final_path);
    return WARD_OK;
}

/* ---- zip ------------------------------------------------------------------------------------- */

static enum ward_status zip_error(struct archive *zip, struct ward_error *err)
{
    const char *why = archive_error_string(zip);
    return error_set(err, WARD_ERR_IO, "the ZIP file: %s", why ? why : "out of memory");
}

/* "case" of "/x/case.zip": the folder inside. */
static void zip_top(const struct bag *bag, char out[BAG_PATH_BYTES])
{
    const char *slash = strrchr(bag->final_path, '/');
    const char *name = slash ? slash + 1 : bag->final_path;
    size_t len = strlen(name);
    if (len > 4)
        len -= 4;
    memcpy(out, name, len);
    out[len] = 0;
}

static enum ward_status put_entry(struct archive *zip, const struct bag *bag,
                                  const struct bag_file *file, const char *top,
                                  struct ward_error *err)
{
    char name[BAG_PATH_BYTES + BAG_NAME_BYTES];
    struct buf content;
    int64_t time_s = bag->time_ms / 1000;
    buf_init(&content, FILE_BYTES_MAX);
    enum ward_status status = bag_read(bag, file->name, &content, err);
    struct archive_entry *entry = status == WARD_OK ? archive_entry_new() : NULL;
    if (entry) {
        time_s = time_s < ZIP_TIME_MIN   ? ZIP_TIME_MIN
                 : time_s > ZIP_TIME_MAX ? ZIP_TIME_MAX
                                         : time_s;
        (void)snprintf(name, sizeof name, "%s/%s", top, file->name);
        archive_entry_set_pathname(entry, name);
        archive_entry_set_size(entry, (int64_t)content.len);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_mtime(entry, time_s, 0);
        if (archive_write_header(zip, entry) != ARCHIVE_OK ||
            archive_write_data(zip, content.data, content.len) != (la_ssize_t)content.len)
            status = zip_error(zip, err);
        archive_entry_free(entry);
    } else if (status == WARD_OK) {
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    }
    buf_release(&content);
    return status;
}

static enum ward_status write_zip(struct bag *bag, const char *path, struct ward_error *err)
{
    char top[BAG_PATH_BYTES];
    enum ward_status status = WARD_OK;
    struct archive *zip = archive_write_new();
    if (!zip)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    zip_top(bag, top);
    if (archive_write_set_format_zip(zip) != ARCHIVE_OK ||
        archive_write_set_options(zip, "zip:compression=deflate,zip:hdrcharset=UTF-8") ==
            ARCHIVE_FATAL ||
        archive_write_open_filename(zip, path) != ARCHIVE_OK)
        status = zip_error(zip, err);
    for (size_t i = 0; status == WARD_OK && i < bag->file_count; i++)
        status = put_entry(zip, bag, &bag->files[i], top, err);
    if (archive_write_close(zip) != ARCHIVE_OK && status == WARD_OK)
        status = zip_error(zip, err);
    (void)archive_write_free(zip);
    return status;
}

static bool is_same(struct archive *zip, const struct bag_file *file)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char block[8000];
    char hex[65];
    crypto_hash_sha256_state state;
    la_ssize_t n;
    (void)crypto_hash_sha256_init(&state);
    while ((n = archive_read_data(zip, block, sizeof block)) > 0)
        (void)crypto_hash_sha256_update(&state, (const unsigned char *)block, (size_t)n);
    (void)crypto_hash_sha256_final(&state, hash);
    (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return n == 0 && strcmp(hex, file->sha256) == 0;
}

static enum ward_status check_zip(const struct bag *bag, const char *path, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    struct archive_entry *entry;
    struct archive *zip = archive_read_new();
    if (!zip)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    (void)archive_read_support_format_zip(zip);
    if (archive_read_open_filename(zip, path, 65536) != ARCHIVE_OK)
        status = zip_error(zip, err);
    for (size_t i = 0; status == WARD_OK && i < bag->file_count; i++)
        if (archive_read_next_header(zip, &entry) != ARCHIVE_OK || !is_same(zip, &bag->files[i]))
            status = error_set(err, WARD_ERR_IO, "the ZIP file does not read back as written");
    (void)archive_read_free(zip);
    return status;
}

static enum ward_status sync_file(const char *path, struct ward_error *err)
{
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    enum ward_status status = WARD_OK;
    if (fd < 0 || fsync(fd) != 0)
        status = error_set(err, WARD_ERR_IO, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    return status;
}

enum ward_status bag_publish_zip(struct bag *bag, struct ward_error *err)
{
    char path[sizeof bag->stage_path + 8];
    (void)snprintf(path, sizeof path, "%s.zip", bag->stage_path);
    enum ward_status status = write_zip(bag, path, err);
    if (status == WARD_OK)
        status = check_zip(bag, path, err);
    if (status == WARD_OK)
        status = sync_file(path, err);
    if (status == WARD_OK)
        status = rename_new(path, bag->final_path, err);
    if (status != WARD_OK) {
        (void)unlink(path);
        return status;
    }
    sync_parent(bag->final_path);
    return WARD_OK; /* the folder goes with bag_release() */
}

void bag_release(struct bag *bag)
{
    if (!bag->is_published)
        remove_stage(bag);
    if (bag->root >= 0)
        (void)close(bag->root);
    bag->root = -1;
}
