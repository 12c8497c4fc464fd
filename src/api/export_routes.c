/**
 * POST /v1/cases/{id}/exports, GET /v1/exports/{export}, GET /v1/exports/{export}/package,
 * DELETE /v1/exports/{export}.
 */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/case_json.h"
#include "api/case_parts.h"
#include "api/case_request.h"
#include "api/exporter.h"
#include "api/job_reply.h"
#include "base/error.h"
#include "base/json_out.h"
#include "base/str.h"
#include "base/time_text.h"

static struct exporter *exporter_of(const struct api_call *call)
{
    return api_state(call->api, &export_part);
}

static enum ward_status ask(struct api_call *call, struct ward_error *err)
{
    char id[EXPORT_ID_TEXT];
    struct buf case_id;
    buf_init(&case_id, 256);
    enum ward_status status = request_case(call, http_part(call->request, 0), &case_id, err);
    if (status == WARD_OK)
        status = exporter_ask(exporter_of(call), call, buf_str(&case_id), id, err);
    if (status == WARD_OK)
        status = job_reply(call, "export", "/v1/exports", id, err);
    buf_release(&case_id);
    return status;
}

/* ---- how far it is --------------------------------------------------------------------------- */

static void put_pair(struct buf *out, const char *key, struct ward_str text)
{
    buf_put_char(out, ',');
    json_put_key(out, key);
    json_put_text_or_null(out, text);
}

static void put_moment(struct buf *out, const char *key, int64_t time_ms)
{
    buf_put_char(out, ',');
    json_put_key(out, key);
    buf_put_char(out, '"');
    time_put(out, time_ms);
    buf_put_char(out, '"');
}

static void put_export(struct buf *out, const struct export_record *record)
{
    buf_printf(out, "{\"export\":\"%s\",\"state\":\"%s\"", record->id,
               export_state_name(record->state));
    put_pair(out, "case", record->case_id);
    put_pair(out, "who", record->who);
    put_moment(out, "created", record->created_ms);
    if (record->finished_ms)
        put_moment(out, "finished", record->finished_ms);
    if (record->state == EXPORT_READY) {
        put_moment(out, "expires", record->expires_ms);
        buf_printf(out, ",\"bytes\":%" PRIu64, record->bytes);
        put_pair(out, "sha256", record->sha256);
        put_pair(out, "tagmanifest_sha256", record->manifest_sha256);
        put_pair(out, "key_sha256", record->key_sha256);
    }
    if (record->state == EXPORT_FAILED)
        put_pair(out, "detail", record->detail);
    buf_put_text(out, "}\n");
}

static enum ward_status gone(enum ward_status status, struct ward_error *err)
{
    return status == WARD_ERR_NOT_FOUND
               ? error_set(err, status, "there is no such export, or not any more")
               : status;
}

/* One that has expired is gone, whether or not it was taken away yet. */
static enum ward_status load(const struct api_call *call, struct arena *arena,
                             struct export_record *record, struct ward_error *err)
{
    const enum ward_status status =
        export_record_load(call->worker->store, http_part(call->request, 0), arena, record, err);
    const bool is_over = status == WARD_OK && record->expires_ms <= call->now_ms;
    return gone(is_over ? WARD_ERR_NOT_FOUND : status, err);
}

static enum ward_status show(struct api_call *call, struct ward_error *err)
{
    struct export_record record;
    struct arena arena;
    arena_init(&arena, 4096, 1u << 20);
    enum ward_status status = load(call, &arena, &record, err);
    if (status == WARD_OK) {
        put_export(&call->reply->body, &record);
        status = request_written(call, err);
    }
    arena_release(&arena);
    return status;
}

static enum ward_status cancel(struct api_call *call, struct ward_error *err)
{
    struct export_record record;
    struct arena arena;
    arena_init(&arena, 4096, 1u << 20);
    enum ward_status status = exporter_cancel(exporter_of(call), call, &arena, &record, err);
    if (status == WARD_OK) {
        put_export(&call->reply->body, &record);
        status = request_written(call, err);
    }
    arena_release(&arena);
    return gone(status, err);
}

/* ---- the package ----------------------------------------------------------------------------- */

static enum ward_status note_fetch(const struct api_call *call, const struct export_record *record,
                                   struct ward_error *err)
{
    const struct store_act act = request_act(call);
    struct buf body;
    buf_init(&body, 4096);
    buf_printf(&body, "{\"export\":\"%s\",\"case\":", record->id);
    json_put_string(&body, record->case_id);
    buf_put_char(&body, '}');
    const enum ward_status status =
        body.failed ? error_set(err, body.failed, "out of memory")
                    : store_audit_add(call->worker->store, &act, str_of("export-fetched"),
                                      buf_str(&body), err);
    buf_release(&body);
    return status;
}

static enum ward_status send_package(const struct api_call *call,
                                     const struct export_record *record, struct ward_error *err)
{
    char name[128];
    struct stat is;
    if (record->state != EXPORT_READY) {
        http_problem(call->reply, 409, "not-ready", "The package is not ready", "%s",
                     export_is_open(record)           ? "It is being made."
                     : record->state == EXPORT_FAILED ? "The export failed."
                                                      : "The export was cancelled.");
        return WARD_OK;
    }
    const int file = exporter_open(exporter_of(call), record->id);
    if (file < 0 || fstat(file, &is) != 0) {
        if (file >= 0)
            (void)close(file);
        return error_set(err, WARD_ERR_NOT_FOUND, "the package is not there any more");
    }
    const enum ward_status status = note_fetch(call, record, err);
    if (status != WARD_OK) {
        (void)close(file);
        return status;
    }
    (void)snprintf(name, sizeof name, "attachment; filename=\"ward-%s.zip\"", record->id);
    http_reply_header_text(call->reply, "Content-Disposition", name);
    call->reply->type = "application/zip";
    call->reply->file = file;
    call->reply->file_bytes = (uint64_t)is.st_size;
    return WARD_OK;
}

static enum ward_status fetch(struct api_call *call, struct ward_error *err)
{
    struct export_record record;
    struct arena arena;
    arena_init(&arena, 4096, 1u << 20);
    enum ward_status status = load(call, &arena, &record, err);
    if (status == WARD_OK)
        status = send_package(call, &record, err);
    arena_release(&arena);
    return status;
}

/* ---- the part -------------------------------------------------------------------------------- */

static enum ward_status start(struct api *api, void **state, struct ward_error *err)
{
    struct exporter *exporter;
    const enum ward_status status = exporter_new(api, &exporter, err);
    *state = exporter;
    return status;
}

static void stop(struct api *api, void *state)
{
    (void)api;
    exporter_free(state);
}

static void tick(struct api *api, void *state, struct store *store, int64_t now_ms)
{
    (void)api;
    exporter_sweep(state, store, now_ms);
}

static const struct api_route routes[] = {
    {HTTP_POST, "/v1/cases/{id}/exports", ACCESS_EXPORT, API_LANE_WRITE, ask, 0},
    {HTTP_GET, "/v1/exports/{export}", ACCESS_EXPORT, API_LANE_READ, show, 0},
    {HTTP_DELETE, "/v1/exports/{export}", ACCESS_EXPORT, API_LANE_WRITE, cancel, 0},
    {HTTP_GET, "/v1/exports/{export}/package", ACCESS_EXPORT, API_LANE_READ, fetch, 0},
};

const struct api_part export_part = {.name = "exports",
                                     .routes = routes,
                                     .route_count = sizeof routes / sizeof routes[0],
                                     .start = start,
                                     .stop = stop,
                                     .tick = tick};
