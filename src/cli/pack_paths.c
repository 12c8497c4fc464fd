#include "cli/pack_paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

static enum ward_status split(const char *list, struct pack_paths *out, struct ward_error *err)
{
    const size_t len = strlen(list);
    if (len >= sizeof out->bytes)
        return error_set(err, WARD_ERR_LIMIT, "the list of pack folders is too long");
    memcpy(out->bytes, list, len + 1);
    out->count = 0;
    char *at = out->bytes;
    while (*at) {
        char *end = strchr(at, ':');
        if (end)
            *end = '\0';
        if (*at && out->count == PACK_PATHS_MAX)
            return error_set(err, WARD_ERR_LIMIT, "more than %u pack folders", PACK_PATHS_MAX);
        if (*at)
            out->dirs[out->count++] = at;
        if (!end)
            break;
        at = end + 1;
    }
    if (!out->count)
        return error_set(err, WARD_ERR_ARGUMENT, "no pack folder is given");
    return WARD_OK;
}

enum ward_status pack_paths_find(const char *option, struct pack_paths *out, struct ward_error *err)
{
    static const char *const beside[] = {"../share/ward/packs", "../../../packs", "../packs"};
    const char *list = option ? option : getenv("WARD_PACKS");
    if (list && *list)
        return split(list, out, err);
    char exe[2048];
    const ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (len > 0) {
        exe[len] = '\0';
        char *slash = strrchr(exe, '/');
        if (slash)
            slash[1] = '\0';
        for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
            const int used = snprintf(out->bytes, sizeof out->bytes, "%s%s", exe, beside[i]);
            if (used > 0 && (size_t)used < sizeof out->bytes && access(out->bytes, R_OK) == 0) {
                out->dirs[0] = out->bytes;
                out->count = 1;
                return WARD_OK;
            }
        }
    }
    return error_set(err, WARD_ERR_NOT_FOUND,
                     "no packs found; name them with --packs DIR or WARD_PACKS");
}
