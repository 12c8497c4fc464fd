#include "casework/verdict_read.h"

#include <jansson.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

static struct ward_str copy_text(struct arena *arena, const json_t *value)
{
    const struct ward_str none = {"", 0};
    if (!json_is_string(value))
        return none;
    return arena_copy(arena,
                      (struct ward_str){json_string_value(value), json_string_length(value)});
}

/* The index of a string member in `names`, 0 if it is none of them. */
static int name_index(const json_t *object, const char *key, const char *(*name_of)(int))
{
    const char *value = json_string_value(json_object_get(object, key));
    for (int i = 0; value && i < 4; i++)
        if (strcmp(value, name_of(i)) == 0)
            return i;
    return 0;
}

static const char *level_at(int i)
{
    return ward_level_name((enum ward_level)i);
}

static const char *role_at(int i)
{
    return ward_role_name((enum ward_role)i);
}

static bool read_reasons(const json_t *reasons, struct arena *arena, struct link_event *event)
{
    size_t i;
    json_t *reason;
    struct ward_str *rules = arena_calloc(arena, json_array_size(reasons) + 1, sizeof *rules);
    if (!rules)
        return false;
    event->rules = rules;
    json_array_foreach(reasons, i, reason)
    {
        event->urgent |= json_is_true(json_object_get(reason, "urgent"));
        if (json_number_value(json_object_get(reason, "weight")) <= 0)
            continue;
        rules[event->rule_count] = copy_text(arena, json_object_get(reason, "rule"));
        if (!rules[event->rule_count++].data)
            return false;
    }
    return true;
}

static size_t laws_in(const json_t *reasons)
{
    size_t count = 0;
    size_t i;
    json_t *reason;
    json_array_foreach(reasons, i, reason) count += json_array_size(json_object_get(reason, "law"));
    return count;
}

static bool has_law(const struct link_event *event, const json_t *id)
{
    const struct ward_str text = {json_string_value(id), json_string_length(id)};
    for (size_t i = 0; i < event->law_count; i++)
        if (str_equal(event->laws[i], text))
            return true;
    return false;
}

/* The law cited, each article once. */
static bool read_laws(const json_t *reasons, struct arena *arena, struct link_event *event)
{
    size_t i;
    size_t k;
    json_t *reason;
    json_t *id;
    struct ward_str *laws = arena_calloc(arena, laws_in(reasons) + 1, sizeof *laws);
    if (!laws)
        return false;
    event->laws = laws;
    json_array_foreach(reasons, i, reason)
    {
        json_array_foreach(json_object_get(reason, "law"), k, id)
        {
            if (!json_is_string(id) || has_law(event, id))
                continue;
            laws[event->law_count] = copy_text(arena, id);
            if (!laws[event->law_count++].data)
                return false;
        }
    }
    return true;
}

static bool read_handles(const json_t *list, struct arena *arena, struct link_event *event)
{
    size_t i;
    json_t *item;
    struct ward_handle *handles = arena_calloc(arena, json_array_size(list) + 1, sizeof *handles);
    if (!handles)
        return false;
    json_array_foreach(list, i, item)
    {
        handles[i].kind = copy_text(arena, json_object_get(item, "kind")).data;
        handles[i].value = copy_text(arena, json_object_get(item, "value"));
        if (!handles[i].kind || !handles[i].value.data)
            return false;
    }
    event->handles = handles;
    event->handle_count = json_array_size(list);
    return true;
}

static void read_child(const json_t *item, struct ward_child *child)
{
    const char *sex = json_string_value(json_object_get(item, "sex"));
    const json_t *age = json_object_get(item, "age_days");
    const char *due = json_string_value(json_object_get(item, "due"));
    const json_t *count = json_object_get(item, "count");
    child->sex = sex && sex[0] == 'f' ? 'f' : sex && sex[0] == 'm' ? 'm' : '?';
    child->age_days_low = child->age_days_high = -1;
    if (json_array_size(age) == 2) {
        child->age_days_low = (int32_t)json_integer_value(json_array_get(age, 0));
        child->age_days_high = (int32_t)json_integer_value(json_array_get(age, 1));
    }
    child->count = count ? (int32_t)json_integer_value(count) : 1;
    child->weight_grams = (int32_t)json_integer_value(json_object_get(item, "weight_grams"));
    child->unborn = json_is_true(json_object_get(item, "unborn"));
    if (due && strlen(due) < sizeof child->due)
        memcpy(child->due, due, strlen(due) + 1);
}

static bool read_children(const json_t *list, struct arena *arena, struct link_event *event)
{
    size_t i;
    json_t *item;
    struct ward_child *children = arena_calloc(arena, json_array_size(list) + 1, sizeof *children);
    if (!children)
        return false;
    json_array_foreach(list, i, item) read_child(item, &children[i]);
    event->children = children;
    event->child_count = json_array_size(list);
    return true;
}

static bool read_prices(const json_t *list, struct arena *arena, struct link_event *event)
{
    size_t i;
    json_t *item;
    struct ward_price *prices = arena_calloc(arena, json_array_size(list) + 1, sizeof *prices);
    if (!prices)
        return false;
    json_array_foreach(list, i, item)
    {
        const char *currency = json_string_value(json_object_get(item, "currency"));
        prices[i].low_minor = json_integer_value(json_object_get(item, "low"));
        prices[i].high_minor = json_integer_value(json_object_get(item, "high"));
        if (currency && strlen(currency) < sizeof prices[i].currency)
            memcpy(prices[i].currency, currency, strlen(currency) + 1);
    }
    event->prices = prices;
    event->price_count = json_array_size(list);
    return true;
}

enum ward_status verdict_read(struct ward_str json, struct arena *arena, struct link_event *event,
                              struct ward_error *err)
{
    json_error_t cause;
    if (!json.len)
        return WARD_OK;
    json_t *root = json_loadb(json.data, json.len, JSON_ALLOW_NUL, &cause);
    if (!root && json_error_code(&cause) == json_error_out_of_memory)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (!json_is_object(root)) {
        json_decref(root);
        return error_set(err, WARD_ERR_FORMAT, "a stored verdict is damaged");
    }
    const json_t *facts = json_object_get(root, "facts");
    event->level = (enum ward_level)name_index(root, "level", level_at);
    event->role = (enum ward_role)name_index(root, "role", role_at);
    event->score = json_number_value(json_object_get(root, "score"));
    const bool good = read_reasons(json_object_get(root, "reasons"), arena, event) &&
                      read_laws(json_object_get(root, "reasons"), arena, event) &&
                      read_handles(json_object_get(facts, "handles"), arena, event) &&
                      read_children(json_object_get(facts, "children"), arena, event) &&
                      read_prices(json_object_get(facts, "prices"), arena, event);
    json_decref(root);
    return good ? WARD_OK : error_set(err, WARD_ERR_NOMEM, "out of memory");
}
