/**
 * Files of law/ (articles with the days they are in force) and procedures/ (lawful ways).
 */
#include <string.h>

#include "base/str.h"
#include "pack/pack_build.h"
#include "pack/pack_names.h"

#define COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define ID_BYTES_MAX 96u

/* Identifiers such as "CN/civil-code/1044". */
static enum ward_status read_id(struct pack_build *build, const struct tree *tree,
                                const struct tree_node *node, struct ward_str *out)
{
    bool good = node->kind == TREE_TEXT && node->text.len && node->text.len <= ID_BYTES_MAX;
    for (size_t i = 0; good && i < node->text.len; i++) {
        const char c = node->text.data[i];
        good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '/' || c == '.' || c == '_';
    }
    if (!good)
        return build_fail(build, tree, node,
                          "an id is made of letters, digits and - / . _ (CN/civil-code/1044)");
    return value_text(build, tree, node, out);
}

static enum ward_status read_pair(struct pack_build *build, const struct tree *tree,
                                  const struct tree_node *map, const char *key,
                                  struct ward_str both[2])
{
    const struct tree_node *node = tree_get(map, key);
    both[0] = both[1] = (struct ward_str){NULL, 0};
    return node ? value_says(build, tree, node, both) : WARD_OK;
}

/* ---- Law ---- */

static enum ward_status read_days(struct pack_build *build, const struct tree *tree,
                                  const struct tree_node *node, struct pack_law *law)
{
    const struct tree_node *from = tree_get(node, "from");
    const struct tree_node *to = tree_get(node, "to");
    enum ward_status status = WARD_OK;
    law->from_ms = INT64_MIN;
    law->to_ms = INT64_MAX;
    if (from)
        status = value_date(build, tree, from, &law->from_ms);
    if (to && status == WARD_OK)
        status = value_date(build, tree, to, &law->to_ms);
    if (status == WARD_OK && law->from_ms >= law->to_ms)
        return build_fail(build, tree, to,
                          "\"to\" (the first day out of force) must follow \"from\"");
    return status;
}

/* A later entry of the same id and first day replaces the former. */
static enum ward_status law_keep(struct pack_build *build, const struct build_law *law)
{
    struct build_law *rows = build->laws.at;
    for (uint32_t i = 0; i < build->laws.count; i++) {
        if (rows[i].is.from_ms == law->is.from_ms && str_equal(rows[i].is.id, law->is.id)) {
            rows[i] = *law;
            return WARD_OK;
        }
    }
    struct build_law *row = build->laws.count < UINT16_MAX ? rows_add(&build->laws) : NULL;
    if (!row)
        return build_no_memory(build);
    *row = *law;
    return WARD_OK;
}

static enum ward_status read_law(struct pack_build *build, const struct tree *tree,
                                 const struct tree_node *node)
{
    static const char *const keys[] = {"id", "title", "text", "from", "to", "source", "note"};
    static const struct map_keys allowed = {"a law entry", keys, COUNT_OF(keys)};
    struct build_law law = {.place = {tree, node}};
    struct ward_str title[2];
    struct ward_str text[2];
    enum ward_status status = value_map(build, tree, node, &allowed);
    if (status != WARD_OK)
        return status;
    const struct tree_node *id = tree_get(node, "id");
    if (!id || !tree_get(node, "title"))
        return build_fail(build, tree, node, "a law entry needs \"id\" and \"title\"");
    status = read_id(build, tree, id, &law.is.id);
    if (status == WARD_OK)
        status = read_pair(build, tree, node, "title", title);
    if (status == WARD_OK)
        status = read_pair(build, tree, node, "text", text);
    if (status == WARD_OK)
        status = read_days(build, tree, node, &law.is);
    const struct tree_node *source = tree_get(node, "source");
    if (status == WARD_OK && source)
        status = value_text(build, tree, source, &law.is.source);
    if (status != WARD_OK)
        return status;
    law.is.title_zh = title[0];
    law.is.title_en = title[1];
    law.is.text_zh = text[0];
    law.is.text_en = text[1];
    return law_keep(build, &law);
}

typedef enum ward_status entry_reader(struct pack_build *build, const struct tree *tree,
                                      const struct tree_node *node);

/* A file that is a list, or a map whose key `name` holds the list. */
static enum ward_status read_entries(struct pack_build *build, const struct tree *tree,
                                     const char *name, entry_reader *read)
{
    const struct tree_node *list = tree->root;
    if (list && list->kind == TREE_MAP) {
        const char *const keys[] = {name, "note"};
        const struct map_keys allowed = {"this file", keys, 2};
        const enum ward_status status = value_map(build, tree, list, &allowed);
        if (status != WARD_OK)
            return status;
        list = tree_get(list, name);
    }
    if (!list || list->kind != TREE_LIST)
        return build_fail(build, tree, list, "expected a list of entries");
    enum ward_status status = WARD_OK;
    for (const struct tree_node *node = list->first; node && status == WARD_OK; node = node->next)
        status = read(build, tree, node);
    return status;
}

enum ward_status build_law_file(struct pack_build *build, const struct tree *tree)
{
    return read_entries(build, tree, "law", read_law);
}

/* ---- Procedures: free-form, only what later rooms rely on is checked ---- */

static enum ward_status read_step(struct pack_build *build, const struct tree *tree,
                                  const struct tree_node *node, struct pack_step *step)
{
    struct ward_str both[2];
    enum ward_status status = value_any_map(build, tree, node, "a step");
    if (status != WARD_OK)
        return status;
    if (!tree_get(node, "title"))
        return build_fail(build, tree, node, "a step needs \"title\"");
    status = read_pair(build, tree, node, "title", both);
    step->title_zh = both[0];
    step->title_en = both[1];
    if (status == WARD_OK)
        status = read_pair(build, tree, node, "body", both);
    step->body_zh = both[0];
    step->body_en = both[1];
    const struct tree_node *source = tree_get(node, "source");
    if (source && status == WARD_OK)
        status = value_text(build, tree, source, &step->source);
    step->days = -1;
    const struct tree_node *days = tree_get(node, "days");
    if (!days || status != WARD_OK)
        return status;
    double value;
    status = value_number(build, tree, days, &value);
    if (status == WARD_OK && !(value >= 0.0 && value <= 36500.0))
        return build_fail(build, tree, days, "days lie between 0 and 36500");
    step->days = (int32_t)value;
    return status;
}

static enum ward_status read_steps(struct pack_build *build, const struct tree *tree,
                                   const struct tree_node *list, struct pack_procedure *into)
{
    enum ward_status status = value_list(build, tree, list, "steps");
    if (status != WARD_OK)
        return status;
    struct pack_step *steps = arena_calloc(build->keep, list->count + 1, sizeof *steps);
    if (!steps)
        return build_no_memory(build);
    into->steps = steps;
    for (const struct tree_node *node = list->first; node && status == WARD_OK; node = node->next)
        status = read_step(build, tree, node, &steps[into->step_count++]);
    return status;
}

static enum ward_status procedure_keep(struct pack_build *build,
                                       const struct pack_procedure *procedure)
{
    uint32_t at;
    struct pack_procedure *row;
    if (name_map_find(&build->names, BUILD_SPACE_PROCEDURES, procedure->id, &at)) {
        row = (struct pack_procedure *)build->procedures.at + at;
    } else {
        row = rows_add(&build->procedures);
        if (!row || name_map_put(&build->names, BUILD_SPACE_PROCEDURES, procedure->id,
                                 build->procedures.count - 1) != WARD_OK)
            return build_no_memory(build);
    }
    *row = *procedure;
    return WARD_OK;
}

static enum ward_status read_procedure(struct pack_build *build, const struct tree *tree,
                                       const struct tree_node *node)
{
    static const char *const required[] = {"id", "title", "steps"};
    struct pack_procedure procedure = {.step_count = 0};
    struct ward_str title[2];
    enum ward_status status = value_any_map(build, tree, node, "a procedure");
    for (uint32_t i = 0; i < 3 && status == WARD_OK; i++) {
        if (!tree_get(node, required[i]))
            status = build_fail(build, tree, node, "a procedure needs \"%s\"", required[i]);
    }
    if (status == WARD_OK)
        status = read_id(build, tree, tree_get(node, "id"), &procedure.id);
    if (status == WARD_OK)
        status = read_pair(build, tree, node, "title", title);
    const struct tree_node *source = status == WARD_OK ? tree_get(node, "source") : NULL;
    if (source)
        status = value_text(build, tree, source, &procedure.source);
    if (status == WARD_OK)
        status = read_steps(build, tree, tree_get(node, "steps"), &procedure);
    if (status != WARD_OK)
        return status;
    procedure.title_zh = title[0];
    procedure.title_en = title[1];
    return procedure_keep(build, &procedure);
}

enum ward_status build_procedures_file(struct pack_build *build, const struct tree *tree)
{
    return read_entries(build, tree, "procedures", read_procedure);
}
