/**
 * From a filled reply to libmicrohttpd's response.
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/str.h"
#include "http/loop.h"

/* Bodies up to this are copied, so that their buffer can be used again. */
#define COPIED_BYTES (16u * 1024u)

/* What every reply says unless its handler says otherwise. */
static const char *const usual[][2] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Cache-Control", "no-store"},
};

static bool is_set(const struct http_reply *reply, const char *name)
{
    for (unsigned i = 0; i < reply->header_count; i++)
        if (strcasecmp(reply->headers[i].name, name) == 0)
            return true;
    return false;
}

static void add_headers(struct MHD_Response *response, const struct http_request *request)
{
    const struct http_reply *reply = &request->reply;
    for (unsigned i = 0; i < reply->header_count; i++)
        (void)MHD_add_response_header(response, reply->headers[i].name,
                                      reply->fields.data + reply->headers[i].value);
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (!is_set(reply, usual[i][0]))
            (void)MHD_add_response_header(response, usual[i][0], usual[i][1]);
    if (request->is_tls)
        (void)MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
    if (reply->status != 304 && reply->status != 204 && reply->type)
        (void)MHD_add_response_header(response, "Content-Type", reply->type);
    if (atomic_load(&request->loop->server->is_draining))
        (void)MHD_add_response_header(response, "Connection", "close");
}

static void free_body(void *body)
{
    free(body);
}

static struct MHD_Response *make_response(struct http_reply *reply, uint64_t *bytes)
{
    static char nothing[1];
    *bytes = 0;
    if (reply->status == 304 || reply->status == 204)
        return MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
    if (reply->file >= 0) {
        struct MHD_Response *response =
            MHD_create_response_from_fd64(reply->file_bytes, reply->file);
        *bytes = reply->file_bytes;
        if (response)
            reply->file = -1; /* the response closes it */
        return response;
    }
    if (reply->lasting.len) {
        /* The library takes a plain pointer and only reads it. */
        union {
            const char *read;
            char *plain;
        } body = {.read = reply->lasting.data};
        *bytes = reply->lasting.len;
        return MHD_create_response_from_buffer(reply->lasting.len, body.plain,
                                               MHD_RESPMEM_PERSISTENT);
    }
    *bytes = reply->body.len;
    if (reply->body.len <= COPIED_BYTES)
        return MHD_create_response_from_buffer(
            reply->body.len, reply->body.len ? reply->body.data : nothing, MHD_RESPMEM_MUST_COPY);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback(
        reply->body.len, reply->body.data, free_body);
    if (response) {
        const size_t max = reply->body.max;
        buf_init(&reply->body, max);
    }
    return response;
}

/* A reply that did not come together is a failure of ours, not half a reply. */
static void check_reply(struct http_reply *reply)
{
    if (!reply->body.failed && !reply->fields.failed)
        return;
    const enum ward_status status =
        reply->body.failed == WARD_ERR_NOMEM || reply->fields.failed == WARD_ERR_NOMEM
            ? WARD_ERR_NOMEM
            : WARD_ERR_IO;
    buf_clear(&reply->body);
    buf_clear(&reply->fields);
    reply->header_count = 0;
    http_problem_status(reply, status, NULL);
}

enum MHD_Result answer_queue(struct http_request *request)
{
    struct http_reply *reply = &request->reply;
    uint64_t bytes;
    check_reply(reply);
    struct MHD_Response *response = make_response(reply, &bytes);
    if (!response)
        return MHD_NO;
    add_headers(response, request);
    struct http_loop *loop = request->loop;
    const int64_t now_us = loop_now_us();
    const struct http_outcome outcome = {.route = request->match.route,
                                         .request = request,
                                         .status = reply->status,
                                         .body_bytes = bytes,
                                         .duration_us = now_us - request->began_us};
    const struct http_service *service = &loop->server->service;
    if (service->done)
        service->done(service->context, &outcome);
    request->stage = HTTP_STAGE_SENT;
    request->link->waits = false;
    request->link->deadline_ms =
        now_us / 1000 + (int64_t)loop->server->options.request_s * 1000 + (int64_t)(bytes / 16u);
    atomic_fetch_add(&loop->bytes_out, bytes);
    const enum MHD_Result result =
        MHD_queue_response(request->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}
