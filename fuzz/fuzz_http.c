/*
 * Any bytes on a connection, through libmicrohttpd and everything before a handler: the server does
 * not crash, frees what it took, and hands over only what holds. One thread, a socket pair in place
 * of the network, so that every run is the same.
 */
#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "http/loop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROUNDS 64

static bool admit(void *context, const struct http_route *route, struct http_request *request,
                  struct http_reply *reply)
{
    (void)context;
    assert(route->method == http_method(request));
    if (!http_header(request, "X-Refuse").len)
        return true;
    http_problem(reply, 403, "refused", "Refused", NULL);
    return false;
}

static void put_within(struct buf *out, struct ward_str text)
{
    buf_put_str(out, text);
    buf_put_char(out, '\n');
}

static bool handle(void *context, void *worker, const struct http_route *route,
                   struct http_request *request, struct http_reply *reply)
{
    (void)context;
    (void)worker;
    const struct ward_str body = http_body(request);
    assert(body.len <= route->body_max);
    for (unsigned i = 0; i < 3; i++)
        put_within(&reply->body, http_part(request, i));
    put_within(&reply->body, http_query(request, "a"));
    put_within(&reply->body, http_query(request, ""));
    put_within(&reply->body, http_cookie(request, "ward_session"));
    put_within(&reply->body, http_header(request, "Content-Type"));
    put_within(&reply->body, body);
    http_reply_header(reply, "X-Back", http_query(request, "a"));
    (void)http_not_modified(request, reply, str_of("5"));
    assert(http_match(request, str_of("5")) || http_header(request, "If-Match").len);
    return true;
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", 0, 16, false, NULL},
    {HTTP_GET, "/a/{x}/b/{rest...}", 0, 16, false, NULL},
    {HTTP_POST, "/a/{x}", 0, 64, false, NULL},
    {HTTP_PUT, "/a", 0, 64, false, NULL},
};

static struct http_server *make(void)
{
    struct http_server *server = calloc(1, sizeof *server);
    struct ward_error err;
    assert(server);
    server->loops = calloc(1, sizeof *server->loops);
    assert(server->loops);
    server->options = (struct http_options){.event_threads = 1,
                                            .address_count = 1,
                                            .connections_max = 8,
                                            .header_bytes = 4096,
                                            .idle_s = 60,
                                            .request_s = 60};
    server->service = (struct http_service){.routes = routes,
                                            .route_count = sizeof routes / sizeof routes[0],
                                            .mark_bytes = 8,
                                            .admit = admit,
                                            .handle = handle};
    const enum ward_status status =
        http_router_new(routes, server->service.route_count, &server->router, &err);
    assert(status == WARD_OK);
    (void)status;
    server->loops->server = server;
    (void)pthread_mutex_init(&server->loops->lock, NULL);
    server->loops->daemons[0] = loop_daemon(server->loops, -1);
    assert(server->loops->daemons[0]);
    return server;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct http_server *server;
    static const struct sockaddr_in from = {.sin_family = AF_INET};
    char answer[4096];
    int ends[2];
    if (size > 65536)
        return 0;
    if (!server)
        server = make();
    struct http_loop *loop = server->loops;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends))
        return 0;
    if (MHD_add_connection(loop->daemons[0], ends[0], (const struct sockaddr *)&from,
                           sizeof from) != MHD_YES) {
        (void)close(ends[1]);
        return 0;
    }
    size_t sent = 0;
    for (int round = 0; round < ROUNDS; round++) {
        const ssize_t put = sent < size ? send(ends[1], data + sent, size - sent, MSG_NOSIGNAL) : 0;
        if (put > 0)
            sent += (size_t)put;
        if (sent == size)
            (void)shutdown(ends[1], SHUT_WR);
        (void)MHD_run(loop->daemons[0]);
        while (recv(ends[1], answer, sizeof answer, 0) > 0)
            continue;
        if (!atomic_load(&loop->connections))
            break;
    }
    (void)close(ends[1]);
    for (int round = 0; round < ROUNDS && atomic_load(&loop->connections); round++)
        (void)MHD_run(loop->daemons[0]);
    assert(!atomic_load(&loop->connections));
    assert(!atomic_load(&loop->requests_open));
    return 0;
}
