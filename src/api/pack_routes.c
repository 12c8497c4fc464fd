/**
 * Packs: what is in force, validating the draft, putting it in force, going back.
 */
#include <jansson.h>
#include <string.h>

#include "api/pack_catalogue.h"
#include "api/pack_validate.h"
#include "api/query_number.h"
#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"
#include "engine/engine.h"

#define NOTE_BYTES_MAX 2000u

/* ---- reading ---- */

static void put_overlay(struct buf *body, const struct overlay_list *list)
{
    struct json_pen pen;
    pen_init(&pen, body, false);
    pen_open(&pen, '{');
    pen_pair_text(&pen, "hash", list->hash);
    pen_key(&pen, "files");
    pen_open(&pen, '[');
    for (uint32_t i = 0; i < list->count; i++) {
        pen_open(&pen, '{');
        pen_pair_text(&pen, "path", list->files[i].path);
        pen_key(&pen, "bytes");
        pen_integer(&pen, (int64_t)list->files[i].bytes);
        pen_pair_text(&pen, "etag", list->files[i].etag);
        pen_close(&pen, '}');
    }
    pen_close(&pen, ']');
    pen_close(&pen, '}');
}

static enum ward_status list_packs(struct api_call *call, struct ward_error *err)
{
    struct pack_service *s = pack_service_of(call->api);
    const struct api_engine *engine = call->worker->engine;
    struct buf *body = &call->reply->body;
    struct overlay_list draft;
    enum ward_status status = overlay_list(s->root, OVERLAY_DRAFT, &draft, err);
    if (status != WARD_OK)
        return status;
    buf_printf(body,
               "{\"active\":%u,\"hash\":\"%s\",\"examples\":%u,\"packs\":", atomic_load(&s->active),
               engine->engine->pack->hash, engine->engine->pack->example_count);
    status = pack_catalogue_put(s, engine, body, err);
    buf_put_text(body, ",\"overlay\":");
    put_overlay(body, &draft);
    buf_put_char(body, '}');
    return status;
}

static enum ward_status get_file(struct api_call *call, struct ward_error *err)
{
    struct pack_service *s = pack_service_of(call->api);
    const struct pack_file_name name = {http_part(call->request, 0), http_part(call->request, 1)};
    struct buf content;
    const enum ward_status status =
        pack_catalogue_read(s, call->worker->engine, &name, &content, err);
    if (status == WARD_OK) {
        call->reply->type = "text/yaml; charset=utf-8";
        buf_put_str(&call->reply->body, buf_str(&content));
    }
    buf_release(&content);
    return status;
}

struct listing {
    struct json_pen pen;
    uint64_t limit, count;
    uint32_t last;
    bool more;
};

static enum ward_status put_version(void *context, const struct overlay_version *v,
                                    struct ward_error *err)
{
    struct listing *l = context;
    (void)err;
    if (l->count++ == l->limit) {
        l->more = true;
        return WARD_OK;
    }
    l->last = v->version;
    pen_open(&l->pen, '{');
    pen_key(&l->pen, "version");
    pen_integer(&l->pen, v->version);
    pen_key(&l->pen, "time");
    pen_time(&l->pen, v->time_ms);
    pen_key(&l->pen, "who");
    pen_string(&l->pen, v->who);
    pen_key(&l->pen, "note");
    pen_string(&l->pen, v->note);
    pen_key(&l->pen, "files");
    pen_integer(&l->pen, v->files);
    pen_pair_text(&l->pen, "hash", v->hash);
    pen_close(&l->pen, '}');
    return WARD_OK;
}

static enum ward_status list_versions(struct api_call *call, struct ward_error *err)
{
    const struct pack_service *s = pack_service_of(call->api);
    struct listing l = {.count = 0};
    uint64_t after;
    const struct query_range range = {1, OVERLAY_VERSIONS_MAX, 0};
    enum ward_status status = query_limit(call->request, &l.limit, err);
    if (status == WARD_OK)
        status = query_number(call->request, "after", range, &after, err);
    if (status != WARD_OK)
        return status;
    pen_init(&l.pen, &call->reply->body, false);
    pen_open(&l.pen, '{');
    pen_key(&l.pen, "active");
    pen_integer(&l.pen, atomic_load(&s->active));
    pen_key(&l.pen, "versions");
    pen_open(&l.pen, '[');
    status =
        overlay_versions(s->root, (uint32_t)after, (uint32_t)l.limit + 1, put_version, &l, err);
    pen_close(&l.pen, ']');
    query_put_next(&l.pen, l.more, l.last);
    pen_close(&l.pen, '}');
    return status;
}

/* ---- validating ---- */

static enum ward_status validate(struct api_call *call, struct ward_error *err)
{
    struct pack_service *s = pack_service_of(call->api);
    struct pack_validation found;
    if (pthread_mutex_trylock(&s->validating) != 0)
        return error_set(err, WARD_ERR_BUSY, "a validation is under way");
    const enum ward_status status =
        pack_validate(s, call->worker->engine, OVERLAY_DRAFT, &call->reply->body, &found, err);
    (void)pthread_mutex_unlock(&s->validating);
    return status;
}

/* ---- putting in force ---- */

static enum ward_status read_body(const struct api_call *call, json_t **out, struct ward_error *err)
{
    const struct ward_str body = http_body(call->request);
    json_error_t cause;
    *out = json_loadb(body.len ? body.data : "", body.len, JSON_REJECT_DUPLICATES, &cause);
    if (json_is_object(*out))
        return WARD_OK;
    json_decref(*out);
    *out = NULL;
    return error_set(err, WARD_ERR_FORMAT, "the body is a JSON object");
}

static void put_active(struct api_call *call)
{
    const struct pack_service *s = pack_service_of(call->api);
    const struct api_engine *engine = api_engine_hold(call->api);
    buf_printf(&call->reply->body, "{\"active\":%u,\"packs\":", atomic_load(&s->active));
    buf_put_str(&call->reply->body, engine->packs);
    buf_put_char(&call->reply->body, '}');
    api_engine_drop(call->api, engine);
}

/* A sealed version that is not good is taken back: it was never in force. */
static enum ward_status activate_sealed(struct api_call *call, uint32_t version,
                                        struct ward_str note, struct ward_error *err)
{
    const struct pack_service *s = pack_service_of(call->api);
    struct pack_validation found;
    struct buf report;
    buf_init(&report, 4u << 20);
    enum ward_status status = pack_validate(s, call->worker->engine, version, &report, &found, err);
    if (status == WARD_OK && !found.is_good)
        status = found.failed
                     ? error_set(err, WARD_ERR_REFUSED,
                                 "%u examples do not hold; validate shows them", found.failed)
                     : error_set(err, WARD_ERR_REFUSED,
                                 "the draft does not compile; validate shows the place");
    buf_release(&report);
    const struct pack_switch to = {version, "pack-activate", note};
    if (status == WARD_OK)
        status = pack_service_switch(call, &to, err);
    if (status != WARD_OK) {
        struct ward_error ignored;
        (void)!overlay_unseal(s->root, version, &ignored);
    }
    return status;
}

static enum ward_status activate(struct api_call *call, struct ward_error *err)
{
    const struct pack_service *s = pack_service_of(call->api);
    json_t *body;
    enum ward_status status = read_body(call, &body, err);
    if (status != WARD_OK)
        return status;
    const json_t *note = json_object_get(body, "note");
    const struct ward_str said = {json_string_value(note), json_string_length(note)};
    uint32_t version = 0;
    if (!said.len || said.len > NOTE_BYTES_MAX)
        status = error_set(err, WARD_ERR_ARGUMENT, "\"note\" says why, in 1 to %u bytes",
                           NOTE_BYTES_MAX);
    const struct overlay_version about = {
        .time_ms = call->now_ms, .who = str_of(call->who->who), .note = said};
    if (status == WARD_OK)
        status = overlay_seal(s->root, &about, &version, err);
    if (status == WARD_OK)
        status = activate_sealed(call, version, said, err);
    json_decref(body);
    if (status == WARD_OK)
        put_active(call);
    return status;
}

static enum ward_status rollback(struct api_call *call, struct ward_error *err)
{
    json_t *body;
    enum ward_status status = read_body(call, &body, err);
    if (status != WARD_OK)
        return status;
    const json_t *to = json_object_get(body, "to");
    const json_int_t version = json_is_integer(to) ? json_integer_value(to) : -1;
    json_decref(body);
    if (version < 0 || version > OVERLAY_VERSIONS_MAX)
        return error_set(err, WARD_ERR_ARGUMENT,
                         "\"to\" is the number of a version, or 0 for none");
    const struct pack_switch back = {(uint32_t)version, "pack-rollback", {"", 0}};
    status = pack_service_switch(call, &back, err);
    if (status == WARD_OK)
        put_active(call);
    return status;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/packs", ACCESS_READ, API_LANE_READ, list_packs, 0},
    {HTTP_GET, "/v1/packs/{name}/files/{path...}", ACCESS_READ, API_LANE_READ, get_file, 0},
    {HTTP_GET, "/v1/packs/versions", ACCESS_READ, API_LANE_READ, list_versions, 0},
    {HTTP_POST, "/v1/packs/validate", ACCESS_PACKS, API_LANE_READ, validate, 0},
    {HTTP_POST, "/v1/packs/activate", ACCESS_PACKS, API_LANE_WRITE, activate, 0},
    {HTTP_POST, "/v1/packs/rollback", ACCESS_PACKS, API_LANE_WRITE, rollback, 0},
};

const struct api_part api_pack_part = {.name = "packs",
                                       .routes = routes,
                                       .route_count = sizeof routes / sizeof routes[0],
                                       .start = pack_service_start,
                                       .stop = pack_service_stop};
