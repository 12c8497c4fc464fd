/**
 * What requests about cases have in common: pages, languages, conditions, bodies, the note that a
 * case was read.
 */
#ifndef WARD_API_CASE_REQUEST_H
#define WARD_API_CASE_REQUEST_H

#include <jansson.h>

#include "api/api.h"
#include "api/cursor.h"
#include "link/link_json.h"

#define LIST_LIMIT_DEFAULT 50u
#define LIST_LIMIT_MAX 200u

/** A part of a list that is asked for. */
struct list_page {
    size_t limit;         /**< 1 .. LIST_LIMIT_MAX */
    bool has_after;       /**< else from the start */
    struct cursor cursor; /**< of the last row seen */
};

/** Reads ?limit= and ?after=. WARD_ERR_ARGUMENT when one is not understood. */
enum ward_status list_page_read(const struct api_call *call, char list, struct list_page *out,
                                struct ward_error *err) WARD_MUST_USE;
/** Puts ,"next":"..."} or ,"next":null} behind a list. */
void list_page_end(struct buf *out, const struct cursor *next);

/** Reads ?lang= (en, zh, both; both when it is not there). WARD_ERR_ARGUMENT. */
enum ward_status request_says(const struct api_call *call, enum link_says *out,
                              struct ward_error *err) WARD_MUST_USE;

/** Sets the ETag of what changes with the store's serial; `*known`: the client has it, and the
 * reply is done. Errors of the store. */
enum ward_status request_serial_known(const struct api_call *call, bool *known,
                                      struct ward_error *err) WARD_MUST_USE;
/** The same of one case; the packs in force count too, for the law comes from them. */
enum ward_status request_case_known(const struct api_call *call, struct ward_str case_id,
                                    bool *known, struct ward_error *err) WARD_MUST_USE;

/** The stamp that If-Match names, without what stands behind its first '-'; empty when there is
 * none or '*'. What is no stamp of ours matches no case. */
struct ward_str request_stamp(const struct api_call *call);

/** The body as a JSON object; an empty body is an empty one. Freed with json_decref().
 * WARD_ERR_FORMAT. */
enum ward_status request_object(const struct api_call *call, json_t **out,
                                struct ward_error *err) WARD_MUST_USE;
/** A string of the object, empty when it is not there or null; borrowed from it. WARD_ERR_ARGUMENT
 * for another type, WARD_ERR_LIMIT above `max` bytes. */
enum ward_status request_text(const json_t *object, const char *key, size_t max,
                              struct ward_str *out, struct ward_error *err) WARD_MUST_USE;

/** Who acts, for the store. */
struct store_act request_act(const struct api_call *call);

/** Notes in the audit log that `what` ("case", "events", "event" ...) of a case was read. Before
 * anything is shown. `case_id` is as the store has it; may be empty. */
enum ward_status request_note_reading(const struct api_call *call, struct ward_str case_id,
                                      const char *what, uint64_t number,
                                      struct ward_error *err) WARD_MUST_USE;

/** The id of the case that `id` stands for now, into `out` (initialised by the caller).
 * WARD_ERR_NOT_FOUND. */
enum ward_status request_case(const struct api_call *call, struct ward_str id, struct buf *out,
                              struct ward_error *err) WARD_MUST_USE;

/** The reply's failure, if its body could not be written. */
enum ward_status request_written(const struct api_call *call, struct ward_error *err) WARD_MUST_USE;

#endif
