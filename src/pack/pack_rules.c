/**
 * Files of rules/: what found signals mean.
 *
 * A rule of a later folder replaces the whole rule of the same name; `off: true` switches it off.
 * Within one folder a name is given once.
 */
#include <string.h>

#include "base/str.h"
#include "pack/pack_build.h"
#include "pack/pack_names.h"

#define COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static const char *const keys[] = {"when",  "weight", "family", "role",   "urgent",
                                   "help",  "limit",  "scaled", "says",   "law",
                                   "match", "pass",   "off",    "source", "note"};
static const struct map_keys allowed = {"a rule", keys, COUNT_OF(keys)};

static const char *const slot_names[] = {"price", "age", "sex", "place", "handle", "read", "words"};
static const struct name_list says_slots = {slot_names, COUNT_OF(slot_names)};

struct build_rule *build_rule_find(const struct pack_build *build, struct ward_str name)
{
    uint32_t at;
    if (!name_map_find(&build->names, BUILD_SPACE_RULES, name, &at))
        return NULL;
    return ((struct build_rule **)build->rules.at)[at];
}

static enum ward_status rule_new(struct pack_build *build, const struct tree *tree,
                                 const struct tree_node *key, struct build_rule **out)
{
    struct build_rule *rule = arena_calloc(build->scratch, 1, sizeof *rule);
    struct build_rule **row = rule ? rows_add(&build->rules) : NULL;
    *out = rule;
    if (!row)
        return build_no_memory(build);
    *row = rule;
    if (build->rules.count > PACK_RULES_MAX)
        return build_fail(build, tree, key, "more than %u rules", PACK_RULES_MAX);
    enum ward_status status = value_name(build, tree, key, &rule->is.name);
    if (status == WARD_OK && name_map_put(&build->names, BUILD_SPACE_RULES, rule->is.name,
                                          build->rules.count - 1) != WARD_OK)
        status = build_no_memory(build);
    return status;
}

/* Finds or makes the rule of this name and empties it but for its name. */
static enum ward_status rule_start(struct pack_build *build, const struct tree *tree,
                                   const struct tree_node *key, struct build_rule **out)
{
    struct build_rule *rule = build_rule_find(build, key->text);
    enum ward_status status = WARD_OK;
    if (!rule)
        status = rule_new(build, tree, key, &rule);
    else if (rule->source == build->sources.count)
        status = build_fail(build, tree, key, "rule \"%.*s\" was already given at %s:%u",
                            (int)key->text.len, key->text.data, rule->place.tree->file,
                            rule->place.node->line);
    if (status != WARD_OK)
        return status;
    const struct ward_str name = rule->is.name;
    *rule = (struct build_rule){.is = {.name = name, .line = key->line}};
    rule->source = build->sources.count;
    rule->place = (struct build_value){tree, key};
    rule->is.file = arena_copy(build->keep, str_of(tree->file));
    *out = rule;
    return rule->is.file.data ? WARD_OK : build_no_memory(build);
}

/* ---- Sentences ---- */

static enum ward_status check_says_text(const struct pack_build *build, struct build_value value)
{
    const struct ward_str text = value.node->text;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '}')
            return build_fail_in(build, value, i, "a closing brace without an opening one");
        if (text.data[i] != '{')
            continue;
        size_t end = i + 1;
        while (end < text.len && text.data[end] != '}' && text.data[end] != '{')
            end++;
        if (end == text.len || text.data[end] == '{')
            return build_fail_in(build, value, i, "an unclosed brace");
        if (name_find(&says_slots, str_part(text, i + 1, end)) < 0)
            return build_fail_in(
                build, value, i + 1,
                "a sentence knows {price}, {age}, {sex}, {place}, {handle} and {read} only");
        i = end;
    }
    return WARD_OK;
}

static enum ward_status read_says(struct pack_build *build, const struct tree *tree,
                                  const struct tree_node *says, struct build_rule *rule)
{
    struct ward_str both[2] = {{NULL, 0}, {NULL, 0}};
    enum ward_status status = value_says(build, tree, says, both);
    rule->is.says_zh = both[0];
    rule->is.says_en = both[1];
    if (status == WARD_OK && says->kind == TREE_TEXT)
        return check_says_text(build, (struct build_value){tree, says});
    const struct tree_node *key = status == WARD_OK ? says->first : NULL;
    for (; key && status == WARD_OK; key = key->next)
        status = check_says_text(build, (struct build_value){tree, key->value});
    return status;
}

/* ---- Keys ---- */

static enum ward_status read_flags(struct pack_build *build, const struct tree *tree,
                                   const struct tree_node *node, struct build_rule *rule)
{
    static const char *const names[] = {"urgent", "help", "limit", "scaled"};
    bool *const into[] = {&rule->is.urgent, &rule->is.help, &rule->is.limit, &rule->is.scaled};
    enum ward_status status = WARD_OK;
    for (uint32_t i = 0; i < 4 && status == WARD_OK; i++) {
        const struct tree_node *value = tree_get(node, names[i]);
        if (value)
            status = value_bool(build, tree, value, into[i]);
    }
    const struct tree_node *role = tree_get(node, "role");
    if (!role || status != WARD_OK)
        return status;
    int choice;
    status = value_choice(build, tree, role, &names_roles, &choice);
    rule->is.role = (uint8_t)choice;
    return status;
}

static enum ward_status read_weight(struct pack_build *build, const struct tree *tree,
                                    const struct tree_node *node, struct build_rule *rule)
{
    const enum ward_status status = value_number(build, tree, node, &rule->is.weight);
    if (status != WARD_OK)
        return status;
    if (!(rule->is.weight >= -PACK_WEIGHT_MAX && rule->is.weight <= PACK_WEIGHT_MAX))
        return build_fail(build, tree, node, "a weight lies between -20 and 20");
    return WARD_OK;
}

static enum ward_status check_required(struct pack_build *build, const struct tree *tree,
                                       const struct tree_node *key)
{
    static const char *const required[] = {"when", "weight", "family", "says"};
    for (uint32_t i = 0; i < COUNT_OF(required); i++) {
        if (!tree_get(key->value, required[i]))
            return build_fail(build, tree, key, "rule \"%.*s\" needs \"%s\"", (int)key->text.len,
                              key->text.data, required[i]);
    }
    return WARD_OK;
}

/* `off: true` with nothing else; sets `rule->off`. */
static enum ward_status read_off(struct pack_build *build, const struct tree *tree,
                                 const struct tree_node *key, bool *off)
{
    *off = false;
    const struct tree_node *value = tree_get(key->value, "off");
    if (!value)
        return WARD_OK;
    const enum ward_status status = value_bool(build, tree, value, off);
    if (status != WARD_OK || !*off || build_rule_find(build, key->text))
        return status;
    struct suggestion near;
    char hint[SUGGESTION_BYTES];
    suggestion_start(&near, key->text);
    for (uint32_t i = 0; i < build->rules.count; i++)
        suggestion_offer(&near, ((struct build_rule **)build->rules.at)[i]->is.name);
    return build_fail(build, tree, key, "switches off a rule that no earlier folder has%s",
                      suggestion_text(&near, hint));
}

static struct build_value value_of(const struct tree *tree, const struct tree_node *map,
                                   const char *key)
{
    return (struct build_value){tree, tree_get(map, key)};
}

static enum ward_status read_rule(struct pack_build *build, const struct tree *tree,
                                  const struct tree_node *key)
{
    bool off;
    struct build_rule *rule = NULL;
    enum ward_status status = value_map(build, tree, key->value, &allowed);
    if (status == WARD_OK)
        status = read_off(build, tree, key, &off);
    if (status == WARD_OK)
        status = rule_start(build, tree, key, &rule);
    if (status != WARD_OK)
        return status;
    rule->off = off;
    if (off)
        return WARD_OK;
    status = check_required(build, tree, key);
    if (status != WARD_OK)
        return status;
    rule->when = value_of(tree, key->value, "when");
    rule->family = value_of(tree, key->value, "family");
    rule->law = value_of(tree, key->value, "law");
    rule->match = value_of(tree, key->value, "match");
    rule->pass = value_of(tree, key->value, "pass");
    status = value_text(build, tree, rule->when.node, &rule->is.when_text);
    if (status == WARD_OK)
        status = read_weight(build, tree, tree_get(key->value, "weight"), rule);
    if (status == WARD_OK)
        status = read_flags(build, tree, key->value, rule);
    if (status == WARD_OK)
        status = read_says(build, tree, tree_get(key->value, "says"), rule);
    return status;
}

enum ward_status build_rules_file(struct pack_build *build, const struct tree *tree)
{
    static const char *const file_keys[] = {"rules", "note"};
    static const struct map_keys file_allowed = {"a rules file", file_keys, 2};
    enum ward_status status = value_map(build, tree, tree->root, &file_allowed);
    if (status != WARD_OK)
        return status;
    const struct tree_node *rules = tree_get(tree->root, "rules");
    if (!rules)
        return build_fail(build, tree, tree->root, "a rules file needs \"rules\"");
    status = value_any_map(build, tree, rules, "rules");
    for (const struct tree_node *key = rules->first; key && status == WARD_OK; key = key->next)
        status = read_rule(build, tree, key);
    return status;
}
