/**
 * See loop.h. The daemon's own epoll stalls with many busy connections when it runs in a thread of
 * its own (measured with 0.9.75), so the thread here polls the daemon's descriptor and has it run.
 */
#include "http/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"

/* How often slow connections are looked for. */
#define SWEEP_MS 250
/* With nine of ten connections taken, idle ones are closed after this. */
#define IDLE_CROWDED_MS 2000

int64_t loop_now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t loop_now_ms(void)
{
    return loop_now_us() / 1000;
}

/* ---- connections ----------------------------------------------------------------------------- */

static void name_peer(const struct sockaddr *address, char out[48])
{
    out[0] = '\0';
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        (void)inet_ntop(AF_INET, &v4.sin_addr, out, 48);
    } else if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        (void)inet_ntop(AF_INET6, &v6.sin6_addr, out, 48);
    }
}

static struct http_link *link_open(struct http_loop *loop, struct MHD_Connection *connection)
{
    struct http_link *link = calloc(1, sizeof *link);
    if (!link)
        return NULL;
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    link->socket = fd ? fd->connect_fd : -1;
    const union MHD_ConnectionInfo *peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (peer && peer->client_addr)
        name_peer(peer->client_addr, link->peer);
    link->since_ms = loop_now_ms();
    link->after = loop->links;
    if (loop->links)
        loop->links->before = link;
    loop->links = link;
    atomic_fetch_add(&loop->connections, 1);
    atomic_fetch_add(&loop->connections_total, 1);
    return link;
}

static void link_close(struct http_loop *loop, struct http_link *link)
{
    if (!link)
        return;
    if (link->before)
        link->before->after = link->after;
    else
        loop->links = link->after;
    if (link->after)
        link->after->before = link->before;
    free(link);
    atomic_fetch_sub(&loop->connections, 1);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_loop *loop = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *slot = link_open(loop, connection);
    } else {
        link_close(loop, *slot);
        *slot = NULL;
    }
}

/* Closes connections whose time is over; libmicrohttpd then sees the end of the stream. */
static void sweep(struct http_loop *loop, int64_t now_ms)
{
    const struct http_options *options = &loop->server->options;
    const bool is_crowded = atomic_load(&loop->connections) * 10 * options->event_threads >
                            (uint64_t)options->connections_max * 9;
    const bool is_draining = atomic_load(&loop->server->is_draining);
    const int64_t idle_ms = is_draining  ? 0
                            : is_crowded ? IDLE_CROWDED_MS
                                         : (int64_t)options->idle_s * 1000;
    for (struct http_link *link = loop->links; link; link = link->after) {
        if (link->is_cut || link->waits)
            continue;
        const int64_t deadline = link->is_busy ? link->deadline_ms : link->since_ms + idle_ms;
        if (now_ms < deadline)
            continue;
        link->is_cut = true;
        if (!is_draining)
            atomic_fetch_add(&loop->cut_off, 1);
        (void)shutdown(link->socket, SHUT_RDWR);
    }
}

/* ---- the thread ------------------------------------------------------------------------------ */

void loop_wake(struct http_loop *loop)
{
    const uint64_t one = 1;
    while (write(loop->wake, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

static int wait_ms(const struct http_loop *loop)
{
    int least = SWEEP_MS;
    for (size_t i = 0; i < loop->daemon_count; i++) {
        MHD_UNSIGNED_LONG_LONG timeout;
        if (MHD_get_timeout(loop->daemons[i], &timeout) == MHD_YES &&
            timeout < (MHD_UNSIGNED_LONG_LONG)least)
            least = (int)timeout;
    }
    return least;
}

/* Takes what the system has taken on our behalf, then closes the door. */
static void stop_listening(struct http_loop *loop)
{
    uint64_t seen;
    do {
        seen = atomic_load(&loop->connections_total);
        for (size_t i = 0; i < loop->daemon_count; i++)
            (void)MHD_run(loop->daemons[i]);
    } while (atomic_load(&loop->connections_total) != seen);
    for (size_t i = 0; i < loop->daemon_count; i++) {
        const MHD_socket listening = MHD_quiesce_daemon(loop->daemons[i]);
        if (listening != MHD_INVALID_SOCKET)
            (void)close(listening);
    }
}

static void *run(void *context)
{
    struct http_loop *loop = context;
    struct pollfd polled[HTTP_ADDRESSES_MAX + 1];
    for (size_t i = 0; i < loop->daemon_count; i++)
        polled[i] = (struct pollfd){.fd = loop->polled[i], .events = POLLIN};
    polled[loop->daemon_count] = (struct pollfd){.fd = loop->wake, .events = POLLIN};
    bool has_quiesced = false;
    while (!atomic_load(&loop->server->is_over)) {
        (void)poll(polled, loop->daemon_count + 1, wait_ms(loop));
        if (polled[loop->daemon_count].revents) {
            uint64_t count;
            while (read(loop->wake, &count, sizeof count) < 0 && errno == EINTR)
                continue;
        }
        for (size_t i = 0; i < loop->daemon_count; i++)
            (void)MHD_run(loop->daemons[i]);
        const int64_t now_ms = loop_now_ms();
        if (atomic_load(&loop->server->is_draining) && !has_quiesced) {
            has_quiesced = true;
            stop_listening(loop);
        }
        if (now_ms - loop->swept_ms < SWEEP_MS)
            continue;
        loop->swept_ms = now_ms;
        sweep(loop, now_ms);
        if (loop == loop->server->loops)
            park_sweep(loop->server, now_ms, false);
    }
    return NULL;
}

/* ---- starting and ending --------------------------------------------------------------------- */

/* Targets are decoded by request.c, piece by piece. */
static size_t decode_nothing(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

struct MHD_Daemon *loop_daemon(struct http_loop *loop, int listening)
{
    const struct http_options *options = &loop->server->options;
    const unsigned flags =
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (options->tls_certificate ? MHD_USE_TLS : 0u);
    const unsigned share =
        options->connections_max / (options->event_threads * (unsigned)options->address_count) + 1u;
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, NULL},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, NULL},
                                   {MHD_OPTION_HTTPS_PRIORITIES, 0, NULL},
                                   {MHD_OPTION_END, 0, NULL}};
    union {
        const char *read;
        char *plain;
    } certificate = {.read = options->tls_certificate}, key = {.read = options->tls_key},
      priorities = {.read = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"};
    tls[0].ptr_value = certificate.plain;
    tls[1].ptr_value = key.plain;
    tls[2].ptr_value = priorities.plain;
    if (!options->tls_certificate)
        tls[0] = tls[3];
    return MHD_start_daemon(
        flags, 0, NULL, NULL, exchange_step, loop, MHD_OPTION_LISTEN_SOCKET, listening,
        MHD_OPTION_CONNECTION_LIMIT, share, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        options->header_bytes, MHD_OPTION_CONNECTION_TIMEOUT,
        options->idle_s > options->request_s ? options->idle_s : options->request_s,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, loop, MHD_OPTION_NOTIFY_COMPLETED,
        exchange_over, loop, MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, loop,
        MHD_OPTION_UNESCAPE_CALLBACK, decode_nothing, NULL, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

enum ward_status loop_start(struct http_loop *loop, struct http_server *server, const int *sockets,
                            struct ward_error *err)
{
    loop->server = server;
    loop->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop->wake < 0 || pthread_mutex_init(&loop->lock, NULL))
        return error_set(err, WARD_ERR_IO, "cannot start an event thread: %s", strerror(errno));
    for (size_t i = 0; i < server->options.address_count; i++) {
        loop->daemons[i] = loop_daemon(loop, sockets[i]);
        if (!loop->daemons[i]) {
            (void)close(sockets[i]);
            return error_set(err, WARD_ERR_ARGUMENT, "cannot serve on %s%s",
                             server->options.addresses[i],
                             server->options.tls_certificate
                                 ? ": certificate and key do not fit or cannot be read"
                                 : "");
        }
        const union MHD_DaemonInfo *info =
            MHD_get_daemon_info(loop->daemons[i], MHD_DAEMON_INFO_EPOLL_FD);
        loop->polled[i] = info ? info->epoll_fd : -1;
        loop->daemon_count = i + 1;
    }
    if (pthread_create(&loop->thread, NULL, run, loop))
        return error_set(err, WARD_ERR_IO, "cannot start a thread");
    loop->is_running = true;
    return WARD_OK;
}

void loop_end(struct http_loop *loop)
{
    if (!loop->server)
        return;
    if (loop->is_running) {
        loop_wake(loop);
        (void)pthread_join(loop->thread, NULL);
    }
    for (size_t i = 0; i < loop->daemon_count; i++)
        MHD_stop_daemon(loop->daemons[i]);
    while (loop->spare) {
        struct http_request *request = loop->spare;
        loop->spare = request->next;
        exchange_free(request);
    }
    if (loop->wake >= 0)
        (void)close(loop->wake);
    (void)pthread_mutex_destroy(&loop->lock);
}
