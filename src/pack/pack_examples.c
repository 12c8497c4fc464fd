/**
 * `match:` and `pass:` of rules: a text, or a whole event with what was said before it.
 *
 * Keys are those of the event format, plus `before:`, a list of earlier events of the same thread.
 */
#include <string.h>

#include "base/str.h"
#include "pack/pack_build.h"
#include "pack/pack_names.h"

#define COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define BEFORE_MAX 64u /* the longest window of a thread */

static const char *const event_keys[] = {"id",         "text",           "platform",    "group",
                                         "group_name", "account",        "alias",       "reply_to",
                                         "quoted",     "forwarded_from", "author_kind", "kind",
                                         "time",       "media",          "before"};
static const struct map_keys event_allowed = {"an example", event_keys, COUNT_OF(event_keys)};

static const char *const media_keys[] = {"kind", "sha256", "pdq", "phash", "text", "qr"};
static const struct map_keys media_allowed = {"a media entry", media_keys, COUNT_OF(media_keys)};

/* One text key of a map into one field; absent keys leave it empty. */
struct text_field {
    const char *key;
    struct ward_str *into;
};

static enum ward_status read_fields(const struct pack_build *build, const struct tree *tree,
                                    const struct tree_node *node, const struct text_field *fields,
                                    uint32_t count)
{
    enum ward_status status = WARD_OK;
    for (uint32_t i = 0; i < count && status == WARD_OK; i++) {
        const struct tree_node *value = tree_get(node, fields[i].key);
        if (value)
            status = value_text(build, tree, value, fields[i].into);
    }
    return status;
}

static enum ward_status read_media(const struct pack_build *build, const struct tree *tree,
                                   const struct tree_node *list, struct ward_event *event)
{
    enum ward_status status = value_list(build, tree, list, "media");
    if (status != WARD_OK)
        return status;
    struct ward_media *media = arena_calloc(build->keep, list->count + 1, sizeof *media);
    if (!media)
        return build_no_memory(build);
    event->media = media;
    const struct tree_node *node = list->first;
    for (; node && status == WARD_OK; node = node->next) {
        struct ward_media *one = &media[event->media_count++];
        const struct text_field fields[] = {{"kind", &one->kind}, {"sha256", &one->sha256},
                                            {"pdq", &one->pdq},   {"phash", &one->phash},
                                            {"text", &one->text}, {"qr", &one->qr}};
        status = value_map(build, tree, node, &media_allowed);
        if (status == WARD_OK)
            status = read_fields(build, tree, node, fields, COUNT_OF(fields));
    }
    return status;
}

static enum ward_status read_event_map(const struct pack_build *build, const struct tree *tree,
                                       const struct tree_node *node, struct ward_event *event)
{
    const struct text_field fields[] = {{"id", &event->id},
                                        {"text", &event->text},
                                        {"platform", &event->platform},
                                        {"group", &event->group},
                                        {"group_name", &event->group_name},
                                        {"account", &event->account},
                                        {"alias", &event->alias},
                                        {"reply_to", &event->reply_to},
                                        {"quoted", &event->quoted},
                                        {"forwarded_from", &event->forwarded_from},
                                        {"author_kind", &event->author_kind}};
    enum ward_status status = value_map(build, tree, node, &event_allowed);
    if (status == WARD_OK)
        status = read_fields(build, tree, node, fields, COUNT_OF(fields));
    const struct tree_node *kind = status == WARD_OK ? tree_get(node, "kind") : NULL;
    if (kind) {
        int choice;
        status = value_choice(build, tree, kind, &names_kinds, &choice);
        event->kind = (enum ward_kind)choice;
    }
    const struct tree_node *time = status == WARD_OK ? tree_get(node, "time") : NULL;
    if (time) {
        status = value_date(build, tree, time, &event->time_ms);
        event->has_time = status == WARD_OK;
    }
    const struct tree_node *media = status == WARD_OK ? tree_get(node, "media") : NULL;
    return media ? read_media(build, tree, media, event) : status;
}

static enum ward_status read_event(const struct pack_build *build, const struct tree *tree,
                                   const struct tree_node *node, struct ward_event *event)
{
    if (node->kind == TREE_TEXT)
        return value_text(build, tree, node, &event->text);
    if (node->kind == TREE_LIST)
        return build_fail(build, tree, node, "an example is a text or a map");
    return read_event_map(build, tree, node, event);
}

static enum ward_status read_before(const struct pack_build *build, const struct tree *tree,
                                    const struct tree_node *list, struct pack_example *example)
{
    enum ward_status status = value_list(build, tree, list, "before");
    if (status != WARD_OK)
        return status;
    if (list->count > BEFORE_MAX)
        return build_fail(build, tree, list, "at most %u events before an example", BEFORE_MAX);
    struct ward_event *events = arena_calloc(build->keep, list->count + 1, sizeof *events);
    if (!events)
        return build_no_memory(build);
    example->before = events;
    const struct tree_node *node = list->first;
    for (; node && status == WARD_OK; node = node->next) {
        if (node->kind == TREE_MAP && tree_get(node, "before"))
            return build_fail(build, tree, node, "\"before\" inside \"before\"");
        status = read_event(build, tree, node, &events[example->before_count++]);
    }
    return status;
}

static enum ward_status read_examples(const struct pack_build *build, struct build_value list,
                                      const struct pack_example *shape, struct rows *examples)
{
    if (!list.node)
        return WARD_OK;
    enum ward_status status = value_list(build, list.tree, list.node, "examples");
    const struct tree_node *node = status == WARD_OK ? list.node->first : NULL;
    for (; node && status == WARD_OK; node = node->next) {
        struct pack_example example = *shape;
        example.line = node->line;
        example.file = arena_copy(build->keep, str_of(list.tree->file));
        if (!example.file.data)
            return build_no_memory(build);
        status = read_event(build, list.tree, node, &example.event);
        const struct tree_node *before =
            status == WARD_OK && node->kind == TREE_MAP ? tree_get(node, "before") : NULL;
        if (before)
            status = read_before(build, list.tree, before, &example);
        if (status != WARD_OK)
            break;
        struct pack_example *row = rows_add(examples);
        if (!row)
            return build_no_memory(build);
        *row = example;
    }
    return status;
}

enum ward_status build_examples(const struct pack_build *build, const struct build_rule *rule,
                                uint16_t number, struct rows *examples)
{
    struct pack_example shape = {.rule = number, .want = true};
    const enum ward_status status = read_examples(build, rule->match, &shape, examples);
    if (status != WARD_OK)
        return status;
    shape.want = false;
    return read_examples(build, rule->pass, &shape, examples);
}
