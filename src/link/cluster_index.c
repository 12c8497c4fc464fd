#include "link/cluster_index.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define BITS_FIRST 14u
/** Places behind the last line, so that a probe never wraps: longer than any run that occurs. A run
 * that reaches the end of the margin is full; what would go there is not kept. */
#define MARGIN 1024u
/** Places looked at for one tag. */
#define PROBE_MAX 256u

static size_t places_of(uint32_t bits)
{
    return ((size_t)1 << bits) + MARGIN;
}

static struct cluster_posting *places_new(uint32_t bits)
{
    struct cluster_posting *places = calloc(places_of(bits), sizeof *places);
    /* Look-ups are scattered: large pages spare most of the misses of address translation. A
     * refusal costs speed only. */
    if (places && bits >= 20) {
        const uintptr_t page = 1u << 21;
        const uintptr_t from = ((uintptr_t)places + page - 1) & ~(page - 1);
        const uintptr_t to = ((uintptr_t)places + places_of(bits) * sizeof *places) & ~(page - 1);
        if (to > from)
            (void)madvise((char *)places + (from - (uintptr_t)places), to - from, MADV_HUGEPAGE);
    }
    return places;
}

enum ward_status cluster_index_init(struct cluster_index *index)
{
    *index = (struct cluster_index){.bits = BITS_FIRST};
    index->places = places_new(BITS_FIRST);
    return index->places ? WARD_OK : WARD_ERR_NOMEM;
}

void cluster_index_release(struct cluster_index *index)
{
    free(index->places);
    *index = (struct cluster_index){0};
}

uint32_t cluster_index_find(const struct cluster_index *index, uint32_t tag, uint32_t *texts)
{
    const struct cluster_posting *at = cluster_index_line(index, tag);
    const struct cluster_posting *end = at + PROBE_MAX;
    uint32_t count = 0;
    for (; at != end && at->text; at++) {
        if (at->tag != tag)
            continue;
        texts[count++] = at->text - 1;
        if (count == CLUSTER_POSTINGS_MAX)
            break;
    }
    return count;
}

void cluster_index_add(struct cluster_index *index, uint32_t tag, uint32_t text)
{
    const size_t first = (size_t)(cluster_index_line(index, tag) - index->places);
    struct cluster_posting *at = index->places + first;
    const struct cluster_posting *end = at + PROBE_MAX;
    while (at != end && at->text && (at->tag != tag || at->text != text + 1))
        at++;
    if (at == end || at->text)
        return;
    *at = (struct cluster_posting){tag, text + 1};
    index->count++;
}

/* The lines of the old table are in the order of their tags, but for short runs: one pass. */
static enum ward_status grow(struct cluster_index *index)
{
    struct cluster_index grown = {.bits = index->bits + 1};
    if ((size_t)1 << grown.bits > CLUSTER_PLACES_MAX)
        return WARD_ERR_LIMIT;
    grown.places = places_new(grown.bits);
    if (!grown.places)
        return WARD_ERR_NOMEM;
    const size_t count = places_of(index->bits);
    for (size_t i = 0; i < count; i++)
        if (index->places[i].text)
            cluster_index_add(&grown, index->places[i].tag, index->places[i].text - 1);
    free(index->places);
    *index = grown;
    return WARD_OK;
}

enum ward_status cluster_index_reserve(struct cluster_index *index, uint32_t more)
{
    const uint64_t limit = ((uint64_t)1 << index->bits) / 8 * 5;
    return index->count + more <= limit ? WARD_OK : grow(index);
}
