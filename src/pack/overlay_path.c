#include "pack/overlay_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"

const char *const overlay_folders[OVERLAY_FOLDERS] = {"law", "procedures", "rules", "signals"};

bool overlay_join(char out[OVERLAY_FOLDER_BYTES], const char *format, ...)
{
    va_list values;
    va_start(values, format);
    const int need = vsnprintf(out, OVERLAY_FOLDER_BYTES, format, values);
    va_end(values);
    return need > 0 && (size_t)need < OVERLAY_FOLDER_BYTES;
}

bool overlay_base(const char *root, uint32_t version, char out[OVERLAY_FOLDER_BYTES])
{
    return version == OVERLAY_DRAFT ? overlay_join(out, "%s/draft", root)
                                    : overlay_join(out, "%s/versions/%u/pack", root, version);
}

static bool is_name(struct ward_str name)
{
    if (name.len < 6 || memcmp(name.data + name.len - 5, ".yaml", 5) != 0 || name.data[0] == '.')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_' || c == '.'))
            return false;
    }
    return true;
}

bool overlay_path_is_good(struct ward_str path)
{
    if (path.len >= OVERLAY_PATH_BYTES)
        return false;
    if (str_equal(path, str_of("pack.yaml")) || str_equal(path, str_of("weights.yaml")))
        return true;
    for (int i = 0; i < OVERLAY_FOLDERS; i++) {
        const size_t len = strlen(overlay_folders[i]);
        if (path.len > len && memcmp(path.data, overlay_folders[i], len) == 0 &&
            path.data[len] == '/')
            return is_name(str_part(path, len + 1, path.len));
    }
    return false;
}

static enum ward_status fail(struct ward_error *err, const char *path, const char *what)
{
    char text[64];
    const char *cause = strerror_r(errno, text, sizeof text);
    error_at(err, path, 0, 0);
    return error_set(err, WARD_ERR_IO, "%s: %s", what, cause);
}

enum ward_status overlay_make_folder(const char *path, struct ward_error *err)
{
    if (mkdir(path, 0750) == 0 || errno == EEXIST)
        return WARD_OK;
    return fail(err, path, "this folder cannot be made");
}

enum ward_status overlay_sync_folder(const char *path, struct ward_error *err)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, path, "this folder cannot be opened");
    const int failed = fsync(fd);
    (void)close(fd);
    return failed ? fail(err, path, "this folder cannot be synced") : WARD_OK;
}

/* Removes the files of one folder, then the folder. */
static enum ward_status clear_flat(const char *path, struct ward_error *err)
{
    DIR *dir = opendir(path);
    if (!dir)
        return errno == ENOENT ? WARD_OK : fail(err, path, "this folder cannot be read");
    enum ward_status status = WARD_OK;
    const struct dirent *entry;
    while (status == WARD_OK && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(dirfd(dir), entry->d_name, 0) != 0)
            status = fail(err, path, "a file in this folder cannot be removed");
    }
    (void)closedir(dir);
    if (status == WARD_OK && rmdir(path) != 0 && errno != ENOENT)
        status = fail(err, path, "this folder cannot be removed");
    return status;
}

enum ward_status overlay_clear_folder(const char *path, struct ward_error *err)
{
    char inner[OVERLAY_FOLDER_BYTES];
    enum ward_status status = WARD_OK;
    for (int i = 0; i < OVERLAY_FOLDERS && status == WARD_OK; i++)
        if (overlay_join(inner, "%s/%s", path, overlay_folders[i]))
            status = clear_flat(inner, err);
    return status == WARD_OK ? clear_flat(path, err) : status;
}

uint32_t overlay_greatest(const char *path, uint32_t below)
{
    uint32_t greatest = 0;
    DIR *dir = opendir(path);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL) {
        char *end;
        const unsigned long number = strtoul(entry->d_name, &end, 10);
        if (*end || entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
            number > OVERLAY_VERSIONS_MAX)
            continue;
        if (number < below && number > greatest)
            greatest = (uint32_t)number;
    }
    if (dir)
        (void)closedir(dir);
    return greatest;
}
