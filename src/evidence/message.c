#include "evidence/message.h"

#include <jansson.h>

#include "base/str.h"

/* Of a JSON string that may be missing; lives as long as `node`. */
static struct ward_str text_of(const json_t *node)
{
    if (!json_is_string(node))
        return (struct ward_str){NULL, 0};
    return (struct ward_str){json_string_value(node), json_string_length(node)};
}

static bool keep(struct arena *arena, const json_t *node, struct ward_str *out)
{
    const struct ward_str text = text_of(node);
    *out = (struct ward_str){NULL, 0};
    if (!text.len)
        return true;
    *out = arena_copy(arena, text);
    return out->data != NULL;
}

static uint64_t offset_of(const json_t *node)
{
    const json_int_t value = json_is_integer(node) ? json_integer_value(node) : 0;
    return value > 0 ? (uint64_t)value : 0;
}

static uint32_t disguises_of(const json_t *list)
{
    uint32_t bits = 0;
    size_t i;
    json_t *node;
    json_array_foreach(list, i, node)
    {
        for (uint32_t bit = 1; bit <= WARD_DISGUISE_ALL; bit <<= 1)
            if (str_equal(text_of(node), str_of(ward_disguise_name(bit))))
                bits |= bit;
    }
    return bits;
}

static size_t bounded(const json_t *list, size_t max)
{
    const size_t count = json_array_size(list);
    return count < max ? count : max;
}

static bool read_spans(const json_t *list, struct arena *arena, struct message_reason *reason)
{
    const size_t count = bounded(list, MESSAGE_SPANS_MAX);
    struct message_span *spans = arena_calloc(arena, count + 1, sizeof *spans);
    if (!spans)
        return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *node = json_array_get(list, i);
        spans[i].begin = offset_of(json_object_get(node, "begin"));
        spans[i].end = offset_of(json_object_get(node, "end"));
        spans[i].disguises = disguises_of(json_object_get(node, "disguise"));
        if (!keep(arena, json_object_get(node, "field"), &spans[i].field) ||
            !keep(arena, json_object_get(node, "written"), &spans[i].written) ||
            !keep(arena, json_object_get(node, "read"), &spans[i].read))
            return false;
    }
    reason->spans = spans;
    reason->span_count = count;
    return true;
}

static bool read_laws(const json_t *list, struct arena *arena, struct message_reason *reason)
{
    const size_t count = bounded(list, MESSAGE_SPANS_MAX);
    struct ward_str *laws = arena_calloc(arena, count + 1, sizeof *laws);
    if (!laws)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!keep(arena, json_array_get(list, i), &laws[i]))
            return false;
    reason->laws = laws;
    reason->law_count = count;
    return true;
}

/* "says" is a sentence or, in both languages, {"zh": ..., "en": ...}. */
static bool read_says(const json_t *says, struct arena *arena, struct message_reason *reason)
{
    if (!json_is_object(says))
        return keep(arena, says, &reason->says_en);
    return keep(arena, json_object_get(says, "zh"), &reason->says_zh) &&
           keep(arena, json_object_get(says, "en"), &reason->says_en);
}

static bool read_reasons(const json_t *list, struct arena *arena, struct message *out)
{
    const size_t count = bounded(list, MESSAGE_REASONS_MAX);
    struct message_reason *reasons = arena_calloc(arena, count + 1, sizeof *reasons);
    if (!reasons)
        return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *node = json_array_get(list, i);
        reasons[i].weight = json_number_value(json_object_get(node, "weight"));
        if (!keep(arena, json_object_get(node, "rule"), &reasons[i].rule) ||
            !read_says(json_object_get(node, "says"), arena, &reasons[i]) ||
            !read_laws(json_object_get(node, "law"), arena, &reasons[i]) ||
            !read_spans(json_object_get(node, "spans"), arena, &reasons[i]))
            return false;
    }
    out->reasons = reasons;
    out->reason_count = count;
    return true;
}

enum ward_status message_read(const struct case_file *file, size_t index, struct arena *arena,
                              struct message *out)
{
    const struct case_entry *entry = &file->entries[index];
    json_error_t why;
    *out = (struct message){.is_readable = true, .text = file->events[index].text};
    if (!entry->verdict_json.len) {
        out->is_readable = entry->is_neighbour || entry->is_erased;
        return WARD_OK;
    }
    json_t *root =
        json_loadb(entry->verdict_json.data, entry->verdict_json.len, JSON_ALLOW_NUL, &why);
    if (!root && json_error_code(&why) == json_error_out_of_memory)
        return WARD_ERR_NOMEM;
    out->is_readable = json_is_object(root);
    out->base = json_number_value(json_object_get(root, "base"));
    out->score = json_number_value(json_object_get(root, "score"));
    const bool read = read_reasons(json_object_get(root, "reasons"), arena, out);
    json_decref(root);
    return read ? WARD_OK : WARD_ERR_NOMEM;
}
