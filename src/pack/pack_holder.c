#include "pack/pack_holder.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/error.h"

struct pack_held {
    const struct pack *pack;
    atomic_uint shares;
};

enum ward_status pack_holder_init(struct pack_holder *holder)
{
    *holder = (struct pack_holder){.now = NULL};
    return pthread_mutex_init(&holder->lock, NULL) == 0 ? WARD_OK : WARD_ERR_NOMEM;
}

void pack_holder_release(struct pack_holder *holder)
{
    pack_held_release(holder->now);
    holder->now = NULL;
    (void)pthread_mutex_destroy(&holder->lock);
}

struct pack_held *pack_holder_acquire(struct pack_holder *holder)
{
    (void)pthread_mutex_lock(&holder->lock);
    struct pack_held *held = holder->now;
    if (held)
        atomic_fetch_add_explicit(&held->shares, 1, memory_order_relaxed);
    (void)pthread_mutex_unlock(&holder->lock);
    return held;
}

const struct pack *pack_held_pack(const struct pack_held *held)
{
    return held->pack;
}

void pack_held_release(struct pack_held *held)
{
    if (!held)
        return;
    const unsigned before = atomic_fetch_sub_explicit(&held->shares, 1, memory_order_acq_rel);
    assert(before > 0);
    if (before > 1)
        return;
    pack_free(held->pack);
    free(held);
}

enum ward_status pack_holder_swap(struct pack_holder *holder, const struct pack *pack)
{
    assert(pack);
    struct pack_held *held = malloc(sizeof *held);
    if (!held)
        return WARD_ERR_NOMEM;
    held->pack = pack;
    atomic_init(&held->shares, 1);
    (void)pthread_mutex_lock(&holder->lock);
    struct pack_held *old = holder->now;
    holder->now = held;
    holder->generation++;
    (void)pthread_mutex_unlock(&holder->lock);
    pack_held_release(old);
    return WARD_OK;
}

enum ward_status pack_holder_reload(struct pack_holder *holder, const char *const *dirs,
                                    uint32_t dir_count, struct ward_error *err)
{
    const struct pack *pack;
    enum ward_status status = pack_load(dirs, dir_count, &pack, err);
    if (status != WARD_OK)
        return status;
    status = pack_holder_swap(holder, pack);
    if (status != WARD_OK) {
        pack_free(pack);
        return error_set(err, status, "out of memory");
    }
    return WARD_OK;
}
