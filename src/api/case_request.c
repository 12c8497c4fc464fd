#include "api/case_request.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "engine/engine.h"

/* ---- pages ----------------------------------------------------------------------------------- */

static bool read_count(struct ward_str text, size_t *out)
{
    *out = 0;
    if (!text.len || text.len > 9)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *out = *out * 10 + (size_t)(text.data[i] - '0');
    }
    return true;
}

enum ward_status list_page_read(const struct api_call *call, char list, struct list_page *out,
                                struct ward_error *err)
{
    const struct ward_str limit = http_query(call->request, "limit");
    const struct ward_str after = http_query(call->request, "after");
    *out = (struct list_page){.limit = LIST_LIMIT_DEFAULT};
    if (limit.len &&
        (!read_count(limit, &out->limit) || !out->limit || out->limit > LIST_LIMIT_MAX))
        return error_set(err, WARD_ERR_ARGUMENT, "limit is a number from 1 to %u", LIST_LIMIT_MAX);
    out->has_after = after.len > 0;
    if (out->has_after && !cursor_read(after, list, &out->cursor))
        return error_set(err, WARD_ERR_ARGUMENT, "after is no cursor of this list");
    return WARD_OK;
}

void list_page_end(struct buf *out, const struct cursor *next)
{
    buf_put_text(out, ",\"next\":");
    if (next) {
        buf_put_char(out, '"');
        cursor_put(out, next);
        buf_put_text(out, "\"}\n");
    } else {
        buf_put_text(out, "null}\n");
    }
}

enum ward_status request_says(const struct api_call *call, enum link_says *out,
                              struct ward_error *err)
{
    static const char *const names[] = {
        [LINK_SAYS_EN] = "en", [LINK_SAYS_ZH] = "zh", [LINK_SAYS_BOTH] = "both"};
    const struct ward_str lang = http_query(call->request, "lang");
    *out = LINK_SAYS_BOTH;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!str_equal(lang, str_of(names[i])))
            continue;
        *out = (enum link_says)i;
        return WARD_OK;
    }
    return lang.len ? error_set(err, WARD_ERR_ARGUMENT, "lang is en, zh or both") : WARD_OK;
}

/* ---- conditions ------------------------------------------------------------------------------ */

enum ward_status request_serial_known(const struct api_call *call, bool *known,
                                      struct ward_error *err)
{
    char tag[24];
    uint64_t serial;
    const enum ward_status status = store_serial(call->worker->store, &serial, err);
    (void)snprintf(tag, sizeof tag, "%" PRIx64, serial);
    *known = status == WARD_OK && http_not_modified(call->request, call->reply, str_of(tag));
    return status;
}

enum ward_status request_case_known(const struct api_call *call, struct ward_str case_id,
                                    bool *known, struct ward_error *err)
{
    char stamp[STORE_STAMP];
    char tag[STORE_STAMP + 16];
    const enum ward_status status = store_case_stamp(call->worker->store, case_id, stamp, err);
    (void)snprintf(tag, sizeof tag, "%s-%.8s", stamp, call->worker->engine->engine->pack->hash);
    *known = status == WARD_OK && http_not_modified(call->request, call->reply, str_of(tag));
    return status;
}

struct ward_str request_stamp(const struct api_call *call)
{
    struct ward_str tag = http_header(call->request, "If-Match");
    while (tag.len && (tag.data[0] == ' ' || tag.data[0] == '\t'))
        tag = str_part(tag, 1, tag.len);
    if (!tag.len || tag.data[0] == '*')
        return (struct ward_str){"", 0};
    if (tag.data[0] != '"') /* a weak one, or none at all: it matches nothing */
        return str_of("-");
    tag = str_part(tag, 1, tag.len);
    size_t len = 0;
    while (len < tag.len && tag.data[len] != '"' && tag.data[len] != '-')
        len++;
    return len ? str_part(tag, 0, len) : str_of("-");
}

/* ---- bodies ---------------------------------------------------------------------------------- */

enum ward_status request_object(const struct api_call *call, json_t **out, struct ward_error *err)
{
    const struct ward_str body = http_body(call->request);
    json_error_t at;
    *out = body.len ? json_loadb(body.data, body.len, JSON_REJECT_DUPLICATES, &at) : json_object();
    if (!*out && !body.len)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    if (json_is_object(*out))
        return WARD_OK;
    const bool is_json = *out != NULL;
    json_decref(*out);
    *out = NULL;
    return is_json ? error_set(err, WARD_ERR_FORMAT, "the body is not a JSON object")
                   : error_set(err, WARD_ERR_FORMAT, "the body is not JSON: line %d, column %d",
                               at.line, at.column);
}

enum ward_status request_text(const json_t *object, const char *key, size_t max,
                              struct ward_str *out, struct ward_error *err)
{
    const json_t *value = json_object_get(object, key);
    *out = (struct ward_str){"", 0};
    if (!value || json_is_null(value))
        return WARD_OK;
    if (!json_is_string(value))
        return error_set(err, WARD_ERR_ARGUMENT, "\"%s\" is not a string", key);
    *out = (struct ward_str){json_string_value(value), json_string_length(value)};
    return out->len <= max
               ? WARD_OK
               : error_set(err, WARD_ERR_LIMIT, "\"%s\" has more than %zu bytes", key, max);
}

/* ---- the store ------------------------------------------------------------------------------- */

struct store_act request_act(const struct api_call *call)
{
    return (struct store_act){.who = str_of(call->who->who), .time_ms = call->now_ms};
}

enum ward_status request_note_reading(const struct api_call *call, struct ward_str case_id,
                                      const char *what, uint64_t number, struct ward_error *err)
{
    const struct store_act act = request_act(call);
    struct buf body;
    buf_init(&body, 4096);
    buf_put_text(&body, "{\"case\":");
    json_put_string(&body, case_id);
    buf_printf(&body, ",\"what\":\"%s\"", what);
    if (number)
        buf_printf(&body, ",\"number\":%" PRIu64, number);
    buf_put_char(&body, '}');
    const enum ward_status status =
        body.failed
            ? error_set(err, body.failed, "out of memory")
            : store_audit_add(call->worker->store, &act, str_of("case-read"), buf_str(&body), err);
    buf_release(&body);
    return status;
}

enum ward_status request_case(const struct api_call *call, struct ward_str id, struct buf *out,
                              struct ward_error *err)
{
    if (!id.len || id.len > 256)
        return error_set(err, WARD_ERR_NOT_FOUND, "there is no such case");
    return store_case_id(call->worker->store, id, out, err);
}

enum ward_status request_written(const struct api_call *call, struct ward_error *err)
{
    const enum ward_status failed = call->reply->body.failed;
    return failed == WARD_OK ? WARD_OK : error_set(err, failed, "the answer takes too much memory");
}
