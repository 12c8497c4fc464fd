#include "api/export_record.h"

#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"

#define RECORD_BYTES_MAX (64u * 1024u)

static const char kind[] = "export";

const char *export_state_name(enum export_state state)
{
    static const char *const names[EXPORT_STATES] = {"waiting", "working", "ready", "failed",
                                                     "cancelled"};
    return (unsigned)state < EXPORT_STATES ? names[state] : "unknown";
}

bool export_is_open(const struct export_record *record)
{
    return record->state == EXPORT_WAITING || record->state == EXPORT_WORKING;
}

void export_id_make(char out[EXPORT_ID_TEXT])
{
    unsigned char bytes[EXPORT_ID_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2hex(out, EXPORT_ID_TEXT, bytes, sizeof bytes);
}

bool export_id_is(struct ward_str text)
{
    if (text.len != EXPORT_ID_TEXT - 1)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789abcdef", text.data[i]) || !text.data[i])
            return false;
    return true;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_pair(struct buf *out, const char *key, struct ward_str text)
{
    buf_put_char(out, ',');
    json_put_key(out, key);
    json_put_string(out, text);
}

static void put_record(struct buf *out, const struct export_record *r)
{
    buf_printf(out,
               "{\"state\":%d,\"created\":%" PRId64 ",\"finished\":%" PRId64 ",\"bytes\":%" PRIu64,
               (int)r->state, r->created_ms, r->finished_ms, r->bytes);
    put_pair(out, "case", r->case_id);
    put_pair(out, "who", r->who);
    put_pair(out, "detail", r->detail);
    put_pair(out, "sha256", r->sha256);
    put_pair(out, "manifest_sha256", r->manifest_sha256);
    put_pair(out, "key_sha256", r->key_sha256);
    buf_put_char(out, '}');
}

enum ward_status export_record_save(struct store *store, const struct export_record *record,
                                    const struct store_act *act, struct ward_error *err)
{
    const bool is_new = record->state == EXPORT_WAITING;
    struct buf json;
    struct buf entry;
    buf_init(&json, RECORD_BYTES_MAX);
    buf_init(&entry, 4096);
    put_record(&json, record);
    buf_printf(&entry, "{\"export\":\"%s\",\"case\":", record->id);
    json_put_string(&entry, record->case_id);
    buf_put_char(&entry, '}');
    struct store_record_change change = {.kind = str_of(kind),
                                         .id = str_of(record->id),
                                         .json = buf_str(&json),
                                         .expires_ms = record->expires_ms,
                                         .expect = is_new ? STORE_ETAG_NEW : STORE_ETAG_ANY};
    struct store_record_batch batch = {.who = act ? act->who : record->who,
                                       .time_ms = act ? act->time_ms : record->finished_ms,
                                       .entry_kind = str_of(!act     ? ""
                                                            : is_new ? "export-asked"
                                                                     : "export-cancelled"),
                                       .entry_json =
                                           act ? buf_str(&entry) : (struct ward_str){"", 0},
                                       .changes = &change,
                                       .count = 1};
    enum ward_status status = json.failed ? json.failed : entry.failed;
    if (status == WARD_OK)
        status = store_records_change(store, &batch, err);
    else
        status = error_set(err, status, "out of memory");
    buf_release(&entry);
    buf_release(&json);
    return status;
}

enum ward_status export_record_delete(struct store *store, const char *id, struct ward_error *err)
{
    struct store_record_change change = {
        .kind = str_of(kind), .id = str_of(id), .expect = STORE_ETAG_ANY, .deletes = true};
    struct store_record_batch batch = {.changes = &change, .count = 1};
    return store_records_change(store, &batch, err);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct loading {
    struct arena *arena;
    export_taker take;
    void *context;
};

static struct ward_str copy(struct arena *arena, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    return arena_copy(arena,
                      (struct ward_str){text ? text : "", text ? json_string_length(value) : 0});
}

static bool read_record(struct arena *arena, const struct store_record *row,
                        struct export_record *out)
{
    json_t *json = json_loadb(row->json.data, row->json.len, JSON_ALLOW_NUL, NULL);
    const json_int_t state = json_integer_value(json_object_get(json, "state"));
    *out = (struct export_record){
        .case_id = copy(arena, json, "case"),
        .who = copy(arena, json, "who"),
        .state = state >= 0 && state < EXPORT_STATES ? (enum export_state)state : EXPORT_FAILED,
        .detail = copy(arena, json, "detail"),
        .created_ms = json_integer_value(json_object_get(json, "created")),
        .finished_ms = json_integer_value(json_object_get(json, "finished")),
        .expires_ms = row->expires_ms,
        .bytes = (uint64_t)json_integer_value(json_object_get(json, "bytes")),
        .sha256 = copy(arena, json, "sha256"),
        .manifest_sha256 = copy(arena, json, "manifest_sha256"),
        .key_sha256 = copy(arena, json, "key_sha256")};
    json_decref(json);
    if (row->id.len < sizeof out->id)
        memcpy(out->id, row->id.data, row->id.len);
    return out->case_id.data && out->who.data && out->detail.data && out->sha256.data &&
           out->manifest_sha256.data && out->key_sha256.data;
}

static enum ward_status take_row(void *context, const struct store_record *row,
                                 struct ward_error *err)
{
    struct loading *l = context;
    struct export_record record;
    if (!export_id_is(row->id))
        return WARD_OK;
    return read_record(l->arena, row, &record) ? l->take(l->context, &record, err)
                                               : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

enum ward_status export_records(struct store *store, struct arena *arena, export_taker take,
                                void *context, struct ward_error *err)
{
    struct loading l = {arena, take, context};
    const struct store_record_query query = {.kind = str_of(kind)};
    return store_records(store, &query, take_row, &l, err);
}

static enum ward_status keep(void *context, const struct export_record *record,
                             struct ward_error *err)
{
    (void)err;
    *(struct export_record *)context = *record;
    return WARD_OK;
}

enum ward_status export_record_load(struct store *store, struct ward_str id, struct arena *arena,
                                    struct export_record *out, struct ward_error *err)
{
    struct loading l = {arena, keep, out};
    if (!export_id_is(id))
        return error_set(err, WARD_ERR_NOT_FOUND, "there is no such export");
    return store_record_find(store, str_of(kind), id, take_row, &l, err);
}
