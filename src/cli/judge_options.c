#include "cli/judge_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/pack_command.h"
#include "pack/pack_cache.h"
#include "pack/pack_dirs.h"

void judge_request_init(struct judge_request *request)
{
    *request = (struct judge_request){.fail_level = WARD_LEVEL_WATCH};
}

static bool level_parse(const char *name, enum ward_level *out)
{
    for (int level = WARD_LEVEL_WATCH; level <= WARD_LEVEL_URGENT; level++)
        if (strcmp(name, ward_level_name((enum ward_level)level)) == 0) {
            *out = (enum ward_level)level;
            return true;
        }
    return false;
}

/* A score above 0: 0 stands for "not set". */
static bool score_parse(const char *text, double *out)
{
    return options_fraction(text, 0.0001, 1, out);
}

/* Reads "zh", "en" or "both". */
static bool lang_parse(const char *name, enum says_lang *out)
{
    static const char *const names[] = {"en", "zh", "both"};
    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0) {
            *out = (enum says_lang)i;
            return true;
        }
    return false;
}

enum ward_status judge_option_take(struct judge_request *r, int id, const char *value,
                                   struct ward_error *err)
{
    switch (id) {
    case OPT_HELP:
        r->wants_help = true;
        return WARD_OK;
    case OPT_QUIET:
        r->quiet = true;
        return WARD_OK;
    case OPT_VERBOSE:
        r->verbose = true;
        return WARD_OK;
    case OPT_JSON:
        r->json = true;
        return WARD_OK;
    case OPT_RULES_ALL:
        r->check.every_rule = true;
        return WARD_OK;
    case OPT_WHOLE:
        r->check.whole_only = true;
        return WARD_OK;
    case OPT_CACHE:
        r->cache = value;
        return WARD_OK;
    case OPT_NO_CACHE:
        r->no_cache = true;
        return WARD_OK;
    case OPT_PACKS:
        r->packs = value;
        return WARD_OK;
    case OPT_LANG:
        if (lang_parse(value, &r->lang))
            return WARD_OK;
        return error_set(err, WARD_ERR_ARGUMENT, "--lang is en, zh or both, not \"%s\"", value);
    case OPT_FAIL_LEVEL:
        if (level_parse(value, &r->fail_level))
            return WARD_OK;
        return error_set(err, WARD_ERR_ARGUMENT,
                         "--fail-level is watch, review or urgent, not \"%s\"", value);
    case OPT_WATCH:
    case OPT_REVIEW:
    case OPT_URGENT: {
        double *to = id == OPT_WATCH    ? &r->check.threshold_watch
                     : id == OPT_REVIEW ? &r->check.threshold_review
                                        : &r->check.threshold_urgent;
        if (score_parse(value, to))
            return WARD_OK;
        return error_set(err, WARD_ERR_ARGUMENT, "a threshold is a score up to 1, not \"%s\"",
                         value);
    }
    default:
        return error_set(err, WARD_ERR_ARGUMENT, "unknown option");
    }
}

enum ward_status judge_request_check(const struct judge_request *r, struct ward_error *err)
{
    const struct ward_check_options *c = &r->check;
    if (c->threshold_watch > 0 && c->threshold_review > 0 &&
        c->threshold_watch > c->threshold_review)
        return error_set(err, WARD_ERR_ARGUMENT, "--watch is above --review");
    return WARD_OK;
}

/* Bytes of all names of pack folders together. */
#define PACK_NAMES_BYTES_MAX (1024u * 1024u)

static enum ward_status open_dirs(const struct judge_request *r, struct arena *arena,
                                  struct ward_engine **out, struct ward_error *err)
{
    struct pack_dirs dirs = {.count = 0};
    const enum ward_status status =
        r->packs ? pack_dirs_split(&dirs, r->packs, arena, err)
                 : pack_default_dirs(&dirs, getenv("WARD_PACKS"), arena, err);
    if (status != WARD_OK)
        return status;
    char cache[PACK_CACHE_PATH_BYTES];
    const struct ward_engine_options options = {
        .dirs = dirs.at,
        .dir_count = dirs.count,
        .cache_dir = !r->no_cache && pack_cache_folder(cache) ? cache : NULL,
        .cache_file = r->no_cache ? NULL : r->cache,
    };
    return ward_engine_open(&options, out, err);
}

enum ward_status judge_request_open(const struct judge_request *r, struct ward_engine **out,
                                    struct ward_error *err)
{
    struct arena arena;
    *out = NULL;
    arena_init(&arena, 4096, PACK_NAMES_BYTES_MAX);
    const enum ward_status status = open_dirs(r, &arena, out, err);
    arena_release(&arena);
    if (status != WARD_OK || !r->verbose)
        return status;
    size_t count;
    const struct ward_str *names = ward_engine_packs(*out, &count);
    for (size_t i = 0; i < count; i++)
        (void)fprintf(stderr, "pack %.*s\n", (int)names[i].len, names[i].data);
    return WARD_OK;
}
