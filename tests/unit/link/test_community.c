/* Splitting a network into parts a person can read: tight parts stay whole, the ceiling holds,
 * parts hang together, and the answer is fixed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "link/community.h"

#define NODES_MAX 400u
#define ARCS_MAX 20000u

/** A network under construction: a matrix is plain to read and small enough. */
struct drawing {
    struct network net;
    double edge[NODES_MAX][NODES_MAX];
    uint32_t begin[NODES_MAX + 1], people[NODES_MAX], other[ARCS_MAX];
    double weight[ARCS_MAX];
    uint32_t label[NODES_MAX];
};

static struct drawing *draw(uint32_t nodes)
{
    struct drawing *d = calloc(1, sizeof *d);
    assert_non_null(d);
    assert_true(nodes <= NODES_MAX);
    d->net.node_count = nodes;
    for (uint32_t i = 0; i < nodes; i++)
        d->people[i] = 1;
    return d;
}

static void tie(struct drawing *d, uint32_t a, uint32_t b, double weight)
{
    d->edge[a][b] = d->edge[b][a] = weight;
}

/* Everybody of [begin, end) with everybody. */
static void clique(struct drawing *d, uint32_t begin, uint32_t end)
{
    for (uint32_t a = begin; a < end; a++)
        for (uint32_t b = a + 1; b < end; b++)
            tie(d, a, b, 1);
}

static void split(struct drawing *d, uint32_t people_max)
{
    struct arena work;
    uint32_t arc = 0;
    for (uint32_t a = 0; a < d->net.node_count; a++) {
        d->begin[a] = arc;
        for (uint32_t b = 0; b < d->net.node_count; b++)
            if (d->edge[a][b] > 0) {
                assert_true(arc < ARCS_MAX);
                d->other[arc] = b;
                d->weight[arc++] = d->edge[a][b];
            }
    }
    d->begin[d->net.node_count] = arc;
    d->net.begin = d->begin;
    d->net.other = d->other;
    d->net.weight = d->weight;
    d->net.people = d->people;
    arena_init(&work, 1u << 16, SIZE_MAX / 2);
    assert_int_equal(community_split(&d->net, people_max, d->label, &work), WARD_OK);
    arena_release(&work);
}

/* Nodes of the part of `node` that can be reached from it without leaving the part. */
static uint32_t reach(const struct drawing *d, uint32_t node)
{
    uint32_t queue[NODES_MAX];
    bool seen[NODES_MAX] = {false};
    uint32_t count = 1;
    queue[0] = node;
    seen[node] = true;
    for (uint32_t at = 0; at < count; at++)
        for (uint32_t b = 0; b < d->net.node_count; b++)
            if (d->edge[queue[at]][b] > 0 && !seen[b] && d->label[b] == d->label[node]) {
                seen[b] = true;
                queue[count++] = b;
            }
    return count;
}

/* What must hold of any answer. */
static void expect_parts(const struct drawing *d, uint32_t people_max)
{
    for (uint32_t i = 0; i < d->net.node_count; i++) {
        uint32_t nodes = 0;
        uint32_t people = 0;
        assert_true(d->label[i] <= i);
        assert_int_equal(d->label[d->label[i]], d->label[i]);
        for (uint32_t j = 0; j < d->net.node_count; j++)
            if (d->label[j] == d->label[i]) {
                nodes++;
                people += d->people[j];
            }
        assert_int_equal(reach(d, i), nodes);
        if (nodes > 1)
            assert_true(people <= people_max);
    }
}

static void two_circles_and_a_bridge(void **state)
{
    struct drawing *d = draw(20);
    (void)state;
    clique(d, 0, 10);
    clique(d, 10, 20);
    tie(d, 9, 10, 1);
    split(d, 100);
    expect_parts(d, 100);
    for (uint32_t i = 0; i < 20; i++)
        assert_int_equal(d->label[i], i < 10 ? 0 : 10);
    free(d);
}

static void one_circle_stays_whole(void **state)
{
    struct drawing *d = draw(30);
    (void)state;
    clique(d, 0, 30);
    split(d, 30);
    for (uint32_t i = 0; i < 30; i++)
        assert_int_equal(d->label[i], 0);
    free(d);
}

static void the_heavier_tie_decides(void **state)
{
    struct drawing *d = draw(11);
    (void)state;
    clique(d, 0, 5);
    clique(d, 5, 10);
    tie(d, 10, 2, 1);
    tie(d, 10, 7, 3);
    split(d, 100);
    expect_parts(d, 100);
    assert_int_equal(d->label[10], 5);
    assert_int_equal(d->label[0], 0);
    free(d);
}

static void no_ties_no_parts(void **state)
{
    struct drawing *d = draw(3);
    (void)state;
    split(d, 10);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(d->label[i], i);
    free(d);
    d = draw(0);
    split(d, 10);
    free(d);
}

/* A ceiling counts people, not nodes: handles and groups count nothing. */
static void the_ceiling_counts_people(void **state)
{
    struct drawing *d = draw(40);
    (void)state;
    clique(d, 0, 40);
    for (uint32_t i = 20; i < 40; i++)
        d->people[i] = 0;
    split(d, 20);
    expect_parts(d, 20);
    for (uint32_t i = 0; i < 40; i++)
        assert_int_equal(d->label[i], 0);
    split(d, 10);
    expect_parts(d, 10);
    free(d);
}

/* Random networks, planted circles and a long chain: what always holds does, twice the same. */
static void whatever_the_network(void **state)
{
    uint64_t r = 88172645463325252u;
    (void)state;
    for (int turn = 0; turn < 40; turn++) {
        uint32_t first[NODES_MAX];
        const uint32_t nodes = 20 + (uint32_t)turn * 4;
        const uint32_t ceiling = 3 + (uint32_t)turn % 12;
        struct drawing *d = draw(nodes);
        for (uint32_t i = 0; i < nodes; i++)
            d->people[i] = turn % 3 == 0 ? i % 2 : 1;
        for (uint32_t i = 0; i < 3 * nodes; i++) {
            r ^= r << 13;
            r ^= r >> 7;
            r ^= r << 17;
            const uint32_t a = (uint32_t)(r >> 20) % nodes;
            const uint32_t b = turn % 2 ? (uint32_t)(r >> 40) % nodes : (a + 1) % nodes;
            if (a != b)
                tie(d, a, b, 1 + (double)(r % 5));
        }
        split(d, ceiling);
        expect_parts(d, ceiling);
        memcpy(first, d->label, sizeof first);
        split(d, ceiling);
        assert_memory_equal(first, d->label, nodes * sizeof first[0]);
        free(d);
    }
}

/* Planted circles of 8 in a ring of 40: every one is found. */
static void planted_circles(void **state)
{
    struct drawing *d = draw(320);
    (void)state;
    for (uint32_t i = 0; i < 40; i++) {
        clique(d, 8 * i, 8 * i + 8);
        tie(d, 8 * i + 7, (8 * i + 8) % 320, 0.5);
    }
    split(d, 12);
    expect_parts(d, 12);
    for (uint32_t i = 0; i < 320; i++)
        assert_int_equal(d->label[i], i / 8 * 8);
    free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_circles_and_a_bridge),
                                       cmocka_unit_test(one_circle_stays_whole),
                                       cmocka_unit_test(the_heavier_tie_decides),
                                       cmocka_unit_test(no_ties_no_parts),
                                       cmocka_unit_test(the_ceiling_counts_people),
                                       cmocka_unit_test(whatever_the_network),
                                       cmocka_unit_test(planted_circles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
