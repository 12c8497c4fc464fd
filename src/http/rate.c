/**
 * See rate.h.
 */
#include "http/rate.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/hash.h"

#define ROWS 4096u
#define WAYS 8u
#define LOCKS 64u

struct bucket {
    uint64_t key; /* hash; 0: free */
    int64_t at_ms;
    double tokens;
};

struct http_rate {
    uint64_t seed;
    pthread_mutex_t locks[LOCKS];
    struct bucket rows[ROWS][WAYS];
};

struct http_rate *rate_new(uint64_t seed)
{
    struct http_rate *rate = calloc(1, sizeof *rate);
    if (!rate)
        return NULL;
    rate->seed = seed;
    for (unsigned i = 0; i < LOCKS; i++)
        (void)pthread_mutex_init(&rate->locks[i], NULL);
    return rate;
}

void rate_free(struct http_rate *rate)
{
    for (unsigned i = 0; rate && i < LOCKS; i++)
        (void)pthread_mutex_destroy(&rate->locks[i]);
    free(rate);
}

/* The bucket of `key`, or the one unused for longest. */
static struct bucket *find(struct bucket row[WAYS], uint64_t key)
{
    struct bucket *oldest = &row[0];
    for (unsigned i = 0; i < WAYS; i++) {
        if (row[i].key == key)
            return &row[i];
        if (row[i].at_ms < oldest->at_ms)
            oldest = &row[i];
    }
    return oldest;
}

uint32_t rate_take(struct http_rate *rate, struct ward_str key, int64_t now_ms, int64_t per_s,
                   int64_t burst)
{
    const uint64_t hash = hash_str(key, rate->seed) | 1u;
    const unsigned row = (unsigned)(hash >> 20) % ROWS;
    uint32_t wait_ms = 0;
    (void)pthread_mutex_lock(&rate->locks[row % LOCKS]);
    struct bucket *bucket = find(rate->rows[row], hash);
    if (bucket->key != hash)
        *bucket = (struct bucket){.key = hash, .at_ms = now_ms, .tokens = (double)burst};
    if (now_ms > bucket->at_ms)
        bucket->tokens += (double)(now_ms - bucket->at_ms) * (double)per_s / 1000.0;
    if (bucket->tokens > (double)burst)
        bucket->tokens = (double)burst;
    bucket->at_ms = now_ms;
    if (bucket->tokens >= 1)
        bucket->tokens -= 1;
    else
        wait_ms = (uint32_t)((1 - bucket->tokens) * 1000.0 / (double)per_s) + 1u;
    (void)pthread_mutex_unlock(&rate->locks[row % LOCKS]);
    return wait_ms;
}
