/**
 * POST /v1/check/query and /v1/check/name: what somebody searches for, or calls a group or himself,
 * judged as a subject of its own, with what to show instead: the pages of help that fit, and the
 * lawful ways of the packs, in Chinese and English. Nothing is stored or remembered.
 */
#include "api/query_routes.h"

#include <jansson.h>
#include <string.h>

#include "base/error.h"
#include "base/json_pen.h"
#include "base/str.h"
#include "engine/engine.h"
#include "engine/verdict_json.h"

/* A search or a name is short; what is longer is a text for /v1/check. */
#define QUERY_BYTES_MAX 4096u

/* ---- what to show ---------------------------------------------------------------------------- */

static void put_says(struct json_pen *pen, const char *key, struct ward_str zh, struct ward_str en)
{
    pen_key(pen, key);
    pen_open(pen, '{');
    pen_pair(pen, "zh", zh);
    pen_pair(pen, "en", en);
    pen_close(pen, '}');
}

static void put_procedure(struct json_pen *pen, const struct pack_procedure *procedure)
{
    pen_open(pen, '{');
    pen_pair(pen, "rule", procedure->id);
    put_says(pen, "says", procedure->title_zh, procedure->title_en);
    pen_key(pen, "steps");
    pen_open(pen, '[');
    for (uint32_t i = 0; i < procedure->step_count; i++) {
        const struct pack_step *step = &procedure->steps[i];
        pen_open(pen, '{');
        pen_pair(pen, "zh", step->title_zh);
        pen_pair(pen, "en", step->title_en);
        pen_close(pen, '}');
    }
    pen_close(pen, ']');
    pen_close(pen, '}');
}

static bool ends_with(struct ward_str text, const char *end)
{
    const size_t len = strlen(end);
    return text.len >= len && memcmp(text.data + text.len - len, end, len) == 0;
}

/* Ids of procedures end in what they are about ("CN/adopt/steps"); another country's packs follow
 * the same names. */
static bool procedure_fits(const struct pack_procedure *procedure,
                           const struct ward_verdict *verdict)
{
    const bool gives = verdict->role == WARD_ROLE_OFFER;
    const bool deals = verdict->role == WARD_ROLE_AGENT;
    return (ends_with(procedure->id, "/adopt/steps") && !gives) ||
           (ends_with(procedure->id, "/place/parents") && verdict->role != WARD_ROLE_SEEK) ||
           (ends_with(procedure->id, "/birth-certificate/lawful") && deals) ||
           ends_with(procedure->id, "/report");
}

void query_put_show(struct json_pen *pen, const struct pack *pack,
                    const struct ward_verdict *verdict)
{
    pen_open(pen, '[');
    for (size_t i = 0; i < verdict->help_count; i++) {
        pen_open(pen, '{');
        pen_pair(pen, "rule", verdict->help[i].rule);
        put_says(pen, "says", verdict->help[i].says_zh, verdict->help[i].says_en);
        pen_close(pen, '}');
    }
    const bool shows = verdict->help_count || verdict->level > WARD_LEVEL_NONE;
    for (uint32_t i = 0; shows && i < pack->procedure_count; i++)
        if (procedure_fits(&pack->procedures[i], verdict))
            put_procedure(pen, &pack->procedures[i]);
    pen_close(pen, ']');
}

/* ---- judging --------------------------------------------------------------------------------- */

static enum ward_status reply(struct api_call *call, const struct ward_event *event,
                              enum says_lang lang, struct ward_error *err)
{
    const struct api_engine *engine = call->worker->engine;
    const struct verdict_json how = {lang, engine->packs};
    const struct ward_verdict *verdict;
    struct json_pen pen;
    struct buf json;
    enum ward_status status =
        ward_check(engine->engine, call->worker->scratch, event, &engine->check, &verdict);
    if (status != WARD_OK)
        return error_set(err, status, "cannot judge: %s", ward_status_name(status));
    buf_init(&json, SIZE_MAX / 2);
    verdict_json_put(&json, &how, event, verdict);
    if (json.len && json.data[json.len - 1] == '\n')
        json.len--;
    pen_init(&pen, &call->reply->body, false);
    pen_open(&pen, '{');
    pen_pair_text(&pen, "level", ward_level_name(verdict->level));
    pen_key(&pen, "score");
    pen_number(&pen, verdict->score, 4);
    pen_key(&pen, "verdict");
    pen_raw(&pen, buf_str(&json));
    pen_key(&pen, "show");
    query_put_show(&pen, engine->engine->pack, verdict);
    pen_close(&pen, '}');
    status = json.failed;
    buf_release(&json);
    return status == WARD_OK ? WARD_OK : error_set(err, status, "out of memory");
}

static struct ward_str text_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return (struct ward_str){json_string_value(value), json_string_length(value)};
}

static enum ward_status lang_of(const json_t *root, enum says_lang *lang, struct ward_error *err)
{
    static const char *const names[] = {[SAYS_EN] = "en", [SAYS_ZH] = "zh", [SAYS_BOTH] = "both"};
    const struct ward_str name = text_of(root, "lang");
    *lang = SAYS_BOTH;
    for (int i = 0; name.len && i <= SAYS_BOTH; i++)
        if (str_equal(name, str_of(names[i]))) {
            *lang = (enum says_lang)i;
            return WARD_OK;
        }
    return name.len ? error_set(err, WARD_ERR_ARGUMENT, "lang is \"zh\", \"en\" or \"both\"")
                    : WARD_OK;
}

static enum ward_status kind_of(const json_t *root, enum ward_kind *kind, struct ward_error *err)
{
    const struct ward_str name = text_of(root, "kind");
    *kind = WARD_KIND_GROUP_NAME;
    if (!name.len || str_equal(name, str_of("group_name")))
        return WARD_OK;
    *kind = WARD_KIND_ALIAS;
    return str_equal(name, str_of("alias"))
               ? WARD_OK
               : error_set(err, WARD_ERR_ARGUMENT, "kind is \"group_name\" or \"alias\"");
}

static enum ward_status check(struct api_call *call, bool is_query, struct ward_error *err)
{
    const struct ward_str body = http_body(call->request);
    json_error_t fault;
    json_t *root = json_loadb(body.data ? body.data : "", body.len,
                              JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &fault);
    struct ward_event event = {.id = str_of("-"), .kind = WARD_KIND_QUERY};
    enum says_lang lang;
    enum ward_status status = lang_of(root, &lang, err);
    event.text = text_of(root, "text");
    if (!json_is_object(root))
        status = error_set(err, WARD_ERR_FORMAT, "the body is not a JSON object");
    else if (status == WARD_OK &&
             (!json_is_string(json_object_get(root, "text")) || !event.text.len))
        status = error_set(err, WARD_ERR_ARGUMENT, "\"text\" is missing");
    else if (status == WARD_OK && event.text.len > QUERY_BYTES_MAX)
        status =
            error_set(err, WARD_ERR_LIMIT, "\"text\" is longer than %u bytes", QUERY_BYTES_MAX);
    if (status == WARD_OK && !is_query)
        status = kind_of(root, &event.kind, err);
    if (status == WARD_OK)
        status = reply(call, &event, lang, err);
    json_decref(root);
    return status;
}

static enum ward_status post_query(struct api_call *call, struct ward_error *err)
{
    return check(call, true, err);
}

static enum ward_status post_name(struct api_call *call, struct ward_error *err)
{
    return check(call, false, err);
}

static const struct api_route routes[] = {
    {HTTP_POST, "/v1/check/query", ACCESS_CHECK, API_LANE_NOW, post_query, 0},
    {HTTP_POST, "/v1/check/name", ACCESS_CHECK, API_LANE_NOW, post_name, 0},
};

const struct api_part query_part = {
    .name = "query", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
