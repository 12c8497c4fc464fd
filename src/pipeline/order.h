/**
 * Turns, first come first served, and the number of the next event.
 */
#ifndef WARD_PIPELINE_ORDER_H
#define WARD_PIPELINE_ORDER_H

#include <pthread.h>

#include "pipeline/pipeline.h"

struct pipeline_order {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    uint64_t asked;  /**< tickets given out */
    uint64_t served; /**< the ticket whose turn it is */
    uint64_t events; /**< number of the next event; touched only in a turn */
};

#endif
