/**
 * The HTTP server: event threads in front, lanes of worker threads behind.
 *
 * Each event thread runs a daemon of its own (libmicrohttpd, polled from outside) on its own
 * listening socket of the same address. It reads requests, asks the service whether they are
 * admitted, and either has them handled at once (lane 0) or suspends the connection while a lane
 * works. Nothing that waits runs on an event thread.
 *
 * What always holds:
 *   1. Every queue is bounded; a request that finds no room is answered 503 with Retry-After.
 *   2. A request whose headers were admitted is answered, also while the server stops.
 *   3. Whole bodies are held up to the route's limit; streamed ones in a pipe of fixed size.
 *   4. A client that is too slow is cut off: headers, body and reply each have their time.
 */
#ifndef WARD_HTTP_SERVER_H
#define WARD_HTTP_SERVER_H

#include "http/route.h"

#define HTTP_LANES_MAX 8u
#define HTTP_ADDRESSES_MAX 8u

/** What became of a request. */
struct http_outcome {
    const struct http_route *route; /**< NULL: no such path or method */
    const struct http_request *request;
    int status;
    uint64_t body_bytes; /**< of the reply */
    int64_t duration_us; /**< from its headers to its reply */
};

/** Who answers. The callbacks run on many threads. */
struct http_service {
    void *context;
    const struct http_route *routes; /**< borrowed for the server's life */
    size_t route_count;
    size_t mark_bytes; /**< of http_mark(): the service's own bytes with each request */
    /** On the event thread, headers read: false refuses, with the reply filled. Never blocks. */
    bool (*admit)(void *context, const struct http_route *route, struct http_request *request,
                  struct http_reply *reply);
    /** On the route's lane. False (lanes other than 0 only): http_park() was called. */
    bool (*handle)(void *context, void *worker, const struct http_route *route,
                   struct http_request *request, struct http_reply *reply);
    /** The reply is about to be sent. On an event thread; never blocks. */
    void (*done)(void *context, const struct http_outcome *outcome);
};

struct http_lane_setup {
    const char *name;
    unsigned threads;
    unsigned queue_max; /**< requests and jobs that wait */
    void **workers;     /**< one for each thread; borrowed */
};

struct http_options {
    const char *const *addresses; /**< "127.0.0.1:8080", "[::1]:8080"; port 0: any */
    size_t address_count;
    const char *tls_certificate; /**< PEM text, chain included; NULL: no TLS */
    const char *tls_key;         /**< PEM text */
    unsigned event_threads;      /**< 1.. */
    void **event_workers;        /**< lane 0's, one for each event thread; borrowed */
    struct http_lane_setup lanes[HTTP_LANES_MAX]; /**< from 1 on; [0] is not looked at */
    unsigned lane_count;                          /**< lane 0 counted */
    unsigned connections_max;                     /**< of all event threads together */
    unsigned streams_max;                         /**< streaming bodies at once, likewise */
    size_t header_bytes;                          /**< memory of one connection for headers */
    unsigned idle_s;    /**< a connection without a whole request is closed after this */
    unsigned request_s; /**< a body has this time, and a second more for each 4 KB; a reply too,
                           with a second more for each 16 KB */
};

struct http_server;

/** Listens and runs. WARD_ERR_BUSY: the address is in use; WARD_ERR_ARGUMENT: no address, or not a
 * certificate; WARD_ERR_IO; WARD_ERR_NOMEM. The service is called from here on. */
enum ward_status http_server_start(const struct http_options *options,
                                   const struct http_service *service, struct http_server **out,
                                   struct ward_error *err) WARD_MUST_USE;
/** Port of the n-th address. */
uint16_t http_server_port(const struct http_server *server, size_t n);

/**
 * Takes no new connections, answers what has begun (at most `drain_ms`), empties the lanes (jobs
 * too), and ends. Replies tell clients to close. NULL allowed.
 */
void http_server_stop(struct http_server *server, uint32_t drain_ms);

/** Work without a request. */
typedef void (*http_job)(void *context, void *worker);
/** WARD_ERR_BUSY: the lane is full, or stops. Any thread. */
enum ward_status http_server_post(struct http_server *server, unsigned lane, http_job job,
                                  void *context) WARD_MUST_USE;

/* ---- waiting --------------------------------------------------------------------------------- */

/** From a handler: this request waits until http_server_wake() or for `wait_ms` at most; then it is
 * handled anew, on the same lane. */
void http_park(struct http_request *request, uint32_t wait_ms);
/** True once the time to wait is over (or the server stops): it may not be parked again. */
bool http_park_is_over(const struct http_request *request);
/** Has every parked request handled anew. Any thread. */
void http_server_wake(struct http_server *server);

/** The service's bytes with this request; zeroed before admit(). */
void *http_mark(const struct http_request *request);

/* ---- figures --------------------------------------------------------------------------------- */

struct http_figures {
    uint64_t connections; /**< open now */
    uint64_t connections_total;
    uint64_t requests_open; /**< headers read, reply not sent */
    uint64_t cut_off;       /**< connections closed for being too slow */
    uint64_t queued[HTTP_LANES_MAX];
    uint64_t refused[HTTP_LANES_MAX]; /**< found the lane full */
    uint64_t parked;
    uint64_t bytes_in, bytes_out; /**< bodies */
};
void http_server_figures(struct http_server *server, struct http_figures *out);

#endif
