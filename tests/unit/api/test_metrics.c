/* Figures: classes, buckets, sums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/metrics.h"

static void test_exposition(void **state)
{
    static const struct metrics_route routes[] = {{"GET", "/a"}, {"POST", "/b"}};
    struct metrics *metrics = metrics_new(2);
    struct buf out;
    (void)state;
    buf_init(&out, 1 << 20);
    metrics_reply(metrics, 0, 200, 100);
    metrics_reply(metrics, 0, 204, 101);
    metrics_reply(metrics, 0, 404, 99000000);
    metrics_reply(metrics, 2, 404, -5);
    metrics_verdict(metrics, WARD_LEVEL_URGENT, WARD_KIND_QUERY);
    metrics_limited(metrics);
    metrics_reload(metrics, true, 5);
    metrics_put(metrics, routes, &out);
    buf_put_char(&out, '\0');
    static const char *const want[] = {
        "ward_http_requests_total{method=\"GET\",path=\"/a\",status=\"2xx\"} 2\n",
        "ward_http_requests_total{method=\"GET\",path=\"/a\",status=\"4xx\"} 1\n",
        "ward_http_requests_total{method=\"ANY\",path=\"none\",status=\"4xx\"} 1\n",
        "duration_seconds_bucket{method=\"GET\",path=\"/a\",le=\"0.0001\"} 1\n",
        "duration_seconds_bucket{method=\"GET\",path=\"/a\",le=\"0.00025\"} 2\n",
        "duration_seconds_bucket{method=\"GET\",path=\"/a\",le=\"10\"} 2\n",
        "duration_seconds_bucket{method=\"GET\",path=\"/a\",le=\"+Inf\"} 3\n",
        "duration_seconds_count{method=\"GET\",path=\"/a\"} 3\n",
        "duration_seconds_sum{method=\"GET\",path=\"/a\"} 99.000201\n",
        "ward_verdicts_total{level=\"urgent\"} 1\n",
        "ward_checked_total{kind=\"query\"} 1\n",
        "ward_rate_limited_total 1\n",
        "ward_reloads_total{result=\"ok\"} 1\n",
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        if (!strstr(out.data, want[i]))
            fail_msg("missing: %s", want[i]);
    assert_null(strstr(out.data, "path=\"/b\""));
    buf_release(&out);
    metrics_free(metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_exposition)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
