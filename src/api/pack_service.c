#include "api/pack_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "store/store.h"

struct pack_service *pack_service_of(struct api *api)
{
    return api_state(api, &api_pack_part);
}

void pack_service_folders(const struct pack_service *service, const struct api_engine *engine,
                          uint32_t version, struct pack_folders *out)
{
    out->count = 0;
    for (uint32_t i = 0; i < engine->base_count && i < PACK_DIRS_MAX; i++)
        out->at[out->count++] = engine->dirs[i];
    out->has_overlay = overlay_folder(service->root, version, out->overlay);
    if (out->has_overlay)
        out->at[out->count++] = out->overlay;
}

/* The rest of `path` behind `folder`; empty when it is not inside. */
static struct ward_str inside(struct ward_str path, const char *folder)
{
    size_t len = strlen(folder);
    while (len && folder[len - 1] == '/')
        len--;
    if (path.len <= len + 1 || memcmp(path.data, folder, len) != 0 || path.data[len] != '/')
        return (struct ward_str){"", 0};
    return str_part(path, len + 1, path.len);
}

static struct ward_str last_name(struct ward_str folder)
{
    while (folder.len && folder.data[folder.len - 1] == '/')
        folder.len--;
    size_t begin = folder.len;
    while (begin && folder.data[begin - 1] != '/')
        begin--;
    return str_part(folder, begin, folder.len);
}

void pack_service_show_path(const struct pack_service *service, const struct api_engine *engine,
                            struct ward_str path, struct buf *out)
{
    struct ward_str rest = inside(path, service->root);
    if (rest.len) { /* draft/signals/a.yaml, versions/3/pack/signals/a.yaml */
        struct ward_str draft = inside(rest, "draft");
        const char *pack = memmem(rest.data, rest.len, "/pack/", 6);
        if (pack)
            draft = str_part(rest, (size_t)(pack - rest.data) + 6, rest.len);
        buf_put_text(out, draft.len ? "overlay/" : "overlay");
        buf_put_str(out, draft);
        return;
    }
    for (uint32_t i = 0; i < engine->base_count; i++) {
        const struct ward_str folder = str_of(engine->dirs[i]);
        rest = inside(path, engine->dirs[i]);
        if (!rest.len)
            continue;
        buf_put_str(out, last_name(folder));
        buf_put_char(out, '/');
        buf_put_str(out, rest);
        return;
    }
    buf_put_str(out, last_name(path));
}

/* ---- start and stop ---- */

static void load_active(struct api *api, struct pack_service *s)
{
    uint32_t version = 0;
    struct pack_folders folders;
    struct ward_error err = {.status = WARD_OK};
    enum ward_status status = overlay_active(s->root, &version, &err);
    if (status == WARD_OK && version == 0)
        return;
    const struct api_engine *engine = api_engine_hold(api);
    pack_service_folders(s, engine, version, &folders);
    if (status == WARD_OK && !folders.has_overlay)
        status = WARD_ERR_NOT_FOUND;
    if (status == WARD_OK)
        status = api_engine_load(api, folders.at, folders.count, &err);
    api_engine_drop(api, engine);
    if (status == WARD_OK)
        atomic_store(&s->active, version);
    else
        api_log(api, API_LOG_ERROR, "overlay-not-in-force", ward_status_name(status));
}

enum ward_status pack_service_start(struct api *api, void **state, struct ward_error *err)
{
    struct pack_service *s = calloc(1, sizeof *s);
    if (!s)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    *state = s;
    buf_init(&s->catalogue, 16u << 20);
    (void)pthread_mutex_init(&s->lock, NULL);
    (void)pthread_mutex_init(&s->validating, NULL);
    enum ward_status status = WARD_OK;
    const struct api_place place = api_place(api);
    if (status == WARD_OK && (!place.state_dir || snprintf(s->root, sizeof s->root, "%s/overlay",
                                                           place.state_dir) >= (int)sizeof s->root))
        status = error_set(err, WARD_ERR_LIMIT, "the path of the state folder is too long");
    if (status == WARD_OK)
        status = overlay_open(s->root, err);
    if (status == WARD_OK)
        load_active(api, s);
    return status;
}

void pack_service_stop(struct api *api, void *state)
{
    struct pack_service *s = state;
    (void)api;
    if (!s)
        return;
    (void)pthread_mutex_destroy(&s->lock);
    (void)pthread_mutex_destroy(&s->validating);
    buf_release(&s->catalogue);
    free(s);
}

/* ---- putting in force ---- */

static enum ward_status tell_audit(struct api_call *call, const struct pack_switch *to,
                                   struct ward_error *err)
{
    struct pack_service *s = pack_service_of(call->api);
    struct buf body;
    buf_init(&body, 65536);
    buf_printf(&body, "{\"from\":%u,\"to\":%u,\"note\":", atomic_load(&s->active), to->version);
    json_put_string(&body, to->note);
    buf_put_char(&body, '}');
    const struct store_act act = {.who = str_of(call->who->who), .time_ms = call->now_ms};
    enum ward_status status = body.failed;
    if (status == WARD_OK)
        status = store_audit_add(call->worker->store, &act, str_of(to->kind), buf_str(&body), err);
    else
        (void)error_set(err, status, "out of memory");
    buf_release(&body);
    return status;
}

/* The log entry comes first: what is in force without one would be worse than the reverse. */
enum ward_status pack_service_switch(struct api_call *call, const struct pack_switch *to,
                                     struct ward_error *err)
{
    struct pack_service *s = pack_service_of(call->api);
    const uint32_t before = atomic_load(&s->active);
    struct pack_folders folders;
    pack_service_folders(s, call->worker->engine, to->version, &folders);
    if (to->version && !folders.has_overlay)
        return error_set(err, WARD_ERR_NOT_FOUND, "there is no version %u of the overlay",
                         to->version);
    enum ward_status status = tell_audit(call, to, err);
    if (status == WARD_OK)
        status = overlay_set_active(s->root, to->version, err);
    if (status != WARD_OK)
        return status;
    status = api_engine_load(call->api, folders.at, folders.count, err);
    if (status == WARD_OK) {
        atomic_store(&s->active, to->version);
        return WARD_OK;
    }
    struct ward_error ignored;
    (void)!overlay_set_active(s->root, before, &ignored);
    return status == WARD_ERR_FORMAT ? WARD_ERR_REFUSED : status;
}
