/**
 * Verdicts are written by ward itself, and quotes within their strings are escaped: "law":[ with
 * plain quotes is never text that somebody wrote.
 */
#include "api/case_law.h"

#include <string.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "base/time_text.h"

void case_law_init(struct case_law *law)
{
    law->count = 0;
    arena_init(&law->arena, 4096, 1u << 20);
}

void case_law_release(struct case_law *law)
{
    arena_release(&law->arena);
}

/* ---- reading --------------------------------------------------------------------------------- */

enum ward_status case_law_add_id(struct case_law *law, struct ward_str id, struct ward_error *err)
{
    for (size_t i = 0; i < law->count; i++)
        if (str_equal(law->ids[i], id))
            return WARD_OK;
    if (law->count == CASE_LAW_MAX)
        return WARD_OK;
    law->ids[law->count] = arena_copy(&law->arena, id);
    if (!law->ids[law->count].data)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    law->count++;
    return WARD_OK;
}

/* The strings of a list, up to its bracket; ids hold neither quotes nor backslashes. */
static enum ward_status add_list(struct case_law *law, struct ward_str list, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    while (status == WARD_OK && list.len && list.data[0] != ']') {
        if (list.data[0] != '"') {
            list = str_part(list, 1, list.len);
            continue;
        }
        const char *end = memchr(list.data + 1, '"', list.len - 1);
        const size_t len = end ? (size_t)(end - list.data) - 1 : 0;
        if (!end)
            return WARD_OK;
        status = case_law_add_id(law, str_part(list, 1, 1 + len), err);
        list = str_part(list, len + 2, list.len);
    }
    return status;
}

enum ward_status case_law_add(struct case_law *law, struct ward_str verdict_json,
                              struct ward_error *err)
{
    static const char mark[] = "\"law\":[";
    enum ward_status status = WARD_OK;
    const char *at = verdict_json.data;
    const char *end = at ? at + verdict_json.len : at;
    while (status == WARD_OK && at && at < end) {
        at = memmem(at, (size_t)(end - at), mark, sizeof mark - 1);
        if (!at)
            break;
        at += sizeof mark - 1;
        status = add_list(law, (struct ward_str){at, (size_t)(end - at)}, err);
    }
    return status;
}

static enum ward_status take_event(void *context, const struct store_event_row *row,
                                   struct ward_error *err)
{
    return case_law_add(context, row->event.verdict_json, err);
}

enum ward_status case_law_read(struct case_law *law, struct store *store, struct ward_str case_id,
                               struct ward_error *err)
{
    const struct store_event_query query = {.case_id = case_id};
    return store_events(store, &query, take_event, law, err);
}

/* ---- showing --------------------------------------------------------------------------------- */

static void put_says(struct buf *out, const char *key, enum link_says says, struct ward_str zh,
                     struct ward_str en)
{
    json_put_key(out, key);
    if (says == LINK_SAYS_BOTH) {
        buf_put_text(out, "{\"zh\":");
        json_put_string(out, zh.len ? zh : en);
        buf_put_text(out, ",\"en\":");
        json_put_string(out, en.len ? en : zh);
        buf_put_char(out, '}');
    } else {
        json_put_string(out, (says == LINK_SAYS_ZH && zh.len) || !en.len ? zh : en);
    }
}

static void put_day(struct buf *out, const char *key, int64_t time_ms)
{
    struct buf text;
    if (time_ms == INT64_MIN || time_ms == INT64_MAX)
        return;
    buf_init(&text, 64);
    time_put(&text, time_ms);
    buf_put_char(out, ',');
    json_put_key(out, key);
    json_put_string(out, str_part(buf_str(&text), 0, 10));
    buf_release(&text);
}

/* The article with this id that was in force; the last one known when none was. */
static const struct pack_law *find_law(const struct pack *pack, struct ward_str id, int64_t time_ms)
{
    const struct pack_law *found = NULL;
    for (uint32_t i = 0; i < pack->law_count; i++) {
        const struct pack_law *law = &pack->laws[i];
        if (!str_equal(law->id, id))
            continue;
        found = law;
        if (pack_law_holds(law, time_ms))
            break;
    }
    return found;
}

void case_law_put(struct buf *out, const struct case_law *law, const struct pack *pack,
                  int64_t time_ms, enum link_says says)
{
    buf_put_char(out, '[');
    for (size_t i = 0; i < law->count; i++) {
        const struct pack_law *found = find_law(pack, law->ids[i], time_ms);
        buf_put_text(out, i ? ",{\"id\":" : "{\"id\":");
        json_put_string(out, law->ids[i]);
        if (found) {
            buf_put_char(out, ',');
            put_says(out, "title", says, found->title_zh, found->title_en);
            buf_put_char(out, ',');
            put_says(out, "text", says, found->text_zh, found->text_en);
            buf_put_text(out, ",\"source\":");
            json_put_string(out, found->source);
            put_day(out, "from", found->from_ms);
            put_day(out, "to", found->to_ms);
        }
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

/* "CN" of "CN/civil-code/1044". */
static struct ward_str jurisdiction(struct ward_str id)
{
    const char *slash = id.len ? memchr(id.data, '/', id.len) : NULL;
    return str_part(id, 0, slash ? (size_t)(slash - id.data) : id.len);
}

static bool is_cited(const struct case_law *law, struct ward_str id)
{
    for (size_t i = 0; i < law->count; i++)
        if (str_equal(jurisdiction(law->ids[i]), jurisdiction(id)))
            return true;
    return false;
}

static void put_steps(struct buf *out, const struct pack_procedure *procedure, enum link_says says)
{
    buf_put_text(out, ",\"steps\":[");
    for (uint32_t i = 0; i < procedure->step_count; i++) {
        const struct pack_step *step = &procedure->steps[i];
        buf_put_text(out, i ? ",{" : "{");
        put_says(out, "title", says, step->title_zh, step->title_en);
        if (step->body_zh.len || step->body_en.len) {
            buf_put_char(out, ',');
            put_says(out, "body", says, step->body_zh, step->body_en);
        }
        if (step->days >= 0)
            buf_printf(out, ",\"days\":%d", step->days);
        if (step->source.len) {
            buf_put_text(out, ",\"source\":");
            json_put_string(out, step->source);
        }
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

void case_law_put_lawful(struct buf *out, const struct case_law *law, const struct pack *pack,
                         enum link_says says)
{
    bool is_first = true;
    bool any = false;
    for (uint32_t i = 0; i < pack->procedure_count; i++)
        any |= is_cited(law, pack->procedures[i].id);
    buf_put_char(out, '[');
    for (uint32_t i = 0; i < pack->procedure_count; i++) {
        const struct pack_procedure *procedure = &pack->procedures[i];
        if (any && !is_cited(law, procedure->id))
            continue;
        buf_put_text(out, is_first ? "{\"id\":" : ",{\"id\":");
        is_first = false;
        json_put_string(out, procedure->id);
        buf_put_char(out, ',');
        put_says(out, "title", says, procedure->title_zh, procedure->title_en);
        put_steps(out, procedure, says);
        buf_put_text(out, ",\"source\":");
        json_put_string(out, procedure->source);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}
