/* The graph under any sequence of adding and taking back has the components of its live edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "link/graph.h"

#define NODES 40u
#define STEPS 400u
#define WORLDS 60u

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(*state >> 33);
}

/* Components by repeated passes over all live edges: slow and plain. */
static void plain_components(const struct graph *graph, uint32_t *least)
{
    for (uint32_t i = 0; i < NODES; i++)
        least[i] = i;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t e = 0; e < graph->edge_count; e++) {
            const struct graph_edge *edge = &graph->edges[e];
            if (!edge->is_live || least[edge->a] == least[edge->b])
                continue;
            const uint32_t low = least[edge->a] < least[edge->b] ? least[edge->a] : least[edge->b];
            least[edge->a] = least[edge->b] = low;
            changed = true;
        }
    }
}

static void assert_components(const struct graph *graph)
{
    uint32_t least[NODES];
    plain_components(graph, least);
    for (uint32_t i = 0; i < NODES; i++) {
        assert_int_equal(graph_component(graph, i), least[i]);
        uint32_t ring = 0, at = i;
        do {
            assert_int_equal(least[at], least[i]);
            ring++;
            at = graph->next[at];
        } while (at != i);
        assert_int_equal(ring, graph->size[graph->root[i]]);
    }
}

static void test_any_sequence_equals_a_rebuild(void **state)
{
    (void)state;
    for (uint64_t world = 1; world <= WORLDS; world++) {
        uint64_t random = world;
        struct graph graph;
        assert_int_equal(graph_init(&graph, NODES), WARD_OK);
        for (uint32_t step = 0; step < STEPS; step++) {
            if (graph.edge_count && next_random(&random) % 100 < 45) {
                graph_take_back(&graph, next_random(&random) % graph.edge_count);
            } else {
                const uint32_t a = next_random(&random) % NODES, b = next_random(&random) % NODES;
                assert_int_equal(graph_add(&graph, a, b, next_random(&random) % 8, NULL), WARD_OK);
            }
            if (step % 7 == 0)
                assert_components(&graph);
        }
        graph_release(&graph);
    }
}

static void test_parting_separates_and_takes_no_more_than_needed(void **state)
{
    (void)state;
    struct graph graph;
    enum ward_status status;
    assert_int_equal(graph_init(&graph, NODES), WARD_OK);
    assert_int_equal(graph_add(&graph, 0, 1, 3, NULL), WARD_OK);
    assert_int_equal(graph_add(&graph, 1, 2, 1, NULL), WARD_OK);
    assert_int_equal(graph_add(&graph, 2, 3, 5, NULL), WARD_OK);
    assert_int_equal(graph_part(&graph, 0, 3, &status), 1);
    assert_int_equal(status, WARD_OK);
    assert_true(graph_is_joined(&graph, 0, 1));
    assert_true(graph_is_joined(&graph, 2, 3));
    assert_false(graph_is_joined(&graph, 1, 2));
    assert_components(&graph);
    graph_release(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_sequence_equals_a_rebuild),
        cmocka_unit_test(test_parting_separates_and_takes_no_more_than_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
