/* Settings: every kind of key, faults with their line, what only fits together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/conf.h"
#include "base/str.h"

static enum ward_status read_text(struct conf *conf, const char *text, struct ward_error *err)
{
    return conf_read(conf, str_of(text), "ward.conf", err);
}

static void test_all_kinds(void **state)
{
    struct conf conf;
    struct ward_error err;
    (void)state;
    conf_init(&conf);
    assert_int_equal(read_text(&conf,
                               "# comment\r\n"
                               "listen = 127.0.0.1:1, [::1]:2\r\n"
                               "  store=\"a b.db\"\n\n"
                               "watch = .25\nlang = zh\n"
                               "limit_rate\t=\t7",
                               &err),
                     WARD_OK);
    assert_int_equal(conf.listen.count, 2);
    assert_string_equal(conf.listen.at[1], "[::1]:2");
    assert_string_equal(conf.store, "a b.db");
    assert_true(conf.watch == 0.25);
    assert_int_equal(conf.lang, CONF_LANG_ZH);
    assert_int_equal(conf.limit_rate, 7);
    assert_int_equal(conf_check(&conf, &err), WARD_OK);
    assert_int_equal(conf_set(&conf, "tls_key", "", &err), WARD_OK);
    assert_null(conf.tls_key);
    conf_release(&conf);
}

static void test_faults_name_their_line(void **state)
{
    static const char *const bad[] = {
        "\n\nlisten",
        "\n\nlimit_rate = -1",
        "\n\nlimit_rate = 1x",
        "\n\nwatch = 0",
        "\n\nwatch = 1.01",
        "\n\nwatch = 0.5.1",
        "\n\nlang = klingon",
        "\n\nunknown = 1",
        "\n\n= 1",
        "\n\nlimit_queue = 99999999999999999999",
        "\n\nlisten = a a a a a a a a a",
        "\n\nwatch = nan",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct conf conf;
        struct ward_error err = {0};
        conf_init(&conf);
        assert_int_equal(read_text(&conf, bad[i], &err), WARD_ERR_FORMAT);
        assert_int_equal(err.line, 3);
        assert_string_equal(err.source, "ward.conf");
        assert_true(err.message[0] != '\0');
        conf_release(&conf);
    }
}

static void test_a_slip_is_named(void **state)
{
    struct conf conf;
    struct ward_error err;
    (void)state;
    conf_init(&conf);
    assert_int_equal(conf_set(&conf, "limit_rates", "1", &err), WARD_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "\"limit_rate\" is meant?"));
    conf_release(&conf);
}

static void test_what_fits_together(void **state)
{
    static const char *const bad[] = {"tls_key = a",
                                      "proxy_header = X",
                                      "listen =",
                                      "store =",
                                      "proxy_peers = a",
                                      "watch = 0.9\nreview = 0.5",
                                      "watch = 0.9\nurgent = 0.5"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct conf conf;
        struct ward_error err;
        conf_init(&conf);
        assert_int_equal(read_text(&conf, bad[i], &err), WARD_OK);
        assert_int_equal(conf_check(&conf, &err), WARD_ERR_ARGUMENT);
        conf_release(&conf);
    }
}

static void test_what_a_reload_cannot_change(void **state)
{
    struct conf a;
    struct conf b;
    struct ward_error err;
    (void)state;
    conf_init(&a);
    conf_init(&b);
    assert_null(conf_differs(&a, &b));
    assert_int_equal(read_text(&b, "lang = en\nwatch = 0.1\npacks = x\nlimit_rate = 5", &err),
                     WARD_OK);
    assert_null(conf_differs(&a, &b));
    assert_int_equal(read_text(&b, "listen = 127.0.0.1:9", &err), WARD_OK);
    assert_string_equal(conf_differs(&a, &b), "listen");
    conf_release(&a);
    conf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_kinds),
        cmocka_unit_test(test_faults_name_their_line),
        cmocka_unit_test(test_a_slip_is_named),
        cmocka_unit_test(test_what_fits_together),
        cmocka_unit_test(test_what_a_reload_cannot_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
