/**
 * pack.yaml (what a folder is and its constants) and weights.yaml (what fitting found).
 */
#include <string.h>

#include "base/str.h"
#include "pack/pack_build.h"
#include "pack/pack_names.h"

#define COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

/* ---- pack.yaml ---- */

static enum ward_status read_thresholds(struct pack_build *build, const struct tree *tree,
                                        const struct tree_node *node)
{
    static const char *const keys[] = {"watch", "review", "urgent"};
    static const struct map_keys allowed = {"thresholds", keys, 3};
    double *const into[] = {&build->watch, &build->review, &build->urgent};
    enum ward_status status = value_map(build, tree, node, &allowed);
    for (uint32_t i = 0; i < 3 && status == WARD_OK; i++) {
        const struct tree_node *value = tree_get(node, keys[i]);
        if (value)
            status = value_number(build, tree, value, into[i]);
    }
    if (status != WARD_OK)
        return status;
    if (!(build->watch > 0.0 && build->watch < build->review && build->review < build->urgent &&
          build->urgent < 1.0))
        return build_fail(build, tree, node,
                          "thresholds must rise: 0 < watch < review < urgent < 1");
    return WARD_OK;
}

static enum ward_status read_family(struct pack_build *build, const struct tree *tree,
                                    const struct tree_node *key)
{
    struct pack_family family = {.cap = 0.0};
    enum ward_status status = value_name(build, tree, key, &family.name);
    if (status == WARD_OK)
        status = value_number(build, tree, key->value, &family.cap);
    if (status != WARD_OK)
        return status;
    if (!(family.cap > 0.0 && family.cap <= 100.0))
        return build_fail(build, tree, key->value, "the cap of a family is above 0, at most 100");
    uint32_t at;
    if (name_map_find(&build->names, BUILD_SPACE_FAMILIES, family.name, &at)) {
        ((struct pack_family *)build->families.at)[at].cap = family.cap;
        return WARD_OK;
    }
    struct pack_family *row = rows_add(&build->families);
    if (!row)
        return build_no_memory(build);
    *row = family;
    if (build->families.count > UINT16_MAX)
        return build_fail(build, tree, key, "too many families");
    return name_map_put(&build->names, BUILD_SPACE_FAMILIES, family.name,
                        build->families.count - 1) == WARD_OK
               ? WARD_OK
               : build_no_memory(build);
}

static enum ward_status read_families(struct pack_build *build, const struct tree *tree,
                                      const struct tree_node *node)
{
    enum ward_status status = value_any_map(build, tree, node, "families");
    for (const struct tree_node *key = node->first; key && status == WARD_OK; key = key->next)
        status = read_family(build, tree, key);
    return status;
}

static bool is_currency(struct ward_str code)
{
    for (size_t i = 0; i < code.len; i++) {
        if (code.data[i] < 'A' || code.data[i] > 'Z')
            return false;
    }
    return code.len == 3;
}

static enum ward_status read_currency(struct pack_build *build, const struct tree *tree,
                                      const struct tree_node *key)
{
    if (!is_currency(key->text))
        return build_fail(build, tree, key, "a currency has three capital letters (ISO 4217)");
    double rate;
    const enum ward_status status = value_number(build, tree, key->value, &rate);
    if (status != WARD_OK)
        return status;
    if (!(rate > 0.0 && rate < 1e6))
        return build_fail(build, tree, key->value, "a rate is CNY for one unit, above 0");
    struct pack_currency *rows = build->currencies.at;
    for (uint32_t i = 0; i < build->currencies.count; i++) {
        if (memcmp(rows[i].code, key->text.data, 3) == 0) {
            rows[i].cny_per_unit = rate;
            return WARD_OK;
        }
    }
    if (build->currencies.count == 200)
        return build_fail(build, tree, key, "too many currencies");
    struct pack_currency *row = rows_add(&build->currencies);
    if (!row)
        return build_no_memory(build);
    memcpy(row->code, key->text.data, 3);
    row->cny_per_unit = rate;
    return WARD_OK;
}

static enum ward_status read_currencies(struct pack_build *build, const struct tree *tree,
                                        const struct tree_node *node)
{
    enum ward_status status = value_any_map(build, tree, node, "currency");
    for (const struct tree_node *key = node->first; key && status == WARD_OK; key = key->next)
        status = read_currency(build, tree, key);
    return status;
}

static enum ward_status read_identity(struct pack_build *build, const struct tree *tree)
{
    static const char *const required[] = {"name", "version", "date"};
    for (uint32_t i = 0; i < 3; i++) {
        if (!tree_get(tree->root, required[i]))
            return build_fail(build, tree, tree->root, "pack.yaml needs \"%s\"", required[i]);
    }
    struct pack_source source = {.date_ms = 0};
    const struct tree_node *date = tree_get(tree->root, "date");
    enum ward_status status = value_name(build, tree, tree_get(tree->root, "name"), &source.name);
    if (status == WARD_OK)
        status = value_text(build, tree, tree_get(tree->root, "version"), &source.version);
    if (status == WARD_OK)
        status = value_date(build, tree, date, &source.date_ms);
    if (status == WARD_OK)
        status = value_text(build, tree, date, &source.date);
    if (status != WARD_OK)
        return status;
    struct pack_source *row = rows_add(&build->sources);
    if (!row)
        return build_no_memory(build);
    *row = source;
    return WARD_OK;
}

enum ward_status build_pack_file(struct pack_build *build, const struct tree *tree)
{
    static const char *const keys[] = {"name",       "version",  "date",     "base",
                                       "thresholds", "families", "currency", "note"};
    static const struct map_keys allowed = {"pack.yaml", keys, COUNT_OF(keys)};
    enum ward_status status = value_map(build, tree, tree->root, &allowed);
    if (status == WARD_OK)
        status = read_identity(build, tree);
    const struct tree_node *base = status == WARD_OK ? tree_get(tree->root, "base") : NULL;
    if (base)
        status = value_number(build, tree, base, &build->base);
    const struct tree_node *levels = status == WARD_OK ? tree_get(tree->root, "thresholds") : NULL;
    if (levels)
        status = read_thresholds(build, tree, levels);
    const struct tree_node *families = status == WARD_OK ? tree_get(tree->root, "families") : NULL;
    if (families)
        status = read_families(build, tree, families);
    const struct tree_node *rates = status == WARD_OK ? tree_get(tree->root, "currency") : NULL;
    return rates ? read_currencies(build, tree, rates) : status;
}

/* ---- weights.yaml ---- */

static enum ward_status read_weight(struct pack_build *build, const struct tree *tree,
                                    const struct tree_node *key)
{
    struct build_rule *rule = build_rule_find(build, key->text);
    if (!rule) {
        struct suggestion near;
        char hint[SUGGESTION_BYTES];
        suggestion_start(&near, key->text);
        for (uint32_t i = 0; i < build->rules.count; i++)
            suggestion_offer(&near, ((struct build_rule **)build->rules.at)[i]->is.name);
        return build_fail(build, tree, key, "a weight for a rule that does not exist%s",
                          suggestion_text(&near, hint));
    }
    double weight;
    const enum ward_status status = value_number(build, tree, key->value, &weight);
    if (status != WARD_OK)
        return status;
    if (!(weight >= -PACK_WEIGHT_MAX && weight <= PACK_WEIGHT_MAX))
        return build_fail(build, tree, key->value, "a weight lies between -20 and 20");
    rule->is.weight = weight;
    return WARD_OK;
}

enum ward_status build_weights_file(struct pack_build *build, const struct tree *tree)
{
    static const char *const keys[] = {"base", "weights", "note"};
    static const struct map_keys allowed = {"weights.yaml", keys, COUNT_OF(keys)};
    enum ward_status status = value_map(build, tree, tree->root, &allowed);
    if (status != WARD_OK)
        return status;
    const struct tree_node *base = tree_get(tree->root, "base");
    if (base)
        status = value_number(build, tree, base, &build->base);
    const struct tree_node *weights = tree_get(tree->root, "weights");
    if (status != WARD_OK || !weights)
        return status;
    status = value_any_map(build, tree, weights, "weights");
    for (const struct tree_node *key = weights->first; key && status == WARD_OK; key = key->next)
        status = read_weight(build, tree, key);
    return status;
}
