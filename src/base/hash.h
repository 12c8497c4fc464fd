/**
 * Non-cryptographic 64-bit hashing for tables and shards. Stable across runs and machines of either
 * byte order is not needed: nothing hashed here is written to disk.
 */
#ifndef WARD_BASE_HASH_H
#define WARD_BASE_HASH_H

#include <string.h>

#include "ward/ward.h"

/** Finalizer of MurmurHash3 (Austin Appleby, public domain): full avalanche of 64 bits. */
static inline uint64_t hash_u64(uint64_t x)
{
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    return x ^ (x >> 33);
}

/** Hash of bytes, 8 at a time; `seed` chains several fields. */
static inline uint64_t hash_bytes(const void *data, size_t len, uint64_t seed)
{
    const unsigned char *at = data;
    uint64_t h = seed ^ (len * 0x9e3779b97f4a7c15ULL);
    while (len >= 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        h = hash_u64(h ^ word);
        at += 8;
        len -= 8;
    }
    if (len) {
        uint64_t word = 0;
        memcpy(&word, at, len);
        h = hash_u64(h ^ word);
    }
    return h;
}

static inline uint64_t hash_str(struct ward_str text, uint64_t seed)
{
    return hash_bytes(text.data, text.len, seed);
}

#endif
