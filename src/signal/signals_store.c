/**
 * Each array of a result grows on its own and is kept; handle values live in one block of the
 * store, so that a result can outlive the scratch it was read with.
 */
#include "signal/signals_store.h"

#include <stdlib.h>
#include <string.h>

struct signals_store {
    uint32_t hits, words, prices, children, places, handles, clauses; /* capacities */
    char *values;
    uint32_t values_capacity;
};

void signals_init(struct signals *signals)
{
    memset(signals, 0, sizeof *signals);
}

void signals_release(struct signals *signals)
{
    free(signals->hits);
    free(signals->bits);
    free(signals->prices);
    free(signals->children);
    free(signals->places);
    free(signals->handles);
    free(signals->clauses);
    if (signals->store)
        free(signals->store->values);
    free(signals->store);
    signals_init(signals);
}

void signals_clear(struct signals *signals)
{
    signals->hit_count = signals->price_count = signals->child_count = 0;
    signals->place_count = signals->handle_count = signals->clause_count = 0;
    signals->unit_count = signals->disguises = signals->disguised_count = 0;
    signals->line_count = 1;
    if (signals->bits)
        memset(signals->bits, 0, signals->signal_words * sizeof *signals->bits);
}

/** Grows `*array` of `size`-byte elements to hold `count`. */
static enum ward_status grow(void **array, uint32_t *capacity, uint32_t count, size_t size)
{
    if (count <= *capacity)
        return WARD_OK;
    const uint32_t more = count + count / 2 + 8;
    void *moved = realloc(*array, more * size);
    if (!moved)
        return WARD_ERR_NOMEM;
    *array = moved;
    *capacity = more;
    return WARD_OK;
}

#define GROW(signals, array, count)                                                                \
    grow((void **)&(signals)->array, &(signals)->store->array, (count), sizeof *(signals)->array)

static enum ward_status prepare_store(struct signals *signals)
{
    if (!signals->store)
        signals->store = calloc(1, sizeof *signals->store);
    return signals->store ? WARD_OK : WARD_ERR_NOMEM;
}

enum ward_status signals_reserve(struct signals *signals, uint32_t hits, uint32_t clauses,
                                 uint32_t signal_words)
{
    enum ward_status status = prepare_store(signals);
    if (!status)
        status = GROW(signals, hits, hits);
    if (!status)
        status = GROW(signals, clauses, clauses);
    if (!status)
        status = grow((void **)&signals->bits, &signals->store->words, signal_words,
                      sizeof *signals->bits);
    if (status)
        return status;
    signals->signal_words = signal_words;
    if (signals->bits)
        memset(signals->bits, 0, signal_words * sizeof *signals->bits);
    return WARD_OK;
}

static void copy(void *to, const void *from, size_t bytes)
{
    if (bytes)
        memcpy(to, from, bytes);
}

enum ward_status signals_put_facts(struct signals *signals, const struct facts *facts)
{
    enum ward_status status = prepare_store(signals);
    if (!status)
        status = GROW(signals, prices, facts->price_count);
    if (!status)
        status = GROW(signals, children, facts->child_count);
    if (!status)
        status = GROW(signals, places, facts->place_count);
    if (!status)
        status = GROW(signals, handles, facts->handle_count);
    const uint32_t value_bytes = facts->handle_count ? facts->values.len : 0;
    if (!status)
        status = grow((void **)&signals->store->values, &signals->store->values_capacity,
                      value_bytes, 1);
    if (status)
        return status;
    signals->price_count = facts->price_count;
    signals->child_count = facts->child_count;
    signals->place_count = facts->place_count;
    signals->handle_count = facts->handle_count;
    copy(signals->prices, facts->prices, facts->price_count * sizeof *facts->prices);
    copy(signals->children, facts->children, facts->child_count * sizeof *facts->children);
    copy(signals->places, facts->places, facts->place_count * sizeof *facts->places);
    copy(signals->handles, facts->handles, facts->handle_count * sizeof *facts->handles);
    copy(signals->store->values, facts->values.data, value_bytes);
    for (uint32_t i = 0; i < signals->handle_count; i++)
        signals->handles[i].value.data =
            signals->store->values + (facts->handles[i].value.data - facts->values.data);
    return WARD_OK;
}

/* ---- copies ---------------------------------------------------------------------------------- */

static size_t aligned(size_t bytes)
{
    return (bytes + 15u) & ~(size_t)15u;
}

static size_t value_bytes_of(const struct signals *from)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < from->handle_count; i++)
        bytes += from->handles[i].value.len + 1;
    return bytes;
}

size_t signals_copy_bytes(const struct signals *from)
{
    return aligned(sizeof *from) + aligned(from->hit_count * sizeof *from->hits) +
           aligned(from->signal_words * sizeof *from->bits) +
           aligned(from->price_count * sizeof *from->prices) +
           aligned(from->child_count * sizeof *from->children) +
           aligned(from->place_count * sizeof *from->places) +
           aligned(from->handle_count * sizeof *from->handles) +
           aligned(from->clause_count * sizeof *from->clauses) + value_bytes_of(from);
}

/** Copies `bytes` to `*at` and moves on; NULL when there are none. */
static void *place(char **at, const void *from, size_t bytes)
{
    void *to = *at;
    if (!bytes)
        return NULL;
    memcpy(to, from, bytes);
    *at += aligned(bytes);
    return to;
}

enum ward_status signals_copy(const struct signals *from, struct signals **out)
{
    *out = NULL;
    char *at = malloc(signals_copy_bytes(from));
    if (!at)
        return WARD_ERR_NOMEM;
    struct signals *made = place(&at, from, sizeof *from);
    made->store = NULL;
    made->hits = place(&at, from->hits, from->hit_count * sizeof *from->hits);
    made->bits = place(&at, from->bits, from->signal_words * sizeof *from->bits);
    made->prices = place(&at, from->prices, from->price_count * sizeof *from->prices);
    made->children = place(&at, from->children, from->child_count * sizeof *from->children);
    made->places = place(&at, from->places, from->place_count * sizeof *from->places);
    made->handles = place(&at, from->handles, from->handle_count * sizeof *from->handles);
    made->clauses = place(&at, from->clauses, from->clause_count * sizeof *from->clauses);
    for (uint32_t i = 0; i < made->handle_count; i++) {
        memcpy(at, made->handles[i].value.data, made->handles[i].value.len + 1);
        made->handles[i].value.data = at;
        at += made->handles[i].value.len + 1;
    }
    *out = made;
    return WARD_OK;
}

void signals_free_copy(struct signals *made)
{
    free(made);
}
