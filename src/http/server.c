/**
 * See server.h: starting, stopping, figures.
 */
#include "http/server.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "http/listen.h"
#include "http/loop.h"

#define DRAIN_LOOK_MS 5

static void nap(void)
{
    const struct timespec time = {.tv_nsec = DRAIN_LOOK_MS * 1000000};
    (void)nanosleep(&time, NULL);
}

static void server_free(struct http_server *server)
{
    if (!server)
        return;
    atomic_store(&server->is_over, true);
    for (unsigned i = 0; server->loops && i < server->options.event_threads; i++)
        loop_end(&server->loops[i]);
    for (unsigned i = 1; i < HTTP_LANES_MAX; i++)
        lane_free(server->lanes[i]);
    http_router_free(server->router);
    (void)pthread_mutex_destroy(&server->park_lock);
    free(server->loops);
    free(server);
}

static enum ward_status start_lanes(struct http_server *server, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (unsigned i = 1; status == WARD_OK && i < server->options.lane_count; i++) {
        const struct http_lane_setup *setup = &server->options.lanes[i];
        status = lane_new(setup->threads, setup->queue_max, setup->workers, &server->lanes[i], err);
    }
    return status;
}

/* Sockets lie by address, then event thread. */
static enum ward_status open_sockets(struct http_server *server, int *sockets,
                                     struct ward_error *err)
{
    const unsigned threads = server->options.event_threads;
    enum ward_status status = WARD_OK;
    for (size_t i = 0; status == WARD_OK && i < server->options.address_count; i++)
        status = listen_open(server->options.addresses[i], threads, sockets + i * threads,
                             &server->ports[i], err);
    return status;
}

static enum ward_status start_loops(struct http_server *server, struct ward_error *err)
{
    const unsigned threads = server->options.event_threads;
    const size_t count = server->options.address_count;
    int *sockets = malloc(count * threads * sizeof *sockets);
    if (!sockets)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < count * threads; i++)
        sockets[i] = -1;
    enum ward_status status = open_sockets(server, sockets, err);
    for (unsigned i = 0; status == WARD_OK && i < threads; i++) {
        int own[HTTP_ADDRESSES_MAX];
        for (size_t k = 0; k < count; k++) {
            own[k] = sockets[k * threads + i];
            sockets[k * threads + i] = -1;
        }
        server->loops[i].worker = server->options.event_workers[i];
        status = loop_start(&server->loops[i], server, own, err);
    }
    for (size_t i = 0; i < count * threads; i++)
        if (sockets[i] >= 0)
            (void)close(sockets[i]);
    free(sockets);
    return status;
}

enum ward_status http_server_start(const struct http_options *options,
                                   const struct http_service *service, struct http_server **out,
                                   struct ward_error *err)
{
    *out = NULL;
    if (!options->address_count || options->address_count > HTTP_ADDRESSES_MAX ||
        !options->event_threads || options->lane_count > HTTP_LANES_MAX)
        return error_set(err, WARD_ERR_ARGUMENT, "no address to listen on, or too many");
    struct http_server *server = calloc(1, sizeof *server);
    if (!server)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    server->options = *options;
    server->service = *service;
    (void)pthread_mutex_init(&server->park_lock, NULL);
    server->loops = calloc(options->event_threads, sizeof *server->loops);
    enum ward_status status = server->loops ? WARD_OK : error_set(err, WARD_ERR_NOMEM, "no memory");
    if (status == WARD_OK)
        status = http_router_new(service->routes, service->route_count, &server->router, err);
    *out = server; /* threads of the service may ask for it from here on */
    if (status == WARD_OK)
        status = start_lanes(server, err);
    if (status == WARD_OK)
        status = start_loops(server, err);
    if (status != WARD_OK) {
        *out = NULL;
        server_free(server);
    }
    return status;
}

uint16_t http_server_port(const struct http_server *server, size_t n)
{
    return n < server->options.address_count ? server->ports[n] : 0;
}

/* ---- stopping -------------------------------------------------------------------------------- */

static bool is_quiet(struct http_server *server)
{
    for (unsigned i = 0; i < server->options.event_threads; i++)
        if (atomic_load(&server->loops[i].requests_open) ||
            atomic_load(&server->loops[i].connections))
            return false;
    for (unsigned i = 1; i < server->options.lane_count; i++)
        if (lane_load(server->lanes[i]))
            return false;
    return true;
}

void http_server_stop(struct http_server *server, uint32_t drain_ms)
{
    if (!server)
        return;
    const int64_t until_ms = loop_now_ms() + drain_ms;
    atomic_store(&server->is_draining, true);
    for (unsigned i = 0; i < server->options.event_threads; i++)
        loop_wake(&server->loops[i]);
    http_server_wake(server);
    while (!is_quiet(server) && loop_now_ms() < until_ms)
        nap();
    /* What lanes still hold is done; its connections are then answered or closed. */
    for (unsigned i = 1; i < server->options.lane_count; i++)
        lane_close(server->lanes[i]);
    for (unsigned i = 1; i < server->options.lane_count; i++)
        while (lane_load(server->lanes[i]))
            nap();
    for (int i = 0; i < 20 && !is_quiet(server); i++)
        nap();
    server_free(server);
}

enum ward_status http_server_post(struct http_server *server, unsigned lane, http_job job,
                                  void *context)
{
    return lane_put(server->lanes[lane], job, context, false) ? WARD_OK : WARD_ERR_BUSY;
}

void http_server_figures(struct http_server *server, struct http_figures *out)
{
    *out = (struct http_figures){0};
    for (unsigned i = 0; i < server->options.event_threads; i++) {
        struct http_loop *loop = &server->loops[i];
        out->connections += atomic_load(&loop->connections);
        out->connections_total += atomic_load(&loop->connections_total);
        out->requests_open += atomic_load(&loop->requests_open);
        out->cut_off += atomic_load(&loop->cut_off);
        out->bytes_in += atomic_load(&loop->bytes_in);
        out->bytes_out += atomic_load(&loop->bytes_out);
    }
    for (unsigned i = 1; i < server->options.lane_count; i++) {
        out->queued[i] = lane_load(server->lanes[i]);
        out->refused[i] = lane_refused(server->lanes[i]);
    }
    (void)pthread_mutex_lock(&server->park_lock);
    out->parked = server->parked_count;
    (void)pthread_mutex_unlock(&server->park_lock);
}
