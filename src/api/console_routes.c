/**
 * GET /console/..., and / which leads there. The files are constant bytes of the program; clients
 * ask anew every time (no-cache) and hear 304 as long as nothing has changed, so that an upgrade
 * shows at once.
 */
#include "api/console_routes.h"

#include "base/str.h"
#include "console/assets.h"

/* Nothing from elsewhere, nothing inline. The icon is a file; packages are saved from blobs. */
static const char policy[] =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'";

static enum ward_status get_root(struct api_call *call, struct ward_error *err)
{
    (void)err;
    call->reply->status = 302;
    http_reply_header_text(call->reply, "Location", "/console/");
    return WARD_OK;
}

/* True if the client takes gzip and does not rate it 0. */
static bool takes_gzip(struct ward_str accepts)
{
    const char *at = accepts.len ? memmem(accepts.data, accepts.len, "gzip", 4) : NULL;
    if (!at)
        return false;
    const struct ward_str rest = {at + 4, accepts.len - (size_t)(at + 4 - accepts.data)};
    return !(rest.len >= 4 && memcmp(rest.data, ";q=0", 4) == 0 &&
             !(rest.len > 5 && rest.data[4] == '.'));
}

static enum ward_status get_file(struct api_call *call, struct ward_error *err)
{
    struct http_reply *reply = call->reply;
    const struct console_asset *file = console_find(http_part(call->request, 0));
    (void)err;
    if (!file) {
        http_problem(reply, 404, "not-found", "There is no such file", NULL);
        return WARD_OK;
    }
    reply->type = file->type;
    http_reply_header_text(reply, "Content-Security-Policy", policy);
    http_reply_header_text(reply, "Cache-Control", "no-cache");
    http_reply_header_text(reply, "Vary", "Accept-Encoding");
    http_reply_header_text(reply, "Cross-Origin-Opener-Policy", "same-origin");
    if (http_not_modified(call->request, reply, str_of(file->tag)))
        return WARD_OK;
    if (file->gzip && takes_gzip(http_header(call->request, "Accept-Encoding"))) {
        http_reply_header_text(reply, "Content-Encoding", "gzip");
        reply->lasting = (struct ward_str){file->gzip, file->gzip_size};
    } else {
        reply->lasting = (struct ward_str){file->data, file->size};
    }
    return WARD_OK;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/", ACCESS_NONE, API_LANE_NOW, get_root, API_PUBLIC},
    {HTTP_GET, "/console", ACCESS_NONE, API_LANE_NOW, get_root, API_PUBLIC},
    {HTTP_GET, "/console/", ACCESS_NONE, API_LANE_NOW, get_file, API_PUBLIC},
    {HTTP_GET, "/console/{path...}", ACCESS_NONE, API_LANE_NOW, get_file, API_PUBLIC},
};

const struct api_part console_part = {
    .name = "console", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
