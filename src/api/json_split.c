/**
 * See json_split.h.
 */
#include "api/json_split.h"

#include <string.h>

#include "base/str.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct json_split *split)
{
    while (split->at < split->text.len && is_blank(split->text.data[split->at]))
        split->at++;
}

static bool fail(struct json_split *split)
{
    split->is_wrong = true;
    return false;
}

/* Takes one character; false if another one is there. */
static bool take(struct json_split *split, char c)
{
    if (split->at >= split->text.len || split->text.data[split->at] != c)
        return false;
    split->at++;
    return true;
}

/* Behind the string's closing quote; `at` is its opening one. */
static bool skip_string(struct json_split *split)
{
    for (split->at++; split->at < split->text.len; split->at++) {
        const char c = split->text.data[split->at];
        if (c == '\\')
            split->at++;
        else if (c == '"') {
            split->at++;
            return true;
        }
    }
    split->at = split->text.len;
    return fail(split);
}

/* Behind a value, by its brackets and strings alone. */
static bool skip_value(struct json_split *split)
{
    unsigned depth = 0;
    const size_t begin = split->at;
    while (split->at < split->text.len) {
        const char c = split->text.data[split->at];
        if (c == '"') {
            if (!skip_string(split))
                return false;
            if (!depth)
                return true;
            continue;
        }
        if (c == '{' || c == '[') {
            if (++depth > JSON_SPLIT_DEPTH_MAX)
                return fail(split);
        } else if (c == '}' || c == ']') {
            if (!depth)
                break;
            if (!--depth) {
                split->at++;
                return true;
            }
        } else if (!depth && (c == ',' || is_blank(c))) {
            break;
        }
        split->at++;
    }
    return !depth && split->at > begin ? true : fail(split);
}

bool json_split_begin(struct json_split *split, struct ward_str text, char open)
{
    *split = (struct json_split){.text = text, .close = open == '{' ? '}' : ']', .is_first = true};
    skip_blanks(split);
    return take(split, open);
}

/* The closing bracket is there: nothing but blanks may follow. */
static bool at_end(struct json_split *split)
{
    skip_blanks(split);
    if (split->at != split->text.len)
        split->is_wrong = true;
    return false;
}

static bool take_key(struct json_split *split, struct ward_str *key)
{
    const size_t begin = split->at + 1;
    if (split->at >= split->text.len || split->text.data[split->at] != '"' || !skip_string(split))
        return fail(split);
    *key = str_part(split->text, begin, split->at - 1);
    skip_blanks(split);
    if (!take(split, ':'))
        return fail(split);
    skip_blanks(split);
    return true;
}

bool json_split_next(struct json_split *split, struct ward_str *key, struct ward_str *value)
{
    if (split->is_wrong)
        return false;
    skip_blanks(split);
    if (take(split, split->close))
        return at_end(split);
    if (!split->is_first && !take(split, ','))
        return fail(split);
    split->is_first = false;
    skip_blanks(split);
    if (split->close == '}' && !take_key(split, key))
        return false;
    const size_t begin = split->at;
    if (!skip_value(split))
        return false;
    *value = str_part(split->text, begin, split->at);
    return true;
}
