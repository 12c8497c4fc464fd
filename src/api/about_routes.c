/**
 * GET /v1/about and GET /v1/openapi.json.
 */
#include <stdio.h>

#include "api/pack_parts.h"
#include "api/openapi.h"
#include "api/pack_catalogue.h"
#include "base/error.h"
#include "base/str.h"
#include "store/store.h"

static enum ward_status about(struct api_call *call, struct ward_error *err)
{
    const struct pack_service *packs = pack_service_of(call->api);
    struct buf *body = &call->reply->body;
    buf_printf(body, "{\"version\":\"%s\",\"schema\":%d,\"overlay\":%u,\"packs\":", ward_version(),
               STORE_SCHEMA, atomic_load(&packs->active));
    buf_put_str(body, call->worker->engine->packs);
    buf_put_text(body, ",\"sources\":");
    if (pack_catalogue_sources(call->worker->engine, body) != WARD_OK)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    buf_put_char(body, '}');
    return WARD_OK;
}

static enum ward_status openapi(struct api_call *call, struct ward_error *err)
{
    char tag[32]; /* the document changes within a version only while ward is worked on */
    (void)err;
    (void)snprintf(tag, sizeof tag, "%s-%zu", ward_version(), openapi_json().len);
    if (!http_not_modified(call->request, call->reply, str_of(tag)))
        buf_put_str(&call->reply->body, openapi_json());
    return WARD_OK;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/about", ACCESS_READ, API_LANE_READ, about, 0},
    {HTTP_GET, "/v1/openapi.json", ACCESS_NONE, API_LANE_NOW, openapi, API_PUBLIC},
};

const struct api_part api_about_part = {
    .name = "about", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
