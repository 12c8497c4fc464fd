/**
 * Token buckets: how many requests a second each key or address may send.
 *
 * A table of fixed size. Who finds no place of his own in his row takes over the one that was used
 * longest ago, so memory is bounded and a flood of addresses cannot lock others out.
 */
#ifndef WARD_HTTP_RATE_H
#define WARD_HTTP_RATE_H

#include "ward/ward.h"

struct http_rate;

/** `seed`: random, so that nobody can choose keys that share a row. NULL: no memory. */
struct http_rate *rate_new(uint64_t seed);
void rate_free(struct http_rate *rate);

/**
 * Takes one token of `key`. 0: taken; else milliseconds until there is one. `per_s` tokens come a
 * second, up to `burst`. Any thread; constant cost.
 */
uint32_t rate_take(struct http_rate *rate, struct ward_str key, int64_t now_ms, int64_t per_s,
                   int64_t burst);

#endif
