#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/link_rows.h"

/* Rows as they come; the arrays move while they grow. */
struct gathering {
    struct arena *arena;
    struct link_group *groups;
    struct ward_str *case_ids; /* one a group */
    size_t count, capacity;
};

static bool grow(struct gathering *g)
{
    if (g->count < g->capacity)
        return true;
    const size_t capacity = g->capacity ? g->capacity * 2 : 64;
    struct link_group *groups = realloc(g->groups, capacity * sizeof *groups);
    if (groups)
        g->groups = groups;
    struct ward_str *ids = groups ? realloc(g->case_ids, capacity * sizeof *ids) : NULL;
    if (!ids)
        return false;
    g->case_ids = ids;
    g->capacity = capacity;
    return true;
}

static enum ward_status take_group(void *context, const struct store_group *row,
                                   struct ward_error *err)
{
    struct gathering *g = context;
    if (!grow(g))
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    struct link_group *group = &g->groups[g->count];
    *group = (struct link_group){.key = arena_copy(g->arena, row->key),
                                 .name = arena_copy(g->arena, row->name),
                                 .score = row->score,
                                 .messages = row->messages,
                                 .flagged = row->flagged,
                                 .case_index = UINT32_MAX};
    g->case_ids[g->count] = arena_copy(g->arena, row->case_id);
    if (!group->key.data || !group->name.data || !g->case_ids[g->count].data)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    json_t *detail = row->detail_json.len
                         ? json_loadb(row->detail_json.data, row->detail_json.len, 0, NULL)
                         : NULL;
    const json_t *people = json_object_get(detail, "people");
    for (size_t role = 0; role < 4; role++)
        group->people[role] = (uint32_t)json_integer_value(json_array_get(people, role));
    json_decref(detail);
    g->count++;
    return WARD_OK;
}

/* A case of that id for the group to point to: groups of one case need not stand together. */
static uint32_t case_of(struct link *link, struct link_case *cases, struct ward_str id)
{
    if (!id.len)
        return UINT32_MAX;
    for (uint32_t i = 0; i < link->case_count; i++)
        if (str_equal(cases[i].id, id))
            return i;
    cases[link->case_count].id = id;
    return (uint32_t)link->case_count++;
}

static bool settle(struct gathering *g, struct link *link)
{
    struct link_group *groups = arena_calloc(g->arena, g->count + 1, sizeof *groups);
    struct link_case *cases = arena_calloc(g->arena, g->count + 1, sizeof *cases);
    if (!groups || !cases)
        return false;
    for (size_t i = 0; i < g->count; i++) {
        groups[i] = g->groups[i];
        groups[i].case_index = case_of(link, cases, g->case_ids[i]);
    }
    link->groups = groups;
    link->group_count = g->count;
    link->cases = cases;
    return true;
}

enum ward_status link_rows_load_groups(struct store *store, struct link_loaded *out,
                                       struct ward_error *err)
{
    *out = (struct link_loaded){0};
    arena_init(&out->arena, 64u * 1024u, SIZE_MAX / 2);
    struct gathering g = {.arena = &out->arena};
    enum ward_status status = store_groups(store, (struct ward_str){"", 0}, take_group, &g, err);
    if (status == WARD_OK && !settle(&g, &out->link))
        status = error_set(err, WARD_ERR_NOMEM, "out of memory");
    free(g.groups);
    free(g.case_ids);
    return status;
}
