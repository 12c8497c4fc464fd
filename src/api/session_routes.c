/**
 * /v1/session: signing in and out, the own password, the first administrator.
 *
 * Signing in runs on READ, for hashing a password takes long and must not hold up the one thread
 * that writes; `access` bounds how many hash at once.
 */
#include <stdio.h>

#include "access/accounts.h"
#include "api/access_parts.h"
#include "api/case_request.h"
#include "base/error.h"
#include "base/str.h"

struct ward_str request_client(const struct api_call *call)
{
    return access_client(api_access(call->api), http_peer(call->request),
                         http_header(call->request, "X-Forwarded-For"));
}

/* ---- replies --------------------------------------------------------------------------------- */

static void put_session(struct buf *out, const struct access_principal *who)
{
    struct json_pen pen;
    pen_init(&pen, out, false);
    pen_open(&pen, '{');
    pen_pair_text(&pen, "user", who->who);
    pen_pair_text(&pen, "name", who->name);
    pen_pair_text(&pen, "role", access_role_name(who->role));
    pen_key(&pen, "scopes");
    pen_open(&pen, '[');
    for (unsigned i = 0; i < ACCESS_SCOPES; i++)
        if (who->scopes & 1u << i)
            pen_text(&pen, access_scope_name((enum access_scope)(1u << i)));
    pen_close(&pen, ']');
    pen_pair_text(&pen, "csrf", who->csrf);
    if (who->expires_ms) {
        pen_key(&pen, "expires");
        pen_time(&pen, who->expires_ms);
    }
    pen_close(&pen, '}');
}

static enum ward_status reply_session(struct api_call *call, struct access_session *session,
                                      struct ward_error *err)
{
    struct buf cookie;
    buf_init(&cookie, 1024);
    access_cookie_write(api_access(call->api), session, call->now_ms, &cookie);
    http_reply_header(call->reply, "Set-Cookie", buf_str(&cookie));
    put_session(&call->reply->body, &session->who);
    const bool failed = cookie.failed != WARD_OK;
    if (cookie.data)
        access_forget(cookie.data, cookie.cap);
    buf_release(&cookie);
    access_session_forget(session);
    return failed ? error_set(err, WARD_ERR_NOMEM, "out of memory") : request_written(call, err);
}

/* What a failed try answers; other failures are passed on. */
static enum ward_status reply_refused(struct api_call *call, enum ward_status status,
                                      const struct access_session *session, struct ward_error *err)
{
    char seconds[16];
    (void)snprintf(seconds, sizeof seconds, "%u", session->retry_s);
    if (status == WARD_ERR_REFUSED) {
        http_problem(call->reply, 401, "wrong-credentials", "That does not let you in", "%s",
                     err->message);
        return WARD_OK;
    }
    if (status == WARD_ERR_LIMIT && session->retry_s) {
        http_problem(call->reply, 429, "locked-out", "Too many failed tries", "wait %s seconds",
                     seconds);
        http_reply_header_text(call->reply, "Retry-After", seconds);
        return WARD_OK;
    }
    return status;
}

static enum ward_status required(const json_t *body, const char *key, size_t max,
                                 struct ward_str *out, struct ward_error *err)
{
    const enum ward_status status = request_text(body, key, max, out, err);
    if (status == WARD_OK && !out->len)
        return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is missing", key);
    return status;
}

/* ---- handlers -------------------------------------------------------------------------------- */

#define TEXT_MAX 4096u

static enum ward_status sign_in(struct api_call *call, struct ward_error *err)
{
    struct access_login login = {.peer = request_client(call),
                                 .cookie = http_cookie(call->request, ACCESS_COOKIE_NAME)};
    struct access_session session = {0};
    json_t *body = NULL;
    enum ward_status status = request_object(call, &body, err);
    if (status == WARD_OK)
        status = required(body, "user", TEXT_MAX, &login.user, err);
    if (status == WARD_OK)
        status = required(body, "password", TEXT_MAX, &login.password, err);
    if (status == WARD_OK) {
        status = access_login(api_access(call->api), call->worker->store, &login, call->now_ms,
                              &session, err);
        status = status == WARD_OK ? reply_session(call, &session, err)
                                   : reply_refused(call, status, &session, err);
    }
    json_decref(body);
    return status;
}

static enum ward_status show_session(struct api_call *call, struct ward_error *err)
{
    put_session(&call->reply->body, call->who);
    return request_written(call, err);
}

static enum ward_status sign_out(struct api_call *call, struct ward_error *err)
{
    struct buf cookie;
    const enum ward_status status =
        access_logout(api_access(call->api), call->worker->store, call->who, call->now_ms, err);
    if (status != WARD_OK)
        return status;
    buf_init(&cookie, 1024);
    access_cookie_write(api_access(call->api), NULL, call->now_ms, &cookie);
    http_reply_header(call->reply, "Set-Cookie", buf_str(&cookie));
    buf_release(&cookie);
    call->reply->status = 204;
    return WARD_OK;
}

static enum ward_status redeem(struct api_call *call, struct ward_error *err)
{
    struct access_first first = {.peer = request_client(call)};
    struct access_session session = {0};
    json_t *body = NULL;
    enum ward_status status = request_object(call, &body, err);
    if (status == WARD_OK)
        status = required(body, "token", TEXT_MAX, &first.token, err);
    if (status == WARD_OK)
        status = required(body, "user", TEXT_MAX, &first.user, err);
    if (status == WARD_OK)
        status = required(body, "password", TEXT_MAX, &first.password, err);
    if (status == WARD_OK)
        status = request_text(body, "name", TEXT_MAX, &first.name, err);
    if (status == WARD_OK) {
        status = access_redeem_link(api_access(call->api), call->worker->store, &first,
                                    call->now_ms, &session, err);
        status = status == WARD_OK ? reply_session(call, &session, err)
                                   : reply_refused(call, status, &session, err);
    }
    json_decref(body);
    return status;
}

static enum ward_status change_password(struct api_call *call, struct ward_error *err)
{
    struct access_login old = {.peer = request_client(call)};
    struct ward_str password;
    struct access_session session = {0};
    json_t *body = NULL;
    if (call->who->means != ACCESS_BY_SESSION)
        return error_set(err, WARD_ERR_REFUSED, "only who signed in with a password changes it");
    enum ward_status status = request_object(call, &body, err);
    if (status == WARD_OK)
        status = required(body, "old", TEXT_MAX, &old.password, err);
    if (status == WARD_OK)
        status = required(body, "new", TEXT_MAX, &password, err);
    if (status == WARD_OK) {
        status = access_change_password(api_access(call->api), call->worker->store, call->who, &old,
                                        password, call->now_ms, &session, err);
        status = status == WARD_OK ? reply_session(call, &session, err)
                                   : reply_refused(call, status, &session, err);
    }
    json_decref(body);
    return status;
}

static const struct api_route routes[] = {
    {HTTP_POST, "/v1/session", ACCESS_NONE, API_LANE_READ, sign_in, API_PUBLIC | API_NO_CSRF},
    {HTTP_GET, "/v1/session", ACCESS_SELF, API_LANE_NOW, show_session, API_PASSIVE},
    {HTTP_DELETE, "/v1/session", ACCESS_SELF, API_LANE_WRITE, sign_out, 0},
    {HTTP_POST, "/v1/session/link", ACCESS_NONE, API_LANE_READ, redeem, API_PUBLIC | API_NO_CSRF},
    {HTTP_POST, "/v1/session/password", ACCESS_SELF, API_LANE_READ, change_password, 0},
};

const struct api_part session_part = {
    .name = "session", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
