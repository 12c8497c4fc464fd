/*
 * Any bytes as a body are cut into members and elements: pieces lie within the text, in order, none
 * is empty, and the end is reached.
 */
#include <assert.h>
#include <stddef.h>

#include "api/json_split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct ward_str text, char open)
{
    struct json_split split;
    struct ward_str key = {0};
    struct ward_str value = {0};
    const char *last = text.data;
    if (!json_split_begin(&split, text, open))
        return;
    while (json_split_next(&split, &key, &value)) {
        assert(value.len && value.data >= last);
        assert(value.data + value.len <= text.data + text.len);
        if (open == '{')
            assert(key.data >= text.data && key.data + key.len < value.data);
        last = value.data + value.len;
    }
    assert(split.is_wrong || split.at == text.len);
    assert(split.at <= text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ward_str text = {(const char *)data, size};
    if (!size)
        return 0;
    walk(text, '{');
    walk(text, '[');
    return 0;
}
