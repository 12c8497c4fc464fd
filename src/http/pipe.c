/**
 * See pipe.h. A ring of bytes under one lock.
 */
#include "http/pipe.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct http_pipe {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    void (*drained)(void *context);
    void *context;
    size_t begin, held; /* of the bytes in the ring */
    bool is_held_back;  /* the writer waits */
    bool has_ended;
    bool is_abandoned;
    int error;
    unsigned char ring[HTTP_PIPE_BYTES];
};

struct http_pipe *pipe_new(void (*drained)(void *context), void *context)
{
    struct http_pipe *pipe = malloc(sizeof *pipe);
    if (!pipe)
        return NULL;
    memset(pipe, 0, offsetof(struct http_pipe, ring));
    pipe->drained = drained;
    pipe->context = context;
    if (pthread_mutex_init(&pipe->lock, NULL)) {
        free(pipe);
        return NULL;
    }
    if (pthread_cond_init(&pipe->filled, NULL)) {
        (void)pthread_mutex_destroy(&pipe->lock);
        free(pipe);
        return NULL;
    }
    return pipe;
}

void pipe_free(struct http_pipe *pipe)
{
    if (!pipe)
        return;
    (void)pthread_cond_destroy(&pipe->filled);
    (void)pthread_mutex_destroy(&pipe->lock);
    free(pipe);
}

size_t pipe_write(struct http_pipe *pipe, const void *data, size_t len)
{
    size_t taken = 0;
    (void)pthread_mutex_lock(&pipe->lock);
    if (pipe->is_abandoned) {
        (void)pthread_mutex_unlock(&pipe->lock);
        return len;
    }
    while (taken < len && pipe->held < HTTP_PIPE_BYTES) {
        const size_t end = (pipe->begin + pipe->held) % HTTP_PIPE_BYTES;
        const size_t limit = end < pipe->begin ? pipe->begin : HTTP_PIPE_BYTES;
        size_t run = limit - end;
        if (run > len - taken)
            run = len - taken;
        memcpy(pipe->ring + end, (const unsigned char *)data + taken, run);
        pipe->held += run;
        taken += run;
    }
    (void)pthread_cond_signal(&pipe->filled);
    (void)pthread_mutex_unlock(&pipe->lock);
    return taken;
}

/* Half empty: enough room that waking the client pays. */
static bool has_room(const struct http_pipe *pipe)
{
    return pipe->is_abandoned || pipe->held <= HTTP_PIPE_BYTES / 2;
}

bool pipe_wait(struct http_pipe *pipe)
{
    (void)pthread_mutex_lock(&pipe->lock);
    const bool waits = !has_room(pipe);
    pipe->is_held_back = waits;
    (void)pthread_mutex_unlock(&pipe->lock);
    return waits;
}

void pipe_end(struct http_pipe *pipe, int error)
{
    (void)pthread_mutex_lock(&pipe->lock);
    if (!pipe->has_ended) {
        pipe->has_ended = true;
        pipe->error = error;
    }
    (void)pthread_cond_signal(&pipe->filled);
    (void)pthread_mutex_unlock(&pipe->lock);
}

/* Copies out what is there; at most two runs. Lock held. */
static size_t take(struct http_pipe *pipe, unsigned char *out, size_t size)
{
    size_t taken = 0;
    while (taken < size && pipe->held) {
        size_t run = HTTP_PIPE_BYTES - pipe->begin;
        if (run > pipe->held)
            run = pipe->held;
        if (run > size - taken)
            run = size - taken;
        memcpy(out + taken, pipe->ring + pipe->begin, run);
        pipe->begin = (pipe->begin + run) % HTTP_PIPE_BYTES;
        pipe->held -= run;
        taken += run;
    }
    return taken;
}

ssize_t pipe_read(struct http_pipe *pipe, void *buffer, size_t size)
{
    ssize_t result = 0;
    int error = 0;
    (void)pthread_mutex_lock(&pipe->lock);
    while (!pipe->held && !pipe->has_ended)
        (void)pthread_cond_wait(&pipe->filled, &pipe->lock);
    if (!pipe->held && pipe->error) { /* what came before it broke off is still read */
        error = pipe->error;
        result = -1;
    } else {
        result = (ssize_t)take(pipe, buffer, size);
    }
    const bool wakes = pipe->is_held_back && has_room(pipe);
    if (wakes)
        pipe->is_held_back = false;
    (void)pthread_mutex_unlock(&pipe->lock);
    if (wakes)
        pipe->drained(pipe->context);
    if (result < 0)
        errno = error;
    return result;
}

bool pipe_is_ready(struct http_pipe *pipe)
{
    (void)pthread_mutex_lock(&pipe->lock);
    const bool ready = pipe->held || pipe->has_ended;
    (void)pthread_mutex_unlock(&pipe->lock);
    return ready;
}

void pipe_abandon(struct http_pipe *pipe)
{
    (void)pthread_mutex_lock(&pipe->lock);
    pipe->is_abandoned = true;
    pipe->held = 0;
    const bool wakes = pipe->is_held_back;
    pipe->is_held_back = false;
    (void)pthread_mutex_unlock(&pipe->lock);
    if (wakes)
        pipe->drained(pipe->context);
}
