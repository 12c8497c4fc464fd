/**
 * Cases, events and decisions as the API shows them. The objects are those of `ward cases --json`
 * with what only a service knows added.
 */
#ifndef WARD_API_CASE_JSON_H
#define WARD_API_CASE_JSON_H

#include "base/buf.h"
#include "casework/link_rows.h"
#include "link/link_json.h"

/** Case `index` with assignee (null: none), held, points. */
void case_json_put(struct buf *out, const struct link_json *how, const struct link_loaded *loaded,
                   uint32_t index);
/** The people of case `index`, as an array. */
void case_json_people(struct buf *out, const struct link_json *how, const struct link *link,
                      uint32_t index);
/** Its groups, and all ties between its accounts; arrays. */
void case_json_groups(struct buf *out, const struct link *link, uint32_t index);
void case_json_ties(struct buf *out, const struct link_json *how, const struct link *link,
                    uint32_t index);

/** {"seq","time","who","kind","reason","note","subject","outcome"}. */
void decision_json_put(struct buf *out, const struct store_decision *decision);

/**
 * {"seq","event","verdict","person","neighbour","erased","held","custody"}: event and verdict as
 * they were stored, null once erased; person null when there is none.
 */
void event_json_put(struct buf *out, const struct store_event_row *row);

/** Appends what link_json_*() wrote since `begin`, without the line break at its end. */
void json_end_line(struct buf *out);
/** A string, or null when it is empty. */
void json_put_text_or_null(struct buf *out, struct ward_str text);

#endif
