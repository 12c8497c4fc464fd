#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "http/server.h"

/* Four lanes' worth of behaviour: at once, on a thread, streaming, and waiting. */
static bool handle(void *context, void *worker, const struct http_route *route,
                   struct http_request *request, struct http_reply *reply)
{
    char piece[4096];
    ssize_t got;
    uint64_t sum = 0;
    (void)context;
    (void)worker;
    if (strcmp(route->path, "/stream") == 0) {
        while ((got = http_body_read(request, piece, sizeof piece)) > 0)
            sum += (uint64_t)got;
        buf_printf(&reply->body, "%llu %zd", (unsigned long long)sum, got);
    } else if (strcmp(route->path, "/early") == 0) {
        (void)!http_body_read(request, piece, 1);
        buf_put_text(&reply->body, "early");
    } else if (strcmp(route->path, "/wait") == 0) {
        if (!http_park_is_over(request)) {
            http_park(request, 200);
            return false;
        }
        buf_put_text(&reply->body, "waited");
    } else {
        buf_put_str(&reply->body, http_body(request));
    }
    return true;
}

static bool admit(void *context, const struct http_route *route, struct http_request *request,
                  struct http_reply *reply)
{
    (void)context;
    (void)route;
    (void)reply;
    return !http_header(request, "X-Refuse").len;
}

static const struct http_route routes[] = {
    {HTTP_POST, "/now", 0, 100, false, NULL},
    {HTTP_POST, "/lane", 1, 100000, false, NULL},
    {HTTP_POST, "/stream", 1, 100000000, true, NULL},
    {HTTP_POST, "/early", 1, 100000000, true, NULL},
    {HTTP_GET, "/wait", 1, 0, false, NULL},
};

static struct http_server *start(void)
{
    static const char *const addresses[] = {"127.0.0.1:0"};
    static void *workers[4];
    struct http_options options = {.addresses = addresses,
                                   .address_count = 1,
                                   .event_threads = 2,
                                   .event_workers = workers,
                                   .lane_count = 2,
                                   .connections_max = 64,
                                   .streams_max = 8,
                                   .header_bytes = 8192,
                                   .idle_s = 60,
                                   .request_s = 30};
    const struct http_service service = {
        .routes = routes, .route_count = 5, .mark_bytes = 8, .admit = admit, .handle = handle};
    struct http_server *server;
    struct ward_error err;
    options.lanes[1] =
        (struct http_lane_setup){.name = "lane", .threads = 2, .queue_max = 8, .workers = workers};
    assert_int_equal(http_server_start(&options, &service, &server, &err), WARD_OK);
    return server;
}

static int dial(struct http_server *server)
{
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons(http_server_port(server, 0)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void send_all(int fd, const char *data, size_t len)
{
    while (len) {
        const ssize_t put = send(fd, data, len, MSG_NOSIGNAL);
        assert_true(put > 0);
        data += put;
        len -= (size_t)put;
    }
}

/* Sends a request with a body of `len` bytes; its status and body. */
static int ask(struct http_server *server, const char *head, size_t len, char *body)
{
    static char text[1 << 16];
    static char block[1 << 16];
    const int fd = dial(server);
    size_t got = 0;
    ssize_t more;
    int status = 0;
    const int head_len = snprintf(
        text, sizeof text,
        "%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", head, len);
    memset(block, 'x', sizeof block);
    send_all(fd, text, (size_t)head_len);
    for (size_t sent = 0; sent < len; sent += sizeof block)
        send_all(fd, block, len - sent < sizeof block ? len - sent : sizeof block);
    while (got < sizeof text - 1 && (more = recv(fd, text + got, sizeof text - 1 - got, 0)) > 0)
        got += (size_t)more;
    text[got] = '\0';
    (void)close(fd);
    assert_int_equal(sscanf(text, "HTTP/1.1 %d", &status), 1);
    const char *at = strstr(text, "\r\n\r\n");
    (void)snprintf(body, 200, "%s", at ? at + 4 : "");
    return status;
}

static void test_lanes(void **state)
{
    struct http_server *server = start();
    char body[200];
    (void)state;
    assert_int_equal(ask(server, "POST /now", 5, body), 200);
    assert_string_equal(body, "xxxxx");
    assert_int_equal(ask(server, "POST /now", 101, body), 413);
    assert_int_equal(ask(server, "POST /lane", 7, body), 200);
    assert_string_equal(body, "xxxxxxx");
    assert_int_equal(ask(server, "GET /wait", 0, body), 200);
    assert_string_equal(body, "waited");
    assert_int_equal(ask(server, "GET /none", 0, body), 404);
    assert_int_equal(ask(server, "GET /lane", 0, body), 405);
    http_server_stop(server, 1000);
}

static void test_streams(void **state)
{
    struct http_server *server = start();
    char body[200];
    (void)state;
    assert_int_equal(ask(server, "POST /stream", 0, body), 200);
    assert_string_equal(body, "0 0");
    assert_int_equal(ask(server, "POST /stream", 20000000, body), 200);
    assert_string_equal(body, "20000000 0");
    assert_int_equal(ask(server, "POST /early", 3000000, body), 200);
    assert_string_equal(body, "early");
    http_server_stop(server, 1000);
}

static void wake_later(void *context, void *worker)
{
    (void)worker;
    http_server_wake(context);
}

static void test_waking_and_stopping(void **state)
{
    struct http_server *server = start();
    char body[200];
    struct http_figures figures;
    (void)state;
    assert_int_equal(http_server_post(server, 1, wake_later, server), WARD_OK);
    assert_int_equal(ask(server, "GET /wait", 0, body), 200);
    http_server_figures(server, &figures);
    assert_int_equal(figures.parked, 0);
    /* A request that waits when the server stops is answered. */
    const int fd = dial(server);
    static const char wait[] = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";
    send_all(fd, wait, sizeof wait - 1);
    (void)usleep(50000);
    http_server_stop(server, 1000);
    char text[1024];
    assert_true(recv(fd, text, sizeof text, 0) > 20);
    assert_memory_equal(text, "HTTP/1.1 200", 12);
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_waking_and_stopping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
