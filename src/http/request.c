/**
 * What handlers ask of a request.
 */
#include "http/request.h"

#include <assert.h>
#include <errno.h>
#include <strings.h>

#include "base/str.h"
#include "http/server.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

struct ward_str request_decode(struct arena *arena, struct ward_str text, bool plus_is_space)
{
    if (!text.len ||
        (!memchr(text.data, '%', text.len) && !(plus_is_space && memchr(text.data, '+', text.len))))
        return text;
    char *out = arena_alloc(arena, text.len);
    size_t len = 0;
    if (!out)
        return (struct ward_str){0};
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        const int high = c == '%' && i + 2 < text.len ? hex_digit(text.data[i + 1]) : -1;
        const int low = high >= 0 ? hex_digit(text.data[i + 2]) : -1;
        if (low >= 0) {
            out[len++] = (char)(high * 16 + low);
            i += 2;
        } else {
            out[len++] = plus_is_space && c == '+' ? ' ' : c;
        }
    }
    return (struct ward_str){out, len};
}

bool request_set_target(struct http_request *request, const char *target)
{
    const struct ward_str whole = arena_copy(request->arena, str_of(target));
    if (!whole.data)
        return false;
    const char *question = memchr(whole.data, '?', whole.len);
    const size_t path_len = question ? (size_t)(question - whole.data) : whole.len;
    request->path = (struct ward_str){whole.data, path_len};
    if (question)
        request->query = str_part(whole, path_len + 1, whole.len);
    return true;
}

enum http_method http_method(const struct http_request *request)
{
    return request->method;
}

struct ward_str http_path(const struct http_request *request)
{
    return request->path;
}

struct ward_str http_part(const struct http_request *request, unsigned n)
{
    if (n >= request->match.part_count)
        return (struct ward_str){0};
    return request_decode(request->arena, request->match.parts[n], false);
}

struct ward_str http_header(const struct http_request *request, const char *name)
{
    const size_t len = strlen(name);
    for (size_t i = 0; i < request->field_count; i++) {
        const struct http_field *field = &request->fields[i];
        if (field->name.len == len && strncasecmp(field->name.data, name, len) == 0)
            return field->value;
    }
    return (struct ward_str){0};
}

unsigned http_header_count(const struct http_request *request, const char *name)
{
    const size_t len = strlen(name);
    unsigned count = 0;
    for (size_t i = 0; i < request->field_count; i++) {
        const struct http_field *field = &request->fields[i];
        if (field->name.len == len && strncasecmp(field->name.data, name, len) == 0)
            count++;
    }
    return count;
}

/* ---- query and cookies ----------------------------------------------------------------------- */

/* The next piece up to `mark`; false at the end. */
static bool next_piece(struct ward_str *rest, char mark, struct ward_str *piece)
{
    if (!rest->len)
        return false;
    const char *stop = memchr(rest->data, mark, rest->len);
    const size_t len = stop ? (size_t)(stop - rest->data) : rest->len;
    *piece = (struct ward_str){rest->data, len};
    *rest = str_part(*rest, len + 1, rest->len);
    return true;
}

static bool find_query(const struct http_request *request, const char *name, struct ward_str *value)
{
    struct ward_str rest = request->query;
    struct ward_str piece;
    const struct ward_str wanted = str_of(name);
    while (next_piece(&rest, '&', &piece)) {
        const char *equals = piece.len ? memchr(piece.data, '=', piece.len) : NULL;
        const size_t len = equals ? (size_t)(equals - piece.data) : piece.len;
        const struct ward_str key =
            request_decode(request->arena, (struct ward_str){piece.data, len}, true);
        if (!str_equal(key, wanted))
            continue;
        *value = equals ? str_part(piece, len + 1, piece.len) : (struct ward_str){0};
        return true;
    }
    return false;
}

struct ward_str http_query(const struct http_request *request, const char *name)
{
    struct ward_str value = {0};
    if (!find_query(request, name, &value))
        return value;
    return request_decode(request->arena, value, true);
}

bool http_query_has(const struct http_request *request, const char *name)
{
    struct ward_str value;
    return find_query(request, name, &value);
}

struct ward_str http_cookie(const struct http_request *request, const char *name)
{
    struct ward_str rest = http_header(request, "Cookie");
    struct ward_str piece;
    const struct ward_str wanted = str_of(name);
    while (next_piece(&rest, ';', &piece)) {
        while (piece.len && (*piece.data == ' ' || *piece.data == '\t'))
            piece = str_part(piece, 1, piece.len);
        const char *equals = piece.len ? memchr(piece.data, '=', piece.len) : NULL;
        if (!equals)
            continue;
        const size_t len = (size_t)(equals - piece.data);
        if (str_equal((struct ward_str){piece.data, len}, wanted))
            return str_part(piece, len + 1, piece.len);
    }
    return (struct ward_str){0};
}

/* ---- the rest -------------------------------------------------------------------------------- */

struct ward_str http_peer(const struct http_request *request)
{
    return str_of(request->peer);
}

bool http_is_tls(const struct http_request *request)
{
    return request->is_tls;
}

uint64_t http_serial(const struct http_request *request)
{
    return request->serial;
}

struct ward_str http_body(const struct http_request *request)
{
    return buf_str(&request->body);
}

ssize_t http_body_read(const struct http_request *request, void *buffer, size_t size)
{
    assert(request->pipe);
    return pipe_read(request->pipe, buffer, size);
}

bool http_body_is_ready(const struct http_request *request)
{
    return !request->pipe || pipe_is_ready(request->pipe);
}

void *http_mark(const struct http_request *request)
{
    return request->mark;
}

/* ---- conditions ------------------------------------------------------------------------------ */

/* True if a list of entity tags names `tag` (weakly compared) or is '*'. */
static bool names_tag(struct ward_str list, struct ward_str tag)
{
    struct ward_str piece;
    while (next_piece(&list, ',', &piece)) {
        while (piece.len && (*piece.data == ' ' || *piece.data == '\t'))
            piece = str_part(piece, 1, piece.len);
        while (piece.len && (piece.data[piece.len - 1] == ' '))
            piece.len--;
        if (piece.len == 1 && *piece.data == '*')
            return true;
        if (piece.len > 2 && piece.data[0] == 'W' && piece.data[1] == '/')
            piece = str_part(piece, 2, piece.len);
        if (piece.len == tag.len + 2 && piece.data[0] == '"' && piece.data[piece.len - 1] == '"' &&
            str_equal(str_part(piece, 1, piece.len - 1), tag))
            return true;
    }
    return false;
}

bool http_not_modified(const struct http_request *request, struct http_reply *reply,
                       struct ward_str tag)
{
    struct buf quoted;
    buf_init(&quoted, 256);
    buf_put_char(&quoted, '"');
    buf_put_str(&quoted, tag);
    buf_put_char(&quoted, '"');
    http_reply_header(reply, "ETag", buf_str(&quoted));
    buf_release(&quoted);
    if (request->method != HTTP_GET || !names_tag(http_header(request, "If-None-Match"), tag))
        return false;
    reply->status = 304;
    buf_clear(&reply->body);
    reply->lasting = (struct ward_str){0};
    return true;
}

bool http_match(const struct http_request *request, struct ward_str tag)
{
    const struct ward_str asked = http_header(request, "If-Match");
    return !asked.len || names_tag(asked, tag);
}
