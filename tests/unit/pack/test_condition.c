/*
 * Conditions: what they compile to, and agreement with a reference reading: random expressions are
 * written as text and also evaluated directly on random findings; the compiled nodes must say the
 * same. The reference never looks at sets or nodes: it asks every signal by name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"
#include "pack/condition.h"

#define SIGNALS 70u /* more than one word of bits */
#define FAMILIES 7u

static char names[SIGNALS][16];
static struct pack_signal signals[SIGNALS];
static const char *const readings[] = {"any", "pet", "doll", "trade"};

/* Signal i is named "f<i % 7>-s<i>", so that "f3-*" is a family of ten. */
static int signals_make(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SIGNALS; i++) {
        (void)snprintf(names[i], sizeof names[i], "f%u-s%u", i % FAMILIES, i);
        signals[i] = (struct pack_signal){.name = str_of(names[i]),
                                          .slot = (enum pack_slot)(i % SLOT_COUNT),
                                          .reading = str_of(readings[i % 4])};
    }
    return 0;
}

/* What was found: counts in every scope, one position of each signal of the text. */
struct world {
    uint8_t hits[SCOPE_COUNT][SIGNALS];
    uint32_t begin[SIGNALS]; /* of the hit in a scope: unit; length 2 */
    int64_t facts[FACT_COUNT];
};

struct draw {
    uint64_t seed;
};

static uint32_t draw(struct draw *from, uint32_t below)
{
    from->seed = hash_u64(from->seed + 0x9e3779b97f4a7c15ULL);
    return (uint32_t)(from->seed % below);
}

static void world_make(struct draw *from, struct world *world)
{
    memset(world, 0, sizeof *world);
    for (uint32_t scope = 0; scope < SCOPE_COUNT; scope++)
        for (uint32_t i = 0; i < SIGNALS; i++)
            world->hits[scope][i] = draw(from, 12) == 0 ? (uint8_t)(1 + draw(from, 2)) : 0;
    for (uint32_t i = 0; i < SIGNALS; i++)
        world->begin[i] = draw(from, 60);
    for (uint32_t i = 0; i < FACT_COUNT; i++)
        world->facts[i] = draw(from, 6);
    if (draw(from, 3) == 0)
        world->facts[FACT_PRICE_FEN] = world->facts[FACT_CHILD_AGE] = COND_ABSENT;
    world->facts[FACT_WORDING_FOR] = draw(from, 4);
    world->facts[FACT_KIND] = draw(from, 7);
}

/* ---- Two readings of "some hit of a and some hit of b stand so" ---- */

static int64_t gap(const struct world *world, uint32_t a, uint32_t b)
{
    return (int64_t)world->begin[b] - (int64_t)(world->begin[a] + 2);
}

static bool pair_stands(const struct world *world, uint8_t op, int64_t value, uint32_t a,
                        uint32_t b)
{
    const bool before = gap(world, a, b) >= 0 && gap(world, a, b) <= value;
    const bool after = gap(world, b, a) >= 0 && gap(world, b, a) <= value;
    if (op == COND_BEFORE)
        return before;
    if (op == COND_NEAR)
        return before || after || (gap(world, a, b) < 0 && gap(world, b, a) < 0);
    return world->begin[a] / 20 == world->begin[b] / 20; /* clauses of 20 units */
}

/* ---- The compiled nodes ---- */

static bool node_holds(const struct conditions *all, uint16_t index, const struct world *world)
{
    const struct cond_node *node = (const struct cond_node *)all->nodes.at + index;
    const struct pack_set *sets = all->sets.at;
    const struct pack_set *a = &sets[node->a];
    switch ((enum cond_op)node->op) {
    case COND_AND:
        return node_holds(all, node->left, world) && node_holds(all, node->right, world);
    case COND_OR:
        return node_holds(all, node->left, world) || node_holds(all, node->right, world);
    case COND_NOT:
        return !node_holds(all, node->left, world);
    case COND_FACT:
        return cond_holds(world->facts[node->a], node->compare, node->value);
    case COND_COUNT: {
        int64_t count = 0;
        for (uint32_t i = 0; i < a->count; i++)
            count += world->hits[node->scope][a->signals[i]];
        return cond_holds(count, node->compare, node->value);
    }
    case COND_NEAR:
    case COND_BEFORE:
    case COND_CLAUSE:
    default:
        break;
    }
    for (uint32_t i = 0; i < SIGNALS * SIGNALS; i++) {
        const uint32_t x = i / SIGNALS;
        const uint32_t y = i % SIGNALS;
        const struct pack_set *b = &sets[node->b];
        if (((a->bits[x / 64] >> (x % 64)) & 1u) && ((b->bits[y / 64] >> (y % 64)) & 1u) &&
            world->hits[node->scope][x] && world->hits[node->scope][y] &&
            pair_stands(world, node->op, node->value, x, y))
            return true;
    }
    return false;
}

/* ---- The reference: writes an expression and says at once what it means ---- */

struct writer {
    struct draw draw;
    struct buf text;
    const struct world *world;
};

/* A name, and which signals it means. */
static void write_name(struct writer *writer, bool means[SIGNALS])
{
    const uint32_t pick = draw(&writer->draw, SIGNALS);
    const uint32_t form = draw(&writer->draw, 8);
    char slot_word[32];
    (void)snprintf(slot_word, sizeof slot_word, "f%u-*", pick % FAMILIES);
    for (uint32_t i = 0; i < SIGNALS; i++) {
        const bool same = form == 0   ? signals[i].slot == signals[pick].slot
                          : form == 1 ? i % 4 == pick % 4
                          : form == 2 ? i % FAMILIES == pick % FAMILIES
                                      : i == pick;
        means[i] = means[i] || same;
    }
    if (form == 0)
        buf_printf(&writer->text, "slot:%s", pack_slot_name(signals[pick].slot));
    else if (form == 1)
        buf_printf(&writer->text, "reading:%s", readings[pick % 4]);
    else
        buf_put_text(&writer->text, form == 2 ? slot_word : names[pick]);
}

static const char *const scope_words[] = {"",       "alias.", "group-name.", "account.",
                                          "group.", "media.", "quoted."};

static void write_list(struct writer *writer, uint32_t scope, bool means[SIGNALS])
{
    const uint32_t count = draw(&writer->draw, 3);
    memset(means, 0, SIGNALS * sizeof *means);
    if (!count) {
        buf_put_text(&writer->text, scope_words[scope]);
        write_name(writer, means);
        return;
    }
    buf_put_text(&writer->text, "any(");
    for (uint32_t i = 0; i < count; i++) {
        buf_put_text(&writer->text, i ? ", " : "");
        buf_put_text(&writer->text, scope_words[scope]);
        write_name(writer, means);
    }
    buf_put_text(&writer->text, ")");
}

static bool write_count(struct writer *writer)
{
    static const char *const signs[] = {"<", "<=", "==", "!=", ">=", ">"};
    bool means[SIGNALS];
    const uint32_t scope = draw(&writer->draw, SCOPE_COUNT);
    const uint8_t compare = (uint8_t)draw(&writer->draw, 6);
    const int64_t value = 1 + draw(&writer->draw, 3);
    buf_put_text(&writer->text, "count(");
    write_list(writer, scope, means);
    buf_printf(&writer->text, ") %s %d", signs[compare], (int)value);
    int64_t count = 0;
    for (uint32_t i = 0; i < SIGNALS; i++)
        count += means[i] ? writer->world->hits[scope][i] : 0;
    return cond_holds(count, compare, value);
}

static bool write_pair(struct writer *writer)
{
    static const uint32_t scopes[] = {SCOPE_TEXT, SCOPE_ALIAS, SCOPE_QUOTED, SCOPE_MEDIA};
    static const char *const words[] = {"near(", "before(", "clause("};
    bool a[SIGNALS];
    bool b[SIGNALS];
    const uint32_t scope = scopes[draw(&writer->draw, 4)];
    const uint32_t op = draw(&writer->draw, 3);
    const int64_t value = draw(&writer->draw, 30);
    buf_put_text(&writer->text, words[op]);
    write_list(writer, scope, a);
    buf_put_text(&writer->text, " , ");
    write_list(writer, scope, b);
    if (op < 2)
        buf_printf(&writer->text, ",%d)", (int)value);
    else
        buf_put_text(&writer->text, ")");
    for (uint32_t x = 0; x < SIGNALS; x++)
        for (uint32_t y = 0; y < SIGNALS; y++)
            if (a[x] && b[y] && writer->world->hits[scope][x] && writer->world->hits[scope][y] &&
                pair_stands(writer->world, (uint8_t)(COND_NEAR + op), value, x, y))
                return true;
    return false;
}

static bool write_fact(struct writer *writer)
{
    static const char *const facts[] = {"price.fen", "child.age-days", "handle.count",
                                        "group.events", "wording.for"};
    static const enum cond_fact which[] = {FACT_PRICE_FEN, FACT_CHILD_AGE, FACT_HANDLE_COUNT,
                                           FACT_GROUP_EVENTS, FACT_WORDING_FOR};
    const uint32_t pick = draw(&writer->draw, 6);
    const int64_t value = 1 + (int64_t)draw(&writer->draw, 4);
    if (pick == 5) {
        buf_put_text(&writer->text, "event.kind != query");
        return writer->world->facts[FACT_KIND] != WARD_KIND_QUERY;
    }
    const int64_t have = writer->world->facts[which[pick]];
    buf_printf(&writer->text, "%s %s %d", facts[pick], value % 2 ? ">=" : "<", (int)value);
    return have != COND_ABSENT && (value % 2 ? have >= value : have < value);
}

static bool write_leaf(struct writer *writer)
{
    bool means[SIGNALS];
    switch (draw(&writer->draw, 5)) {
    case 0:
        return write_count(writer);
    case 1:
        return write_pair(writer);
    case 2:
        return write_fact(writer);
    default:
        break;
    }
    const uint32_t scope = draw(&writer->draw, SCOPE_COUNT);
    bool found = false;
    memset(means, 0, sizeof means);
    buf_put_text(&writer->text, scope_words[scope]);
    write_name(writer, means);
    for (uint32_t i = 0; i < SIGNALS; i++)
        found = found || (means[i] && writer->world->hits[scope][i]);
    return found;
}

static bool write_expression(struct writer *writer, uint32_t depth);

static bool write_call(struct writer *writer, uint32_t depth)
{
    const bool any = draw(&writer->draw, 2);
    const uint32_t count = 1 + draw(&writer->draw, 4);
    bool holds = !any;
    buf_put_text(&writer->text, any ? "any(" : "all(");
    for (uint32_t i = 0; i < count; i++) {
        buf_put_text(&writer->text, i ? "," : "");
        const bool one = write_expression(writer, depth + 1);
        holds = any ? holds || one : holds && one;
    }
    buf_put_text(&writer->text, ")");
    return holds;
}

/* and binds tighter than or: "x and y or z" is written without parentheses on purpose. */
static bool write_mixed(struct writer *writer, uint32_t depth)
{
    const bool x = write_leaf(writer);
    buf_put_text(&writer->text, " and ");
    const bool y = write_leaf(writer);
    buf_put_text(&writer->text, " or not ");
    const bool z = write_leaf(writer);
    buf_put_text(&writer->text, " and (");
    const bool w = write_expression(writer, depth + 1);
    buf_put_text(&writer->text, ")");
    return (x && y) || (!z && w);
}

static bool write_expression(struct writer *writer, uint32_t depth)
{
    const uint32_t form = depth > 5 ? 0 : draw(&writer->draw, 5);
    if (form == 1)
        return write_call(writer, depth);
    if (form == 2)
        return write_mixed(writer, depth);
    if (form == 3) {
        buf_put_text(&writer->text, "not (");
        const bool inner = write_expression(writer, depth + 1);
        buf_put_text(&writer->text, ")");
        return !inner;
    }
    return write_leaf(writer);
}

static void random_conditions_agree(void **state)
{
    (void)state;
    struct world world;
    uint32_t held = 0;
    uint32_t compiled = 0;
    struct arena arena;
    struct conditions all;
    struct writer writer = {.draw = {42}, .world = &world};
    arena_init(&arena, 1u << 16, 1u << 28);
    conditions_init(&all, signals, SIGNALS, &arena);
    buf_init(&writer.text, 1u << 20);
    for (uint32_t round = 0; round < 6000; round++) {
        struct condition_fault fault;
        uint16_t root;
        world_make(&writer.draw, &world);
        buf_clear(&writer.text);
        const bool wanted = write_expression(&writer, 0);
        if (writer.text.len > CONDITION_BYTES_MAX)
            continue;
        const enum ward_status status = conditions_add(&all, buf_str(&writer.text), &root, &fault);
        if (status != WARD_OK)
            fail_msg("%.*s: at %zu: %s", (int)writer.text.len, writer.text.data, fault.at,
                     fault.message);
        if (node_holds(&all, root, &world) != wanted)
            fail_msg("disagree (wanted %d): %.*s", wanted, (int)writer.text.len, writer.text.data);
        held += wanted;
        compiled++;
    }
    assert_true(compiled > 5000 && held > compiled / 5 && held < compiled * 4 / 5);
    buf_release(&writer.text);
    conditions_release(&all);
    arena_release(&arena);
}

/* ---- Shape ---- */

static uint16_t add(struct conditions *all, const char *text)
{
    struct condition_fault fault;
    uint16_t root;
    const enum ward_status status = conditions_add(all, str_of(text), &root, &fault);
    if (status != WARD_OK)
        fail_msg("%s: at %zu: %s", text, fault.at, fault.message);
    return root;
}

static void equal_parts_are_shared(void **state)
{
    (void)state;
    struct arena arena;
    struct conditions all;
    arena_init(&arena, 4096, 1u << 24);
    conditions_init(&all, signals, SIGNALS, &arena);
    const uint16_t one = add(&all, "any(f1-s1, f2-s2)");
    const uint32_t nodes = all.nodes.count;
    assert_int_equal(add(&all, "any(f2-s2, f1-s1, f1-s1)"), one);
    assert_int_equal(add(&all, "count(any(f1-s1, f2-s2)) >= 1"), one);
    assert_int_equal(add(&all, "not not (any(f1-s1, f2-s2))"), one);
    assert_int_equal(all.nodes.count, nodes);
    assert_int_not_equal(add(&all, "any(f1-s1, alias.f2-s2)"), one);
    conditions_release(&all);
    arena_release(&arena);
}

static void children_come_first_and_chains_stay_shallow(void **state)
{
    (void)state;
    struct arena arena;
    struct conditions all;
    struct buf text;
    arena_init(&arena, 4096, 1u << 24);
    conditions_init(&all, signals, SIGNALS, &arena);
    buf_init(&text, 1u << 16);
    for (uint32_t i = 0; i < 150; i++)
        buf_printf(&text, "%scount(f%u-s%u) >= %u", i ? " or " : "", i % 7, i % 7, 2 + i / 7);
    struct condition_fault fault;
    uint16_t root;
    assert_int_equal(conditions_add(&all, buf_str(&text), &root, &fault), WARD_OK);
    assert_true(((const uint8_t *)all.depths.at)[root] <= 10);
    const struct cond_node *nodes = all.nodes.at;
    for (uint32_t i = 0; i < all.nodes.count; i++) {
        if (nodes[i].op == COND_AND || nodes[i].op == COND_OR)
            assert_true(nodes[i].left < i && nodes[i].right < i);
    }
    buf_release(&text);
    conditions_release(&all);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_conditions_agree),
        cmocka_unit_test(equal_parts_are_shared),
        cmocka_unit_test(children_come_first_and_chains_stay_shallow),
    };
    return cmocka_run_group_tests(tests, signals_make, NULL);
}
