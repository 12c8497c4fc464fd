/**
 * The pack in use, shared by threads and replaced while they run.
 *
 * A reader acquires, works, releases; a swap puts a new pack in place at once, and the old one is
 * freed when its last reader lets go. `pack_holder_reload` loads first and swaps only what loaded,
 * so a broken folder never replaces a good pack.
 *
 * Thread rules: every function may be called from any thread, except init and release. A mutex
 * guards one pointer and counters for a few instructions; readers take it once per batch, not per
 * event, so a lock-free scheme would buy nothing.
 */
#ifndef WARD_PACK_PACK_HOLDER_H
#define WARD_PACK_PACK_HOLDER_H

#include <pthread.h>

#include "pack/pack.h"

struct pack_held;

struct pack_holder {
    pthread_mutex_t lock;
    struct pack_held *now; /**< owned share; NULL before the first swap */
    uint64_t generation;   /**< swaps so far */
};

/** Starts without a pack. WARD_ERR_NOMEM when the lock cannot be made. */
enum ward_status pack_holder_init(struct pack_holder *holder) WARD_MUST_USE;
/** Gives up the holder's share; packs still acquired live until released. */
void pack_holder_release(struct pack_holder *holder);

/**
 * A share of the pack in use, or NULL if there is none yet. Valid until pack_held_release, whatever
 * is swapped meanwhile.
 */
struct pack_held *pack_holder_acquire(struct pack_holder *holder);
/** The pack of a share. */
const struct pack *pack_held_pack(const struct pack_held *held);
/** Gives a share back; the last one frees the pack. NULL is allowed. */
void pack_held_release(struct pack_held *held);

/** Puts `pack` in place and takes it over; on WARD_ERR_NOMEM the caller keeps it. */
enum ward_status pack_holder_swap(struct pack_holder *holder,
                                  const struct pack *pack) WARD_MUST_USE;
/** Loads folders and swaps; on failure the pack in use stays and `err` says why. */
enum ward_status pack_holder_reload(struct pack_holder *holder, const char *const *dirs,
                                    uint32_t dir_count, struct ward_error *err) WARD_MUST_USE;

#endif
