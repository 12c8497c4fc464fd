/**
 * The law that the verdicts of a case cite, with its text, and the lawful way instead.
 */
#ifndef WARD_API_CASE_LAW_H
#define WARD_API_CASE_LAW_H

#include "base/arena.h"
#include "base/buf.h"
#include "link/link_json.h"
#include "pack/pack.h"
#include "store/store.h"

/** Ids of one case at most; further ones are left out. */
#define CASE_LAW_MAX 256u

/** Ids of laws, each once, in the order of their first mention. */
struct case_law {
    struct arena arena;
    struct ward_str ids[CASE_LAW_MAX];
    size_t count;
};

void case_law_init(struct case_law *law);
void case_law_release(struct case_law *law);

/** Adds what a stored verdict cites. It is searched, not parsed: a case may hold thousands.
 * WARD_ERR_NOMEM. */
enum ward_status case_law_add(struct case_law *law, struct ward_str verdict_json,
                              struct ward_error *err) WARD_MUST_USE;
/** Adds one id. WARD_ERR_NOMEM. */
enum ward_status case_law_add_id(struct case_law *law, struct ward_str id,
                                 struct ward_error *err) WARD_MUST_USE;
/** Adds what all verdicts of the case cite that stand. Errors of the store; WARD_ERR_NOMEM. */
enum ward_status case_law_read(struct case_law *law, struct store *store, struct ward_str case_id,
                               struct ward_error *err) WARD_MUST_USE;

/** [{"id","title","text","source","from","to"}]: the entry in force at `time_ms`; only the id when
 * the packs have none. */
void case_law_put(struct buf *out, const struct case_law *law, const struct pack *pack,
                  int64_t time_ms, enum link_says says);
/** [{"id","title","steps":[{"title","body","days","source"}],"source"}]: the procedures of the
 * jurisdictions that are cited; of all when none is. */
void case_law_put_lawful(struct buf *out, const struct case_law *law, const struct pack *pack,
                         enum link_says says);

#endif
