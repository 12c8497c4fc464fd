/**
 * A request as handlers see it, and the reply they fill. No handler knows the HTTP library.
 *
 * All strings of a request are borrowed until its reply is sent, hostile, of any bytes, and empty
 * when absent. A request belongs to the thread that handles it.
 */
#ifndef WARD_HTTP_HTTP_H
#define WARD_HTTP_HTTP_H

#include <sys/types.h>

#include "base/buf.h"

/* ---- the request ----------------------------------------------------------------------------- */

enum http_method {
    HTTP_GET = 0, /**< HEAD is answered as GET without body */
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OTHER
};
#define HTTP_METHODS 5
/** "GET" ...; static. */
const char *http_method_name(enum http_method method);

struct http_request;

enum http_method http_method(const struct http_request *request);
/** The path as sent, without the query; percent signs not decoded; starts with '/'. */
struct ward_str http_path(const struct http_request *request);
/**
 * What stood for the n-th (0, 1 ...) {name} of the route, percent-decoded (so it may hold '/' and
 * NUL); {name...} at a route's end takes the rest of the path. Empty if the route has fewer.
 */
struct ward_str http_part(const struct http_request *request, unsigned n);
/** A header's value; `name` in any case. The first one if there are several. */
struct ward_str http_header(const struct http_request *request, const char *name);
/** How often a header is there. */
unsigned http_header_count(const struct http_request *request, const char *name);
/** A parameter of the query, percent-decoded, '+' read as a space. The first of its name. */
struct ward_str http_query(const struct http_request *request, const char *name);
/** True if the parameter stands in the query, even without value. */
bool http_query_has(const struct http_request *request, const char *name);
struct ward_str http_cookie(const struct http_request *request, const char *name);
/** Address of the client, "127.0.0.1" or "2001:db8::1" (no port, no brackets). */
struct ward_str http_peer(const struct http_request *request);
/** True if the request came over TLS to this server. */
bool http_is_tls(const struct http_request *request);
/** Number of the request, unique while the server runs; in the log and in problem documents. */
uint64_t http_serial(const struct http_request *request);

/** The whole body; empty for routes that stream. */
struct ward_str http_body(const struct http_request *request);
/**
 * For routes that stream: the next bytes of the body, blocking this thread until some are there; at
 * most `size`. 0: the body is whole. -1: the client went away, was too slow or sent too much (errno
 * ECONNRESET, ETIMEDOUT, EFBIG), once what came before was read: the body is not whole. The client
 * is held back while nobody reads. Bytes come as sent: see http_header(r, "Content-Encoding").
 */
ssize_t http_body_read(const struct http_request *request, void *buffer, size_t size);
/** True if http_body_read() would not have to wait. */
bool http_body_is_ready(const struct http_request *request);

/* ---- the reply ------------------------------------------------------------------------------- */

/** Headers of one reply at most, besides those every reply has. */
#define HTTP_REPLY_HEADERS 12u
/** Bytes of a reply's body at most. */
#define HTTP_REPLY_BYTES_MAX (256u * 1024u * 1024u)

struct http_reply_field {
    const char *name; /**< static */
    size_t value;     /**< where the value stands in `fields` */
};

/** Starts as 200 with an empty body of type application/json. */
struct http_reply {
    int status;
    struct buf body;
    const char *type; /**< Content-Type; static */
    /** Sent in place of `body` when not empty: bytes that outlive the server, not copied. */
    struct ward_str lasting;
    /** A file to send as body in place of `body`; closed once sent; -1: none. */
    int file;
    uint64_t file_bytes;

    /* private: see http_reply_header() */
    struct buf fields;
    struct http_reply_field headers[HTTP_REPLY_HEADERS];
    unsigned header_count;
};

void http_reply_init(struct http_reply *reply);
void http_reply_release(struct http_reply *reply);
/**
 * Adds a header. `name` is static; `value` is copied; line breaks and control characters in it are
 * dropped. More than HTTP_REPLY_HEADERS are left out (and the reply becomes a 500).
 */
void http_reply_header(struct http_reply *reply, const char *name, struct ward_str value);
void http_reply_header_text(struct http_reply *reply, const char *name, const char *value);

/**
 * Makes the reply an RFC 9457 problem document of type urn:ward:problem:SLUG, in place of what the
 * body held; headers stay. `detail` is a printf format (NULL: no detail); nothing a client may not
 * see belongs in it.
 */
void http_problem(struct http_reply *reply, int status, const char *slug, const char *title,
                  const char *detail, ...) __attribute__((format(printf, 5, 6)));
/**
 * The problem document of a status: ARGUMENT and FORMAT 400, LIMIT 413, NOT_FOUND 404, BUSY 503
 * with Retry-After, REFUSED 409, STALE 412, NOMEM 503, IO 500. The message of `err` (may be NULL)
 * is the detail, but for IO and NOMEM.
 */
void http_problem_status(struct http_reply *reply, enum ward_status status,
                         const struct ward_error *err);

/* ---- conditions ------------------------------------------------------------------------------ */

/**
 * Sets ETag to "TAG" (quoted here; `tag` is hex, digits or a dash) and, when If-None-Match names it
 * on a GET, turns the reply into 304 without body and returns true: the handler is done.
 */
bool http_not_modified(const struct http_request *request, struct http_reply *reply,
                       struct ward_str tag);
/** False if there is an If-Match and it names neither `tag` nor '*': answer 412 (STALE). */
bool http_match(const struct http_request *request, struct ward_str tag);

#endif
