/**
 * Equal nodes and equal sets of signals exist once, whatever rule asks for them.
 */
#include <string.h>

#include "pack/condition_parser.h"

#define SPACE_NODES 0u
#define SPACE_SETS 1u

static uint32_t depth_of(const struct conditions *all, uint16_t node)
{
    return ((const uint8_t *)all->depths.at)[node];
}

static bool has_children(uint8_t op, bool *two)
{
    *two = op == COND_AND || op == COND_OR;
    return *two || op == COND_NOT;
}

enum ward_status parser_node(struct parser *parser, const struct cond_node *wanted, uint16_t *out)
{
    struct conditions *all = parser->all;
    struct cond_node key;
    memset(&key, 0, sizeof key); /* padding takes part in the comparison */
    key.op = wanted->op;
    key.scope = wanted->scope;
    key.compare = wanted->compare;
    key.a = wanted->a;
    key.b = wanted->b;
    key.left = wanted->left;
    key.right = wanted->right;
    key.value = wanted->value;
    const struct ward_str bytes = {(const char *)&key, sizeof key};
    uint32_t index;
    if (name_map_find(&all->shared, SPACE_NODES, bytes, &index)) {
        *out = (uint16_t)index;
        return WARD_OK;
    }
    if (all->nodes.count > UINT16_MAX)
        return parser_fail(parser, 0, "more than 65536 different conditions in all packs");
    bool two;
    uint32_t depth = 1;
    if (has_children(key.op, &two)) {
        const uint32_t left = depth_of(all, key.left);
        const uint32_t right = two ? depth_of(all, key.right) : 0;
        depth += left > right ? left : right;
    }
    if (depth > COND_DEPTH_MAX)
        return parser_fail(parser, parser->token.at, "nested too deeply");
    const struct ward_str kept = arena_copy(all->arena, bytes);
    struct cond_node *node = kept.data ? rows_add(&all->nodes) : NULL;
    uint8_t *deep = node ? rows_add(&all->depths) : NULL;
    if (!deep)
        return WARD_ERR_NOMEM;
    *node = key;
    *deep = (uint8_t)depth;
    *out = (uint16_t)(all->nodes.count - 1);
    return name_map_put(&all->shared, SPACE_NODES, kept, *out);
}

static enum ward_status set_fill(struct conditions *all, const uint64_t *bits, struct pack_set *set)
{
    for (uint32_t i = 0; i < all->signal_count; i++)
        set->count += (uint32_t)(bits[i / 64] >> (i % 64)) & 1u;
    uint16_t *signals = arena_calloc(all->arena, set->count, sizeof *signals);
    if (!signals)
        return WARD_ERR_NOMEM;
    uint32_t at = 0;
    for (uint32_t i = 0; i < all->signal_count; i++) {
        if ((bits[i / 64] >> (i % 64)) & 1u)
            signals[at++] = (uint16_t)i;
    }
    set->signals = signals;
    set->bits = bits;
    return WARD_OK;
}

enum ward_status parser_set(struct parser *parser, const struct signal_list *list, uint16_t *out)
{
    struct conditions *all = parser->all;
    const struct ward_str bytes = {(const char *)list->bits,
                                   all->signal_words * sizeof *list->bits};
    uint32_t index;
    if (name_map_find(&all->shared, SPACE_SETS, bytes, &index)) {
        *out = (uint16_t)index;
        return WARD_OK;
    }
    if (all->sets.count > UINT16_MAX)
        return parser_fail(parser, list->at,
                           "more than 65536 different lists of signals in all packs");
    struct pack_set *set = rows_add(&all->sets);
    if (!set || set_fill(all, list->bits, set) != WARD_OK)
        return WARD_ERR_NOMEM;
    *out = (uint16_t)(all->sets.count - 1);
    return name_map_put(&all->shared, SPACE_SETS, bytes, *out);
}
