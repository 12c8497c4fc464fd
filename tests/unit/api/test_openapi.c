/* The description and the tables of routes agree, both ways: paths, methods, scopes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "api/openapi.h"
#include "api/routes.h"

static const struct {
    enum http_method method;
    const char *key;
} methods[] = {{HTTP_GET, "get"},
               {HTTP_POST, "post"},
               {HTTP_PUT, "put"},
               {HTTP_PATCH, "patch"},
               {HTTP_DELETE, "delete"}};

static json_t *load(void)
{
    const struct ward_str text = openapi_json();
    json_t *root = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
    assert_true(json_is_object(root));
    return root;
}

/* "{path...}" of a route is "{path}" in the description. */
static void describe_path(const char *route, char out[128])
{
    const char *rest = strstr(route, "...}");
    assert_true(strlen(route) < 128);
    (void)snprintf(out, 128, "%.*s%s", rest ? (int)(rest - route) : (int)strlen(route), route,
                   rest ? "}" : "");
}

/* Pages, not API. */
static bool is_page(const char *path)
{
    return strcmp(path, "/") == 0 || strncmp(path, "/console", 8) == 0;
}

static const json_t *operation_of(const json_t *root, const struct api_route *route)
{
    char path[128];
    describe_path(route->path, path);
    const json_t *item = json_object_get(json_object_get(root, "paths"), path);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (methods[i].method == route->method)
            return json_object_get(item, methods[i].key);
    return NULL;
}

static const char *scope_of(const struct api_route *route)
{
    if (route->flags & API_PUBLIC)
        return "public";
    return route->scope == ACCESS_SELF ? "self" : access_scope_name(route->scope);
}

static void every_route_is_described(void **state)
{
    json_t *root = load();
    size_t count;
    unsigned missing = 0;
    const struct api_part *const *parts = api_parts(&count);
    (void)state;
    for (size_t p = 0; p < count; p++) {
        for (size_t r = 0; r < parts[p]->route_count; r++) {
            const struct api_route *route = &parts[p]->routes[r];
            if (is_page(route->path))
                continue;
            const json_t *operation = operation_of(root, route);
            const char *scope = json_string_value(json_object_get(operation, "x-scope"));
            const bool local = json_is_true(json_object_get(operation, "x-local"));
            if (scope && strcmp(scope, scope_of(route)) == 0 &&
                local == ((route->flags & API_LOCAL) != 0))
                continue;
            print_error("%s %s: wants scope %s, described as %s\n", http_method_name(route->method),
                        route->path, scope_of(route), scope ? scope : "nothing");
            missing++;
        }
    }
    assert_int_equal(missing, 0);
    json_decref(root);
}

static bool is_routed(const char *path, const char *method)
{
    size_t count;
    const struct api_part *const *parts = api_parts(&count);
    for (size_t p = 0; p < count; p++) {
        for (size_t r = 0; r < parts[p]->route_count; r++) {
            char described[128];
            describe_path(parts[p]->routes[r].path, described);
            for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
                if (methods[i].method == parts[p]->routes[r].method &&
                    strcmp(methods[i].key, method) == 0 && strcmp(described, path) == 0)
                    return true;
        }
    }
    return false;
}

static void every_description_is_routed(void **state)
{
    json_t *root = load();
    const char *path;
    json_t *item;
    unsigned count = 0;
    (void)state;
    json_object_foreach(json_object_get(root, "paths"), path, item)
    {
        const char *method;
        json_t *operation;
        json_object_foreach(item, method, operation)
        {
            count++;
            if (!is_routed(path, method))
                fail_msg("%s %s is described and not there", method, path);
            assert_true(json_is_string(json_object_get(operation, "operationId")));
            assert_true(json_object_size(json_object_get(operation, "responses")) > 1);
        }
    }
    assert_true(count > 50);
    json_decref(root);
}

/* Two routes that could both take a request would make the order of parts matter. */
static void no_route_is_there_twice(void **state)
{
    size_t count;
    const struct api_part *const *parts = api_parts(&count);
    (void)state;
    for (size_t p = 0; p < count; p++)
        for (size_t r = 0; r < parts[p]->route_count; r++)
            for (size_t q = 0; q < count; q++)
                for (size_t s = 0; s < parts[q]->route_count; s++)
                    if (!(p == q && r == s))
                        assert_false(parts[p]->routes[r].method == parts[q]->routes[s].method &&
                                     strcmp(parts[p]->routes[r].path, parts[q]->routes[s].path) ==
                                         0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_route_is_described),
                                       cmocka_unit_test(every_description_is_routed),
                                       cmocka_unit_test(no_route_is_there_twice)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
