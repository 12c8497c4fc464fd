/**
 * Requests that wait for something to change, without holding a thread.
 */
#include <assert.h>

#include "http/loop.h"

void http_park(struct http_request *request, uint32_t wait_ms)
{
    assert(!request->park_is_over);
    if (!request->park_until_ms)
        request->park_until_ms = loop_now_ms() + wait_ms + 1;
}

bool http_park_is_over(const struct http_request *request)
{
    return request->park_is_over;
}

/* Handled anew; a lane takes what it had let in before. */
static void give_again(struct http_request *request)
{
    struct http_server *server = request->loop->server;
    struct lane *lane = server->lanes[request->match.route->lane];
    if (lane_put(lane, exchange_work, request, true))
        return;
    http_problem_status(&request->reply, WARD_ERR_NOMEM, NULL);
    exchange_answered(request);
}

void park_begin(struct http_request *request)
{
    struct http_server *server = request->loop->server;
    (void)pthread_mutex_lock(&server->park_lock);
    request->park_seen = server->park_generation;
    (void)pthread_mutex_unlock(&server->park_lock);
}

void park_put(struct http_request *request)
{
    struct http_server *server = request->loop->server;
    (void)pthread_mutex_lock(&server->park_lock);
    const bool stays =
        request->park_seen == server->park_generation && !atomic_load(&server->is_draining);
    if (stays) {
        request->next = server->parked;
        server->parked = request;
        server->parked_count++;
    }
    (void)pthread_mutex_unlock(&server->park_lock);
    if (stays)
        return;
    request->park_is_over = atomic_load(&server->is_draining);
    give_again(request);
}

void park_sweep(struct http_server *server, int64_t now_ms, bool all)
{
    struct http_request *ready = NULL;
    (void)pthread_mutex_lock(&server->park_lock);
    struct http_request **at = &server->parked;
    while (*at) {
        struct http_request *request = *at;
        const bool is_over = now_ms >= request->park_until_ms || atomic_load(&server->is_draining);
        if (!all && !is_over) {
            at = &request->next;
            continue;
        }
        *at = request->next;
        server->parked_count--;
        request->park_is_over = is_over;
        request->next = ready;
        ready = request;
    }
    (void)pthread_mutex_unlock(&server->park_lock);
    while (ready) {
        struct http_request *request = ready;
        ready = request->next;
        request->next = NULL;
        give_again(request);
    }
}

void http_server_wake(struct http_server *server)
{
    (void)pthread_mutex_lock(&server->park_lock);
    server->park_generation++;
    (void)pthread_mutex_unlock(&server->park_lock);
    park_sweep(server, loop_now_ms(), true);
}
