/**
 * The literal search: filter by hashed prefix, then compare. See literal.h for the plan.
 *
 * Why not Aho-Corasick or Vectorscan: on messages of about 46 bytes the cost of a call and the
 * automaton's cache misses dominate; a filter of a few bits a term stays in the second-level cache
 * for 50,000 terms. Filter sizes are powers of two at 16 bits a key or more, so that about one
 * start in twenty passes by chance.
 */
#include "match/literal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define CHUNK_BYTES 64u
#define PAD_BYTES 8u

/* Bytes of key a class uses, widest first; the last class is the single byte. */
static const uint8_t key_bytes[LITERAL_CLASSES] = {8, 6, 3, 2, 1};

struct literal_entry {
    uint32_t text; /**< offset into `pool` */
    uint32_t len;
    uint32_t id;
    uint32_t hash; /**< upper half of the key's hash */
};

struct literal_class {
    uint64_t *filter;  /**< owned bits */
    uint32_t *buckets; /**< owned; 2^bucket_bits + 1 offsets into `entries` */
    struct literal_entry *entries;
    uint32_t count;
    uint32_t filter_shift; /**< 64 - log2(bits) */
    uint32_t bucket_shift;
    size_t held_bytes;
};

struct literal {
    struct literal_class classes[LITERAL_CLASSES];
    uint32_t active[LITERAL_CLASSES]; /**< indices of classes that hold terms */
    uint32_t active_count;
    uint32_t count;
    char *pool;
    size_t pool_bytes;
};

static uint64_t key_mask(uint32_t class)
{
    return key_bytes[class] == 8 ? ~0ULL : (1ULL << (8u * key_bytes[class])) - 1u;
}

/* One multiplication spreads well enough: the upper bits are used. */
static inline uint64_t key_hash(uint64_t key)
{
    key *= 0x9e3779b97f4a7c15ULL;
    return (key ^ (key >> 29)) * 0xbf58476d1ce4e5b9ULL;
}

static uint64_t load_key(const char *at, size_t len)
{
    uint64_t key = 0;
    memcpy(&key, at, len < 8 ? len : 8);
    return key;
}

static uint32_t class_of(size_t len)
{
    for (uint32_t c = 0; c < LITERAL_CLASSES; c++)
        if (len >= key_bytes[c])
            return c;
    return LITERAL_CLASSES - 1;
}

static uint32_t bits_for(uint64_t count, uint32_t least)
{
    uint32_t bits = least;
    while (bits < 31 && (1ULL << bits) < count)
        bits++;
    return bits;
}

static int entry_order(const void *a, const void *b)
{
    const struct literal_entry *x = a;
    const struct literal_entry *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Filter and buckets from the entries, which are sorted here. */
static enum ward_status class_index(struct literal_class *class, const char *pool, uint64_t mask)
{
    const uint32_t filter_bits = bits_for((uint64_t) class->count * 32u, 12);
    const uint32_t bucket_bits = bits_for(class->count, 4);
    const size_t filter_bytes = (size_t)1 << (filter_bits - 3);
    const size_t bucket_bytes = (((size_t)1 << bucket_bits) + 1) * sizeof(uint32_t);
    class->filter = calloc(1, filter_bytes);
    class->buckets = calloc(1, bucket_bytes);
    if (!class->filter || !class->buckets)
        return WARD_ERR_NOMEM;
    class->filter_shift = 64 - filter_bits;
    class->bucket_shift = 32 - bucket_bits;
    class->held_bytes = filter_bytes + bucket_bytes + class->count * sizeof(struct literal_entry);
    for (uint32_t i = 0; i < class->count; i++) {
        struct literal_entry *entry = &class->entries[i];
        const uint64_t hash = key_hash(load_key(pool + entry->text, entry->len) & mask);
        const uint64_t bit = hash >> class->filter_shift;
        class->filter[bit >> 6] |= 1ULL << (bit & 63u);
        entry->hash = (uint32_t)(hash >> 32);
    }
    qsort(class->entries, class->count, sizeof(class->entries[0]), entry_order);
    for (uint32_t i = 0; i < class->count; i++)
        class->buckets[(class->entries[i].hash >> class->bucket_shift) + 1]++;
    for (size_t b = 0; b < (size_t)1 << bucket_bits; b++)
        class->buckets[b + 1] += class->buckets[b];
    return WARD_OK;
}

static enum ward_status place_terms(struct literal *made, const struct literal_term *terms,
                                    uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        made->classes[class_of(terms[i].text.len)].count++;
    for (uint32_t c = 0; c < LITERAL_CLASSES; c++) {
        struct literal_class *class = &made->classes[c];
        if (!class->count)
            continue;
        class->entries = calloc(class->count, sizeof(class->entries[0]));
        if (!class->entries)
            return WARD_ERR_NOMEM;
        class->count = 0;
        made->active[made->active_count++] = c;
    }
    size_t used = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct literal_class *class = &made->classes[class_of(terms[i].text.len)];
        memcpy(made->pool + used, terms[i].text.data, terms[i].text.len);
        class->entries[class->count++] = (struct literal_entry){
            .text = (uint32_t)used, .len = (uint32_t)terms[i].text.len, .id = terms[i].id};
        used += terms[i].text.len;
    }
    return WARD_OK;
}

enum ward_status literal_build(const struct literal_term *terms, uint32_t count,
                               struct literal **out)
{
    assert(out && (terms || !count));
    *out = NULL;
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        assert(terms[i].text.len);
        bytes += terms[i].text.len;
    }
    if (bytes > UINT32_MAX)
        return WARD_ERR_LIMIT;
    enum ward_status status = WARD_ERR_NOMEM;
    struct literal *made = calloc(1, sizeof(*made));
    if (!made)
        return status;
    made->count = count;
    made->pool_bytes = bytes;
    made->pool = malloc(bytes ? bytes : 1);
    if (!made->pool)
        goto out;
    status = place_terms(made, terms, count);
    for (uint32_t a = 0; status == WARD_OK && a < made->active_count; a++) {
        const uint32_t c = made->active[a];
        status = class_index(&made->classes[c], made->pool, key_mask(c));
    }
out:
    if (status == WARD_OK)
        *out = made;
    else
        literal_free(made);
    return status;
}

void literal_free(struct literal *literal)
{
    if (!literal)
        return;
    for (uint32_t c = 0; c < LITERAL_CLASSES; c++) {
        free(literal->classes[c].filter);
        free(literal->classes[c].buckets);
        free(literal->classes[c].entries);
    }
    free(literal->pool);
    free(literal);
}

size_t literal_bytes(const struct literal *literal)
{
    size_t bytes = sizeof(*literal) + literal->pool_bytes;
    for (uint32_t c = 0; c < LITERAL_CLASSES; c++)
        bytes += literal->classes[c].held_bytes;
    return bytes;
}

uint32_t literal_count(const struct literal *literal)
{
    return literal->count;
}

/* ---- Search ---------------------------------------------------------------------------------- */

struct search {
    const struct literal *literal;
    struct ward_str text;
    literal_found found;
    void *user;
};

/* Compares every term of the class whose key hash fits; false when the user stops. */
static bool check_bucket(const struct search *s, uint32_t c, uint64_t hash, size_t at)
{
    const struct literal_class *class = &s->literal->classes[c];
    const uint32_t upper = (uint32_t)(hash >> 32);
    const uint32_t bucket = upper >> class->bucket_shift;
    const uint32_t end = class->buckets[bucket + 1];
    for (uint32_t i = class->buckets[bucket]; i < end; i++) {
        const struct literal_entry *entry = &class->entries[i];
        if (entry->hash != upper || entry->len > s->text.len - at)
            continue;
        if (memcmp(s->text.data + at, s->literal->pool + entry->text, entry->len) != 0)
            continue;
        if (!s->found(s->user, entry->id, at, entry->len))
            return false;
    }
    return true;
}

static inline bool check_start(const struct search *s, uint64_t word, size_t at)
{
    const struct literal *literal = s->literal;
    for (uint32_t a = 0; a < literal->active_count; a++) {
        const uint32_t c = literal->active[a];
        const struct literal_class *class = &literal->classes[c];
        const uint64_t hash = key_hash(word & key_mask(c));
        const uint64_t bit = hash >> class->filter_shift;
        if (class->filter[bit >> 6] >> (bit & 63u) & 1u)
            if (!check_bucket(s, c, hash, at))
                return false;
    }
    return true;
}

/* Bit i is set where byte i of eight is not a continuation byte (10xxxxxx). */
static inline uint32_t starts_of_eight(uint64_t word)
{
    const uint64_t tails = (word >> 7) & ~(word >> 6) & 0x0101010101010101ULL;
    return (uint32_t)(((tails ^ 0x0101010101010101ULL) * 0x0102040810204080ULL) >> 56);
}

static uint64_t starts_of_chunk(const char *at)
{
    uint64_t mask = 0;
    for (uint32_t i = 0; i < CHUNK_BYTES / 8; i++) {
        uint64_t word;
        memcpy(&word, at + 8u * i, 8);
        mask |= (uint64_t)starts_of_eight(word) << (8u * i);
    }
    return mask;
}

/* Visits the starts of one chunk whose bytes, and 8 more, can be read at `window`. */
static bool scan_chunk(const struct search *s, const char *window, size_t base, uint64_t starts)
{
    while (starts) {
        const uint32_t i = (uint32_t)__builtin_ctzll(starts);
        starts &= starts - 1;
        uint64_t word;
        memcpy(&word, window + i, 8);
        if (!check_start(s, word, base + i))
            return false;
    }
    return true;
}

void literal_scan(const struct literal *literal, struct ward_str text, literal_found found,
                  void *user)
{
    assert(literal && found && (text.data || !text.len));
    if (!literal->active_count)
        return;
    const struct search s = {literal, text, found, user};
    size_t at = 0;
    for (; text.len - at >= CHUNK_BYTES + PAD_BYTES; at += CHUNK_BYTES)
        if (!scan_chunk(&s, text.data + at, at, starts_of_chunk(text.data + at)))
            return;
    while (at < text.len) {
        char window[CHUNK_BYTES + PAD_BYTES] = {0};
        const size_t left = text.len - at;
        const size_t here = left < sizeof(window) ? left : sizeof(window);
        memcpy(window, text.data + at, here);
        const size_t own = left < CHUNK_BYTES ? left : CHUNK_BYTES;
        uint64_t starts = starts_of_chunk(window);
        if (own < 64)
            starts &= (1ULL << own) - 1;
        if (!scan_chunk(&s, window, at, starts))
            return;
        at += own;
    }
}
