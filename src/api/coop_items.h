/**
 * Coop's items -> ward's events.
 *
 * A Coop item is {"id","typeId","data":{...}}; what stands in `data` is named by each customer.
 * Names are looked for in the order given, whatever their case and however they are joined
 * ("createdAt", "created_at"). Related items ({"id","typeId"}) count as their id. Texts of several
 * fields (title, text, description ...) become one, a line each.
 */
#ifndef WARD_API_COOP_ITEMS_H
#define WARD_API_COOP_ITEMS_H

#include <jansson.h>

#include "base/buf.h"

/** What of an event a name may fill. */
enum coop_field {
    COOP_TEXT = 0,
    COOP_ACCOUNT,
    COOP_ALIAS,
    COOP_GROUP,
    COOP_GROUP_NAME,
    COOP_REPLY_TO,
    COOP_QUOTED,
    COOP_TIME,
    COOP_MEDIA
};
#define COOP_FIELDS 9
#define COOP_NAMES_MAX 24u
#define COOP_NAME_BYTES 64u

/** Names by field, in order, folded; "" ends a list. */
struct coop_fields {
    char names[COOP_FIELDS][COOP_NAMES_MAX][COOP_NAME_BYTES];
};

/** The usual names. */
void coop_fields_init(struct coop_fields *fields);
/**
 * Puts names of one's own before the usual ones: "text=caption,slogan account=seller" (fields as
 * event fields are called; spaces between). WARD_ERR_ARGUMENT: no such field, too many or too long.
 */
enum ward_status coop_fields_read(struct coop_fields *fields, struct ward_str text,
                                  struct ward_error *err) WARD_MUST_USE;

/**
 * Appends the item as one event, a line of JSON. `platform` may be empty. WARD_ERR_FORMAT: no item
 * (an object with a string `id` and an object `data`); WARD_ERR_NOMEM.
 */
enum ward_status coop_put_event(struct buf *out, const json_t *item,
                                const struct coop_fields *fields, struct ward_str platform,
                                struct ward_error *err) WARD_MUST_USE;

#endif
