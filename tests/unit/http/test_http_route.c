#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "http/route.h"

static const struct http_route routes[] = {
    {HTTP_GET, "/v1/cases", 0, 0, false, NULL},
    {HTTP_POST, "/v1/cases", 0, 0, false, NULL},
    {HTTP_GET, "/v1/cases/{id}", 0, 0, false, NULL},
    {HTTP_GET, "/v1/cases/{id}/events", 0, 0, false, NULL},
    {HTTP_GET, "/v1/cases/new/events", 0, 0, false, NULL},
    {HTTP_GET, "/v1/packs/{name}/files/{path...}", 0, 0, false, NULL},
    {HTTP_GET, "/v1/packs/dry-run/{run}", 0, 0, false, NULL},
    {HTTP_GET, "/v1/packs/{name}/{other}", 0, 0, false, NULL},
    {HTTP_GET, "/console/{path...}", 0, 0, false, NULL},
    {HTTP_GET, "/", 0, 0, false, NULL},
};
#define ROUTES (sizeof routes / sizeof routes[0])

static struct http_router *make(void)
{
    struct http_router *router;
    assert_int_equal(http_router_new(routes, ROUTES, &router, NULL), WARD_OK);
    return router;
}

/* The route's own path, or what is wrong. */
static const char *find(struct http_router *router, enum http_method method, const char *path,
                        struct http_match *match)
{
    http_router_find(router, method, str_of(path), match);
    return match->route ? match->route->path : match->methods ? "405" : "404";
}

static void test_literal_goes_before_names(void **state)
{
    struct http_router *router = make();
    struct http_match match;
    (void)state;
    assert_string_equal(find(router, HTTP_GET, "/v1/cases", &match), "/v1/cases");
    assert_string_equal(find(router, HTTP_GET, "/v1/cases/7", &match), "/v1/cases/{id}");
    assert_string_equal(find(router, HTTP_GET, "/v1/cases/7/events", &match),
                        "/v1/cases/{id}/events");
    assert_string_equal(find(router, HTTP_GET, "/v1/cases/new/events", &match),
                        "/v1/cases/new/events");
    assert_string_equal(find(router, HTTP_GET, "/v1/packs/dry-run/4", &match),
                        "/v1/packs/dry-run/{run}");
    assert_string_equal(find(router, HTTP_GET, "/v1/packs/zh/4", &match),
                        "/v1/packs/{name}/{other}");
    assert_string_equal(find(router, HTTP_GET, "/", &match), "/");
    http_router_free(router);
}

static void test_parts(void **state)
{
    struct http_router *router = make();
    struct http_match match;
    (void)state;
    (void)find(router, HTTP_GET, "/v1/packs/zh%2Ftrade/files/signals/a.yaml", &match);
    assert_int_equal(match.part_count, 2);
    assert_true(str_equal(match.parts[0], str_of("zh%2Ftrade")));
    assert_true(str_equal(match.parts[1], str_of("signals/a.yaml")));
    http_router_free(router);
}

static void test_what_is_not_there(void **state)
{
    struct http_router *router = make();
    struct http_match match;
    (void)state;
    assert_string_equal(find(router, HTTP_GET, "", &match), "404");
    assert_string_equal(find(router, HTTP_GET, "/v1/cases/", &match), "404");
    assert_string_equal(find(router, HTTP_GET, "/v1/cases//events", &match), "404");
    assert_string_equal(find(router, HTTP_GET, "/v1/case", &match), "404");
    assert_string_equal(find(router, HTTP_GET, "/v1/cases/7/events/8", &match), "404");
    assert_string_equal(find(router, HTTP_GET, "/console/", &match), "404");
    assert_string_equal(find(router, HTTP_DELETE, "/v1/cases", &match), "405");
    assert_int_equal(match.methods, 1u << HTTP_GET | 1u << HTTP_POST);
    assert_string_equal(find(router, HTTP_POST, "/v1/cases/7", &match), "405");
    assert_string_equal(find(router, HTTP_OTHER, "/v1/cases/7", &match), "405");
    http_router_free(router);
}

static void test_unsound_tables_are_refused(void **state)
{
    static const char *const bad[] = {"", "v1", "/a/{x", "/a/{x}b", "/a/b{x}", "/{x...}/y"};
    struct http_router *router;
    struct ward_error err;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct http_route route = {HTTP_GET, bad[i], 0, 0, false, NULL};
        assert_int_equal(http_router_new(&route, 1, &router, &err), WARD_ERR_ARGUMENT);
        assert_null(router);
    }
    const struct http_route twice[] = {{HTTP_GET, "/a/{x}", 0, 0, false, NULL},
                                       {HTTP_GET, "/a/{y}", 0, 0, false, NULL}};
    assert_int_equal(http_router_new(twice, 2, &router, &err), WARD_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_literal_goes_before_names),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_what_is_not_there),
        cmocka_unit_test(test_unsound_tables_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
