/** Scopes and roles: names there and back, and what each role may; options that will not do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/access.h"
#include "base/str.h"

static void names_there_and_back(void **state)
{
    enum access_scope scope;
    enum access_role role;
    (void)state;
    for (unsigned i = 0; i < ACCESS_SCOPES; i++) {
        const enum access_scope one = (enum access_scope)(1u << i);
        assert_true(access_scope_read(str_of(access_scope_name(one)), &scope));
        assert_int_equal(scope, one);
    }
    for (int i = 1; i < ACCESS_ROLES; i++) {
        assert_true(access_role_read(str_of(access_role_name((enum access_role)i)), &role));
        assert_int_equal(role, i);
    }
    assert_false(access_scope_read(str_of(""), &scope));
    assert_false(access_scope_read(str_of("Admin"), &scope));
    assert_int_equal(scope, ACCESS_NONE);
    assert_false(access_role_read(str_of(""), &role));
    assert_false(access_role_read(str_of("root"), &role));
    assert_string_equal(access_scope_name(ACCESS_SELF), "");
}

static void each_role_adds_to_the_one_below(void **state)
{
    (void)state;
    assert_int_equal(access_role_scopes(ACCESS_ROLE_NONE), 0);
    for (int i = 2; i < ACCESS_ROLES; i++) {
        const uint32_t below = access_role_scopes((enum access_role)(i - 1));
        assert_int_equal(access_role_scopes((enum access_role)i) & below, below);
        assert_int_not_equal(access_role_scopes((enum access_role)i), below);
    }
    assert_int_equal(access_role_scopes(ACCESS_VIEWER), ACCESS_CHECK | ACCESS_READ | ACCESS_SELF);
    assert_int_equal(access_role_scopes(ACCESS_LEAD) & (ACCESS_ADMIN | ACCESS_INGEST), 0);
    assert_int_equal(access_role_scopes(ACCESS_ADMINISTRATOR), 1023);
    assert_int_equal(access_role_scopes((enum access_role)99), 0);
}

static void bad_options_are_told(void **state)
{
    struct access *access;
    (void)state;
    const char *const bad[] = {"10.0.0.0/33", "localhost", "", "::1/129", "1.2.3.4/", "1.2.3"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct access_options options = {
            .proxy_header = "X", .proxy_peers = &bad[i], .proxy_peer_count = 1};
        assert_int_equal(access_open(&options, NULL, 0, &access, NULL), WARD_ERR_ARGUMENT);
        assert_null(access);
    }
    const struct access_options nobody = {.proxy_header = "X"};
    assert_int_equal(access_open(&nobody, NULL, 0, &access, NULL), WARD_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_there_and_back),
                                       cmocka_unit_test(each_role_adds_to_the_one_below),
                                       cmocka_unit_test(bad_options_are_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
