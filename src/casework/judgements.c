#include "casework/judgements.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"

static const char *const KIND_NAMES[] = {
    [LINK_JUDGE_SAME_PERSON] = "same-person", [LINK_JUDGE_DIFFERENT_PEOPLE] = "different-people",
    [LINK_JUDGE_SAME_CASE] = "same-case",     [LINK_JUDGE_DIFFERENT_CASES] = "different-cases",
    [LINK_JUDGE_INNOCENT] = "innocent",
};
#define KIND_COUNT (sizeof KIND_NAMES / sizeof KIND_NAMES[0])

void judgements_init(struct judgements *judgements)
{
    *judgements = (struct judgements){0};
    arena_init(&judgements->arena, 16u * 1024u, SIZE_MAX / 2);
}

void judgements_release(struct judgements *judgements)
{
    free(judgements->rows);
    arena_release(&judgements->arena);
    judgements_init(judgements);
}

enum ward_status judgements_add(struct judgements *judgements, enum link_judgement_kind kind,
                                struct ward_str a, struct ward_str b)
{
    if (judgements->count == judgements->capacity) {
        const size_t capacity = judgements->capacity ? judgements->capacity * 2 : 16;
        struct link_judgement *rows = realloc(judgements->rows, capacity * sizeof *rows);
        if (!rows)
            return WARD_ERR_NOMEM;
        judgements->rows = rows;
        judgements->capacity = capacity;
    }
    struct link_judgement *row = &judgements->rows[judgements->count];
    *row = (struct link_judgement){kind, arena_copy(&judgements->arena, a),
                                   arena_copy(&judgements->arena, b)};
    if (!row->a.data || !row->b.data)
        return WARD_ERR_NOMEM;
    judgements->count++;
    return WARD_OK;
}

static struct ward_str text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? str_of(text) : (struct ward_str){"", 0};
}

static enum ward_status take_json(struct judgements *judgements, struct ward_str json)
{
    size_t i;
    json_t *item;
    enum ward_status status = WARD_OK;
    json_t *root = json.len ? json_loadb(json.data, json.len, 0, NULL) : NULL;
    json_array_foreach(json_object_get(root, "judgements"), i, item)
    {
        const struct ward_str name = text_of(item, "kind");
        for (size_t kind = 0; kind < KIND_COUNT && status == WARD_OK; kind++)
            if (str_equal(name, str_of(KIND_NAMES[kind])))
                status = judgements_add(judgements, (enum link_judgement_kind)kind,
                                        text_of(item, "a"), text_of(item, "b"));
    }
    json_decref(root);
    return status;
}

static enum ward_status take_decision(void *context, const struct store_decision *row,
                                      struct ward_error *err)
{
    struct judgements *judgements = context;
    enum ward_status status = take_json(judgements, row->extra_json);
    if (status == WARD_OK && row->kind == STORE_DISMISS &&
        str_equal(row->subject_kind, str_of("event")))
        status =
            judgements_add(judgements, LINK_JUDGE_INNOCENT, row->subject, (struct ward_str){"", 0});
    return status == WARD_OK ? WARD_OK : error_set(err, status, "out of memory");
}

enum ward_status judgements_read(struct judgements *judgements, struct store *store,
                                 struct ward_error *err)
{
    return store_decisions(store, (struct ward_str){"", 0}, take_decision, judgements, err);
}

void judgements_write(const struct judgements *judgements, struct buf *out)
{
    buf_put_text(out, "{\"judgements\":[");
    for (size_t i = 0; i < judgements->count; i++) {
        buf_printf(out, "%s{\"kind\":\"%s\",\"a\":", i ? "," : "",
                   KIND_NAMES[judgements->rows[i].kind]);
        json_put_string(out, judgements->rows[i].a);
        buf_put_text(out, ",\"b\":");
        json_put_string(out, judgements->rows[i].b);
        buf_put_char(out, '}');
    }
    buf_put_text(out, "]}");
}
