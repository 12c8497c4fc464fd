/**
 * A package is written as STATE/exports/ID.zip. The name is random and made here: nothing of a
 * request is part of a path.
 */
#include "api/exporter.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "casework/casework.h"
#include "engine/engine.h"
#include "evidence/evidence.h"
#include "evidence/law_texts.h"

#define PATH_BYTES 4096u
#define SWEEP_MS 60000

static const char cut_short[] = "The service was stopped before the package was made.";

struct job {
    struct job *next;
    struct exporter *exporter;
    char id[EXPORT_ID_TEXT];
    atomic_bool is_cancelled;
};

struct exporter {
    struct api *api;
    char folder[PATH_BYTES - 64];
    char key[PATH_BYTES]; /* the office's signing key */
    pthread_mutex_t lock; /* guards what follows, and which end an export comes to */
    struct job *jobs;     /* waiting or at work; owned by the lane */
    unsigned under_way;
    int64_t swept_ms; /* of the thread that sweeps */
};

static bool package_path(const struct exporter *exporter, const char *id, char out[PATH_BYTES])
{
    const int len = snprintf(out, PATH_BYTES, "%s/%s.zip", exporter->folder, id);
    return len > 0 && (size_t)len < PATH_BYTES;
}

/* ---- the job --------------------------------------------------------------------------------- */

static bool is_left(void *context)
{
    const struct job *job = context;
    return atomic_load(&job->is_cancelled) || api_stops(job->exporter->api);
}

/* Length and SHA-256 of what was written. */
static enum ward_status measure(const char *path, struct export_record *record, char hex[65],
                                struct ward_error *err)
{
    unsigned char block[4096];
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    FILE *file = fopen(path, "rb");
    size_t len;
    if (!file)
        return error_set(err, WARD_ERR_IO, "the package cannot be read back");
    (void)crypto_hash_sha256_init(&state);
    while ((len = fread(block, 1, sizeof block, file)) > 0) {
        (void)crypto_hash_sha256_update(&state, block, len);
        record->bytes += len;
    }
    const bool good = !ferror(file);
    (void)fclose(file);
    (void)crypto_hash_sha256_final(&state, hash);
    (void)sodium_bin2hex(hex, 65, hash, sizeof hash);
    return good ? WARD_OK : error_set(err, WARD_ERR_IO, "the package cannot be read back");
}

struct made {
    struct evidence_receipt receipt;
    char sha256[65];
};

static enum ward_status write_package(struct job *job, struct api_worker *worker,
                                      const struct export_record *record, struct made *made,
                                      struct ward_error *err)
{
    const struct exporter *exporter = job->exporter;
    const struct evidence_leave leave = {is_left, job};
    char path[PATH_BYTES];
    struct law_texts laws;
    struct case_file *file = NULL;
    const int64_t now_ms = api_now_ms();
    if (!package_path(exporter, record->id, path))
        return error_set(err, WARD_ERR_IO, "the path of the package is too long");
    enum ward_status status = law_texts_open(worker->engine->engine->pack, &laws, err);
    if (status == WARD_OK)
        status = casework_open(worker->store, record->case_id, now_ms, &file, err);
    if (status == WARD_OK) {
        const struct evidence_export_options how = {.path = path,
                                                    .key = exporter->key,
                                                    .who = record->who,
                                                    .laws = laws.laws,
                                                    .law_count = laws.count,
                                                    .time_ms = now_ms,
                                                    .leave = &leave};
        status = evidence_export(file, &how, &made->receipt, err);
    }
    case_file_free(file);
    law_texts_release(&laws);
    return status;
}

static enum ward_status make(struct job *job, struct api_worker *worker,
                             struct export_record *record, struct made *made,
                             struct ward_error *err)
{
    char path[PATH_BYTES];
    enum ward_status status =
        is_left(job) ? error_set(err, WARD_ERR_BUSY, "the export was left before it began")
                     : write_package(job, worker, record, made, err);
    if (status == WARD_OK && package_path(job->exporter, record->id, path))
        status = measure(path, record, made->sha256, err);
    return status;
}

static enum ward_status note_on_case(struct api_worker *worker, const struct export_record *record,
                                     const struct made *made, struct ward_error *err)
{
    const struct store_act act = {.who = record->who, .time_ms = api_now_ms()};
    const struct casework_package package = {.case_id = record->case_id,
                                             .manifest_sha256 = made->receipt.manifest_sha256,
                                             .key_sha256 = made->receipt.key_sha256,
                                             .files = made->receipt.payload_files,
                                             .place = str_of(record->id)};
    return casework_note_export(worker->store, &act, &package, err);
}

/* Paths and what the system said go to the log, not to the client. */
static struct ward_str why(const struct exporter *exporter, enum ward_status status,
                           const struct ward_error *err)
{
    if (api_stops(exporter->api))
        return str_of(cut_short);
    if (status == WARD_ERR_IO)
        return str_of("The package could not be written, or a helper program failed; see the log "
                      "of the service.");
    return str_of(status == WARD_ERR_NOMEM ? "Memory is short." : err->message);
}

/* Notes how it ended; unless it is ready, nothing stays in the folder. Lock held. */
static void conclude(const struct exporter *exporter, struct api_worker *worker,
                     struct export_record *record, const struct made *made, enum ward_status status,
                     struct ward_error *err)
{
    char path[PATH_BYTES];
    struct ward_error late = {0};
    record->state = status == WARD_OK ? EXPORT_READY : EXPORT_FAILED;
    record->finished_ms = api_now_ms();
    record->expires_ms = record->finished_ms + EXPORT_KEEP_MS;
    if (status == WARD_OK) {
        record->sha256 = str_of(made->sha256);
        record->manifest_sha256 = str_of(made->receipt.manifest_sha256);
        record->key_sha256 = str_of(made->receipt.key_sha256);
    } else {
        record->detail = why(exporter, status, err);
        if (package_path(exporter, record->id, path))
            (void)unlink(path);
        api_log(exporter->api, API_LOG_ERROR, "export-failed", err->message);
    }
    if (export_record_save(worker->store, record, NULL, &late) != WARD_OK)
        api_log(exporter->api, API_LOG_ERROR, "export-not-noted", late.message);
}

/* Says that it is at work, unless it was cancelled meanwhile. */
static enum ward_status begin(struct job *job, struct api_worker *worker, struct arena *arena,
                              struct export_record *record, struct ward_error *err)
{
    (void)pthread_mutex_lock(&job->exporter->lock);
    enum ward_status status =
        export_record_load(worker->store, str_of(job->id), arena, record, err);
    if (status == WARD_OK && record->state == EXPORT_WAITING) {
        record->state = EXPORT_WORKING;
        status = export_record_save(worker->store, record, NULL, err);
    }
    (void)pthread_mutex_unlock(&job->exporter->lock);
    return status;
}

static void end(struct job *job, struct api_worker *worker, struct export_record *record,
                const struct made *made, enum ward_status status, struct ward_error *err)
{
    struct exporter *exporter = job->exporter;
    char path[PATH_BYTES];
    (void)pthread_mutex_lock(&exporter->lock);
    if (!atomic_load(&job->is_cancelled)) {
        if (status == WARD_OK)
            status = note_on_case(worker, record, made, err);
        conclude(exporter, worker, record, made, status, err);
    } else if (package_path(exporter, job->id, path)) {
        (void)unlink(path);
    }
    (void)pthread_mutex_unlock(&exporter->lock);
    api_changed(exporter->api);
}

/* Lock held. */
static void forget(struct exporter *exporter, struct job *job)
{
    struct job **at = &exporter->jobs;
    while (*at && *at != job)
        at = &(*at)->next;
    if (*at)
        *at = job->next;
    exporter->under_way--;
    free(job);
}

static void run(struct api *api, struct api_worker *worker, void *context)
{
    struct job *job = context;
    struct exporter *exporter = job->exporter;
    struct export_record record;
    struct made made = {.sha256 = ""};
    struct arena arena;
    struct ward_error err = {0};
    arena_init(&arena, 4096, 1u << 20);
    enum ward_status status = begin(job, worker, &arena, &record, &err);
    if (status != WARD_OK) {
        api_log(api, API_LOG_ERROR, "export-lost", err.message);
    } else if (record.state == EXPORT_WORKING) {
        status = make(job, worker, &record, &made, &err);
        end(job, worker, &record, &made, status, &err);
    }
    arena_release(&arena);
    (void)pthread_mutex_lock(&exporter->lock);
    forget(exporter, job);
    (void)pthread_mutex_unlock(&exporter->lock);
}

/* ---- asking ---------------------------------------------------------------------------------- */

/* Lock held, so that the job finds its record written. */
static enum ward_status queue(struct exporter *exporter, const struct api_call *call,
                              struct job *job, struct ward_str case_id, struct ward_error *err)
{
    const struct store_act act = {.who = str_of(call->who->who), .time_ms = call->now_ms};
    struct export_record record = {.case_id = case_id,
                                   .who = act.who,
                                   .created_ms = call->now_ms,
                                   .expires_ms = call->now_ms + EXPORT_KEEP_MS};
    memcpy(record.id, job->id, sizeof record.id);
    enum ward_status status = export_record_save(call->worker->store, &record, &act, err);
    if (status != WARD_OK)
        return status;
    status = api_later(exporter->api, API_LANE_SLOW, run, job, err);
    if (status != WARD_OK) {
        record.state = EXPORT_FAILED;
        record.detail = str_of("The service was too busy.");
        record.finished_ms = call->now_ms;
        if (export_record_save(call->worker->store, &record, NULL, NULL) != WARD_OK)
            api_log(exporter->api, API_LOG_ERROR, "export-not-noted", NULL);
    }
    return status;
}

enum ward_status exporter_ask(struct exporter *exporter, const struct api_call *call,
                              struct ward_str case_id, char id[EXPORT_ID_TEXT],
                              struct ward_error *err)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    job->exporter = exporter;
    export_id_make(job->id);
    memcpy(id, job->id, EXPORT_ID_TEXT);
    enum ward_status status = WARD_OK;
    (void)pthread_mutex_lock(&exporter->lock);
    if (exporter->under_way == EXPORTS_MAX)
        status = error_set(err, WARD_ERR_BUSY, "%u exports are under way", EXPORTS_MAX);
    if (status == WARD_OK)
        status = queue(exporter, call, job, case_id, err);
    if (status == WARD_OK) {
        job->next = exporter->jobs;
        exporter->jobs = job;
        exporter->under_way++;
    } else {
        free(job);
    }
    (void)pthread_mutex_unlock(&exporter->lock);
    return status;
}

/* Lock held. */
static enum ward_status cancel(struct exporter *exporter, const struct api_call *call,
                               struct export_record *record, struct ward_error *err)
{
    const struct store_act act = {.who = str_of(call->who->who), .time_ms = call->now_ms};
    char path[PATH_BYTES];
    if (record->state == EXPORT_READY && package_path(exporter, record->id, path) &&
        unlink(path) != 0 && errno != ENOENT)
        return error_set(err, WARD_ERR_IO, "a package cannot be removed: %s", strerror(errno));
    record->state = EXPORT_CANCELLED;
    record->finished_ms = call->now_ms;
    record->expires_ms = call->now_ms + EXPORT_KEEP_MS;
    const enum ward_status status = export_record_save(call->worker->store, record, &act, err);
    for (struct job *job = exporter->jobs; job && status == WARD_OK; job = job->next)
        if (strcmp(job->id, record->id) == 0)
            atomic_store(&job->is_cancelled, true);
    return status;
}

enum ward_status exporter_cancel(struct exporter *exporter, const struct api_call *call,
                                 struct arena *arena, struct export_record *record,
                                 struct ward_error *err)
{
    const struct ward_str id = http_part(call->request, 0);
    (void)pthread_mutex_lock(&exporter->lock);
    enum ward_status status = export_record_load(call->worker->store, id, arena, record, err);
    if (status == WARD_OK && record->expires_ms <= call->now_ms)
        status = WARD_ERR_NOT_FOUND;
    if (status == WARD_OK && (export_is_open(record) || record->state == EXPORT_READY))
        status = cancel(exporter, call, record, err);
    (void)pthread_mutex_unlock(&exporter->lock);
    if (status == WARD_OK)
        api_changed(exporter->api);
    return status;
}

int exporter_open(const struct exporter *exporter, const char *id)
{
    char path[PATH_BYTES];
    return package_path(exporter, id, path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

/* ---- taking away ----------------------------------------------------------------------------- */

/* Ids of records of one kind, copied so that the store may be used again. */
struct ids {
    struct arena arena;
    struct export_record *records; /* owned */
    size_t count, capacity;
};

static enum ward_status keep_record(void *context, const struct export_record *record,
                                    struct ward_error *err)
{
    struct ids *ids = context;
    if (ids->count == ids->capacity) {
        const size_t capacity = ids->capacity ? ids->capacity * 2 : 32;
        struct export_record *records = realloc(ids->records, capacity * sizeof *records);
        if (!records)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        ids->records = records;
        ids->capacity = capacity;
    }
    ids->records[ids->count++] = *record;
    return WARD_OK;
}

static enum ward_status read_all(struct ids *ids, struct store *store, struct ward_error *err)
{
    *ids = (struct ids){.records = NULL};
    arena_init(&ids->arena, 16384, 1u << 26);
    return export_records(store, &ids->arena, keep_record, ids, err);
}

static void ids_release(struct ids *ids)
{
    free(ids->records);
    arena_release(&ids->arena);
}

void exporter_sweep(struct exporter *exporter, struct store *store, int64_t now_ms)
{
    char path[PATH_BYTES];
    struct ids ids;
    struct ward_error err = {0};
    if (now_ms - exporter->swept_ms < SWEEP_MS)
        return;
    exporter->swept_ms = now_ms;
    enum ward_status status = read_all(&ids, store, &err);
    for (size_t i = 0; i < ids.count && status == WARD_OK; i++) {
        const struct export_record *record = &ids.records[i];
        if (export_is_open(record) || record->expires_ms > now_ms ||
            !package_path(exporter, record->id, path))
            continue;
        if (unlink(path) != 0 && errno != ENOENT)
            status =
                error_set(&err, WARD_ERR_IO, "a package cannot be removed: %s", strerror(errno));
        else
            status = export_record_delete(store, record->id, &err);
    }
    if (status != WARD_OK)
        api_log(exporter->api, API_LOG_ERROR, "exports-not-swept", err.message);
    ids_release(&ids);
}

/* ---- beginning ------------------------------------------------------------------------------- */

/* What waited or was at work when the service stopped will not be finished. */
static enum ward_status fail_cut_short(struct store *store, struct ids *ids, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (size_t i = 0; i < ids->count && status == WARD_OK; i++) {
        struct export_record *record = &ids->records[i];
        if (!export_is_open(record))
            continue;
        record->state = EXPORT_FAILED;
        record->detail = str_of(cut_short);
        record->finished_ms = api_now_ms();
        status = export_record_save(store, record, NULL, err);
    }
    return status;
}

static bool is_wanted(const struct ids *ids, const char *name)
{
    for (size_t i = 0; i < ids->count; i++)
        if (ids->records[i].state == EXPORT_READY &&
            strncmp(name, ids->records[i].id, EXPORT_ID_TEXT - 1) == 0 &&
            strcmp(name + EXPORT_ID_TEXT - 1, ".zip") == 0)
            return true;
    return false;
}

static int remove_one(const char *path, const struct stat *is, int kind, struct FTW *at)
{
    (void)is, (void)kind, (void)at;
    (void)remove(path);
    return 0;
}

/* Half-written packages of a service that was killed among them: they hold what people wrote. */
static void clear_folder(const struct exporter *exporter, const struct ids *ids)
{
    char path[PATH_BYTES];
    DIR *folder = opendir(exporter->folder);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        const int len = snprintf(path, sizeof path, "%s/%s", exporter->folder, entry->d_name);
        if (entry->d_name[0] != '.' && !is_wanted(ids, entry->d_name) && len > 0 &&
            (size_t)len < sizeof path)
            (void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    }
    if (folder)
        (void)closedir(folder);
}

static enum ward_status tidy_up(struct exporter *exporter, const struct api_place *place,
                                struct ward_error *err)
{
    const struct store_options options = {.url = place->store_url,
                                          .mode = STORE_WRITE,
                                          .key_path = place->key_path,
                                          .now_ms = api_now_ms()};
    struct store *store = NULL;
    struct ids ids;
    enum ward_status status = store_open(&options, &store, err);
    if (status != WARD_OK)
        return status;
    status = read_all(&ids, store, err);
    if (status == WARD_OK)
        status = fail_cut_short(store, &ids, err);
    if (status == WARD_OK)
        clear_folder(exporter, &ids);
    if (status == WARD_OK)
        exporter_sweep(exporter, store, api_now_ms());
    ids_release(&ids);
    store_close(store);
    return status;
}

/* The office's key stands beside the store, as `ward export` has it; a server has no such place. */
static enum ward_status find_places(struct exporter *exporter, const struct api_place *place,
                                    struct ward_error *err)
{
    const char *url = place->store_url;
    const bool is_server = store_url_is_server(url);
    if (strncmp(url, "sqlite:", 7) == 0)
        url += 7;
    const int folder =
        snprintf(exporter->folder, sizeof exporter->folder, "%s/exports", place->state_dir);
    const int key =
        is_server
            ? snprintf(exporter->key, sizeof exporter->key, "%s/export-key.pem", place->state_dir)
            : snprintf(exporter->key, sizeof exporter->key, "%s.export-key.pem", url);
    if (folder < 0 || (size_t)folder >= sizeof exporter->folder || key < 0 ||
        (size_t)key >= sizeof exporter->key)
        return error_set(err, WARD_ERR_ARGUMENT, "the path of the state folder is too long");
    if (mkdir(exporter->folder, 0700) != 0 && errno != EEXIST)
        return error_set(err, WARD_ERR_IO, "%s: %s", exporter->folder, strerror(errno));
    return WARD_OK;
}

enum ward_status exporter_new(struct api *api, struct exporter **out, struct ward_error *err)
{
    const struct api_place place = api_place(api);
    *out = NULL;
    struct exporter *exporter = calloc(1, sizeof *exporter);
    if (!exporter)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    exporter->api = api;
    (void)pthread_mutex_init(&exporter->lock, NULL);
    enum ward_status status = find_places(exporter, &place, err);
    if (status == WARD_OK)
        status = tidy_up(exporter, &place, err);
    if (status == WARD_OK)
        *out = exporter;
    else
        exporter_free(exporter);
    return status;
}

void exporter_free(struct exporter *exporter)
{
    if (exporter)
        (void)pthread_mutex_destroy(&exporter->lock);
    free(exporter);
}
