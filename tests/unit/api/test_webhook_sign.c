/* Signatures against a published vector, waits, and addresses that may be registered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "api/webhook_sign.h"
#include "base/str.h"

/* The value is OpenSSL's: printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_test */
static void signatures(void **state)
{
    char out[WEBHOOK_SIGNATURE_TEXT];
    char secret[WEBHOOK_SECRET_TEXT];
    char other[WEBHOOK_SECRET_TEXT];
    (void)state;
    webhook_sign(str_of("whsec_test"), 1700000000, str_of("{\"a\":1}"), out);
    assert_string_equal(
        out, "t=1700000000,v1=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789");
    webhook_secret_make(secret);
    webhook_secret_make(other);
    assert_int_equal(strlen(secret), WEBHOOK_SECRET_TEXT - 1);
    assert_string_not_equal(secret, other);
}

static void waits_grow_to_a_ceiling(void **state)
{
    int64_t sum = 0;
    (void)state;
    for (uint32_t attempt = 1; attempt < WEBHOOK_ATTEMPTS_MAX; attempt++) {
        const int64_t wait = webhook_wait_ms(attempt, 0);
        assert_true(wait <= webhook_wait_ms(attempt, UINT32_MAX));
        assert_true(webhook_wait_ms(attempt, UINT32_MAX) <= wait + wait / 4);
        assert_true(wait >= (attempt == 1 ? 5000 : webhook_wait_ms(attempt - 1, 0)));
        assert_true(wait <= 8LL * 3600 * 1000);
        sum += wait;
    }
    assert_true(sum > 20LL * 3600 * 1000 && sum < 48LL * 3600 * 1000);
    assert_int_equal(webhook_wait_ms(UINT32_MAX, 0), 8LL * 3600 * 1000);
}

static void addresses(void **state)
{
    static const char *const good[] = {
        "https://example.org",        "https://example.org:8443/a/b?c=d&e=%20",
        "https://10.0.0.1/x",         "https://[2001:db8::1]:1/",
        "http://127.0.0.1:8080/hook", "http://127.9.9.9/",
        "http://[::1]:99/",           "http://localhost/x"};
    static const char *const bad[] = {"",
                                      "https://",
                                      "https:///x",
                                      "http://example.org/",
                                      "http://127.0.0.1.evil.example/",
                                      "http://127.0.0.1@evil.example/",
                                      "http://127.0.0.evil/",
                                      "http://localhost.evil.example/",
                                      "http://[::1].evil.example/",
                                      "http://[::2]/",
                                      "https://a@b/",
                                      "https://a:b@c/",
                                      "https://a:123456/",
                                      "https://a:/",
                                      "https://a\\@b/",
                                      "https://a b/",
                                      "https://a/\n",
                                      "https://a/#b",
                                      "HTTPS://a/",
                                      "ftp://a/",
                                      "file:///etc/passwd",
                                      "//a/",
                                      "https://\xe5\xa5\xb3.cn/"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(webhook_url_is_good(str_of(good[i]), NULL));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *why = NULL;
        assert_false(webhook_url_is_good(str_of(bad[i]), &why));
        assert_non_null(why);
    }
    assert_false(webhook_url_is_good((struct ward_str){"https://a/\0b", 12}, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(signatures),
                                       cmocka_unit_test(waits_grow_to_a_ceiling),
                                       cmocka_unit_test(addresses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
