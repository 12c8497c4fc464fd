/**
 * GET /v1/people, /v1/people/{id}.
 *
 * A person is shown from the detail of its case, so that the list of all people opens the cases of
 * one page only, each once.
 */
#include <stdlib.h>

#include "api/case_json.h"
#include "api/case_parts.h"
#include "api/case_request.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

#define LIST_PEOPLE 'p'
#define LIST_OF_CASE 'q'

/* ---- of one case ----------------------------------------------------------------------------- */

/* People of a case keep the order of linking; a page goes on behind the last id seen. */
static void put_of_case(const struct api_call *call, const struct link_loaded *loaded,
                        const struct list_page *page, enum link_says says)
{
    struct buf *out = &call->reply->body;
    const struct link *link = &loaded->link;
    const struct link_json how = {loaded->events, says};
    struct cursor next = {.list = LIST_OF_CASE};
    size_t given = 0;
    uint32_t i = 0;
    if (page->has_after)
        while (i < link->person_count &&
               !str_equal(link->people[i++].id, cursor_text(&page->cursor)))
            continue;
    buf_put_text(out, "{\"people\":[");
    for (; i < link->person_count && given < page->limit; i++) {
        if (given++)
            buf_put_char(out, ',');
        link_json_person(out, &how, link, i);
        json_end_line(out);
    }
    buf_put_char(out, ']');
    if (i < link->person_count)
        cursor_set_text(&next, link->people[i - 1].id);
    list_page_end(out, next.text_len ? &next : NULL);
}

static enum ward_status list_of_case(const struct api_call *call, struct ward_str case_id,
                                     enum link_says says, struct ward_error *err)
{
    const struct link_rows_query query = {.case_id = case_id};
    struct link_loaded loaded;
    struct list_page page;
    enum ward_status status = list_page_read(call, LIST_OF_CASE, &page, err);
    if (status != WARD_OK)
        return status;
    status = link_rows_load(call->worker->store, &query, &loaded, err);
    if (status == WARD_OK)
        put_of_case(call, &loaded, &page, says);
    link_loaded_release(&loaded);
    return status;
}

/* ---- of all cases ---------------------------------------------------------------------------- */

struct found_person {
    struct ward_str id, case_id;
};

struct finding {
    struct arena arena;
    struct found_person people[LIST_LIMIT_MAX + 1];
    size_t count;
};

static enum ward_status take_person(void *context, const struct store_person *row,
                                    struct ward_error *err)
{
    struct finding *f = context;
    if (f->count == LIST_LIMIT_MAX + 1)
        return WARD_OK;
    struct found_person *to = &f->people[f->count++];
    *to =
        (struct found_person){arena_copy(&f->arena, row->id), arena_copy(&f->arena, row->case_id)};
    return to->id.data && to->case_id.data ? WARD_OK
                                           : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

/* Writes the person of that id out of a case; false when the case has it no more. */
static bool put_person(struct buf *out, const struct link_loaded *loaded, struct ward_str id,
                       enum link_says says)
{
    const struct link_json how = {loaded->events, says};
    for (uint32_t i = 0; i < loaded->link.person_count; i++) {
        if (!str_equal(loaded->link.people[i].id, id))
            continue;
        link_json_person(out, &how, &loaded->link, i);
        json_end_line(out);
        return true;
    }
    return false;
}

/* The JSON of each person found, in `texts`; people of one case together, so it is read once. */
static enum ward_status write_people(struct store *store, const struct finding *f, size_t count,
                                     enum link_says says, struct buf *texts, struct ward_error *err)
{
    enum ward_status status = WARD_OK;
    for (size_t i = 0; i < count && status == WARD_OK; i++) {
        const struct link_rows_query query = {.case_id = f->people[i].case_id};
        struct link_loaded loaded;
        if (texts[i].len)
            continue; /* written with an earlier one of its case */
        status = link_rows_load(store, &query, &loaded, err);
        for (size_t j = i; j < count && status == WARD_OK; j++) {
            if (!str_equal(f->people[j].case_id, f->people[i].case_id))
                continue;
            if (!put_person(&texts[j], &loaded, f->people[j].id, says))
                buf_put_char(&texts[j], ' '); /* linked anew meanwhile: left out */
            if (texts[j].failed)
                status = error_set(err, texts[j].failed, "out of memory");
        }
        link_loaded_release(&loaded);
        if (status == WARD_ERR_NOT_FOUND) {
            buf_put_char(&texts[i], ' ');
            status = WARD_OK;
        }
    }
    return status;
}

static void put_people(struct buf *out, const struct finding *f, const struct buf *texts,
                       size_t count)
{
    struct cursor next = {.list = LIST_PEOPLE};
    bool is_first = true;
    buf_put_text(out, "{\"people\":[");
    for (size_t i = 0; i < count; i++) {
        if (texts[i].len <= 1)
            continue;
        if (!is_first)
            buf_put_char(out, ',');
        is_first = false;
        buf_put_str(out, buf_str(&texts[i]));
    }
    buf_put_char(out, ']');
    if (f->count > count)
        cursor_set_text(&next, f->people[count - 1].id);
    list_page_end(out, next.text_len ? &next : NULL);
}

static enum ward_status find_people(const struct api_call *call, struct finding *f,
                                    enum link_says says, struct ward_error *err)
{
    struct list_page page;
    enum ward_status status = list_page_read(call, LIST_PEOPLE, &page, err);
    if (status == WARD_OK)
        status = store_people_page(call->worker->store, cursor_text(&page.cursor), page.limit + 1,
                                   take_person, f, err);
    if (status != WARD_OK)
        return status;
    const size_t count = f->count < page.limit ? f->count : page.limit;
    struct buf *texts = calloc(count + 1, sizeof *texts);
    if (!texts)
        return error_set(err, WARD_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < count; i++)
        buf_init(&texts[i], HTTP_REPLY_BYTES_MAX);
    status = write_people(call->worker->store, f, count, says, texts, err);
    if (status == WARD_OK)
        put_people(&call->reply->body, f, texts, count);
    for (size_t i = 0; i < count; i++)
        buf_release(&texts[i]);
    free(texts);
    return status;
}

static enum ward_status list_people(struct api_call *call, struct ward_error *err)
{
    const struct ward_str case_id = http_query(call->request, "case");
    enum link_says says;
    enum ward_status status = request_says(call, &says, err);
    if (status == WARD_OK && case_id.len) {
        status = list_of_case(call, case_id, says, err);
    } else if (status == WARD_OK) {
        struct finding *f = calloc(1, sizeof *f);
        if (!f)
            return error_set(err, WARD_ERR_NOMEM, "out of memory");
        arena_init(&f->arena, 64u * 1024u, 1u << 24);
        status = find_people(call, f, says, err);
        arena_release(&f->arena);
        free(f);
    }
    return status == WARD_OK ? request_written(call, err) : status;
}

/* ---- one person ------------------------------------------------------------------------------ */

static enum ward_status take_case_id(void *context, const struct store_person *row,
                                     struct ward_error *err)
{
    struct buf *id = context;
    buf_put_str(id, row->case_id);
    return id->failed == WARD_OK ? WARD_OK : error_set(err, id->failed, "out of memory");
}

static enum ward_status put_one(const struct api_call *call, struct ward_str id,
                                struct ward_str case_id, struct ward_error *err)
{
    const struct link_rows_query query = {.case_id = case_id};
    struct link_loaded loaded;
    enum link_says says;
    enum ward_status status = request_says(call, &says, err);
    if (status != WARD_OK)
        return status;
    status = link_rows_load(call->worker->store, &query, &loaded, err);
    if (status == WARD_OK)
        status = request_note_reading(call, case_id, "person", 0, err);
    if (status == WARD_OK && !put_person(&call->reply->body, &loaded, id, says))
        status = error_set(err, WARD_ERR_NOT_FOUND, "there is no such person");
    buf_put_char(&call->reply->body, '\n');
    link_loaded_release(&loaded);
    return status;
}

static enum ward_status show_person(struct api_call *call, struct ward_error *err)
{
    const struct ward_str id = http_part(call->request, 0);
    struct buf case_id;
    bool known = false;
    buf_init(&case_id, 256);
    enum ward_status status =
        store_person_find(call->worker->store, id, take_case_id, &case_id, err);
    if (status == WARD_OK)
        status = request_case_known(call, buf_str(&case_id), &known, err);
    if (status == WARD_OK && !known)
        status = put_one(call, id, buf_str(&case_id), err);
    buf_release(&case_id);
    return status == WARD_OK ? request_written(call, err) : status;
}

static const struct api_route routes[] = {
    {HTTP_GET, "/v1/people", ACCESS_READ, API_LANE_READ, list_people, 0},
    {HTTP_GET, "/v1/people/{id}", ACCESS_READ, API_LANE_READ, show_person, 0},
};

const struct api_part people_part = {
    .name = "people", .routes = routes, .route_count = sizeof routes / sizeof routes[0]};
