#include "pack/pack_dirs.h"

#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/str.h"

#ifndef WARD_PACKS_INSTALLED
#error "the build names the installed pack folder"
#endif

static enum ward_status dirs_add(struct pack_dirs *out, struct ward_str dir, struct arena *arena,
                                 struct ward_error *err)
{
    if (out->count == PACK_DIRS_MAX)
        return error_set(err, WARD_ERR_LIMIT, "more than %u pack folders", PACK_DIRS_MAX);
    const struct ward_str kept = arena_copy(arena, dir);
    if (!kept.data)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    out->at[out->count++] = kept.data;
    return WARD_OK;
}

enum ward_status pack_dirs_split(struct pack_dirs *out, const char *list, struct arena *arena,
                                 struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    while (*list && status == WARD_OK) {
        const size_t len = strcspn(list, ":");
        if (len)
            status = dirs_add(out, (struct ward_str){list, len}, arena, err);
        list += len + (list[len] == ':');
    }
    return status;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

enum ward_status pack_default_dirs(struct pack_dirs *out, const char *environment,
                                   struct arena *arena, struct ward_error *err)
{
    static const char *const places[] = {WARD_PACKS_INSTALLED, "packs"};
    *out = (struct pack_dirs){.count = 0};
    if (environment && environment[0])
        return pack_dirs_split(out, environment, arena, err);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (is_folder(places[i]))
            return dirs_add(out, str_of(places[i]), arena, err);
    }
    return error_set(err, WARD_ERR_NOT_FOUND,
                     "no packs: give --packs DIR, set WARD_PACKS, or put them in %s or ./packs",
                     WARD_PACKS_INSTALLED);
}
