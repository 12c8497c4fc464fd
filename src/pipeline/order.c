#include "pipeline/order.h"

#include <stdlib.h>

enum ward_status pipeline_order_new(uint64_t first, struct pipeline_order **out)
{
    struct pipeline_order *order = calloc(1, sizeof *order);
    *out = order;
    if (!order)
        return WARD_ERR_NOMEM;
    order->events = first;
    (void)pthread_mutex_init(&order->lock, NULL);
    (void)pthread_cond_init(&order->moved, NULL);
    return WARD_OK;
}

void pipeline_order_free(struct pipeline_order *order)
{
    if (!order)
        return;
    (void)pthread_cond_destroy(&order->moved);
    (void)pthread_mutex_destroy(&order->lock);
    free(order);
}

void pipeline_order_enter(struct pipeline_order *order)
{
    (void)pthread_mutex_lock(&order->lock);
    const uint64_t ticket = order->asked++;
    while (order->served != ticket)
        (void)pthread_cond_wait(&order->moved, &order->lock);
    (void)pthread_mutex_unlock(&order->lock);
}

void pipeline_order_leave(struct pipeline_order *order)
{
    (void)pthread_mutex_lock(&order->lock);
    order->served++;
    (void)pthread_cond_broadcast(&order->moved);
    (void)pthread_mutex_unlock(&order->lock);
}
