/**
 * One mutex, two conditions: "there is work" and "all is done". Tasks are big (a batch of events),
 * so the lock costs nothing that could be measured.
 */
#include "pipeline/crew.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct crew {
    pthread_mutex_t lock;
    pthread_cond_t work_ready;
    pthread_cond_t all_done;
    pthread_t *threads; /* owned; `thread_count` running */
    uint32_t thread_count;
    uint32_t next;  /* next task to give out */
    uint32_t count; /* tasks of this turn */
    uint32_t done;
    bool ending;
    crew_fn *work;
    void *context;
    uint32_t names; /* workers that have taken a number */
};

/* Takes and does one task; the lock is held on entry and exit. */
static void do_next(struct crew *crew, uint32_t worker)
{
    const uint32_t task = crew->next++;
    (void)pthread_mutex_unlock(&crew->lock);
    crew->work(crew->context, worker, task);
    (void)pthread_mutex_lock(&crew->lock);
    if (++crew->done == crew->count)
        (void)pthread_cond_signal(&crew->all_done);
}

static void *run(void *argument)
{
    struct crew *crew = argument;
    (void)pthread_mutex_lock(&crew->lock);
    const uint32_t worker = ++crew->names;
    while (!crew->ending) {
        if (crew->next < crew->count)
            do_next(crew, worker);
        else
            (void)pthread_cond_wait(&crew->work_ready, &crew->lock);
    }
    (void)pthread_mutex_unlock(&crew->lock);
    return NULL;
}

enum ward_status crew_new(uint32_t threads, crew_fn *work, void *context, struct crew **out)
{
    assert(threads && work && out);
    *out = NULL;
    struct crew *crew = calloc(1, sizeof *crew);
    if (!crew)
        return WARD_ERR_NOMEM;
    crew->work = work;
    crew->context = context;
    (void)pthread_mutex_init(&crew->lock, NULL);
    (void)pthread_cond_init(&crew->work_ready, NULL);
    (void)pthread_cond_init(&crew->all_done, NULL);
    crew->threads = calloc(threads, sizeof *crew->threads);
    enum ward_status status = crew->threads ? WARD_OK : WARD_ERR_NOMEM;
    while (status == WARD_OK && crew->thread_count + 1 < threads) {
        if (pthread_create(&crew->threads[crew->thread_count], NULL, run, crew) != 0)
            status = WARD_ERR_IO;
        else
            crew->thread_count++;
    }
    if (status != WARD_OK) {
        crew_free(crew);
        return status;
    }
    *out = crew;
    return WARD_OK;
}

void crew_free(struct crew *crew)
{
    if (!crew)
        return;
    (void)pthread_mutex_lock(&crew->lock);
    crew->ending = true;
    (void)pthread_cond_broadcast(&crew->work_ready);
    (void)pthread_mutex_unlock(&crew->lock);
    for (uint32_t i = 0; i < crew->thread_count; i++)
        (void)pthread_join(crew->threads[i], NULL);
    (void)pthread_cond_destroy(&crew->all_done);
    (void)pthread_cond_destroy(&crew->work_ready);
    (void)pthread_mutex_destroy(&crew->lock);
    free(crew->threads);
    free(crew);
}

void crew_start(struct crew *crew, uint32_t count)
{
    (void)pthread_mutex_lock(&crew->lock);
    assert(crew->done == crew->count);
    crew->next = 0;
    crew->done = 0;
    crew->count = count;
    (void)pthread_cond_broadcast(&crew->work_ready);
    (void)pthread_mutex_unlock(&crew->lock);
}

void crew_finish(struct crew *crew)
{
    (void)pthread_mutex_lock(&crew->lock);
    while (crew->next < crew->count)
        do_next(crew, 0);
    while (crew->done < crew->count)
        (void)pthread_cond_wait(&crew->all_done, &crew->lock);
    (void)pthread_mutex_unlock(&crew->lock);
}
