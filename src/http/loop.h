/**
 * One event thread: its daemon, its connections, its requests.
 */
#ifndef WARD_HTTP_LOOP_H
#define WARD_HTTP_LOOP_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/lanes.h"
#include "http/request.h"
#include "http/server.h"

/** A request's body buffer and arena larger than this are not kept for the next one. */
#define LOOP_KEPT_BYTES (64u * 1024u)
/** Requests kept for reuse by one event thread. */
#define LOOP_SPARE_MAX 512u

/** An open connection. */
struct http_link {
    struct http_link *before, *after;
    int socket;
    bool is_busy; /* a request has begun and is not sent */
    bool waits;   /* for a lane: no deadline */
    bool is_cut;
    int64_t since_ms;    /* of the last reply, or the start */
    int64_t deadline_ms; /* while busy */
    char peer[48];
};

struct http_loop {
    struct http_server *server;
    struct MHD_Daemon *daemons[HTTP_ADDRESSES_MAX];
    int polled[HTTP_ADDRESSES_MAX]; /* epoll descriptors of the daemons */
    size_t daemon_count;
    int wake; /* eventfd */
    pthread_t thread;
    bool is_running;
    void *worker; /* lane 0's */
    /* Guards the spare list and what request.h says, against lanes' threads. */
    pthread_mutex_t lock;
    struct http_request *spare;
    unsigned spare_count;
    struct http_link *links; /* event thread only */
    int64_t swept_ms;
    atomic_uint_fast64_t connections, connections_total, requests_open, cut_off, bytes_in,
        bytes_out;
};

struct http_server {
    struct http_options options;
    struct http_service service;
    struct http_router *router;
    struct lane *lanes[HTTP_LANES_MAX];
    struct http_loop *loops; /* owned; options.event_threads */
    uint16_t ports[HTTP_ADDRESSES_MAX];
    atomic_bool is_draining, is_over;
    atomic_uint_fast64_t serial;
    atomic_uint streams;
    pthread_mutex_t park_lock;
    struct http_request *parked;
    uint64_t park_generation; /* counts wakings */
    uint64_t parked_count;
};

/** A daemon on a listening socket, taken over; -1: it is given its connections. NULL on failure. */
struct MHD_Daemon *loop_daemon(struct http_loop *loop, int listening);
/** Makes the daemons of `loop` on `sockets` (one for each address; taken over) and its thread. */
enum ward_status loop_start(struct http_loop *loop, struct http_server *server, const int *sockets,
                            struct ward_error *err) WARD_MUST_USE;
/** After is_over: ends the thread and frees all. */
void loop_end(struct http_loop *loop);
/** Makes the thread look around. */
void loop_wake(struct http_loop *loop);

/** The callbacks of libmicrohttpd (exchange.c). */
void *exchange_begin(void *context, const char *target, struct MHD_Connection *connection);
enum MHD_Result exchange_step(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **request);
void exchange_over(void *context, struct MHD_Connection *connection, void **request,
                   enum MHD_RequestTerminationCode code);
/** A lane's work on a request. */
void exchange_work(void *request, void *worker);
/** A lane has finished with a request; any thread. */
void exchange_answered(struct http_request *request);
/** Frees for good. */
void exchange_free(struct http_request *request);
/** Frees or keeps a request; loop->lock held. */
void exchange_recycle(struct http_request *request);

/** Queues the request's reply; event thread (answer.c). */
enum MHD_Result answer_queue(struct http_request *request);

/** Parked requests whose time is over, or all if `all`, go to their lanes again (park.c). */
void park_sweep(struct http_server *server, int64_t now_ms, bool all);
/** Before a handler runs: notes which changes it is sure to see. */
void park_begin(struct http_request *request);
/** Puts a request that asked for it aside; lane's thread. */
void park_put(struct http_request *request);

int64_t loop_now_ms(void);
int64_t loop_now_us(void);

#endif
