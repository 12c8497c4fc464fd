#include "api/report_erase.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "api/report_take.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "store/store_records.h"

/* Reports read at once. */
#define PAGE 64u

struct report {
    json_t *json; /* owned */
    char id[REPORT_ID_BYTES];
    uint64_t etag;
    int64_t expires_ms;
};

struct page {
    struct report reports[PAGE];
    size_t count;
};

static struct ward_str string_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    return (struct ward_str){text ? text : "", json_string_length(value)};
}

static enum ward_status keep(void *context, const struct store_record *row, struct ward_error *err)
{
    struct page *page = context;
    struct report *report = &page->reports[page->count];
    if (row->id.len >= sizeof report->id)
        return error_set(err, WARD_ERR_FORMAT, "the name of a report is damaged");
    *report =
        (struct report){.json = json_loadb(row->json.data, row->json.len, JSON_ALLOW_NUL, NULL),
                        .etag = row->etag,
                        .expires_ms = row->expires_ms};
    memcpy(report->id, row->id.data, row->id.len);
    if (!report->json)
        return error_set(err, WARD_ERR_FORMAT, "report %s is damaged", report->id);
    page->count++;
    return WARD_OK;
}

static void page_clear(struct page *page)
{
    for (size_t i = 0; i < page->count; i++)
        json_decref(page->reports[i].json);
    page->count = 0;
}

/* ---- one report ------------------------------------------------------------------------------ */

static enum ward_status look(void *context, const struct store_event_row *row,
                             struct ward_error *err)
{
    (void)err;
    *(bool *)context &= row->is_erased;
    return WARD_OK;
}

/* Empties a key whose event is erased (but for the platform); `*erased` is then true, else as it
 * was. */
static enum ward_status empty_key(struct store *store, json_t *key, bool *erased,
                                  struct ward_error *err)
{
    const struct store_event_key at = {string_at(key, "platform"), string_at(key, "group"),
                                       string_at(key, "id")};
    bool is_erased = true;
    if (!at.id.len)
        return WARD_OK;
    const enum ward_status status = store_event_history(store, &at, look, &is_erased, err);
    if (status == WARD_OK && is_erased) {
        if (json_object_set_new(key, "group", json_string("")) |
            json_object_set_new(key, "id", json_string("")))
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        *erased = true;
    }
    return status == WARD_ERR_NOT_FOUND ? WARD_OK : status; /* never stored: nothing to erase */
}

static bool is_gone(const json_t *json, const struct report_reporter *gone)
{
    return gone && gone->account.len &&
           str_equal(string_at(json_object_get(json, "reporter"), "account"), gone->account) &&
           str_equal(string_at(json_object_get(json, "reported"), "platform"), gone->platform);
}

static enum ward_status empty(struct store *store, json_t *json, const struct report_reporter *gone,
                              bool *changed, struct ward_error *err)
{
    json_t *thread = json_object_get(json, "thread");
    bool words_go = is_gone(json, gone);
    enum ward_status status = empty_key(store, json_object_get(json, "reported"), &words_go, err);
    *changed = words_go;
    for (size_t i = 0; i < json_array_size(thread) && status == WARD_OK; i++)
        status = empty_key(store, json_array_get(thread, i), changed, err);
    if (status != WARD_OK || !words_go)
        return status;
    (void)json_object_clear(json_object_get(json, "reporter"));
    (void)json_object_del(json, "note");
    const int failed = json_object_set_new(json, "reason", json_string("")) |
                       json_object_set_new(json, "erased", json_true());
    return failed ? error_set(err, WARD_ERR_NOMEM, "out of memory") : WARD_OK;
}

static enum ward_status write_down(struct store *store, const struct store_act *act,
                                   const struct report *report, bool expired,
                                   struct ward_error *err)
{
    struct buf entry;
    char *text = json_dumps(report->json, JSON_COMPACT);
    buf_init(&entry, 256);
    buf_printf(&entry, "{\"report\":\"%s\"}", report->id);
    struct store_record_change change = {.kind = str_of(REPORT_KIND),
                                         .id = str_of(report->id),
                                         .json = str_of(text && !expired ? text : ""),
                                         .expires_ms = report->expires_ms,
                                         .expect = report->etag,
                                         .deletes = expired,
                                         .is_sealed = true};
    struct store_record_batch batch = {.who = act->who,
                                       .time_ms = act->time_ms,
                                       .entry_kind =
                                           str_of(expired ? "report-expired" : "report-erased"),
                                       .entry_json = buf_str(&entry),
                                       .changes = &change,
                                       .count = 1};
    const enum ward_status status = !text || entry.failed
                                        ? error_set(err, WARD_ERR_NOMEM, "out of memory")
                                        : store_records_change(store, &batch, err);
    buf_release(&entry);
    free(text);
    return status;
}

struct erasing {
    struct store *store;
    const struct store_act *act;
    const struct report_reporter *gone;
    uint64_t *count;
};

static enum ward_status take_care(const struct erasing *e, const struct report *report,
                                  struct ward_error *err)
{
    const struct store_act *act = e->act;
    const bool expired = report->expires_ms && report->expires_ms < act->time_ms;
    bool changed = expired;
    enum ward_status status = WARD_OK;
    if (!expired)
        status = empty(e->store, report->json, e->gone, &changed, err);
    if (status == WARD_OK && changed)
        status = write_down(e->store, act, report, expired, err);
    *e->count += status == WARD_OK && changed;
    return status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

enum ward_status report_erase(struct store *store, const struct store_act *act,
                              const struct report_reporter *gone, uint64_t *count,
                              struct ward_error *err)
{
    const struct erasing erasing = {store, act, gone, count};
    char after[REPORT_ID_BYTES] = "";
    enum ward_status status;
    *count = 0;
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    size_t read;
    do {
        const struct store_record_query query = {
            .kind = str_of(REPORT_KIND), .after = str_of(after), .limit = PAGE};
        status = store_records(store, &query, keep, page, err);
        read = page->count;
        for (size_t i = 0; i < read && status == WARD_OK; i++)
            status = take_care(&erasing, &page->reports[i], err);
        if (read)
            memcpy(after, page->reports[read - 1].id, sizeof after);
        page_clear(page);
    } while (status == WARD_OK && read == PAGE);
    free(page);
    if (status == WARD_OK && *count)
        store_scrub(store);
    return status;
}
