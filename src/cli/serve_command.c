/**
 * `ward serve`: the API and the console.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/serve.h"
#include "base/error.h"
#include "cli/judge_options.h"
#include "cli/pack_command.h"
#include "pack/pack_cache.h"

/* Where settings lie when no --config says. */
#define CONF_INSTALLED "/etc/ward/ward.conf"

enum {
    OPT_CONFIG = JUDGE_OPTIONS_END,
    OPT_LISTEN,
    OPT_SERVE_STORE,
    OPT_SERVE_KEY,
    OPT_SET,
    OPT_CHECK_CONFIG,
    OPT_KEYS
};

static const struct option_spec options[] = {
    {OPT_CONFIG, "config", 'c', "FILE", "settings (default: " CONF_INSTALLED " if it is there)"},
    {OPT_LISTEN, "listen", 'L', "ADDRESS", "address and port (default 127.0.0.1:8480)"},
    {OPT_SERVE_STORE, "store", 's', "URL", "FILE or postgresql://... (default: case.db)"},
    {OPT_SERVE_KEY, "key", 0, "FILE", "signing key of the audit log (default: beside the store)"},
    {OPT_PACKS, "packs", 'p', "DIRS", "pack folders, A:B, later ones overlay earlier ones"},
    {OPT_SET, "set", 'o', "KEY=VALUE", "any key of ward.conf; may be given often"},
    {OPT_NO_CACHE, "no-cache", 0, NULL, "read the packs anew and keep nothing"},
    {OPT_CHECK_CONFIG, "check-config", 0, NULL, "check settings and packs, then end"},
    {OPT_KEYS, "keys", 0, NULL, "list the keys of ward.conf, then end"},
    {OPT_QUIET, "quiet", 'q', NULL, "do not tell addresses on standard error"},
    {OPT_HELP, "help", 'h', NULL, "show this help"},
    {0, NULL, 0, NULL, NULL}};

#define SETTINGS_MAX 128

struct setting {
    const char *key;
    const char *value;
    char name[64]; /* of --set; `key` points here */
};

struct serve_request {
    const char *config;
    struct setting settings[SETTINGS_MAX];
    size_t setting_count;
    bool no_cache, quiet, wants_help, wants_keys, only_checks;
};

static enum ward_status add_setting(struct serve_request *r, const char *key, const char *value,
                                    struct ward_error *err)
{
    if (r->setting_count == SETTINGS_MAX)
        return error_set(err, WARD_ERR_ARGUMENT, "more than %d settings", SETTINGS_MAX);
    r->settings[r->setting_count++] = (struct setting){.key = key, .value = value};
    return WARD_OK;
}

static enum ward_status take_set(struct serve_request *r, const char *value, struct ward_error *err)
{
    const char *equals = strchr(value, '=');
    const size_t len = equals ? (size_t)(equals - value) : 0;
    if (!len || len >= sizeof r->settings[0].name)
        return error_set(err, WARD_ERR_ARGUMENT, "--set takes KEY=VALUE, not \"%s\"", value);
    const enum ward_status status = add_setting(r, NULL, equals + 1, err);
    if (status != WARD_OK)
        return status;
    struct setting *setting = &r->settings[r->setting_count - 1];
    memcpy(setting->name, value, len);
    setting->name[len] = '\0';
    setting->key = setting->name;
    return WARD_OK;
}

static enum ward_status take_option(struct serve_request *r, int id, const char *value,
                                    struct ward_error *err)
{
    switch (id) {
    case OPT_CONFIG:
        r->config = value;
        return WARD_OK;
    case OPT_LISTEN:
        return add_setting(r, "listen", value, err);
    case OPT_SERVE_STORE:
        return add_setting(r, "store", value, err);
    case OPT_SERVE_KEY:
        return add_setting(r, "store_key", value, err);
    case OPT_PACKS:
        return add_setting(r, "packs", value, err);
    case OPT_SET:
        return take_set(r, value, err);
    case OPT_NO_CACHE:
        r->no_cache = true;
        return WARD_OK;
    case OPT_CHECK_CONFIG:
        r->only_checks = true;
        return WARD_OK;
    case OPT_KEYS:
        r->wants_keys = true;
        return WARD_OK;
    case OPT_QUIET:
        r->quiet = true;
        return WARD_OK;
    case OPT_HELP:
        r->wants_help = true;
        return WARD_OK;
    default:
        return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is not wanted here", value ? value : "");
    }
}

static enum ward_status read_request(struct serve_request *r, int argc, char **argv,
                                     struct ward_error *err)
{
    struct options_reader reader;
    const char *value;
    int id;
    options_start(&reader, options, argc, argv);
    while ((id = options_next(&reader, &value, err)) != OPTIONS_END) {
        const enum ward_status status =
            id == OPTIONS_BAD ? WARD_ERR_ARGUMENT : take_option(r, id, value, err);
        if (status != WARD_OK)
            return status;
    }
    return WARD_OK;
}

/* The environment's store, then the file, then the flags: later ones stand. */
static enum ward_status load_settings(void *context, struct conf *conf, struct ward_error *err)
{
    const struct serve_request *r = context;
    const char *store = getenv("WARD_STORE");
    const char *path = r->config ? r->config : CONF_INSTALLED;
    enum ward_status status = WARD_OK;
    if (store && *store)
        status = conf_set(conf, "store", store, err);
    if (status == WARD_OK && (r->config || access(path, F_OK) == 0))
        status = conf_load(conf, path, err);
    for (size_t i = 0; status == WARD_OK && i < r->setting_count; i++)
        status = conf_set(conf, r->settings[i].key, r->settings[i].value, err);
    return status;
}

static void say(void *context, const char *line)
{
    const struct serve_request *r = context;
    if (!r->quiet)
        (void)fprintf(stderr, "ward serve: %s\n", line);
}

static int list_keys(void)
{
    for (size_t i = 0; conf_key_at(i); i++)
        (void)printf("%-22s %s%s\n", conf_key_at(i)->name, conf_key_at(i)->about,
                     conf_key_at(i)->is_live ? " (taken on reload)" : "");
    return EXIT_NOTHING;
}

static int serve(const struct command *self, struct serve_request *r)
{
    char cache[PACK_CACHE_PATH_BYTES];
    struct ward_error err = {0};
    const struct api_options service = {.load = load_settings,
                                        .context = r,
                                        .cache_dir =
                                            !r->no_cache && pack_cache_folder(cache) ? cache : NULL,
                                        .say = say,
                                        .only_checks = r->only_checks};
    if (api_serve(&service, &err) == WARD_OK)
        return EXIT_NOTHING;
    return err.status == WARD_ERR_FORMAT && err.line ? command_fail_pack(self, &err)
                                                     : command_fail(self, &err);
}

static int run_serve(const struct command *self, int argc, char **argv)
{
    struct serve_request r = {0};
    struct ward_error err = {0};
    const enum ward_status status = read_request(&r, argc, argv, &err);
    if (status != WARD_OK)
        return command_misuse(self, &err);
    if (r.wants_help) {
        command_help(self);
        return EXIT_NOTHING;
    }
    return r.wants_keys ? list_keys() : serve(self, &r);
}

const struct command command_serve = {
    .name = "serve",
    .usage = "serve [OPTIONS]",
    .summary = "the API and the console, over HTTP",
    .about =
        "Answers checks, takes in events and shows cases until SIGTERM; SIGHUP loads packs and\n"
        "settings anew. Listens on this machine alone unless told otherwise. Settings come\n"
        "from ward.conf(5), then from flags.",
    .options = options,
    .run = run_serve,
};
