/* Any bytes as a condition: a clear refusal with a place inside, or nodes that hold together. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "pack/condition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_nodes(const struct conditions *all, uint16_t root)
{
    const struct cond_node *nodes = all->nodes.at;
    const struct pack_set *sets = all->sets.at;
    if (root >= all->nodes.count)
        abort();
    for (uint32_t i = 0; i < all->nodes.count; i++) {
        const struct cond_node *node = &nodes[i];
        const bool two = node->op == COND_AND || node->op == COND_OR;
        if ((two || node->op == COND_NOT) && node->left >= i)
            abort();
        if (two && node->right >= i)
            abort();
        if (!two && node->op != COND_NOT && node->op != COND_FACT &&
            (node->a >= all->sets.count || !sets[node->a].count))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pack_signal signals[] = {
        {.name = {"child-word", 10}, .slot = SLOT_OBJECT, .reading = {"any", 3}},
        {.name = {"price", 5}, .slot = SLOT_CONSIDERATION, .reading = {"any", 3}},
        {.name = {"pet-word", 8}, .slot = SLOT_SCENE, .reading = {"pet", 3}},
        {.name = {"pet-cat", 7}, .slot = SLOT_SCENE, .reading = {"pet", 3}}};
    struct arena arena;
    struct conditions all;
    struct condition_fault fault;
    uint16_t root;
    arena_init(&arena, 4096, 1u << 24);
    conditions_init(&all, signals, 4, &arena);
    const struct ward_str text = {(const char *)data, size};
    const enum ward_status status = conditions_add(&all, text, &root, &fault);
    if (status == WARD_OK)
        check_nodes(&all, root);
    else if (fault.at > size || !fault.message[0])
        abort();
    conditions_release(&all);
    arena_release(&arena);
    return 0;
}
