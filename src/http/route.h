/**
 * Which route a path belongs to. Built once, read by all threads.
 *
 * A literal piece goes before a {name}, that before a {rest...}; the order of the table given does
 * not matter.
 */
#ifndef WARD_HTTP_ROUTE_H
#define WARD_HTTP_ROUTE_H

#include "http/http.h"

/** {name}s of one route at most. */
#define HTTP_PARTS 6u

/** One operation on one path. */
struct http_route {
    enum http_method method;
    const char *path;
    unsigned lane;     /**< 0: on the event thread */
    size_t body_max;   /**< bytes */
    bool streams;      /**< the body goes to http_body_read() */
    const void *owner; /**< the caller's own */
};

struct http_router;

/** Compiles `count` routes (borrowed for the router's life). WARD_ERR_ARGUMENT: two routes are the
 * same, or a path is not one; `err` names it. */
enum ward_status http_router_new(const struct http_route *routes, size_t count,
                                 struct http_router **out, struct ward_error *err) WARD_MUST_USE;
void http_router_free(struct http_router *router);

struct http_match {
    const struct http_route *route; /**< NULL: see `methods` */
    unsigned methods;               /**< bits (1 << method) that this path knows; 0: no such path */
    unsigned part_count;
    struct ward_str parts[HTTP_PARTS]; /**< as sent, not decoded; views of `path` */
};

/** Cost: a search in the literal paths, then one look at each path with {names}. */
void http_router_find(const struct http_router *router, enum http_method method,
                      struct ward_str path, struct http_match *out);

#endif
