/**
 * See lanes.h. A ring under one lock; it grows only for forced work.
 */
#include "http/lanes.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

struct task {
    lane_work work;
    void *context;
};

struct lane_thread {
    struct lane *lane;
    void *worker;
    pthread_t thread;
};

struct lane {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct task *ring; /* owned */
    size_t cap, begin, count;
    size_t queue_max;
    size_t running;
    uint64_t refused;
    bool is_closed; /* no new work */
    bool is_ending; /* threads end once it is empty */
    unsigned thread_count;
    struct lane_thread threads[];
};

static void *run(void *context)
{
    struct lane_thread *self = context;
    struct lane *lane = self->lane;
    (void)pthread_mutex_lock(&lane->lock);
    for (;;) {
        while (!lane->count && !lane->is_ending)
            (void)pthread_cond_wait(&lane->filled, &lane->lock);
        if (!lane->count)
            break;
        const struct task task = lane->ring[lane->begin];
        lane->begin = (lane->begin + 1) % lane->cap;
        lane->count--;
        lane->running++;
        (void)pthread_mutex_unlock(&lane->lock);
        task.work(task.context, self->worker);
        (void)pthread_mutex_lock(&lane->lock);
        lane->running--;
    }
    (void)pthread_mutex_unlock(&lane->lock);
    return NULL;
}

static void end_threads(struct lane *lane)
{
    (void)pthread_mutex_lock(&lane->lock);
    lane->is_ending = true;
    (void)pthread_cond_broadcast(&lane->filled);
    (void)pthread_mutex_unlock(&lane->lock);
    for (unsigned i = 0; i < lane->thread_count; i++)
        (void)pthread_join(lane->threads[i].thread, NULL);
    lane->thread_count = 0;
}

enum ward_status lane_new(unsigned threads, unsigned queue_max, void **workers, struct lane **out,
                          struct ward_error *err)
{
    *out = NULL;
    struct lane *lane = calloc(1, sizeof *lane + threads * sizeof lane->threads[0]);
    if (!lane)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    lane->queue_max = queue_max;
    lane->cap = queue_max + 1u;
    lane->ring = calloc(lane->cap, sizeof *lane->ring);
    if (!lane->ring || pthread_mutex_init(&lane->lock, NULL)) {
        free(lane->ring);
        free(lane);
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    }
    (void)pthread_cond_init(&lane->filled, NULL);
    for (unsigned i = 0; i < threads; i++) {
        lane->threads[i].lane = lane;
        lane->threads[i].worker = workers[i];
        if (pthread_create(&lane->threads[i].thread, NULL, run, &lane->threads[i])) {
            lane_free(lane);
            return error_set(err, WARD_ERR_IO, "cannot start a thread");
        }
        lane->thread_count++;
    }
    *out = lane;
    return WARD_OK;
}

void lane_free(struct lane *lane)
{
    if (!lane)
        return;
    end_threads(lane);
    (void)pthread_cond_destroy(&lane->filled);
    (void)pthread_mutex_destroy(&lane->lock);
    free(lane->ring);
    free(lane);
}

/* Room for one more. Lock held. */
static bool grow(struct lane *lane)
{
    if (lane->count < lane->cap)
        return true;
    const size_t cap = lane->cap * 2;
    struct task *ring = calloc(cap, sizeof *ring);
    if (!ring)
        return false;
    for (size_t i = 0; i < lane->count; i++)
        ring[i] = lane->ring[(lane->begin + i) % lane->cap];
    free(lane->ring);
    lane->ring = ring;
    lane->cap = cap;
    lane->begin = 0;
    return true;
}

bool lane_put(struct lane *lane, lane_work work, void *context, bool forced)
{
    (void)pthread_mutex_lock(&lane->lock);
    const bool is_open = forced || (!lane->is_closed && lane->count < lane->queue_max);
    const bool taken = is_open && grow(lane);
    if (taken) {
        lane->ring[(lane->begin + lane->count) % lane->cap] = (struct task){work, context};
        lane->count++;
        (void)pthread_cond_signal(&lane->filled);
    } else {
        lane->refused++;
    }
    (void)pthread_mutex_unlock(&lane->lock);
    return taken;
}

void lane_close(struct lane *lane)
{
    (void)pthread_mutex_lock(&lane->lock);
    lane->is_closed = true;
    (void)pthread_mutex_unlock(&lane->lock);
}

uint64_t lane_load(struct lane *lane)
{
    (void)pthread_mutex_lock(&lane->lock);
    const uint64_t load = lane->count + lane->running;
    (void)pthread_mutex_unlock(&lane->lock);
    return load;
}

uint64_t lane_refused(struct lane *lane)
{
    (void)pthread_mutex_lock(&lane->lock);
    const uint64_t refused = lane->refused;
    (void)pthread_mutex_unlock(&lane->lock);
    return refused;
}
