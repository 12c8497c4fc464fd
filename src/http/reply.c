/**
 * Replies and problem documents (RFC 9457).
 */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json_pen.h"
#include "base/str.h"
#include "http/http.h"

#define DETAIL_BYTES 512u
#define FIELDS_BYTES_MAX (16u * 1024u)

const char *http_method_name(enum http_method method)
{
    static const char *const names[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "OTHER"};
    return names[method];
}

void http_reply_init(struct http_reply *reply)
{
    *reply = (struct http_reply){.status = 200, .type = "application/json", .file = -1};
    buf_init(&reply->body, HTTP_REPLY_BYTES_MAX);
    buf_init(&reply->fields, FIELDS_BYTES_MAX);
}

void http_reply_release(struct http_reply *reply)
{
    buf_release(&reply->body);
    buf_release(&reply->fields);
    if (reply->file >= 0)
        (void)close(reply->file);
    reply->file = -1;
}

void http_reply_header(struct http_reply *reply, const char *name, struct ward_str value)
{
    if (reply->header_count == HTTP_REPLY_HEADERS) {
        reply->fields.failed = WARD_ERR_LIMIT;
        return;
    }
    reply->headers[reply->header_count++] =
        (struct http_reply_field){.name = name, .value = reply->fields.len};
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.data[i] >= 0x20u && value.data[i] != 0x7F)
            buf_put_char(&reply->fields, value.data[i]);
    buf_put_char(&reply->fields, '\0');
}

void http_reply_header_text(struct http_reply *reply, const char *name, const char *value)
{
    http_reply_header(reply, name, str_of(value));
}

/* ---- problem documents ----------------------------------------------------------------------- */

static void put_problem(struct http_reply *reply, const char *slug, const char *title,
                        struct ward_str detail)
{
    struct json_pen pen;
    buf_clear(&reply->body);
    pen_init(&pen, &reply->body, false);
    pen_open(&pen, '{');
    pen_key(&pen, "type");
    buf_put_text(&reply->body, "\"urn:ward:problem:");
    buf_put_text(&reply->body, slug);
    buf_put_char(&reply->body, '"');
    pen.after_key = false;
    pen_pair_text(&pen, "title", title);
    pen_key(&pen, "status");
    pen_integer(&pen, reply->status);
    pen_pair(&pen, "detail", detail);
    pen_close(&pen, '}');
}

void http_problem(struct http_reply *reply, int status, const char *slug, const char *title,
                  const char *detail, ...)
{
    char text[DETAIL_BYTES] = "";
    if (detail) {
        va_list arguments;
        va_start(arguments, detail);
        (void)vsnprintf(text, sizeof text, detail, arguments);
        va_end(arguments);
    }
    reply->status = status;
    reply->type = "application/problem+json";
    reply->lasting = (struct ward_str){0};
    if (reply->file >= 0)
        (void)close(reply->file);
    reply->file = -1;
    put_problem(reply, slug, title, str_of(text));
}

struct problem_kind {
    int status;
    const char *slug, *title;
    bool tells; /* the message may be shown to the client */
};

static struct problem_kind problem_of(enum ward_status status)
{
    switch (status) {
    case WARD_ERR_ARGUMENT:
        return (struct problem_kind){400, "bad-request", "The request is wrong", true};
    case WARD_ERR_FORMAT:
        return (struct problem_kind){400, "bad-format", "The body is malformed", true};
    case WARD_ERR_LIMIT:
        return (struct problem_kind){413, "too-large", "The request is too large", true};
    case WARD_ERR_NOT_FOUND:
        return (struct problem_kind){404, "not-found", "There is no such thing", true};
    case WARD_ERR_BUSY:
        return (struct problem_kind){503, "busy", "The service is busy; try again", true};
    case WARD_ERR_REFUSED:
        return (struct problem_kind){409, "refused", "A rule forbids it", true};
    case WARD_ERR_STALE:
        return (struct problem_kind){412, "stale", "It has changed meanwhile", true};
    case WARD_ERR_NOMEM:
        return (struct problem_kind){503, "no-memory", "The service is out of memory", false};
    case WARD_OK:
    case WARD_ERR_IO:
        break;
    }
    return (struct problem_kind){500, "internal", "The service failed", false};
}

void http_problem_status(struct http_reply *reply, enum ward_status status,
                         const struct ward_error *err)
{
    const struct problem_kind kind = problem_of(status);
    if (kind.tells && err && err->message[0])
        http_problem(reply, kind.status, kind.slug, kind.title, "%s", err->message);
    else
        http_problem(reply, kind.status, kind.slug, kind.title, NULL);
    if (kind.status == 503)
        http_reply_header_text(reply, "Retry-After", "1");
}
