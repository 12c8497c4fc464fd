/**
 * The tree is built from libyaml's events with an explicit stack, so depth costs no C stack.
 *
 * libyaml counts characters; errors count bytes. A cursor walks the source once, forward, beside
 * the events and turns one into the other.
 */
#include "pack/yaml_tree.h"

#include <assert.h>
#include <string.h>
#include <yaml.h>

#include "base/error.h"
#include "base/str.h"
#include "base/utf8.h"
#include "pack/name_map.h"

/* Where libyaml's character count stands in the bytes. */
struct cursor {
    size_t byte;
    size_t index; /* characters before `byte` */
    size_t line_begin;
    uint32_t line; /* 1-based */
};

struct open_node {
    struct tree_node *node;
    const struct tree_node **tail; /* where the next child or key goes */
    struct tree_node *key;         /* of a map: a key that still waits for its value */
};

struct reader {
    struct arena *arena;
    struct tree *tree;
    struct ward_error *err;
    yaml_parser_t parser;
    struct cursor cursor;
    struct name_map keys; /* (number of the map, key) -> line, for duplicates */
    struct open_node open[TREE_DEPTH_MAX];
    uint32_t depth;
    uint32_t nodes;
};

static enum ward_status fail_at(struct reader *reader, uint32_t line, uint32_t column,
                                const char *message)
{
    error_at(reader->err, reader->tree->file, line, column);
    return error_set(reader->err, WARD_ERR_FORMAT, "%s", message);
}

static enum ward_status fail_memory(struct reader *reader)
{
    error_at(reader->err, reader->tree->file, 0, 0);
    return error_set(reader->err, WARD_ERR_NOMEM, "out of memory");
}

static void cursor_step(struct cursor *cursor, struct ward_str bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.data + cursor->byte;
    uint32_t code;
    cursor->byte += utf8_decode(at, (const unsigned char *)bytes.data + bytes.len, &code);
    cursor->index++;
    if (code == '\n') {
        cursor->line++;
        cursor->line_begin = cursor->byte;
    }
}

static void cursor_go(struct cursor *cursor, struct ward_str bytes, size_t index)
{
    if (index < cursor->index)
        *cursor = (struct cursor){.line = 1};
    while (cursor->index < index && cursor->byte < bytes.len)
        cursor_step(cursor, bytes);
}

static uint32_t cursor_column(const struct cursor *cursor)
{
    return (uint32_t)(cursor->byte - cursor->line_begin) + 1;
}

/* ---- Bytes: UTF-8 and no characters that editors and libyaml see differently ---- */

static const char *character_fault(uint32_t code, const char *next, const char *end)
{
    if (code == UTF8_INVALID)
        return "not UTF-8";
    if (code == '\r' && (next == end || *next != '\n'))
        return "a carriage return that ends no line";
    if (code == 0x85u || code == 0x2028u || code == 0x2029u)
        return "an exotic line break; write it as an escape in double quotes";
    if (code == 0xFEFFu)
        return "a byte order mark inside the text; write it as \"\\uFEFF\"";
    if ((code < 0x20u && code != '\t' && code != '\n' && code != '\r') ||
        (code >= 0x7Fu && code < 0xA0u))
        return "a control character; write it as an escape in double quotes";
    return NULL;
}

static enum ward_status check_bytes(struct reader *reader)
{
    const struct ward_str bytes = reader->tree->bytes;
    const unsigned char *begin = (const unsigned char *)bytes.data;
    struct cursor cursor = {.line = 1};
    while (cursor.byte < bytes.len) {
        const struct cursor here = cursor;
        uint32_t code;
        (void)utf8_decode(begin + here.byte, begin + bytes.len, &code);
        cursor_step(&cursor, bytes);
        const char *fault = character_fault(code, bytes.data + cursor.byte, bytes.data + bytes.len);
        if (fault)
            return fail_at(reader, here.line, cursor_column(&here), fault);
    }
    return WARD_OK;
}

/* ---- Nodes ---- */

static struct tree_node *node_new(struct reader *reader, enum tree_kind kind,
                                  const yaml_event_t *event)
{
    struct tree_node *node = arena_calloc(reader->arena, 1, sizeof *node);
    if (!node)
        return NULL;
    const struct ward_str bytes = reader->tree->bytes;
    cursor_go(&reader->cursor, bytes, event->start_mark.index);
    node->kind = kind;
    node->line = reader->cursor.line;
    node->column = cursor_column(&reader->cursor);
    node->begin = (uint32_t)reader->cursor.byte;
    node->end = node->begin;
    return node;
}

static enum ward_status text_set(struct reader *reader, struct tree_node *node,
                                 const yaml_event_t *event)
{
    const struct ward_str value = {(const char *)event->data.scalar.value,
                                   event->data.scalar.length};
    node->text = arena_copy(reader->arena, value);
    if (!node->text.data)
        return fail_memory(reader);
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    struct cursor ahead = reader->cursor;
    cursor_go(&ahead, reader->tree->bytes, event->end_mark.index);
    node->end = (uint32_t)ahead.byte;
    return WARD_OK;
}

static enum ward_status key_add(struct reader *reader, struct open_node *top,
                                struct tree_node *node)
{
    if (node->kind != TREE_TEXT)
        return fail_at(reader, node->line, node->column, "a key must be plain text");
    const uint32_t map = top->node->begin;
    uint32_t line;
    if (name_map_find(&reader->keys, map, node->text, &line)) {
        error_at(reader->err, reader->tree->file, node->line, node->column);
        return error_set(reader->err, WARD_ERR_FORMAT, "key \"%.*s\" was already given at line %u",
                         (int)(node->text.len < 64 ? node->text.len : 64), node->text.data, line);
    }
    if (name_map_put(&reader->keys, map, node->text, node->line) != WARD_OK)
        return fail_memory(reader);
    *top->tail = node;
    top->tail = &node->next;
    top->key = node;
    top->node->count++;
    return WARD_OK;
}

static enum ward_status node_add(struct reader *reader, struct tree_node *node)
{
    if (!reader->depth) {
        reader->tree->root = node;
        return WARD_OK;
    }
    struct open_node *top = &reader->open[reader->depth - 1];
    if (top->node->kind == TREE_LIST) {
        *top->tail = node;
        top->tail = &node->next;
        top->node->count++;
        return WARD_OK;
    }
    if (!top->key)
        return key_add(reader, top, node);
    top->key->value = node;
    top->key = NULL;
    return WARD_OK;
}

static enum ward_status node_open(struct reader *reader, struct tree_node *node)
{
    if (reader->depth == TREE_DEPTH_MAX)
        return fail_at(reader, node->line, node->column, "nested too deeply (at most 16 levels)");
    reader->open[reader->depth++] = (struct open_node){node, &node->first, NULL};
    return WARD_OK;
}

/* ---- Events ---- */

static bool event_decorated(const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        return event->data.scalar.anchor || event->data.scalar.tag;
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return event->data.sequence_start.anchor || event->data.sequence_start.tag;
    if (event->type == YAML_MAPPING_START_EVENT)
        return event->data.mapping_start.anchor || event->data.mapping_start.tag;
    return event->type == YAML_ALIAS_EVENT;
}

static enum ward_status take_node(struct reader *reader, const yaml_event_t *event)
{
    enum tree_kind kind = TREE_TEXT;
    if (event->type == YAML_SEQUENCE_START_EVENT)
        kind = TREE_LIST;
    else if (event->type == YAML_MAPPING_START_EVENT)
        kind = TREE_MAP;
    struct tree_node *node = node_new(reader, kind, event);
    if (!node)
        return fail_memory(reader);
    if (event_decorated(event))
        return fail_at(reader, node->line, node->column, "anchors, aliases and tags are not used");
    if (++reader->nodes > TREE_NODES_MAX)
        return fail_at(reader, node->line, node->column, "too many values in one file");
    enum ward_status status = WARD_OK;
    if (kind == TREE_TEXT)
        status = text_set(reader, node, event);
    if (status == WARD_OK)
        status = node_add(reader, node);
    if (status == WARD_OK && kind != TREE_TEXT)
        status = node_open(reader, node);
    return status;
}

static enum ward_status take_document(struct reader *reader, const yaml_event_t *event)
{
    cursor_go(&reader->cursor, reader->tree->bytes, event->start_mark.index);
    const uint32_t line = reader->cursor.line;
    const uint32_t column = cursor_column(&reader->cursor);
    if (reader->tree->root)
        return fail_at(reader, line, column, "a second document in one file");
    if (event->data.document_start.tag_directives.start !=
        event->data.document_start.tag_directives.end)
        return fail_at(reader, line, column, "anchors, aliases and tags are not used");
    return WARD_OK;
}

static enum ward_status take_event(struct reader *reader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
    case YAML_SCALAR_EVENT:
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return take_node(reader, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        assert(reader->depth > 0);
        reader->depth--;
        return WARD_OK;
    case YAML_DOCUMENT_START_EVENT:
        return take_document(reader, event);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    default:
        return WARD_OK;
    }
}

static enum ward_status fail_syntax(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        return fail_memory(reader);
    struct cursor cursor = {.line = 1};
    cursor_go(&cursor, reader->tree->bytes, parser->problem_mark.index);
    error_at(reader->err, reader->tree->file, cursor.line, cursor_column(&cursor));
    const char *problem = parser->problem ? parser->problem : "not YAML";
    if (!parser->context)
        return error_set(reader->err, WARD_ERR_FORMAT, "YAML: %s", problem);
    return error_set(reader->err, WARD_ERR_FORMAT, "YAML: %s, %s that began at line %zu", problem,
                     parser->context, parser->context_mark.line + 1);
}

static enum ward_status read_events(struct reader *reader)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&reader->parser, &event))
            return fail_syntax(reader);
        const bool last = event.type == YAML_STREAM_END_EVENT;
        const enum ward_status status = take_event(reader, &event);
        yaml_event_delete(&event);
        if (status != WARD_OK || last)
            return status;
    }
}

static struct ward_str without_mark(struct ward_str bytes)
{
    if (bytes.len >= 3 && memcmp(bytes.data, "\xEF\xBB\xBF", 3) == 0)
        return str_part(bytes, 3, bytes.len);
    return bytes;
}

enum ward_status tree_read(struct arena *arena, const char *file, struct ward_str bytes,
                           struct tree *out, struct ward_error *err)
{
    *out = (struct tree){.file = file, .bytes = without_mark(bytes)};
    struct reader reader = {.arena = arena, .tree = out, .err = err, .cursor = {.line = 1}};
    if (!out->bytes.len)
        return WARD_OK;
    enum ward_status status = check_bytes(&reader);
    if (status != WARD_OK)
        return status;
    if (!yaml_parser_initialize(&reader.parser))
        return fail_memory(&reader);
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)out->bytes.data,
                                 out->bytes.len);
    name_map_init(&reader.keys);
    status = read_events(&reader);
    name_map_release(&reader.keys);
    yaml_parser_delete(&reader.parser);
    if (status != WARD_OK)
        out->root = NULL;
    return status;
}

const struct tree_node *tree_get(const struct tree_node *map, const char *key)
{
    assert(map->kind == TREE_MAP);
    for (const struct tree_node *at = map->first; at; at = at->next) {
        if (str_equal(at->text, str_of(key)))
            return at->value;
    }
    return NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* First byte of the value itself: behind a quote, or behind the header line of a block. */
static size_t value_begin(const struct tree *tree, const struct tree_node *node)
{
    const char *data = tree->bytes.data;
    size_t at = node->begin;
    if (node->plain || at >= node->end)
        return at;
    if (data[at] == '"' || data[at] == '\'')
        return at + 1;
    while (at < node->end && data[at] != '\n')
        at++;
    return at;
}

void tree_place(const struct tree *tree, const struct tree_node *node, size_t offset,
                uint32_t *line, uint32_t *column)
{
    assert(node->kind == TREE_TEXT);
    size_t solid = 0; /* bytes before `offset` that are not white space */
    for (size_t i = 0; i < offset && i < node->text.len; i++)
        solid += !is_blank(node->text.data[i]);
    const bool ends = offset >= node->text.len;
    size_t at = value_begin(tree, node);
    size_t last = at;
    while (at < node->end) {
        if (!is_blank(tree->bytes.data[at])) {
            if (!solid)
                break;
            solid--;
            last = at + 1;
        }
        at++;
    }
    if (ends || at >= node->end)
        at = last;
    *line = node->line;
    *column = node->column;
    for (size_t i = node->begin; i < at; i++) {
        const bool newline = tree->bytes.data[i] == '\n';
        *line += newline;
        *column = newline ? 1 : *column + 1;
    }
}
