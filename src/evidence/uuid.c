/**
 * SHA-1 (FIPS 180-4) is here because version 5 asks for it: it names things and protects nothing.
 */
#include "evidence/uuid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct uuid uuid_ward = {{0x5b, 0x1d, 0x0e, 0x6a, 0x2f, 0x5c, 0x4c, 0x7e, 0x9a, 0x41, 0x7d,
                                0x33, 0xc8, 0x60, 0xb2, 0x94}};

/* ---- SHA-1 ----------------------------------------------------------------------------------- */

struct sha1 {
    uint32_t h[5];
    uint64_t bytes;
    unsigned char block[64];
};

static uint32_t turn(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static void mix(struct sha1 *s)
{
    uint32_t w[80];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)s->block[4 * i] << 24 | (uint32_t)s->block[4 * i + 1] << 16 |
               (uint32_t)s->block[4 * i + 2] << 8 | s->block[4 * i + 3];
    for (int i = 16; i < 80; i++)
        w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    uint32_t a = s->h[0], b = s->h[1], c = s->h[2], d = s->h[3], e = s->h[4];
    for (int i = 0; i < 80; i++) {
        uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5A827999u
                     : i < 40 ? (b ^ c ^ d) + 0x6ED9EBA1u
                     : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDCu
                              : (b ^ c ^ d) + 0xCA62C1D6u;
        f += turn(a, 5) + e + w[i];
        e = d;
        d = c;
        c = turn(b, 30);
        b = a;
        a = f;
    }
    s->h[0] += a;
    s->h[1] += b;
    s->h[2] += c;
    s->h[3] += d;
    s->h[4] += e;
}

static void add(struct sha1 *s, const void *data, size_t len)
{
    const unsigned char *at = data;
    for (size_t i = 0; i < len; i++) {
        s->block[s->bytes++ % 64] = at[i];
        if (s->bytes % 64 == 0)
            mix(s);
    }
}

static void finish(struct sha1 *s)
{
    const uint64_t bits = s->bytes * 8;
    unsigned char tail[8];
    add(s, "\x80", 1);
    while (s->bytes % 64 != 56)
        add(s, "", 1);
    for (unsigned i = 0; i < 8; i++)
        tail[i] = (unsigned char)(bits >> (56 - 8 * i));
    add(s, tail, sizeof tail);
}

/* ---- ids ------------------------------------------------------------------------------------- */

void uuid_v5(const struct uuid *space, const struct ward_str *parts, size_t count, struct uuid *out)
{
    struct sha1 s = {.h = {0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u}};
    add(&s, space->bytes, sizeof space->bytes);
    for (size_t i = 0; i < count; i++) {
        if (i)
            add(&s, "\x1F", 1);
        if (parts[i].len)
            add(&s, parts[i].data, parts[i].len);
    }
    finish(&s);
    for (unsigned i = 0; i < sizeof out->bytes; i++)
        out->bytes[i] = (unsigned char)(s.h[i / 4] >> (24 - 8 * (i % 4)));
    out->bytes[6] = (unsigned char)((out->bytes[6] & 0x0F) | 0x50);
    out->bytes[8] = (unsigned char)((out->bytes[8] & 0x3F) | 0x80);
}

void uuid_text(const struct uuid *id, char out[UUID_TEXT_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;
    for (unsigned i = 0; i < sizeof id->bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out[at++] = '-';
        out[at++] = digits[id->bytes[i] >> 4];
        out[at++] = digits[id->bytes[i] & 15];
    }
    out[at] = 0;
}

/* ---- sets ------------------------------------------------------------------------------------ */

static bool is_free(const struct uuid *slot)
{
    static const struct uuid none;
    return memcmp(slot, &none, sizeof none) == 0;
}

/* Where `id` stands or would stand; there is always a free slot. */
static struct uuid *slot_of(struct uuid *slots, size_t capacity, const struct uuid *id)
{
    uint64_t hash;
    memcpy(&hash, id->bytes, sizeof hash);
    size_t at = (size_t)hash & (capacity - 1);
    while (!is_free(&slots[at]) && memcmp(&slots[at], id, sizeof *id) != 0)
        at = (at + 1) & (capacity - 1);
    return &slots[at];
}

static enum ward_status grow(struct uuid_set *set)
{
    const size_t capacity = set->capacity ? set->capacity * 2 : 256;
    struct uuid *slots = calloc(capacity, sizeof *slots);
    if (!slots)
        return WARD_ERR_NOMEM;
    for (size_t i = 0; i < set->capacity; i++)
        if (!is_free(&set->slots[i]))
            *slot_of(slots, capacity, &set->slots[i]) = set->slots[i];
    free(set->slots);
    set->slots = slots;
    set->capacity = capacity;
    return WARD_OK;
}

enum ward_status uuid_set_add(struct uuid_set *set, const struct uuid *id, bool *is_new)
{
    *is_new = false;
    if (set->count * 2 >= set->capacity && grow(set) != WARD_OK)
        return WARD_ERR_NOMEM;
    struct uuid *slot = slot_of(set->slots, set->capacity, id);
    if (!is_free(slot))
        return WARD_OK;
    *slot = *id;
    set->count++;
    *is_new = true;
    return WARD_OK;
}

void uuid_set_release(struct uuid_set *set)
{
    free(set->slots);
    *set = (struct uuid_set){0};
}
