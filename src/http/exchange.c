/**
 * One exchange: the steps of libmicrohttpd turned into a request, and its reply handed over.
 *
 * libmicrohttpd calls exchange_step() once with the headers, then with each piece of the body, then
 * with a size of 0; after a suspended connection is resumed, again with what it last gave. A reply
 * may only be queued at the first call or once the body is whole, so the rest of a body is thrown
 * away first when its reader has stopped early.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "base/str.h"
#include "http/loop.h"

#define ARENA_BLOCK_BYTES 2048u
#define ARENA_BYTES_MAX (1024u * 1024u)
/* A target longer than this is refused (the connection's memory bounds it too). */
#define TARGET_BYTES_MAX (8u * 1024u)
/* Of a body that nobody wants, this much is read so that the client sees the reply. */
#define DISCARD_BYTES_MAX (4u * 1024u * 1024u)
#define SMALL_BODY_BYTES (64u * 1024u)

/* ---- life of a request ----------------------------------------------------------------------- */

static struct http_request *request_new(struct http_loop *loop)
{
    (void)pthread_mutex_lock(&loop->lock);
    struct http_request *request = loop->spare;
    if (request) {
        loop->spare = request->next;
        loop->spare_count--;
    }
    (void)pthread_mutex_unlock(&loop->lock);
    if (request)
        return request;
    request = calloc(1, sizeof *request);
    if (!request)
        return NULL;
    request->mark = calloc(1, loop->server->service.mark_bytes + 1u);
    if (!request->mark) {
        free(request);
        return NULL;
    }
    request->loop = loop;
    request->arena = &request->memory;
    arena_init(&request->memory, ARENA_BLOCK_BYTES, ARENA_BYTES_MAX);
    http_reply_init(&request->reply);
    return request;
}

void exchange_free(struct http_request *request)
{
    arena_release(&request->memory);
    buf_release(&request->body);
    http_reply_release(&request->reply);
    free(request->mark);
    free(request);
}

/* Empties it, keeping its small memory. */
static void request_clear(struct http_request *request)
{
    struct http_request *r = request;
    pipe_free(r->pipe);
    if (r->reply.file >= 0)
        http_reply_release(&r->reply);
    struct buf body = r->body;
    struct http_reply reply = r->reply;
    struct arena memory = r->memory;
    unsigned char *mark = r->mark;
    struct http_loop *loop = r->loop;
    if (body.cap > LOOP_KEPT_BYTES)
        buf_release(&body);
    buf_clear(&body);
    if (memory.held_bytes > LOOP_KEPT_BYTES)
        arena_release(&memory);
    arena_reset(&memory);
    if (reply.body.cap > LOOP_KEPT_BYTES)
        buf_release(&reply.body);
    buf_clear(&reply.body);
    buf_clear(&reply.fields);
    *r = (struct http_request){.loop = loop, .body = body, .memory = memory, .mark = mark};
    r->arena = &r->memory;
    r->reply = (struct http_reply){.status = 200,
                                   .type = "application/json",
                                   .file = -1,
                                   .body = reply.body,
                                   .fields = reply.fields};
    memset(mark, 0, loop->server->service.mark_bytes);
}

void exchange_recycle(struct http_request *request)
{
    struct http_loop *loop = request->loop;
    if (request->pipe)
        atomic_fetch_sub(&loop->server->streams, 1);
    if (loop->spare_count >= LOOP_SPARE_MAX) {
        pipe_free(request->pipe);
        exchange_free(request);
        return;
    }
    request_clear(request);
    request->next = loop->spare;
    loop->spare = request;
    loop->spare_count++;
}

static struct http_link *link_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

void *exchange_begin(void *context, const char *target, struct MHD_Connection *connection)
{
    struct http_loop *loop = context;
    struct http_link *link = link_of(connection);
    struct http_request *request = link ? request_new(loop) : NULL;
    if (!request)
        return NULL;
    request->connection = connection;
    request->link = link;
    request->is_tls = loop->server->options.tls_certificate != NULL;
    memcpy(request->peer, link->peer, sizeof request->peer);
    request->target_too_long = strlen(target) > TARGET_BYTES_MAX;
    if (request->target_too_long)
        target = "/";
    if (!request_set_target(request, target)) {
        (void)pthread_mutex_lock(&loop->lock);
        exchange_recycle(request);
        (void)pthread_mutex_unlock(&loop->lock);
        return NULL;
    }
    return request;
}

/* ---- headers --------------------------------------------------------------------------------- */

static enum MHD_Result take_field(void *context, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct http_request *request = context;
    (void)kind;
    if (request->field_count == HTTP_HEADERS_MAX)
        return MHD_NO;
    request->fields[request->field_count++] =
        (struct http_field){str_of(name), value ? str_of(value) : (struct ward_str){0}};
    return MHD_YES;
}

/* Streaming requests may outlive their connection: theirs are copied. */
static bool copy_fields(struct http_request *request)
{
    for (size_t i = 0; i < request->field_count; i++) {
        struct http_field *field = &request->fields[i];
        field->name = arena_copy(request->arena, field->name);
        field->value = arena_copy(request->arena, field->value);
        if (!field->name.data || !field->value.data)
            return false;
    }
    return true;
}

static enum http_method method_of(const char *name, bool *is_head)
{
    *is_head = strcmp(name, "HEAD") == 0;
    if (*is_head)
        return HTTP_GET;
    for (int i = 0; i < HTTP_METHODS; i++)
        if (strcmp(name, http_method_name((enum http_method)i)) == 0)
            return (enum http_method)i;
    return HTTP_OTHER;
}

static void refuse_method(struct http_request *request)
{
    struct buf allowed;
    buf_init(&allowed, 128);
    for (int i = 0; i < HTTP_METHODS; i++) {
        if (!(request->match.methods & (1u << i)))
            continue;
        buf_printf(&allowed, "%s%s", allowed.len ? ", " : "",
                   http_method_name((enum http_method)i));
        if (i == HTTP_GET)
            buf_put_text(&allowed, ", HEAD");
    }
    http_problem(&request->reply, 405, "method-not-allowed", "That cannot be done to this path",
                 NULL);
    http_reply_header(&request->reply, "Allow", buf_str(&allowed));
    buf_release(&allowed);
}

/* Length announced, or UINT64_MAX if it is not a number. 0 when not announced. */
static uint64_t announced_length(const struct http_request *request)
{
    const struct ward_str text = http_header(request, "Content-Length");
    uint64_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || length > UINT64_MAX / 16)
            return UINT64_MAX;
        length = length * 10 + (uint64_t)(text.data[i] - '0');
    }
    return length;
}

/* True if the request may go on to its body; else its reply is filled. */
static bool admit(struct http_request *request)
{
    const struct http_server *server = request->loop->server;
    struct http_reply *reply = &request->reply;
    const struct http_route *route = request->match.route;
    if (request->target_too_long) {
        http_problem(reply, 414, "too-long", "The address is too long", NULL);
        return false;
    }
    if (http_header_count(request, "Content-Length") > 1 ||
        (http_header(request, "Content-Length").len &&
         http_header(request, "Transfer-Encoding").len)) {
        http_problem(reply, 400, "bad-request", "The request is wrong",
                     "its length is given more than once");
        return false;
    }
    if (!request->match.methods) {
        http_problem(reply, 404, "not-found", "There is nothing at this path", NULL);
        return false;
    }
    if (!route) {
        refuse_method(request);
        return false;
    }
    if (!server->service.admit(server->service.context, route, request, reply))
        return false;
    if (announced_length(request) > route->body_max) {
        http_problem(reply, 413, "too-large", "The request is too large",
                     "the body of this operation may have %zu bytes", route->body_max);
        return false;
    }
    return true;
}

static void on_drained(void *context)
{
    struct http_request *request = context;
    struct http_loop *loop = request->loop;
    (void)pthread_mutex_lock(&loop->lock);
    if (request->is_suspended && !request->body_is_whole) {
        request->is_suspended = false;
        MHD_resume_connection(request->connection);
        loop_wake(loop); /* libmicrohttpd tells nobody when its descriptor is polled by others */
    }
    (void)pthread_mutex_unlock(&loop->lock);
}

static bool open_stream(struct http_request *request)
{
    struct http_server *server = request->loop->server;
    if (atomic_fetch_add(&server->streams, 1) >= server->options.streams_max) {
        atomic_fetch_sub(&server->streams, 1);
        http_problem(&request->reply, 503, "busy", "The service is busy; try again",
                     "too many bodies are being read at once");
        http_reply_header_text(&request->reply, "Retry-After", "1");
        return false;
    }
    request->pipe = pipe_new(on_drained, request);
    if (request->pipe && copy_fields(request))
        return true;
    if (!request->pipe)
        atomic_fetch_sub(&server->streams, 1);
    http_problem_status(&request->reply, WARD_ERR_NOMEM, NULL);
    return false;
}

/* A reply before the body costs the connection: a small body is read and thrown away instead. */
static enum MHD_Result refuse(struct http_request *request)
{
    if (announced_length(request) > SMALL_BODY_BYTES ||
        http_header(request, "Transfer-Encoding").len || http_header(request, "Expect").len)
        return answer_queue(request);
    request->stage = HTTP_STAGE_DISCARD;
    return MHD_YES;
}

static enum MHD_Result take_headers(struct http_request *request, const char *method)
{
    struct http_loop *loop = request->loop;
    struct http_server *server = loop->server;
    request->began_us = loop_now_us();
    request->serial = atomic_fetch_add(&server->serial, 1) + 1;
    request->method = method_of(method, &request->is_head);
    request->link->is_busy = true;
    request->link->waits = false;
    request->link->deadline_ms =
        request->began_us / 1000 + (int64_t)server->options.request_s * 1000;
    atomic_fetch_add(&loop->requests_open, 1);
    request->is_counted = true;
    request->fields = arena_alloc(request->arena, HTTP_HEADERS_MAX * sizeof *request->fields);
    if (!request->fields)
        return MHD_NO;
    const int count =
        MHD_get_connection_values(request->connection, MHD_HEADER_KIND, take_field, request);
    http_router_find(server->router, request->method, request->path, &request->match);
    if (count > (int)HTTP_HEADERS_MAX) {
        http_problem(&request->reply, 431, "too-many-headers", "There are too many headers", NULL);
        return answer_queue(request);
    }
    if (!admit(request) || (request->match.route->streams && !open_stream(request)))
        return refuse(request);
    request->body.max = request->match.route->body_max;
    request->stage = HTTP_STAGE_BODY;
    return MHD_YES;
}

/* ---- body ------------------------------------------------------------------------------------ */

/* Suspends; loop->lock held. */
static void suspend(struct http_request *request)
{
    request->is_suspended = true;
    request->link->waits = true;
    MHD_suspend_connection(request->connection);
}

static bool give(struct http_request *request)
{
    struct http_server *server = request->loop->server;
    request->is_given = true;
    return lane_put(server->lanes[request->match.route->lane], exchange_work, request, false);
}

static void refuse_full(struct http_request *request)
{
    http_problem(&request->reply, 503, "busy", "The service is busy; try again",
                 "too many requests of this kind wait already");
    http_reply_header_text(&request->reply, "Retry-After", "1");
}

/* Starts the reader of a stream once it has something to do. True if the request goes on. */
static bool start_reader(struct http_request *request)
{
    if (request->is_given)
        return true;
    if (give(request))
        return true;
    request->is_answered = true;
    pipe_abandon(request->pipe);
    refuse_full(request);
    return false;
}

/* Throws a piece away; MHD_NO cuts a client off that goes on and on. */
static enum MHD_Result discard(struct http_request *request, size_t *size)
{
    request->discarded += *size;
    *size = 0;
    return request->discarded > DISCARD_BYTES_MAX ? MHD_NO : MHD_YES;
}

static enum MHD_Result take_streamed(struct http_request *request, const char *data, size_t *size)
{
    struct http_loop *loop = request->loop;
    (void)pthread_mutex_lock(&loop->lock);
    const bool is_answered = request->is_answered;
    (void)pthread_mutex_unlock(&loop->lock);
    if (is_answered)
        return discard(request, size);
    const size_t taken = pipe_write(request->pipe, data, *size);
    request->received += taken;
    *size -= taken;
    if (request->received > request->match.route->body_max)
        pipe_end(request->pipe, EFBIG);
    if (!*size)
        return MHD_YES;
    (void)pthread_mutex_lock(&loop->lock);
    if (start_reader(request)) {
        suspend(request);
        if (!pipe_wait(request->pipe)) {
            request->is_suspended = false;
            MHD_resume_connection(request->connection);
        }
    }
    (void)pthread_mutex_unlock(&loop->lock);
    return MHD_YES;
}

static enum MHD_Result take_whole(struct http_request *request, const char *data, size_t *size)
{
    request->received += *size;
    if (request->received > request->match.route->body_max)
        request->body.failed = WARD_ERR_LIMIT; /* a kept buffer may have more room */
    buf_put(&request->body, data, *size);
    *size = 0;
    if (!request->body.failed)
        return MHD_YES;
    if (request->body.failed == WARD_ERR_LIMIT)
        http_problem(&request->reply, 413, "too-large", "The request is too large",
                     "the body of this operation may have %zu bytes",
                     request->match.route->body_max);
    else
        http_problem_status(&request->reply, WARD_ERR_NOMEM, NULL);
    request->stage = HTTP_STAGE_DISCARD;
    return MHD_YES;
}

static enum MHD_Result take_body(struct http_request *request, const char *data, size_t *size)
{
    struct http_loop *loop = request->loop;
    struct http_link *link = request->link;
    const size_t offered = *size;
    enum MHD_Result result;
    if (link->waits) {
        link->waits = false;
        link->deadline_ms = loop_now_ms() + (int64_t)loop->server->options.request_s * 1000;
    }
    if (request->stage == HTTP_STAGE_DISCARD)
        result = discard(request, size);
    else if (request->pipe)
        result = take_streamed(request, data, size);
    else
        result = take_whole(request, data, size);
    const size_t taken = offered - *size;
    link->deadline_ms += (int64_t)(taken / 4u); /* a second more for each 4 KB */
    atomic_fetch_add(&loop->bytes_in, taken);
    return result;
}

static enum MHD_Result handle_now(struct http_request *request)
{
    const struct http_service *service = &request->loop->server->service;
    const bool is_done = service->handle(service->context, request->loop->worker,
                                         request->match.route, request, &request->reply);
    assert(is_done);
    (void)is_done;
    return answer_queue(request);
}

/* The body is whole: on to the lane, or to the reply. */
static enum MHD_Result take_end(struct http_request *request)
{
    struct http_loop *loop = request->loop;
    if (request->stage == HTTP_STAGE_DISCARD)
        return answer_queue(request);
    if (request->match.route->lane == 0)
        return handle_now(request);
    (void)pthread_mutex_lock(&loop->lock);
    request->body_is_whole = true;
    bool is_answered = request->is_answered;
    if (request->pipe) {
        pipe_end(request->pipe, 0);
        if (!is_answered && start_reader(request))
            suspend(request);
        else
            is_answered = true;
    } else if (!is_answered) {
        is_answered = !give(request);
        request->is_answered = is_answered;
        if (is_answered)
            refuse_full(request);
        else
            suspend(request);
    }
    (void)pthread_mutex_unlock(&loop->lock);
    return is_answered ? answer_queue(request) : MHD_YES;
}

enum MHD_Result exchange_step(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **slot)
{
    struct http_request *request = *slot;
    (void)context;
    (void)connection;
    (void)url;
    (void)version;
    if (!request)
        return MHD_NO;
    if (request->stage == HTTP_STAGE_NEW)
        return take_headers(request, method);
    if (request->stage == HTTP_STAGE_SENT)
        return MHD_YES;
    if (*size)
        return take_body(request, data, size);
    return take_end(request);
}

/* ---- lanes ----------------------------------------------------------------------------------- */

void exchange_answered(struct http_request *request)
{
    struct http_loop *loop = request->loop;
    (void)pthread_mutex_lock(&loop->lock);
    request->is_answered = true;
    if (request->is_gone) {
        exchange_recycle(request);
    } else if (request->is_suspended) {
        request->is_suspended = false;
        MHD_resume_connection(request->connection);
        loop_wake(loop); /* libmicrohttpd tells nobody when its descriptor is polled by others */
    }
    (void)pthread_mutex_unlock(&loop->lock);
}

void exchange_work(void *context, void *worker)
{
    struct http_request *request = context;
    const struct http_service *service = &request->loop->server->service;
    park_begin(request);
    if (!service->handle(service->context, worker, request->match.route, request,
                         &request->reply)) {
        park_put(request);
        return;
    }
    if (request->pipe)
        pipe_abandon(request->pipe);
    exchange_answered(request);
}

void exchange_over(void *context, struct MHD_Connection *connection, void **slot,
                   enum MHD_RequestTerminationCode code)
{
    struct http_loop *loop = context;
    struct http_request *request = *slot;
    struct http_link *link = link_of(connection);
    if (link) {
        link->is_busy = false;
        link->waits = false;
        link->since_ms = loop_now_ms();
    }
    if (code == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED)
        atomic_fetch_add(&loop->cut_off, 1);
    if (!request)
        return;
    *slot = NULL;
    if (request->is_counted)
        atomic_fetch_sub(&loop->requests_open, 1);
    (void)pthread_mutex_lock(&loop->lock);
    if (request->is_given && !request->is_answered) {
        request->is_gone = true;
        request->link = NULL;
        if (request->pipe)
            pipe_end(request->pipe,
                     code == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED ? ETIMEDOUT : ECONNRESET);
    } else {
        exchange_recycle(request);
    }
    (void)pthread_mutex_unlock(&loop->lock);
}
