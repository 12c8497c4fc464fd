/**
 * A request from its first line to its last byte: what the files of this room share.
 *
 * Who may touch it: the event thread, until the request is given to a lane; the lane's thread until
 * it is done; then the event thread again. For streaming routes both, through the pipe alone.
 */
#ifndef WARD_HTTP_REQUEST_H
#define WARD_HTTP_REQUEST_H

#include "base/arena.h"
#include "http/http.h"
#include "http/pipe.h"
#include "http/route.h"

struct MHD_Connection;
struct http_loop;
struct http_link;

/** Headers looked at; a request with more is refused. */
#define HTTP_HEADERS_MAX 64u

struct http_field {
    struct ward_str name, value;
};

/** Where the event thread stands with it. */
enum http_stage {
    HTTP_STAGE_NEW = 0, /**< the first line is read */
    HTTP_STAGE_BODY,    /**< headers are read and admitted; body comes in */
    HTTP_STAGE_DISCARD, /**< the reply is ready, the rest of the body is thrown away first */
    HTTP_STAGE_SENT     /**< queued */
};

struct http_request {
    struct http_loop *loop;
    struct http_link *link; /**< NULL once the client is gone */
    struct MHD_Connection *connection;
    struct http_request *next; /**< among spare or parked ones */
    enum http_stage stage;
    enum http_method method;
    bool is_head;
    bool is_tls;
    bool target_too_long;
    uint64_t serial;
    int64_t began_us; /**< headers read */
    struct arena *arena;
    struct arena memory;
    char peer[48];
    struct ward_str path, query;
    struct http_match match;
    struct http_field *fields; /**< in the arena */
    size_t field_count;
    struct buf body;
    uint64_t received; /**< bytes of the body */
    uint64_t discarded;
    struct http_pipe *pipe; /**< streaming routes only */
    struct http_reply reply;
    unsigned char *mark; /**< owned; the service's own bytes for this request */
    bool is_counted;     /**< in requests_open */

    /* Guarded by loop->lock. */
    bool is_suspended;
    bool body_is_whole;
    bool is_given;    /**< to its lane */
    bool is_answered; /**< the lane has done its part, or refused it */
    bool is_gone;     /**< the client left while the lane works */

    /* The lane's own. */
    int64_t park_until_ms; /**< 0: not parked */
    uint64_t park_seen;    /**< wakings before the handler ran */
    bool park_is_over;
};

/** Percent-decodes into the arena; the text itself when there is nothing to decode. A '%' without
 * two hex digits stays as it is. Empty when memory is short. */
struct ward_str request_decode(struct arena *arena, struct ward_str text, bool plus_is_space);

/** Cuts the target into path and query (both copied). False when memory is short. */
bool request_set_target(struct http_request *request, const char *target);

#endif
