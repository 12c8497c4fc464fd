/**
 * Typed reading of YAML values. Numbers and dates are read by hand: the C library's readers follow
 * the locale of the host program.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "pack/decimal.h"
#include "pack/pack_build.h"
#include "pack/pack_names.h"

#define SHOWN_BYTES 64
#define NAME_BYTES_MAX 64u

/* ---- Faults ---- */

enum ward_status build_fail(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, const char *format, ...)
{
    char message[WARD_ERROR_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    error_at(build->err, tree->file, node ? node->line : 1, node ? node->column : 1);
    return error_set(build->err, WARD_ERR_FORMAT, "%s", message);
}

enum ward_status build_fail_in(const struct pack_build *build, struct build_value value,
                               size_t offset, const char *message)
{
    uint32_t line;
    uint32_t column;
    tree_place(value.tree, value.node, offset, &line, &column);
    error_at(build->err, value.tree->file, line, column);
    return error_set(build->err, WARD_ERR_FORMAT, "%s", message);
}

enum ward_status build_no_memory(const struct pack_build *build)
{
    return error_set(build->err, WARD_ERR_NOMEM,
                     "out of memory, or the packs are larger than the ceiling");
}

static int shown(struct ward_str text)
{
    return (int)(text.len < SHOWN_BYTES ? text.len : SHOWN_BYTES);
}

/* ---- Shapes ---- */

enum ward_status value_any_map(const struct pack_build *build, const struct tree *tree,
                               const struct tree_node *node, const char *what)
{
    if (!node || node->kind != TREE_MAP)
        return build_fail(build, tree, node, "%s must be a map (key: value)", what);
    return WARD_OK;
}

enum ward_status value_map(const struct pack_build *build, const struct tree *tree,
                           const struct tree_node *node, const struct map_keys *keys)
{
    const enum ward_status status = value_any_map(build, tree, node, keys->what);
    if (status != WARD_OK)
        return status;
    const struct name_list list = {keys->keys, keys->count};
    for (const struct tree_node *key = node->first; key; key = key->next) {
        if (name_find(&list, key->text) >= 0)
            continue;
        struct suggestion near;
        char hint[SUGGESTION_BYTES];
        suggestion_start(&near, key->text);
        suggestion_offer_list(&near, &list);
        /* {en: a nanny, such as an au pair}: YAML reads the rest of the text as a second key. */
        if (!near.best.len && key->plain && key->value->plain && !key->value->text.len)
            return build_fail(build, tree, key,
                              "%s has no key \"%.*s\" (a text with a comma in "
                              "braces needs quotes)",
                              keys->what, shown(key->text), key->text.data);
        return build_fail(build, tree, key, "%s has no key \"%.*s\"%s", keys->what,
                          shown(key->text), key->text.data, suggestion_text(&near, hint));
    }
    return WARD_OK;
}

enum ward_status value_list(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, const char *what)
{
    if (node->kind != TREE_LIST)
        return build_fail(build, tree, node, "%s must be a list", what);
    return WARD_OK;
}

/* ---- Scalars ---- */

enum ward_status value_text(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, struct ward_str *out)
{
    *out = (struct ward_str){NULL, 0};
    if (node->kind != TREE_TEXT || !node->text.len)
        return build_fail(build, tree, node, "expected a text that is not empty");
    *out = arena_copy(build->keep, node->text);
    return out->data ? WARD_OK : build_no_memory(build);
}

enum ward_status value_bool(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, bool *out)
{
    *out = false;
    if (node->kind == TREE_TEXT && node->plain) {
        *out = str_equal(node->text, str_of("true"));
        if (*out || str_equal(node->text, str_of("false")))
            return WARD_OK;
    }
    return build_fail(build, tree, node, "expected true or false");
}

enum ward_status value_number(const struct pack_build *build, const struct tree *tree,
                              const struct tree_node *node, double *out)
{
    *out = 0.0;
    if (node->kind == TREE_TEXT && node->plain && decimal_parse(node->text, out))
        return WARD_OK;
    return build_fail(build, tree, node, "expected a number such as 3.5");
}

/* Days from 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant, days_from_civil). */
static int64_t days_of(int year, int month, int day)
{
    const int64_t y = month <= 2 ? year - 1 : year;
    const int64_t era = y / 400;
    const int64_t of_era = y - era * 400;
    const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool digits_read(const char *at, int count, int *out)
{
    *out = 0;
    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        *out = *out * 10 + (at[i] - '0');
    }
    return true;
}

static bool date_parse(struct ward_str text, int64_t *out_ms)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year;
    int month;
    int day;
    if (text.len != 10 || text.data[4] != '-' || text.data[7] != '-' ||
        !digits_read(text.data, 4, &year) || !digits_read(text.data + 5, 2, &month) ||
        !digits_read(text.data + 8, 2, &day))
        return false;
    if (year < 1900 || month < 1 || month > 12 || day < 1)
        return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day > lengths[month - 1] + (month == 2 && leap))
        return false;
    *out_ms = days_of(year, month, day) * 86400000;
    return true;
}

enum ward_status value_date(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, int64_t *out_ms)
{
    *out_ms = 0;
    if (node->kind == TREE_TEXT && date_parse(node->text, out_ms))
        return WARD_OK;
    return build_fail(build, tree, node, "expected a date such as 2026-11-01");
}

enum ward_status value_choice(const struct pack_build *build, const struct tree *tree,
                              const struct tree_node *node, const struct name_list *list, int *out)
{
    *out = node->kind == TREE_TEXT ? name_find(list, node->text) : -1;
    if (*out >= 0)
        return WARD_OK;
    char all[192];
    size_t len = 0;
    for (uint32_t i = 0; i < list->count && len < sizeof all; i++)
        len += (size_t)snprintf(all + len, sizeof all - len, "%s%s", i ? ", " : "", list->names[i]);
    *out = 0;
    if (node->kind != TREE_TEXT)
        return build_fail(build, tree, node, "expected one of %s", all);
    struct suggestion near;
    char hint[SUGGESTION_BYTES];
    suggestion_start(&near, node->text);
    suggestion_offer_list(&near, list);
    return build_fail(build, tree, node, "\"%.*s\" is none of %s%s", shown(node->text),
                      node->text.data, all, suggestion_text(&near, hint));
}

enum ward_status value_says(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, struct ward_str says[2])
{
    static const char *const keys[] = {"zh", "en"};
    static const struct map_keys allowed = {"a sentence", keys, 2};
    if (node->kind == TREE_TEXT) {
        const enum ward_status status = value_text(build, tree, node, &says[0]);
        says[1] = says[0];
        return status;
    }
    enum ward_status status = value_map(build, tree, node, &allowed);
    for (uint32_t i = 0; i < 2 && status == WARD_OK; i++) {
        const struct tree_node *text = tree_get(node, keys[i]);
        if (text)
            status = value_text(build, tree, text, &says[i]);
    }
    if (status != WARD_OK)
        return status;
    if (!says[0].len && !says[1].len)
        return build_fail(build, tree, node, "a sentence needs zh, en or both");
    for (uint32_t i = 0; i < 2; i++) {
        if (!says[i].len)
            says[i] = says[1 - i];
    }
    return WARD_OK;
}

enum ward_status value_name(const struct pack_build *build, const struct tree *tree,
                            const struct tree_node *node, struct ward_str *out)
{
    *out = (struct ward_str){NULL, 0};
    bool good = node->kind == TREE_TEXT && node->text.len && node->text.len <= NAME_BYTES_MAX;
    for (size_t i = 0; good && i < node->text.len; i++) {
        const char c = node->text.data[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i > 0);
    }
    if (good && node->text.data[0] >= '0' && node->text.data[0] <= '9')
        good = false;
    if (!good)
        return build_fail(build, tree, node,
                          "a name is made of a-z, 0-9 and -, begins with a letter and has at most "
                          "64 bytes");
    *out = arena_copy(build->keep, node->text);
    return out->data ? WARD_OK : build_no_memory(build);
}
