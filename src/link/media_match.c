/**
 * Exact sets by sorting, near ones by multi-index hashing; all sets are joined at the end, so that
 * a picture with two kinds of hash ties both. See media_match.h.
 */
#include "link/media_match.h"

#include <stdlib.h>
#include <string.h>

#define PART_VALUES 65536u

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Exactly `words` * 16 hex digits. */
static bool read_hex(struct ward_str text, uint64_t *out, size_t words)
{
    if (text.len != words * 16)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const int value = hex_value(text.data[i]);
        if (value < 0)
            return false;
        out[i / 16] = i % 16 ? out[i / 16] << 4 | (uint64_t)value : (uint64_t)value;
    }
    return true;
}

static uint32_t bits_set(const uint64_t *words, size_t count)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (uint32_t)__builtin_popcountll(words[i]);
    return sum;
}

/* A sixteenth of the bits or fewer differ from a blank picture. */
static bool is_flat(const uint64_t *words, size_t count)
{
    const uint32_t set = bits_set(words, count), all = (uint32_t)count * 64;
    return set <= all / 16 || set >= all - all / 16;
}

void media_hash_read(struct media_hash *hash, const struct ward_media *media)
{
    *hash = (struct media_hash){0};
    hash->has_sha = read_hex(media->sha256, hash->sha, 4);
    hash->has_pdq = read_hex(media->pdq, hash->pdq, 4) && !is_flat(hash->pdq, 4);
    hash->has_phash = read_hex(media->phash, &hash->phash, 1) && !is_flat(&hash->phash, 1);
}

/* ---- sets ------------------------------------------------------------------------------------ */

static uint32_t find(uint32_t *parent, uint32_t at)
{
    while (parent[at] != at) {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    return at;
}

static void unite(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = find(parent, a);
    b = find(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

/* One kind of hash: which words, of how many bits in all. */
struct kind {
    size_t offset; /* of the words in struct media_hash */
    uint32_t words;
    uint32_t distance; /* 0: exact only */
};

static const uint64_t *words_of(const struct media_hash *hash, const struct kind *kind)
{
    return (const uint64_t *)(const void *)((const char *)hash + kind->offset);
}

struct sorting {
    const struct media_hash *hashes;
    const struct kind *kind;
};

static int by_words(const void *left, const void *right, void *context)
{
    const struct sorting *s = context;
    const uint64_t *a = words_of(&s->hashes[*(const uint32_t *)left], s->kind);
    const uint64_t *b = words_of(&s->hashes[*(const uint32_t *)right], s->kind);
    for (uint32_t i = 0; i < s->kind->words; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static uint32_t distance(const uint64_t *a, const uint64_t *b, uint32_t words)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < words; i++)
        sum += (uint32_t)__builtin_popcountll(a[i] ^ b[i]);
    return sum;
}

static uint32_t part_of(const uint64_t *words, uint32_t part)
{
    return (uint32_t)(words[part / 4] >> (part % 4 * 16)) & (PART_VALUES - 1);
}

/* The distinct hashes of one kind, with their own sets. */
struct distinct {
    const struct media_hash *hashes;
    const struct kind *kind;
    uint32_t *of; /* distinct number -> index of one picture with it */
    uint32_t count;
    uint32_t *parent; /* by distinct number */
    uint32_t *begin;  /* PART_VALUES + 1 */
    uint32_t *listed; /* distinct numbers by value of the part */
};

/* Joins distinct i with those before it whose part has `value`. */
static void probe(const struct distinct *d, uint32_t i, uint32_t value)
{
    const uint64_t *own = words_of(&d->hashes[d->of[i]], d->kind);
    const uint32_t words = d->kind->words;
    uint32_t end = d->begin[value + 1];
    if (end - d->begin[value] > MEDIA_BUCKET_MAX)
        end = d->begin[value] + MEDIA_BUCKET_MAX;
    for (uint32_t at = d->begin[value]; at < end; at++) {
        const uint32_t k = d->listed[at];
        if (k >= i)
            return;
        const uint32_t a = find(d->parent, i), b = find(d->parent, k);
        if (a == b ||
            distance(own, words_of(&d->hashes[d->of[k]], d->kind), words) > d->kind->distance)
            continue;
        if (distance(words_of(&d->hashes[d->of[a]], d->kind),
                     words_of(&d->hashes[d->of[b]], d->kind), words) <= 2 * d->kind->distance)
            unite(d->parent, a, b);
    }
}

static void match_part(const struct distinct *d, uint32_t part)
{
    memset(d->begin, 0, (PART_VALUES + 2) * sizeof *d->begin);
    for (uint32_t i = 0; i < d->count; i++)
        d->begin[part_of(words_of(&d->hashes[d->of[i]], d->kind), part) + 2]++;
    for (uint32_t v = 1; v < PART_VALUES + 2; v++)
        d->begin[v] += d->begin[v - 1];
    for (uint32_t i = 0; i < d->count; i++)
        d->listed[d->begin[part_of(words_of(&d->hashes[d->of[i]], d->kind), part) + 1]++] = i;
    for (uint32_t i = 0; i < d->count; i++) {
        const uint32_t value = part_of(words_of(&d->hashes[d->of[i]], d->kind), part);
        probe(d, i, value);
        for (uint32_t bit = 0; bit < 16; bit++)
            probe(d, i, value ^ 1u << bit);
    }
}

/* Sorted pictures `order` -> their distinct hashes; equal ones are joined at once. */
static void list_distinct(struct distinct *d, const uint32_t *order, uint32_t count,
                          uint32_t *parent)
{
    struct sorting sorting = {d->hashes, d->kind};
    for (uint32_t i = 0; i < count; i++) {
        if (i && by_words(&order[i - 1], &order[i], &sorting) == 0) {
            unite(parent, order[i - 1], order[i]);
            continue;
        }
        d->parent[d->count] = d->count;
        d->of[d->count++] = order[i];
    }
}

static enum ward_status match_kind(const struct media_hash *hashes, uint32_t *order, uint32_t count,
                                   const struct kind *kind, uint32_t *parent)
{
    if (!count)
        return WARD_OK;
    struct sorting sorting = {hashes, kind};
    qsort_r(order, count, sizeof *order, by_words, &sorting);
    uint32_t *space = malloc(((size_t)count * 3 + PART_VALUES + 2) * sizeof *space);
    if (!space)
        return WARD_ERR_NOMEM;
    struct distinct d = {.hashes = hashes,
                         .kind = kind,
                         .of = space,
                         .parent = space + count,
                         .listed = space + (size_t)count * 2,
                         .begin = space + (size_t)count * 3};
    list_distinct(&d, order, count, parent);
    for (uint32_t part = 0; kind->distance && d.count > 1 && part < kind->words * 4; part++)
        match_part(&d, part);
    for (uint32_t i = 0; i < d.count; i++)
        unite(parent, d.of[i], d.of[find(d.parent, i)]);
    free(space);
    return WARD_OK;
}

enum ward_status media_match(const struct media_hash *hashes, uint32_t count, uint32_t *number,
                             struct arena *work)
{
    static const struct kind kinds[3] = {
        {offsetof(struct media_hash, sha), 4, 0},
        {offsetof(struct media_hash, pdq), 4, MEDIA_PDQ_DISTANCE},
        {offsetof(struct media_hash, phash), 1, MEDIA_PHASH_DISTANCE},
    };
    uint32_t *order = arena_calloc(work, count + 1u, sizeof *order);
    if (!order)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < count; i++)
        number[i] = i;
    for (int k = 0; k < 3; k++) {
        uint32_t listed = 0;
        for (uint32_t i = 0; i < count; i++)
            if (k == 0 ? hashes[i].has_sha : k == 1 ? hashes[i].has_pdq : hashes[i].has_phash)
                order[listed++] = i;
        if (match_kind(hashes, order, listed, &kinds[k], number))
            return WARD_ERR_NOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        number[i] = find(number, i);
        if (!hashes[i].has_sha && !hashes[i].has_pdq && !hashes[i].has_phash)
            number[i] = MEDIA_NONE;
    }
    return WARD_OK;
}
