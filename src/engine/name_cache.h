/**
 * Signals of aliases and group names, remembered by string: the same names head millions of
 * messages. One cache belongs to one scratch. Four-way set associative, least recently used out
 * first; bounded by NAME_CACHE_ENTRIES and by the length of names it takes.
 */
#ifndef WARD_ENGINE_NAME_CACHE_H
#define WARD_ENGINE_NAME_CACHE_H

#include "signal/signals.h"

#define NAME_CACHE_ENTRIES 4096u
/** Longer names are read each time. */
#define NAME_CACHE_KEY_BYTES 96u

struct name_cache;

enum ward_status name_cache_new(struct name_cache **out) WARD_MUST_USE;
void name_cache_free(struct name_cache *cache);

/**
 * The signals of `name` read as `field`, or NULL if not held (or too long to be). Borrowed until
 * the second name_cache_put from now: the entry used last is never the one to go.
 */
const struct signals *name_cache_get(struct name_cache *cache, struct ward_str name,
                                     enum signal_field field);

/** Keeps a copy of `signals` for `name`; when memory is short or the name too long, does nothing:
 * the cache only saves time. */
void name_cache_put(struct name_cache *cache, struct ward_str name, enum signal_field field,
                    const struct signals *signals);

#endif
