/**
 * `ward pack build`: checks and compiles packs, and keeps the compiled form for later starts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/pack_command.h"
#include "pack/pack_cache.h"

bool pack_cache_folder(char out[PACK_CACHE_PATH_BYTES])
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int len = -1;
    if (cache && cache[0] == '/')
        len = snprintf(out, PACK_CACHE_PATH_BYTES, "%s/ward", cache);
    else if (home && home[0] == '/')
        len = snprintf(out, PACK_CACHE_PATH_BYTES, "%s/.cache/ward", home);
    return len > 0 && (size_t)len < PACK_CACHE_PATH_BYTES;
}

static int report_show(const struct pack_request *request, const struct pack *pack,
                       const struct pack_cache_report *report)
{
    if (!request->quiet)
        (void)printf("%u signals, %u terms, %u allow-phrases, %u rules, %u laws, %u procedures, "
                     "%u examples\n",
                     pack->signal_count, pack->term_count, pack->allow_count, pack->rule_count,
                     pack->law_count, pack->procedure_count, pack->example_count);
    if (!report->hit && !report->written) {
        struct ward_error err = {.status = WARD_OK};
        error_at(&err, report->path[0] ? report->path : "the cache", 0, 0);
        (void)error_set(&err, WARD_ERR_IO, "the compiled form cannot be written there");
        return pack_request_fail(&err);
    }
    if (!request->quiet)
        (void)printf("%s (%zu bytes%s)\n", report->path, report->bytes,
                     report->hit ? ", was up to date" : "");
    return EXIT_NOTHING;
}

int pack_build_run(const struct pack_request *request)
{
    char folder[PACK_CACHE_PATH_BYTES];
    struct pack_cache cache = {.file = request->cache};
    struct pack_cache_report report;
    const struct pack *pack;
    struct ward_error err;
    if (!cache.file && pack_cache_folder(folder))
        cache.dir = folder;
    if (pack_load_cached(request->dirs, request->dir_count, &cache, &report, &pack, &err) !=
        WARD_OK)
        return pack_request_fail(&err);
    const int result = report_show(request, pack, &report);
    pack_free(pack);
    return result;
}
