/**
 * The draft of the local overlay: /v1/overlay/{path...}.
 */
#include <stdio.h>
#include <string.h>

#include "api/pack_parts.h"
#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "base/time_text.h"

static enum ward_status get_file(struct api_call *call, struct ward_error *err)
{
    const struct pack_service *s = pack_service_of(call->api);
    char etag[OVERLAY_ETAG_BYTES];
    struct buf content;
    const enum ward_status status =
        overlay_read(s->root, OVERLAY_DRAFT, http_part(call->request, 0), &content, etag, err);
    if (status == WARD_OK && !http_not_modified(call->request, call->reply, str_of(etag))) {
        call->reply->type = "text/yaml; charset=utf-8";
        buf_put_str(&call->reply->body, buf_str(&content));
    }
    buf_release(&content);
    return status;
}

/* The etag of a file of the draft, "" when it is not there. */
static enum ward_status find_etag(const struct pack_service *s, struct ward_str path,
                                  char etag[OVERLAY_ETAG_BYTES], struct ward_error *err)
{
    struct buf content;
    const enum ward_status status = overlay_read(s->root, OVERLAY_DRAFT, path, &content, etag, err);
    buf_release(&content);
    return status == WARD_ERR_NOT_FOUND ? WARD_OK : status;
}

static enum ward_status check_match(const struct api_call *call, const char *etag,
                                    struct ward_error *err)
{
    const struct ward_str none = http_header(call->request, "If-None-Match");
    if (*etag && none.len == 1 && none.data[0] == '*')
        return error_set(err, WARD_ERR_STALE, "the file is there already");
    if (http_match(call->request, str_of(etag)) &&
        (*etag || !http_header(call->request, "If-Match").len))
        return WARD_OK;
    return error_set(err, WARD_ERR_STALE, "the file has changed since it was read");
}

/* An entry in the audit log for a change of the draft: the path and the hash, no content. */
static enum ward_status tell_audit(struct api_call *call, struct ward_str path, const char *etag,
                                   struct ward_error *err)
{
    struct buf body;
    buf_init(&body, 4096);
    buf_put_text(&body, "{\"path\":");
    json_put_string(&body, path);
    if (*etag)
        buf_printf(&body, ",\"etag\":\"%s\"", etag);
    buf_put_char(&body, '}');
    const struct store_act act = {.who = str_of(call->who->who), .time_ms = call->now_ms};
    enum ward_status status = body.failed;
    if (status == WARD_OK)
        status = store_audit_add(call->worker->store, &act, str_of("overlay-draft"), buf_str(&body),
                                 err);
    buf_release(&body);
    return status;
}

static enum ward_status put_file(struct api_call *call, struct ward_error *err)
{
    const struct pack_service *s = pack_service_of(call->api);
    const struct ward_str path = http_part(call->request, 0);
    const struct ward_str content = http_body(call->request);
    char etag[OVERLAY_ETAG_BYTES];
    struct buf date;
    enum ward_status status = find_etag(s, path, etag, err);
    const bool is_new = !*etag;
    if (status == WARD_OK)
        status = check_match(call, etag, err);
    buf_init(&date, 64);
    time_put(&date, call->now_ms);
    buf_put_char(&date, '\0');
    if (status == WARD_OK)
        status = overlay_write(s->root, path, content, date.data ? date.data : "2026-01-01", err);
    buf_release(&date);
    if (status == WARD_OK)
        status = find_etag(s, path, etag, err);
    if (status == WARD_OK)
        status = tell_audit(call, path, etag, err);
    if (status != WARD_OK)
        return status;
    call->reply->status = is_new ? 201 : 200;
    http_reply_header(call->reply, "Cache-Control", str_of("no-store"));
    (void)http_not_modified(call->request, call->reply, str_of(etag));
    buf_put_text(&call->reply->body, "{\"path\":");
    json_put_string(&call->reply->body, path);
    buf_printf(&call->reply->body, ",\"bytes\":%zu,\"etag\":\"%s\"}", content.len, etag);
    return WARD_OK;
}

static enum ward_status drop_file(struct api_call *call, struct ward_error *err)
{
    const struct pack_service *s = pack_service_of(call->api);
    const struct ward_str path = http_part(call->request, 0);
    char etag[OVERLAY_ETAG_BYTES];
    enum ward_status status = find_etag(s, path, etag, err);
    if (status == WARD_OK && !*etag)
        status = error_set(err, WARD_ERR_NOT_FOUND, "the draft has no such file");
    if (status == WARD_OK)
        status = check_match(call, etag, err);
    if (status == WARD_OK)
        status = overlay_remove(s->root, path, err);
    if (status == WARD_OK)
        status = tell_audit(call, path, "", err);
    if (status == WARD_OK)
        call->reply->status = 204;
    return status;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/overlay/{path...}", ACCESS_READ, API_LANE_READ, get_file, 0},
    {HTTP_PUT, "/v1/overlay/{path...}", ACCESS_PACKS, API_LANE_WRITE, put_file, API_BIG},
    {HTTP_DELETE, "/v1/overlay/{path...}", ACCESS_PACKS, API_LANE_WRITE, drop_file, 0},
};

const struct api_part api_overlay_part = {
    .name = "overlay", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
