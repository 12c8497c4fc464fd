/**
 * See log.h. A ring of bytes under one lock.
 */
#include "api/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"

#define RING_BYTES (1024u * 1024u)

struct log {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    pthread_t thread;
    int fd;
    char *path; /* owned; NULL: standard error */
    bool is_ending;
    bool reopens;
    uint64_t lost;
    size_t len;
    char *now, *next; /* owned; being filled, being written; RING_BYTES each */
};

static void write_all(int fd, const char *data, size_t len)
{
    while (len) {
        const ssize_t put = write(fd, data, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return; /* a full disk must not stop the service */
        data += put;
        len -= (size_t)put;
    }
}

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

static void reopen(struct log *log)
{
    const int fd = log->path ? open_file(log->path) : -1;
    if (fd < 0)
        return;
    (void)close(log->fd);
    log->fd = fd;
}

static void *run(void *context)
{
    struct log *log = context;
    (void)pthread_mutex_lock(&log->lock);
    for (;;) {
        while (!log->len && !log->is_ending && !log->reopens)
            (void)pthread_cond_wait(&log->filled, &log->lock);
        if (log->reopens)
            reopen(log);
        log->reopens = false;
        if (!log->len && log->is_ending)
            break;
        char *full = log->now;
        const size_t len = log->len;
        log->now = log->next;
        log->next = full;
        log->len = 0;
        (void)pthread_mutex_unlock(&log->lock);
        write_all(log->fd, full, len);
        (void)pthread_mutex_lock(&log->lock);
    }
    (void)pthread_mutex_unlock(&log->lock);
    return NULL;
}

static void log_free(struct log *log)
{
    if (log->path && log->fd >= 0)
        (void)close(log->fd);
    free(log->path);
    free(log->now);
    free(log->next);
    free(log);
}

enum ward_status log_open(const char *path, struct log **out, struct ward_error *err)
{
    *out = NULL;
    struct log *log = calloc(1, sizeof *log);
    if (!log)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    log->fd = STDERR_FILENO;
    log->now = malloc(RING_BYTES);
    log->next = malloc(RING_BYTES);
    log->path = path ? strdup(path) : NULL;
    enum ward_status status = WARD_OK;
    if (!log->now || !log->next || (path && !log->path))
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    else if (path && (log->fd = open_file(path)) < 0)
        status = error_set(err, WARD_ERR_IO, "cannot write the log %s: %s", path, strerror(errno));
    if (status == WARD_OK &&
        (pthread_mutex_init(&log->lock, NULL) || pthread_cond_init(&log->filled, NULL) ||
         pthread_create(&log->thread, NULL, run, log)))
        status = error_set(err, WARD_ERR_IO, "cannot start a thread");
    if (status != WARD_OK) {
        log_free(log);
        return status;
    }
    *out = log;
    return WARD_OK;
}

void log_close(struct log *log)
{
    if (!log)
        return;
    (void)pthread_mutex_lock(&log->lock);
    log->is_ending = true;
    (void)pthread_cond_signal(&log->filled);
    (void)pthread_mutex_unlock(&log->lock);
    (void)pthread_join(log->thread, NULL);
    (void)pthread_cond_destroy(&log->filled);
    (void)pthread_mutex_destroy(&log->lock);
    log_free(log);
}

void log_reopen(struct log *log)
{
    (void)pthread_mutex_lock(&log->lock);
    log->reopens = true;
    (void)pthread_cond_signal(&log->filled);
    (void)pthread_mutex_unlock(&log->lock);
}

void log_begin(struct log_line *line, int64_t now_ms, const char *level, const char *event)
{
    line->out = (struct buf){.data = line->space, .cap = LOG_LINE_BYTES, .max = LOG_LINE_BYTES};
    pen_init(&line->pen, &line->out, false);
    pen_open(&line->pen, '{');
    pen_key(&line->pen, "time");
    pen_time(&line->pen, now_ms);
    pen_pair_text(&line->pen, "level", level);
    pen_pair_text(&line->pen, "event", event);
}

void log_end(struct log *log, struct log_line *line)
{
    pen_close(&line->pen, '}');
    if (line->out.failed) {
        static const char cut[] = "{\"event\":\"log-line-too-long\"}\n";
        memcpy(line->space, cut, sizeof cut - 1);
        line->out.len = sizeof cut - 1;
    }
    (void)pthread_mutex_lock(&log->lock);
    if (log->len + line->out.len <= RING_BYTES) {
        memcpy(log->now + log->len, line->space, line->out.len);
        log->len += line->out.len;
        (void)pthread_cond_signal(&log->filled);
    } else {
        log->lost++;
    }
    (void)pthread_mutex_unlock(&log->lock);
}

uint64_t log_lost(struct log *log)
{
    (void)pthread_mutex_lock(&log->lock);
    const uint64_t lost = log->lost;
    (void)pthread_mutex_unlock(&log->lock);
    return lost;
}
