/**
 * See route.h. Literal paths lie in a sorted array; those with {names} in another, most literal
 * first, and are tried in turn (there are some dozens).
 */
#include "http/route.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"

struct http_router {
    const struct http_route **literal; /* owned array, sorted by path */
    size_t literal_count;
    const struct http_route **open; /* owned array; with {names} */
    size_t open_count;
};

static bool has_names(const char *path)
{
    return strchr(path, '{') != NULL;
}

static int by_path(const void *a, const void *b)
{
    const struct http_route *const *left = a;
    const struct http_route *const *right = b;
    const int order = strcmp((*left)->path, (*right)->path);
    return order ? order : (int)(*left)->method - (int)(*right)->method;
}

/* 0 a literal byte, 1 a name, 2 a rest: what stands at this place. */
static int weight_at(const char *at)
{
    if (*at != '{')
        return 0;
    const char *end = strchr(at, '}');
    return end && end - at > 3 && end[-1] == '.' ? 2 : 1;
}

/* More literal first: compared from the left. */
static int by_openness(const void *a, const void *b)
{
    const struct http_route *const *left = a;
    const struct http_route *const *right = b;
    const char *l = (*left)->path;
    const char *r = (*right)->path;
    while (*l && *r) {
        const int wl = weight_at(l);
        const int wr = weight_at(r);
        if (wl != wr)
            return wl - wr;
        if (wl) {
            l = strchr(l, '}') + 1;
            r = strchr(r, '}') + 1;
            continue;
        }
        if (*l != *r)
            return *l < *r ? -1 : 1;
        l++;
        r++;
    }
    if (*l || *r)
        return *l ? 1 : -1;
    return (int)(*left)->method - (int)(*right)->method;
}

/* A path starts with '/', closes its braces, and ends with a {rest...} if it has one. */
static bool is_sound(const char *path)
{
    unsigned names = 0;
    if (*path != '/')
        return false;
    for (const char *at = path; (at = strchr(at, '{')); at++) {
        const char *end = strchr(at, '}');
        if (!end || at[-1] != '/' || (end[1] && end[1] != '/') || ++names > HTTP_PARTS)
            return false;
        if (weight_at(at) == 2 && end[1])
            return false;
    }
    return true;
}

static enum ward_status place_routes(struct http_router *router, const struct http_route *routes,
                                     size_t count, struct ward_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_sound(routes[i].path))
            return error_set(err, WARD_ERR_ARGUMENT, "%s is no path of a route", routes[i].path);
        if (has_names(routes[i].path))
            router->open[router->open_count++] = &routes[i];
        else
            router->literal[router->literal_count++] = &routes[i];
    }
    qsort(router->literal, router->literal_count, sizeof *router->literal, by_path);
    qsort(router->open, router->open_count, sizeof *router->open, by_openness);
    for (size_t i = 1; i < router->literal_count; i++)
        if (!by_path(&router->literal[i - 1], &router->literal[i]))
            return error_set(err, WARD_ERR_ARGUMENT, "%s is there twice", router->literal[i]->path);
    for (size_t i = 1; i < router->open_count; i++)
        if (!by_openness(&router->open[i - 1], &router->open[i]))
            return error_set(err, WARD_ERR_ARGUMENT, "%s is there twice", router->open[i]->path);
    return WARD_OK;
}

enum ward_status http_router_new(const struct http_route *routes, size_t count,
                                 struct http_router **out, struct ward_error *err)
{
    *out = NULL;
    struct http_router *router = calloc(1, sizeof *router);
    if (!router)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    router->literal = calloc(count + 1, sizeof(struct http_route *));
    router->open = calloc(count + 1, sizeof(struct http_route *));
    enum ward_status status = WARD_ERR_NOMEM;
    if (!router->literal || !router->open)
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    else
        status = place_routes(router, routes, count, err);
    if (status != WARD_OK) {
        http_router_free(router);
        return status;
    }
    *out = router;
    return WARD_OK;
}

void http_router_free(struct http_router *router)
{
    if (!router)
        return;
    free(router->literal);
    free(router->open);
    free(router);
}

/* ---- finding --------------------------------------------------------------------------------- */

/* The first route of this literal path, or literal_count. */
static size_t first_literal(const struct http_router *router, struct ward_str path)
{
    size_t low = 0;
    size_t high = router->literal_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (str_compare(str_of(router->literal[middle]->path), path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool fits(const char *pattern, struct ward_str path, struct http_match *out)
{
    const char *at = path.data;
    const char *const end = path.data + path.len;
    out->part_count = 0;
    while (*pattern) {
        if (*pattern != '{') {
            if (at == end || *at != *pattern)
                return false;
            at++;
            pattern++;
            continue;
        }
        const bool is_rest = weight_at(pattern) == 2;
        const char *stop = at;
        while (stop < end && (is_rest || *stop != '/'))
            stop++;
        if (stop == at)
            return false;
        assert(out->part_count < HTTP_PARTS);
        out->parts[out->part_count++] = (struct ward_str){at, (size_t)(stop - at)};
        at = stop;
        pattern = strchr(pattern, '}') + 1;
    }
    return at == end;
}

void http_router_find(const struct http_router *router, enum http_method method,
                      struct ward_str path, struct http_match *out)
{
    *out = (struct http_match){0};
    for (size_t i = first_literal(router, path); i < router->literal_count; i++) {
        const struct http_route *route = router->literal[i];
        if (!str_equal(str_of(route->path), path))
            break;
        out->methods |= 1u << route->method;
        if (route->method == method)
            out->route = route;
    }
    for (size_t i = 0; i < router->open_count && !out->route && path.len; i++) {
        const struct http_route *route = router->open[i];
        struct http_match match = {0};
        if (!fits(route->path, path, &match))
            continue;
        out->methods |= 1u << route->method;
        if (route->method != method)
            continue;
        out->route = route;
        out->part_count = match.part_count;
        memcpy(out->parts, match.parts, sizeof match.parts);
    }
}
