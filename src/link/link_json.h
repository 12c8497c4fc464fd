/**
 * Cases, people and groups as JSON, one object a line: what `ward cases|people|groups --json`
 * print, and what evidence packages carry. Field order is fixed.
 */
#ifndef WARD_LINK_LINK_JSON_H
#define WARD_LINK_LINK_JSON_H

#include "base/buf.h"
#include "link/link.h"

/** Language of the sentences. */
enum link_says { LINK_SAYS_EN, LINK_SAYS_ZH, LINK_SAYS_BOTH /**< {"zh":...,"en":...} */ };

struct link_json {
    const struct link_event *events; /**< the array `link` was built from: ties name their events */
    enum link_says says;
};

/**
 * Case `index` of `link`, newline included. `state` ("open", "confirmed" ...) is left out when
 * empty; `assignee` likewise.
 */
void link_json_case(struct buf *out, const struct link_json *how, const struct link *link,
                    uint32_t index, struct ward_str state, struct ward_str assignee);
/** Person `index` with accounts, handles, groups and the ties that make it one person. */
void link_json_person(struct buf *out, const struct link_json *how, const struct link *link,
                      uint32_t index);
/** Group `index`. */
void link_json_group(struct buf *out, const struct link *link, uint32_t index);
/** Tie `index` as an object, no newline: {"a","b","kind","says","weight","first","last","events"}.
 */
void link_json_tie(struct buf *out, const struct link_json *how, const struct link *link,
                   uint32_t index);

#endif
