/**
 * The door: who asks, whether they may, and whether they ask too often. Runs on the event thread
 * before a body is read.
 */
#include <stdio.h>
#include <string.h>

#include "api/service.h"
#include "base/str.h"

/* What is kept with each request. */
struct mark {
    struct access_principal who;
};

size_t guard_mark_bytes(void)
{
    return sizeof(struct mark);
}

static struct mark *mark_of(const struct http_request *request)
{
    return http_mark(request);
}

const struct access_principal *guard_who(const struct http_request *request)
{
    return &mark_of(request)->who;
}

static bool is_local(struct ward_str peer)
{
    return str_equal(peer, str_of("::1")) || (peer.len > 4 && memcmp(peer.data, "127.", 4) == 0);
}

static struct access_request describe(const struct api *api, const struct api_route *route,
                                      const struct http_request *request)
{
    struct access_request asked = {.cookie = http_cookie(request, ACCESS_COOKIE_NAME),
                                   .authorization = http_header(request, "Authorization"),
                                   .api_key = http_header(request, "X-API-KEY"),
                                   .peer = http_peer(request),
                                   .csrf = http_header(request, "X-CSRF-Token"),
                                   .origin = http_header(request, "Origin"),
                                   .host = http_header(request, "Host"),
                                   .scope = route->scope,
                                   .is_write = http_method(request) != HTTP_GET,
                                   .is_passive = (route->flags & API_PASSIVE) != 0};
    if (api->conf.proxy_header) {
        asked.proxy_user = http_header(request, api->conf.proxy_header);
        asked.proxy_users = http_header_count(request, api->conf.proxy_header);
    }
    if ((route->flags & API_PUBLIC) || ((route->flags & API_LOCAL) && is_local(asked.peer)))
        asked.scope = ACCESS_NONE;
    return asked;
}

static bool refuse(struct api *api, enum access_answer answer, struct http_reply *reply)
{
    (void)api;
    const char *slug = access_answer_slug(answer);
    if (answer == ACCESS_UNKNOWN) {
        http_problem(reply, 401, slug, "Who asks is not known", NULL);
        http_reply_header_text(reply, "WWW-Authenticate", "Bearer realm=\"ward\"");
    } else if (answer == ACCESS_FOREIGN) {
        http_problem(reply, 403, slug, "The request comes from elsewhere", NULL);
    } else {
        http_problem(reply, 403, slug, "That is not allowed", NULL);
    }
    return false;
}

/* A key has its own bucket wherever it is used from; all else counts for its address. */
static bool is_within_rate(struct api *api, const struct access_principal *who,
                           struct ward_str peer, int64_t now_ms, struct http_reply *reply)
{
    const int64_t per_s = atomic_load_explicit(&api->rate_per_s, memory_order_relaxed);
    if (!per_s)
        return true;
    const struct ward_str key = who->means == ACCESS_BY_NOTHING ? peer : str_of(who->who);
    const uint32_t wait_ms =
        rate_take(api->rate, key, now_ms, per_s, atomic_load(&api->rate_burst));
    if (!wait_ms)
        return true;
    char seconds[16];
    (void)snprintf(seconds, sizeof seconds, "%u", (wait_ms + 999) / 1000);
    metrics_limited(api->metrics);
    http_problem(reply, 429, "too-many-requests", "There are too many requests",
                 "at most %lld a second", (long long)per_s);
    http_reply_header_text(reply, "Retry-After", seconds);
    return false;
}

bool guard_admit(void *context, const struct http_route *http, struct http_request *request,
                 struct http_reply *reply)
{
    struct api *api = context;
    const struct api_route *route = http->owner;
    struct mark *mark = mark_of(request);
    const int64_t now_ms = api_now_ms();
    const struct access_request asked = describe(api, route, request);
    const enum access_answer answer = access_check(api->access, &asked, now_ms, &mark->who);
    if (!is_within_rate(api, &mark->who, asked.peer, now_ms, reply))
        return false;
    return answer == ACCESS_ALLOWED || refuse(api, answer, reply);
}
